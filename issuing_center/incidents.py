"""Puts what must never happen on record: a line in the ledger that stays, and one in the log for those on duty.

The caller has stopped the request already. Knows no person: a name, codes, and the transaction if there is one.
"""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, Engine, select

from issuing_center import eventlog
from issuing_center.database import reading
from issuing_center.ledger import store as ledger
from issuing_center.ledger import tables
from issuing_center.ledger.entries import TransactionId
from issuing_center.service import Service

_DETAIL_CHARACTERS = 80
_PREFIX = "incident-"


@dataclass(frozen=True, slots=True)
class Incident:
    """One incident on record."""

    at: datetime
    name: str
    txn: str | None
    """The order concerned; None when there is none."""
    detail: str
    """Codes and counts."""


def raise_incident(service: Service, incident: str, at: datetime, detail: str = "", txn: str | None = None) -> None:
    """Record one incident (INV-6), durable at return. `incident` is a static name, `detail` codes and counts."""
    detail = detail[:_DETAIL_CHARACTERS]
    ledger.record_event(service.engine, at, _PREFIX + incident, detail, None if txn is None else TransactionId(txn))
    eventlog.write(eventlog.Incident(incident, txn or "", detail))


def incidents_since(bind: Engine | Connection, since: datetime) -> tuple[Incident, ...]:
    """List the incidents from an instant on, oldest first; empty when there were none."""
    columns = tables.events.c
    query = select(columns.at, columns.event, columns.txn, columns.detail)
    with reading(bind) as connection:
        rows = connection.execute(
            query.where(columns.event.startswith(_PREFIX, autoescape=True), columns.at >= since).order_by(columns.at)
        ).all()
    return tuple(Incident(row.at, row.event.removeprefix(_PREFIX), row.txn, row.detail) for row in rows)
