"""The command `python -m kiosk visit`: one resident, one visit, one certificate, without a screen."""

import argparse
import json
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from kiosk.adapters.card.pcsc import PcscCardReader
from kiosk.adapters.card.virtual import VirtualCardReader
from kiosk.adapters.payment.scripted import ScriptedCashier
from kiosk.cardproc import load_persona
from kiosk.domain.certificates import CertificateKind, Item, MunicipalityCode, ScopeKind
from kiosk.flow.screen_model import Language
from kiosk.flow.settings import FlowSettings
from kiosk.headless import CardHand, FieldHand, VisitResult, VpcdHand, Wishes, run_visit
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
    reader, hand = _card(options)
    wishes = Wishes(
        kind=CertificateKind(options.certificate),
        scope=None if options.scope is None else ScopeKind(options.scope),
        members=tuple(options.member),
        items=frozenset(Item(item) for item in options.item),
        copies=options.copies,
        year=options.year,
        municipality=MunicipalityCode(options.municipality),
        pin=options.pin,
        language=Language(options.language),
    )
    settings = FlowSettings(hours_enforced=options.at is not None, two_sided=False)
    paper = PdfSink(options.out)
    with _center(options) as url, tempfile.TemporaryDirectory(prefix="kiosk-journal-") as folder:
        access = sandbox_access(options.data, url, "kiosk-0001")
        journal = Path(folder) / "journal.db"
        with open_world(access, reader, ScriptedCashier(pays_by_itself=True), paper, journal, options.at) as world:
            result, figures = run_visit(world, settings, wishes, hand)
    if result.code is not None:
        return _failed(options, result)
    issued = figures.order
    assert issued is not None
    report = {
        "txn": issued.transaction,
        "kind": options.certificate,
        "pages": issued.pages,
        "files": [str(file) for file in paper.files],
        "fee_yen": issued.total_yen,
        "timings_ms": {**figures.timings_ms, "total": result.total_ms},
    }
    if options.json:
        print(json.dumps(report, ensure_ascii=False))
    else:
        for file in paper.files:
            print(file)
    return 0


def _failed(options: argparse.Namespace, result: VisitResult) -> int:
    code = result.code
    strings = Strings.load(ASSETS, Language(options.language))
    sentence = strings.sentences.get(f"code.{code}.happened", "").replace("\n", " ")
    if options.json:
        print(json.dumps({"code": code, "message": sentence}, ensure_ascii=False))
    print(f"{code}: {sentence}", file=sys.stderr)
    return 1


def _card(options: argparse.Namespace) -> tuple[CardReader, CardHand]:
    card = load_persona(options.data, options.card)
    if options.vpcd is None:
        reader = VirtualCardReader()
        return reader, FieldHand(reader, card)
    host, _, port = options.vpcd.rpartition(":")
    return PcscCardReader(options.reader), VpcdHand(card, host, int(port))


@contextmanager
def _center(options: argparse.Namespace) -> Iterator[str]:
    url = options.center or (running_center(options.data) if options.at is None else None)
    if url is not None:
        yield url
        return
    with private_center(options.data, options.at) as own:
        yield own
