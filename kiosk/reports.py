"""Outcomes on their way to the center: each is told until the center has it, and none holds up another.

Decided and journalled before they come here, so a start finds again what was not told. Knows no time of day and never
waits: the runner says when to try again.
"""

from collections.abc import Callable
from typing import assert_never

from kiosk import eventlog
from kiosk.domain.certificates import TransactionId
from kiosk.ports.center import CenterUnavailable, IssuingCenter, OrderOutcome, Reported, ReportRejected
from kiosk.ports.journal import Journal

WAITS_S = (1.0, 2.0, 5.0, 15.0, 60.0)
"""Pauses between rounds of repeats; the last one repeats."""
REJECTED = "BOOKS-01"
"""The center has another outcome for an order: both books must be looked at by staff."""


class Reports:
    """What the center must still be told. `tell` and `tell_again` belong to the books' lane, `is_due` to the flow's thread."""

    def __init__(self, center: IssuingCenter, journal: Journal, stopped: Callable[[str], None]) -> None:
        """`stopped` hears the code of an incident, which is in the journal by then."""
        self._center = center
        self._journal = journal
        self._stopped = stopped
        self._untold: dict[TransactionId, OrderOutcome] = {}
        self._rounds = 0
        self._due_s: float | None = None

    def tell(self, outcome: OrderOutcome) -> str:
        """Tell one outcome once; keep it for later when the center is away. Gives a word for the log."""
        answer = self._center.report(outcome)
        # The one that failed goes to the end: an outcome that the center cannot digest is in nobody's way.
        self._untold.pop(outcome.transaction, None)
        match answer:
            case CenterUnavailable(code):
                self._untold[outcome.transaction] = outcome
                return code
            case ReportRejected():
                eventlog.write(eventlog.ReportRefused(outcome.transaction))
                self._journal.raise_incident(REJECTED, outcome.transaction, "outcome conflict")
                self._stopped(REJECTED)
            case Reported():
                pass
            case _:
                assert_never(answer)
        self._journal.settle(outcome.transaction)
        eventlog.write(eventlog.OrderSettled(outcome.transaction, outcome.money.value))
        return type(answer).__name__

    def tell_again(self) -> str:
        """Tell each outcome that is kept, once."""
        words = [self.tell(outcome) for outcome in tuple(self._untold.values())]
        return ",".join(sorted(set(words)))

    def is_due(self, steady_s: float) -> bool:
        """Tell whether it is time for another round; a yes counts as its beginning."""
        if not self._untold:
            self._rounds, self._due_s = 0, None
            return False
        if self._due_s is not None and steady_s < self._due_s:
            return False
        first = self._due_s is None
        self._due_s = steady_s + WAITS_S[min(self._rounds, len(WAITS_S) - 1)]
        self._rounds += 1
        return not first
