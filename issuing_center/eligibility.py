"""Who may be served, and the reasons against it that are nobody's business: decided live on one snapshot.

Every reason here is private. A kiosk learns one neutral code for all of them; the reason itself goes to the ledger under a
random reference that staff can decode.
"""

from calendar import monthrange
from dataclasses import dataclass, field
from datetime import date, datetime

from issuing_center.availability import JST
from issuing_center.register.port import RegisterSnapshot
from issuing_center.register.records import DatePrecision, Resident, ResidentId, StopKind, StopLevel, StopSignal

MINIMUM_AGE = 15
"""Years; younger holders are served at the counter (rule of the national service)."""

_STOPS_THE_HOUSEHOLD = frozenset({StopKind.LEAVING, StopKind.NOTIFIED_TODAY})
"""Signals of one member that concern everybody's resident record, because the household itself is changing."""
_OF_THE_HOUSEHOLD = frozenset({"juminhyo", "kisaijiko"})
"""Certificates of the resident record; what else a member may have does not change with another's moving."""


@dataclass(frozen=True, slots=True)
class Household:
    """The applicant and everybody whose entries could be asked for."""

    applicant: Resident
    members: tuple[Resident, ...]
    """All living members, head first, the applicant among them."""
    stops: tuple[StopSignal, ...]

    @property
    def resident_id(self) -> ResidentId:
        """The applicant's."""
        return self.applicant.resident_id


@dataclass(frozen=True, slots=True)
class Holder:
    """Somebody who lives elsewhere and is registered here for the 戸籍 they stand in (利用登録)."""

    resident_id: ResidentId = field(repr=False)
    """The handle of `find_registered`: good for that 戸籍 and its 附票, and nothing else."""


Applicant = Household | Holder


def household_of(snapshot: RegisterSnapshot, resident: ResidentId, now: datetime) -> Household | str:
    """Read the applicant's household, or give the private reason why this person cannot be served at all.

    The register is asked the same whatever the reason: the time an answer takes must not tell one from another.
    """
    members, stops = snapshot.household(resident), snapshot.stops(resident, now)
    applicant = next((member for member in members if member.resident_id == resident), None)
    if applicant is None:
        return "removed"
    reason = age_refusal(_born_at_the_latest(applicant), now)
    if reason is not None:
        return reason
    return Household(applicant, members, stops)


def refusal_for(household: Household, shown: frozenset[ResidentId], kind: str | None = None) -> str | None:
    """Give the private reason against a copy of a kind that shows these persons; None when it may be issued.

    Without a kind, only what stops every certificate counts.
    """
    concerned = shown | {household.applicant.resident_id}
    for stop in household.stops:
        if stop.kinds is not None and (kind is None or not stop.concerns(kind)):
            continue
        everybody = stop.kind in _STOPS_THE_HOUSEHOLD and kind in _OF_THE_HOUSEHOLD
        if stop.level is not StopLevel.RESIDENT or everybody or stop.resident_id in concerned:
            return stop.kind.value
    return None


def age_refusal(born: date | None, now: datetime) -> str | None:
    """Give the private reason against serving somebody born on this day at the latest; None when there is none."""
    if born is None:
        return "age_unknown"
    return "under_age" if _age(born, now.astimezone(JST).date()) < MINIMUM_AGE else None


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
