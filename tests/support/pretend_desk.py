"""A municipality's counter in memory, for the clerks' pages: it keeps the counter's own table of states.

What a page offers and is refused is therefore what the counter would say.
"""

import threading
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from itertools import count

from issuing_center.counter import locks
from issuing_center.counter.feed import Change
from issuing_center.counter.models import (
    CallDisplay,
    Office,
    Paper,
    ScannedSlip,
    Serial,
    Sheet,
    SheetCode,
    Slip,
    TerminalStatus,
    TypedSlip,
    Waiting,
)
from issuing_center.counter.refusals import CounterNo, CounterRefusal
from issuing_center.counter.seal_lookup import SealAnswer, SealStanding
from issuing_center.counter.staff import Staff, StaffId
from issuing_center.counter.states import (
    Act,
    CancelReason,
    CounterState,
    Settlement,
    SheetState,
    SpoilReason,
    after,
    possible,
)
from issuing_center.counter.totals import DayTotals, KindTotal
from issuing_center.municipal.package import JST
from issuing_center.staff.desk import Outcome

SHIOMINO, YAMATE = "990019", "990035"
OFFICE = "honcho"
MORNING = datetime(2026, 11, 20, 1, 30, tzinfo=UTC)
"""10:30 in Japan, a Friday."""
CLERK = Staff(StaffId("mihon-01"), SHIOMINO)


def slip_code(number: int) -> str:
    """Give what the QR of a number's slip holds."""
    return f"{number:032x}"


def check_of(number: int) -> str:
    """Give the check code of a number's slip."""
    letters = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"
    return "".join(letters[(number * 7 + place * 5) % 32] for place in range(4))


def serial(number: int) -> str:
    """Give the 発行番号 of the desk's certificates, in their order."""
    return f"MIHO-NSAM-PLEA-{''.join('ABCDEFGHIJ'[int(digit)] for digit in f'{number:04d}')}"


