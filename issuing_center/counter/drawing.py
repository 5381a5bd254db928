"""Draws what a counter prints beside the certificates of an order, and prepares the 申請書 that the office keeps."""

from dataclasses import dataclass, field, fields

from issuing_center import wire
from issuing_center.compose.counter import Reception, application, receipt
from issuing_center.compose.face import Face
from issuing_center.counter.card_attributes import compare
from issuing_center.counter.desk import Desk
from issuing_center.counter.keeping import Application, Kept, keep
from issuing_center.entitlement import Chosen
from issuing_center.paper.printed import printed
from issuing_center.paper.ryoshu import draw_receipt
from issuing_center.paper.shinsei import ApplicationSheet, draw_application
from issuing_center.paper.values import DrawnDocument
from issuing_center.register.records import Resident
from issuing_center.service import Service
from issuing_center.visits.store import OpenVisit

_NOT_KEPT = frozenset({"issuer", "specimen", "serials"})


@dataclass(frozen=True, slots=True)
class CounterPapers:
    """The two papers of a set, and the first of them ready to be kept."""

    application: DrawnDocument
    receipt: DrawnDocument
    kept: Kept = field(repr=False)


def draw_papers(
    service: Service,
    desk: Desk,
    visit: OpenVisit,
    order: wire.OrderRequest,
    chosen: Chosen,
    applicant: Resident | None,
    face: Face,
    serials: list[str],
) -> CounterPapers | None:
    """Draw 申請書 and 領収書; None when a name cannot be printed, as for a certificate.

    Raises ValueError for somebody who is no resident: the 申請書 is filled in from the resident record.
    """
    if applicant is None:
        raise ValueError("a 申請書 is filled in from a resident record")
    reception = Reception(
        office=desk.office.name,
        terminal=visit.kiosk_id,
        number=desk.number,
        receipt_number=desk.receipt_number,
        copies=desk.copies,
        received_at=desk.requested_at,
        verified_at=visit.opened_at,
        method=visit.verification or "ocsp",
        repeats=desk.repeats,
        card=compare(service, visit, applicant) if desk.office.ask_card_attributes else None,
    )
    sheet = application(face, order, chosen, applicant, reception, tuple(serials))
    drawn = draw_application(sheet, service.fonts)
    paid = draw_receipt(receipt(face, order, reception), service.fonts)
    if not isinstance(drawn, DrawnDocument) or not isinstance(paid, DrawnDocument):
        return None
    record = Application(face["txn"], desk.municipality_code, service.now(), _fields(sheet), drawn.pdf)
    return CounterPapers(drawn, paid, keep(service, record))


def _fields(sheet: ApplicationSheet) -> tuple[tuple[str, str], ...]:
    named = [(each.name, getattr(sheet, each.name)) for each in fields(sheet) if each.name not in _NOT_KEPT]
    words = [
        (name, printed(sheet.birth_date) if name == "birth_date" else str("" if value is None else value))
        for name, value in named
    ]
    return (*words, *((f"serial {at}", serial) for at, serial in enumerate(sheet.serials, start=1)))
