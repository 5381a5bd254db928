"""What a resident may have of each certificate, decided live on one snapshot: at menu time, and again at the order.

One function a kind reads the record and gives either what may be chosen, or why there is nothing. A menu shows the choices,
an order is held against the very same; what an order chose comes out as `Contents`, of which a sheet can be composed.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import assert_never

from issuing_center import wire
from issuing_center.availability import JST
from issuing_center.eligibility import Applicant, Holder, Household, age_refusal, refusal_for
from issuing_center.municipal.package import FormVariant
from issuing_center.problems import No
from issuing_center.register.holdings import (
    AbolishedSeal,
    DateOrWords,
    Fuhyo,
    Koseki,
    KosekiInProcessing,
    Risai,
    SealRegistration,
    TaxRecord,
)
from issuing_center.register.port import RegisterSnapshot
from issuing_center.register.records import (
    MunicipalitySettings,
    OfferSettings,
    RecordStop,
    Resident,
    ResidentId,
    StopKind,
)
from issuing_center.wire import Closed, ItemName, Kind, Scope


@dataclass(frozen=True, slots=True)
class Residents:
    """Resident records, and the form they are printed in."""

    persons: tuple[Resident, ...] = field(repr=False)
    """In the register's order; never empty."""
    form: FormVariant | None


@dataclass(frozen=True, slots=True)
class TaxYears:
    """Tax data by 年度, those only that may be chosen."""

    records: Mapping[int, TaxRecord] = field(repr=False)


Record = Residents | SealRegistration | TaxYears | Koseki | Fuhyo | Risai
"""What the register holds, whole."""
Contents = Residents | SealRegistration | TaxRecord | Koseki | Fuhyo | Risai
"""What one order shows of it: the persons asked for, the year asked for, and nobody and nothing else."""


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody whom a scope may name."""

    key: str = field(repr=False)
    """The resident, or the person's key within the family register; never leaves the center."""
    name: str = field(repr=False)
    applicant: bool


@dataclass(frozen=True, slots=True)
class Entitled:
    """What may be chosen, and the record it is chosen from."""

    scopes: tuple[Scope, ...]
    items: tuple[ItemName, ...]
    record: Record
    years: tuple[int, ...] = ()
    """Newest first; empty where the kind has none."""
    persons: tuple[Person, ...] = ()
    """Empty where no scope names any."""


@dataclass(frozen=True, slots=True)
class Denied:
    """Why there is nothing to choose: what a menu says, and what an order is told."""

    closed: Closed
    no: No
    reason: str | None = field(default=None, repr=False)
    """The private reason for staff; None where the two words say all."""


NOT_OFFERED = Denied(Closed.COUNTER_ONLY, No.NOT_OFFERED)
"""The order is for something that the menu does not have."""


@dataclass(frozen=True, slots=True)
class Chosen:
    """What an order shows."""

    contents: Contents
    whole: bool
    """Whether everybody was asked for as such; chooses the certifying sentence."""


def entitlement(
    snapshot: RegisterSnapshot, settings: MunicipalitySettings, kind: Kind, applicant: Applicant, now: datetime
) -> Entitled | Denied | None:
    """Say what the applicant may have of a kind at an instant; None when the municipality does not offer it to them."""
    offer = settings.offer(kind.value)
    if offer is None:
        return None
    if isinstance(applicant, Holder):
        return _family(snapshot, kind, offer, applicant, now)
    # The record is read before it is refused: a stop signal takes as long as a reason that lies in the record itself.
    found = _found(snapshot, settings, offer, kind, applicant, now)
    reason = refusal_for(applicant, frozenset(), kind.value)
    return found if reason is None else _denied_for(reason, kind)


