"""One document on paper, with the journal around it; and the question, after a power cut, what became of it.

The intention is written when the printer has opened a job and before it has the document: a document whose intention is not
there was never sent, and one whose intention is there can be asked for by its ticket.
"""

from collections.abc import Callable
from dataclasses import replace
from typing import assert_never

from kiosk.ports.center import Document
from kiosk.ports.journal import Act, Entry, Intent, IntentId, Journal
from kiosk.ports.printer import DocumentPrinter, Printed, PrintFailed, PrintOutcome, PrintTicket, PrintUnknown


def print_journalled(
    journal: Journal, printer: DocumentPrinter, document: Document, sheet_out: Callable[[int], None]
) -> PrintOutcome:
    """Print one document; its intention is durable before it leaves the machine, and its end before anybody hears of it."""
    intent = Intent(Act.PRINT, document.transaction, serial=document.serial, sheets=document.sheets)
    begun: list[IntentId] = []

    def opened(ticket: PrintTicket) -> None:
        begun.append(journal.intend(intent, ticket))

    outcome = printer.print_document(document, sheet_out, opened)
    if not begun:
        if isinstance(outcome, PrintFailed) and not outcome.sheets_out:
            return outcome  # no job was opened: nothing was done that could not be undone
        begun.append(journal.intend(intent))
    journal.conclude(begun[0], *_end(outcome))
    return outcome


def recalled(journal: Journal, printer: DocumentPrinter, entry: Entry) -> Entry:
    """Give an entry its end: as it was written, or else as the printer tells it, which is written down now.

    Without a ticket nobody can be asked; such a print stays open.
    """
    if entry.intent.act is not Act.PRINT or entry.result is not None or entry.ticket is None:
        return entry
    result, sheets = _end(printer.recall(entry.ticket))
    journal.conclude(entry.intent_id, result, sheets)
    return replace(entry, result=result, detail=sheets)


def _end(outcome: PrintOutcome) -> tuple[str, int]:
    match outcome:
        case Printed(sheets):
            return "done", sheets
        case PrintFailed(_, sheets_out):
            return "failed", sheets_out
        case PrintUnknown(sheets_out):
            return "unknown", sheets_out
        case _:
            assert_never(outcome)
