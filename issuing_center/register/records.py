"""What the register says of a municipality and its residents, as values.

Everything personal is kept out of reprs, so that a record in a log line or a traceback says nothing. Names are stored
and given as they came, code point by code point: normalising would change them.
"""

from dataclasses import dataclass, field
from datetime import date, datetime, time
from enum import Enum
from typing import NewType

from issuing_center.municipal.package import FormVariant, SettingsPackage

ResidentId = NewType("ResidentId", str)
"""Random handle of a resident, 32 hexadecimal digits; means nothing outside the register."""

HouseholdId = NewType("HouseholdId", str)
"""Random handle of a household, 32 hexadecimal digits."""


class Sex(Enum):
    """性別 as the register writes it."""

    MALE = "male"
    FEMALE = "female"


class DatePrecision(Enum):
    """How much of a birth date is known; the rest is 不詳."""

    DAY = "day"
    MONTH = "month"
    YEAR = "year"
    UNKNOWN = "unknown"


class StopKind(Enum):
    """Why nothing may be issued; private reasons among them, so none of them goes to a screen."""

    PROTECTED = "protected"
    """支援措置"""
    LEAVING = "leaving"
    """転出予定"""
    NOTIFIED_TODAY = "notified_today"
    """届出当日、異動処理中"""
    GAIJI = "gaiji"
    """外字登録中"""
    STOPPED = "stopped"
    """交付停止"""
    REMOVED = "removed"
    """職権消除ほか"""
    DIED = "died"
    """死亡"""
    SEAL_ABOLISHED = "seal_abolished"
    """印鑑登録の廃止・抹消, ahead of the record itself"""
    KOSEKI_PENDING = "koseki_pending"
    """戸籍の届出処理中, ahead of the record itself"""


class StopLevel(Enum):
    """Whom a stop signal concerns."""

    RESIDENT = "resident"
    HOUSEHOLD = "household"
    MUNICIPALITY = "municipality"
    RECORD = "record"
    """A person of a 戸籍 or 附票, wherever they live; met in `stops_of_record` only."""


@dataclass(frozen=True, slots=True)
class MunicipalityName:
    """An issuing municipality as residents choose it; all of it public."""

    code: str
    """全国地方公共団体コード, 6 digits."""
    prefecture: str
    name_ja: str
    name_kana: str
    """Reading in hiragana; orders the list."""
    name_en: str


@dataclass(frozen=True, slots=True)
class OpeningWindow:
    """One span of a weekday in which a certificate can be had, by the wall clock of Japan."""

    weekday: int
    """0 is Monday."""
    opens: time
    closes: time
    """Already closed at this minute."""


@dataclass(frozen=True, slots=True)
class ClosedInterval:
    """A maintenance or a holiday: no certificate from the first instant until just before the second."""

    closed_from: datetime
    closed_until: datetime


@dataclass(frozen=True, slots=True)
class OfferSettings:
    """One certificate as a municipality offers it on a given day."""

    kind: str
    fee_yen: int
    copies_limit: int
    scopes: tuple[str, ...]
    items: tuple[str, ...]
    """Entries a resident may ask for; an entry that is not named is not offered here."""
    hours: tuple[OpeningWindow, ...]
    """The municipal windows of a week without holidays, but for the day asked for: its weekday has the windows of that very
    day, holiday or not. The national window and those of buildings are not in here; `municipal.hours` knows them all."""
    closed: tuple[ClosedInterval, ...]
    form: FormVariant | None = None
    """Which of the two forms of a 住民票の写し; None for every other certificate."""
    years: tuple[int, ...] = ()
    """年度 that can be had of a tax certificate on that day, newest first; empty for every other certificate."""


@dataclass(frozen=True, slots=True)
class SealDrawing:
    """The 公印 of a day, as the municipality delivered it."""

    sha256: str
    colour: str
    """black or red."""
    content: bytes = field(repr=False)
    """The file; `paper.seal` reads it."""


@dataclass(frozen=True, slots=True)
class MunicipalitySettings:
    """Everything a certificate needs of its issuer, valid on the day asked for (INV-19)."""

    name: MunicipalityName
    mayor_title: str
    mayor_name: str
    offers: tuple[OfferSettings, ...]
    seal: SealDrawing
    rules: SettingsPackage = field(repr=False)
    """The whole package in force on that day, for `municipal.hours.available` and `municipal.fees.fee_at`."""
    rules_sha256: str
    """Digest of the package: two centers that show the same one have the same rules."""

    def offer(self, kind: str) -> OfferSettings | None:
        """Find the offer of one certificate; None when this municipality does not offer it on that day."""
        return next((offer for offer in self.offers if offer.kind == kind), None)


