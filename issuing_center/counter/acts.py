"""What clerks do with a number: one function an act, each one transaction with its line in the ledger and in the feed.

Of two clerks at once the database lets one through; the other gets TOO_LATE with the state it found. Every function gives
the number as it stands afterwards, or why nothing was changed.
"""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, select, update

from issuing_center.counter import books, tables
from issuing_center.counter.models import SheetCode, Slip, Waiting
from issuing_center.counter.refusals import CounterNo, CounterRefusal
from issuing_center.counter.reports import settle_free
from issuing_center.counter.rows import waiting_rows
from issuing_center.counter.sheets import MIXED_UP, missing, mixed_up
from issuing_center.counter.staff import Staff
from issuing_center.counter.states import (
    Act,
    CancelReason,
    CounterState,
    Settlement,
    SheetState,
    SpoilReason,
    after,
)
from issuing_center.counter.throwing import good_sheets, throw_away, throw_away_good
from issuing_center.counter.views import find_slip, settings_of
from issuing_center.database import writing
from issuing_center.ledger import store as ledger
from issuing_center.ledger.entries import TransactionId
from issuing_center.service import Service

_DONE = {
    Act.TAKE_FEE: CounterState.PAID,
    Act.CONFIRM_PRINTED: CounterState.PRINTED,
    Act.CANCEL: CounterState.CANCELLED,
    Act.SPOIL: CounterState.SPOILED,
}
"""Where an act leads when it is not the clerk's own: finding it there means that somebody was faster."""

Effect = Callable[[Connection, Row[Any], datetime], CounterRefusal | dict[str, Any]]
"""What an act does beside the state: gives columns of the number, or refuses before anything was written."""


def call(service: Service, staff: Staff, request_id: str) -> Waiting | CounterRefusal:
    """Call a number, the first time or again; it appears on the call display."""
    return _act(service, staff, request_id, Act.CALL, lambda _connection, _row, now: {"called_at": now})


def confirm_printed(service: Service, staff: Staff, request_id: str) -> Waiting | CounterRefusal:
    """Say that every sheet of the number lies there complete, when the terminal did not or could not."""

    def effect(connection: Connection, row: Row[Any], now: datetime) -> CounterRefusal | dict[str, Any]:
        of = tables.sheets
        latest = of.c.request_id == row.request_id, of.c.txn == row.txn
        thrown = of.c.state == SheetState.SPOILED.value, of.c.reason.is_not(None)
        # What is void in the books is not handed out, whatever it looks like.
        if (
            ledger.has_voided(connection, TransactionId(row.txn))
            or connection.execute(select(of.c.serial).where(*latest, *thrown).limit(1)).first() is not None
        ):
            return CounterRefusal(CounterNo.NOT_NOW, CounterState(row.state))
        connection.execute(update(of).where(*latest).values(state=SheetState.PRINTED.value, sheets=of.c.pages))
        if row.fee_yen == 0:
            settle_free(connection, row.request_id, now)
        # That they lie there does not say whose each is.
        return {"attention": MIXED_UP if row.attention == MIXED_UP else None, "reprint_permitted": False}

    return _act(service, staff, request_id, Act.CONFIRM_PRINTED, effect)


def take_fee(
    service: Service, staff: Staff, request_id: str, method: Settlement, exemption: str | None = None
) -> Waiting | CounterRefusal:
    """Settle the fee of a printed number: in cash, cashless, or exempt for one of the office's reasons.

    Gives the receipt its meaning: paid, or void where nothing was due. NO_SUCH_REASON for an exemption without a reason of
    the settings; ValueError for FREE, which nobody says, and for a reason without an exemption.
    """
    exempt = method is Settlement.EXEMPT
    if method is Settlement.FREE or (exemption is not None and not exempt):
        raise ValueError("not a way to settle a fee")
    reasons = {office.office_id: office.exemptions for office in settings_of(service, staff.municipality_code)}

    def effect(connection: Connection, row: Row[Any], now: datetime) -> CounterRefusal | dict[str, Any]:
        if row.day != books.day_of(now):
            return CounterRefusal(CounterNo.OTHER_DAY, CounterState(row.state))
        if exempt and exemption not in reasons.get(row.office, ()):
            return CounterRefusal(CounterNo.NO_SUCH_REASON, CounterState(row.state))
        of = tables.receipts
        connection.execute(
            update(of)
            .where(of.c.request_id == row.request_id, of.c.state == "reserved")
            .values(
                state="void" if exempt else "paid",
                method=method.value,
                exemption=exemption,
                amount_yen=0 if exempt else row.copies * row.fee_yen,
                settled_at=now,
                settled_by=staff.staff_id,
            )
        )
        return {}

    return _act(service, staff, request_id, Act.TAKE_FEE, effect, method.value)


