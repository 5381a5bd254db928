"""What the register holds for every certificate but the resident record: seal, taxes, family register, damage.

Values as they came, repr off, nothing added up and nothing decided. Where a record exists but must not be certified, its
type has nothing to print: an abolished seal has no imprint, a family register in processing has no entries (INV-11).
"""

from dataclasses import dataclass, field
from datetime import date
from enum import Enum

from issuing_center.register.records import Sex

LEAST_IMPRINT_DPI = 400
"""Below this a carved hairline is lost, and with it what a bank compares."""
LARGEST_IMPRINT_MM = 30.0
"""Registrable seals fit a square of 8 to 25 mm; scans have some white around them."""
FOREST_TAX_FROM = 2024
"""First 年度 of the 森林環境税."""


@dataclass(frozen=True, slots=True)
class DateOrWords:
    """A date, or what the register says in its place; exactly one of the two."""

    on: date | None = field(default=None, repr=False)
    words: str | None = field(default=None, repr=False)
    """昭和二十年月日不詳, or any text where a line of the register may hold one."""

    def __post_init__(self) -> None:
        if (self.on is None) is (self.words is None) or self.words == "":
            raise ValueError("a date or words, one of the two")


@dataclass(frozen=True, slots=True)
class ImprintScan:
    """A scanned 印影: one bit a pixel, and how large it is on paper."""

    width_px: int
    height_px: int
    dpi: int
    """Pixels an inch; this and nothing else decides the printed size."""
    bits: bytes = field(repr=False)
    """Rows from the top, each padded to whole bytes, most significant bit first, 1 is ink."""

    def __post_init__(self) -> None:
        if self.dpi < LEAST_IMPRINT_DPI or min(self.width_px, self.height_px) < 1:
            raise ValueError("an imprint has at least 400 dpi")
        if len(self.bits) != (self.width_px + 7) // 8 * self.height_px or not any(self.bits):
            raise ValueError("an imprint has all its rows, and ink")
        if max(self.width_mm, self.height_mm) > LARGEST_IMPRINT_MM:
            raise ValueError("an imprint is at most 30 mm wide and high")

    @property
    def width_mm(self) -> float:
        """Width on paper."""
        return self.width_px / self.dpi * 25.4

    @property
    def height_mm(self) -> float:
        """Height on paper."""
        return self.height_px / self.dpi * 25.4


def imprint_from_pbm(content: bytes, dpi: int) -> ImprintScan:
    """Read a 1-bit picture in the binary PBM format (P4, no comments). Raises ValueError when it is not one.

    PBM because every scanner's picture can be turned into it and it has nothing to decode: no colours, no compression.
    """
    magic, _, rest = content.partition(b"\n")
    size, _, bits = rest.partition(b"\n")
    numbers = size.split()
    if magic != b"P4" or len(numbers) != 2 or not all(number.isdigit() and len(number) < 6 for number in numbers):
        raise ValueError("not a binary PBM picture")
    return ImprintScan(int(numbers[0]), int(numbers[1]), dpi, bits)


@dataclass(frozen=True, slots=True)
class SealRegistration:
    """A 印鑑登録 in force."""

    imprint: ImprintScan
    registered_on: date = field(repr=False)
    former_surname: str | None = field(repr=False)
    """旧氏 registered beside the name; None when none is. Name, birth date and address are the resident record's."""
    alias: str | None = field(repr=False)
    """通称 of a foreign resident, likewise."""
    katakana_name: str | None = field(repr=False)
    """氏名のカタカナ表記 of a foreign resident whose seal bears it."""
    remarks: str | None = field(repr=False)


@dataclass(frozen=True, slots=True)
class AbolishedSeal:
    """A 印鑑登録 that was abolished (廃止・抹消) and not followed by another. It has no imprint to print."""

    abolished_on: date = field(repr=False)


@dataclass(frozen=True, slots=True)
class AmountLine:
    """One line of a breakdown."""

    label: str = field(repr=False)
    amount_yen: int = field(repr=False)
    """0 is an amount; a loss is negative."""


