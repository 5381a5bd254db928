"""Clerks who are locked out: at once, with every certificate or with one, and on record with who, when and why."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from sqlalchemy import select

from issuing_center import __main__ as command_line
from issuing_center.counter import feed, locks
from issuing_center.database import make_engine, reading
from issuing_center.ledger.tables import events
from issuing_center.migrations import upgrade
from tests.support.center import Center
from tests.support.clerks import CLERK, FOREIGN_CLERK, OTHER_CLERK

OLD_CARD, NEW_CARD = "0" * 63 + "1", "0" * 63 + "2"
WHY = "職員カード紛失の届出"


def test_who_is_locked_out_is_so_with_every_certificate_and_nobody_else_is(center: Center) -> None:
    engine, now = center.engine, center.service.now()
    assert locks.lock(engine, CLERK, locks.EVERY, "chief-01", WHY, now)
    assert [locks.is_locked(engine, CLERK, each) for each in ("", OLD_CARD, NEW_CARD)] == [True] * 3
    assert not locks.is_locked(engine, OTHER_CLERK, OLD_CARD)
    assert not locks.is_locked(engine, FOREIGN_CLERK, OLD_CARD), "the same staff id elsewhere is somebody else"
    assert locks.unlock(engine, CLERK, locks.EVERY, "chief-01", "復職しました", now)
    assert not locks.is_locked(engine, CLERK, OLD_CARD)


def test_a_lost_card_stays_out_while_the_new_one_comes_in(center: Center) -> None:
    engine, now = center.engine, center.service.now()
    assert locks.lock(engine, CLERK, OLD_CARD, "chief-01", WHY, now)
    assert locks.lock(engine, CLERK, locks.EVERY, "chief-01", WHY, now)
    assert locks.unlock(engine, CLERK, locks.EVERY, "chief-01", "新しいカードを交付", now)
    assert [locks.is_locked(engine, CLERK, each) for each in (OLD_CARD, NEW_CARD)] == [True, False]
    assert [each.certificate_sha256 for each in locks.locks(engine)] == [OLD_CARD]
    assert [each.locked for each in locks.locks(engine, CLERK.municipality_code, history=True)] == [True, True, False]
    assert locks.locks(engine, FOREIGN_CLERK.municipality_code) == ()


def test_every_lock_is_in_the_ledger_and_in_the_feed(center: Center) -> None:
    locks.lock(center.engine, CLERK, OLD_CARD, "chief-01", WHY, center.service.now())
    with reading(center.engine) as connection:
        (line,) = connection.execute(select(events).where(events.c.event == "staff-locked")).all()
    assert line.detail == f"chief-01 990019 clerk-01 00000000 {WHY}"
    assert line.at == center.service.now()
    (change,) = feed.changes_since(center.service, CLERK.municipality_code, 0)
    assert (change.act, change.staff_id, change.request_id) == (locks.ACT, "clerk-01", None)


def test_the_same_twice_and_what_is_not_there_change_nothing(center: Center) -> None:
    engine, now = center.engine, center.service.now()
    assert not locks.unlock(engine, CLERK, OLD_CARD, "chief-01", WHY, now)
    with ThreadPoolExecutor(2) as chiefs:
        done = list(
            chiefs.map(lambda who: locks.lock(engine, CLERK, OLD_CARD, who, WHY, now), ("chief-01", "chief-02"))
        )
    assert sorted(done) == [False, True]
    assert len(locks.locks(engine, history=True)) == 1


@pytest.mark.parametrize("reason", ["", "   ", "なし", "あ" * 201], ids=["none", "blank", "short", "long"])
def test_nobody_is_locked_out_without_a_reason(center: Center, reason: str) -> None:
    with pytest.raises(ValueError, match="reason"):
        locks.lock(center.engine, CLERK, locks.EVERY, "chief-01", reason, center.service.now())
    assert locks.locks(center.engine) == ()


@pytest.fixture
def data(tmp_path: Path) -> Path:
    engine = make_engine(f"sqlite:///{tmp_path / 'center.db'}")
    upgrade(engine)
    engine.dispose()
    return tmp_path


def staff(data: Path, *arguments: str) -> int:
    return command_line.main(["staff", *arguments, "--sandbox", "--data", str(data)])


WHO = ("--municipality", "990019", "--staff", "mihon-01")
DONE_BY = ("--by", "chief-01", "--reason", WHY)


def test_the_command_locks_lists_and_unlocks(data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert staff(data, "lock", *WHO, "--certificate", OLD_CARD.upper(), *DONE_BY) == 0
    assert staff(data, "lock", *WHO, *DONE_BY) == 0
    assert staff(data, "lock", *WHO, *DONE_BY) == 1
    assert "STAFF-09" in capsys.readouterr().err
    assert staff(data, "list") == 0
    first, second = capsys.readouterr().out.splitlines()
    assert first.endswith(f"990019 mihon-01 {OLD_CARD[:16]} locked by chief-01: {WHY}")
    assert "every-certificate locked" in second
    assert staff(data, "unlock", *WHO, *DONE_BY) == 0
    assert staff(data, "list", "--municipality", "990019", "--history") == 0
    assert len(capsys.readouterr().out.splitlines()) == 1 + 3


@pytest.mark.parametrize(
    "wrong",
    [
        ("--municipality", "99", "--staff", "mihon-01", *DONE_BY),
        ("--municipality", "990019", "--staff", "見本", *DONE_BY),
        (*WHO, "--by", "chief-01", "--reason", "x"),
    ],
)
def test_the_command_says_what_is_wrong(data: Path, capsys: pytest.CaptureFixture[str], wrong: tuple[str, ...]) -> None:
    assert staff(data, "lock", *wrong) == 2
    assert "USAGE-01" in capsys.readouterr().err
    assert staff(data, "list") == 0
    assert capsys.readouterr().out == ""
