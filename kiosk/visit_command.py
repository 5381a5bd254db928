"""The command `python -m kiosk visit`: one resident, one visit, one certificate, without a screen."""

import argparse
import json
import sys
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from kiosk.adapters.card.pcsc import PcscCardReader
from kiosk.adapters.card.virtual import VirtualCardReader
from kiosk.adapters.payment.scripted import ScriptedCashier
from kiosk.adapters.slips.absent import AbsentSlips
from kiosk.cardproc import load_persona
from kiosk.device_settings import load_devices
from kiosk.devices import Devices, flow_settings, open_devices
from kiosk.domain.certificates import CertificateKind, Item, MunicipalityCode, ScopeKind
from kiosk.domain.registration import Purpose
from kiosk.flow.screen_model import Language
from kiosk.flow.settings import FlowSettings
from kiosk.headless import CardHand, FieldHand, VpcdHand, Wishes, run_visit
from kiosk.ports.card import CardReader
from kiosk.sandbox_center import private_center, running_center
from kiosk.sandbox_data import ensure_sandbox_data
from kiosk.settings import sandbox_access
from kiosk.ui.strings import Strings
from kiosk.wiring import open_world
from printers.pdf_sink import PdfSink

ASSETS = Path(__file__).parents[1] / "assets"


def run(options: argparse.Namespace) -> int:
    """Make the visit and print where the certificate lies, or a code and one line why there is none."""
    ensure_sandbox_data(options.data)
    reader, hand = laid_card(options)
    wishes = Wishes(
        kind=CertificateKind(options.certificate),
        scope=None if options.scope is None else ScopeKind(options.scope),
        members=tuple(options.member),
        items=frozenset(Item(item) for item in options.item),
        copies=options.copies,
        year=options.year,
        municipality=MunicipalityCode(options.honseki or options.municipality),
        purpose=Purpose.RESIDENCE if options.honseki is None else Purpose.HONSEKI,
        pin=options.pin,
        language=Language(options.language),
    )
    sink = PdfSink(options.out)
    with (
        _devices_of(options, sink) as (devices, flow),
        center_of(options) as url,
        tempfile.TemporaryDirectory(prefix="kiosk-journal-") as folder,
    ):
        access = sandbox_access(options.data, url, "kiosk-0001")
        journal = options.journal or Path(folder) / "journal.db"
        settings = replace(flow, hours_enforced=options.at is not None)
        with open_world(
            access,
            reader,
            devices.money,
            devices.paper,
            journal,
            options.at,
            slips=devices.slips,
        ) as world:
            result, figures = run_visit(world, settings, wishes, hand)
    if result.code is not None:
        return fail(options, result.code)
    issued = figures.order
    assert issued is not None
    report = {
        "txn": issued.transaction,
        "kind": options.certificate,
        "pages": issued.pages,
        "files": [str(file) for file in sink.files],
        "fee_yen": issued.total_yen,
        "timings_ms": {**figures.timings_ms, "total": result.total_ms},
    }
    if options.json:
        print(json.dumps(report, ensure_ascii=False))
    else:
        for file in sink.files:
            print(file)
    return 0


@contextmanager
def _devices_of(options: argparse.Namespace, sink: PdfSink) -> Iterator[tuple[Devices, FlowSettings]]:
    """Give the devices of the file that is named, with 見本 on their slips; else a folder and a till that pays itself."""
    if options.devices is None:
        yield Devices(sink, AbsentSlips(), ScriptedCashier(pays_by_itself=True)), FlowSettings()
        return
    settings = load_devices(options.devices)
    with open_devices(settings, specimen=True) as devices:
        yield devices, flow_settings(settings, counter=False, telephone="")


def fail(options: argparse.Namespace, code: str, more: Mapping[str, str] | None = None) -> int:
    """Say in one line with its code why there is nothing, and with --json that and `more`."""
    strings = Strings.load(ASSETS, Language(options.language))
    sentence = strings.sentences.get(f"code.{code}.happened", "").replace("\n", " ")
    if options.json:
        print(json.dumps({"code": code, "message": sentence, **(more or {})}, ensure_ascii=False))
    print(f"{code}: {sentence}", file=sys.stderr)
    return 1


def laid_card(options: argparse.Namespace) -> tuple[CardReader, CardHand]:
    """Make the persona's card, and the reader and the hand for it: in this process, or in a vpcd."""
    card = load_persona(options.data, options.card)
    if options.vpcd is None:
        reader = VirtualCardReader()
        return reader, FieldHand(reader, card)
    host, _, port = options.vpcd.rpartition(":")
    return PcscCardReader(options.reader), VpcdHand(card, host, int(port))


@contextmanager
def center_of(options: argparse.Namespace) -> Iterator[str]:
    """Give the address of the center to use: the one named, the running sandbox's, or one for this block alone."""
    url = options.center or (running_center(options.data) if options.at is None else None)
    if url is not None:
        yield url
        return
    with private_center(options.data, options.at) as own:
        yield own
