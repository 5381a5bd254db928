"""The 戸籍全部事項証明書 and the 戸籍個人事項証明書: what the family register says, entry by entry.

Knows the order of the parts and that whoever left stays on the sheet under a 除籍 box. Which entries there are and how
their lines are called comes from the register.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import Enum
from typing import Final

from issuing_center.paper.certificate import Drawn, draw_certificate
from issuing_center.paper.flow import Block, FlowForm, Pair
from issuing_center.paper.fonts import PaperFonts
from issuing_center.paper.printed import printed
from issuing_center.paper.sheet import Cell, Certificate, DateCell, Essentials


class KosekiKind(Enum):
    """All of the register, or some of its persons. Title and sentence follow from it."""

    ZENBU = "全部事項証明"
    KOJIN = "個人事項証明"


_SENTENCES: Final = {
    KosekiKind.ZENBU: "これは、戸籍に記録されている事項の全部を証明した書面である。",
    KosekiKind.KOJIN: "これは、戸籍中の一部の者について記録されている事項の全部を証明した書面である。",
}


@dataclass(frozen=True, slots=True)
class KosekiLine:
    """One 【label】value line of an entry."""

    label: str = field(repr=False)
    """出生日, 届出人, 配偶者氏名, 従前戸籍, ...; without brackets."""
    value: Cell | DateCell = field(repr=False)
    """A date prints by era."""


@dataclass(frozen=True, slots=True)
class KosekiEntry:
    """One event: of the register itself (戸籍改製, 戸籍編製) or of a person (出生, 婚姻, ...)."""

    heading: str = field(repr=False)
    """The event."""
    lines: tuple[KosekiLine, ...] = field(repr=False)
    """At least one."""

    def __post_init__(self) -> None:
        if not self.lines:
            raise ValueError("an entry needs at least one line")


@dataclass(frozen=True, slots=True)
class KosekiPerson:
    """One 戸籍に記録されている者."""

    given_name: str = field(repr=False)
    """名; the surname is that of the 筆頭者."""
    reading: Cell = field(repr=False)
    """名の振り仮名; NOT_APPLICABLE while it is not recorded."""
    birth_date: DateCell = field(repr=False)
    """生年月日, always by era."""
    spouse: Cell | None = field(repr=False)
    """配偶者区分: 夫 or 妻; None prints no line, as the form has none for the unmarried."""
    parents: tuple[KosekiLine, ...] = field(repr=False)
    """父, 母, and 養父, 養母 where there are any, in the order of the register."""
    relations: tuple[KosekiLine, ...] = field(repr=False)
    """続柄 (長男, 二女), and 養子 relation where there is one."""
    entries: tuple[KosekiEntry, ...] = field(repr=False)
    """身分事項."""
    removed: bool = field(default=False, repr=False)
    """True prints the 除籍 box: the person left this register and stays on the sheet."""


@dataclass(frozen=True, slots=True)
class KosekiSheet(Certificate):
    """One 戸籍全部事項証明書 or 戸籍個人事項証明書; as many pages as the entries take."""

    kind: KosekiKind
    """Which of the two."""
    honseki: str = field(repr=False)
    """本籍."""
    hittosha: str = field(repr=False)
    """氏名 of the 筆頭者."""
    surname_reading: Cell = field(repr=False)
    """氏の振り仮名; NOT_APPLICABLE while it is not recorded."""
    entries: tuple[KosekiEntry, ...] = field(repr=False)
    """戸籍事項."""
    persons: tuple[KosekiPerson, ...] = field(repr=False)
    """戸籍に記録されている者, in the order of the register: all, or those asked for."""

    def __post_init__(self) -> None:
        if not self.persons or not self.entries:
            raise ValueError("a sheet needs 戸籍事項 and at least one person")

    @property
    def essentials(self) -> Essentials:
        """Title, sentence and names of this form. Pages are marked as 戸籍 does: above, of how many first, then which."""
        names = (self.hittosha, *[person.given_name for person in self.persons])
        mark = "（{count}の{number}）"
        return Essentials(self.kind.value, _SENTENCES[self.kind], names, None, page_mark=mark, numbered_above=True)


_FORM: Final = FlowForm((("本籍", "honseki"), ("氏名", "hittosha")))


def draw_koseki(sheet: KosekiSheet, fonts: PaperFonts) -> Drawn:
    """Draw a 戸籍全部事項証明書 or 戸籍個人事項証明書."""
    head = (("honseki", sheet.honseki), ("hittosha", sheet.hittosha))
    return draw_certificate(sheet, _FORM.layout, lambda: _FORM.bodies(head, [*_blocks(sheet)], fonts), fonts)


def _blocks(sheet: KosekiSheet) -> Iterator[Block]:
    reading = Pair("氏の振り仮名", "surname_reading", printed(sheet.surname_reading))
    yield Block("戸籍事項", "register", (reading,), group=True)
    yield from _entries(sheet.entries, "entries")
    for number, person in enumerate(sheet.persons):
        item = f"persons[{number}]"
        yield Block(
            "戸籍に記録されている者",
            item,
            tuple(_of(person, item)),
            group=True,
            boxed="除　籍" if person.removed else "",
        )
        yield from _entries(person.entries, f"{item}.entries")


def _of(person: KosekiPerson, item: str) -> Iterator[Pair]:
    yield Pair("名", f"{item}.given_name", person.given_name)
    yield Pair("名の振り仮名", f"{item}.reading", printed(person.reading))
    yield Pair("生年月日", f"{item}.birth_date", printed(person.birth_date))
    if person.spouse is not None:
        yield Pair("配偶者区分", f"{item}.spouse", printed(person.spouse))
    for name, lines in (("parents", person.parents), ("relations", person.relations)):
        for at, line in enumerate(lines):
            yield Pair(line.label, f"{item}.{name}[{at}]", printed(line.value))


def _entries(entries: tuple[KosekiEntry, ...], item: str) -> Iterator[Block]:
    for at, entry in enumerate(entries):
        pairs = [
            Pair(line.label, f"{item}[{at}].lines[{number}]", printed(line.value))
            for number, line in enumerate(entry.lines)
        ]
        yield Block(entry.heading, f"{item}[{at}]", tuple(pairs))
