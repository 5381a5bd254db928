"""A whole day at a counter: visits by the hourly profile, several terminals, two clerks, and what goes wrong on such a day.

Keeps its own books beside the center's, by what people in the room would see: sheets in the trays, coins in the till.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from random import Random

from issuing_center.counter import acts, views
from issuing_center.counter.models import Serial, TypedSlip, Waiting
from issuing_center.counter.refusals import CounterRefusal
from issuing_center.counter.states import CancelReason, Settlement, SheetState, SpoilReason
from issuing_center.municipal.package import JST
from kiosk.ports.center import DocumentFate
from tests.support.center import Center
from tests.support.clerks import CLERK, OTHER_CLERK, Reception, copies, good, receive, report, row

PROFILE = {8: 4.0, 9: 13.2, 10: 16.3, 11: 12.8, 12: 8.5, 13: 12.0, 14: 12.3, 15: 10.2, 16: 7.6, 17: 2.8, 18: 0.4}
"""Share of a day's visits by the hour, in percent: one city, all weekdays."""
TERMINALS = ("counter-0001", "counter-0002", "counter-0003")
PERSONAS = ("hanako", "ichiro", "yoshiko", "maria", "taichi")
EVENTS = ("fine", "jam", "dead", "lost", "spoilt", "exempt", "absent", "cashless", "refund")
WEIGHTS = (70, 5, 4, 3, 5, 4, 3, 4, 2)


@dataclass
class DayBooks:
    """What people in the room counted."""

    cash_yen: int = 0
    cashless_yen: int = 0
    exempt_yen: int = 0
    refunded_yen: int = 0
    sheets: int = 0
    spoilt: int = 0
    handed_over: int = 0
    cancelled: int = 0
    happened: Counter[str] = field(default_factory=Counter)


def arrivals(count: int, day: datetime, random: Random) -> list[datetime]:
    """Give the instants at which residents come, in their order."""
    hours = random.choices(list(PROFILE), list(PROFILE.values()), k=count)
    opening = day.astimezone(JST).replace(minute=0, second=0, microsecond=0)
    return sorted(opening.replace(hour=hour) + timedelta(seconds=random.randrange(3600)) for hour in hours)


class CounterDay:
    """One day, visit by visit."""

    def __init__(self, center: Center, random: Random, workers: Sequence[Center] = ()) -> None:
        """Play on a center, or on several workers of one in turn."""
        self._center, self._random = center, random
        self._workers = tuple(workers) or (center,)
        self.books = DayBooks()

    def play(self, count: int, day: datetime, events: Sequence[str] = ()) -> Iterator[int]:
        """Let residents come; gives the number of each visit when it is over. `events` come first, then chance decides."""
        for number, at in enumerate(arrivals(count, day, self._random)):
            self._center.clock.advance(at - self._center.clock.at)
            event = events[number] if number < len(events) else self._random.choices(EVENTS, WEIGHTS)[0]
            self._visit(number, event)
            yield number

    def _visit(self, number: int, event: str) -> None:
        books, center = self.books, self._workers[number % len(self._workers)]
        terminal, persona = TERMINALS[number % 3], self._random.choice(PERSONAS)
        order = copies(self._random.choice((1, 1, 1, 2, 3)))
        books.happened[event] += 1
        reception = receive(center, persona, order, terminal)
        if event == "jam":
            report(center, reception, DocumentFate.VOIDED, terminal)
            reception = receive(center, persona, order, terminal, reception.visit)
        if event == "lost":
            report(center, reception, DocumentFate.UNKNOWN, terminal)
        if event not in ("dead", "lost"):
            report(center, reception, terminal=terminal)
        request = row(center, reception).request_id
        if event in ("dead", "lost"):
            good(acts.confirm_printed(center.service, CLERK, request))
        books.sheets += order.copies
        good(acts.call(center.service, CLERK, request))
        if event == "absent":
            good(acts.cancel(center.service, CLERK, request, CancelReason.ABSENT))
            books.cancelled += 1
            books.spoilt += order.copies
            return
        self._settle(center, request, event, order.total_yen)
        if event == "refund":
            good(acts.cancel(center.service, OTHER_CLERK, request, CancelReason.RESIDENT))
            books.refunded_yen += order.total_yen
            books.cash_yen -= order.total_yen
            books.cancelled += 1
            books.spoilt += order.copies
            return
        if event == "spoilt":
            self._print_again(center, reception, persona, terminal)
        self._hand_over(center, reception, terminal)

    def _settle(self, center: Center, request: str, event: str, total_yen: int) -> None:
        method = {"exempt": Settlement.EXEMPT, "cashless": Settlement.CASHLESS}.get(event, Settlement.CASH)
        reason = "減免（生活保護受給）" if method is Settlement.EXEMPT else None

        def take(staff: int) -> Waiting | CounterRefusal:
            return acts.take_fee(center.service, (CLERK, OTHER_CLERK)[staff], request, method, reason)

        # Both clerks press the button; the money is taken once.
        with ThreadPoolExecutor(2) as clerks:
            outcomes = list(clerks.map(take, range(2)))
        assert sum(isinstance(outcome, Waiting) for outcome in outcomes) == 1, outcomes
        match method:
            case Settlement.CASH:
                self.books.cash_yen += total_yen
            case Settlement.CASHLESS:
                self.books.cashless_yen += total_yen
            case _:
                self.books.exempt_yen += total_yen

    def _print_again(self, center: Center, reception: Reception, persona: str, terminal: str) -> None:
        request = row(center, reception).request_id
        good(acts.spoil(center.service, CLERK, request, reception.serials[:1], SpoilReason.SMUDGED))
        again = receive(center, persona, copies(1), terminal)
        assert again.ticket.number == reception.ticket.number
        report(center, again, terminal=terminal)
        self.books.sheets += 1
        self.books.spoilt += 1

    def _hand_over(self, center: Center, reception: Reception, terminal: str) -> None:
        office = "minato" if terminal == TERMINALS[2] else "honcho"
        typed = TypedSlip(office, reception.ticket.number, reception.ticket.check)
        by_hand = self._random.random() < 0.3
        sheets = row(center, reception).sheets
        # The hasty clerk looks at the sheets; the others scan each.
        scanned = () if by_hand else tuple(Serial(each.serial) for each in sheets if each.state is SheetState.PRINTED)
        good(acts.hand_over(center.service, OTHER_CLERK, typed if by_hand else reception.slip, scanned))
        self.books.handed_over += 1


def left_open(center: Center) -> int:
    """Tell how many numbers of today are neither handed over nor cancelled."""
    return sum(not each.state.is_final for each in views.waiting_list(center.service, CLERK))
