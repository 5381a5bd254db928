"""Visits in the database: a nonce opens one visit, for one kiosk, once, and the end forgets the person."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from secrets import token_bytes, token_hex
from threading import Barrier

import pytest
from sqlalchemy import Engine, select, update
from sqlalchemy.exc import IntegrityError

from issuing_center.database import reading, writing
from issuing_center.visits.store import (
    Challenge,
    OpenVisit,
    Proof,
    Standing,
    VisitId,
    close,
    create_challenge,
    expire,
    load_challenge,
    load_open,
    open_visit,
    record_failed_attempt,
)
from issuing_center.visits.tables import visit

NOW = datetime(2026, 11, 20, 3, 4, 5, tzinfo=UTC)
KIOSK = "kiosk-0001"
TICK = timedelta(microseconds=1)
Open = Callable[[Engine, VisitId, str, Proof], bool]


def make_challenge() -> Challenge:
    return Challenge(
        visit_id=VisitId(token_hex(16)),
        kiosk_id=KIOSK,
        channel="kiosk",
        municipality_code="990019",
        nonce=token_bytes(32),
        created_at=NOW,
        expires_at=NOW + timedelta(minutes=2),
        purpose="honseki",
    )


def make_proof(at: datetime = NOW) -> Proof:
    return Proof(
        subject=token_hex(32),
        resident_id=token_hex(16),
        hpke_public_key=token_bytes(1216),
        issuer_key_id=token_bytes(20),
        serial_hash=token_hex(32),
        opened_at=at,
        expires_at=at + timedelta(minutes=10),
        standing=Standing.APPLICANT,
        certificate_serial=0x7FFF0000FFFF0000FFFF,
    )


@pytest.fixture
def challenge(engine: Engine) -> Challenge:
    made = make_challenge()
    create_challenge(engine, made)
    return made


def state_of(engine: Engine, visit_id: VisitId) -> str:
    with reading(engine) as connection:
        state: str = connection.execute(select(visit.c.state).where(visit.c.visit_id == visit_id)).scalar_one()
    return state


def test_a_challenge_made_on_one_worker_opens_on_another(workers: tuple[Engine, Engine]) -> None:
    challenge, proof = make_challenge(), make_proof()
    create_challenge(workers[0], challenge)
    assert load_challenge(workers[1], challenge.visit_id, KIOSK, NOW) == challenge
    assert open_visit(workers[1], challenge.visit_id, KIOSK, proof)
    assert load_open(workers[0], challenge.visit_id, KIOSK, NOW) == OpenVisit(
        visit_id=challenge.visit_id,
        kiosk_id=KIOSK,
        channel="kiosk",
        municipality_code="990019",
        subject=proof.subject,
        resident_id=proof.resident_id,
        hpke_public_key=proof.hpke_public_key,
        issuer_key_id=proof.issuer_key_id,
        serial_hash=proof.serial_hash,
        opened_at=proof.opened_at,
        expires_at=proof.expires_at,
        nonce=challenge.nonce,
        purpose="honseki",
        standing=Standing.APPLICANT,
        certificate_serial=proof.certificate_serial,
    )


def test_an_open_visit_is_no_longer_a_challenge(engine: Engine, challenge: Challenge) -> None:
    assert open_visit(engine, challenge.visit_id, KIOSK, make_proof())
    assert load_challenge(engine, challenge.visit_id, KIOSK, NOW) is None
    assert not open_visit(engine, challenge.visit_id, KIOSK, make_proof())


def test_another_kiosk_reaches_neither_challenge_nor_visit(engine: Engine, challenge: Challenge) -> None:
    other = "kiosk-0002"
    assert load_challenge(engine, challenge.visit_id, other, NOW) is None
    assert not open_visit(engine, challenge.visit_id, other, make_proof())
    assert record_failed_attempt(engine, challenge.visit_id, other, NOW, limit=3) is None
    assert not close(engine, challenge.visit_id, other, NOW)
    assert open_visit(engine, challenge.visit_id, KIOSK, make_proof())
    assert load_open(engine, challenge.visit_id, other, NOW) is None
    assert not close(engine, challenge.visit_id, other, NOW)


def test_a_challenge_is_open_until_its_time_and_not_at_it(engine: Engine, challenge: Challenge) -> None:
    late = challenge.expires_at
    assert load_challenge(engine, challenge.visit_id, KIOSK, late - TICK) is not None
    assert load_challenge(engine, challenge.visit_id, KIOSK, late) is None
    assert not open_visit(engine, challenge.visit_id, KIOSK, make_proof(late))
    assert open_visit(engine, challenge.visit_id, KIOSK, make_proof(late - TICK))


def test_a_visit_is_open_until_its_time_and_not_at_it(engine: Engine, challenge: Challenge) -> None:
    proof = make_proof()
    assert open_visit(engine, challenge.visit_id, KIOSK, proof)
    assert load_open(engine, challenge.visit_id, KIOSK, proof.expires_at - TICK) is not None
    assert load_open(engine, challenge.visit_id, KIOSK, proof.expires_at) is None


def test_a_visit_id_or_a_nonce_is_never_taken_twice(engine: Engine, challenge: Challenge) -> None:
    for repeated in (
        replace(make_challenge(), visit_id=challenge.visit_id),
        replace(make_challenge(), nonce=challenge.nonce),
    ):
        with pytest.raises(IntegrityError):
            create_challenge(engine, repeated)
    assert load_challenge(engine, challenge.visit_id, KIOSK, NOW) == challenge


def test_refused_proofs_are_counted_and_the_last_one_ends_the_challenge(engine: Engine, challenge: Challenge) -> None:
    assert record_failed_attempt(engine, challenge.visit_id, KIOSK, NOW, limit=2) == 1
    assert state_of(engine, challenge.visit_id) == "challenged"
    assert record_failed_attempt(engine, challenge.visit_id, KIOSK, NOW, limit=2) == 0
    assert state_of(engine, challenge.visit_id) == "failed"
    assert record_failed_attempt(engine, challenge.visit_id, KIOSK, NOW, limit=2) is None
    assert not open_visit(engine, challenge.visit_id, KIOSK, make_proof())


def test_refused_proofs_at_once_on_two_workers_are_all_counted(workers: tuple[Engine, Engine]) -> None:
    challenge = make_challenge()
    create_challenge(workers[0], challenge)
    start = Barrier(8)

    def fail(number: int) -> int | None:
        start.wait(timeout=30)
        return record_failed_attempt(workers[number % 2], challenge.visit_id, KIOSK, NOW, limit=5)

    with ThreadPoolExecutor(8) as pool:
        left = list(pool.map(fail, range(8), timeout=60))
    assert sorted(left, key=lambda count: -1 if count is None else count) == [None, None, None, 0, 1, 2, 3, 4]


def test_closing_forgets_the_person_and_the_key(engine: Engine, challenge: Challenge) -> None:
    proof = make_proof()
    open_visit(engine, challenge.visit_id, KIOSK, proof)
    assert close(engine, challenge.visit_id, KIOSK, NOW)
    assert load_open(engine, challenge.visit_id, KIOSK, NOW) is None
    assert not close(engine, challenge.visit_id, KIOSK, NOW)
    with reading(engine) as connection:
        row = connection.execute(select(visit).where(visit.c.visit_id == challenge.visit_id)).one()
    assert (row.resident_id, row.hpke_public_key, row.issuer_key_id, row.serial_hash) == (None, None, None, None)
    assert row.certificate_serial is None
    assert (row.state, row.subject, row.ended_at) == ("closed", proof.subject, NOW)


def test_expiry_ends_what_is_over_and_nothing_else(engine: Engine) -> None:
    waiting, opened, fresh = make_challenge(), make_challenge(), make_challenge()
    for challenge in (waiting, opened, fresh):
        create_challenge(engine, challenge)
    open_visit(engine, opened.visit_id, KIOSK, make_proof())
    open_visit(engine, fresh.visit_id, KIOSK, make_proof(NOW + timedelta(minutes=1)))
    assert expire(engine, NOW) == 0
    assert expire(engine, NOW + timedelta(minutes=10)) == 2
    assert state_of(engine, waiting.visit_id) == state_of(engine, opened.visit_id) == "closed"
    assert state_of(engine, fresh.visit_id) == "open"
    with reading(engine) as connection:
        left = connection.execute(select(visit.c.visit_id).where(visit.c.resident_id.is_not(None))).scalars().all()
    assert left == [fresh.visit_id]


def test_an_open_visit_without_its_person_is_refused_by_the_database(engine: Engine, challenge: Challenge) -> None:
    with pytest.raises(IntegrityError), writing(engine) as connection:
        connection.execute(update(visit).where(visit.c.visit_id == challenge.visit_id).values(state="open"))


def race(workers: tuple[Engine, Engine], opening: Open, runs: int = 16) -> tuple[int, bool]:
    """Prove the same challenge at once on two workers; gives how many won, and whether the visit is the winner's."""
    challenge = make_challenge()
    create_challenge(workers[0], challenge)
    proofs = [make_proof() for _ in range(runs)]
    start = Barrier(runs)

    def prove(number: int) -> bool:
        start.wait(timeout=30)
        return opening(workers[number % 2], challenge.visit_id, KIOSK, proofs[number])

    with ThreadPoolExecutor(runs) as pool:
        won = list(pool.map(prove, range(runs), timeout=60))
    found = load_open(workers[1], challenge.visit_id, KIOSK, NOW)
    assert found is not None
    return sum(won), found.subject in {proof.subject for proof, wins in zip(proofs, won, strict=True) if wins}