def _found(
    snapshot: RegisterSnapshot,
    settings: MunicipalitySettings,
    offer: OfferSettings,
    kind: Kind,
    household: Household,
    now: datetime,
) -> Entitled | Denied | None:
    match kind:
        case Kind.JUMINHYO | Kind.KISAIJIKO:
            return _residents(offer, household)
        case Kind.INKAN:
            return _seal(snapshot, household)
        case Kind.KAZEI | Kind.SHOTOKU | Kind.NOZEI:
            return _tax(snapshot, settings, offer, household, now.astimezone(JST).date())
        case Kind.KOSEKI_ZENBU | Kind.KOSEKI_KOJIN | Kind.FUHYO:
            return _family(snapshot, kind, offer, household, now)
        case Kind.RISAI:
            return _risai(snapshot, household)
        case _:
            assert_never(kind)


def choose(
    entitled: Entitled, order: wire.OrderRequest, applicant: Applicant, ref: Callable[[str], str]
) -> Chosen | Denied:
    """Give what an order shows, or why not; `ref` writes a person's key as this visit's handle.

    Copies and fee are not looked at: they are the offer's business.
    """
    if (
        order.scope not in entitled.scopes
        or len(set(order.items)) != len(order.items)
        or not set(order.items) <= set(entitled.items)
        or (order.year is None) is not (not entitled.years)
    ):
        return NOT_OFFERED
    if order.year is not None and order.year not in entitled.years:
        return NOT_OFFERED
    keys = {ref(person.key): person.key for person in entitled.persons}
    named = set(order.members)
    fits = len(named) == 1 if order.scope is Scope.ONE else bool(named) is (order.scope is Scope.SOME)
    if not fits or len(named) != len(order.members) or not named <= keys.keys():
        return NOT_OFFERED
    shown = _shown(entitled, order.scope, frozenset(keys[member] for member in named))
    whole = order.scope in (Scope.HOUSEHOLD, Scope.WHOLE)
    record = entitled.record
    match record:
        case Residents(persons, form):
            assert isinstance(applicant, Household)
            asked = tuple(person for person in persons if whole or person.resident_id in shown)
            reason = refusal_for(applicant, frozenset(person.resident_id for person in asked), order.kind.value)
            return Chosen(Residents(asked, form), whole) if reason is None else _denied_for(reason, order.kind)
        case Koseki():
            family = tuple(person for person in record.persons if whole or person.key in shown)
            return Chosen(replace(record, persons=family), whole)
        case Fuhyo():
            lived = tuple(person for person in record.persons if whole or person.key in shown)
            return Chosen(replace(record, persons=lived), whole)
        case TaxYears(records):
            assert order.year is not None
            return Chosen(records[order.year], whole)
        case SealRegistration() | Risai():
            return Chosen(record, whole)
        case _:
            assert_never(record)


def _shown(entitled: Entitled, scope: Scope, named: frozenset[str]) -> frozenset[str]:
    return frozenset(person.key for person in entitled.persons if person.applicant) if scope is Scope.SELF else named


def _denied_for(reason: str, kind: Kind) -> Denied:
    """Every private reason is one to the outside; that there is no seal any more is the applicant's own knowledge."""
    if reason == StopKind.SEAL_ABOLISHED.value and kind is Kind.INKAN:
        return Denied(Closed.NO_RECORD, No.NO_SEAL)
    return Denied(Closed.COUNTER_ONLY, No.COUNTER_ONLY, reason)


def _residents(offer: OfferSettings, household: Household) -> Entitled:
    members = household.members
    alone = len(members) == 1
    return Entitled(
        # Somebody who lives alone is not asked whose entries are wanted.
        scopes=tuple(Scope(word) for word in offer.scopes if not (alone and word == Scope.SOME.value)),
        items=tuple(item for item in _items(offer) if _item_applies(item, members)),
        record=Residents(members, offer.form),
        persons=tuple(
            Person(member.resident_id, member.name, member.resident_id == household.applicant.resident_id)
            for member in members
        ),
    )


