"""What the clerks' pages need of the counter, as one port, and the counter behind it.

The pages are tested on a desk in memory that keeps the same table of states; the shipped one below only passes on.
"""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Protocol

from issuing_center.counter import acts, feed, locks, models, sheets, totals, views
from issuing_center.counter.refusals import CounterRefusal
from issuing_center.counter.seal_lookup import SealAnswer, seal_lookup
from issuing_center.counter.staff import Staff
from issuing_center.counter.states import CancelReason, Settlement, SpoilReason
from issuing_center.service import Service

Outcome = models.Waiting | CounterRefusal


class Desk(Protocol):
    """One worker's way to the counters of all municipalities."""

    @property
    def specimen(self) -> bool:
        """Whether everything here is a pretence, and every page says so."""

    def now(self) -> datetime:
        """Give the time, aware."""

    def municipality_name(self, code: str) -> str | None:
        """Give the name with its prefecture; None for a municipality that is unknown here."""

    def offices(self, code: str) -> tuple[models.Office, ...]:
        """List a municipality's offices."""

    def is_locked(self, staff: Staff, certificate_sha256: str) -> bool:
        """Tell whether a clerk is locked out; a change of the feed by `locks.ACT` says that this may be another answer."""

    def changes_since(self, code: str, number: int) -> tuple[feed.Change, ...]:
        """Give the changes after a number."""

    def latest(self, code: str) -> int:
        """Give the number of the last change."""

    def waiting_list(self, staff: Staff) -> tuple[models.Waiting, ...]:
        """Give today's numbers."""

    def waiting_one(self, staff: Staff, request_id: str) -> Outcome:
        """Give one number."""

    def terminals(self, staff: Staff) -> tuple[models.TerminalStatus, ...]:
        """Give what the terminals last said."""

    def call_display(self, code: str, office: str) -> models.CallDisplay | None:
        """Give what a wall screen shows."""

    def find_slip(self, staff: Staff, slip: models.Slip) -> Outcome:
        """Find a slip's number."""

    def find_sheet(self, staff: Staff, code: models.SheetCode) -> Outcome:
        """Find a sheet's number."""

    def check_sheet(self, staff: Staff, request_id: str, code: models.SheetCode) -> Outcome:
        """Confirm that a sheet is a number's."""

    def call(self, staff: Staff, request_id: str) -> Outcome:
        """Call a number."""

    def confirm_printed(self, staff: Staff, request_id: str) -> Outcome:
        """Say that all sheets lie there."""

    def take_fee(self, staff: Staff, request_id: str, method: Settlement, exemption: str | None) -> Outcome:
        """Settle a fee."""

    def hand_over(self, staff: Staff, slip: models.Slip, scanned: tuple[models.SheetCode, ...]) -> Outcome:
        """Redeem a slip, with what was scanned of the sheets."""

    def cancel(self, staff: Staff, request_id: str, reason: CancelReason) -> Outcome:
        """End a number."""

    def spoil(self, staff: Staff, request_id: str, serials: tuple[str, ...], reason: SpoilReason) -> Outcome:
        """Throw sheets away."""

    def permit_reprint(self, staff: Staff, request_id: str) -> Outcome:
        """Void every good sheet and permit to print again."""

    def day_totals(self, staff: Staff, day: date, office: str | None) -> totals.DayTotals:
        """Give a day's totals."""

    def close_day(self, staff: Staff, day: date, office: str | None) -> tuple[models.Waiting, ...]:
        """Close a day; gives what was paid and not handed over."""

    def seal_lookup(self, staff: Staff, code: str) -> SealAnswer | CounterRefusal:
        """Tell a seal registration by the code of a verified card."""


