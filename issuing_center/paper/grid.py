"""The geometry of all forms (A4, 40 columns), and the blocks of the 世帯連記式. Numbers only.

Coordinates of the page are millimetres from the upper left corner of A4. Inside a block, columns and rows are the
units of the standard form itself, so that the one can be read against the other.
"""

from dataclasses import dataclass
from enum import Enum
from typing import Final

LEFT_MM: Final = 15.0
COLUMN_MM: Final = 4.5
COLUMNS: Final = 40
ROW_MM: Final = 4.2
BLOCK_ROWS: Final = 12
HEADER_TOP_MM: Final = 27.5
HEADER_ROW_MM: Final = 6.5
FIRST_BLOCK_MM: Final = HEADER_TOP_MM + 2 * HEADER_ROW_MM + 1.4
BLOCK_PITCH_MM: Final = BLOCK_ROWS * ROW_MM + 1.0
PADDING_MM: Final = 1.3
"""Free space between a line of the grid and its value."""
LABEL_PADDING_MM: Final = 1.0
"""Free space between a line of the grid and its label."""

NUMBER, LABEL, MIDDLE, RIGHT, END = 1.5, 6.5, 23.0, 29.0, 40.0
"""Columns where the number cell, the left label, the left value, the right label and the right value end."""
CODE_BOX_MM: Final = (13.97, 256.455, 28.448)
"""Left, top and side of the square kept free for the signed 2D code and the white around it, lower left (`front_seal`)."""


class Align(Enum):
    """How a value stands in its cell."""

    LEFT = "left"
    CENTRE = "centre"
    RIGHT = "right"


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell of a block, in columns and rows from the upper left corner of the block."""

    left: float
    """First column."""
    right: float
    """Column after the last."""
    top: float
    """First row."""
    rows: float = 1
    """Height in rows."""
    align: Align = Align.LEFT
    """How a value stands in it."""
    size_pt: float = 8.5
    """Size of a value when there is room."""
    least_pt: float = 6.0
    """Smallest size of a value in one line."""
    lines: int = 2
    """Lines a value may take."""
    slack_pt: float = 1.2
    """Height left free when a value takes more than one."""


@dataclass(frozen=True, slots=True)
class Label:
    """A printed label and the cell it stands in."""

    text: str
    """The words; spread over the width of the cell."""
    cell: Cell
    """Where."""
    size_pt: float = 7.0
    """Size when there is room."""
    spread: float = 1.0
    """Share of the free width it may be spread over; 0 sets it as it is."""


def _left(text: str, top: float, rows: float = 1) -> Label:
    return Label(text, Cell(NUMBER, LABEL, top, rows))


def _right(text: str, top: float) -> Label:
    return Label(text, Cell(MIDDLE, RIGHT, top))


VALUES: Final[dict[str, Cell]] = {
    "reading": Cell(LABEL, MIDDLE, 0, size_pt=8),
    "name": Cell(LABEL, MIDDLE, 1, rows=2, size_pt=14, least_pt=8),
    "former_surname_reading": Cell(LABEL, MIDDLE, 3, size_pt=8),
    "former_surname": Cell(LABEL, MIDDLE, 4),
    "birth_date": Cell(LABEL, 13.2, 5),
    "sex": Cell(14.8, 17, 5, align=Align.CENTRE),
    "relation": Cell(18.6, MIDDLE, 5, align=Align.CENTRE),
    "my_number": Cell(RIGHT, END, 0),
    "juminhyo_code": Cell(RIGHT, END, 1),
    "resident_since": Cell(RIGHT, END, 2),
    "address_since": Cell(RIGHT, END, 3),
    "notified_on": Cell(RIGHT, END, 4),
    "hittosha": Cell(RIGHT, END, 5),
    "honseki": Cell(LABEL, END, 6),
    "previous_address": Cell(LABEL, END, 7),
}
"""Cells of the items every person has, by field name of PersonEntry."""

FOREIGN_VALUES: Final[dict[str, Cell]] = {
    "kanji_name": Cell(RIGHT, END, 5),
    "katakana_name": Cell(LABEL, END, 6),
    "alias": Cell(LABEL, MIDDLE, 8),
    "article_30_45": Cell(RIGHT, END, 8),
    "nationality": Cell(LABEL, MIDDLE, 9),
    "period": Cell(RIGHT, END, 9),
    "status": Cell(LABEL, MIDDLE, 10),
    "period_ends_on": Cell(RIGHT, END, 10),
    "card_number": Cell(LABEL, MIDDLE, 11),
    "remarks": Cell(RIGHT, END, 11),
}
"""Cells of the items only foreign residents have: in the spare pairs, the last of which is for remarks, and in NATIONAL_ONLY."""
NATIONAL_ONLY: Final = frozenset({"hittosha", "honseki"})
"""Items whose cells a foreign resident, who has no 戸籍, needs for the names beside the one in Latin letters."""

SPARE: Final = tuple(Cell(left, right, row) for row in (8, 9) for left, right in ((LABEL, MIDDLE), (RIGHT, END)))
"""Values of the spare pairs of Japanese nationals, closed with the mark."""
REMARKS: Final = Cell(LABEL, END, 10, rows=2)
"""Free lines of Japanese nationals."""

_COMMON_LABELS: Final = (
    _left("氏名の振り仮名", 0),
    _left("氏名", 1, rows=2),
    _left("旧氏の振り仮名", 3),
    _left("旧氏", 4),
    _left("生年月日", 5),
    Label("性別", Cell(13.2, 14.8, 5)),
    Label("続柄", Cell(17, 18.6, 5)),
    _left("転入前住所", 7),
    _right("個人番号", 0),
    _right("住民票コード", 1),
    _right("住所を定めた年月日", 3),
    _right("届出日", 4),
)
NATIONAL_LABELS: Final = (
    *_COMMON_LABELS,
    _right("筆頭者", 5),
    _left("本籍", 6),
    _right("住民となった年月日", 2),
    _left("＊＊＊", 8),
    _right("＊＊＊", 8),
    _left("＊＊＊", 9),
    _right("＊＊＊", 9),
    _left("備考", 10, rows=2),
)
FOREIGN_LABELS: Final = (
    *_COMMON_LABELS,
    _right("外国人住民となった年月日", 2),
    _right("漢字併記名", 5),
    _left("カタカナ併記名", 6),
    _left("通称", 8),
    _right("第30条の45に規定する区分", 8),
    _left("国籍・地域", 9),
    _right("在留期間等", 9),
    _left("在留資格", 10),
    _right("在留期間等の満了の日", 10),
    _left("在留カード等の番号", 11),
    _right("備考", 11),
)


def rules(foreign: bool) -> list[tuple[float, float, float, float]]:
    """Give the inner lines of a block as (column, row, column, row)."""
    down_to = 12 if foreign else 10
    lines = [(NUMBER, 0, NUMBER, 12.0), (LABEL, 0, LABEL, 12.0)]
    # The name takes two rows on the left only: the line under row 1 begins at the right half.
    lines += [(MIDDLE if row == 2 else NUMBER, row, END, row) for row in range(1, down_to if foreign else 11)]
    for first, last in ((0, 6), (8, down_to)):
        lines += [(MIDDLE, first, MIDDLE, last), (RIGHT, first, RIGHT, last)]
    lines += [(column, 5, column, 6) for column in (13.2, 14.8, 17.0, 18.6)]
    return [(float(x0), float(y0), float(x1), float(y1)) for x0, y0, x1, y1 in lines]
