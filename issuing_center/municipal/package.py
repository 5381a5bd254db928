"""The rules of one municipality as values: what a settings package says once it was found to be right.

Values only. How a package is written and what makes it wrong is known to `parsing`, who may sign one to `signature`.
"""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, timezone
from enum import Enum

JST = timezone(timedelta(hours=9), "JST")
"""One zone and no summer time since 1951, so a fixed offset is exact."""


class FormVariant(Enum):
    """The two standard forms of the 住民票の写し."""

    RENKISHIKI = "renkishiki"
    """世帯連記式: up to four persons a sheet."""
    KOJINHYO = "kojinhyo"
    """個人票: one person a sheet."""


class Day(Enum):
    """A day as opening hours know it: a holiday is none of the seven, on whichever of them it falls."""

    MON = "mon"
    TUE = "tue"
    WED = "wed"
    THU = "thu"
    FRI = "fri"
    SAT = "sat"
    SUN = "sun"
    HOLIDAY = "holiday"


WEEK = tuple(day for day in Day if day is not Day.HOLIDAY)
"""The days by `date.weekday()`."""


@dataclass(frozen=True, slots=True)
class Period:
    """Days on which something is valid, both ends included, by the calendar of Japan."""

    first: date
    last: date | None
    """None: until further notice."""

    def covers(self, on: date) -> bool:
        """Tell whether a day belongs to the period."""
        return self.first <= on and (self.last is None or on <= self.last)

    def overlaps(self, other: "Period") -> bool:
        """Tell whether there is a day that belongs to both."""
        return (self.last is None or other.first <= self.last) and (other.last is None or self.first <= other.last)


@dataclass(frozen=True, slots=True)
class IssuerName:
    """The municipality by its public names."""

    code: str
    """全国地方公共団体コード, 6 digits."""
    prefecture: str
    name_ja: str
    name_kana: str
    name_en: str


@dataclass(frozen=True, slots=True)
class Mayor:
    """Who certifies during a period."""

    period: Period
    title: str
    """The certifying officer's title as printed: 市長, or 市長職務代理者 and the like."""
    name: str


@dataclass(frozen=True, slots=True)
class SealUse:
    """Which 公印 stands on certificates during a period."""

    period: Period
    file: str
    """Name of the drawing in the package's folder."""
    sha256: str
    """Digest of that file; by it the signature covers the drawing too."""
    colour: str
    """black or red."""


@dataclass(frozen=True, slots=True)
class Fee:
    """What one copy costs during a period."""

    period: Period
    fee_yen: int


@dataclass(frozen=True, slots=True)
class TaxYears:
    """Which 年度 can be had of a tax certificate."""

    count: int
    """How many, the newest among them."""
    changeover: tuple[int, int]
    """Month and day from which the calendar year's own 年度 is the newest; in June as a rule."""

    def on(self, day: date) -> tuple[int, ...]:
        """Give the 年度 offered on a day, newest first."""
        newest = day.year if (day.month, day.day) >= self.changeover else day.year - 1
        return tuple(range(newest, newest - self.count, -1))


@dataclass(frozen=True, slots=True)
class OpenSpan:
    """A span of the clock on some days, by the wall clock of Japan."""

    days: frozenset[Day]
    opens: time
    closes: time
    """Already closed at this minute."""


@dataclass(frozen=True, slots=True)
class KindRules:
    """One certificate as a municipality offers it."""

    kind: str
    scopes: tuple[str, ...]
    items: tuple[str, ...]
    """Entries a resident may ask for; an entry that is not named is not offered here."""
    copies_limit: int
    form: FormVariant | None
    """None for every certificate that has one form only."""
    tax_years: TaxYears | None
    """None for all but tax certificates."""
    fees: tuple[Fee, ...]
    """Not offered on a day that no period covers."""
    campaigns: tuple[Fee, ...]
    """Go before `fees` while they last."""
    hours: tuple[OpenSpan, ...]


@dataclass(frozen=True, slots=True)
class Maintenance:
    """No certificate from the first instant until just before the second."""

    closed_from: datetime
    closed_until: datetime
    kinds: frozenset[str] | None
    """None: all. Taking applications for 利用登録 is a word of its own beside the certificates."""

    def concerns(self, kind: str) -> bool:
        """Tell whether a certificate is among those that rest."""
        return self.kinds is None or kind in self.kinds


@dataclass(frozen=True, slots=True)
class Site:
    """A building whose doors close earlier than the service."""

    name: str
    kiosks: frozenset[str]
    """Device ids."""
    hours: tuple[OpenSpan, ...]


@dataclass(frozen=True, slots=True)
class CounterOffice:
    """An office with counter terminals: its own hours, its paper, and what its clerks may decide."""

    office_id: str
    """Short name of small letters, digits and hyphens; stays the same when the office's name changes."""
    name: str
    terminals: frozenset[str]
    """Device ids."""
    waiting_place: str
    """Where residents wait, as printed on the 受付票."""
    security_tray: str
    """Tray with the 改ざん防止用紙, by its IPP `media-source` keyword."""
    plain_tray: str
    hours: tuple[OpenSpan, ...]
    """In place of the national window and of the hours of each certificate."""
    exemptions: tuple[str, ...] = ()
    """Reasons for which no fee is taken (公用, 減免), as clerks choose them."""
    ask_card_attributes: bool = False
    """Whether the four attributes are read from the card's 券面事項入力補助AP as well."""


@dataclass(frozen=True, slots=True)
class SettingsPackage:
    """One version of all rules of one municipality."""

    version: int
    valid_from: date
    """First day; in force until a higher version's first day has come."""
    name: IssuerName
    mayors: tuple[Mayor, ...]
    seals: tuple[SealUse, ...]
    year_end: frozenset[tuple[int, int]]
    """Month and day of every day closed at the turn of the year."""
    local_holidays: frozenset[date]
    """Days that count as holidays here, such as a founding day."""
    maintenance: tuple[Maintenance, ...]
    sites: tuple[Site, ...]
    kinds: tuple[KindRules, ...]
    offices: tuple[CounterOffice, ...] = ()
    """Offices with counter terminals; empty where there are none."""
    application_hours: tuple[OpenSpan, ...] = ()
    """When an application for 利用登録 is taken; empty where no certificate of a 戸籍 is offered, and so never."""

    def office_of(self, terminal: str) -> CounterOffice | None:
        """Find the office that a counter terminal stands in; None when it stands in none of this municipality."""
        return next((office for office in self.offices if terminal in office.terminals), None)

    def rules(self, kind: str) -> KindRules | None:
        """Find the rules of one certificate; None when it is not offered."""
        return next((rules for rules in self.kinds if rules.kind == kind), None)

    def mayor(self, on: date) -> Mayor | None:
        """Find who certifies on a day; None when nobody is on record for it, and nothing may be issued (INV-19)."""
        return next((mayor for mayor in self.mayors if mayor.period.covers(on)), None)

    def seal(self, on: date) -> SealUse | None:
        """Find the seal of a day; None when there is none, and nothing may be issued (INV-19)."""
        return next((seal for seal in self.seals if seal.period.covers(on)), None)
