"""Keeps an open visit open until the end of a transaction, so that nothing is issued for a visit that has just ended."""

from datetime import datetime

from sqlalchemy import Connection, select

from issuing_center.visits.store import VisitId
from issuing_center.visits.tables import visit


def hold_open(connection: Connection, visit_id: VisitId, kiosk_id: str, now: datetime) -> bool:
    """Tell whether this kiosk's visit is still open, and if so keep it from ending before the transaction does (INV-2).

    Whoever ends the visit waits for a row lock, or on SQLite for the one writer; whoever ended it first is seen here.
    """
    found = connection.execute(
        select(visit.c.visit_id)
        .where(
            visit.c.visit_id == visit_id,
            visit.c.kiosk_id == kiosk_id,
            visit.c.state == "open",
            visit.c.expires_at > now,
        )
        .with_for_update(read=True)
    ).scalar_one_or_none()
    return found is not None
