"""Who may have what: the refusal matrix for a 住民票の写し, decided live on one snapshot.

Every reason here is private. A kiosk learns one neutral code for all of them; the reason itself goes to the ledger under a
random reference that staff can decode.
"""

from calendar import monthrange
from dataclasses import dataclass
from datetime import date, datetime

from issuing_center.availability import JST
from issuing_center.register.port import RegisterSnapshot
from issuing_center.register.records import DatePrecision, Resident, ResidentId, StopKind, StopLevel, StopSignal

MINIMUM_AGE = 15
"""Years; younger holders are served at the counter (rule of the national service)."""

_STOPS_THE_HOUSEHOLD = frozenset({StopKind.LEAVING, StopKind.NOTIFIED_TODAY})
"""Signals of one member that concern everybody's record, because the household itself is changing."""


@dataclass(frozen=True, slots=True)
class Household:
    """The applicant and everybody whose entries could be asked for."""

    applicant: Resident
    members: tuple[Resident, ...]
    """All living members, head first, the applicant among them."""
    stops: tuple[StopSignal, ...]


def household_of(snapshot: RegisterSnapshot, resident: ResidentId, now: datetime) -> Household | str:
    """Read the applicant's household, or give the private reason why this person cannot be served at all."""
    applicant = snapshot.applicant(resident)
    if applicant is None:
        return "removed"
    household = Household(applicant, snapshot.household(resident), snapshot.stops(resident, now))
    if applicant.resident_id not in {member.resident_id for member in household.members}:
        return "removed"
    born = _born_at_the_latest(applicant)
    if born is None:
        return "age_unknown"
    if _age(born, now.astimezone(JST).date()) < MINIMUM_AGE:
        return "under_age"
    return household


def refusal_for(household: Household, shown: frozenset[ResidentId]) -> str | None:
    """Give the private reason against a copy that shows these persons; None when it may be issued."""
    concerned = shown | {household.applicant.resident_id}
    for stop in household.stops:
        if stop.level is not StopLevel.RESIDENT or stop.kind in _STOPS_THE_HOUSEHOLD or stop.resident_id in concerned:
            return stop.kind.value
    return None


def _born_at_the_latest(resident: Resident) -> date | None:
    """Read an incomplete birth date as the youngest person it could be; None when nothing of it is known."""
    born = resident.birth_date
    match resident.birth_precision:
        case DatePrecision.DAY:
            return born
        case DatePrecision.MONTH:
            return born.replace(day=monthrange(born.year, born.month)[1])
        case DatePrecision.YEAR:
            return date(born.year, 12, 31)
        case DatePrecision.UNKNOWN:
            return None


def _age(born: date, today: date) -> int:
    # 年齢計算ニ関スル法律: a year of age is complete with the day before the birthday; asking on the birthday itself
    # is the stricter reading and never serves a child a day early.
    return today.year - born.year - ((today.month, today.day) < (born.month, born.day))