def _item_applies(item: ItemName, members: tuple[Resident, ...]) -> bool:
    """Tell whether anybody of the household has such an entry: 本籍 is of nationals, 在留資格 of foreign residents."""
    match item:
        case ItemName.DOMICILE:
            return any(member.foreign is None for member in members)
        case ItemName.FOREIGN_STATUS:
            return any(member.foreign is not None for member in members)
        case _:
            return True


def _seal(snapshot: RegisterSnapshot, household: Household) -> Entitled | Denied:
    registration = snapshot.seal(household.applicant.resident_id)
    match registration:
        case SealRegistration():
            return Entitled((Scope.SELF,), (), registration)
        case AbolishedSeal() | None:
            return Denied(Closed.NO_RECORD, No.NO_SEAL)


def _tax(
    snapshot: RegisterSnapshot, settings: MunicipalitySettings, offer: OfferSettings, household: Household, today: date
) -> Entitled | Denied:
    who = household.applicant.resident_id
    found = {year: snapshot.tax(who, year) for year in offer.years}
    records = {
        year: record for year, record in found.items() if isinstance(record, TaxRecord) and offer.kind in record.kinds
    }
    if records:
        return Entitled((Scope.SELF,), (), TaxYears(records), years=tuple(records))
    if _changing_over(snapshot, settings, offer, who, today):
        return Denied(Closed.CHANGEOVER, No.NO_TAX_RECORD)
    return Denied(Closed.NO_RECORD, No.NO_TAX_RECORD)


def _changing_over(
    snapshot: RegisterSnapshot, settings: MunicipalitySettings, offer: OfferSettings, who: ResidentId, today: date
) -> bool:
    """Tell whether the newest 年度 is offered already and its data are not in yet, in the month in which it begins."""
    rules = settings.rules.rules(offer.kind)
    if rules is None or rules.tax_years is None or today.month != rules.tax_years.changeover[0]:
        return False
    newest = max(offer.years)
    return snapshot.tax(who, newest) is None and newest - 1 in snapshot.tax_years(who)


def _family(
    snapshot: RegisterSnapshot, kind: Kind, offer: OfferSettings, applicant: Applicant, now: datetime
) -> Entitled | Denied | None:
    """Say what somebody may have of the 戸籍 and 附票 that they stand in, wherever they live."""
    match kind:
        case Kind.KOSEKI_ZENBU | Kind.KOSEKI_KOJIN:
            return _koseki(snapshot, kind, offer, applicant, now)
        case Kind.FUHYO:
            return _fuhyo(snapshot, offer, applicant, now)
        case _:
            return None


def _koseki(
    snapshot: RegisterSnapshot, kind: Kind, offer: OfferSettings, applicant: Applicant, now: datetime
) -> Entitled | Denied:
    who = applicant.resident_id
    own = snapshot.koseki(who)
    if own is None:
        return Denied(Closed.NOT_REGISTERED, No.NOT_REGISTERED)
    stops = [stop for stop in snapshot.stops_of_record("koseki", who, now) if stop.signal.concerns(kind.value)]
    # A 戸籍 has one state: what is being entered for one of its persons may change what is said of all.
    processing = any(stop.signal.kind is StopKind.KOSEKI_PENDING for stop in stops)
    if isinstance(own, KosekiInProcessing) or processing:
        return _denied_for(StopKind.KOSEKI_PENDING.value, kind)
    born = next(person.birth_date for person in own.koseki.persons if person.key == own.person_key)
    reason = _reason_against(applicant, own.person_key, born, stops, now)
    if reason is not None:
        return _denied_for(reason, kind)
    surname, space, _ = own.koseki.hittosha.partition("　")
    persons = tuple(
        Person(
            person.key, f"{surname}　{person.given_name}" if space else person.given_name, person.key == own.person_key
        )
        for person in own.koseki.persons
        if not person.removed
    )
    several = (Scope.ONE, Scope.SOME) if kind is Kind.KOSEKI_KOJIN else ()
    return _shielded(
        Entitled(_family_scopes(offer, persons, several), (), own.koseki, persons=persons), kind, own.person_key, stops
    )


