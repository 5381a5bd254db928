"""Where issuing meets the counter: a number for an order, its papers in the same transaction as the order, its outcome.

Called by `issuance` and `outcomes` for devices of channel "counter". A number and a receipt number are taken before
anything is drawn, because they stand on the papers; what then comes to nothing is on record as cancelled and void, so the
receipts have no gaps.
"""

import hashlib
import hmac
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, Engine, Row, func, insert, select, update

from issuing_center import wire
from issuing_center.counter import books, tables
from issuing_center.counter.keeping import Kept
from issuing_center.counter.states import Act, CancelReason, CounterState, SheetState
from issuing_center.database import insert_unless_taken, reading, writing
from issuing_center.devices import Device
from issuing_center.entitlement import Chosen, Residents
from issuing_center.municipal.package import CounterOffice
from issuing_center.problems import No, Refusal
from issuing_center.register.holdings import Fuhyo, Koseki
from issuing_center.service import Service
from issuing_center.visits.store import OpenVisit

CHANNEL = "counter"
_CHECK_LETTERS = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"
"""32 letters and digits without 0, 1, I and O, so that five random bits are one of them."""


@dataclass(frozen=True, slots=True)
class Desk:
    """A number, while its documents are being made."""

    request_id: str
    municipality_code: str
    office: CounterOffice
    number: int
    check: str
    code: str = field(repr=False)
    receipt_number: str
    copies: int
    """Of the number."""
    requested_at: datetime
    due_yen: int
    repeats: bool
    """Whether this prints again what was spoilt."""

    @property
    def ticket(self) -> wire.CounterTicket:
        """What the terminal prints on the 受付票."""
        return wire.CounterTicket(
            number=self.number,
            check=self.check,
            code=self.code,
            office=self.office.name,
            waiting_place=self.office.waiting_place,
            due_yen=self.due_yen,
            security_tray=self.office.security_tray,
            plain_tray=self.office.plain_tray,
        )


def short_code(service: Service, length: int) -> str:
    """Make a random code without letters and digits that look alike."""
    return "".join(_CHECK_LETTERS[byte % 32] for byte in service.random(length))


def content_of(service: Service, visit: OpenVisit, order: wire.OrderRequest, chosen: Chosen) -> str:
    """Give the keyed hash of what is asked for, the same in every visit of one resident; how many copies is left out."""
    match chosen.contents:
        case Residents(persons):
            shown = [str(person.resident_id) for person in persons]
        case Koseki(persons=family):
            shown = [person.key for person in family]
        case Fuhyo(persons=lived):
            shown = [person.key for person in lived]
        case _:
            shown = []
    items = sorted(item.value for item in order.items)
    fields = (order.kind.value, order.scope.value, order.year or 0, order.fee_yen, ",".join(items), *sorted(shown))
    message = wire.canonical("counter content", visit.subject, *fields)
    return hmac.digest(service.subject_key, message, hashlib.sha256).hex()


def take_number(
    service: Service,
    device: Device,
    visit: OpenVisit,
    order: wire.OrderRequest,
    key: str,
    request_sha256: str,
    office: CounterOffice,
    content: str,
    now: datetime,
) -> Desk | Refusal:
    """Give an order its number: a new one, the one it has already, or that of spoilt copies which it prints again."""
    for _ in range(2):
        with suppress(_TakenError), writing(service.engine) as connection:
            return _taken(service, connection, device, visit, order, key, request_sha256, office, content, now)
    return Refusal(No.OVERLOADED)


class _TakenError(Exception):
    """The same request came twice at once, and the other one has its number: nothing was written."""