def test_of_sixteen_proofs_at_once_on_two_workers_one_opens_the_visit(workers: tuple[Engine, Engine]) -> None:
    assert race(workers, open_visit) == (1, True)


def test_the_race_catches_a_store_that_looks_first_and_opens_later(workers: tuple[Engine, Engine]) -> None:
    meeting = Barrier(16)

    def look_then_open(engine: Engine, visit_id: VisitId, kiosk_id: str, proof: Proof) -> bool:
        if load_challenge(engine, visit_id, kiosk_id, NOW) is None:
            return False
        meeting.wait(timeout=30)
        with writing(engine) as connection:
            connection.execute(
                update(visit)
                .where(visit.c.visit_id == visit_id)
                .values(
                    state="open",
                    subject=proof.subject,
                    resident_id=proof.resident_id,
                    hpke_public_key=proof.hpke_public_key,
                    issuer_key_id=proof.issuer_key_id,
                    serial_hash=proof.serial_hash,
                    opened_at=proof.opened_at,
                    expires_at=proof.expires_at,
                )
            )
        return True

    assert race(workers, look_then_open)[0] == 16


def test_a_repr_shows_neither_person_nor_key(engine: Engine, challenge: Challenge) -> None:
    proof = make_proof()
    open_visit(engine, challenge.visit_id, KIOSK, proof)
    found = load_open(engine, challenge.visit_id, KIOSK, NOW)
    shown = repr(challenge) + repr(proof) + repr(found)
    for secret in (
        proof.subject,
        proof.resident_id,
        proof.serial_hash,
        repr(challenge.nonce),
        repr(proof.issuer_key_id),
    ):
        assert secret not in shown