class PretendDesk:
    """One municipality's counter in memory; the other has none. Refuses what the real one refuses."""

    specimen = True

    def __init__(self, at: datetime = MORNING) -> None:
        self.at = at
        self.rows: dict[str, Waiting] = {}
        self.changes: list[Change] = []
        self.status: tuple[TerminalStatus, ...] = (
            TerminalStatus("counter-0001", OFFICE, at, "ready", "ready"),
            TerminalStatus("counter-0002", OFFICE, at, "ready", "ready"),
        )
        self.yesterdays: set[str] = set()
        self.locked: set[tuple[str, str]] = set()
        self._lock = threading.RLock()
        self._serials = count(1)

    # what a terminal does

    def add(
        self, state: CounterState = CounterState.PRINTED, kind: str = "juminhyo", copies: int = 1, fee_yen: int = 300
    ) -> Waiting:
        """Give the next number, as far as it is said to be."""
        number = len(self.rows) + 1
        sheets = tuple(
            Sheet(serial(next(self._serials)), copy, 1, SheetState.PRINTED, None) for copy in range(1, copies + 1)
        )
        paid = state in (CounterState.PAID, CounterState.HANDED_OVER)
        row = Waiting(
            request_id=f"{number:032x}",
            office=OFFICE,
            number=number,
            check=check_of(number),
            state=state,
            kind=kind,
            copies=copies,
            total_yen=fee_yen * copies,
            settlement=Settlement.CASH if paid else None,
            exemption=None,
            paid_yen=fee_yen * copies if paid else 0,
            receipt_number=f"令和8-{number:06d}",
            terminal=f"counter-000{1 + number % 2}",
            requested_at=self.at + timedelta(minutes=3 * number - 60),
            changed_at=self.at,
            called_at=None,
            reprint_permitted=state is CounterState.SPOILED,
            attention=None,
            sheets=sheets,
            acts=possible(state),
        )
        with self._lock:
            self.put(row, "issue", "")
        return row

    def put(self, row: Waiting, act: str, staff_id: str) -> Waiting:
        """Keep a row and tell the feed."""
        with self._lock:
            row = replace(row, acts=possible(row.state))
            self.rows[row.request_id] = row
            self.changes.append(
                Change(len(self.changes) + 1, self.at, row.request_id, row.office, act, row.state.value, staff_id, "")
            )
            return row

    def tell(self, *status: TerminalStatus) -> None:
        """Let terminals say how they are."""
        with self._lock:
            self.status = status
            self.changes.append(Change(len(self.changes) + 1, self.at, None, OFFICE, "status", None, "", ""))

    # what the pages ask

    def now(self) -> datetime:
        """Give the desk's time, which stands still."""
        return self.at

    def municipality_name(self, code: str) -> str | None:
        """Name the one municipality."""
        return "見本県汐見野市" if code == SHIOMINO else None

    def offices(self, code: str) -> tuple[Office, ...]:
        """Give its one office."""
        return (Office(OFFICE, "本庁 市民課", "待合2番", ("公用", "減免")),) if code == SHIOMINO else ()

    def lock(self, staff_id: str, certificate: str = "") -> None:
        """Lock a clerk out, with one certificate or all."""
        with self._lock:
            self.locked.add((staff_id, certificate))
            self.changes.append(Change(len(self.changes) + 1, self.at, None, "", locks.ACT, None, staff_id, "locked"))

    def is_locked(self, staff: Staff, certificate_sha256: str) -> bool:
        """Tell whether one is."""
        return not self.locked.isdisjoint({(staff.staff_id, ""), (staff.staff_id, certificate_sha256)})

    def changes_since(self, code: str, number: int) -> tuple[Change, ...]:
        """Give the news."""
        return tuple(self.changes[number:]) if code == SHIOMINO else ()

    def latest(self, code: str) -> int:
        """Count the news."""
        return len(self.changes) if code == SHIOMINO else 0

    def waiting_list(self, staff: Staff) -> tuple[Waiting, ...]:
        """Give all rows."""
        return tuple(self.rows.values()) if staff.municipality_code == SHIOMINO else ()

    def waiting_one(self, staff: Staff, request_id: str) -> Outcome:
        """Give one row."""
        row = self.rows.get(request_id) if staff.municipality_code == SHIOMINO else None
        return row or CounterRefusal(CounterNo.UNKNOWN)

    def terminals(self, staff: Staff) -> tuple[TerminalStatus, ...]:
        """Give what terminals said."""
        return self.status if staff.municipality_code == SHIOMINO else ()

    def call_display(self, code: str, office: str) -> CallDisplay | None:
        """Give the wall screen."""
        if (code, office) != (SHIOMINO, OFFICE):
            return None
        open_rows = [row for row in self.rows.values() if not row.state.is_final]
        called = sorted((row for row in open_rows if row.called_at), key=lambda row: row.called_at or self.at)
        return CallDisplay(
            "本庁 市民課",
            tuple(row.number for row in reversed(called)),
            tuple(row.number for row in open_rows if row.called_at is None),
        )

    def find_slip(self, staff: Staff, slip: Slip) -> Outcome:
        """Find a row by its slip."""
        match slip:
            case ScannedSlip(code=code):
                if code in self.yesterdays:
                    return CounterRefusal(CounterNo.OTHER_DAY)
                return self.waiting_one(staff, code)
            case TypedSlip(number=number, check=check):
                found = self.waiting_one(staff, f"{number:032x}")
                wrong = isinstance(found, Waiting) and found.check != check
                return CounterRefusal(CounterNo.WRONG_CHECK) if wrong else found

    def call(self, staff: Staff, request_id: str) -> Outcome:
        """Call."""
        self.at += timedelta(seconds=1)
        return self._act(staff, request_id, Act.CALL, lambda row: replace(row, called_at=self.at))

    def confirm_printed(self, staff: Staff, request_id: str) -> Outcome:
        """Confirm."""
        return self._act(staff, request_id, Act.CONFIRM_PRINTED, lambda row: replace(row, attention=None))

    def take_fee(self, staff: Staff, request_id: str, method: Settlement, exemption: str | None) -> Outcome:
        """Settle."""
        if method is Settlement.FREE or (exemption is None) == (method is Settlement.EXEMPT):
            raise ValueError("no such way to settle")
        return self._act(
            staff,
            request_id,
            Act.TAKE_FEE,
            lambda row: replace(
                row,
                settlement=method,
                exemption=exemption,
                paid_yen=0 if method is Settlement.EXEMPT else row.total_yen,
            ),
        )

    def find_sheet(self, staff: Staff, code: SheetCode) -> Outcome:
        """Find a row by a certificate."""
        for row in self.waiting_list(staff):
            for sheet in row.sheets:
                if code == Serial(sheet.serial):
                    void = sheet.state is SheetState.SPOILED
                    return CounterRefusal(CounterNo.VOID_SHEET, row.state) if void else row
        return CounterRefusal(CounterNo.UNKNOWN)

    def check_sheet(self, staff: Staff, request_id: str, code: SheetCode) -> Outcome:
        """Confirm a certificate; papers are all taken for good ones."""
        found = self.waiting_one(staff, request_id) if isinstance(code, Paper) else self.find_sheet(staff, code)
        if isinstance(found, CounterRefusal):
            return found
        row = self.rows[request_id]
        if found.request_id != request_id:
            for each in (found, row):
                self.put(replace(each, attention="mixed_up"), "mixed_up", staff.staff_id)
            return CounterRefusal(CounterNo.MIXED_UP, row.state)
        return row

    def hand_over(self, staff: Staff, slip: Slip, scanned: tuple[SheetCode, ...]) -> Outcome:
        """Redeem."""
        found = self.find_slip(staff, slip)
        if isinstance(found, CounterRefusal):
            return found
        for code in scanned:
            if isinstance(refusal := self.check_sheet(staff, found.request_id, code), CounterRefusal):
                return refusal
        unseen = {Serial(sheet.serial) for sheet in found.sheets if sheet.state is SheetState.PRINTED} - set(scanned)
        if unseen and found.attention == "mixed_up" and found.state is CounterState.PAID:
            return CounterRefusal(CounterNo.SCAN_ALL, found.state)
        if found.state is CounterState.HANDED_OVER:
            return CounterRefusal(CounterNo.REDEEMED, found.state)
        return self._act(staff, found.request_id, Act.HAND_OVER, lambda row: replace(row, attention=None))

    def cancel(self, staff: Staff, request_id: str, reason: CancelReason) -> Outcome:
        """Cancel."""
        return self._act(staff, request_id, Act.CANCEL, lambda row: replace(row, paid_yen=0))

    def spoil(self, staff: Staff, request_id: str, serials: tuple[str, ...], reason: SpoilReason) -> Outcome:
        """Spoil."""

        def changed(row: Waiting) -> Waiting:
            sheets = tuple(
                replace(sheet, state=SheetState.SPOILED, reason=reason.value) if sheet.serial in serials else sheet
                for sheet in row.sheets
            )
            return replace(row, sheets=sheets, reprint_permitted=True)

        return self._act(staff, request_id, Act.SPOIL, changed)

    def permit_reprint(self, staff: Staff, request_id: str) -> Outcome:
        """Permit."""
        return self._act(staff, request_id, Act.PERMIT_REPRINT, lambda row: replace(row, reprint_permitted=True))

    def _act(self, staff: Staff, request_id: str, act: Act, changed: Callable[[Waiting], Waiting]) -> Outcome:
        with self._lock:
            row = self.waiting_one(staff, request_id)
            if isinstance(row, CounterRefusal):
                return row
            state = after(row.state, act)
            if state is None:
                return CounterRefusal(CounterNo.TOO_LATE, row.state)
            return self.put(replace(changed(row), state=state), act.value, staff.staff_id)

    def day_totals(self, staff: Staff, day: date, office: str | None) -> DayTotals:
        """Add up what was taken in cash."""
        rows = [row for row in self.waiting_list(staff) if row.requested_at.astimezone(JST).date() == day]
        paid = [row for row in rows if row.settlement is not None and row.state is not CounterState.CANCELLED]
        kinds = tuple(
            KindTotal(
                kind,
                300,
                sum(row.copies for row in paid if row.kind == kind),
                sum(row.paid_yen for row in paid if row.kind == kind and row.settlement is Settlement.CASH),
                sum(row.paid_yen for row in paid if row.kind == kind and row.settlement is Settlement.CASHLESS),
                sum(row.copies for row in paid if row.kind == kind and row.settlement is Settlement.EXEMPT),
                sum(row.total_yen for row in paid if row.kind == kind and row.settlement is Settlement.EXEMPT),
            )
            for kind in sorted({row.kind for row in paid})
        )
        sheets = [sheet for row in rows for sheet in row.sheets]
        return DayTotals(
            day=day,
            office=office,
            kinds=kinds,
            handed_over=sum(row.state is CounterState.HANDED_OVER for row in rows),
            cancelled=sum(row.state is CounterState.CANCELLED for row in rows),
            open=sum(not row.state.is_final for row in rows),
            paid_not_handed=sum(row.state is CounterState.PAID for row in rows),
            cash_yen=sum(each.cash_yen for each in kinds),
            cashless_yen=sum(each.cashless_yen for each in kinds),
            exempt_yen=sum(each.exempt_yen for each in kinds),
            refunded_yen=0,
            receipts=len(paid),
            receipts_void=len(rows) - len(paid),
            sheets_used=len(sheets),
            sheets_spoilt=sum(sheet.state is SheetState.SPOILED for sheet in sheets),
        )

    def close_day(self, staff: Staff, day: date, office: str | None) -> tuple[Waiting, ...]:
        """Cancel what was not paid."""
        for row in self.waiting_list(staff):
            if row.settlement is None and not row.state.is_final:
                self.cancel(staff, row.request_id, CancelReason.CLOSED)
        return tuple(row for row in self.waiting_list(staff) if row.state is CounterState.PAID)

    def seal_lookup(self, staff: Staff, code: str) -> SealAnswer | CounterRefusal:
        """Know one code."""
        if code != "7KM3PQR4":
            return CounterRefusal(CounterNo.SEAL_CODE)
        return SealAnswer(SealStanding.REGISTERED, date(2019, 4, 8), self.at, "ocsp")


