"""Change, the till book, the day's figures, the till command, the settings."""

import argparse
import itertools
import json
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from threading import Event

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk import till_command
from kiosk.adapters.payment.change import acceptable, advice, change_for
from kiosk.adapters.payment.settings import CashlessSettings, CashSettings, HopperSettings
from kiosk.adapters.payment.till_figures import till_figures
from kiosk.adapters.payment.tillbook import Line, Meter, Place, TillBook, TillBookUnavailableError
from kiosk.ports.cash import Denomination, DepositEnd, Dispensed, DispensedShort, worth
from kiosk.ports.payment import ChangeAdvice, ChargeKey, Paid
from tests.support.coins import C10, C50, C100, C500, N1000, PLENTY, Hands, Till, cash_settings

KEY = ChargeKey("b" * 32)
ALL = frozenset({C10, C50, C100, C500, N1000})
pools = st.fixed_dictionaries({coin: st.integers(0, 6) for coin in (C10, C50, C100, C500)})


@given(pools, st.integers(0, 200).map(lambda tens: tens * 10))
def test_change_is_found_whenever_there_is_any(pool: dict[Denomination, int], yen: int) -> None:
    ways = itertools.product(*(range(count + 1) for count in pool.values()))
    possible = any(sum(n * coin for n, coin in zip(way, pool, strict=True)) == yen for way in ways)
    found = change_for(yen, pool)
    assert (found is not None) == possible
    if found is not None:
        assert worth(found) == yen
        assert all(count <= pool[coin] for coin, count in found.items())


@given(pools, st.integers(1, 100).map(lambda tens: tens * 10))
def test_what_is_let_in_can_always_be_changed(pool: dict[Denomination, int], owed: int) -> None:
    for money in acceptable(owed, pool, ALL):
        assert money <= owed or change_for(money - owed, pool) is not None


@pytest.mark.parametrize(
    ("pool", "due", "said"),
    [
        (PLENTY, 300, ChangeAdvice.ANY),
        ({}, 300, ChangeAdvice.EXACT_ONLY),
        ({C500: 1, C100: 1}, 300, ChangeAdvice.EXACT_ONLY),
        ({C500: 1, C100: 4, C50: 1, C10: 4}, 300, ChangeAdvice.ANY),
        ({C500: 9, C100: 9, C50: 9}, 350, ChangeAdvice.ANY),
    ],
)
def test_the_advice_before_payment(pool: dict[Denomination, int], due: int, said: ChangeAdvice) -> None:
    assert advice(due, pool, ALL) is said


def test_nothing_that_can_be_taken_is_no_sale() -> None:
    assert advice(300, PLENTY, frozenset()) is ChangeAdvice.NONE


@pytest.fixture
def book(tmp_path: Path) -> Iterator[TillBook]:
    book = TillBook(tmp_path / "till.db")
    yield book
    book.close()


def test_a_line_and_its_meter_are_one_stroke(book: TillBook) -> None:
    with pytest.raises(TillBookUnavailableError):
        book.write(
            KEY,
            [(Line.IN, 100, 1, "hopper"), (Line.IN, 100, None, "hopper")],  # type: ignore[list-item]  # refused half way
            "acceptor",
            Meter(1, 1),
        )
    assert book.meter("acceptor") is None
    assert book.entries(0) == ()


def test_nothing_that_is_written_changes(book: TillBook) -> None:
    book.write(KEY, [(Line.IN, 100, 1, "hopper")])
    book.set_charge(KEY, 300, "open", 0)
    for change in ("DELETE FROM entry", "UPDATE entry SET pieces = 2", "DELETE FROM charge"):
        with pytest.raises(sqlite3.IntegrityError, match="append-only"):
            book._db.execute(change)


def test_a_second_process_is_refused_and_told_why(book: TillBook, tmp_path: Path) -> None:
    book.write(None, [(Line.FILLED, 100, 1, "hopper")])
    with pytest.raises(TillBookUnavailableError) as caught:
        TillBook(tmp_path / "till.db")
    assert caught.value.in_use
    assert caught.value.code == "PAY-07"


