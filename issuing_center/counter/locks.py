"""Clerks who must not come in any more: a lost card, somebody who left. Every lock and unlock is kept, and in the ledger.

What counts is asked of the database at every request, so a lock holds at once, in every worker; it is a change of the
municipality's feed as well, so that pages which are open are let go.
"""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, Engine, insert, select

from issuing_center.counter import books, tables
from issuing_center.counter.staff import Staff, StaffId
from issuing_center.database import reading, writing
from issuing_center.ledger import store as ledger

ACT = "staff_lock"
"""In the feed."""
REASON_CHARACTERS = (4, 200)
EVERY = ""
"""In place of a certificate: all certificates of a clerk, those that are made later too."""


@dataclass(frozen=True, slots=True)
class Lock:
    """A lock, or its end."""

    staff: Staff
    certificate_sha256: str
    """Of the one certificate that it is about, 64 hexadecimal digits; `EVERY` for all of the clerk's."""
    locked: bool
    at: datetime
    by: str
    """Staff id of whoever did it."""
    reason: str


def lock(engine: Engine, staff: Staff, certificate: str, by: str, reason: str, now: datetime) -> bool:
    """Lock a clerk out, with every certificate or with one; False when that is so already. Raises ValueError for a reason."""
    return _write(engine, Lock(staff, certificate, locked=True, at=now, by=by, reason=reason.strip()))


def unlock(engine: Engine, staff: Staff, certificate: str, by: str, reason: str, now: datetime) -> bool:
    """End such a lock; False when there is none. Another lock of the same clerk stands. Raises ValueError for a reason."""
    return _write(engine, Lock(staff, certificate, locked=False, at=now, by=by, reason=reason.strip()))


def _write(engine: Engine, done: Lock) -> bool:
    fewest, most = REASON_CHARACTERS
    if not fewest <= len(done.reason) <= most:
        raise ValueError("a reason has 4 to 200 characters")
    staff, code, word = done.staff, done.staff.municipality_code, "locked" if done.locked else "unlocked"
    with writing(engine) as connection:
        # The row lock of the series makes two commands at once wait for each other.
        number = books.next_number(connection, code, "staff locks")
        if done.locked is (done.certificate_sha256 in _standing(connection, staff)):
            return False
        connection.execute(
            insert(tables.staff_locks).values(
                municipality_code=code,
                number=number,
                staff_id=staff.staff_id,
                certificate_sha256=done.certificate_sha256,
                locked=done.locked,
                at=done.at,
                by=done.by,
                reason=done.reason,
            )
        )
        line = f"{done.by} {code} {staff.staff_id} {done.certificate_sha256[:8]} {done.reason}"
        ledger.record_event(connection, done.at, f"staff-{word}", " ".join(line.split())[:80])
        books.write_change(
            connection,
            code,
            at=done.at,
            request_id=None,
            office="",
            act=ACT,
            state=None,
            staff_id=staff.staff_id,
            detail=f"{word} by {done.by}"[:64],
        )
    return True


def is_locked(bind: Engine | Connection, staff: Staff, certificate_sha256: str) -> bool:
    """Tell whether a clerk is locked out who comes with this certificate; one without any has an empty one."""
    with reading(bind) as connection:
        return not _standing(connection, staff).isdisjoint({EVERY, certificate_sha256})


def _standing(connection: Connection, staff: Staff) -> frozenset[str]:
    """Give what stands of a clerk's locks, by certificate."""
    of = tables.staff_locks
    rows = connection.execute(
        select(of.c.certificate_sha256, of.c.locked)
        .where(of.c.municipality_code == staff.municipality_code, of.c.staff_id == staff.staff_id)
        .order_by(of.c.number)
    )
    last = {row.certificate_sha256: row.locked for row in rows}
    return frozenset(certificate for certificate, locked in last.items() if locked)


def locks(
    bind: Engine | Connection, municipality_code: str | None = None, *, history: bool = False
) -> tuple[Lock, ...]:
    """List the locks that stand, or with `history` everything that was done, oldest first; None: of all municipalities."""
    of = tables.staff_locks
    query = select(of).order_by(of.c.municipality_code, of.c.number)
    if municipality_code is not None:
        query = query.where(of.c.municipality_code == municipality_code)
    with reading(bind) as connection:
        done = tuple(
            Lock(
                Staff(StaffId(row.staff_id), row.municipality_code),
                row.certificate_sha256,
                locked=row.locked,
                at=row.at,
                by=row.by,
                reason=row.reason,
            )
            for row in connection.execute(query)
        )
    if history:
        return done
    last = {(each.staff, each.certificate_sha256): each for each in done}
    return tuple(each for each in last.values() if each.locked)
