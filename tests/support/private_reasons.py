"""Every private reason for which a whole visit is refused, put on one resident of a sandbox's register and taken off again."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, timedelta

from sqlalchemy import delete, select, update

from issuing_center.database import writing
from issuing_center.register.loading import resident_id_of
from issuing_center.register.records import StopKind
from issuing_center.register.tables import resident, stop_signal
from issuing_center.register.updates import changing
from issuing_center.sandbox.center import SHIOMINO
from tests.support.center import Center

STOPS = {kind.value: kind for kind in StopKind if kind not in (StopKind.SEAL_ABOLISHED, StopKind.KOSEKI_PENDING)}
"""Those that stop every certificate; the other two are of one kind each."""
BIRTHS = {
    "under_age": {"birth_date": date(2015, 1, 1), "birth_precision": "day"},
    "age_unknown": {"birth_date": date(1980, 1, 1), "birth_precision": "unknown"},
}
REASONS = (*STOPS, *BIRTHS)


@contextmanager
def put_on(center: Center, reason: str, persona: str = "hanako") -> Iterator[None]:
    """Let a reason hold for the block."""
    who, register = resident_id_of(SHIOMINO, persona), resident.c.resident_id
    with writing(center.engine) as connection:
        columns = (resident.c.birth_date, resident.c.birth_precision)
        before = connection.execute(select(*columns).where(register == who)).one()
    if reason in STOPS:
        since = center.clock.at - timedelta(days=1)
        with changing(center.engine, SHIOMINO, as_of=center.clock.at) as change:
            change.stop_resident(who, STOPS[reason], since)
    else:
        with changing(center.engine, SHIOMINO, as_of=center.clock.at) as change:
            change.change_resident(who, BIRTHS[reason])
    try:
        yield
    finally:
        with writing(center.engine) as connection:
            connection.execute(delete(stop_signal).where(stop_signal.c.resident_id == who))
            connection.execute(update(resident).where(register == who).values(before._asdict()))
