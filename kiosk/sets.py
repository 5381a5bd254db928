"""The papers of a counter's orders on the paper's lane, which go on when whoever ordered them has left.

A set is 申請書, certificates, 領収書, and counts as a whole: a set that is not complete is void. Each paper is dropped as soon
as it is out, so that the lane holds no more of anybody than what is still to be printed (INV-13).
"""

import hashlib
from collections import deque
from collections.abc import Callable
from typing import assert_never

from kiosk import eventlog
from kiosk.domain.certificates import SerialNumber, TransactionId
from kiosk.flow import effects as fx
from kiosk.flow import events as ev
from kiosk.flow.codes import MISMATCH, case_number
from kiosk.flow.session import Ticket
from kiosk.lanes import Job, Lane
from kiosk.ports.center import (
    Document,
    DocumentFate,
    DocumentMismatch,
    DocumentRole,
    MoneyFate,
    OrderOutcome,
    VisitChannel,
)
from kiosk.ports.printer import Printed, PrintFailed, PrintOutcome, PrintUnknown
from kiosk.ports.slips import CounterSlip
from kiosk.prints import print_journalled
from kiosk.world import World

STOPPED = PrintFailed(MISMATCH, 0)
"""An incident stands: nothing is printed before staff have found its cause (INV-1)."""


class PaperSet:
    """What is left to print of one order, and what the visit's channel knew of it when it was handed over."""

    def __init__(self, effect: fx.PrintSet, channel: VisitChannel | None) -> None:
        """Have every paper checked by the channel while it is there; without one nothing of the set is printed."""
        issued = effect.issued
        self.ticket: Ticket = effect.ticket
        self.transaction: TransactionId = issued.transaction
        self.serials: tuple[SerialNumber, ...] = tuple(each.serial for each in issued.certificates)
        self.papers: deque[Document] = deque(issued.documents)
        self._expected = {each.serial: each.sha256 for each in issued.documents}
        checks = (None if channel is None else channel.recheck(each) for each in issued.documents)
        self.mismatch: DocumentMismatch | None = next((each for each in checks if each is not None), None)
        if channel is None:
            self.mismatch = DocumentMismatch("transaction", issued.transaction)

    def recheck(self, document: Document) -> DocumentMismatch | None:
        """Check the very bytes that go to the printer against what the channel answered for (INV-1)."""
        if self.mismatch is not None:
            return self.mismatch
        if document.transaction != self.transaction:
            return DocumentMismatch("transaction", self.transaction)
        if hashlib.sha256(document.pdf).digest() != self._expected.get(document.serial):
            return DocumentMismatch("digest", self.transaction)
        return None


class Sets:
    """Prints sets one after the other, reports each, and answers whoever may still be here."""

    def __init__(
        self,
        world: World,
        post: Callable[[ev.Event], None],
        do: Callable[[Lane, Job], None],
        report: Callable[[OrderOutcome], None],
    ) -> None:
        """As in `Acts`; a report is told on the books' lane, where what is posted after it waits for it."""
        self._world = world
        self._post = post
        self._do = do
        self._report = report

    def print(self, papers: PaperSet) -> str:
        """Print a set to its end, on the paper's lane; gives a word for the log."""
        sheets: dict[SerialNumber, int] = dict.fromkeys(papers.serials, 0)
        try:
            outcome = STOPPED if self._world.journal.open_incident() is not None else self._printed(papers, sheets)
        finally:
            papers.papers.clear()
        if isinstance(outcome, DocumentMismatch):
            self._stop(outcome)
        self._report(_outcome_of(papers, outcome, sheets))
        answer = ev.SetPrinted(papers.ticket, outcome)
        # The center knows that these papers are void before anybody orders them again.
        self._do(Lane.BOOKS, lambda: self._post(answer))
        return type(outcome).__name__

    def slip(self, effect: fx.PrintCounterSlip) -> str:
        """Print the 受付票, whatever paper moves meanwhile; one that is not out for sure is not printed again."""
        counter, copies = effect.counter, effect.copies
        outcome = self._world.slips.print_slip(
            CounterSlip(
                number=str(counter.number),
                municipality=effect.municipality,
                ordered_at=self._world.clock.now().wall,
                certificates=((effect.kind, copies),),
                total_yen=counter.due_yen,
                wait_at=counter.waiting_place,
                check_code=counter.check,
                qr=counter.code,
                english=effect.english,
            )
        )
        self._post(ev.SlipAnswered(effect.ticket, outcome))
        return type(outcome).__name__

    def _printed(self, papers: PaperSet, sheets: dict[SerialNumber, int]) -> PrintOutcome | DocumentMismatch:
        while papers.papers:
            document = papers.papers.popleft()
            outcome = papers.recheck(document) or self._one(document)
            out = 0 if isinstance(outcome, DocumentMismatch) else _sheets(outcome)
            if document.serial in sheets:
                sheets[document.serial] = out
            if not isinstance(outcome, Printed):
                return outcome
        return Printed(sum(sheets.values()))

    def _one(self, document: Document) -> PrintOutcome:
        """Print one paper; for a certificate with the journal around it, since its sheet is counted."""
        printer = self._world.printer
        if document.role is not DocumentRole.CERTIFICATE:
            return printer.print_document(document, lambda _sheets: None)
        return print_journalled(self._world.journal, printer, document, lambda _sheets: None)

    def _stop(self, mismatch: DocumentMismatch) -> None:
        self._world.journal.raise_incident(MISMATCH, mismatch.transaction, mismatch.check)
        eventlog.write(eventlog.IncidentRaised(MISMATCH, mismatch.transaction or "", mismatch.check))
        self._post(ev.DeviceFailed(MISMATCH))


def _sheets(outcome: PrintOutcome) -> int:
    return outcome.sheets if isinstance(outcome, Printed) else outcome.sheets_out


def _outcome_of(
    papers: PaperSet, outcome: PrintOutcome | DocumentMismatch, sheets: dict[SerialNumber, int]
) -> OrderOutcome:
    """Tell the fates: complete, or void as a whole; unknown where a sheet may be out that nobody saw, and then a case."""
    match outcome:
        case Printed():
            fate, case = DocumentFate.HANDED_OVER, None
        case PrintFailed():
            fate, case = DocumentFate.VOIDED, None
        case PrintUnknown():
            fate, case = DocumentFate.UNKNOWN, case_number(papers.transaction)
        case DocumentMismatch():
            fate, case = DocumentFate.VOIDED, case_number(papers.transaction)
        case _:
            assert_never(outcome)
    ends = tuple((serial, fate, sheets[serial]) for serial in papers.serials)
    return OrderOutcome(papers.transaction, MoneyFate.NONE, 0, ends, case)
