"""The books of a day: what was handed over for which fee, what was not taken, receipts, and security paper to the sheet."""

import csv
import io
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, Engine, Row, select, update

from issuing_center.counter import books, tables
from issuing_center.counter.desk import void_receipt
from issuing_center.counter.models import Waiting
from issuing_center.counter.rows import waiting_rows
from issuing_center.counter.sheets import MIXED_UP
from issuing_center.counter.staff import Staff
from issuing_center.counter.states import Act, CancelReason, CounterState, SheetState
from issuing_center.counter.throwing import throw_away_good
from issuing_center.counter.words import KINDS
from issuing_center.database import reading, writing
from issuing_center.service import Service
from issuing_center.wire import Kind


@dataclass(frozen=True, slots=True)
class KindTotal:
    """One kind at one fee."""

    kind: str
    fee_yen: int
    """Of one copy."""
    copies: int
    """Of numbers whose fee is settled and not given back."""
    cash_yen: int
    cashless_yen: int
    exempt_copies: int
    exempt_yen: int
    """What was not taken for a reason of the office."""


@dataclass(frozen=True, slots=True)
class DayTotals:
    """One day of one office, or of all offices of a municipality."""

    day: date
    office: str | None
    """None: all."""
    kinds: tuple[KindTotal, ...]
    """By kind and fee."""
    handed_over: int
    cancelled: int
    open: int
    """Numbers that are neither handed over nor cancelled."""
    paid_not_handed: int
    """Of these, those whose fee was taken."""
    cash_yen: int
    cashless_yen: int
    exempt_yen: int
    refunded_yen: int
    """Taken and given back that day; not in the sums above."""
    receipts: int
    """Receipts that stand for money taken."""
    receipts_void: int
    sheets_used: int
    """Security paper that came out of the printers, good or not."""
    sheets_spoilt: int
    """Of these, thrown away."""

    @property
    def taken_yen(self) -> int:
        """Give what must be in the till and with the cashless provider."""
        return self.cash_yen + self.cashless_yen


def day_totals(service: Service, staff: Staff, day: date, office: str | None = None) -> DayTotals:
    """Give the totals of the numbers of a day, by the calendar of Japan."""
    return totals_in(service.engine, staff.municipality_code, day, office)


def totals_in(bind: Engine | Connection, municipality_code: str, day: date, office: str | None = None) -> DayTotals:
    """Give the same out of a database alone, in one consistent reading."""
    with reading(bind) as connection:
        rows = _requests(connection, municipality_code, day, office)
        ids = [row.request_id for row in rows]
        of, sheet = tables.receipts, tables.sheets
        receipts = {row.request_id: row for row in connection.execute(select(of).where(of.c.request_id.in_(ids)))}
        sheets = connection.execute(select(sheet.c.state, sheet.c.sheets).where(sheet.c.request_id.in_(ids))).all()
    states = [CounterState(row.state) for row in rows]
    paid = [row for row in receipts.values() if row.state == "paid"]
    kinds = _kinds(rows, receipts)
    return DayTotals(
        day=day,
        office=office,
        kinds=kinds,
        handed_over=states.count(CounterState.HANDED_OVER),
        cancelled=states.count(CounterState.CANCELLED),
        open=sum(not state.is_final for state in states),
        paid_not_handed=sum(
            not CounterState(row.state).is_final and receipts[row.request_id].state == "paid" for row in rows
        ),
        cash_yen=sum(kind.cash_yen for kind in kinds),
        cashless_yen=sum(kind.cashless_yen for kind in kinds),
        exempt_yen=sum(kind.exempt_yen for kind in kinds),
        refunded_yen=sum(row.amount_yen for row in receipts.values() if row.refunded),
        receipts=len(paid),
        receipts_void=sum(row.state == "void" for row in receipts.values()),
        sheets_used=sum(row.sheets for row in sheets),
        sheets_spoilt=sum(row.sheets for row in sheets if row.state == SheetState.SPOILED.value),
    )


def _requests(connection: Connection, municipality_code: str, day: date, office: str | None) -> Sequence[Row[Any]]:
    of = tables.requests
    query = select(of).where(of.c.municipality_code == municipality_code, of.c.day == day)
    if office is not None:
        query = query.where(of.c.office == office)
    return connection.execute(query.order_by(of.c.office, of.c.number)).all()


