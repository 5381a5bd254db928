"""What operators hand over to municipalities for a month: fees kept, less their commission for each issued copy.

Only orders whose end is certain are settled (`ends`): reported in agreement, or closed by staff as a case. All others stand
beside it as open, with what was received for them. A counter's are not here: its fees pass through no operator.

A closed month is written once, each run bound to the one before by its digest. What a run settles is the books' present
total less what earlier runs settled, so an order that becomes certain after its month was closed (a late report, a closed
case) is a line of its own in the next run, under the month of the order; and nothing can be settled twice or be left out.
"""

import hashlib
import json
from collections import Counter
from collections.abc import Iterable
from dataclasses import astuple, dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Engine, bindparam, func, insert, select
from sqlalchemy.exc import IntegrityError

from issuing_center.database import is_repeated, reading, writing
from issuing_center.ledger import settlement_tables as tables
from issuing_center.ledger.ends import TAKES_MONEY, ends
from issuing_center.ledger.months import Month, midnight
from issuing_center.ledger.settlement_commissions import Commissions
from issuing_center.ledger.tables import orders

GRACE = timedelta(days=1)
"""From a month's end to its closing: no order of the month can still be on its way into the ledger then."""


@dataclass(frozen=True, slots=True, order=True)
class Line:
    """What is settled for the orders of one month, municipality, operator, kind and rate."""

    order_month: str
    """As in 2026-10; earlier than the settlement's own where an order became certain late."""
    municipality_code: str
    operator: str
    """Empty: the municipality's own machines, which keep no commission."""
    kind: str
    copy_commission_yen: int
    copies: int
    """Handed over. A later correction may be negative."""
    fees_yen: int
    """Kept by the operator for the municipality."""

    @property
    def commission_yen(self) -> int:
        """What the operator keeps."""
        return self.copies * self.copy_commission_yen

    @property
    def net_yen(self) -> int:
        """What the operator pays to the municipality; negative where the commission is the higher."""
        return self.fees_yen - self.commission_yen


@dataclass(frozen=True, slots=True, order=True)
class Open:
    """Orders whose end is not certain; nothing is settled for them."""

    order_month: str
    municipality_code: str
    operator: str
    kind: str
    orders: int
    received_yen: int
    """What the kiosks said they had received, whatever became of it."""


@dataclass(frozen=True, slots=True)
class Settlement:
    """One month."""

    month: Month
    lines: tuple[Line, ...]
    open: tuple[Open, ...]
    """Of this month and of every earlier one."""
    closed_at: datetime | None = None
    """None: a draft, which changes with the books."""
    digest: str = ""
    """SHA-256 over all of it and the digest of the run before; empty for a draft."""


@dataclass(frozen=True, slots=True)
class NotOver:
    """The month cannot be closed before an instant."""

    closable_at: datetime


@dataclass(frozen=True, slots=True)
class NotNext:
    """Another month must be closed first."""

    expected: Month


class AlteredSettlementError(Exception):
    """A closed settlement does not fit its digest any more: somebody changed the books."""


def draft(bind: Engine | Connection, month: Month, commissions: Commissions) -> Settlement:
    """Settle a month as the books are now, on one consistent reading; writes nothing.

    Raises CommissionMissingError.
    """
    with reading(bind) as connection:
        return _settle(connection, month, commissions)


def load(bind: Engine | Connection, month: Month) -> Settlement | None:
    """Give the settlement of a closed month as it was written; None when it is not closed.

    Raises AlteredSettlementError.
    """
    with reading(bind) as connection:
        run = connection.execute(select(tables.runs).where(tables.runs.c.month == str(month))).one_or_none()
        if run is None:
            return None
        of_line, of_open = tables.lines.c.month == str(month), tables.open_orders.c.month == str(month)
        lines = sorted(Line(*row[1:]) for row in connection.execute(select(tables.lines).where(of_line)))
        still_open = sorted(Open(*row[1:]) for row in connection.execute(select(tables.open_orders).where(of_open)))
    found = Settlement(month, tuple(lines), tuple(still_open), run.closed_at, run.digest)
    if _digest(found, run.previous_digest) != run.digest:
        raise AlteredSettlementError(str(month))
    return found


def close(engine: Engine, month: Month, commissions: Commissions, now: datetime) -> Settlement | NotOver | NotNext:
    """Write the settlement of a month, once; a month that is closed already comes back as it was written.

    Raises CommissionMissingError and AlteredSettlementError; then nothing was written.
    """
    closable_at = month.following.begins_at + GRACE
    if now < closable_at:
        return NotOver(closable_at)
    with reading(engine) as connection:
        known = load(connection, month)
        if known is not None:
            return known
        last = connection.execute(select(tables.runs).order_by(tables.runs.c.month.desc()).limit(1)).one_or_none()
        expected = _first_month(connection) if last is None else Month.parse(last.month).following
        if expected not in (None, month):
            assert expected is not None
            return NotNext(expected)
        settled = _settle(connection, month, commissions)
    previous = "" if last is None else last.digest
    closed = replace(settled, closed_at=now)
    closed = replace(closed, digest=_digest(closed, previous))
    try:
        with writing(engine) as connection:
            _write(connection, closed, previous)
    except IntegrityError as error:
        if not is_repeated(error):
            raise
        # Somebody closed the month between our reading and our writing; theirs stands.
        known = load(engine, month)
        assert known is not None
        return known
    return closed


