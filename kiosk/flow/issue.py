"""From the order to the money: documents first, then devices, then payment (design section 3).

Nothing is charged for what is not in the machine, and nothing is printed that is not settled.
"""

from dataclasses import replace

from kiosk.domain.certificates import Order
from kiosk.flow import counter as at_counter
from kiosk.flow.codes import CLOSED, MISMATCH, NO_CHANGE, PAYMENT_CANCELLED, PAYMENT_UNKNOWN, code_of
from kiosk.flow.effects import AbandonOrder, CheckDevices, RaiseIncident, Report, TakePayment
from kiosk.flow.events import DevicesChecked, Event, MoneyInserted, OrderAnswered, PaymentAnswered
from kiosk.flow.paper import MONEY_BACK, start_printing
from kiosk.flow.settings import FlowSettings
from kiosk.flow.states import Cancelling, CheckingDevices, MoneyPlace, NoPaymentHere, Paying, Preparing
from kiosk.flow.step import Step, call_staff, ignore, outcome_of, tell, voided
from kiosk.ports.center import CenterUnavailable, DocumentMismatch, Issued, MoneyFate, Refused
from kiosk.ports.clock import Instant
from kiosk.ports.payment import ChangeAdvice, Paid, PaymentCancelled, PaymentOutcome, PaymentUnavailable, PaymentUnknown
from kiosk.ports.printer import PrinterUnavailable


def due_yen(issued: Issued, settings: FlowSettings) -> int:
    """Give what this machine has to take for an order; 0 where staff collect it."""
    return issued.total_yen if settings.takes_payment else 0


def preparing(state: Preparing, event: Event, settings: FlowSettings) -> Step:
    """Receive every document of the order, then ask the devices."""
    match event:
        case OrderAnswered(ticket, outcome) if ticket == state.ticket:
            pass
        case _:
            return ignore(state)
    match outcome:
        case Issued():
            if not answers(outcome, state.order, settings):
                return stop_on_mismatch(state, DocumentMismatch("order", outcome.transaction))
            session, ticket = state.session.next_ticket()
            sheets = sum(document.sheets for document in outcome.documents)
            return Step(
                CheckingDevices(session, state.verified, state.order, outcome, ticket, state.again),
                (CheckDevices(ticket, due_yen(outcome, settings), sheets),),
            )
        case Refused():
            return at_counter.refuse(state, code_of(outcome), reference=outcome.reference)
        case CenterUnavailable():
            return at_counter.refuse(state, code_of(outcome), effects=(AbandonOrder(state.ticket),))
        case DocumentMismatch():
            return stop_on_mismatch(state, outcome)


def answers(issued: Issued, order: Order, settings: FlowSettings) -> bool:
    """Tell whether what came is exactly what was ordered: copies, kind, amount, one transaction, serials once each."""
    documents = issued.documents
    return (
        len(issued.certificates) == order.copies
        and at_counter.has_its_papers(issued, at_counter=not settings.hands_over_here)
        and issued.total_yen == order.total_yen
        and len({document.serial for document in documents}) == len(documents)
        and all(document.kind is order.kind for document in documents)
        and all(document.transaction == issued.transaction for document in documents)
    )


def stop_on_mismatch(state: Preparing, mismatch: DocumentMismatch) -> Step:
    """Stop the machine and leave the order's books open: evidence is not voided by itself (INV-1, INV-6)."""
    incident = RaiseIncident(MISMATCH, mismatch.transaction, mismatch.check)
    return tell(state.session, MISMATCH, stops=True, effects=(incident,))


def checking_devices(state: CheckingDevices, event: Event, now: Instant, settings: FlowSettings) -> Step:
    """Take money only when paper and money devices are ready and the service is still open."""
    match event:
        case DevicesChecked(ticket, printer, payment, slips, change) if ticket == state.ticket:
            pass
        case _:
            return ignore(state)
    due = due_yen(state.issued, settings)
    if isinstance(printer, PrinterUnavailable):
        return give_up(state, code_of(printer))
    if due > 0 and payment is not None:
        return give_up(state, code_of(payment))
    if due > 0 and change is ChangeAdvice.NONE:
        return give_up(state, NO_CHANGE)
    if due > 0 and settings.needs_slips and slips is not None:
        return give_up(state, code_of(slips))
    if settings.hours_enforced and not settings.hours.is_open(now.wall):
        return give_up(state, CLOSED)
    if state.issued.ticket is not None:
        if not at_counter.names_the_trays(state.issued.ticket, settings):
            return give_up(state, at_counter.WRONG_TRAY)
        return at_counter.give_number(state, state.issued.ticket)
    if due == 0:
        return start_printing(state.session, state.verified, state.issued, NoPaymentHere())
    session, ticket = state.session.next_ticket()
    return Step(
        Paying(session, state.verified, state.issued, ticket, exact_only=change is ChangeAdvice.EXACT_ONLY),
        (TakePayment(ticket, state.issued.transaction, due),),
    )


def give_up(state: CheckingDevices | Paying | Cancelling, code: str) -> Step:
    """End an order before any money was kept: documents void, nothing charged, reported."""
    effects = (nothing_charged(state.issued),)
    if isinstance(state, CheckingDevices):
        return at_counter.refuse(state, code, effects=effects)
    return tell(state.session, code, effects=effects)


def nothing_charged(issued: Issued) -> Report:
    """Make the report of an order that was given up without money."""
    return Report(outcome_of(issued.transaction, MoneyFate.NONE, 0, voided(issued)))


def paying(state: Paying | Cancelling, event: Event) -> Step:
    """Follow the money to its one answer, told to stop or not."""
    match event:
        case MoneyInserted(ticket, inserted_yen) if ticket == state.ticket:
            return Step(replace(state, inserted_yen=inserted_yen))
        case PaymentAnswered(ticket, outcome) if ticket == state.ticket:
            return paid_or_not(state, outcome)
        case _:
            return ignore(state)


def paid_or_not(state: Paying | Cancelling, outcome: PaymentOutcome) -> Step:
    """Print what is paid; give up what is not; make a case of what nobody knows."""
    match outcome:
        case Paid(received_yen):
            if received_yen < state.issued.total_yen:
                return payment_unknown(state, received_yen)
            return start_printing(state.session, state.verified, state.issued, outcome, state.inserted_yen)
        case PaymentCancelled():
            return tell(
                state.session,
                PAYMENT_CANCELLED,
                money=MoneyPlace.RETURNED,
                resume=state.verified,
                effects=(nothing_charged(state.issued), *((MONEY_BACK,) if state.inserted_yen else ())),
            )
        case PaymentUnavailable():
            return give_up(state, code_of(outcome))
        case PaymentUnknown(received_yen):
            return payment_unknown(state, received_yen)


def payment_unknown(state: Paying | Cancelling, received_yen: int) -> Step:
    """Money may have moved: documents void, the rest is for staff."""
    outcome = outcome_of(state.issued.transaction, MoneyFate.UNKNOWN, received_yen, voided(state.issued))
    return call_staff(state.session, PAYMENT_UNKNOWN, outcome, state.issued.documents[0].kind)