def _kinds(rows: Sequence[Row[Any]], receipts: dict[str, Row[Any]]) -> tuple[KindTotal, ...]:
    found: defaultdict[tuple[str, int], dict[str, int]] = defaultdict(lambda: defaultdict(int))
    for row in rows:
        receipt = receipts[row.request_id]
        if receipt.method is None or receipt.refunded or row.state == CounterState.CANCELLED.value:
            continue
        line, exempt = found[row.kind, row.fee_yen], receipt.method == "exempt"
        line["copies"] += row.copies
        line["exempt_copies" if exempt else f"{receipt.method}_copies"] += row.copies
        line["exempt_yen" if exempt else f"{receipt.method}_yen"] += (
            row.fee_yen * row.copies if exempt else receipt.amount_yen
        )
    return tuple(
        KindTotal(
            kind,
            fee_yen,
            line["copies"],
            line["cash_yen"],
            line["cashless_yen"],
            line["exempt_copies"],
            line["exempt_yen"],
        )
        for (kind, fee_yen), line in sorted(found.items())
    )


def totals_csv(totals: DayTotals) -> str:
    """Write totals for a spreadsheet: comma-separated, CRLF, with a heading; no name and no number of a resident."""
    file = io.StringIO(newline="")
    writer = csv.writer(file)
    writer.writerow(("日付", "証明書", "手数料", "通数", "現金", "キャッシュレス", "免除通数", "免除額"))
    day = totals.day.isoformat()
    for line in totals.kinds:
        name = KINDS[Kind(line.kind)]
        writer.writerow(
            (
                day,
                name,
                line.fee_yen,
                line.copies,
                line.cash_yen,
                line.cashless_yen,
                line.exempt_copies,
                line.exempt_yen,
            )
        )
    writer.writerow(())
    for label, value in (
        ("交付件数", totals.handed_over),
        ("取消件数", totals.cancelled),
        ("未処理件数", totals.open),
        ("収納済未交付", totals.paid_not_handed),
        ("収納額 現金", totals.cash_yen),
        ("収納額 キャッシュレス", totals.cashless_yen),
        ("収納額 合計", totals.taken_yen),
        ("返金額", totals.refunded_yen),
        ("免除額", totals.exempt_yen),
        ("領収書 有効", totals.receipts),
        ("領収書 無効", totals.receipts_void),
        ("改ざん防止用紙 使用枚数", totals.sheets_used),
        ("改ざん防止用紙 廃棄枚数", totals.sheets_spoilt),
    ):
        writer.writerow((day, label, value))
    return file.getvalue()


def close_day(service: Service, staff: Staff, day: date, office: str | None = None) -> tuple[Waiting, ...]:
    """Cancel what is left open of a day that was never paid, and give what is left then: paid and not handed over."""
    return close_in(service.engine, staff, day, office, service.now())


def close_in(engine: Engine, staff: Staff, day: date, office: str | None, now: datetime) -> tuple[Waiting, ...]:
    """Do the same on a database alone. A number whose documents are being made this moment is left alone."""
    with writing(engine) as connection:
        for found in _requests(connection, staff.municipality_code, day, office):
            row = books.load(connection, found.request_id)
            if row is None or CounterState(row.state).is_final or row.state == CounterState.REQUESTED.value:
                continue
            if books.is_settled(connection, row.request_id):
                of = tables.requests
                if row.attention != MIXED_UP:  # which asks for more
                    here = of.c.request_id == row.request_id
                    connection.execute(update(of).where(here).values(attention="paid_not_handed"))
                continue
            throw_away_good(connection, row, now)
            void_receipt(connection, row.request_id)
            books.move(
                connection,
                row,
                Act.CANCEL,
                now,
                staff.staff_id,
                CancelReason.CLOSED.value,
                attention=None,
                reprint_permitted=False,
            )
        left = [
            row
            for row in _requests(connection, staff.municipality_code, day, office)
            if not CounterState(row.state).is_final
        ]
        return waiting_rows(connection, left, now)
