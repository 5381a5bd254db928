"""What the site and its confined processes say to each other."""

from datetime import datetime

from msgspec import Struct

Size = tuple[int, int]
"""Height and width in pixels."""


class ReadAsk(Struct, frozen=True, forbid_unknown_fields=True):
    """With the files as pieces."""

    pages: int
    """Most of them,"""
    pixels: int
    """and most of these."""


class ReadAnswer(Struct, frozen=True, forbid_unknown_fields=True):
    """With the pictures as pieces."""

    no: str | None
    """Name of a refusal; then there is no picture."""
    sizes: list[Size]


class JudgeAsk(Struct, frozen=True, forbid_unknown_fields=True):
    """With the pictures as pieces."""

    now: datetime
    sizes: list[Size]


class JudgedPage(Struct, frozen=True, forbid_unknown_fields=True):
    """Each brings its decoded front as a piece, and after it the scanned one if there is one to show."""

    page: int
    size: Size
    """Of both pictures."""
    regions: list[tuple[float, float, float, float]]
    scanned: bool


class JudgeAnswer(Struct, frozen=True, forbid_unknown_fields=True):
    """The verdict in words of `issuing_center.enquiry.verdict`."""

    result: str
    reason: str
    document: str | None
    seal: str
    pages: list[JudgedPage]
