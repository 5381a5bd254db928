"""How each order that took its own money ended, and whether that is certain: one rule for settlement and for the cases of staff.

Certain is what was reported without a case, with money and paper in agreement (by which reconciliation finds an order in
order), and what staff closed as a case; where both are there, staff's word stands. Orders of a counter are not here:
clerks take those fees, and the counter closes its own day.
"""

from typing import Any

from sqlalchemy import ColumnElement, and_, case, func, or_, select

from issuing_center.ledger.case_tables import closings
from issuing_center.ledger.entries import DocumentState, MoneyFate
from issuing_center.ledger.tables import documents, orders, outcomes

TAKES_MONEY = orders.c.channel != "counter"
"""Orders of machines that take the fee themselves: kiosks, and visits without a screen, which are kiosks to the money."""


def ends(*which: ColumnElement[bool]) -> Any:  # noqa: ANN401  a select whose columns have names only
    """Select the orders to which conditions on `orders` apply, but a counter's, with the end of each.

    Columns: those that tell orders apart, `ordered` copies, `received_yen` as reported, `certain` (1 or 0), and, good only
    where it is, `copies` handed over and `kept_yen`.
    """
    state = documents.c.state
    unsaid = state.in_([DocumentState.UNKNOWN.value, DocumentState.ISSUED.value])
    each = (
        select(
            *(orders.c[name] for name in ("txn", "kiosk_id", "municipality_code", "operator", "kind", "fee_yen")),
            *(orders.c[name] for name in ("created_at", "erase_at")),
            orders.c.copies.label("ordered"),
            outcomes.c.money,
            outcomes.c.case_no,
            func.coalesce(outcomes.c.received_yen, 0).label("received_yen"),
            closings.c.copies.label("closed_copies"),
            func.sum(case((state == DocumentState.HANDED_OVER.value, 1), else_=0)).label("handed_over"),
            func.sum(case((unsaid, 1), else_=0)).label("unsaid"),
        )
        .join(documents, documents.c.txn == orders.c.txn)
        .outerjoin(outcomes, outcomes.c.txn == orders.c.txn)
        .outerjoin(closings, closings.c.txn == orders.c.txn)
        .where(TAKES_MONEY, *which)
        .group_by(orders.c.txn, outcomes.c.txn, closings.c.txn)
        .subquery()
    ).c
    kept, none, refunded = (each.money == fate.value for fate in (MoneyFate.KEPT, MoneyFate.NONE, MoneyFate.REFUNDED))
    in_agreement = or_(
        and_(kept, each.handed_over == each.ordered, each.received_yen == each.fee_yen * each.ordered),
        and_(none, each.received_yen == 0, or_(each.handed_over == 0, each.fee_yen == 0)),
        and_(refunded, each.handed_over == 0),
    )
    closed = each.closed_copies.is_not(None)
    certain = or_(closed, and_(each.case_no.is_(None), each.unsaid == 0, in_agreement))
    kept_yen = case((closed, each.fee_yen * each.closed_copies), (kept, each.received_yen), else_=0)
    return select(
        *(each[name] for name in ("txn", "kiosk_id", "municipality_code", "operator", "kind", "fee_yen", "ordered")),
        *(each[name] for name in ("created_at", "erase_at", "money", "case_no", "received_yen", "handed_over")),
        case((certain, 1), else_=0).label("certain"),
        func.coalesce(each.closed_copies, each.handed_over).label("copies"),
        kept_yen.label("kept_yen"),
    )