@dataclass(frozen=True, slots=True)
class Furigana:
    """氏名の振り仮名 by its two parts, each with whether it is publicly certified (公証) and may be printed."""

    surname: str | None = field(repr=False)
    surname_notarised: bool
    given: str | None = field(repr=False)
    given_notarised: bool


@dataclass(frozen=True, slots=True)
class FormerSurname:
    """旧氏 and its reading; the reading is None when it was not declared."""

    surname: str = field(repr=False)
    reading: str | None = field(repr=False)


@dataclass(frozen=True, slots=True)
class ForeignStatus:
    """What the record of a foreign resident has beyond that of a Japanese national (住民基本台帳法 第30条の45)."""

    nationality: str = field(repr=False)
    """国籍・地域"""
    category: str = field(repr=False)
    """第30条の45に規定する区分"""
    residence_status: str | None = field(repr=False)
    """在留資格; None where the category has none, as for 特別永住者."""
    residence_period: str | None = field(repr=False)
    """在留期間"""
    residence_expires_on: date | None = field(repr=False)
    """在留期間の満了の日"""
    card_number: str | None = field(repr=False)
    """在留カード等の番号"""
    became_foreign_resident_on: date = field(repr=False)
    """外国人住民となった年月日"""
    kanji_name: str | None = field(repr=False)
    """漢字併記名"""
    kana_name: str | None = field(repr=False)
    """カタカナ併記名"""
    alias: str | None = field(repr=False)
    """通称"""
    alias_recorded_on: date | None = field(repr=False)
    """通称を記載した年月日"""
    alias_recorded_in: str | None = field(repr=False)
    """通称を記載した市区町村"""


@dataclass(frozen=True, slots=True)
class Resident:
    """One person's resident record, complete; the household's address and head are copied in."""

    resident_id: ResidentId = field(repr=False)
    household_id: HouseholdId = field(repr=False)
    municipality_code: str
    address: str = field(repr=False)
    """住所, with prefecture and municipality."""
    head_name: str = field(repr=False)
    """世帯主の氏名"""
    name: str = field(repr=False)
    """氏名; surname and given name parted by U+3000, Latin names by U+0020."""
    furigana: Furigana
    former_surname: FormerSurname | None
    birth_date: date = field(repr=False)
    """Parts beyond the precision are 1 and mean nothing."""
    birth_precision: DatePrecision
    sex: Sex = field(repr=False)
    relation: str = field(repr=False)
    """続柄 as it is printed."""
    is_head: bool = field(repr=False)
    domicile: str | None = field(repr=False)
    """本籍; None for foreign residents."""
    family_head: str | None = field(repr=False)
    """筆頭者; None for foreign residents."""
    my_number: str | None = field(repr=False)
    """個人番号, 12 digits; None where none was given yet."""
    became_resident_on: date = field(repr=False)
    """住民となった年月日"""
    address_since: date | None = field(repr=False)
    """住所を定めた年月日; None when never moved within the municipality, printed 【空欄】."""
    notified_on: date | None = field(repr=False)
    """届出日"""
    previous_address: str | None = field(repr=False)
    """転入前住所: the last one outside the municipality; None when none is kept."""
    foreign: ForeignStatus | None
    """None for Japanese nationals."""


@dataclass(frozen=True, slots=True)
class StopSignal:
    """A reason not to issue, in force."""

    kind: StopKind = field(repr=False)
    level: StopLevel
    resident_id: ResidentId | None = field(repr=False)
    """Whom it concerns; None unless the level is RESIDENT."""
    since: datetime = field(repr=False)
    kinds: frozenset[str] | None = None
    """Certificates that it stops; None: all."""

    def concerns(self, certificate_kind: str) -> bool:
        """Tell whether a certificate is among those that are stopped."""
        return self.kinds is None or certificate_kind in self.kinds


@dataclass(frozen=True, slots=True)
class RecordStop:
    """A stop signal in force that touches somebody of a 戸籍 or 附票."""

    signal: StopSignal
    person_key: str | None = field(repr=False)
    """Whom of the record it touches; None: everybody."""


@dataclass(frozen=True, slots=True)
class CertificateLink:
    """Which resident an authentication certificate belongs to."""

    issuer_key_id: bytes = field(repr=False)
    """Key identifier of the generation of the CA; the generations share one name."""
    serial: int = field(repr=False)
    resident_id: ResidentId = field(repr=False)
