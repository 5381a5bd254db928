"""Orders with an end of one's choice, written into a ledger as center and kiosk would."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Engine

from issuing_center.ledger.entries import DocumentOutcome, DocumentState, MoneyFate, NewOrder, Outcome
from issuing_center.ledger.store import record_order, record_outcome
from tests.support.ledger_entries import make_documents, make_order, make_outcome


@dataclass(frozen=True, slots=True)
class End:
    """What a kiosk says of an order."""

    money: MoneyFate = MoneyFate.KEPT
    received_yen: int | None = None
    """None: the fee of all copies."""
    states: Sequence[DocumentState] | None = None
    """None: all were handed over."""
    case_no: str | None = None


VOIDED = End(MoneyFate.REFUNDED, 0, (DocumentState.VOIDED,))
CASE = End(MoneyFate.KEPT, None, (DocumentState.UNKNOWN,), "CASE-1")


def add_order(
    bind: Engine | Connection,
    at: datetime,
    end: End | None = End(),
    *,
    copies: int = 1,
    fee_yen: int = 200,
    **values: Any,  # noqa: ANN401  columns have their types
) -> NewOrder:
    """Write an order of an instant; `end` None leaves it unreported. `values` are columns of the order."""
    order = replace(make_order(copies), created_at=at, erase_at=at + timedelta(hours=24), fee_yen=fee_yen, **values)
    documents = make_documents(order, size=8)
    record_order(bind, order, documents)
    if end is not None:
        states = [DocumentState.HANDED_OVER] * copies if end.states is None else end.states
        fates = tuple(
            DocumentOutcome(document.serial, state, 2) for document, state in zip(documents, states, strict=True)
        )
        received = fee_yen * copies if end.received_yen is None else end.received_yen
        outcome: Outcome = replace(
            make_outcome(order, documents),
            money=end.money,
            received_yen=received,
            documents=fates,
            case_no=end.case_no,
            reported_at=at + timedelta(minutes=3),
        )
        record_outcome(bind, outcome)
    return order
