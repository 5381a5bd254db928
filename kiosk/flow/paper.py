"""From the permission to print to the sheet in the resident's hand, and the way back when paper fails.

A serial is sent to the printer once. What came out in part, or nobody knows how far, is a case for staff.
"""

from dataclasses import replace

from kiosk.flow.codes import MISMATCH, NOT_MINE, PRINT_UNKNOWN, REFUND_FAILED
from kiosk.flow.effects import Announce, PrintDocument, PrintReceipt, RaiseIncident, Refund, Report
from kiosk.flow.events import DocumentPrinted, Event, RefundAnswered, SheetOut, SlipAnswered, Touched
from kiosk.flow.screen_model import JAPANESE, Button, Text
from kiosk.flow.session import Session
from kiosk.flow.states import (
    Another,
    ChoosingKind,
    Collect,
    DocumentEnd,
    MoneyPlace,
    Permit,
    Printing,
    ReceiptPlace,
    Refunding,
    Verified,
)
from kiosk.flow.step import Step, call_staff, ignore, leave, outcome_of, tell, voided
from kiosk.ports.center import DocumentFate, DocumentMismatch, Issued, MoneyFate, OrderOutcome
from kiosk.ports.clock import Instant
from kiosk.ports.payment import NotCharged, Paid, PaymentUnavailable, PaymentUnknown, Refunded
from kiosk.ports.printer import Printed, PrintFailed, PrintUnknown
from kiosk.ports.slips import SlipPrinted

MONEY_BACK = Announce(Text("voice.take_money"))


def start_printing(session: Session, verified: Verified, issued: Issued, permit: Permit, inserted_yen: int = 0) -> Step:
    """Send the first document; change that came out meanwhile is spoken of at once."""
    first = Printing(session, verified, issued, permit, session.next_ticket()[1], inserted_yen=inserted_yen)
    step = print_next(first)
    if change_yen(first) == 0:
        return step
    return Step(step.state, (Announce(Text("voice.take_change")), *step.effects))


def change_yen(state: Printing) -> int:
    """Give what came back to the resident of what was put in."""
    return max(0, state.inserted_yen - state.issued.total_yen) if isinstance(state.permit, Paid) else 0


def print_next(state: Printing) -> Step:
    """Send the document after those that are done, under a ticket of its own."""
    session, ticket = state.session.next_ticket()
    number = len(state.done) + 1
    document = state.issued.documents[len(state.done)]
    effect = PrintDocument(ticket, document, state.permit, number, len(state.issued.documents))
    return Step(replace(state, session=session, ticket=ticket, sheets_out=0), (effect,))


def printing(state: Printing, event: Event) -> Step:
    """Follow the sheets; each document ends printed, void, or unknown."""
    match event:
        case SheetOut(ticket, sheets_out) if ticket == state.ticket:
            return Step(replace(state, sheets_out=max(state.sheets_out, sheets_out)))
        case DocumentPrinted(ticket, serial, outcome) if ticket == state.ticket:
            current = state.issued.documents[len(state.done)]
            if serial != current.serial:
                return mismatch(state, DocumentMismatch("serial", state.issued.transaction))
        case _:
            return ignore(state)
    match outcome:
        case Printed(sheets):
            done = (*state.done, DocumentEnd(current.serial, DocumentFate.HANDED_OVER, sheets))
            state = replace(state, done=done)
            return print_next(state) if len(done) < len(state.issued.documents) else collect_all(state)
        case PrintFailed(code, sheets_out):
            ends = end_with(state, DocumentFate.VOIDED, max(sheets_out, state.sheets_out))
            return give_back(state, ends, code) if nothing_out(ends) else printed_in_part(state, ends, code)
        case PrintUnknown(sheets_out):
            ends = end_with(state, DocumentFate.UNKNOWN, max(sheets_out, state.sheets_out))
            return printed_in_part(state, ends, PRINT_UNKNOWN)
        case DocumentMismatch():
            return mismatch(state, outcome)


def end_with(state: Printing, fate: DocumentFate, sheets: int) -> tuple[DocumentEnd, ...]:
    """End the current document and void the ones after it."""
    current = state.issued.documents[len(state.done)]
    return voided(state.issued, (*state.done, DocumentEnd(current.serial, fate, sheets)))


def nothing_out(ends: tuple[DocumentEnd, ...]) -> bool:
    """Tell whether no sheet at all came out and no document counts as handed over."""
    return all(end.sheets == 0 and end.fate is DocumentFate.VOIDED for end in ends)


def money_now(permit: Permit) -> tuple[MoneyFate, int]:
    """Give the money's fate and yen while the machine holds it."""
    return (MoneyFate.KEPT, permit.received_yen) if isinstance(permit, Paid) else (MoneyFate.NONE, 0)


