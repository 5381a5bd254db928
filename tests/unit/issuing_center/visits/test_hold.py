"""A visit that is held cannot end before the transaction that holds it, on both databases."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from secrets import token_bytes, token_hex
from threading import Event, Thread

import pytest
from sqlalchemy import Engine

from issuing_center.database import writing
from issuing_center.visits.hold import hold_open
from issuing_center.visits.store import Challenge, Proof, VisitId, close, create_challenge, expire, open_visit

NOW = datetime(2026, 11, 20, 3, 4, 5, tzinfo=UTC)
LATER = NOW + timedelta(minutes=20)
KIOSK = "kiosk-0001"


@pytest.fixture
def visit(engine: Engine) -> VisitId:
    visit_id = VisitId(token_hex(16))
    create_challenge(engine, Challenge(visit_id, KIOSK, "kiosk", "990019", token_bytes(32), NOW, LATER))
    proof = Proof(token_hex(32), token_hex(16), token_bytes(1216), token_bytes(20), token_hex(32), NOW, LATER)
    assert open_visit(engine, visit_id, KIOSK, proof)
    return visit_id


def held(engine: Engine, visit: VisitId, kiosk: str = KIOSK, now: datetime = NOW) -> bool:
    with writing(engine) as connection:
        return hold_open(connection, visit, kiosk, now)


def test_an_open_visit_is_held_by_its_own_kiosk_until_it_is_over(engine: Engine, visit: VisitId) -> None:
    assert held(engine, visit)
    assert not held(engine, visit, "kiosk-0002")
    assert held(engine, visit, now=LATER - timedelta(microseconds=1))
    assert not held(engine, visit, now=LATER)
    assert not held(engine, VisitId(token_hex(16)))
    close(engine, visit, KIOSK, NOW)
    assert not held(engine, visit)


@pytest.mark.parametrize("end", ["close", "expire"])
def test_whoever_ends_a_held_visit_waits(workers: tuple[Engine, Engine], visit: VisitId, end: str) -> None:
    mine, other = workers
    ended = Event()
    act: Callable[[], object] = (
        (lambda: close(other, visit, KIOSK, NOW)) if end == "close" else (lambda: expire(other, LATER))
    )

    def and_tell() -> None:
        act()
        ended.set()

    with writing(mine) as connection:
        assert hold_open(connection, visit, KIOSK, NOW)
        thread = Thread(target=and_tell)
        thread.start()
        assert not ended.wait(0.1)
    thread.join(timeout=10)
    assert ended.is_set()
    assert not held(mine, visit)
