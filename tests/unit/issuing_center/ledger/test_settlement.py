"""What is settled is exactly what the books say, once, and an open case is nobody's money yet."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine, text
from sqlalchemy.exc import IntegrityError

from issuing_center.database import writing
from issuing_center.ledger.entries import DocumentState, MoneyFate, NewOrder
from issuing_center.ledger.months import Month
from issuing_center.ledger.settlement import (
    AlteredSettlementError,
    Line,
    NotNext,
    NotOver,
    Open,
    Settlement,
    close,
    draft,
    load,
)
from issuing_center.ledger.settlement_commissions import Commission, CommissionMissingError, Commissions
from issuing_center.ledger.store import load_documents, record_outcome
from tests.support.ledger_entries import make_outcome
from tests.support.ledger_histories import CASE, VOIDED, End, add_order
from tests.unit.issuing_center.ledger.conftest import EmptyLedger

STORE = "mihon-store"
RATES = Commissions((Commission(STORE, 117, date(2019, 10, 1), None),))
OCTOBER, NOVEMBER = Month(2026, 10), Month(2026, 11)
AT = datetime(2026, 10, 15, 3, tzinfo=UTC)
LATER = datetime(2026, 12, 5, tzinfo=UTC)


def closed(engine: Engine, month: Month = OCTOBER, rates: Commissions = RATES) -> Settlement:
    settlement = close(engine, month, rates, LATER)
    assert isinstance(settlement, Settlement)
    return settlement


def report(engine: Engine, order: NewOrder) -> None:
    """Say, late, that an order ended well."""
    papers = load_documents(engine, order.txn)
    outcome = make_outcome(order, ())
    documents = make_outcome(order, papers).documents  # type: ignore[arg-type]  # a stored paper has a serial and pages too
    record_outcome(engine, replace(outcome, documents=documents, reported_at=LATER))


def test_fees_less_commission_are_the_municipalitys(engine: Engine) -> None:
    with writing(engine) as connection:
        add_order(connection, AT, copies=3, operator=STORE)
        add_order(connection, AT, operator=STORE, kind="koseki-zenbu", fee_yen=450)
        add_order(connection, AT, municipality_code="990035", fee_yen=300)
    lines = draft(engine, OCTOBER, RATES).lines
    assert lines == (
        Line("2026-10", "990019", STORE, "juminhyo", 117, 3, 600),
        Line("2026-10", "990019", STORE, "koseki-zenbu", 117, 1, 450),
        Line("2026-10", "990035", "", "juminhyo", 0, 1, 300),
    )
    assert [(line.commission_yen, line.net_yen) for line in lines] == [(351, 249), (117, 333), (0, 300)]


def test_a_free_copy_is_paid_for_all_the_same(engine: Engine) -> None:
    add_order(engine, AT, End(MoneyFate.NONE), fee_yen=0, operator=STORE)
    (line,) = draft(engine, OCTOBER, RATES).lines
    assert (line.copies, line.fees_yen, line.net_yen) == (1, 0, -117)


OPEN_ENDS = {
    "not reported": None,
    "case": CASE,
    "case although handed over": End(case_no="CASE-2"),
    "unknown money": End(MoneyFate.UNKNOWN, 0),
    "unknown paper": End(states=(DocumentState.UNKNOWN,)),
    "kept and voided": End(states=(DocumentState.VOIDED,)),
    "kept too little": End(received_yen=100),
    "refunded and handed over": End(MoneyFate.REFUNDED, 200),
    "nothing taken and handed over": End(MoneyFate.NONE, 0),
}


@pytest.mark.parametrize("end", OPEN_ENDS.values(), ids=OPEN_ENDS)
def test_what_is_not_certain_is_listed_and_never_settled(engine: Engine, end: End | None) -> None:
    add_order(engine, AT, end, operator=STORE)
    found = draft(engine, OCTOBER, RATES)
    assert found.lines == ()
    (listed,) = found.open
    received = 0 if end is None else 200 if end.received_yen is None else end.received_yen
    assert listed == Open("2026-10", "990019", STORE, "juminhyo", 1, received)


def test_an_order_that_came_to_nothing_is_neither_settled_nor_open(engine: Engine) -> None:
    add_order(engine, AT, VOIDED)
    add_order(engine, AT, End(MoneyFate.NONE, 0, (DocumentState.VOIDED,)))
    found = draft(engine, OCTOBER, RATES)
    assert (found.lines, found.open) == ((), ())


def test_a_rate_counts_from_its_first_day_in_japan(engine: Engine) -> None:
    rates = Commissions(
        (
            Commission(STORE, 115, date(2019, 10, 1), date(2026, 10, 15)),
            Commission(STORE, 117, date(2026, 10, 16), None),
        )
    )
    change = datetime(2026, 10, 15, 15, tzinfo=UTC)
    add_order(engine, change - timedelta(microseconds=1), operator=STORE)
    add_order(engine, change, copies=2, operator=STORE)
    assert [(line.copy_commission_yen, line.copies) for line in draft(engine, OCTOBER, rates).lines] == [
        (115, 1),
        (117, 2),
    ]


def test_without_a_rate_nothing_is_settled_or_written(engine: Engine) -> None:
    add_order(engine, AT, operator="another-store")
    with pytest.raises(CommissionMissingError, match="another-store on 2026-10-15"):
        close(engine, OCTOBER, RATES, LATER)
    assert load(engine, OCTOBER) is None


def test_a_month_is_closed_when_it_is_over_and_in_its_turn(engine: Engine) -> None:
    add_order(engine, AT)
    over = datetime(2026, 11, 1, 15, tzinfo=UTC)
    assert close(engine, OCTOBER, RATES, over - timedelta(microseconds=1)) == NotOver(over)
    assert close(engine, NOVEMBER, RATES, LATER) == NotNext(OCTOBER)
    assert isinstance(close(engine, OCTOBER, RATES, over), Settlement)
    assert close(engine, Month(2026, 9), RATES, LATER) == NotNext(NOVEMBER)
    assert closed(engine, NOVEMBER).lines == ()


def test_a_closed_month_stays_as_it_was_written(engine: Engine) -> None:
    add_order(engine, AT, operator=STORE)
    first = closed(engine)
    late = add_order(engine, AT, None, operator=STORE)
    report(engine, late)
    again = close(engine, OCTOBER, Commissions(), LATER + timedelta(days=1))
    assert again == first == load(engine, OCTOBER)


def test_a_late_report_is_a_line_of_its_own_in_the_next_month(engine: Engine) -> None:
    add_order(engine, AT, operator=STORE)
    late = add_order(engine, AT, None, operator=STORE)
    october = closed(engine)
    assert [each.orders for each in october.open] == [1]
    report(engine, late)
    add_order(engine, AT + timedelta(days=31), operator=STORE)
    november = closed(engine, NOVEMBER)
    assert [(line.order_month, line.copies, line.fees_yen) for line in november.lines] == [
        ("2026-10", 1, 200),
        ("2026-11", 1, 200),
    ]
    assert november.open == ()
    assert draft(engine, Month(2026, 12), RATES).lines == ()


@pytest.mark.parametrize("table", ["settlement_run", "settlement_line", "settlement_open"])
@pytest.mark.parametrize("act", ["UPDATE {} SET month = month", "DELETE FROM {}"])
def test_the_database_refuses_to_change_a_settlement(engine: Engine, table: str, act: str) -> None:
    add_order(engine, AT)
    add_order(engine, AT, CASE)
    closed(engine)
    with pytest.raises(IntegrityError), writing(engine) as connection:
        connection.execute(text(act.format(table)))


def test_a_line_put_in_beside_the_program_is_noticed(engine: Engine) -> None:
    add_order(engine, AT)
    closed(engine)
    with writing(engine) as connection:
        connection.execute(
            text("INSERT INTO settlement_line VALUES ('2026-10', '2026-10', '990019', 'x', 'inkan', 0, 1, 1)")
        )
    with pytest.raises(AlteredSettlementError):
        load(engine, OCTOBER)


def test_two_who_close_at_once_get_the_same_settlement(workers: tuple[Engine, Engine]) -> None:
    add_order(workers[0], AT, operator=STORE)
    instants = [LATER + timedelta(seconds=number) for number in range(8)]
    with ThreadPoolExecutor(8) as pool:
        running = [pool.submit(close, workers[at.second % 2], OCTOBER, RATES, at) for at in instants]
        assert len({str(each.result(timeout=60)) for each in running}) == 1


ENDS = [End(), None, CASE, VOIDED, *OPEN_ENDS.values()]
ORDERS = st.lists(
    st.tuples(
        st.integers(0, 75),
        st.sampled_from(ENDS),
        st.integers(0, 450),
        st.sampled_from(["", STORE]),
        st.sampled_from(["990019", "990035"]),
        st.sampled_from(["juminhyo", "inkan"]),
        st.booleans(),
    ),
    max_size=25,
)


@settings(max_examples=8)
@given(entries=ORDERS)
def test_all_settlements_together_are_the_ledger_to_the_yen(
    entries: list[tuple[int, End | None, int, str, str, str, bool]], empty_ledger: EmptyLedger
) -> None:
    start, months = datetime(2026, 9, 1, 3, tzinfo=UTC), [Month(2026, number) for number in (9, 10, 11)]
    kept_yen = copies = received_yen = open_orders = commission_yen = 0
    with empty_ledger() as engine:
        late: list[NewOrder] = []
        with writing(engine) as connection:
            add_order(connection, start, VOIDED)  # so that September is the first month
            for day, end, fee_yen, operator, code, kind, reports in entries:
                order = add_order(
                    connection,
                    start + timedelta(days=day),
                    end,
                    fee_yen=fee_yen,
                    operator=operator,
                    municipality_code=code,
                    kind=kind,
                )
                well = end == End() or (end is None and reports)
                late += [order] if end is None and reports else []
                # Free of charge, some of the disagreements are none.
                if well or (fee_yen == 0 and end in (End(received_yen=0), End(MoneyFate.NONE, 0))):
                    kept_yen, copies = kept_yen + fee_yen, copies + 1
                    commission_yen += 117 if operator else 0
                elif end is None or end != VOIDED:
                    open_orders += 1
                    received_yen += 0 if end is None else fee_yen if end.received_yen is None else end.received_yen
        runs = []
        for at, month in enumerate(months):
            runs.append(closed(engine, month))
            if at < 2:
                for order in late[at::2]:
                    report(engine, order)
        still = draft(engine, Month(2026, 12), RATES)
        lines = [line for run in (*runs, still) for line in run.lines]
    assert sum(line.copies for line in lines) == copies
    assert sum(line.fees_yen for line in lines) == kept_yen
    assert sum(line.commission_yen for line in lines) == commission_yen
    assert sum(line.net_yen for line in lines) == kept_yen - commission_yen
    assert sum(each.orders for each in still.open) == open_orders
    assert sum(each.received_yen for each in still.open) == received_yen
