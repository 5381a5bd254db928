"""The 罹災証明書 in the unified form: how far a dwelling was damaged, by what, and who lived there.

The degree is printed in words, not as one ticked box of six: an empty box can be ticked by anybody.
"""

from dataclasses import dataclass, field
from datetime import date
from enum import Enum
from functools import partial
from typing import Final

from issuing_center.paper import form, grid
from issuing_center.paper.certificate import Body, Drawn, draw_certificate
from issuing_center.paper.fonts import PaperFonts
from issuing_center.paper.printed import printed
from issuing_center.paper.sheet import Cell, Certificate, Essentials, Issuer, Mark, WrittenDate
from issuing_center.paper.table import Head, Repeated, Slot, Table, row
from issuing_center.paper.values import ValuePen


class DamageDegree(Enum):
    """住家の被害の程度, the six of the unified form."""

    DESTROYED = "全壊"
    LARGE_SCALE_HALF = "大規模半壊"
    MEDIUM_SCALE_HALF = "中規模半壊"
    HALF = "半壊"
    NEARLY_HALF = "準半壊"
    PARTIAL = "準半壊に至らない（一部損壊）"


@dataclass(frozen=True, slots=True)
class RisaiMember:
    """One member of the 世帯."""

    name: str = field(repr=False)
    """氏名."""
    relation: Cell = field(repr=False)
    """続柄 to the head."""


@dataclass(frozen=True, slots=True)
class RisaiSheet(Certificate):
    """One 罹災証明書 about one dwelling; eight members of the 世帯 a page."""

    reference: Cell = field(repr=False)
    """整理番号 of the survey."""
    head_address: str = field(repr=False)
    """世帯主住所 on the day of the disaster."""
    head_name: str = field(repr=False)
    """世帯主氏名."""
    members: tuple[RisaiMember, ...] = field(repr=False)
    """世帯構成員, the head among them; empty closes the table."""
    occurred_on: date | WrittenDate = field(repr=False)
    """Day of the damage."""
    disaster: str = field(repr=False)
    """Name of the disaster: 「令和8年見本台風」; printed as 「…日の…による」."""
    dwelling_address: str = field(repr=False)
    """被災住家の所在地."""
    degree: DamageDegree = field(repr=False)
    """住家の被害の程度."""
    remarks_on_household: Cell = field(default=Mark.NOT_APPLICABLE, repr=False)
    """追加記載事項欄①: about the household; three lines at most."""
    remarks_on_damage: Cell = field(default=Mark.NOT_APPLICABLE, repr=False)
    """追加記載事項欄②: about the damage, 「床上浸水」 and the like; four lines at most."""

    @property
    def essentials(self) -> Essentials:
        """Title, sentence and names of this form."""
        names = (self.head_name, *[member.name for member in self.members])
        pages = max(1, -(-len(self.members) // _MEMBERS.capacity))
        return Essentials("罹災証明書", "上記のとおり、相違ないことを証明します。", names, pages)


_LABEL: Final = 9
_ABOVE: Final = Table(
    (
        row(Head("整理番号", _LABEL, 9), Slot("reference", size_pt=11)),
        row(Head("世帯主住所", _LABEL, 9), Slot("head_address", size_pt=11), height=1.2),
        row(Head("世帯主氏名", _LABEL, 9), Slot("head_name", size_pt=15, least_pt=8.5), height=1.4),
    ),
    row_mm=9,
    top_mm=form.BODY_TOP_MM,
)
_HEADS: Final = Table(
    (row(Head("世帯構成員", _LABEL, 9), Head("氏名", 19, 9), Head("続柄", 0, 9)),), 7, _ABOVE.bottom_mm + 1.4
)
_MEMBERS: Final = Repeated(
    "Member",
    (row(Slot("number", _LABEL, align=grid.Align.CENTRE), Slot("name", 19, size_pt=11, least_pt=8), Slot("relation")),),
    row_mm=8,
    top_mm=_HEADS.bottom_mm,
    capacity=8,
)
_BELOW: Final = Table(
    (
        row(Head("追加記載事項①", _LABEL, 9), Slot("remarks_on_household", lines=3), height=1.6),
        row(Head("罹災原因", _LABEL, 9), Slot("cause", size_pt=11), height=1.4),
        row(Head("被災住家の所在地", _LABEL, 9), Slot("dwelling_address", size_pt=11), height=1.4),
        row(Head("住家の被害の程度", _LABEL, 9), Slot("degree", size_pt=18), height=2.2),
        row(Head("追加記載事項②", _LABEL, 9), Slot("remarks_on_damage", lines=4), height=2.8),
    ),
    row_mm=10.6,
    top_mm=_MEMBERS.bottom_mm + 1.4,
)
_NOTE: Final = (
    "※住家とは、現実に居住（世帯が生活の本拠として日常的に使用していることをいう。）のために使用している建物をいう。"
)


def _fixed(pen: form.FormPen, _issuer: Issuer) -> list[bytes]:
    note = pen.text(_NOTE, form.x_pt(grid.LEFT_MM), form.y_pt(_BELOW.bottom_mm + 4.5), 8)
    return [_ABOVE.fixed(pen), _HEADS.fixed(pen), _BELOW.fixed(pen), note]


_LAYOUT: Final = form.Layout(_fixed, tuple(_MEMBERS.drawings()))


def draw_risai(sheet: RisaiSheet, fonts: PaperFonts) -> Drawn:
    """Draw a 罹災証明書; a household of more than eight takes further pages that repeat everything but the members."""
    return draw_certificate(sheet, _LAYOUT, partial(_bodies, sheet), fonts)


def _bodies(sheet: RisaiSheet) -> list[Body]:
    return [partial(_page, sheet, page * _MEMBERS.capacity) for page in range(sheet.essentials.pages or 1)]


def _page(sheet: RisaiSheet, first: int, pen: ValuePen) -> None:
    members = sheet.members[first : first + _MEMBERS.capacity]
    _ABOVE.write(
        pen,
        (
            ("reference", printed(sheet.reference)),
            ("head_address", sheet.head_address),
            ("head_name", sheet.head_name),
        ),
    )
    lines = [
        (("number", str(first + at)), ("name", member.name), ("relation", printed(member.relation)))
        for at, member in enumerate(members, start=1)
    ]
    _MEMBERS.write(pen, lines, "members", first)
    _BELOW.write(
        pen,
        (
            ("remarks_on_household", printed(sheet.remarks_on_household)),
            ("cause", f"{printed(sheet.occurred_on)}の{sheet.disaster}による"),
            ("dwelling_address", sheet.dwelling_address),
            ("degree", sheet.degree.value),
            ("remarks_on_damage", printed(sheet.remarks_on_damage)),
        ),
    )