@dataclass(frozen=True, slots=True)
class CounterDesk:
    """The shipped desk: the counter's own functions on one worker's tools."""

    service: Service

    @property
    def specimen(self) -> bool:
        """Whether this center is a sandbox."""
        return self.service.specimen

    def now(self) -> datetime:
        """Give the worker's time."""
        return self.service.now()

    def municipality_name(self, code: str) -> str | None:
        """Give the name as the register's list has it."""
        known = {name.code: f"{name.prefecture}{name.name_ja}" for name in self.service.register.municipalities()}
        return known.get(code)

    def offices(self, code: str) -> tuple[models.Office, ...]:
        """Pass on."""
        return views.offices(self.service, code)

    def is_locked(self, staff: Staff, certificate_sha256: str) -> bool:
        """Pass on."""
        return locks.is_locked(self.service.engine, staff, certificate_sha256)

    def changes_since(self, code: str, number: int) -> tuple[feed.Change, ...]:
        """Pass on."""
        return feed.changes_since(self.service, code, number)

    def latest(self, code: str) -> int:
        """Pass on."""
        return feed.latest(self.service, code)

    def waiting_list(self, staff: Staff) -> tuple[models.Waiting, ...]:
        """Pass on, for all offices."""
        return views.waiting_list(self.service, staff)

    def waiting_one(self, staff: Staff, request_id: str) -> Outcome:
        """Pass on."""
        return views.waiting_one(self.service, staff, request_id)

    def terminals(self, staff: Staff) -> tuple[models.TerminalStatus, ...]:
        """Pass on."""
        return views.terminals(self.service, staff)

    def call_display(self, code: str, office: str) -> models.CallDisplay | None:
        """Pass on."""
        return views.call_display(self.service, code, office)

    def find_slip(self, staff: Staff, slip: models.Slip) -> Outcome:
        """Pass on."""
        return views.find_slip(self.service, staff, slip)

    def find_sheet(self, staff: Staff, code: models.SheetCode) -> Outcome:
        """Pass on."""
        return sheets.find_sheet(self.service, staff, code)

    def check_sheet(self, staff: Staff, request_id: str, code: models.SheetCode) -> Outcome:
        """Pass on."""
        return sheets.check_sheet(self.service, staff, request_id, code)

    def call(self, staff: Staff, request_id: str) -> Outcome:
        """Pass on."""
        return acts.call(self.service, staff, request_id)

    def confirm_printed(self, staff: Staff, request_id: str) -> Outcome:
        """Pass on."""
        return acts.confirm_printed(self.service, staff, request_id)

    def take_fee(self, staff: Staff, request_id: str, method: Settlement, exemption: str | None) -> Outcome:
        """Pass on."""
        return acts.take_fee(self.service, staff, request_id, method, exemption)

    def hand_over(self, staff: Staff, slip: models.Slip, scanned: tuple[models.SheetCode, ...]) -> Outcome:
        """Pass on."""
        return acts.hand_over(self.service, staff, slip, scanned)

    def cancel(self, staff: Staff, request_id: str, reason: CancelReason) -> Outcome:
        """Pass on."""
        return acts.cancel(self.service, staff, request_id, reason)

    def spoil(self, staff: Staff, request_id: str, serials: tuple[str, ...], reason: SpoilReason) -> Outcome:
        """Pass on."""
        return acts.spoil(self.service, staff, request_id, serials, reason)

    def permit_reprint(self, staff: Staff, request_id: str) -> Outcome:
        """Pass on."""
        return acts.permit_reprint(self.service, staff, request_id)

    def day_totals(self, staff: Staff, day: date, office: str | None) -> totals.DayTotals:
        """Pass on."""
        return totals.day_totals(self.service, staff, day, office)

    def close_day(self, staff: Staff, day: date, office: str | None) -> tuple[models.Waiting, ...]:
        """Pass on."""
        return totals.close_day(self.service, staff, day, office)

    def seal_lookup(self, staff: Staff, code: str) -> SealAnswer | CounterRefusal:
        """Pass on."""
        return seal_lookup(self.service, staff, code)
