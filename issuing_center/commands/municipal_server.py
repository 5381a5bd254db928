"""Serve the register of a municipality that keeps its own, to the centers it names."""

import argparse
import signal
import sys
import tomllib
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    Commands = argparse._SubParsersAction[argparse.ArgumentParser]  # noqa: SLF001  argparse names it nowhere else


def add_parser(commands: "Commands") -> None:
    """Say what the command takes."""
    parser = commands.add_parser("municipal-server", help="serve a municipality's own register to centers")
    parser.add_argument("--config", type=Path, required=True, metavar="FILE", help="settings file (TOML)")
    parser.set_defaults(command=run)


def run(options: argparse.Namespace) -> int:
    """Serve until SIGTERM; raises SettingsError and OSError."""
    from issuing_center import migrations, server
    from issuing_center.database import make_engine
    from issuing_center.municipal_server.app import MunicipalRegister, make_app
    from issuing_center.municipal_server.settings import load_municipal_settings

    settings = load_municipal_settings(options.config)
    # The HTTP server ends in good order on SIGTERM and then raises the signal again, which must not skip our own ends.
    signal.signal(signal.SIGTERM, lambda _number, _frame: sys.exit(0))
    engine = make_engine(settings.database_url, pool_size=settings.threads)
    try:
        migrations.upgrade(engine)
        app = make_app(MunicipalRegister(engine, settings.municipalities, settings.centers))
        tls = server.server_tls(settings.server_certificate, settings.server_key, settings.center_ca)
        with server.listen(settings.host, settings.port) as listener:
            print(f"ready https://{settings.host}:{listener.getsockname()[1]}", flush=True)
            server.make_server(app, tls, settings.threads).run(sockets=[listener])
    finally:
        engine.dispose()
    return 0


def database_of(config: Path) -> str:
    """Give the database of a settings file, a center's or a municipality's: both take in records. Raises SettingsError."""
    from issuing_center.municipal_server.settings import load_municipal_settings
    from issuing_center.settings import load_settings

    try:
        table: dict[str, Any] = tomllib.loads(config.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        # Said properly by the one below.
        table = {}
    return load_municipal_settings(config).database_url if "centers" in table else load_settings(config).database_url
