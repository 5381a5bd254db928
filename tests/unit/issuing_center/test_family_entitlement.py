"""What may be chosen of a 戸籍 and its 附票: by whoever lives here, by a registered holder, and while somebody is protected."""

from dataclasses import replace
from datetime import UTC, date, datetime
from typing import cast

import pytest

from issuing_center.eligibility import Holder
from issuing_center.entitlement import Denied, Entitled, entitlement
from issuing_center.problems import No
from issuing_center.register.holdings import OwnFuhyo, OwnKoseki
from issuing_center.register.port import RegisterSnapshot
from issuing_center.register.records import RecordStop, StopKind, StopLevel, StopSignal
from issuing_center.wire import Closed, Kind, Scope
from tests.unit.issuing_center.compose.papers import FUHYO, KOSEKI, RESIDENT
from tests.unit.issuing_center.test_entitlement import TODAY, Holdings, at_noon, may, settings, told

ELSEWHERE = "例示県遠山町一丁目1番"


def with_brother(*stops: RecordStop) -> Holdings:
    """A 戸籍 and a 附票 in which somebody stands who lives elsewhere."""
    brother = replace(FUHYO.persons[1], key="ken", given_name="賢", removed=False)
    moved = replace(brother, addresses=(*brother.addresses, replace(brother.addresses[0], address=ELSEWHERE)))
    ken = replace(KOSEKI.persons[0], key="ken", given_name="賢", removed=False)
    return Holdings(
        fuhyo_held=OwnFuhyo(replace(FUHYO, persons=(FUHYO.persons[0], moved)), "hanako"),
        koseki_held=OwnKoseki(replace(KOSEKI, persons=(*KOSEKI.persons, ken)), "hanako"),
        record_stops=stops,
    )


def of_record(kind: StopKind, person: str | None, *kinds: str) -> RecordStop:
    since = datetime(2026, 1, 1, tzinfo=UTC)
    return RecordStop(StopSignal(kind, StopLevel.RECORD, None, since, frozenset(kinds) or None), person)


def test_a_fuhyo_tells_of_others_only_while_nobody_on_it_is_protected_wherever_they_live() -> None:
    assert may(Kind.FUHYO, with_brother()).scopes == (Scope.WHOLE, Scope.SELF, Scope.ONE)
    assert may(Kind.FUHYO, with_brother(of_record(StopKind.PROTECTED, "ken"))).scopes == (Scope.SELF,)
    elsewhere = of_record(StopKind.PROTECTED, "ken", "juminhyo")
    assert may(Kind.FUHYO, with_brother(elsewhere)).scopes == (Scope.WHOLE, Scope.SELF, Scope.ONE)


def test_a_koseki_shows_nobody_else_while_another_person_of_it_is_protected() -> None:
    protected = with_brother(of_record(StopKind.PROTECTED, "ken"))
    assert may(Kind.KOSEKI_KOJIN, protected).scopes == (Scope.SELF,)
    assert told(Kind.KOSEKI_ZENBU, protected) == Denied(Closed.COUNTER_ONLY, No.COUNTER_ONLY, "protected")


@pytest.mark.parametrize("whose", [None, "hanako"])
@pytest.mark.parametrize("kind", [Kind.KOSEKI_ZENBU, Kind.KOSEKI_KOJIN, Kind.FUHYO])
def test_a_stop_of_the_whole_record_or_of_oneself_in_it_stops_everything_of_it(kind: Kind, whose: str | None) -> None:
    found = told(kind, with_brother(of_record(StopKind.PROTECTED, whose)))
    assert found == Denied(Closed.COUNTER_ONLY, No.COUNTER_ONLY, "protected")


@pytest.mark.parametrize("kind", [Kind.KOSEKI_ZENBU, Kind.KOSEKI_KOJIN])
def test_a_notification_of_anybody_in_processing_stops_the_whole_koseki(kind: Kind) -> None:
    found = told(kind, with_brother(of_record(StopKind.KOSEKI_PENDING, "ken")))
    assert found == Denied(Closed.COUNTER_ONLY, No.COUNTER_ONLY, "koseki_pending")


def test_another_persons_moving_house_concerns_no_family_register() -> None:
    moving = with_brother(of_record(StopKind.LEAVING, "ken"))
    assert Scope.WHOLE in may(Kind.FUHYO, moving).scopes
    assert may(Kind.KOSEKI_ZENBU, moving).scopes == (Scope.WHOLE,)


HOLDER = Holder(RESIDENT.resident_id)


def test_a_registered_holder_has_what_the_family_registers_allow_and_nothing_else() -> None:
    for kind in Kind:
        found = entitlement(cast("RegisterSnapshot", Holdings()), settings(kind), kind, HOLDER, at_noon(TODAY))
        if kind in (Kind.KOSEKI_ZENBU, Kind.KOSEKI_KOJIN, Kind.FUHYO):
            assert isinstance(found, Entitled), kind
        else:
            assert found is None, kind


def test_a_registered_holder_who_is_too_young_is_refused_for_a_private_reason() -> None:
    day = replace(KOSEKI.persons[0].birth_date, on=date(2012, 1, 1), words=None)
    child = replace(KOSEKI, persons=tuple(replace(person, birth_date=day) for person in KOSEKI.persons))
    holdings = cast("RegisterSnapshot", Holdings(koseki_held=OwnKoseki(child, "hanako")))
    offered = settings(Kind.KOSEKI_ZENBU)
    found = entitlement(holdings, offered, Kind.KOSEKI_ZENBU, HOLDER, at_noon(TODAY))
    assert found == Denied(Closed.COUNTER_ONLY, No.COUNTER_ONLY, "under_age")
