"""Glyph outlines as PDF path operators, for what must be a drawing and not text: seal and 見本."""

import functools
from typing import Any

import uharfbuzz as hb  # type: ignore[import-untyped]  # the package ships neither stubs nor py.typed
from fontTools.pens.basePen import BasePen  # type: ignore[import-untyped]  # the same

from issuing_center.paper.fonts import PaperFonts


class _PathPen(BasePen):  # type: ignore[misc]  # fontTools has no types
    """Collects PDF path operators under a scale and a shift; BasePen turns quadratic curves into cubic ones."""

    def __init__(self, scale: tuple[float, float], shift: tuple[float, float], digits: int) -> None:
        super().__init__()
        self.operators: list[str] = []
        self._scale, self._shift, self._digits = scale, shift, digits

    def _point(self, point: tuple[float, float]) -> str:
        x, y = (point[axis] * self._scale[axis] + self._shift[axis] for axis in (0, 1))
        return f"{x:.{self._digits}f} {y:.{self._digits}f}"

    def _moveTo(self, pt: tuple[float, float]) -> None:
        self.operators.append(f"{self._point(pt)} m")

    def _lineTo(self, pt: tuple[float, float]) -> None:
        self.operators.append(f"{self._point(pt)} l")

    def _curveToOne(self, pt1: tuple[float, float], pt2: tuple[float, float], pt3: tuple[float, float]) -> None:
        self.operators.append(f"{self._point(pt1)} {self._point(pt2)} {self._point(pt3)} c")

    def _closePath(self) -> None:
        self.operators.append("h")


def outline(
    char: str, fonts: PaperFonts, scale: tuple[float, float], shift: tuple[float, float], digits: int = 1
) -> str:
    """Give the outline of one character, scaled from design units and shifted, without a painting operator.

    Raises KeyError if the font lacks the character.
    """
    pen = _PathPen(scale, shift, digits)
    hb_font(fonts).draw_glyph_with_pen(fonts.simple[char][0], pen)
    return " ".join(pen.operators)


def bounds(char: str, fonts: PaperFonts) -> tuple[float, float, float, float]:
    """Give the ink box of one character in design units: left, bottom, right, top."""
    extents = hb_font(fonts).get_glyph_extents(fonts.simple[char][0])
    return (
        extents.x_bearing,
        extents.y_bearing + extents.height,
        extents.x_bearing + extents.width,
        extents.y_bearing,
    )


@functools.lru_cache(maxsize=1)
def hb_font(fonts: PaperFonts) -> Any:  # noqa: ANN401 - an object of an untyped library
    """Give the font as HarfBuzz draws with it, made once."""
    return hb.Font(fonts.face)
