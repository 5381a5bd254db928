"""What stands on a certificate, as values: what every form has, and the 住民票の写し.

This module knows the items of the form and the difference between an item left out, an item the register keeps no
value for and an item that does not exist for a person. It refuses to know where the values come from: no register,
no clock, no card. All strings are printed exactly as given, code point by code point; nothing is normalised.
"""

from abc import ABC, abstractmethod
from dataclasses import dataclass, field
from datetime import date
from enum import Enum
from typing import Final

from issuing_center.paper.seal import Imprint, Seal


class Mark(Enum):
    """What an item prints when it prints no value. A cell is never empty: an empty cell could be read as "none"."""

    OMITTED = "【省略】"
    """The applicant did not ask for the item; the register may well hold a value."""
    BLANK = "【空欄】"
    """The item was asked for and the register keeps no value (住所を定めた年月日 of somebody who never moved)."""
    NOT_APPLICABLE = "＊＊＊"
    """The item does not exist for this person (本籍 of a foreign resident, 旧氏 of somebody who has none)."""


@dataclass(frozen=True, slots=True)
class WrittenDate:
    """A date that the register holds only as words: 「明治四十五年月日不詳」."""

    text: str = field(repr=False)
    """The words, printed as they stand; not empty."""

    def __post_init__(self) -> None:
        if not self.text:
            raise ValueError("a written date needs its words")


Cell = str | Mark
"""A printed item: its value, or the mark that stands for it. An empty string is refused; say which mark is meant."""
DateCell = date | WrittenDate | Mark
"""A printed date, or the mark that stands for it."""
YenCell = int | Mark
"""A printed amount in yen: 0 prints as 0, a loss with △; or the mark that stands for it."""


def as_date(cell: DateCell) -> date | None:
    """Give the date a cell prints, or None where it prints words or a mark."""
    return cell if isinstance(cell, date) else None


@dataclass(frozen=True, slots=True)
class Reading:
    """氏名の振り仮名 or 旧氏の振り仮名, of which each half may still be unregistered (notices run since 2025-05-26)."""

    surname: str | None = field(repr=False)
    """Katakana of the surname; None while it is not 公証."""
    given: str | None = field(repr=False)
    """Katakana of the given name; None while it is not 公証."""

    def printed(self) -> str:
        """Write the four states so that nobody can take one for another. The rule is that of one city; there is no national one."""
        match self.surname, self.given:
            case None, None:
                return "＊＊＊＊＊＊＊＊"
            case str(surname), None:
                return f"{surname}　【名空欄】"
            case None, str(given):
                return f"【氏空欄】　{given}"
            case surname, given:
                return f"{surname}　{given}"


class Scope(Enum):
    """Whom the copy shows. The certifying sentence follows from it, and a wrong sentence is a false certificate."""

    WHOLE_HOUSEHOLD = "この写しは、世帯全員の住民票の原本と相違ないことを証明する。"
    """Every living member of the 世帯."""
    SOME_MEMBERS = "この写しは、住民票の原本と相違ないことを証明する。"
    """One person, or some of the 世帯."""

    @property
    def sentence(self) -> str:
        """The 認証文 of this scope."""
        return self.value


class SealColour(Enum):
    """The colour the 公印 is printed in. A black seal must say that it is black."""

    BLACK = "black"
    RED = "red"


@dataclass(frozen=True, slots=True)
class Issuer:
    """The municipality that issues, as its settings version has it; drawn once and kept, so it must be immutable."""

    prefecture: str
    """With its suffix: 見本県."""
    municipality: str
    """With its suffix: 汐見野市."""
    mayor_title: str
    """汐見野市長; also 市長職務代理者 and the like."""
    mayor_name: str
    """As printed, with the space between surname and given name."""
    seal: Seal
    """The 公印."""
    seal_colour: SealColour = SealColour.BLACK
    """Black by default: most kiosk engines are monochrome, and 「この印は黒色です」 is printed beside it."""


@dataclass(frozen=True, slots=True)
class Essentials:
    """What makes a sheet the certificate that was ordered; drawn by the skeleton, and demanded of the finished file."""

    title: str
    """The title every page bears."""
    sentence: str
    """The 認証文. It follows from kind and scope, and a wrong sentence is a false certificate."""
    names: tuple[str, ...] = field(repr=False)
    """Names that must stand on the document, as it prints them: a sheet without its person is no certificate."""
    pages: int | None
    """Number of pages as the data say it; None for forms that flow, which end with 以下余白 instead."""
    imprint: Imprint | None = None
    """The registered 印影 that every page must show at its own size; None on all forms but one."""
    page_mark: str = "（{number}／{count}）"
    """How a page says which of how many it is."""
    numbered_above: bool = False
    """Whether that stands above the form and the 発行番号 below it, as on a 戸籍; elsewhere it is the other way round."""
    born: date | None = field(default=None, repr=False)
    """生年月日 of the first of the names, if it is shown and known as a date."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Certificate(ABC):
    """What every sheet has, whatever its form: who issues it when, and what its pages must show (INV-18)."""

    issuer: Issuer
    """Who issues and seals."""
    issued_on: date
    """Date of issue in JST, given by the caller."""
    issue_number: str
    """発行番号, the same on all pages."""
    txn: str
    """The order's transaction id; printed small on every page and put into the metadata of the PDF as document id."""
    specimen: bool = False
    """True prints 見本 across every page; every sheet drawn from virtual parts has it."""

    @property
    @abstractmethod
    def essentials(self) -> Essentials:
        """What the pages of this sheet must show, from its data alone."""


