"""Sets text in type: picks the one face that has every character, breaks lines, finds the size that fits its box.

Fonts are loaded by file: the toolkit's own fallback would mix two faces in one Japanese sentence.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache

from PySide6.QtGui import QFont, QFontDatabase, QFontMetricsF, QRawFont

from kiosk.flow.screen_model import Language
from kiosk.ui.theme import FACES, MISSING_CHARACTER, OTHER_FACES, TYPE_SIZES, Face, Style, Theme
from kiosk.ui.wrapping import clusters, fill, fill_evenly, widest_phrase

_SHRINK = 0.95
"""Each step down on the way to a size that fits."""


def common_scale(fits: Callable[[float], bool]) -> float:
    """Find the largest of the steps down from 1 at which `fits` is content; the last step when it never is.

    For texts of one page that share a box, so that they keep their proportions.
    """
    scale = 1.0
    while scale > 0.4 and not fits(scale):
        scale *= _SHRINK
    return scale


class FontMissingError(RuntimeError):
    """A font file of the theme is not on this machine; the screen refuses to start with another face."""


@dataclass(frozen=True, slots=True)
class Setting:
    """Text as it will be drawn."""

    lines: tuple[str, ...]
    font: QFont
    line_px: float
    width_px: float
    cut: bool
    """True when not even the least size fits its box: a mistake that tests look for."""
    cap_mm: float
    """Height of a capital as it came out."""

    @property
    def height_px(self) -> float:
        """Height of all lines."""
        return self.line_px * len(self.lines)


class Lettering:
    """The type of one language under one theme."""

    def __init__(self, theme: Theme, language: Language) -> None:
        self._theme = theme
        self._faces = FACES.get(language, OTHER_FACES)

    def set(
        self,
        text: str,
        style: Style,
        width_px: float,
        height_px: float = 1e6,
        *,
        even: bool = False,
        scale: float = 1.0,
    ) -> Setting:
        """Set `text` into a box, at the style's size or the largest below it that fits.

        `even` balances the lines; `scale` is how much smaller the neighbours on the page have agreed to be.
        """
        size = TYPE_SIZES[style]
        px_per_mm = self._theme.geometry.px_per_mm
        face, text = self._face_for(text)
        cap_ratio = _cap_ratio(face)
        wanted_mm = max(size.cap_mm, min(size.cap_mm * self._theme.text_scale, size.most_mm))
        least = round(size.least_mm * px_per_mm / cap_ratio)
        px = max(least, round(wanted_mm * scale * px_per_mm / cap_ratio))
        while True:
            font = _font(face, px, bold=size.bold)
            metrics = QFontMetricsF(font)
            lines = (fill_evenly if even else fill)(text, metrics.horizontalAdvance, width_px)
            widest = max(metrics.horizontalAdvance(line) for line in lines)
            line_px = px * size.leading
            overflows = widest > width_px + 0.5 or line_px * len(lines) > height_px + 0.5
            # rather smaller than with a word cut in two
            if px <= least or not (overflows or widest_phrase(text, metrics.horizontalAdvance) > width_px):
                return Setting(tuple(lines), font, line_px, widest, overflows, px * cap_ratio / px_per_mm)
            px = max(least, min(px - 1, int(px * _SHRINK)))

    def width(self, text: str, style: Style) -> float:
        """Width of `text` on one line at the style's size, in pixels."""
        return self.set(text, style, 1e6).width_px

    def _face_for(self, text: str) -> tuple[Face, str]:
        """Find the first face that has every character; where none has, the last one with a mark in the gap."""
        for face in self._faces:
            if _covers(face, text):
                return face, text
        face = self._faces[-1]
        return face, "".join(part if _covers(face, part) else MISSING_CHARACTER for part in clusters(text))


def plain_font(language: Language, px: int) -> QFont:
    """Give a screen face for windows of standard controls, which set their own text."""
    return _font(FACES.get(language, OTHER_FACES)[0], px, bold=False)


@cache
def _load(face: Face) -> None:
    """Register the files of a face once a process."""
    for file in (face.regular, face.bold):
        if file is not None and QFontDatabase.addApplicationFont(str(file)) < 0:
            raise FontMissingError(f"the font {face.family} is missing: {file.name}")


def _font(face: Face, px: int, *, bold: bool) -> QFont:
    _load(face)
    font = QFont(face.family)
    font.setPixelSize(px)
    font.setBold(bold and face.bold is not None)
    font.setStyleStrategy(QFont.StyleStrategy.NoFontMerging | QFont.StyleStrategy.PreferAntialias)
    font.setHintingPreference(QFont.HintingPreference.PreferNoHinting)
    return font


@cache
def _raw(face: Face) -> QRawFont:
    return QRawFont.fromFont(_font(face, 100, bold=False))


@cache
def _cap_ratio(face: Face) -> float:
    return _raw(face).capHeight() / 100


def _covers(face: Face, text: str) -> bool:
    """Say whether a face draws `text`; of variation sequences only the one-weight name face is trusted."""
    for character in text:
        code = ord(character)
        if 0xFE00 <= code <= 0xFE0F or 0xE0100 <= code <= 0xE01EF:
            if face.bold is not None:
                return False
        elif code > 0x20 and not _raw(face).supportsCharacter(code):
            return False
    return True
