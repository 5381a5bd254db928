"""Puts what must never happen on record: a line in the ledger that stays, and one in the log for those on duty.

The caller has stopped the request already. Knows no person: a name, codes, and the transaction if there is one.
"""

from datetime import datetime

from issuing_center import eventlog
from issuing_center.ledger import store as ledger
from issuing_center.ledger.entries import TransactionId
from issuing_center.service import Service

_DETAIL_CHARACTERS = 80


def raise_incident(service: Service, incident: str, at: datetime, detail: str = "", txn: str | None = None) -> None:
    """Record one incident (INV-6), durable at return. `incident` is a static name, `detail` codes and counts."""
    detail = detail[:_DETAIL_CHARACTERS]
    ledger.record_event(service.engine, at, f"incident-{incident}", detail, None if txn is None else TransactionId(txn))
    eventlog.write(eventlog.Incident(incident, txn or "", detail))
