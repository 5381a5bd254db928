"""`enquiry-site`: serve the page where anybody checks a sheet. Opens the keys of backs and the certificates of codes, nothing else."""

import argparse
import sys
import tomllib
from pathlib import Path

from issuing_center.commands.books import DEFAULT_DATA
from issuing_center.commands.verify import CERTIFICATE_FILE, KEYS_FILE

_KNOWN = {"scramble_keys": str, "certificates": str, "port": int, "behind_proxy": bool}


def add_parser(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the command."""
    parser = subparsers.add_parser("enquiry-site", help="serve the page where anybody checks a sheet")
    which = parser.add_mutually_exclusive_group()
    which.add_argument("--config", type=Path, metavar="FILE", help="settings (TOML), see README")
    which.add_argument(
        "--data", type=Path, default=DEFAULT_DATA, metavar="DIR", help="a center's data folder, for a demonstration"
    )
    parser.add_argument("--port", type=int, metavar="N", help="port on this machine, 0 for any (default: 8445)")
    parser.set_defaults(command=run)


def run(options: argparse.Namespace) -> int:
    """Serve until told to end; 2 without keys or with settings that are wrong."""
    from issuing_center.backs.keys import KeysUnusableError, load_keys
    from issuing_center.enquiry.seal import load_signers
    from issuing_center.enquiry.site.analysis import Trusted
    from issuing_center.enquiry.site.app import App
    from issuing_center.enquiry.site.listener import HOST, listening, make_server

    trusted = Trusted((options.data / KEYS_FILE).resolve(), (options.data / CERTIFICATE_FILE).resolve())
    port, behind_proxy = 8445, False
    if options.config is not None:
        try:
            table = tomllib.loads(options.config.read_text(encoding="utf-8"))
        except (OSError, ValueError) as error:
            return _wrong(f"{options.config.name} cannot be read: {type(error).__name__}")
        for key, value in table.items():
            if key not in _KNOWN or type(value) is not _KNOWN[key]:
                return _wrong(f"unknown setting, or one of a wrong type: {key}")
        if not table.keys() >= {"scramble_keys", "certificates"}:
            return _wrong("scramble_keys and certificates must name their files")
        folder = options.config.parent
        trusted = Trusted((folder / table["scramble_keys"]).resolve(), (folder / table["certificates"]).resolve())
        port, behind_proxy = table.get("port", port), table.get("behind_proxy", False)
    port = port if options.port is None else options.port
    if not 0 <= port <= 65535:
        return _wrong("port must be a number from 0 to 65535")
    try:
        load_keys(trusted.keys)
        load_signers(trusted.signers)
    except KeysUnusableError as error:
        print(f"SCRAMBLE-01: {error}", file=sys.stderr)
        return 2
    except (OSError, ValueError):
        print(f"SEAL-02: no certificate to check signed codes with in {trusted.signers.name}", file=sys.stderr)
        return 2
    app = App(trusted, specimen=options.config is None, behind_proxy=behind_proxy)
    try:
        with listening(port) as listener:
            print(f"ready http://{HOST}:{listener.getsockname()[1]}", flush=True)
            make_server(app).run(sockets=[listener])
    finally:
        app.close()
    return 0


def _wrong(what: str) -> int:
    print(f"CONFIG-01: {what}", file=sys.stderr)
    return 2
