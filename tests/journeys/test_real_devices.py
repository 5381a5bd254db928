"""Visits on the shipped adapters: IPP to a virtual laser, ESC/POS to a virtual slip printer. The center's books are the judge."""

import hashlib
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from kiosk.adapters.card.virtual import VirtualCardReader
from kiosk.adapters.payment.scripted import ScriptedCashier
from kiosk.adapters.slips.compose import Composer
from kiosk.adapters.slips.escpos import EscposSlips
from kiosk.headless import FieldHand, VisitResult, run_visit
from kiosk.ports.slips import SlipContent, SlipOutcome, SlipPrinted
from kiosk.settings import sandbox_access
from kiosk.wiring import open_world
from kiosk.world import World
from printers.escpos.line import NetworkPlace, open_line
from printers.escpos.printer import EscposPrinter
from printers.ipp.client import Client
from printers.lasers import open_printer
from printers.slip import Width
from printers.virtual.escpos.device import VirtualPrinter
from printers.virtual.escpos.faults import Fault as SlipFault
from printers.virtual.escpos.faults import FaultKind
from printers.virtual.escpos.serving import TcpCable
from printers.virtual.ipp import Fault, Model, VirtualIppPrinter
from tests.support import marked
from tests.support.laser import settings_for
from tests.support.slips import composer, lettering
from tests.support.town import FLOW, WISHES, Town, until


class Watched(EscposSlips):
    """The shipped slip printer, and what it was asked for."""

    def __init__(self, printer: EscposPrinter, words: Composer) -> None:
        super().__init__(printer, words)
        self.asked: list[tuple[SlipContent, SlipOutcome]] = []

    def print_slip(self, content: SlipContent) -> SlipOutcome:
        """Print, and note."""
        outcome = super().print_slip(content)
        self.asked.append((content, outcome))
        return outcome


@dataclass
class Shop:
    """One kiosk with its devices."""

    town: Town
    folder: Path
    laser: VirtualIppPrinter
    roll: VirtualPrinter
    slips: Watched
    reader: VirtualCardReader
    world: World

    def visit(self, *, copies: int = 1, needs_slips: bool = False) -> VisitResult:
        """Make a visit."""
        card = marked.card(self.town.data)
        wishes = replace(WISHES, pin=marked.PIN, copies=copies)
        return run_visit(self.world, replace(FLOW, needs_slips=needs_slips), wishes, FieldHand(self.reader, card))[0]

    def sheets(self) -> list[bytes]:
        """Give what the laser printed."""
        return [file.read_bytes() for file in sorted((self.folder / "tray").glob("*"))]


@contextmanager
def slip_printer(folder: Path) -> Iterator[tuple[VirtualPrinter, Watched]]:
    roll = VirtualPrinter(Width.MM80, folder)
    cable = TcpCable(roll)
    cable.start()
    printer = EscposPrinter(lambda: open_line(NetworkPlace("127.0.0.1", cable.port), 2.0), lettering(), Width.MM80)
    try:
        yield roll, Watched(printer, composer())
    finally:
        printer.close()
        cable.stop()


@pytest.fixture(scope="module")
def books(data: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Town, Path]]:
    folder = tmp_path_factory.mktemp("center")
    with marked.talkative_center(data, folder) as url:
        yield Town(data, url), folder / "center.db"


@pytest.fixture
def shop(books: tuple[Town, Path], tmp_path: Path) -> Iterator[Shop]:
    town, _ = books
    reader = VirtualCardReader()
    with (
        VirtualIppPrinter(Model(sheet_s=0.02), folder=tmp_path / "tray") as laser,
        slip_printer(tmp_path / "slips") as (roll, slips),
        open_world(
            sandbox_access(town.data, town.center, "kiosk-0001"),
            reader,
            ScriptedCashier(pays_by_itself=True),
            open_printer(settings_for(laser)),
            tmp_path / "state" / "journal.db",
            slips=slips,
        ) as world,
    ):
        yield Shop(town, tmp_path, laser, roll, slips, reader, world)


