"""Changes of the register: whole, numbered, and stopped at a gap."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from threading import Barrier

import pytest
from sqlalchemy import Engine, select, update
from sqlalchemy.exc import IntegrityError

from issuing_center.database import reading, writing
from issuing_center.municipal.vocabulary import KINDS
from issuing_center.register import tables
from issuing_center.register.loading import household_id_of, resident_id_of
from issuing_center.register.port import InconsistentRegisterError, UnknownMunicipalityError
from issuing_center.register.records import HouseholdId, ResidentId, StopKind, StopLevel
from issuing_center.register.sql import SqlRegister
from issuing_center.register.updates import (
    CERTIFICATES_OF,
    Feed,
    FeedGapError,
    RegisterChange,
    UnknownResidentError,
    changing,
)
from tests.support.registers import AS_OF, ISSUER_KEY_ID, SHIOMINO, load

HANAKO = resident_id_of(SHIOMINO, "hanako")
TODAY = date(2026, 11, 20)


def version(register: SqlRegister) -> int:
    with register.snapshot(SHIOMINO) as snapshot:
        return snapshot.version


def test_a_change_that_fails_changes_nothing(register: SqlRegister) -> None:
    before = version(register)

    def half(change: RegisterChange) -> None:
        change.move_household(household_id_of(SHIOMINO, "yoshida"), "見本県汐見野市松風町9番地")
        change.remove_resident(ResidentId("0" * 32), TODAY)

    with pytest.raises(UnknownResidentError), changing(register.engine, SHIOMINO, as_of=AS_OF) as change:
        half(change)
    with register.snapshot(SHIOMINO) as snapshot:
        assert snapshot.version == before
        hanako = snapshot.applicant(HANAKO)
    assert hanako is not None
    assert hanako.address == "見本県汐見野市みなと通一丁目2番3号"


@pytest.mark.parametrize(
    "act",
    [
        lambda change: change.move_household(HouseholdId("0" * 32), "x"),
        lambda change: change.lift_stop("0" * 32, AS_OF),
        lambda change: change.unlink(ISSUER_KEY_ID, 999),
        lambda change: change.change_resident(ResidentId("0" * 32), {"name": "x"}),
    ],
)
def test_a_change_of_what_is_not_there_is_an_error(
    register: SqlRegister, act: Callable[[RegisterChange], None]
) -> None:
    with pytest.raises(UnknownResidentError), changing(register.engine, SHIOMINO, as_of=AS_OF) as change:
        act(change)


def test_a_change_needs_a_municipality(engine: Engine) -> None:
    with pytest.raises(UnknownMunicipalityError), changing(engine, SHIOMINO, as_of=AS_OF):
        pass


def test_the_feed_never_grows_younger_by_an_older_message(register: SqlRegister) -> None:
    with changing(register.engine, SHIOMINO, as_of=AS_OF - timedelta(days=1)):
        pass
    with register.snapshot(SHIOMINO) as snapshot:
        assert snapshot.as_of == AS_OF


def test_messages_in_their_order_are_taken(register: SqlRegister) -> None:
    for sequence in (1, 2, 3):
        with changing(register.engine, SHIOMINO, as_of=AS_OF, sequence=sequence):
            pass
    with register.snapshot(SHIOMINO) as snapshot:
        assert snapshot.stops(HANAKO, AS_OF) == ()


@pytest.mark.parametrize("sequence", [0, 1, 3])
def test_a_missing_or_repeated_message_stops_the_municipality(register: SqlRegister, sequence: int) -> None:
    with changing(register.engine, SHIOMINO, as_of=AS_OF, sequence=1):
        pass
    reached = False
    with pytest.raises(FeedGapError), changing(register.engine, SHIOMINO, as_of=AS_OF, sequence=sequence):
        reached = True
    assert not reached
    with register.snapshot(SHIOMINO) as snapshot:
        (stop,) = snapshot.stops(HANAKO, AS_OF)
    assert (stop.kind, stop.level) == (StopKind.STOPPED, StopLevel.MUNICIPALITY)


def test_after_a_gap_the_feed_waits_for_an_operator_and_is_stopped_once(register: SqlRegister) -> None:
    for _ in range(3):
        with pytest.raises(FeedGapError), changing(register.engine, SHIOMINO, as_of=AS_OF, sequence=5):
            pass
    with reading(register.engine) as connection:
        (stop_id,) = connection.execute(
            select(tables.stop_signal.c.stop_id).where(tables.stop_signal.c.level == "municipality")
        ).scalars()
    with changing(register.engine, SHIOMINO, as_of=AS_OF) as change:
        change.resume_feed(5)
        change.lift_stop(stop_id, at=AS_OF)
    with changing(register.engine, SHIOMINO, as_of=AS_OF, sequence=6):
        pass
    with register.snapshot(SHIOMINO) as snapshot:
        assert snapshot.stops(HANAKO, AS_OF) == ()


def test_changes_at_once_on_two_workers_have_each_their_own_version(workers: tuple[Engine, Engine]) -> None:
    load(workers[0])
    start = Barrier(8)

    def one(number: int) -> int:
        start.wait(timeout=30)
        with changing(workers[number % 2], SHIOMINO, as_of=AS_OF) as change:
            return change.version

    with ThreadPoolExecutor(8) as pool:
        versions = sorted(pool.map(one, range(8), timeout=60))
    assert versions == list(range(versions[0], versions[0] + 8))
    assert version(SqlRegister(workers[1])) == versions[-1]


def test_a_household_without_a_head_or_with_two_is_an_error(register: SqlRegister) -> None:
    with writing(register.engine) as connection:
        connection.execute(update(tables.resident).where(tables.resident.c.resident_id == HANAKO).values(is_head=True))
    with register.snapshot(SHIOMINO) as snapshot, pytest.raises(InconsistentRegisterError):
        snapshot.household(HANAKO)
    with changing(register.engine, SHIOMINO, as_of=AS_OF) as change:
        change.change_resident(HANAKO, {"is_head": False})
        change.remove_resident(resident_id_of(SHIOMINO, "taichi"), TODAY)
    with register.snapshot(SHIOMINO) as snapshot, pytest.raises(InconsistentRegisterError):
        snapshot.applicant(HANAKO)


def test_a_gap_in_one_feed_stops_its_certificates_and_no_others(register: SqlRegister) -> None:
    for sequence in (1, 2):
        with changing(register.engine, SHIOMINO, as_of=AS_OF, sequence=sequence, feed=Feed.SEALS):
            pass
    with changing(register.engine, SHIOMINO, as_of=AS_OF, sequence=1, feed=Feed.TAXES):
        pass
    for _ in range(2):
        with pytest.raises(FeedGapError), changing(register.engine, SHIOMINO, as_of=AS_OF, sequence=4, feed=Feed.SEALS):
            pass
    with register.snapshot(SHIOMINO) as snapshot:
        (stop,) = snapshot.stops(HANAKO, AS_OF)
    assert (stop.kind, stop.level, stop.kinds) == (StopKind.STOPPED, StopLevel.MUNICIPALITY, frozenset({"inkan"}))
    with changing(register.engine, SHIOMINO, as_of=AS_OF) as change:
        change.resume_feed(4, Feed.SEALS)
    with changing(register.engine, SHIOMINO, as_of=AS_OF, sequence=5, feed=Feed.SEALS):
        pass


def test_every_certificate_that_has_a_feed_of_its_own_is_one_that_packages_know() -> None:
    assert {kind for kinds in CERTIFICATES_OF.values() for kind in kinds} <= KINDS.keys()
    assert set(CERTIFICATES_OF) == set(Feed) - {Feed.RESIDENTS}


def test_a_certificate_is_as_old_as_the_oldest_feed_behind_it(register: SqlRegister) -> None:
    later, earlier = AS_OF + timedelta(minutes=5), AS_OF - timedelta(minutes=5)
    for feed, as_of in ((Feed.SEALS, earlier), (Feed.TAXES, later)):
        with changing(register.engine, SHIOMINO, as_of=as_of, sequence=1, feed=feed):
            pass
    with register.snapshot(SHIOMINO) as snapshot:
        assert snapshot.as_of == AS_OF
        ages = [snapshot.complete_until(kind) for kind in ("inkan", "kazei", "juminhyo", "koseki-zenbu")]
    assert ages == [earlier, AS_OF, AS_OF, AS_OF]


@pytest.mark.parametrize("kinds", [[], [""]])
def test_a_stop_signal_for_no_certificate_is_an_error(register: SqlRegister, kinds: list[str]) -> None:
    with pytest.raises(ValueError, match="stops nothing"), changing(register.engine, SHIOMINO, as_of=AS_OF) as change:
        change.stop_municipality(StopKind.STOPPED, AS_OF, kinds)


def test_a_value_for_no_column_is_an_error(register: SqlRegister) -> None:
    with (
        pytest.raises(ValueError, match="household: a value for no column"),
        changing(register.engine, SHIOMINO, as_of=AS_OF) as change,
    ):
        change.put(tables.household, [{"household_id": "x", "adress": "y"}])


def test_a_foreign_record_with_half_its_items_is_refused(register: SqlRegister) -> None:
    with pytest.raises(IntegrityError), changing(register.engine, SHIOMINO, as_of=AS_OF) as change:
        change.change_resident(HANAKO, {"nationality": "架空国"})


def test_a_stop_of_nobody_is_refused(register: SqlRegister) -> None:
    with pytest.raises(IntegrityError), changing(register.engine, SHIOMINO, as_of=AS_OF) as change:
        change.stop_resident(ResidentId("0" * 32), StopKind.DIED, since=AS_OF)
