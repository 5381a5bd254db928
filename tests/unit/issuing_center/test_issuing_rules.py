"""What an order is held to at its own instant: eligibility, hours, fee and freshness, live on one version of the register."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime, time, timedelta

import msgspec
import pytest

from issuing_center import wire
from issuing_center.availability import JST
from issuing_center.ledger import store as ledger
from issuing_center.municipal.hours import NATIONAL_YEAR_END
from issuing_center.problems import No, Refusal
from issuing_center.register.loading import resident_id_of
from issuing_center.register.records import StopKind
from issuing_center.register.updates import changing
from issuing_center.sandbox.center import SHIOMINO
from tests.support.center import (
    ORDER_REQUEST,
    Center,
    Decreed,
    Visit,
    new_key,
    with_fee,
)
from tests.support.orders import incidents, order_at, refusal_of, rows

# --- eligibility, live


@pytest.mark.parametrize("kind", list(StopKind))
def test_a_stop_that_comes_after_the_menu_stops_the_order(center: Center, kind: StopKind) -> None:
    visit = center.visit()
    with changing(center.engine, SHIOMINO, as_of=center.clock.at) as change:
        change.stop_resident(resident_id_of(SHIOMINO, "hanako"), kind, center.clock.at)
    answer = order_at(center, visit)
    assert isinstance(answer, Refusal)
    assert answer.no is No.COUNTER_ONLY
    assert answer.reference is not None
    found = ledger.find_refusal(center.engine, answer.reference)
    assert found is not None
    assert (found.reason, found.visit_id) == (kind.value, visit.id)
    assert rows(center) == 0


def test_a_stop_on_a_member_stops_the_copies_that_show_that_member(center: Center) -> None:
    visit = center.visit()
    with changing(center.engine, SHIOMINO, as_of=center.clock.at) as change:
        change.stop_resident(resident_id_of(SHIOMINO, "sora"), StopKind.PROTECTED, center.clock.at)
    refs = {member.name: member.ref for member in visit.household}
    sora = next(ref for name, ref in refs.items() if "そら" in name)
    taichi = next(ref for name, ref in refs.items() if "太一" in name)

    def of(scope: wire.Scope, *members: str) -> wire.OrderAnswer | Refusal:
        return order_at(center, visit, msgspec.structs.replace(ORDER_REQUEST, scope=scope, members=list(members)))

    assert refusal_of(of(wire.Scope.HOUSEHOLD)) is No.COUNTER_ONLY
    assert refusal_of(of(wire.Scope.SOME, sora)) is No.COUNTER_ONLY
    assert isinstance(of(wire.Scope.SOME, taichi), wire.OrderAnswer)
    assert isinstance(of(wire.Scope.SELF), wire.OrderAnswer)


def test_a_resident_removed_after_the_menu_gets_nothing(center: Center) -> None:
    visit = center.visit()
    with changing(center.engine, SHIOMINO, as_of=center.clock.at) as change:
        change.remove_resident(resident_id_of(SHIOMINO, "hanako"), on=center.clock.at.date())
    assert refusal_of(order_at(center, visit)) is No.COUNTER_ONLY


@pytest.mark.parametrize(
    "change",
    [
        {"copies": 6},
        {"items": [wire.ItemName.DOMICILE, wire.ItemName.DOMICILE]},
        {"items": [wire.ItemName.FOREIGN_STATUS]},
        {"scope": wire.Scope.SOME},
        {"members": ["0" * 32]},
        {"scope": wire.Scope.SOME, "members": ["0" * 32]},
    ],
    ids=str,
)
def test_a_choice_that_the_menu_does_not_have_is_refused(shared_center: Center, change: dict[str, object]) -> None:
    visit = shared_center.visit()
    assert (
        refusal_of(order_at(shared_center, visit, msgspec.structs.replace(ORDER_REQUEST, **change))) is No.NOT_OFFERED
    )


def test_a_members_handle_of_another_visit_is_refused(shared_center: Center) -> None:
    first, second = shared_center.visit(), shared_center.visit()
    some = msgspec.structs.replace(ORDER_REQUEST, scope=wire.Scope.SOME, members=[first.household[0].ref])
    assert isinstance(order_at(shared_center, first, some), wire.OrderAnswer)
    assert refusal_of(order_at(shared_center, second, some)) is No.NOT_OFFERED
    twice = msgspec.structs.replace(some, members=[first.household[0].ref] * 2)
    assert refusal_of(order_at(shared_center, first, twice)) is No.NOT_OFFERED


@pytest.mark.expect_log("issuing_center")
@pytest.mark.parametrize(("late", "issued"), [(0, True), (1, False)])
def test_a_feed_that_falls_behind_after_the_menu_stops_the_order(center: Center, late: int, issued: bool) -> None:
    limits = replace(center.service.limits, register_age=timedelta(minutes=5))
    strict, visit = center.altered(limits=limits), center.visit()
    center.clock.advance(timedelta(minutes=5, microseconds=late))
    answer = order_at(strict, visit)
    assert isinstance(answer, wire.OrderAnswer) is issued
    if issued:
        strict = center.altered(limits=replace(limits, register_age=timedelta(0)))
        answer = order_at(strict, visit)
    assert refusal_of(answer) is No.STOPPED


# --- hours and fees


@contextmanager
def open_until(center: Center, closing: datetime) -> Iterator[Visit]:
    """Open a visit a minute before an instant and stand at that instant."""
    center.clock.at = closing - timedelta(minutes=1)
    visit = center.visit()
    center.clock.at = closing
    yield visit


def next_closing(center: Center) -> datetime:
    """Give eleven at night of some day to come that is no holiday of the service."""
    closing = datetime.combine(center.clock.at.astimezone(JST).date() + timedelta(days=1), time(23), JST)
    while (closing.month, closing.day) in NATIONAL_YEAR_END:
        closing += timedelta(days=1)
    return closing


def test_a_visit_that_reaches_closing_time_ends_before_the_order(center: Center) -> None:
    strict, closing = center.altered(enforce_hours=True), next_closing(center)
    with open_until(strict, closing) as visit:
        assert refusal_of(order_at(strict, visit)) is No.CLOSED
        center.clock.at = closing - timedelta(microseconds=1)
        assert isinstance(order_at(strict, visit), wire.OrderAnswer)


def test_an_order_repeated_after_closing_time_gets_what_it_got_before(center: Center) -> None:
    strict, closing, key = center.altered(enforce_hours=True), next_closing(center), new_key()
    with open_until(strict, closing - timedelta(seconds=1)) as visit:
        answer = order_at(strict, visit, key=key)
        assert isinstance(answer, wire.OrderAnswer)
        center.clock.at = closing
        assert order_at(strict, visit, key=key) == answer


def test_the_fee_is_the_one_of_the_day_the_visit_was_opened(center: Center) -> None:
    midnight = datetime.combine(center.clock.at.astimezone(JST).date() + timedelta(days=1), time(0), JST)
    dearer = Decreed(
        center.service.register, lambda rules, on: with_fee(rules, 250) if on >= midnight.date() else rules
    )
    raised = center.altered(register=dearer)
    with open_until(raised, midnight) as visit:
        assert visit.menu.offers[0].fee_yen == 200
        assert isinstance(order_at(raised, visit), wire.OrderAnswer)
        assert (
            refusal_of(order_at(raised, visit, msgspec.structs.replace(ORDER_REQUEST, fee_yen=250))) is No.FEE_CHANGED
        )
        assert raised.visit().menu.offers[0].fee_yen == 250


def test_a_municipality_without_mayor_or_seal_issues_nothing(center: Center) -> None:
    visit = center.visit()
    nobody = center.altered(register=Decreed(center.service.register, lambda _rules, _on: None))
    assert refusal_of(order_at(nobody, visit)) is No.STOPPED


@pytest.mark.expect_log("issuing_center", "ERROR")
def test_a_seal_that_nobody_owns_stands_on_specimens_only(center: Center) -> None:
    visit = center.visit()
    assert refusal_of(order_at(center.altered(specimen=False), visit)) is No.STOPPED
    assert incidents(center) == ["seal"]
    assert rows(center) == 0


@pytest.mark.expect_log("issuing_center", "ERROR")
def test_a_seal_that_is_no_drawing_stops_the_municipality(center: Center) -> None:
    visit = center.visit()
    spoilt = Decreed(
        center.service.register, lambda rules, _on: replace(rules, seal=replace(rules.seal, content=b"path = 1"))
    )
    assert refusal_of(order_at(center.altered(register=spoilt), visit)) is No.STOPPED
    assert incidents(center) == ["seal"]


def test_what_the_municipality_offers_no_more_is_refused(center: Center) -> None:
    visit = center.visit()
    less = Decreed(center.service.register, lambda rules, _on: replace(rules, offers=()))
    assert refusal_of(order_at(center.altered(register=less), visit)) is No.NOT_OFFERED


@pytest.mark.expect_log("issuing_center", "ERROR")
def test_a_register_that_contradicts_itself_issues_nothing(center: Center) -> None:
    visit = center.visit()
    with changing(center.engine, SHIOMINO, as_of=center.clock.at) as change:
        change.change_resident(resident_id_of(SHIOMINO, "hanako"), {"is_head": True})
    with center.client() as client:
        headers = {"Content-Type": wire.JSON_TYPE, wire.IDEMPOTENCY_HEADER: new_key()}
        answer = client.post(f"/v1/visits/{visit.id}/orders", content=wire.encode(ORDER_REQUEST), headers=headers)
    assert (answer.status_code, answer.json()["code"]) == (503, "REFUSED-05")