def ledger(books: tuple[Town, Path], shop: Shop) -> list[tuple[str, str]]:
    """Give digest and state of each document of the shop's last order, as the center has them."""
    until(lambda: not shop.world.journal.open_orders(), "the center's answer")
    with sqlite3.connect(f"file:{books[1]}?mode=ro", uri=True) as db:
        query = (
            "SELECT sha256, state FROM documents WHERE txn = (SELECT txn FROM orders ORDER BY created_at DESC LIMIT 1)"
        )
        return [(str(sha256), str(state)) for sha256, state in db.execute(f"{query} ORDER BY copy_no")]


def test_the_laser_gets_exactly_the_bytes_that_the_center_sealed_and_nothing_of_them_stays(
    books: tuple[Town, Path], shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    temporary = shop.folder / "tmp"
    temporary.mkdir()
    monkeypatch.setenv("TMPDIR", str(temporary))
    monkeypatch.setattr("tempfile.tempdir", None)
    assert shop.visit(copies=2).code is None
    digests = [hashlib.sha256(sheet).hexdigest() for sheet in shop.sheets()]
    assert ledger(books, shop) == [(digest, "handed_over") for digest in digests]
    assert len(digests) == 2
    assert list(temporary.iterdir()) == []
    with closing(Client(settings_for(shop.laser))) as client:
        assert client.waiting() == {}
    kept = (shop.folder / "state").glob("*")
    assert not any(b"%PDF" in file.read_bytes() for file in kept)


def test_a_receipt_follows_the_sheets(shop: Shop) -> None:
    assert shop.visit().code is None
    until(lambda: bool(shop.slips.asked), "the receipt")
    ((receipt, outcome),) = shop.slips.asked
    assert outcome == SlipPrinted()
    assert (receipt.kiosk_id, receipt.total_yen) == ("kiosk-0001", 200)  # type: ignore[union-attr]  # it is a receipt
    assert shop.roll.complaints == []


@pytest.mark.parametrize("fault", [Fault.JAM, Fault.OUT_OF_PAPER, Fault.COVER_OPEN, Fault.TONER_EMPTY, Fault.ABORTS])
def test_sheets_that_a_laser_spoils_before_the_first_is_out_are_void_at_the_center(
    books: tuple[Town, Path], shop: Shop, fault: Fault
) -> None:
    shop.laser.befall(fault, 0)
    assert (shop.visit().code or "").startswith("PRINT-")
    assert [state for _, state in ledger(books, shop)] == ["voided"]
    assert shop.sheets() == []
    assert shop.slips.asked == []


@pytest.mark.expect_log("kiosk", "ERROR")
def test_a_sheet_that_nobody_knows_about_is_a_case_with_its_slip(books: tuple[Town, Path], shop: Shop) -> None:
    shop.laser.befall(Fault.NEVER_PRINTS, 0)
    code = shop.visit().code
    assert code == "PRINT-05"
    until(lambda: bool(shop.slips.asked), "the slip")
    ((slip, outcome),) = shop.slips.asked
    assert outcome == SlipPrinted()
    assert (slip.code, slip.amount_yen) == ("PRINT-05", 200)  # type: ignore[union-attr]  # it is a case slip
    assert [state for _, state in ledger(books, shop)] == ["unknown"]


def test_a_receipt_that_does_not_come_changes_nothing_of_the_order(books: tuple[Town, Path], shop: Shop) -> None:
    shop.roll.order(SlipFault(FaultKind.PAPER_END))
    assert shop.visit().code is None
    assert [state for _, state in ledger(books, shop)] == ["handed_over"]


def test_without_paper_for_the_receipt_nothing_is_sold_where_one_is_due(shop: Shop) -> None:
    shop.roll.order(SlipFault(FaultKind.PAPER_END))
    assert shop.visit(needs_slips=True).code == "SLIP-02"
    assert shop.sheets() == []
