"""The 個人票: one person on a page, newest values above and what changed below.

Knows which items the 個人票 has beyond a block of the 世帯連記式; the order of a person's items is `juminhyo`'s.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Final

from issuing_center.paper import form, grid
from issuing_center.paper.certificate import Body, Drawn, draw_certificate
from issuing_center.paper.fonts import PaperFonts
from issuing_center.paper.juminhyo import header, person_items, write_header
from issuing_center.paper.printed import printed
from issuing_center.paper.sheet import Cell, Certificate, DateCell, Essentials, Mark, PersonEntry, Scope, as_date
from issuing_center.paper.table import Head, Items, Repeated, Row, Slot, Stack, Table, row
from issuing_center.paper.values import ValuePen


@dataclass(frozen=True, slots=True)
class HistoryEntry:
    """One line of the 異動履歴."""

    event: Cell = field(repr=False)
    """異動事由: 転入, 転居, 氏名変更, 通称記載, ..."""
    happened_on: DateCell = field(repr=False)
    """異動年月日."""
    notified_on: DateCell = field(repr=False)
    """届出年月日; NOT_APPLICABLE for what the office entered by itself."""
    content: Cell = field(repr=False)
    """What was recorded before, or is since; two lines at most."""


@dataclass(frozen=True, slots=True)
class KojinhyoPerson:
    """What one 個人票 shows."""

    entry: PersonEntry = field(repr=False)
    """The items of the 世帯連記式."""
    address_before: Cell = field(repr=False)
    """異動前住所: the address before the last move inside the municipality; BLANK when there was none."""
    history: tuple[HistoryEntry, ...] | Mark = field(repr=False)
    """異動履歴, oldest first; OMITTED unless asked for. More than a page holds goes on to the person's next page."""


@dataclass(frozen=True, slots=True)
class KojinhyoSheet(Certificate):
    """One 住民票の写し (個人票): each person begins a page of their own."""

    scope: Scope
    """Chooses the certifying sentence."""
    address: str = field(repr=False)
    """住所 of the household."""
    head_name: Cell = field(repr=False)
    """世帯主; OMITTED unless 世帯主・続柄 was asked for."""
    persons: tuple[KojinhyoPerson, ...] = field(repr=False)
    """At least one, in the order of the register."""

    def __post_init__(self) -> None:
        if not self.persons:
            raise ValueError("a sheet needs at least one person")

    @property
    def essentials(self) -> Essentials:
        """Title, sentence and names of this form."""
        names = tuple(person.entry.name for person in self.persons)
        pages, born = sum(len(_parts(person)) for person in self.persons), as_date(self.persons[0].entry.birth_date)
        return Essentials("住民票", self.scope.sentence, names, pages, born=born)


_LABEL, _SECOND, _VALUE = 6.5, 7.0, 12.0
"""Widths of the left labels, the right labels and the right values."""


def _pair(label: str, item: str, second: str, second_item: str) -> Row:
    return row(Head(label, _LABEL), Slot(item), Head(second, _SECOND), Slot(second_item, _VALUE))


def _wide(label: str, item: str) -> Row:
    return row(Head(label, _LABEL), Slot(item))


def _rows(since: str, *further: Row) -> tuple[Row, ...]:
    """Give the rows of a person; `since` words the day of becoming a resident."""
    return (
        _pair("氏名の振り仮名", "reading", "個人番号", "my_number"),
        row(
            Head("氏名", _LABEL),
            Slot("name", size_pt=16, least_pt=8.5),
            Stack(
                (
                    row(Head("住民票コード", _SECOND), Slot("juminhyo_code")),
                    row(Head(since, _SECOND), Slot("resident_since")),
                ),
                _SECOND + _VALUE,
            ),
            height=2,
        ),
        _pair("旧氏の振り仮名", "former_surname_reading", "住所を定めた年月日", "address_since"),
        _pair("旧氏", "former_surname", "届出日", "notified_on"),
        row(
            Head("生年月日", _LABEL),
            Slot("birth_date", 5.7),
            Head("性別", 1.6),
            Slot("sex", 2.6, align=grid.Align.CENTRE, least_pt=6),
            Head("続柄", 1.6),
            Slot("relation", align=grid.Align.CENTRE, least_pt=6),
            Head("筆頭者", _SECOND),
            Slot("hittosha", _VALUE),
        ),
        _wide("本籍", "honseki"),
        _wide("転入前住所", "previous_address"),
        _wide("異動前住所", "address_before"),
        *further,
        row(Head("備考", _LABEL), Slot("remarks", lines=3), height=2),
    )