def test_a_path_that_cannot_be_is_unavailable(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(TillBookUnavailableError) as caught:
        TillBook(tmp_path / "file" / "till.db")
    assert not caught.value.in_use


def test_a_payout_without_an_end_is_not_certain(book: TillBook) -> None:
    payout = book.begin_payout(KEY, C100, 3, 0, 0)
    assert book.movement(KEY).unknown == ("payout 3 x 100",)
    book.end_payout(payout, 2, 1, "hopper 100", Meter(0, 2))
    moved = book.movement(KEY)
    assert moved.returned == {C100: 2}
    assert moved.unknown == ("payout 1 x 100",)


def test_the_changer_follows_the_words_of_a_cash_changer(tmp_path: Path) -> None:
    till = Till(tmp_path)
    changer = till.changer
    assert changer.begin_deposit(KEY) is None
    assert not till.machine.insert(C100), "the slots are shut until they are opened"
    changer.pause_deposit(ALL)
    for money in (C100, C500, N1000):
        assert till.machine.insert(money)
    changer.pause_deposit(frozenset())
    assert not till.machine.insert(C100)
    now = changer.deposited()
    assert now == changer.fix_deposit()
    assert (now.counts, now.escrow) == ({C100: 1, C500: 1, N1000: 1}, {N1000: 1})  # type: ignore[union-attr]  # certain
    assert changer.end_deposit(DepositEnd.CHANGE) is not None
    assert changer.dispense(KEY, {C50: 2}) == Dispensed({C50: 2})
    assert changer.dispense(KEY, {C10: 50}) == DispensedShort({C10: 40}, 100)
    assert changer.recall(KEY).held_yen == 1600 - 100 - 400
    assert changer.counts().kept == {N1000: 1}
    till.close()


def test_the_day_is_settled_and_the_next_begins_with_what_is_there(tmp_path: Path) -> None:
    till = Till(tmp_path)
    Hands(till, N1000)
    assert till.cashier.collect(KEY, 300, lambda _yen: None, Event()) == Paid(300)
    figures = till_figures(till.book)
    assert (figures.paid, figures.paid_yen, figures.expected_yen) == (1, 300, worth(PLENTY) + 300)
    assert figures.agrees
    till.book.close_day()
    after = till_figures(till.book)
    assert (after.paid, after.expected_yen) == (0, figures.expected_yen)
    assert sum(each.denomination * each.opening for each in after.denominations) == figures.expected_yen
    counted = {C10: 40, C50: 40, C100: 37, C500: 39, N1000: 1}
    wrong = till_figures(till.book, counted)
    assert [each.discrepancy for each in wrong.denominations[:4]] == [0, 0, -1, 0]
    assert not wrong.agrees
    till.close()


def command(book: Path, *words: str) -> int:
    parser = argparse.ArgumentParser()
    till_command.add_arguments(parser)
    return till_command.run(parser.parse_args(words), book)


def test_the_till_command_fills_counts_settles_and_empties(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    book = tmp_path / "till.db"
    assert command(book, "fill", "100=40", "10=5") == 0
    assert command(book, "counts") == 0
    assert "4050" in capsys.readouterr().out
    assert command(book, "settle", "--json", "--counted", "100=40", "10=4") == 1
    figures = json.loads(capsys.readouterr().out)
    assert not figures["agrees"]
    assert [row["discrepancy"] for row in figures["denominations"]][:3] == [-1, 0, 0]
    assert command(book, "empty", "hopper") == 0
    assert command(book, "settle") == 0
    assert "agrees" in capsys.readouterr().out
    assert command(book, "fill", "1000=1") == 2


def test_the_till_command_says_that_a_kiosk_is_running(
    book: TillBook, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    book.write(None, [(Line.FILLED, 100, 1, Place.HOPPER.value)])
    assert command(tmp_path / "till.db", "fill", "100=1") == 2
    assert capsys.readouterr().out.startswith("PAY-07: the running kiosk")


@pytest.mark.parametrize("word", ["7=1", "100", "100=-1", "１００=1"])
def test_pieces_that_are_no_pieces_are_refused(tmp_path: Path, word: str) -> None:
    with pytest.raises(SystemExit):
        command(tmp_path / "till.db", "fill", word)


@pytest.mark.parametrize(
    "changes",
    [
        {"hoppers": ()},
        {"hoppers": (HopperSettings(C10, 3, 1), HopperSettings(C10, 4, 2))},
        {"hoppers": (HopperSettings(C10, 2, 1),)},
        {"hoppers": (HopperSettings(C10, 3, 8),)},
        {"hoppers": (HopperSettings(C10, 256, 1),)},
        {"hoppers": (HopperSettings(N1000, 3, 1),)},
        {"notes": frozenset({C100})},
        {"silence_s": 0.0},
    ],
)
def test_settings_that_cannot_be_are_refused(tmp_path: Path, changes: dict[str, object]) -> None:
    assert isinstance(cash_settings(tmp_path, tmp_path), CashSettings)
    with pytest.raises(ValueError, match="cash"):
        cash_settings(tmp_path, tmp_path, **changes)


@pytest.mark.parametrize(("host", "port", "answer_s"), [("", 1, 1.0), ("h", 0, 1.0), ("h", 65536, 1.0), ("h", 1, 0.0)])
def test_cashless_settings_that_cannot_be_are_refused(host: str, port: int, answer_s: float) -> None:
    with pytest.raises(ValueError, match="cashless"):
        CashlessSettings(host, port, answer_s)
