"""How many copies were issued, as the ministry publishes it: by kind and 年度, by municipality, kiosk, operator, month.

What counts is the copy that was handed over, at a kiosk or a counter, never the one that was asked for or drawn. What is not
known to have been handed over stands beside it and is added to nothing. Of an order that staff closed as a case, what they
found counts. Knows no person and no name of a place: codes and counts only.
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import Enum
from operator import add
from typing import Any

from sqlalchemy import ColumnElement, Connection, Engine, Select, and_, case, false, func, or_, select

from issuing_center.database import reading
from issuing_center.ledger.case_tables import closings
from issuing_center.ledger.entries import DocumentState, OrderState
from issuing_center.ledger.months import Month, months_of
from issuing_center.ledger.tables import documents, orders


class Dimension(Enum):
    """By what copies are told apart."""

    KIND = "kind"
    MUNICIPALITY = "municipality"
    KIOSK = "kiosk"
    OPERATOR = "operator"
    """Who ran the kiosk when the copy was ordered; empty for the municipality itself."""
    MONTH = "month"


_COLUMNS = {
    Dimension.KIND: orders.c.kind,
    Dimension.MUNICIPALITY: orders.c.municipality_code,
    Dimension.KIOSK: orders.c.kiosk_id,
    Dimension.OPERATOR: orders.c.operator,
}


@dataclass(frozen=True, slots=True)
class Copies:
    """Copies by what became of them; every copy ever drawn is in exactly one of the four."""

    issued: int = 0
    """Handed over: the figure that is published."""
    unknown: int = 0
    """The kiosk does not know, or never said within the time limit; a case for staff."""
    voided: int = 0
    """Drawn and not handed over."""
    open: int = 0
    """Drawn, and the kiosk may still say what became of it."""

    def __add__(self, other: "Copies") -> "Copies":
        return Copies(*map(add, self.counts, other.counts))

    @property
    def counts(self) -> tuple[int, int, int, int]:
        """The four in the order of the fields."""
        return self.issued, self.unknown, self.voided, self.open


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a table."""

    fiscal_year: int
    keys: tuple[str, ...]
    """A value for each dimension asked for, in its order."""
    copies: Copies


def count_copies(
    bind: Engine | Connection, fiscal_year: int, by: Sequence[Dimension] = (Dimension.KIND,)
) -> tuple[Line, ...]:
    """Count the copies ordered in a 年度, from one consistent reading; sorted by their keys, empty when there were none.

    The database adds up, month by month over the index of the orders: what comes back is a line for each combination
    that occurs, however many orders there are.
    """
    found: defaultdict[tuple[str, ...], Copies] = defaultdict(Copies)
    with reading(bind) as connection:
        for month in months_of(fiscal_year):
            for values, copies in _of_month(connection, month, [each for each in by if each is not Dimension.MONTH]):
                named = iter(values)
                keys = tuple(str(month) if each is Dimension.MONTH else next(named) for each in by)
                found[keys] += copies
    return tuple(Line(fiscal_year, keys, found[keys]) for keys in sorted(found))


def total(lines: Sequence[Line]) -> Copies:
    """Add lines up."""
    return sum((line.copies for line in lines), Copies())


def _of_month(
    connection: Connection, month: Month, by: Sequence[Dimension]
) -> Iterator[tuple[tuple[str, ...], Copies]]:
    for row in connection.execute(_query(month, by)):
        values, counts = row[: len(by)], row[len(by) :]
        if None not in counts:  # without a dimension an empty month is a line of nothing
            yield tuple(values), Copies(*counts)


def _query(month: Month, by: Sequence[Dimension]) -> Select[*tuple[Any, ...]]:
    state, expired = documents.c.state, orders.c.state == OrderState.EXPIRED.value
    silent = state == DocumentState.ISSUED.value
    closed, found = closings.c.copies.is_not(None), documents.c.copy_no <= closings.c.copies

    def copies(reported: ColumnElement[bool], of_case: ColumnElement[bool]) -> ColumnElement[int]:
        return func.sum(case((and_(closed, of_case), 1), (and_(~closed, reported), 1), else_=0))

    columns = [_COLUMNS[each] for each in by]
    return (
        select(
            *columns,
            copies(state == DocumentState.HANDED_OVER.value, found),
            copies(or_(state == DocumentState.UNKNOWN.value, and_(silent, expired)), false()),
            copies(state == DocumentState.VOIDED.value, ~found),
            copies(and_(silent, ~expired), false()),
        )
        .join(documents, documents.c.txn == orders.c.txn)
        .outerjoin(closings, closings.c.txn == orders.c.txn)
        .where(orders.c.created_at >= month.begins_at, orders.c.created_at < month.following.begins_at)
        .group_by(*columns)
    )