def a_morning() -> PretendDesk:
    """Give a desk in the middle of a morning, with a number in every state."""
    desk = PretendDesk()
    day = [
        *((CounterState.HANDED_OVER, kind, 1) for kind in ("juminhyo", "inkan", "juminhyo", "kazei", "inkan")),
        (CounterState.CANCELLED, "juminhyo", 1),
        (CounterState.PAID, "inkan", 2),
        (CounterState.PRINTED, "juminhyo", 1),
        (CounterState.SPOILED, "koseki-zenbu", 1),
        (CounterState.PRINTED, "fuhyo", 1),
        (CounterState.PRINTED, "shotoku", 1),
        (CounterState.ISSUED, "kisaijiko", 3),
        (CounterState.ISSUED, "juminhyo", 1),
        (CounterState.REQUESTED, "nozei", 1),
    ]
    for state, kind, copies in day:
        desk.add(state, kind, copies)
    for number in (7, 8, 9):
        desk.call(CLERK, f"{number:032x}")
    late = desk.rows[f"{12:032x}"]
    desk.put(replace(late, attention="unreported"), "lose", "")
    spoilt = desk.rows[f"{9:032x}"]
    sheet = replace(spoilt.sheets[0], state=SheetState.SPOILED, reason="jam")
    desk.put(replace(spoilt, sheets=(sheet,)), "spoil", "mihon-02")
    return desk