def _taken(
    service: Service,
    connection: Connection,
    device: Device,
    visit: OpenVisit,
    order: wire.OrderRequest,
    key: str,
    request_sha256: str,
    office: CounterOffice,
    content: str,
    now: datetime,
) -> Desk | Refusal:
    of = tables.attempts
    this = of.c.kiosk_id == device.device_id, of.c.idempotency_key == key
    known = connection.execute(select(of).where(*this)).one_or_none()
    if known is not None and known.request_sha256 != request_sha256:
        return Refusal(No.KEY_REUSED)
    row = None if known is None else books.load(connection, known.request_id)
    if row is not None and row.state != CounterState.CANCELLED.value:
        # Also when the other request has issued by now: this one then finds the number taken, and that answer.
        return _desk(connection, row, office)
    row = _spoilt(connection, visit, order, office, content, books.day_of(now))
    if row is None:
        row = _new(service, connection, device, visit, order, office, content, now)
    if known is not None:
        connection.execute(update(of).where(*this).values(request_id=row.request_id))
    else:
        attempt = {"kiosk_id": device.device_id, "idempotency_key": key, "request_id": row.request_id}
        attempt["request_sha256"] = request_sha256
        if not insert_unless_taken(connection, of, attempt, key=("kiosk_id", "idempotency_key")):
            raise _TakenError
    return _desk(connection, row, office)


def _spoilt(
    connection: Connection, visit: OpenVisit, order: wire.OrderRequest, office: CounterOffice, content: str, day: date
) -> Row[Any] | None:
    """Find a number of today whose spoilt copies this order prints again: same resident, same choice, as many copies."""
    of, sheet = tables.requests, tables.sheets
    row = connection.execute(
        select(of)
        .where(
            of.c.subject == visit.subject,
            of.c.day == day,
            of.c.municipality_code == visit.municipality_code,
            of.c.office == office.office_id,
            of.c.content == content,
            of.c.state == CounterState.SPOILED.value,
            of.c.reprint_permitted,
        )
        .order_by(of.c.number)
        .limit(1)
        .with_for_update()
    ).one_or_none()
    if row is None:
        return None
    missing = connection.execute(
        select(func.count())
        .select_from(sheet)
        .where(sheet.c.request_id == row.request_id, sheet.c.state == SheetState.SPOILED.value, ~sheet.c.replaced)
    ).scalar_one()
    return row if missing == order.copies else None


def _new(
    service: Service,
    connection: Connection,
    device: Device,
    visit: OpenVisit,
    order: wire.OrderRequest,
    office: CounterOffice,
    content: str,
    now: datetime,
) -> Row[Any]:
    day, code = books.day_of(now), visit.municipality_code
    number = books.next_number(connection, code, f"number {office.office_id} {day.isoformat()}")
    request_id = service.random(16).hex()
    connection.execute(
        insert(tables.requests).values(
            request_id=request_id,
            municipality_code=code,
            office=office.office_id,
            day=day,
            number=number,
            check_code=short_code(service, 4),
            slip_code=service.random(16).hex(),
            state=CounterState.REQUESTED.value,
            subject=visit.subject,
            content=content,
            kind=order.kind.value,
            copies=order.copies,
            fee_yen=order.fee_yen,
            terminal=device.device_id,
            requested_at=now,
            changed_at=now,
            reprint_permitted=False,
        )
    )
    year = day.year if day.month >= 4 else day.year - 1
    connection.execute(
        insert(tables.receipts).values(
            municipality_code=code,
            fiscal_year=year,
            number=books.next_number(connection, code, f"receipt {year}"),
            request_id=request_id,
            state="reserved",
            amount_yen=0,
            refunded=False,
        )
    )
    row = connection.execute(select(tables.requests).where(tables.requests.c.request_id == request_id)).one()
    books.note(connection, row, Act.REQUEST, now, CounterState.REQUESTED, detail=device.device_id)
    return row


def _desk(connection: Connection, row: Row[Any], office: CounterOffice) -> Desk:
    of = tables.receipts
    receipt = connection.execute(select(of).where(of.c.request_id == row.request_id)).one()
    settled = books.is_settled(connection, row.request_id)
    return Desk(
        request_id=row.request_id,
        municipality_code=row.municipality_code,
        office=office,
        number=row.number,
        check=row.check_code,
        code=row.slip_code,
        receipt_number=receipt_name(receipt.fiscal_year, receipt.number),
        copies=row.copies,
        requested_at=row.requested_at,
        due_yen=0 if settled else row.copies * row.fee_yen,
        repeats=row.state == CounterState.SPOILED.value,
    )