@dataclass(frozen=True, slots=True)
class Levy:
    """What was levied for a 年度, in yen; 0 where nothing was."""

    base_total_yen: int = field(repr=False)
    """課税標準額 (総合)"""
    base_separate_yen: int | None = field(repr=False)
    """課税標準額 (分離); None where no income is taxed separately."""
    city_income_yen: int = field(repr=False)
    city_flat_yen: int = field(repr=False)
    prefecture_income_yen: int = field(repr=False)
    prefecture_flat_yen: int = field(repr=False)
    forest_yen: int | None = field(repr=False)
    """森林環境税; None before 年度 2024."""
    total_yen: int = field(repr=False)
    """年税額; 0 makes it a 非課税証明書."""


@dataclass(frozen=True, slots=True)
class Dependants:
    """扶養人数 by kind, in persons."""

    spouse: int = field(default=0, repr=False)
    general: int = field(default=0, repr=False)
    specified: int = field(default=0, repr=False)
    elderly: int = field(default=0, repr=False)
    elderly_living_together: int = field(default=0, repr=False)
    under_16: int = field(default=0, repr=False)
    disabled: int = field(default=0, repr=False)
    severely_disabled: int = field(default=0, repr=False)


@dataclass(frozen=True, slots=True)
class TaxPayment:
    """One tax of the year and what became of it, in yen."""

    tax: str = field(repr=False)
    """税目"""
    due_yen: int = field(repr=False)
    paid_yen: int = field(repr=False)
    unpaid_yen: int = field(repr=False)
    """Past its day."""
    not_yet_due_yen: int = field(repr=False)

    def __post_init__(self) -> None:
        if self.due_yen != self.paid_yen + self.unpaid_yen + self.not_yet_due_yen:
            raise ValueError("what is due is paid, unpaid or not yet due")


@dataclass(frozen=True, slots=True)
class TaxRecord:
    """A person's tax data of one 年度: figures of the calendar year before it."""

    year: int
    """年度"""
    address_on_levy_day: str = field(repr=False)
    """Address on 1 January, which made this municipality the one that levies."""
    levy: Levy = field(repr=False)
    total_income_yen: int = field(repr=False)
    """合計所得金額"""
    incomes: tuple[AmountLine, ...] = field(repr=False)
    """所得の内訳"""
    deductions: tuple[AmountLine, ...] = field(repr=False)
    """所得控除の内訳"""
    deductions_total_yen: int = field(repr=False)
    dependants: Dependants = field(repr=False)
    payments: tuple[TaxPayment, ...] = field(repr=False)
    """By tax; empty: no 納税証明書 for this year."""
    payments_as_of: date = field(repr=False)
    """Day up to which payments are counted."""
    remarks: str | None = field(default=None, repr=False)

    def __post_init__(self) -> None:
        if (self.levy.forest_yen is None) is not (self.year < FOREST_TAX_FROM):
            raise ValueError("森林環境税 is of 年度 2024 and later, and of no earlier one")

    @property
    def taxed(self) -> bool:
        """Tell a 課税証明書 from a 非課税証明書."""
        return self.levy.total_yen > 0

    @property
    def kinds(self) -> frozenset[str]:
        """Name the certificates that these data suffice for."""
        return frozenset({"kazei", "shotoku", "nozei"} if self.payments else {"kazei", "shotoku"})


@dataclass(frozen=True, slots=True)
class UndeclaredYear:
    """未申告: the person is on the tax roll of the 年度 and declared nothing, so there is nothing to certify."""

    year: int


@dataclass(frozen=True, slots=True)
class KosekiLine:
    """One 【label】value line."""

    label: str = field(repr=False)
    value: DateOrWords = field(repr=False)


@dataclass(frozen=True, slots=True)
class KosekiEntry:
    """One event: 戸籍事項 or 身分事項."""

    heading: str = field(repr=False)
    """戸籍編製, 出生, 婚姻, ..."""
    lines: tuple[KosekiLine, ...] = field(repr=False)


@dataclass(frozen=True, slots=True)
class KosekiPerson:
    """One 戸籍に記録されている者."""

    key: str = field(repr=False)
    """The person's key within this family register; asked for by it in an individual certificate."""
    given_name: str = field(repr=False)
    reading: str | None = field(repr=False)
    birth_date: DateOrWords = field(repr=False)
    spouse: str | None = field(repr=False)
    """配偶者区分: 夫 or 妻; None for the unmarried."""
    parents: tuple[KosekiLine, ...] = field(repr=False)
    relations: tuple[KosekiLine, ...] = field(repr=False)
    """続柄"""
    entries: tuple[KosekiEntry, ...] = field(repr=False)
    removed: bool = field(default=False, repr=False)
    """除籍: left this register, is shown boxed and may take nothing from it."""


