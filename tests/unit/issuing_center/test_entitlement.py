"""What may be chosen of each kind, and that an order is held against the very same."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from typing import cast

import msgspec
import pytest

from issuing_center import wire
from issuing_center.availability import JST
from issuing_center.eligibility import Household
from issuing_center.entitlement import NOT_OFFERED, Chosen, Denied, Entitled, Residents, choose, entitlement
from issuing_center.municipal.package import FormVariant, SettingsPackage, TaxYears
from issuing_center.problems import No
from issuing_center.register.holdings import (
    AbolishedSeal,
    Fuhyo,
    Koseki,
    KosekiInProcessing,
    OwnFuhyo,
    OwnKoseki,
    Risai,
    SealRegistration,
    TaxRecord,
    UndeclaredYear,
)
from issuing_center.register.port import RegisterSnapshot
from issuing_center.register.records import (
    MunicipalityName,
    MunicipalitySettings,
    OfferSettings,
    RecordStop,
    Resident,
    ResidentId,
    SealDrawing,
    StopKind,
    StopLevel,
    StopSignal,
)
from issuing_center.wire import Closed, ItemName, Kind, Scope
from tests.unit.issuing_center.compose.papers import FOREIGN, FUHYO, KOSEKI, RESIDENT, SEAL, TAX
from tests.unit.issuing_center.compose.test_risai import damage

TODAY = date(2026, 11, 20)
TAICHI = replace(RESIDENT, resident_id=ResidentId("3" * 32), name="𠮷田　太一", is_head=True)
SCOPES = {
    Kind.JUMINHYO: ("self", "household", "some"),
    Kind.KISAIJIKO: ("self", "household", "some"),
    Kind.KOSEKI_ZENBU: ("all",),
    Kind.KOSEKI_KOJIN: ("self", "some"),
    Kind.FUHYO: ("all", "self", "some"),
}
ITEMS = {
    Kind.JUMINHYO: ("head_and_relation", "domicile", "my_number", "foreign_status"),
    Kind.FUHYO: ("domicile", "overseas_election"),
}
TAX_KINDS = (Kind.KAZEI, Kind.SHOTOKU, Kind.NOZEI)


@dataclass
class Holdings:
    """A register that holds what a test says."""

    seal_held: object = SEAL
    tax_held: dict[int, object] = field(default_factory=lambda: {2026: TAX, 2025: replace(TAX, year=2025)})
    koseki_held: object = field(default_factory=lambda: OwnKoseki(KOSEKI, "hanako"))
    fuhyo_held: object = field(default_factory=lambda: OwnFuhyo(FUHYO, "hanako"))
    risai_held: tuple[Risai, ...] = ()
    record_stops: tuple[RecordStop, ...] = ()

    def stops_of_record(self, kind: str, resident: ResidentId, at: datetime) -> tuple[RecordStop, ...]:
        assert kind in ("koseki", "fuhyo")
        assert resident == RESIDENT.resident_id
        assert at.tzinfo is not None
        return self.record_stops

    def seal(self, resident: ResidentId) -> object:
        assert resident == RESIDENT.resident_id
        return self.seal_held

    def tax(self, resident: ResidentId, year: int) -> object:
        assert resident == RESIDENT.resident_id
        return self.tax_held.get(year)

    def tax_years(self, resident: ResidentId) -> tuple[int, ...]:
        assert resident == RESIDENT.resident_id
        return tuple(
            sorted((year for year, held in self.tax_held.items() if isinstance(held, TaxRecord)), reverse=True)
        )

    def koseki(self, resident: ResidentId) -> object:
        assert resident == RESIDENT.resident_id
        return self.koseki_held

    def fuhyo(self, resident: ResidentId) -> object:
        assert resident == RESIDENT.resident_id
        return self.fuhyo_held

    def risai(self, resident: ResidentId) -> tuple[Risai, ...]:
        assert resident == RESIDENT.resident_id
        return self.risai_held


@dataclass
class Rules:
    """As much of a settings package as is asked for here."""

    tax_years: TaxYears | None

    def rules(self, _kind: str) -> "Rules":
        return self


def settings(*kinds: Kind, years: tuple[int, ...] = (2026, 2025)) -> MunicipalitySettings:
    offers = tuple(
        OfferSettings(
            kind=kind.value,
            fee_yen=200,
            copies_limit=5,
            scopes=SCOPES.get(kind, ("self",)),
            items=ITEMS.get(kind, ()),
            hours=(),
            closed=(),
            form=FormVariant.RENKISHIKI if kind is Kind.JUMINHYO else None,
            years=years if kind in TAX_KINDS else (),
        )
        for kind in kinds
    )
    return MunicipalitySettings(
        MunicipalityName("990019", "見本県", "汐見野市", "しおみのし", "Shiomino City"),
        "市長",
        "架空",
        offers,
        SealDrawing("0" * 64, "black", b""),
        cast("SettingsPackage", Rules(TaxYears(len(years), (6, 10)))),
        "0" * 64,
    )


def at_noon(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, 12, tzinfo=JST)


HOUSEHOLD = Household(RESIDENT, (TAICHI, RESIDENT), ())


def told(
    kind: Kind,
    holdings: Holdings | None = None,
    household: Household = HOUSEHOLD,
    today: date = TODAY,
    years: tuple[int, ...] = (2026, 2025),
) -> Entitled | Denied | None:
    snapshot = cast("RegisterSnapshot", holdings or Holdings())
    return entitlement(snapshot, settings(kind, years=years), kind, household, at_noon(today))


def may(kind: Kind, holdings: Holdings | None = None, household: Household = HOUSEHOLD) -> Entitled:
    found = told(kind, holdings, household)
    assert isinstance(found, Entitled)
    return found


def order(kind: Kind, scope: Scope = Scope.SELF, **more: object) -> wire.OrderRequest:
    plain = wire.OrderRequest(kind=kind, scope=scope, members=[], items=[], copies=1, fee_yen=200)
    return msgspec.structs.replace(plain, **more)


def chosen(entitled: Entitled, wanted: wire.OrderRequest, household: Household = HOUSEHOLD) -> Chosen | Denied:
    return choose(entitled, wanted, household, lambda key: f"ref-{key}")


def stopped(kind: StopKind, *kinds: str, who: Resident = RESIDENT) -> Household:
    since = datetime(2026, 1, 1, tzinfo=UTC)
    stop = StopSignal(kind, StopLevel.RESIDENT, who.resident_id, since, frozenset(kinds) or None)
    return replace(HOUSEHOLD, stops=(stop,))


# --- what may be chosen


@pytest.mark.parametrize("kind", list(Kind))
def test_what_the_municipality_does_not_offer_is_nothing(kind: Kind) -> None:
    other = Kind.RISAI if kind is not Kind.RISAI else Kind.INKAN
    assert entitlement(cast("RegisterSnapshot", Holdings()), settings(other), kind, HOUSEHOLD, at_noon(TODAY)) is None


def test_a_household_may_be_chosen_from_and_somebody_alone_is_not_asked() -> None:
    found = may(Kind.JUMINHYO)
    assert found.scopes == (Scope.SELF, Scope.HOUSEHOLD, Scope.SOME)
    assert [(person.name, person.applicant) for person in found.persons] == [
        ("𠮷田　太一", False),
        ("𠮷田　花子", True),
    ]
    alone = may(Kind.JUMINHYO, household=Household(RESIDENT, (RESIDENT,), ()))
    assert alone.scopes == (Scope.SELF, Scope.HOUSEHOLD)


def test_items_are_those_that_anybody_of_the_household_has() -> None:
    assert set(may(Kind.JUMINHYO).items) == {ItemName.HEAD_AND_RELATION, ItemName.DOMICILE, ItemName.MY_NUMBER}
    maria = replace(RESIDENT, foreign=FOREIGN)
    foreign = may(Kind.JUMINHYO, household=Household(maria, (maria,), ()))
    assert ItemName.DOMICILE not in foreign.items
    assert ItemName.FOREIGN_STATUS in foreign.items


@pytest.mark.parametrize("held", [None, AbolishedSeal(date(2026, 1, 5))], ids=["never", "abolished"])
def test_without_a_seal_in_force_there_is_no_record(held: object) -> None:
    assert told(Kind.INKAN, Holdings(seal_held=held)) == Denied(Closed.NO_RECORD, No.NO_SEAL)


def test_an_abolition_that_runs_ahead_of_the_record_says_the_same() -> None:
    household = stopped(StopKind.SEAL_ABOLISHED, "inkan")
    assert told(Kind.INKAN, household=household) == Denied(Closed.NO_RECORD, No.NO_SEAL)
    assert isinstance(told(Kind.JUMINHYO, household=household), Entitled)


@pytest.mark.parametrize("kind", TAX_KINDS)
def test_years_are_those_offered_that_have_data(kind: Kind) -> None:
    assert may(kind).years == (2026, 2025)
    older = Holdings(tax_held={2026: UndeclaredYear(2026), 2025: replace(TAX, year=2025), 2019: TAX})
    assert may(kind, older).years == (2025,)


@pytest.mark.parametrize("held", [{}, {2026: UndeclaredYear(2026)}, {2020: TAX}], ids=["none", "undeclared", "old"])
@pytest.mark.parametrize("kind", TAX_KINDS)
def test_without_tax_data_there_is_no_record(kind: Kind, held: dict[int, object]) -> None:
    assert told(kind, Holdings(tax_held=held)) == Denied(Closed.NO_RECORD, No.NO_TAX_RECORD)


def test_a_year_without_payments_has_no_certificate_of_payment() -> None:
    held = Holdings(tax_held={2026: replace(TAX, payments=())})
    assert told(Kind.NOZEI, held) == Denied(Closed.NO_RECORD, No.NO_TAX_RECORD)
    assert may(Kind.KAZEI, held).years == (2026,)


@pytest.mark.parametrize(
    ("today", "held", "closed"),
    [
        (date(2026, 6, 10), None, Closed.CHANGEOVER),
        (date(2026, 6, 30), None, Closed.CHANGEOVER),
        (date(2026, 7, 1), None, Closed.NO_RECORD),
        (date(2026, 6, 10), UndeclaredYear(2026), Closed.NO_RECORD),
    ],
)
def test_in_the_month_of_the_changeover_data_that_are_not_in_yet_are_called_so(
    today: date, held: object, closed: Closed
) -> None:
    holdings = Holdings(tax_held={2026: held, 2025: replace(TAX, year=2025)})
    assert told(Kind.KAZEI, holdings, today=today, years=(2026,)) == Denied(closed, No.NO_TAX_RECORD)


@pytest.mark.parametrize("kind", [Kind.KOSEKI_ZENBU, Kind.KOSEKI_KOJIN, Kind.FUHYO])
def test_whose_family_register_is_elsewhere_is_told_to_register(kind: Kind) -> None:
    nothing = Holdings(koseki_held=None, fuhyo_held=None)
    assert told(kind, nothing) == Denied(Closed.NOT_REGISTERED, No.NOT_REGISTERED)


@pytest.mark.parametrize("kind", [Kind.KOSEKI_ZENBU, Kind.KOSEKI_KOJIN])
def test_a_family_register_in_processing_is_a_private_reason(kind: Kind) -> None:
    found = told(kind, Holdings(koseki_held=KosekiInProcessing()))
    assert found == Denied(Closed.COUNTER_ONLY, No.COUNTER_ONLY, "koseki_pending")


def test_scopes_of_a_family_register_and_who_may_be_named() -> None:
    assert may(Kind.KOSEKI_ZENBU).scopes == (Scope.WHOLE,)
    kojin = may(Kind.KOSEKI_KOJIN)
    assert kojin.scopes == (Scope.SELF, Scope.ONE, Scope.SOME)
    # Who left the register is on the whole of it, and not to be asked for alone.
    assert [(person.name, person.applicant) for person in kojin.persons] == [
        ("𠮷田　太一", False),
        ("𠮷田　花子", True),
    ]
    fuhyo = may(Kind.FUHYO)
    assert fuhyo.scopes == (Scope.WHOLE, Scope.SELF)
    assert fuhyo.items == (ItemName.DOMICILE, ItemName.OVERSEAS_VOTING)


def test_a_fuhyo_tells_nobody_elses_address_while_somebody_of_the_household_is_protected() -> None:
    assert may(Kind.FUHYO, household=stopped(StopKind.PROTECTED, who=TAICHI)).scopes == (Scope.SELF,)


def test_damage_is_the_latest_survey_and_nothing_without_one() -> None:
    from issuing_center.register.holdings import DamageDegree

    new, old = damage(DamageDegree.HALF), damage(DamageDegree.PARTIAL)
    assert may(Kind.RISAI, Holdings(risai_held=(new, old))).record is new
    assert told(Kind.RISAI) == Denied(Closed.NO_RECORD, No.NOT_OFFERED)


@pytest.mark.parametrize("stop", [kind for kind in StopKind if kind is not StopKind.SEAL_ABOLISHED])
@pytest.mark.parametrize("kind", list(Kind))
def test_every_private_reason_is_one_word_for_every_kind(kind: Kind, stop: StopKind) -> None:
    found = told(kind, household=stopped(stop))
    assert found == Denied(Closed.COUNTER_ONLY, No.COUNTER_ONLY, stop.value)
    other = "risai" if kind is not Kind.RISAI else "inkan"
    assert not isinstance(told(kind, household=stopped(stop, other)), Denied) or kind is Kind.RISAI


# --- what an order shows


def test_an_order_shows_those_whom_its_scope_names_and_nobody_else() -> None:
    entitled = may(Kind.JUMINHYO)
    for wanted, names, whole in (
        (order(Kind.JUMINHYO), ["𠮷田　花子"], False),
        (order(Kind.JUMINHYO, Scope.HOUSEHOLD), ["𠮷田　太一", "𠮷田　花子"], True),
        (order(Kind.JUMINHYO, Scope.SOME, members=[f"ref-{TAICHI.resident_id}"]), ["𠮷田　太一"], False),
    ):
        found = chosen(entitled, wanted)
        assert isinstance(found, Chosen)
        assert isinstance(found.contents, Residents)
        assert [person.name for person in found.contents.persons] == names
        assert found.whole is whole


@pytest.mark.parametrize(
    ("scope", "members", "keys"),
    [
        (Scope.SELF, [], ["hanako"]),
        (Scope.ONE, ["ref-taichi"], ["taichi"]),
        (Scope.SOME, ["ref-hanako", "ref-taichi"], ["taichi", "hanako"]),
    ],
)
def test_an_extract_of_a_family_register_shows_those_named_in_its_order(
    scope: Scope, members: list[str], keys: list[str]
) -> None:
    found = chosen(may(Kind.KOSEKI_KOJIN), order(Kind.KOSEKI_KOJIN, scope, members=members))
    assert isinstance(found, Chosen)
    assert isinstance(found.contents, Koseki)
    assert [person.key for person in found.contents.persons] == keys
    assert not found.whole


def test_the_whole_of_a_family_register_shows_those_who_left() -> None:
    for kind in (Kind.KOSEKI_ZENBU, Kind.FUHYO):
        found = chosen(may(kind), order(kind, Scope.WHOLE))
        assert isinstance(found, Chosen)
        assert isinstance(found.contents, Koseki | Fuhyo)
        assert found.contents.persons[-1].removed
        assert found.whole


def test_a_year_is_that_years_record() -> None:
    found = chosen(may(Kind.KAZEI), order(Kind.KAZEI, year=2025))
    assert isinstance(found, Chosen)
    assert isinstance(found.contents, TaxRecord)
    assert found.contents.year == 2025


def test_a_seal_is_the_seal() -> None:
    found = chosen(may(Kind.INKAN), order(Kind.INKAN))
    assert isinstance(found, Chosen)
    assert isinstance(found.contents, SealRegistration)


WRONG: list[tuple[str, Kind, Callable[[], wire.OrderRequest]]] = [
    ("a scope not offered", Kind.KOSEKI_ZENBU, lambda: order(Kind.KOSEKI_ZENBU)),
    ("nobody named", Kind.JUMINHYO, lambda: order(Kind.JUMINHYO, Scope.SOME)),
    ("nobody named as the one", Kind.KOSEKI_KOJIN, lambda: order(Kind.KOSEKI_KOJIN, Scope.ONE)),
    (
        "two named as the one",
        Kind.KOSEKI_KOJIN,
        lambda: order(Kind.KOSEKI_KOJIN, Scope.ONE, members=["ref-hanako", "ref-taichi"]),
    ),
    (
        "the same twice",
        Kind.KOSEKI_KOJIN,
        lambda: order(Kind.KOSEKI_KOJIN, Scope.SOME, members=["ref-hanako", "ref-hanako"]),
    ),
    ("somebody who left", Kind.KOSEKI_KOJIN, lambda: order(Kind.KOSEKI_KOJIN, Scope.ONE, members=["ref-riku"])),
    ("a stranger", Kind.KOSEKI_KOJIN, lambda: order(Kind.KOSEKI_KOJIN, Scope.ONE, members=["ref-other"])),
    ("somebody named for oneself", Kind.KOSEKI_KOJIN, lambda: order(Kind.KOSEKI_KOJIN, members=["ref-hanako"])),
    ("somebody named for a seal", Kind.INKAN, lambda: order(Kind.INKAN, members=["ref-hanako"])),
    ("an item not offered", Kind.FUHYO, lambda: order(Kind.FUHYO, Scope.WHOLE, items=[ItemName.MY_NUMBER])),
    ("an item twice", Kind.FUHYO, lambda: order(Kind.FUHYO, Scope.WHOLE, items=[ItemName.DOMICILE] * 2)),
    ("no year", Kind.KAZEI, lambda: order(Kind.KAZEI)),
    ("a year without data", Kind.KAZEI, lambda: order(Kind.KAZEI, year=2024)),
    ("a year of what has none", Kind.INKAN, lambda: order(Kind.INKAN, year=2026)),
]


@pytest.mark.parametrize(("kind", "wanted"), [case[1:] for case in WRONG], ids=[case[0] for case in WRONG])
def test_what_the_menu_does_not_have_cannot_be_ordered(kind: Kind, wanted: Callable[[], wire.OrderRequest]) -> None:
    assert chosen(may(kind), wanted()) is NOT_OFFERED


def test_a_member_under_protection_stops_the_copies_that_show_them() -> None:
    household = stopped(StopKind.PROTECTED, who=TAICHI)
    entitled = may(Kind.JUMINHYO, household=household)
    assert isinstance(chosen(entitled, order(Kind.JUMINHYO), household), Chosen)
    refused = Denied(Closed.COUNTER_ONLY, No.COUNTER_ONLY, "protected")
    assert chosen(entitled, order(Kind.JUMINHYO, Scope.HOUSEHOLD), household) == refused
    some = order(Kind.JUMINHYO, Scope.SOME, members=[f"ref-{TAICHI.resident_id}"])
    assert chosen(entitled, some, household) == refused