def hand_over(
    service: Service, staff: Staff, slip: Slip, scanned: tuple[SheetCode, ...] = ()
) -> Waiting | CounterRefusal:
    """Redeem a slip: the sheets go to whoever brought it. REDEEMED the second time, OTHER_DAY, NOT_PAID, WRONG_CHECK.

    `scanned` are the sheets that the clerk scanned; refusals of `sheets.mixed_up` for one that is not this number's. What was
    not scanned was looked at; SCAN_ALL where that is not enough any more.
    """
    found = find_slip(service, staff, slip)
    if isinstance(found, CounterRefusal):
        return found
    refusal = mixed_up(service, staff, found.request_id, scanned) if scanned else None
    if refusal is not None:
        return refusal

    def effect(connection: Connection, row: Row[Any], _now: datetime) -> CounterRefusal | dict[str, Any]:
        of = tables.sheets
        good = of.c.request_id == row.request_id, of.c.state == SheetState.PRINTED.value
        connection.execute(update(of).where(*good).values(state=SheetState.HANDED_OVER.value))
        return {"attention": None}

    with writing(service.engine) as connection:
        row = books.load(connection, found.request_id, staff.municipality_code)
        assert row is not None  # no number is ever deleted
        count, unseen = missing(connection, row, scanned)
        match CounterState(row.state):
            case CounterState.HANDED_OVER:
                return CounterRefusal(CounterNo.REDEEMED, CounterState.HANDED_OVER)
            case CounterState.PRINTED:
                return CounterRefusal(CounterNo.NOT_PAID, CounterState.PRINTED)
            case CounterState.PAID if unseen and row.attention == MIXED_UP:
                return CounterRefusal(CounterNo.SCAN_ALL, CounterState.PAID)
            case _:
                detail = f"scanned {count - unseen}/{count}"
                return _perform(service, connection, staff, row, Act.HAND_OVER, effect, detail)


def cancel(service: Service, staff: Staff, request_id: str, reason: CancelReason) -> Waiting | CounterRefusal:
    """End a number without a certificate: its sheets are void, what was paid is given back, its receipt is void."""

    def effect(connection: Connection, row: Row[Any], now: datetime) -> CounterRefusal | dict[str, Any]:
        throw_away_good(connection, row, now)
        of = tables.receipts
        paid = of.c.request_id == row.request_id, of.c.state == "paid"
        connection.execute(update(of).where(*paid).values(state="void", refunded=True))
        reserved = of.c.request_id == row.request_id, of.c.state == "reserved"
        connection.execute(update(of).where(*reserved).values(state="void"))
        return {"attention": None, "reprint_permitted": False}

    return _act(service, staff, request_id, Act.CANCEL, effect, reason.value)


def spoil(
    service: Service, staff: Staff, request_id: str, serials: tuple[str, ...], reason: SpoilReason
) -> Waiting | CounterRefusal:
    """Throw sheets of a number away and permit to print them again.

    The serials are void. The documents exist only sealed to a visit, so nobody can print them again without the card: the
    resident lays it on a terminal once more and orders as many copies as were spoilt; that is linked to this number, and
    costs nothing beyond its fee. NOT_ITS_SHEET for a serial that is not among the number's good sheets.
    """

    def effect(connection: Connection, row: Row[Any], now: datetime) -> CounterRefusal | dict[str, Any]:
        if not serials or not set(serials) <= set(good_sheets(connection, row)):
            return CounterRefusal(CounterNo.NOT_ITS_SHEET, CounterState(row.state))
        throw_away(connection, row, serials, reason, now)
        return {"reprint_permitted": True, "attention": None}

    return _act(service, staff, request_id, Act.SPOIL, effect, reason.value)


def permit_reprint(service: Service, staff: Staff, request_id: str) -> Waiting | CounterRefusal:
    """Void every sheet that the terminal lost track of, and permit to print them again."""

    def effect(connection: Connection, row: Row[Any], now: datetime) -> CounterRefusal | dict[str, Any]:
        of = tables.sheets
        lost = of.c.request_id == row.request_id, of.c.state == SheetState.SPOILED.value, ~of.c.replaced
        serials = connection.execute(select(of.c.serial).where(*lost, of.c.reason.is_(None))).scalars().all()
        throw_away(connection, row, serials, SpoilReason.LOST, now)
        return {"reprint_permitted": True, "attention": None}

    return _act(service, staff, request_id, Act.PERMIT_REPRINT, effect)


def _act(
    service: Service, staff: Staff, request_id: str, act: Act, effect: Effect, detail: str = ""
) -> Waiting | CounterRefusal:
    with writing(service.engine) as connection:
        row = books.load(connection, request_id, staff.municipality_code)
        if row is None:
            return CounterRefusal(CounterNo.UNKNOWN)
        return _perform(service, connection, staff, row, act, effect, detail)


def _perform(
    service: Service, connection: Connection, staff: Staff, row: Row[Any], act: Act, effect: Effect, detail: str
) -> Waiting | CounterRefusal:
    """Let an act happen to a number that is locked until the transaction ends."""
    state, now = CounterState(row.state), service.now()
    if after(state, act) is None:
        return CounterRefusal(CounterNo.TOO_LATE if _DONE.get(act) is state else CounterNo.NOT_NOW, state)
    changed = effect(connection, row, now)
    if isinstance(changed, CounterRefusal):
        return changed
    if not books.move(connection, row, act, now, staff.staff_id, detail, **changed):
        raise RuntimeError("a locked number changed")
    again = connection.execute(select(tables.requests).where(tables.requests.c.request_id == row.request_id)).all()
    return waiting_rows(connection, again, now)[0]