def _fuhyo(snapshot: RegisterSnapshot, offer: OfferSettings, applicant: Applicant, now: datetime) -> Entitled | Denied:
    who = applicant.resident_id
    own = snapshot.fuhyo(who)
    if own is None:
        return Denied(Closed.NOT_REGISTERED, No.NOT_REGISTERED)
    stops = [stop for stop in snapshot.stops_of_record("fuhyo", who, now) if stop.signal.concerns(Kind.FUHYO.value)]
    born = next(person.birth_date for person in own.fuhyo.persons if person.key == own.person_key)
    reason = _reason_against(applicant, own.person_key, born, stops, now)
    if reason is not None:
        return _denied_for(reason, Kind.FUHYO)
    persons = tuple(
        Person(person.key, f"{person.surname}　{person.given_name}", person.key == own.person_key)
        for person in own.fuhyo.persons
        if not person.removed
    )
    entitled = Entitled(_family_scopes(offer, persons, (Scope.ONE,)), _items(offer), own.fuhyo, persons=persons)
    household = applicant.stops if isinstance(applicant, Household) else ()
    # Whoever lives with somebody protected has their address on the 附票, though they may not be on it themselves.
    if any(stop.kind is StopKind.PROTECTED for stop in household):
        return replace(entitled, scopes=_alone(entitled))
    return _shielded(entitled, Kind.FUHYO, own.person_key, stops)


def _reason_against(
    applicant: Applicant, person_key: str, born: DateOrWords | None, stops: list[RecordStop], now: datetime
) -> str | None:
    """Give the private reason against giving this person anything of the record; None when there is none."""
    for stop in stops:
        if stop.person_key in (None, person_key):
            return stop.signal.kind.value
    if isinstance(applicant, Household):
        return None  # asked already, of the resident record
    return age_refusal(None if born is None else born.on, now)


_SHIELDS = frozenset({StopKind.PROTECTED, StopKind.STOPPED, StopKind.GAIJI})
"""Signals of somebody else in the record because of whom the applicant is shown nobody but themselves."""


def _shielded(entitled: Entitled, kind: Kind, person_key: str, stops: list[RecordStop]) -> Entitled | Denied:
    """Leave the applicant their own entries while anybody else of the record is protected, wherever they live."""
    shield = next((stop for stop in stops if stop.person_key != person_key and stop.signal.kind in _SHIELDS), None)
    if shield is None:
        return entitled
    scopes = _alone(entitled)
    return replace(entitled, scopes=scopes) if scopes else _denied_for(shield.signal.kind.value, kind)


def _alone(entitled: Entitled) -> tuple[Scope, ...]:
    return tuple(scope for scope in entitled.scopes if scope is Scope.SELF)


def _risai(snapshot: RegisterSnapshot, household: Household) -> Entitled | Denied:
    damage = snapshot.risai(household.applicant.resident_id)
    if not damage:
        return Denied(Closed.NO_RECORD, No.NOT_OFFERED)
    # The latest: a survey that was repeated takes the place of the one before.
    return Entitled((Scope.SELF,), (), damage[0])


def _family_scopes(offer: OfferSettings, persons: tuple[Person, ...], several: tuple[Scope, ...]) -> tuple[Scope, ...]:
    """Give the scopes of a family register: the settings say `all`, `self` and `some`; one alone is not asked whom."""
    found: list[Scope] = []
    for word in offer.scopes:
        match word:
            case "all":
                found.append(Scope.WHOLE)
            case "self":
                found.append(Scope.SELF)
            case "some" if len(persons) > 1:
                found += several
            case _:
                pass
    return tuple(found)


def _items(offer: OfferSettings) -> tuple[ItemName, ...]:
    names = {"overseas_election": ItemName.OVERSEAS_VOTING}
    return tuple(names.get(word) or ItemName(word) for word in offer.items)