@dataclass(frozen=True, slots=True)
class Koseki:
    """One 戸籍, whole."""

    honseki: str = field(repr=False)
    hittosha: str = field(repr=False)
    """氏名 of the 筆頭者."""
    surname_reading: str | None = field(repr=False)
    entries: tuple[KosekiEntry, ...] = field(repr=False)
    """戸籍事項"""
    persons: tuple[KosekiPerson, ...] = field(repr=False)
    """In the order of the register, those who left among them."""

    def __post_init__(self) -> None:
        _need_persons([person.key for person in self.persons])


@dataclass(frozen=True, slots=True)
class OwnKoseki:
    """The 戸籍 that somebody stands in."""

    koseki: Koseki
    person_key: str = field(repr=False)
    """Which of its persons they are."""


@dataclass(frozen=True, slots=True)
class KosekiInProcessing:
    """届出処理中: somebody's notification is being entered; nothing is certified until it is done."""


@dataclass(frozen=True, slots=True)
class FuhyoAddress:
    """One line of the history of addresses."""

    address: str | None = field(repr=False)
    """None where it is not recorded."""
    since: DateOrWords | None = field(repr=False)


@dataclass(frozen=True, slots=True)
class FuhyoPerson:
    """One person of the 附票."""

    key: str = field(repr=False)
    surname: str = field(repr=False)
    given_name: str = field(repr=False)
    birth_date: DateOrWords | None = field(repr=False)
    """None, like `sex`, for those removed before 2022-01-11, of whom none is kept."""
    sex: Sex | None = field(repr=False)
    addresses: tuple[FuhyoAddress, ...] = field(repr=False)
    """Oldest first."""
    overseas_election: str | None = field(default=None, repr=False)
    """在外選挙人名簿登録市区町村"""
    removed: bool = field(default=False, repr=False)


@dataclass(frozen=True, slots=True)
class Fuhyo:
    """One 戸籍の附票."""

    honseki: str = field(repr=False)
    hittosha: str = field(repr=False)
    persons: tuple[FuhyoPerson, ...] = field(repr=False)

    def __post_init__(self) -> None:
        _need_persons([person.key for person in self.persons])


@dataclass(frozen=True, slots=True)
class OwnFuhyo:
    """The 附票 that somebody stands in."""

    fuhyo: Fuhyo
    person_key: str = field(repr=False)
    """Which of its persons they are."""


class DamageDegree(Enum):
    """住家の被害の程度, the six of the unified form."""

    DESTROYED = "destroyed"
    """全壊"""
    LARGE_SCALE_HALF = "large_scale_half"
    """大規模半壊"""
    MEDIUM_SCALE_HALF = "medium_scale_half"
    """中規模半壊"""
    HALF = "half"
    """半壊"""
    NEARLY_HALF = "nearly_half"
    """準半壊"""
    PARTIAL = "partial"
    """準半壊に至らない（一部損壊）"""


@dataclass(frozen=True, slots=True)
class RisaiMember:
    """One member of the 世帯 on the day of the damage."""

    name: str = field(repr=False)
    relation: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Risai:
    """One surveyed dwelling."""

    reference: str = field(repr=False)
    """整理番号"""
    head_address: str = field(repr=False)
    head_name: str = field(repr=False)
    members: tuple[RisaiMember, ...] = field(repr=False)
    occurred_on: date = field(repr=False)
    disaster: str = field(repr=False)
    """Its name: 令和8年見本台風."""
    dwelling_address: str = field(repr=False)
    degree: DamageDegree = field(repr=False)
    remarks_on_household: str | None = field(default=None, repr=False)
    remarks_on_damage: str | None = field(default=None, repr=False)


def _need_persons(keys: list[str]) -> None:
    if not keys or len(set(keys)) < len(keys):
        raise ValueError("a register has at least one person, each with a key of their own")
