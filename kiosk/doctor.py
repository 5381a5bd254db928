"""The command `python -m kiosk doctor`: is this machine fit to serve? Each check says what to do when it is not.

Looks and asks; changes nothing, spends no PIN try, prints no paper.
"""

import argparse
import hashlib
import json
import tomllib
from collections.abc import Iterator
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path

from issuing_center import wire
from kiosk.adapters.card.pcsc import list_readers
from kiosk.adapters.center.http import CenterHttp, client_tls, connect
from kiosk.adapters.journal.sqlite import JournalUnavailableError, SqliteJournal
from kiosk.counter_findings import examine_counter
from kiosk.device_findings import Finding, examine_devices
from kiosk.flow.screen_model import Language
from kiosk.ports.card import ReaderUnavailable
from kiosk.ports.center import CenterUnavailable
from kiosk.sandbox_center import running_center
from kiosk.settings import CenterAccess, MachineSettings, SettingsError, load_settings, sandbox_access
from kiosk.ui.strings import Strings, available_languages

ASSETS = Path(__file__).parents[1] / "assets"
LARGEST_SKEW_S = 60.0
"""A statement is refused at five minutes; a clock that is a minute off wants looking after long before."""


def run(options: argparse.Namespace) -> int:
    """Print every finding; exit status 0 when all is well."""
    findings = list(examine(options.config, options.data))
    if options.json:
        print(json.dumps([asdict(finding) for finding in findings], ensure_ascii=False, indent=2))
    else:
        for finding in findings:
            print(f"{finding.code or 'ok':<10} {finding.check:<9} {finding.found}")
            if finding.remedy:
                print(f"{'':<20} -> {finding.remedy}")
    return 1 if any(finding.code for finding in findings) else 0


def examine(config: Path | None, data: Path) -> Iterator[Finding]:
    """Check settings, reader, center, clock, fonts, strings, journal and devices, in the order in which a visit needs them."""
    settings: MachineSettings | None = None
    if config is not None:
        try:
            settings = load_settings(config)
        except SettingsError as error:
            yield Finding("settings", error.code, str(error), "correct the settings file")
            return
        yield Finding("settings", None, f"{config.name} is complete")
    else:
        yield Finding("settings", None, "none given: the sandbox is examined")
    yield _reader(settings)
    access = settings.center if settings is not None else _sandbox(data)
    if access is None:
        yield Finding(
            "center", "CENTER-01", "no sandbox center runs", "start it: python -m issuing_center serve --sandbox"
        )
    else:
        yield from _center(access)
    yield _strings()
    yield _fonts()
    if settings is not None:
        yield _journal(settings.journal)
        if settings.counter is None:
            yield from examine_devices(settings.devices)
        else:
            yield from examine_counter(settings.counter, settings.devices.slips)
    else:
        yield Finding("printer", None, "the sandbox prints into a folder")


def _sandbox(data: Path) -> CenterAccess | None:
    url = running_center(data)
    return None if url is None else sandbox_access(data, url, "kiosk-0001")


def _reader(settings: MachineSettings | None) -> Finding:
    names = list_readers()
    if isinstance(names, ReaderUnavailable):
        if settings is None:
            return Finding("reader", None, "no PC/SC service; the sandbox's card needs none")
        return Finding("reader", names.code, "the PC/SC service is away", "start it: systemctl start pcscd.socket")
    if settings is None:
        return Finding("reader", None, f"{len(names)} found; the sandbox's card needs none")
    if settings.reader not in names:
        listed = ", ".join(names) or "none"
        return Finding("reader", "CARD-02", f"not found; connected: {listed}", "connect it, or correct card.reader")
    return Finding("reader", None, settings.reader)


def _center(access: CenterAccess) -> Iterator[Finding]:
    try:
        tls = client_tls(access.device_certificate, access.device_key, access.center_ca)
    except OSError as error:
        yield Finding("center", "CONFIG-01", f"a certificate cannot be read: {type(error).__name__}", "check [center]")
        return
    http = CenterHttp(connect(access.url, tls))
    try:
        health = http.get("/health", wire.Health)
    finally:
        http.close()
    if not isinstance(health, wire.Health):
        code = health.code if isinstance(health, CenterUnavailable) else "CENTER-03"
        yield Finding("center", code, f"{access.url} does not serve this kiosk", _CENTER_REMEDIES[code])
        return
    yield Finding("center", None, f"{access.url}, build {health.build}")
    skew_s = abs((datetime.now(UTC) - health.now).total_seconds())
    well = skew_s <= LARGEST_SKEW_S
    yield Finding(
        "clock",
        None if well else "CLOCK-01",
        f"{skew_s:.1f} s from the center's",
        "" if well else "check time synchronisation: timedatectl status",
    )


_CENTER_REMEDIES = {
    "CENTER-01": "check network and address; is the center's certificate from the CA in center.ca?",
    "CENTER-02": "the center is there but slow: tell its operator",
    "CENTER-03": "something else answers there, or another version: compare address and build",
    "CENTER-04": "have this device's certificate registered at the center",
    "CENTER-05": "wait, then tell the center's operator",
}


def _strings() -> Finding:
    languages = available_languages(ASSETS)
    keys = {language: set(Strings.load(ASSETS, language).sentences) for language in languages}
    complete = keys.get(Language("ja"), set())
    lacking = [language for language, own in keys.items() if own != complete]
    if lacking or not complete:
        return Finding("strings", "CONFIG-02", f"incomplete: {', '.join(lacking)}", "restore assets/strings")
    return Finding("strings", None, f"{', '.join(languages)}: {len(complete)} sentences each")


def _fonts() -> Finding:
    """Compare every pinned font with its digest; names of residents are drawn with these and no others."""
    pins = tomllib.loads((ASSETS / "fonts" / "fonts.toml").read_text(encoding="utf-8"))
    wanted = [pins["paper"], *pins["screen"].values()]
    folders = [ASSETS / "fonts" / folder for folder in pins["search"]]
    for pin in wanted:
        file = next((folder / pin["file"] for folder in folders if (folder / pin["file"]).is_file()), None)
        remedy = f"apt install {pin['debian_package']}"
        if file is None:
            return Finding("fonts", "FONT-01", f"{pin['file']} is missing", remedy)
        with file.open("rb") as content:
            if hashlib.file_digest(content, "sha256").hexdigest() != pin["sha256"]:
                return Finding("fonts", "FONT-01", f"{pin['file']} is not the pinned version", remedy)
    return Finding("fonts", None, f"{len(wanted)} pinned fonts are here")


def _journal(path: Path) -> Finding:
    if not path.is_file():  # to open it would make it, as whoever asks, and not as the kiosk
        return Finding("journal", None, "not there yet; the first start makes it")
    try:
        journal = SqliteJournal(path)
    except JournalUnavailableError as error:
        if error.in_use:
            return Finding("journal", None, "in use by the kiosk that runs")
        return Finding("journal", error.code, "cannot be opened", "stop the other kiosk, or free the disk")
    try:
        incident, open_orders = journal.open_incident(), len(journal.open_orders())
    finally:
        journal.close()
    if incident is not None:
        return Finding(
            "journal", incident, "an incident is open", "find the cause: python -m kiosk reopen --cause … --journal …"
        )
    return Finding("journal", None, f"{open_orders} orders to settle at the next start")