@dataclass(frozen=True, slots=True)
class ForeignItems:
    """Items only foreign residents have; each may be omitted on its own.

    They fill the spare pairs of the block, and the cells of 本籍 and 筆頭者, which a foreign resident has not.
    """

    alias: Cell = field(repr=False)
    """通称; NOT_APPLICABLE when none is registered."""
    nationality: Cell = field(repr=False)
    """国籍・地域."""
    article_30_45: Cell = field(repr=False)
    """第30条の45に規定する区分: 中長期在留者, 特別永住者, ..."""
    status: Cell = field(repr=False)
    """在留資格; NOT_APPLICABLE for a 特別永住者."""
    period: Cell = field(repr=False)
    """在留期間等: 「5年」."""
    period_ends_on: DateCell = field(repr=False)
    """在留期間等の満了の日; printed in the Western calendar, as on the residence card."""
    card_number: Cell = field(repr=False)
    """在留カード等の番号."""
    kanji_name: Cell = field(default=Mark.NOT_APPLICABLE, repr=False)
    """漢字併記名; NOT_APPLICABLE when none is recorded."""
    katakana_name: Cell = field(default=Mark.NOT_APPLICABLE, repr=False)
    """カタカナ併記名, likewise."""


@dataclass(frozen=True, slots=True)
class PersonEntry:
    """One block of the 世帯連記式. Order of the fields is the order of the form."""

    name: str = field(repr=False)
    """氏名: surname, ideographic space, given name; Latin letters for most foreign residents."""
    reading: Reading | Mark = field(repr=False)
    """氏名の振り仮名; NOT_APPLICABLE for residents whose reading is not kept."""
    former_surname: Cell = field(repr=False)
    """旧氏; NOT_APPLICABLE for nearly everybody."""
    former_surname_reading: Cell = field(repr=False)
    """旧氏の振り仮名."""
    birth_date: DateCell = field(repr=False)
    """生年月日: printed by era, or in the Western calendar when `foreign` is given."""
    sex: Cell = field(repr=False)
    """性別: 男 or 女, or a mark."""
    relation: Cell = field(repr=False)
    """続柄 to the head; OMITTED unless asked."""
    hittosha: Cell = field(repr=False)
    """筆頭者 of the 戸籍; OMITTED unless asked, NOT_APPLICABLE for foreign residents."""
    honseki: Cell = field(repr=False)
    """本籍; goes with `hittosha`."""
    my_number: Cell = field(repr=False)
    """個人番号, twelve digits as they shall be printed; OMITTED unless asked."""
    resident_since: DateCell = field(repr=False)
    """住民となった年月日 (外国人住民となった年月日 for foreign residents)."""
    address_since: DateCell = field(repr=False)
    """住所を定めた年月日: the last move inside the municipality; BLANK when there was none."""
    notified_on: DateCell = field(repr=False)
    """届出日 of the move into the municipality or inside it; BLANK when the register keeps none."""
    previous_address: Cell = field(repr=False)
    """転入前住所: the last address outside the municipality, even after moves inside; BLANK when not kept."""
    foreign: ForeignItems | None = field(default=None, repr=False)
    """None for Japanese nationals."""
    juminhyo_code: Cell = field(default=Mark.OMITTED, repr=False)
    """住民票コード; this service does not offer it, so it is OMITTED unless a municipality decides otherwise."""
    remarks: Cell = field(default=Mark.NOT_APPLICABLE, repr=False)
    """備考; two lines at most."""


PERSONS_A_PAGE: Final = 4
"""Blocks of the standard 世帯連記式 on one sheet."""


@dataclass(frozen=True, slots=True)
class JuminhyoSheet(Certificate):
    """One 住民票の写し (世帯連記式), complete and ready to be drawn: one or more pages of four persons each."""

    scope: Scope
    """Chooses the certifying sentence."""
    address: str = field(repr=False)
    """住所 of the household."""
    head_name: Cell = field(repr=False)
    """世帯主; OMITTED unless 世帯主・続柄 was asked for."""
    persons: tuple[PersonEntry, ...] = field(repr=False)
    """At least one, in the order of the register."""

    def __post_init__(self) -> None:
        if not self.persons:
            raise ValueError("a sheet needs at least one person")

    @property
    def essentials(self) -> Essentials:
        """Title, sentence and names of this form."""
        names = tuple(person.name for person in self.persons)
        pages = -(-len(names) // PERSONS_A_PAGE)
        return Essentials("住民票", self.scope.sentence, names, pages, born=as_date(self.persons[0].birth_date))
