"""Issued copies are counted: those handed over, in the year and month of Japan, and no other."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import Engine

from issuing_center.database import writing
from issuing_center.ledger.entries import DocumentState, MoneyFate
from issuing_center.ledger.months import Month, fiscal_year_of, midnight, months_of
from issuing_center.ledger.statistics import Copies, Dimension, Line, count_copies, total
from issuing_center.ledger.store import erase_expired
from tests.support.ledger_histories import CASE, VOIDED, End, add_order

NOON = datetime(2026, 11, 20, 3, tzinfo=UTC)
INSTANT = timedelta(microseconds=1)


def test_only_a_copy_that_was_handed_over_is_issued(engine: Engine) -> None:
    mixed = End(MoneyFate.KEPT, None, (DocumentState.HANDED_OVER, DocumentState.VOIDED), "CASE-2")
    with writing(engine) as connection:
        add_order(connection, NOON, copies=3)
        add_order(connection, NOON, mixed, copies=2)
        add_order(connection, NOON, VOIDED)
        add_order(connection, NOON, CASE)
        add_order(connection, NOON, None, copies=2)
    assert count_copies(engine, 2026) == (Line(2026, ("juminhyo",), Copies(issued=4, unknown=1, voided=2, open=2)),)


def test_a_copy_of_which_nobody_spoke_in_time_is_unknown(engine: Engine) -> None:
    add_order(engine, NOON, None)
    erase_expired(engine, NOON + timedelta(days=2))
    assert total(count_copies(engine, 2026)) == Copies(unknown=1)


def test_the_fiscal_year_begins_and_ends_at_midnight_in_japan(engine: Engine) -> None:
    begins, ends = datetime(2026, 3, 31, 15, tzinfo=UTC), datetime(2027, 3, 31, 15, tzinfo=UTC)
    with writing(engine) as connection:
        for at in (begins - INSTANT, begins, ends - INSTANT, ends):
            add_order(connection, at)
    counted = {year: total(count_copies(engine, year)).issued for year in (2024, 2025, 2026, 2027)}
    assert counted == {2024: 0, 2025: 1, 2026: 2, 2027: 1}


def test_a_month_ends_at_midnight_in_japan(engine: Engine) -> None:
    midnight = datetime(2026, 10, 31, 15, tzinfo=UTC)
    with writing(engine) as connection:
        add_order(connection, midnight - INSTANT)
        add_order(connection, midnight, copies=2)
    lines = count_copies(engine, 2026, [Dimension.MONTH])
    assert [(line.keys, line.copies.issued) for line in lines] == [(("2026-10",), 1), (("2026-11",), 2)]


def test_copies_are_told_apart_by_whatever_is_asked_in_its_order(engine: Engine) -> None:
    with writing(engine) as connection:
        add_order(connection, NOON, kind="inkan", kiosk_id="kiosk-0002", operator="mihon-store")
        add_order(connection, NOON, municipality_code="990035")
        add_order(connection, NOON + timedelta(days=40), copies=2)
    expected = {
        (Dimension.KIND,): {("inkan",): 1, ("juminhyo",): 3},
        (Dimension.MUNICIPALITY,): {("990019",): 3, ("990035",): 1},
        (Dimension.KIOSK,): {("kiosk-0001",): 3, ("kiosk-0002",): 1},
        (Dimension.OPERATOR,): {("",): 3, ("mihon-store",): 1},
        (Dimension.MONTH, Dimension.KIND): {
            ("2026-11", "inkan"): 1,
            ("2026-11", "juminhyo"): 1,
            ("2026-12", "juminhyo"): 2,
        },
        (Dimension.KIND, Dimension.MONTH, Dimension.KIOSK): {
            ("inkan", "2026-11", "kiosk-0002"): 1,
            ("juminhyo", "2026-11", "kiosk-0001"): 1,
            ("juminhyo", "2026-12", "kiosk-0001"): 2,
        },
        (): {(): 4},
    }
    for by, counts in expected.items():
        assert {line.keys: line.copies.issued for line in count_copies(engine, 2026, by)} == counts


def test_a_year_without_orders_has_no_lines(engine: Engine) -> None:
    assert count_copies(engine, 2026, []) == ()
    assert total(()) == Copies()


def test_months_follow_each_other_over_new_year() -> None:
    assert [str(month) for month in months_of(2026)][::11] == ["2026-04", "2027-03"]
    assert Month(2026, 12).following == Month(2027, 1)
    assert fiscal_year_of(midnight(Month(2027, 4).first_day)) == 2027
    assert fiscal_year_of(midnight(Month(2027, 4).first_day) - INSTANT) == 2026
    assert replace(Month.parse("2026-10"), number=11) == Month(2026, 11)


@pytest.mark.parametrize("text", ["2026-13", "2026-00", "2026-1", "26-10", "2026-10-01", "２０２６-10", "1988-12", ""])
def test_what_is_no_month_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="as in 2026-10"):
        Month.parse(text)