def collect_all(state: Printing) -> Step:
    """Everything is out; a receipt follows where money was taken."""
    issued, kind = state.issued, state.issued.documents[0].kind
    money, received_yen = money_now(state.permit)
    outcome = outcome_of(issued.transaction, money, received_yen, state.done)
    if not isinstance(state.permit, Paid):
        return Step(Collect(state.session, state.verified, outcome, kind=kind))
    session, ticket = state.session.next_ticket()
    copies = len(issued.documents)
    receipt = PrintReceipt(
        ticket,
        issued.transaction,
        state.verified.municipality,
        kind,
        copies,
        issued.total_yen // copies,
        max(state.inserted_yen, issued.total_yen),
        session.language != JAPANESE,
    )
    taking = Collect(session, state.verified, outcome, ReceiptPlace.COMING, ticket, change_yen(state), kind=kind)
    return Step(taking, (receipt,))


def printed_in_part(state: Printing, ends: tuple[DocumentEnd, ...], code: str, *, stops: bool = False) -> Step:
    """Paper is out that does not make the whole order: no guess at a partial refund, a case."""
    money, received_yen = money_now(state.permit)
    outcome = outcome_of(state.issued.transaction, money, received_yen, ends)
    return call_staff(state.session, code, outcome, state.issued.documents[0].kind, stops=stops)


def mismatch(state: Printing, found: DocumentMismatch) -> Step:
    """Stop the machine; money goes back first when no sheet is out (INV-1)."""
    incident = RaiseIncident(MISMATCH, found.transaction or state.issued.transaction, found.check)
    ends = end_with(state, DocumentFate.VOIDED, state.sheets_out)
    step = (
        give_back(state, ends, MISMATCH, stops=True)
        if nothing_out(ends)
        else printed_in_part(state, ends, MISMATCH, stops=True)
    )
    return Step(step.state, (incident, *step.effects))


def give_back(state: Printing, ends: tuple[DocumentEnd, ...], code: str, *, stops: bool = False) -> Step:
    """Nothing came out: the whole amount goes back, or there was none."""
    issued = state.issued
    if not isinstance(state.permit, Paid):
        report = Report(outcome_of(issued.transaction, MoneyFate.NONE, 0, ends))
        return tell(state.session, code, stops=stops, effects=(report,))
    session, ticket = state.session.next_ticket()
    kind = issued.documents[0].kind
    refunding = Refunding(session, issued.transaction, state.permit, issued.total_yen, ends, code, stops, ticket, kind)
    return Step(refunding, (Refund(ticket, issued.transaction, state.permit),))


def refunding(state: Refunding, event: Event) -> Step:
    """Believe a refund only when the device says so, for the whole amount."""
    match event:
        case RefundAnswered(ticket, outcome) if ticket == state.ticket:
            pass
        case _:
            return ignore(state)
    match outcome:
        case Refunded(amount_yen) if amount_yen >= state.due_yen:
            report = Report(outcome_of(state.transaction, MoneyFate.REFUNDED, state.paid.received_yen, state.ends))
            effects = (report, MONEY_BACK)
            return tell(state.session, state.code, money=MoneyPlace.RETURNED, stops=state.stops, effects=effects)
        case PaymentUnavailable():
            return refund_failed(state, MoneyFate.KEPT)
        case Refunded() | NotCharged() | PaymentUnknown():
            return refund_failed(state, MoneyFate.UNKNOWN)


def refund_failed(state: Refunding, money: MoneyFate) -> Step:
    """The money did not surely go back: a case, and the stop if one was due."""
    outcome = outcome_of(state.transaction, money, state.paid.received_yen, state.ends)
    code = MISMATCH if state.stops else REFUND_FAILED
    return call_staff(state.session, code, outcome, state.kind, stops=state.stops)


def collect(state: Collect, event: Event) -> Step:
    """The resident has looked at the name: it is theirs, or the machine stops (INV-21)."""
    match event:
        case SlipAnswered(ticket, printed) if ticket == state.slip:
            place = ReceiptPlace.OUT if isinstance(printed, SlipPrinted) else ReceiptPlace.MISSING
            return Step(replace(state, receipt=place, slip=None))
        case Touched(touch) if touch.button is Button.NEXT:
            return Step(Another(state.session, state.verified), (Report(state.outcome),))
        case Touched(touch) if touch.button is Button.NOT_MINE:
            documents = tuple((serial, DocumentFate.UNKNOWN, sheets) for serial, _, sheets in state.outcome.documents)
            outcome = OrderOutcome(
                state.outcome.transaction, state.outcome.money, state.outcome.received_yen, documents, None
            )
            incident = RaiseIncident(NOT_MINE, outcome.transaction, "resident")
            return call_staff(state.session, NOT_MINE, outcome, state.kind, stops=True, effects=(incident,))
        case _:
            return ignore(state)


def another(state: Another, event: Event, now: Instant) -> Step:
    """Once more with the same visit, or the end."""
    match event:
        case Touched(touch) if touch.button is Button.ANOTHER:
            return Step(ChoosingKind(state.session, state.verified))
        case Touched(touch) if touch.button is Button.FINISH:
            return leave(state, now)
        case _:
            return ignore(state)
