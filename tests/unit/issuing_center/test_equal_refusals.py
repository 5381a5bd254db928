"""Private reasons are alike from outside: the same code, the same form, and the same work behind the answer.

Whoever holds a stopwatch beside a kiosk must not learn which reason it was. Times are measured by script/bench.d/refusals.py; here
the statements are compared, which are the same or are not.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

import msgspec
from sqlalchemy import Engine, event, update

from issuing_center import wire
from issuing_center.database import writing
from issuing_center.ledger import store as ledger
from issuing_center.problems import No, Refusal, problem
from issuing_center.register.loading import resident_id_of
from issuing_center.register.records import StopKind
from issuing_center.register.tables import record
from issuing_center.register.updates import changing
from issuing_center.sandbox.center import SHIOMINO
from issuing_center.visits.protocol import prove
from kiosk.adapters.center.sealing import VisitKey
from tests.support.center import Center
from tests.support.private_reasons import REASONS, put_on
from tests.support.proofs import KIOSK, challenged, proof_of, reason_of


@contextmanager
def statements(engine: Engine) -> Iterator[list[str]]:
    """Collect the statements sent to the database during the block, with their places for values and without any value."""
    seen: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        seen.append(statement)

    event.listen(engine, "before_cursor_execute", note)
    try:
        yield seen
    finally:
        event.remove(engine, "before_cursor_execute", note)


def refused(center: Center, reason: str) -> tuple[list[str], Refusal]:
    with put_on(center, reason):
        challenge = challenged(center)
        proof = proof_of(center, challenge)
        with statements(center.engine) as seen:
            answer = prove(center.service, KIOSK, challenge.visit, proof)
    assert isinstance(answer, Refusal)
    assert answer.no is No.COUNTER_ONLY
    return seen, answer


def test_every_private_reason_takes_the_same_statements_and_gets_the_same_answer(center: Center) -> None:
    first, likewise = refused(center, REASONS[0])
    assert len(first) > 5
    for reason in REASONS:
        seen, answer = refused(center, reason)
        assert reason_of(center, answer) == reason
        assert seen == first, reason
        plain, told = problem(likewise), problem(answer)
        assert msgspec.structs.replace(told, reference=plain.reference) == plain
        assert len(wire.encode(told)) == len(wire.encode(plain))


def test_the_comparison_notices_a_reason_that_asks_the_register_once_more(center: Center) -> None:
    first, _ = refused(center, "protected")
    with statements(center.engine) as seen:
        refused(center, "protected")
        with center.service.register.snapshot(SHIOMINO) as snapshot:
            snapshot.stops(resident_id_of(SHIOMINO, "hanako"), center.clock.at)
    assert len([each for each in seen if "stop_signal" in each]) > len(
        [each for each in first if "stop_signal" in each]
    )


KOSEKI = (wire.Kind.KOSEKI_ZENBU, wire.Kind.KOSEKI_KOJIN)


def menu_of(center: Center) -> tuple[dict[wire.Kind, wire.OfferInfo], list[str]]:
    """Open a visit; gives its offers, and the statements behind them."""
    challenge, key = challenged(center), VisitKey()
    proof = proof_of(center, challenge, key=key.public_bytes)
    with statements(center.engine) as seen:
        answer = prove(center.service, KIOSK, challenge.visit, proof)
    assert isinstance(answer, wire.VisitAnswer), answer
    opened = key.open(answer.sealed_menu, wire.menu_binding(challenge.visit, answer.subject))
    return {offer.kind: offer for offer in wire.decode(opened, wire.MenuPayload).offers}, seen


@contextmanager
def koseki_pending_by_signal(center: Center) -> Iterator[None]:
    since, kinds = center.clock.at - timedelta(days=1), [kind.value for kind in KOSEKI]
    with changing(center.engine, SHIOMINO, as_of=center.clock.at) as change:
        who = resident_id_of(SHIOMINO, "hanako")
        stop = change.stop_resident(who, StopKind.KOSEKI_PENDING, since, kinds)
    yield
    with changing(center.engine, SHIOMINO, as_of=center.clock.at) as change:
        change.lift_stop(stop, center.clock.at - timedelta(seconds=1))


@contextmanager
def koseki_pending_by_record(center: Center) -> Iterator[None]:
    of_koseki = record.c.kind == "koseki"
    with writing(center.engine) as connection:
        connection.execute(update(record).where(of_koseki).values(in_processing=True))
    yield
    with writing(center.engine) as connection:
        connection.execute(update(record).where(of_koseki).values(in_processing=False))


def test_a_kind_that_is_greyed_for_a_private_reason_has_a_reference_for_staff(center: Center) -> None:
    with koseki_pending_by_signal(center):
        offers, _ = menu_of(center)
    references = {kind: offers[kind].reference for kind in offers}
    assert {kind for kind, reference in references.items() if reference is not None} == set(KOSEKI)
    assert references[KOSEKI[0]] != references[KOSEKI[1]]
    for kind in KOSEKI:
        assert offers[kind].closed is wire.Closed.COUNTER_ONLY
        found = ledger.find_refusal(center.engine, references[kind] or "")
        assert found is not None
        assert (found.reason, found.kiosk_id) == ("koseki_pending", KIOSK.device_id)


def test_outside_the_hours_no_reference_tells_that_there_is_a_reason_beside_them(center: Center) -> None:
    night = center.clock.at.replace(hour=18, minute=0)  # 3 o'clock in Japan
    center.clock.at = night + timedelta(days=1)
    asleep = center.altered(enforce_hours=True)
    with koseki_pending_by_signal(center):
        offers, _ = menu_of(asleep)
    assert {(offers[kind].closed, offers[kind].reference) for kind in KOSEKI} == {(wire.Closed.HOURS, None)}


def test_a_reason_in_the_record_takes_the_same_statements_as_a_signal_ahead_of_it(center: Center) -> None:
    with koseki_pending_by_signal(center):
        signalled, first = menu_of(center)
    with koseki_pending_by_record(center):
        recorded, second = menu_of(center)
    assert first == second
    assert [(offer.closed, offer.scopes, offer.reference is None) for offer in signalled.values()] == [
        (offer.closed, offer.scopes, offer.reference is None) for offer in recorded.values()
    ]