def _write(connection: Connection, closed: Settlement, previous: str) -> None:
    month = str(closed.month)
    values = {"month": month, "closed_at": closed.closed_at, "digest": closed.digest, "previous_digest": previous}
    connection.execute(insert(tables.runs).values(values))
    for table, entries in ((tables.lines, closed.lines), (tables.open_orders, closed.open)):
        if entries:
            names = [column.name for column in table.columns]
            rows = [dict(zip(names, (month, *astuple(entry)), strict=True)) for entry in entries]
            connection.execute(insert(table), rows)


def _first_month(connection: Connection) -> Month | None:
    first = connection.execute(select(func.min(orders.c.created_at)).where(TAKES_MONEY)).scalar_one()
    return None if first is None else Month.of(first)


def _settle(connection: Connection, month: Month, commissions: Commissions) -> Settlement:
    earlier = _unfinished_months(connection, month)
    total: Counter[tuple[str, str, str, str, int, str]] = Counter()
    still_open: Counter[tuple[str, str, str, str, str]] = Counter()
    for each in (*earlier, month):
        # Day by day: each has one rate, and no statement grows with the month.
        for day in each.days:
            # A sum of sums is a decimal number on PostgreSQL, hence the int() below.
            of_day = {"begins": midnight(day), "ends": midnight(day + timedelta(days=1))}
            for row in connection.execute(_BY_END, of_day):
                key = (str(each), row.municipality_code, row.operator, row.kind)
                if not row.certain:
                    still_open[*key, "orders"] += int(row.orders)
                    still_open[*key, "received_yen"] += int(row.received_yen)
                elif row.copies or row.fees_yen:
                    rate = commissions.rate(row.operator, day)
                    total[*key, rate, "copies"] += int(row.copies)
                    total[*key, rate, "fees_yen"] += int(row.fees_yen)
    total.subtract(_settled_before(connection, earlier))
    return Settlement(month, _lines(total), _opens(still_open))


def _unfinished_months(connection: Connection, month: Month) -> tuple[Month, ...]:
    """Give the closed months before this one in which an order was still open when the latest run was written.

    No other closed month can change: what is certain is written once, and no order comes into a month that is over.
    """
    latest = select(func.max(tables.runs.c.month)).where(tables.runs.c.month < str(month)).scalar_subquery()
    found = connection.execute(
        select(tables.open_orders.c.order_month).where(tables.open_orders.c.month == latest).distinct()
    ).scalars()
    return tuple(sorted(Month.parse(text) for text in found))


def _settled_before(connection: Connection, months: Iterable[Month]) -> Counter[tuple[str, str, str, str, int, str]]:
    found: Counter[tuple[str, str, str, str, int, str]] = Counter()
    wanted = tables.lines.c.order_month.in_([str(month) for month in months])
    for row in connection.execute(select(tables.lines).where(wanted)):
        key = (row.order_month, row.municipality_code, row.operator, row.kind, row.copy_commission_yen)
        found[*key, "copies"] += row.copies
        found[*key, "fees_yen"] += row.fees_yen
    return found


def _lines(total: Counter[tuple[str, str, str, str, int, str]]) -> tuple[Line, ...]:
    keys = {key[:5] for key, value in total.items() if value}
    return tuple(Line(*key, total[*key, "copies"], total[*key, "fees_yen"]) for key in sorted(keys))


def _opens(found: Counter[tuple[str, str, str, str, str]]) -> tuple[Open, ...]:
    keys = {key[:4] for key in found}
    return tuple(Open(*key, found[*key, "orders"], found[*key, "received_yen"]) for key in sorted(keys))


def _by_end() -> Any:  # noqa: ANN401  a select whose columns have names only
    """Add up the orders between two instants, those with a certain end apart from the others."""
    created_at = orders.c.created_at
    each = ends(created_at >= bindparam("begins"), created_at < bindparam("ends")).subquery().c
    group = (each.municipality_code, each.operator, each.kind, each.certain)
    return select(
        *group,
        func.count().label("orders"),
        func.sum(each.copies).label("copies"),
        func.sum(each.kept_yen).label("fees_yen"),
        func.sum(each.received_yen).label("received_yen"),
    ).group_by(*group)


_BY_END = _by_end()
"""Made once: putting it together takes longer than a quiet day's answer."""


def _digest(settlement: Settlement, previous: str) -> str:
    closed_at = settlement.closed_at
    content = {
        "month": str(settlement.month),
        "closed_at": "" if closed_at is None else closed_at.astimezone(UTC).isoformat(),
        "previous": previous,
        "lines": [astuple(line) for line in settlement.lines],
        "open": [astuple(each) for each in settlement.open],
    }
    return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()
