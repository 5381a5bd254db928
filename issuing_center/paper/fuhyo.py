"""The 戸籍の附票の写し: where each person of a family register has lived since.

Knows the rule of names: where 本籍・筆頭者 is shown persons are listed by given name only, where it is omitted by full name.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import Enum
from typing import Final

from issuing_center.paper.certificate import Drawn, draw_certificate
from issuing_center.paper.flow import Block, FlowForm, Pair
from issuing_center.paper.fonts import PaperFonts
from issuing_center.paper.printed import printed
from issuing_center.paper.sheet import Cell, Certificate, DateCell, Essentials, Mark, as_date


class FuhyoScope(Enum):
    """All persons of the 附票, or some. The certifying sentence follows from it."""

    ZENBU = "この写しは、戸籍の附票の原本と相違ないことを証明する。"
    ICHIBU = "この写しは、戸籍の附票の一部の原本と相違ないことを証明する。"


@dataclass(frozen=True, slots=True)
class FuhyoDomicile:
    """本籍・筆頭者, printed only when asked for."""

    honseki: str = field(repr=False)
    """本籍."""
    hittosha: str = field(repr=False)
    """筆頭者."""


@dataclass(frozen=True, slots=True)
class FuhyoAddress:
    """One line of the history of addresses."""

    address: Cell = field(repr=False)
    """住所."""
    since: DateCell = field(repr=False)
    """住所を定めた日."""


@dataclass(frozen=True, slots=True)
class FuhyoPerson:
    """One person of the 附票."""

    surname: str = field(repr=False)
    """氏; printed only where 本籍・筆頭者 is omitted."""
    given_name: str = field(repr=False)
    """名."""
    birth_date: DateCell = field(repr=False)
    """生年月日; BLANK for persons removed before 2022-01-11, for whom none is kept."""
    sex: Cell = field(repr=False)
    """性別; BLANK like `birth_date`."""
    addresses: tuple[FuhyoAddress, ...] = field(repr=False)
    """Oldest first; at least one."""
    overseas_election: Cell = field(default=Mark.OMITTED, repr=False)
    """在外選挙人名簿登録市区町村; OMITTED unless asked for."""
    removed: bool = field(default=False, repr=False)
    """True prints the 除籍 box."""

    def __post_init__(self) -> None:
        if not self.addresses:
            raise ValueError("a person of the 附票 needs an address")


@dataclass(frozen=True, slots=True)
class FuhyoSheet(Certificate):
    """One 戸籍の附票の写し; as many pages as the addresses take."""

    scope: FuhyoScope
    """Chooses the certifying sentence."""
    domicile: FuhyoDomicile | None = field(repr=False)
    """None prints 【省略】 for 本籍 and 筆頭者, and persons by their full name."""
    persons: tuple[FuhyoPerson, ...] = field(repr=False)
    """At least one, in the order of the register."""

    def __post_init__(self) -> None:
        if not self.persons:
            raise ValueError("a sheet needs at least one person")

    @property
    def essentials(self) -> Essentials:
        """Title, sentence and names of this form."""
        names = tuple(self.printed_name(person) for person in self.persons)
        return Essentials("戸籍の附票", self.scope.value, names, None, born=as_date(self.persons[0].birth_date))

    def printed_name(self, person: FuhyoPerson) -> str:
        """Write a person's name as the sheet must: 名 only beside a 筆頭者, else 氏 and 名."""
        return person.given_name if self.domicile else f"{person.surname}　{person.given_name}"


_FORM: Final = FlowForm((("本籍", "honseki"), ("筆頭者", "hittosha")))


def draw_fuhyo(sheet: FuhyoSheet, fonts: PaperFonts) -> Drawn:
    """Draw a 戸籍の附票の写し."""
    omitted = Mark.OMITTED.value
    head = (
        ("honseki", sheet.domicile.honseki if sheet.domicile else omitted),
        ("hittosha", sheet.domicile.hittosha if sheet.domicile else omitted),
    )
    return draw_certificate(sheet, _FORM.layout, lambda: _FORM.bodies(head, [*_blocks(sheet)], fonts), fonts)


def _blocks(sheet: FuhyoSheet) -> Iterator[Block]:
    for number, person in enumerate(sheet.persons):
        item = f"persons[{number}]"
        pairs = (
            Pair("名" if sheet.domicile else "氏名", f"{item}.name", sheet.printed_name(person)),
            Pair("生年月日", f"{item}.birth_date", printed(person.birth_date)),
            Pair("性別", f"{item}.sex", printed(person.sex)),
            Pair("在外選挙人名簿", f"{item}.overseas_election", printed(person.overseas_election)),
        )
        boxed = "除　籍" if person.removed else ""
        yield Block("附票に記録されている者", item, pairs, group=True, boxed=boxed)
        for at, line in enumerate(person.addresses):
            where = f"{item}.addresses[{at}]"
            lines = (
                Pair("住所", f"{where}.address", printed(line.address)),
                Pair("住所を定めた日", f"{where}.since", printed(line.since)),
            )
            yield Block(f"住所　{at + 1}", where, lines)
