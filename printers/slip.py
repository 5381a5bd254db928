"""A slip of paper as data: lines, columns, rules, a number to be read from afar, a QR code. Nothing of it is a device.

Measures are dots of 203 dpi, 8 to the millimetre. How wide the paper is belongs to the printer, so a slip breaks its lines
where it is drawn. Knows neither kiosks nor certificates, and does not draw.
"""

from dataclasses import dataclass, field
from enum import Enum, IntEnum


class Width(IntEnum):
    """Printable dots of the paper rolls in use."""

    MM58 = 384
    MM80_NARROW = 512
    """80 mm paper in printers of 64 mm."""
    MM80 = 576


class Align(Enum):
    """Where a line stands."""

    LEFT = "left"
    CENTER = "center"
    RIGHT = "right"


SMALL = 22
BODY = 26
LARGE = 34
TITLE = 48
"""Letter heights in dots: 2.8, 3.3, 4.3 and 6 mm."""


@dataclass(frozen=True, slots=True)
class Text:
    """A text, broken into as many lines as it needs."""

    text: str = field(repr=False)
    size_dots: int = BODY
    bold: bool = False
    align: Align = Align.LEFT


@dataclass(frozen=True, slots=True)
class Columns:
    """A label at the left edge and its value at the right; the value goes to lines of its own when both are too long."""

    label: str = field(repr=False)
    value: str = field(repr=False)
    size_dots: int = BODY
    bold: bool = False


@dataclass(frozen=True, slots=True)
class Rule:
    """A line across the paper."""

    thickness_dots: int = 2
    dashed: bool = False


@dataclass(frozen=True, slots=True)
class BigNumber:
    """A number in the largest letters that fit, at most of this height, in the middle."""

    text: str
    size_dots: int = 128


@dataclass(frozen=True, slots=True)
class Qr:
    """A QR code with its quiet zone, in the middle."""

    content: str = field(repr=False)
    """ASCII."""
    module_dots: int = 6
    """Edge of a module at most; smaller on paper too narrow for it."""


@dataclass(frozen=True, slots=True)
class Feed:
    """Empty paper."""

    dots: int


Part = Text | Columns | Rule | BigNumber | Qr | Feed


@dataclass(frozen=True, slots=True)
class Slip:
    """One piece of paper, from the top; it is cut off behind its last part."""

    parts: tuple[Part, ...]
