"""A slip as black and white dots, exactly as the print head burns them.

Everything is drawn here, Japanese and Latin alike: a printer's own letters know neither 𠮷 nor the 葛 of somebody's name.
"""

from dataclasses import dataclass
from typing import assert_never

import qrcode  # type: ignore[import-untyped]  # the package ships neither stubs nor py.typed
from PIL import Image, ImageDraw, ImageFont

from printers.escpos.lettering import Lettering, broken, width_dots
from printers.slip import Align, BigNumber, Columns, Feed, Part, Qr, Rule, Slip, Text

MARGIN = 12
"""Empty dots at both edges (1.5 mm): rolls are not cut and fed more exactly."""
_LEADING = 1.42
"""Distance of lines in letter heights."""
_GAP = 18
"""Least distance of a label and its value."""
_INK = 150
"""Grey below which a dot is burnt: fine strokes of Mincho survive, corners of Gothic do not fill."""
_DASH = 6
_QUIET_MODULES = 4


@dataclass(frozen=True, slots=True)
class Undrawable:
    """A text has a character that no face has; nothing may be printed."""

    part: int
    """Which part of the slip, counted from 0. The text itself is not told: it may be a name."""


@dataclass(frozen=True, slots=True)
class _Line:
    """Letters at a place."""

    text: str
    font: ImageFont.FreeTypeFont
    left: int
    top: int


@dataclass(frozen=True, slots=True)
class _Box:
    """Black, from corner to corner; both included."""

    left: int
    top: int
    right: int
    bottom: int


@dataclass(frozen=True, slots=True)
class _Picture:
    """Dots of their own."""

    image: Image.Image
    left: int
    top: int


class _UndrawableText(Exception):
    pass


def draw(slip: Slip, dots: int, lettering: Lettering) -> Image.Image | Undrawable:
    """Draw a slip `dots` wide, in mode "1" with 0 for black; its height follows from its parts."""
    with lettering.lock:
        layout = _Layout(dots, lettering)
        for number, part in enumerate(slip.parts):
            try:
                layout.add(part)
            except _UndrawableText:
                return Undrawable(number)
        return layout.picture()


class _Layout:
    """The parts of one slip, put beneath each other."""

    def __init__(self, dots: int, lettering: Lettering) -> None:
        self._dots = dots
        self._room = dots - 2 * MARGIN
        self._lettering = lettering
        self._things: list[_Line | _Box | _Picture] = []
        self._y = 0

    def add(self, part: Part) -> None:
        """Put a part beneath the others; raises _UndrawableText."""
        match part:
            case Text(text, size, bold, align):
                font = self._font(text, size, bold=bold)
                for line in broken(font, text, self._room):
                    self._line(line, font, align)
            case Columns():
                self._columns(part)
            case Rule(thickness, dashed):
                self._rule(thickness, dashed=dashed)
            case BigNumber(text, size):
                font = self._font(text, size, bold=True)
                while width_dots(font, text) > self._room and size > 8:
                    size -= 4
                    font = self._font(text, size, bold=True)
                self._line(text, font, Align.CENTER)
            case Qr(content, module):
                self._qr(content, module)
            case Feed(dots):
                self._y += dots
            case _:
                assert_never(part)

    def picture(self) -> Image.Image:
        """Draw what was put."""
        image = Image.new("L", (self._dots, max(self._y, 1)), 255)
        pen = ImageDraw.Draw(image)
        for thing in self._things:
            match thing:
                case _Line(text, font, left, top):
                    pen.text((left, top), text, fill=0, font=font, anchor="la", direction="ltr")
                case _Box(left, top, right, bottom):
                    pen.rectangle((left, top, right, bottom), fill=0)
                case _Picture(dots, left, top):
                    image.paste(dots, (left, top))
                case _:
                    assert_never(thing)
        return image.point([255 if grey >= _INK else 0 for grey in range(256)]).convert("1", dither=Image.Dither.NONE)

    def _font(self, text: str, size: int, *, bold: bool) -> ImageFont.FreeTypeFont:
        face = self._lettering.face(text, bold=bold)
        if face is None:
            raise _UndrawableText
        return face.at(size)

    def _line(self, text: str, font: ImageFont.FreeTypeFont, align: Align) -> None:
        width = width_dots(font, text)
        left = {Align.LEFT: 0, Align.CENTER: (self._room - width) // 2, Align.RIGHT: self._room - width}[align]
        self._put(text, font, MARGIN + left)
        self._y += _line_height(font)

    def _put(self, text: str, font: ImageFont.FreeTypeFont, left: int) -> None:
        # Faces differ in how far their letters stand below their line; ascent and size put their baselines alike.
        ascent, descent = font.getmetrics()
        spare = _line_height(font) - (ascent + descent)
        self._things.append(_Line(text, font, left, self._y + spare // 2))

    def _columns(self, part: Columns) -> None:
        label = self._font(part.label, part.size_dots, bold=part.bold)
        value = self._font(part.value, part.size_dots, bold=part.bold)
        right = MARGIN + self._room - width_dots(value, part.value)
        if right - MARGIN - width_dots(label, part.label) >= _GAP:
            self._put(part.label, label, MARGIN)
            self._put(part.value, value, right)
            self._y += max(_line_height(label), _line_height(value))
            return
        for line in broken(label, part.label, self._room):
            self._line(line, label, Align.LEFT)
        for line in broken(value, part.value, self._room - _GAP):
            self._line(line, value, Align.RIGHT)

    def _rule(self, thickness: int, *, dashed: bool) -> None:
        top, right = self._y + 10, MARGIN + self._room - 1
        step = 2 * _DASH if dashed else self._room
        for left in range(MARGIN, right + 1, step):
            end = min(right, left + (_DASH if dashed else self._room) - 1)
            self._things.append(_Box(left, top, end, top + thickness - 1))
        self._y = top + thickness + 10

    def _qr(self, content: str, module: int) -> None:
        code = qrcode.QRCode(error_correction=qrcode.ERROR_CORRECT_M, border=_QUIET_MODULES)
        code.add_data(content.encode("ascii"))
        rows = code.get_matrix()
        side = len(rows)
        image = Image.new("L", (side, side), 255)
        image.putdata([0 if dark else 255 for row in rows for dark in row])
        edge = min(module, self._dots // side) * side
        image = image.resize((edge, edge), Image.Resampling.NEAREST)
        self._things.append(_Picture(image, (self._dots - edge) // 2, self._y))
        self._y += edge


def _line_height(font: ImageFont.FreeTypeFont) -> int:
    return round(font.size * _LEADING)
