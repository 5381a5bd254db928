"""A municipal counter as tests of the center play it: residents at terminals, sheets behind the counter, clerks."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import pypdfium2
import zxingcpp
from PIL import Image

from issuing_center.counter import acts, views
from issuing_center.counter.models import ScannedSlip, Waiting
from issuing_center.counter.refusals import CounterNo, CounterRefusal
from issuing_center.counter.staff import Staff, StaffId
from issuing_center.counter.states import Settlement
from issuing_center.municipal.package import JST
from issuing_center.sandbox.center import SHIOMINO
from kiosk.domain.certificates import Order
from kiosk.ports.center import (
    CounterTicket,
    Document,
    DocumentFate,
    DocumentRole,
    Issued,
    MoneyFate,
    OrderOutcome,
    Reported,
)
from tests.support.center import COUNTER, ORDER, Center, Visit, new_key

CLERK = Staff(StaffId("clerk-01"), SHIOMINO)
OTHER_CLERK = Staff(StaffId("clerk-02"), SHIOMINO)
FOREIGN_CLERK = Staff(StaffId("clerk-01"), "990035")


@dataclass(frozen=True)
class Reception:
    """What a resident has when the terminal is done."""

    visit: Visit
    issued: Issued
    ticket: CounterTicket

    @property
    def slip(self) -> ScannedSlip:
        """The slip's QR."""
        return ScannedSlip(self.ticket.code)

    @property
    def certificates(self) -> tuple[Document, ...]:
        """What comes on security paper."""
        return tuple(each for each in self.issued.documents if each.role is DocumentRole.CERTIFICATE)

    @property
    def serials(self) -> tuple[str, ...]:
        """Their serial numbers."""
        return tuple(each.serial for each in self.certificates)


def receive(
    center: Center, persona: str = "hanako", order: Order = ORDER, terminal: str = COUNTER, visit: Visit | None = None
) -> Reception:
    """Let a resident order at a terminal; fails unless the center issues."""
    visit = visit or center.visit(persona, terminal)
    issued = visit.channel.order(order, new_key())
    assert isinstance(issued, Issued), issued
    assert issued.ticket is not None
    return Reception(visit, issued, issued.ticket)


def report(
    center: Center, reception: Reception, fate: DocumentFate = DocumentFate.HANDED_OVER, terminal: str = COUNTER
) -> None:
    """Let the terminal say what became of the sheets."""
    out = fate is not DocumentFate.VOIDED
    documents = tuple((each.serial, fate, each.pages if out else 0) for each in reception.certificates)
    outcome = OrderOutcome(reception.issued.transaction, MoneyFate.NONE, 0, documents, None)
    assert center.kiosk(terminal).report(outcome) == Reported()


def printed(center: Center, persona: str = "hanako", order: Order = ORDER, terminal: str = COUNTER) -> Reception:
    """Order, and have every sheet lie behind the counter."""
    reception = receive(center, persona, order, terminal)
    report(center, reception, terminal=terminal)
    return reception


def row(center: Center, reception: Reception, staff: Staff = CLERK) -> Waiting:
    """Give the number as the console shows it."""
    return good(views.find_slip(center.service, staff, reception.slip))


def good(outcome: Waiting | CounterRefusal) -> Waiting:
    """Give what came of an act; fails for a refusal."""
    assert isinstance(outcome, Waiting), outcome
    return outcome


def no(outcome: object) -> CounterNo:
    """Give the refusal of an act; fails when it was done."""
    assert isinstance(outcome, CounterRefusal), outcome
    return outcome.no


def pay(center: Center, reception: Reception, method: Settlement = Settlement.CASH) -> Waiting:
    """Let a clerk take the fee."""
    return good(acts.take_fee(center.service, CLERK, row(center, reception).request_id, method))


def copies(count: int) -> Order:
    """Give the usual order in several copies."""
    return replace(ORDER, copies=count)


def next_morning(now: datetime) -> timedelta:
    """Give how long it is until nine o'clock of the next day in Japan."""
    local = now.astimezone(JST)
    return (local + timedelta(days=1)).replace(hour=9, minute=0, second=0) - local


def scan(document: Document) -> list[zxingcpp.Barcode]:
    """Read every code on the first page, as it lies on paper at 200 dpi."""
    page = pypdfium2.PdfDocument(document.pdf)[0].render(scale=200 / 72).to_pil()
    assert isinstance(page, Image.Image)
    return list(zxingcpp.read_barcodes(page))
