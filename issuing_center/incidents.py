"""What must never happen and did: each is on record and blocks the path it happened on until somebody has found the cause.

The caller has stopped the request already. Knows no person: a name, a path, codes, and the transaction if there is one.
"""

import base64
from dataclasses import dataclass
from datetime import datetime
from typing import NewType

from sqlalchemy import Connection, Engine, Select, select
from sqlalchemy.exc import IntegrityError

from issuing_center import eventlog
from issuing_center.database import reading, writing
from issuing_center.ledger.incident_tables import closings, incidents
from issuing_center.service import Service

_DETAIL_CHARACTERS = 80
CAUSE_CHARACTERS = (10, 400)
"""Fewest and most of a cause: "it worked on retry" would be long enough, so the manual says what it must not be."""
_NOT_A_CAUSE = ("retry", "retried", "再試行", "再実行")

Path = NewType("Path", str)
"""What stands still until an incident is closed: one machine, one municipality, or one kind of a municipality."""


def of_device(device_id: str) -> Path:
    """Give the path of all that one machine does."""
    return Path(f"device {device_id}")


def of_municipality(code: str) -> Path:
    """Give the path of all that is issued for a municipality."""
    return Path(f"municipality {code}")


def of_kind(code: str, kind: str) -> Path:
    """Give the path of one kind of certificate of a municipality."""
    return Path(f"kind {code} {kind}")


@dataclass(frozen=True, slots=True)
class Incident:
    """One incident on record."""

    incident_id: str
    at: datetime
    name: str
    path: str
    txn: str | None
    """The order concerned; None when there is none."""
    detail: str
    """Codes and counts."""
    cause: str | None
    """What staff found; None while it is open."""


class NoCauseError(ValueError):
    """A cause is missing, or says only that it worked the next time, which explains nothing."""


class NoSuchIncidentError(LookupError):
    """There is no open incident of this number."""


def raise_incident(
    service: Service, incident: str, path: Path, at: datetime, detail: str = "", txn: str | None = None
) -> None:
    """Record one incident and block its path (INV-6), durable at return. `detail` is codes and counts.

    The same incident, open on the same path already, is not written again: one cause is to be found, not a thousand.
    """
    detail = detail[:_DETAIL_CHARACTERS]
    eventlog.write(eventlog.Incident(incident, txn or "", detail))
    with writing(service.engine) as connection:
        same = incidents.c.path == path, incidents.c.name == incident, incidents.c.detail == detail
        if connection.execute(_open().where(*same)).first() is not None:
            return
        number = base64.b32encode(service.random(5)).decode()
        row = {"incident_id": number, "at": at, "name": incident, "path": path, "txn": txn, "detail": detail}
        connection.execute(incidents.insert().values(row))


def is_blocked(bind: Engine | Connection, *paths: Path) -> bool:
    """Tell whether an incident is open on any of these paths."""
    with reading(bind) as connection:
        return connection.execute(_open().where(incidents.c.path.in_(paths)).limit(1)).first() is not None


def blocked_kinds(bind: Engine | Connection, code: str, kinds: tuple[str, ...]) -> frozenset[str]:
    """Give the kinds of a municipality on which an incident is open."""
    paths = {of_kind(code, kind): kind for kind in kinds}
    with reading(bind) as connection:
        found = connection.execute(_open().where(incidents.c.path.in_(paths))).all()
    return frozenset(paths[Path(row.path)] for row in found)


def close_incident(engine: Engine, incident_id: str, cause: str, closed_by: str, at: datetime) -> None:
    """Close one incident under its cause; its path is free when no other is open on it.

    Raises NoCauseError and NoSuchIncidentError.
    """
    cause = cause.strip()
    fewest, most = CAUSE_CHARACTERS
    if not fewest <= len(cause) <= most or any(word in cause.lower() for word in _NOT_A_CAUSE):
        raise NoCauseError
    row = {"incident_id": incident_id, "at": at, "closed_by": closed_by, "cause": cause}
    with writing(engine) as connection:
        if connection.execute(_open().where(incidents.c.incident_id == incident_id)).first() is None:
            raise NoSuchIncidentError(incident_id)
        try:
            connection.execute(closings.insert().values(row))
        except IntegrityError:  # two at once: the first has closed it
            raise NoSuchIncidentError(incident_id) from None


def incidents_since(bind: Engine | Connection, since: datetime) -> tuple[Incident, ...]:
    """List the incidents from an instant on and every older one that is still open, oldest first."""
    query = (
        select(incidents, closings.c.cause)
        .outerjoin(closings, closings.c.incident_id == incidents.c.incident_id)
        .where((incidents.c.at >= since) | closings.c.cause.is_(None))
        .order_by(incidents.c.at, incidents.c.incident_id)
    )
    with reading(bind) as connection:
        rows = connection.execute(query).all()
    return tuple(Incident(r.incident_id, r.at, r.name, r.path, r.txn, r.detail, r.cause) for r in rows)


def _open() -> Select[tuple[str, str]]:
    joined = incidents.outerjoin(closings, closings.c.incident_id == incidents.c.incident_id)
    return select(incidents.c.incident_id, incidents.c.path).select_from(joined).where(closings.c.incident_id.is_(None))
