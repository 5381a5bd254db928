"""Settles what a power cut left open, by asking the devices and never by guessing.

For each order of the journal that is not settled, exactly one outcome is decided: handed over, refunded, nothing taken, or
a numbered case for staff. The decision is written down before anybody is told, so a second cut changes nothing.
"""

from dataclasses import dataclass, replace
from typing import assert_never

from kiosk.domain.certificates import SerialNumber, TransactionId
from kiosk.flow.codes import case_number
from kiosk.flow.events import SettledCase
from kiosk.flow.states import CaseNumber
from kiosk.flow.step import held_yen
from kiosk.ports.center import DocumentFate, MoneyFate, OrderOutcome
from kiosk.ports.journal import Act, Entry, Intent, Journal, OpenOrder
from kiosk.ports.payment import (
    ChargeKey,
    NotCharged,
    Paid,
    PaymentDevice,
    PaymentUnavailable,
    PaymentUnknown,
    Refunded,
    RefundOutcome,
)
from kiosk.ports.printer import DocumentPrinter
from kiosk.prints import recalled


@dataclass(frozen=True, slots=True)
class Settlement:
    """What start-up decided."""

    outcomes: tuple[OrderOutcome, ...]
    """To be reported to the center."""
    cases: tuple[SettledCase, ...]
    """Whose 未発行票 is still to be printed: of orders that became cases now, or just before the machine died."""


def settle(journal: Journal, money: PaymentDevice, printer: DocumentPrinter) -> Settlement:
    """Decide every open order, oldest first, and write each decision down.

    While staff have not closed an incident, what was not decided stays open: it is evidence, and the center keeps its
    documents only until their outcome (INV-1, INV-6).
    """
    outcomes: list[OrderOutcome] = []
    stopped = journal.open_incident() is not None
    for order in journal.open_orders():
        outcome = order.decided
        if outcome is None:
            if stopped:
                continue
            entries = tuple(recalled(journal, printer, entry) for entry in order.entries)
            outcome = _decide(replace(order, entries=entries), journal, money)
            journal.decide(outcome)
        outcomes.append(outcome)
    cases = tuple(
        SettledCase(outcome.transaction, CaseNumber(outcome.case), held_yen(outcome))
        for outcome in journal.cases_untold()
        if outcome.case is not None
    )
    return Settlement(tuple(outcomes), cases)


def refund(journal: Journal, money: PaymentDevice, transaction: TransactionId, yen: int) -> RefundOutcome:
    """Give back what was taken under a transaction, with the journal around it."""
    intent = journal.intend(Intent(Act.REFUND, transaction, amount_yen=yen))
    outcome = money.refund(ChargeKey(transaction))
    match outcome:
        case Refunded():
            journal.conclude(intent, "done", outcome.amount_yen)
        case NotCharged() | PaymentUnavailable():
            journal.conclude(intent, "failed")
        case PaymentUnknown():
            journal.conclude(intent, "unknown", outcome.received_yen)
        case _:
            assert_never(outcome)
    return outcome


def _decide(order: OpenOrder, journal: Journal, money: PaymentDevice) -> OrderOutcome:
    documents = _documents(order)
    fates = {fate for _, fate, _ in documents}
    state = _money(order, money)
    untouched = fates <= {DocumentFate.VOIDED} and not any(sheets for _, _, sheets in documents)
    if isinstance(state, Paid) and untouched:
        # Paid and nothing came out: the one case in which giving back is no guess.
        given = refund(journal, money, order.transaction, state.received_yen)
        state = (
            given
            if isinstance(given, Refunded) and given.amount_yen >= state.received_yen
            else PaymentUnknown(state.received_yen)
        )
    case = case_number(order.transaction)
    match state:
        case Refunded(amount_yen):  # told as in a visit: what had been received, and went back
            return OrderOutcome(
                order.transaction, MoneyFate.REFUNDED, amount_yen, documents, None if untouched else case
            )
        case PaymentUnknown() | PaymentUnavailable():
            received = state.received_yen if isinstance(state, PaymentUnknown) else 0
            return OrderOutcome(order.transaction, MoneyFate.UNKNOWN, received, documents, case)
        case Paid():
            whole = fates == {DocumentFate.HANDED_OVER}
            return OrderOutcome(
                order.transaction, MoneyFate.KEPT, state.received_yen, documents, None if whole else case
            )
        case NotCharged():
            return OrderOutcome(order.transaction, MoneyFate.NONE, 0, documents, None if untouched else case)
        case _:
            assert_never(state)


def _documents(order: OpenOrder) -> tuple[tuple[SerialNumber, DocumentFate, int], ...]:
    """Tell each document's fate: not begun or failed is void, printed is handed over, open is unknown."""
    fates: dict[SerialNumber, tuple[DocumentFate, int]] = {}
    for entry in order.entries:
        serial = entry.intent.serial
        if serial is None:
            continue
        match entry.intent.act, entry.result:
            case Act.ISSUE, _:
                fates.setdefault(serial, (DocumentFate.VOIDED, 0))
            case Act.PRINT, "done":
                fates[serial] = DocumentFate.HANDED_OVER, entry.detail
            case Act.PRINT, "failed":
                fates[serial] = DocumentFate.VOIDED, entry.detail
            case Act.PRINT, _:
                fates[serial] = DocumentFate.UNKNOWN, entry.detail
            case _:
                pass
    return tuple((serial, fate, sheets) for serial, (fate, sheets) in fates.items())


def _money(order: OpenOrder, money: PaymentDevice) -> Paid | NotCharged | Refunded | PaymentUnknown:
    """Tell where the fee is: by the journal where it knows, else by the device."""
    latest = _latest(order, Act.REFUND) or _latest(order, Act.TAKE_MONEY)
    if latest is None:
        return NotCharged()
    match latest.intent.act, latest.result:
        case Act.REFUND, "done":
            given, due = latest.detail, latest.intent.amount_yen
            return Refunded(given) if given >= due else PaymentUnknown(due)
        case Act.TAKE_MONEY, "done":
            return Paid(latest.detail)
        case Act.TAKE_MONEY, "cancelled":
            return NotCharged()
        case _:
            return money.charge_state(ChargeKey(order.transaction))


def _latest(order: OpenOrder, act: Act) -> Entry | None:
    return next((entry for entry in reversed(order.entries) if entry.intent.act is act), None)
