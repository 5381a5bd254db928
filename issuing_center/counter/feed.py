"""The changes of one municipality's counters, numbered without gaps in the order of their commits.

A page that knows the last number it saw asks for what came after; numbers never go back and none appears late, because a
municipality's next number is taken under a row lock that lasts until the commit.
"""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from issuing_center.counter import books, tables
from issuing_center.database import reading
from issuing_center.service import Service

_MOST = 500


@dataclass(frozen=True, slots=True)
class Change:
    """One change."""

    number: int
    """From 1; per municipality."""
    at: datetime
    request_id: str | None
    """The number that changed; None for a terminal that told how it is."""
    office: str
    act: str
    """Value of the `Act`, or "status"."""
    state: str | None
    """Value of the `CounterState` after it; None for a terminal."""
    staff_id: str
    """Empty where no clerk acted."""
    detail: str
    """A code: the reason, the method, the terminal."""


def changes_since(service: Service, municipality_code: str, number: int) -> tuple[Change, ...]:
    """Give at most 500 changes after a number, oldest first."""
    of = tables.changes
    with reading(service.engine) as connection:
        rows = connection.execute(
            select(of)
            .where(of.c.municipality_code == municipality_code, of.c.number > number)
            .order_by(of.c.number)
            .limit(_MOST)
        ).all()
    return tuple(
        Change(row.number, row.at, row.request_id, row.office, row.act, row.state, row.staff_id, row.detail)
        for row in rows
    )


def latest(service: Service, municipality_code: str) -> int:
    """Give the number of the last change; 0 before the first."""
    with reading(service.engine) as connection:
        return books.last_change(connection, municipality_code)