class _Shape:
    """The page of a national or of a foreign resident."""

    def __init__(self, name: str, rows: Sequence[Row], capacity: int) -> None:
        self.name = name
        self.table = Table(rows, row_mm=6.2, top_mm=grid.HEADER_TOP_MM + 2 * grid.HEADER_ROW_MM + 1.4)
        self.heads = Table(
            (row(Head("異動事由", 7), Head("異動年月日", 6.8), Head("届出年月日", 6.8), Head("記載の内容")),),
            row_mm=5.6,
            top_mm=self.table.bottom_mm + 1.4,
        )
        line = row(
            Slot("event", 7, align=grid.Align.CENTRE),
            Slot("happened_on", 6.8),
            Slot("notified_on", 6.8),
            Slot("content"),
        )
        pitch_mm = (form.BODY_BOTTOM_MM - self.heads.bottom_mm) / capacity
        self.history = Repeated(f"{name}History", (line,), pitch_mm, self.heads.bottom_mm, capacity)

    def fixed(self, pen: form.FormPen) -> bytes:
        return b"\n".join([self.table.fixed(pen), self.heads.fixed(pen)])


_NATIONAL: Final = _Shape("National", _rows("住民となった年月日"), 18)
_FOREIGN: Final = _Shape(
    "Foreign",
    _rows(
        "外国人住民となった年月日",
        _pair("漢字併記名", "foreign.kanji_name", "カタカナ併記名", "foreign.katakana_name"),
        _pair("通称", "foreign.alias", "第30条の45に規定する区分", "foreign.article_30_45"),
        _pair("国籍・地域", "foreign.nationality", "在留期間等", "foreign.period"),
        _pair("在留資格", "foreign.status", "在留期間等の満了の日", "foreign.period_ends_on"),
        _wide("在留カード等の番号", "foreign.card_number"),
    ),
    13,
)


_LAYOUT: Final = form.Layout(
    header,
    tuple(
        drawing
        for shape in (_NATIONAL, _FOREIGN)
        for drawing in (form.Drawing(shape.name, shape.fixed, on_page=True), *shape.history.drawings())
    ),
)


def draw_kojinhyo(sheet: KojinhyoSheet, fonts: PaperFonts) -> Drawn:
    """Draw a 住民票の写し (個人票), one person a page; a long history goes on to further pages of the same person."""
    return draw_certificate(sheet, _LAYOUT, partial(_bodies, sheet), fonts)


def _shape(person: KojinhyoPerson) -> _Shape:
    return _NATIONAL if person.entry.foreign is None else _FOREIGN


def _parts(person: KojinhyoPerson) -> list[tuple[HistoryEntry, ...]]:
    """Give the history page by page; one page at least."""
    if isinstance(person.history, Mark):
        mark = person.history
        return [(HistoryEntry(mark, mark, mark, mark),)]
    capacity = _shape(person).history.capacity
    return [person.history[first : first + capacity] for first in range(0, len(person.history) or 1, capacity)]


def _bodies(sheet: KojinhyoSheet) -> list[Body]:
    bodies: list[Body] = []
    for index, person in enumerate(sheet.persons):
        first = 0
        for part in _parts(person):
            bodies.append(partial(_page, sheet, index, part, first))
            first += len(part)
    return bodies


def _page(sheet: KojinhyoSheet, index: int, history: tuple[HistoryEntry, ...], first: int, pen: ValuePen) -> None:
    person = sheet.persons[index]
    shape, prefix = _shape(person), f"persons[{index}]."
    write_header(pen, sheet.address, sheet.head_name)
    pen.drawing(shape.name)
    items = [*person_items(person.entry), ("address_before", printed(person.address_before))]
    shape.table.write(pen, items, prefix)
    shape.history.write(pen, [_line(entry) for entry in history], f"{prefix}history", first)


def _line(entry: HistoryEntry) -> Items:
    for item in ("event", "happened_on", "notified_on", "content"):
        yield item, printed(getattr(entry, item))