def receipt_name(fiscal_year: int, number: int) -> str:
    """Write a 領収書番号 as it is printed."""
    return f"{fiscal_year}-{number:06d}"


def claim(connection: Connection, desk: Desk, txn: str, now: datetime) -> bool:
    """Take a number for an order, within the order's transaction; False when somebody else had it first or it has ended."""
    row = books.load(connection, desk.request_id)
    expected = CounterState.SPOILED if desk.repeats else CounterState.REQUESTED
    if row is None or row.state != expected.value:
        return False
    values: dict[str, Any] = {"txn": txn, "reprint_permitted": False, "attention": None}
    return books.move(connection, row, Act.ISSUE, now, **values)


def record(
    connection: Connection, desk: Desk, device: Device, key: str, answer: wire.OrderAnswer, application: Kept
) -> None:
    """Write an issued order's sheets, papers and ticket, and the 申請書 to be kept, within the order's transaction."""
    txn = answer.txn
    certificates = [each for each in answer.documents if each.role is wire.DocumentRole.CERTIFICATE]
    sheet, of = tables.sheets, tables.attempts
    connection.execute(
        update(sheet)
        .where(sheet.c.request_id == desk.request_id, sheet.c.state == SheetState.SPOILED.value)
        .values(replaced=True)
    )
    connection.execute(
        insert(sheet),
        [
            {
                "serial": each.serial,
                "request_id": desk.request_id,
                "txn": txn,
                "copy_no": each.copy_no,
                "pages": each.pages,
                "sheets": 0,
                "state": SheetState.ISSUED.value,
                "replaced": False,
            }
            for each in certificates
        ],
    )
    connection.execute(
        insert(tables.papers),
        [
            {
                "txn": txn,
                "role": each.role.value,
                "serial": each.serial,
                "pages": each.pages,
                "sha256": each.sha256,
                "sealed": each.sealed,
                "signature": each.signature,
            }
            for each in answer.documents
            if each.role is not wire.DocumentRole.CERTIFICATE
        ],
    )
    connection.execute(
        update(of)
        .where(of.c.kiosk_id == device.device_id, of.c.idempotency_key == key)
        .values(txn=txn, ticket=wire.encode(desk.ticket))
    )
    connection.execute(insert(tables.applications).values(request_id=desk.request_id, **application.columns))


def give_up(service: Service, desk: Desk, now: datetime) -> None:
    """Cancel a number whose documents could not be made; spoilt copies stay as they are."""
    if desk.repeats:
        return
    with writing(service.engine) as connection:
        row = books.load(connection, desk.request_id)
        if row is not None and row.state == CounterState.REQUESTED.value:
            books.move(connection, row, Act.FAIL, now, detail=CancelReason.NOT_ISSUED.value)
            void_receipt(connection, desk.request_id)


def void_receipt(connection: Connection, request_id: str) -> None:
    """Record that a reserved receipt will never stand for money."""
    of = tables.receipts
    connection.execute(update(of).where(of.c.request_id == request_id, of.c.state == "reserved").values(state="void"))


def again(bind: Engine | Connection, txn: str) -> tuple[wire.CounterTicket, dict[str, wire.SealedDocument]] | None:
    """Give ticket and papers of an order as they were sent, papers by their role; None when they are erased or were none."""
    with reading(bind) as connection:
        ticket = connection.execute(
            select(tables.attempts.c.ticket).where(tables.attempts.c.txn == txn)
        ).scalar_one_or_none()
        rows = connection.execute(select(tables.papers).where(tables.papers.c.txn == txn)).all()
    if ticket is None or not rows or any(row.sealed is None for row in rows):
        return None
    papers = {
        row.role: wire.SealedDocument(
            serial=row.serial,
            copy_no=1,
            pages=row.pages,
            sha256=row.sha256,
            sealed=row.sealed,
            signature=row.signature,
            role=wire.DocumentRole(row.role),
        )
        for row in rows
    }
    return wire.decode(ticket, wire.CounterTicket), papers
