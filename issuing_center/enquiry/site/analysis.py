"""One enquiry from files to an answer that a page can show. Opens no picture itself; draws new ones from bare pixels."""

import base64
import io
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Final

from msgspec import MsgspecError
from msgspec.json import decode, encode
from PIL import Image

from issuing_center.enquiry.site import process
from issuing_center.enquiry.site.limits import Limits, No
from issuing_center.enquiry.site.parts import MalformedPartsError, pack, unpack
from issuing_center.enquiry.site.words import JudgeAnswer, JudgeAsk, JudgedPage, ReadAnswer, ReadAsk, Size
from issuing_center.enquiry.verdict import Reason, Region, Result, Seal

_SHOWN_WIDTH: Final = 1654
"""Pixels: A4 at 200 dpi, enough to read the smallest print of a form."""
_MOST_SIDE: Final = 6000
_MOST_REGIONS: Final = 400
_DOCUMENT: Final = re.compile(r"[0-9A-Z-]{1,40}\Z")
_GREYS: Final = 16


@dataclass(frozen=True, slots=True)
class ShownPage:
    """One sheet as the page shows it."""

    page: int
    decoded: str = field(repr=False)
    """A picture as a data: address; stored nowhere."""
    scanned: str | None = field(repr=False)
    """The front laid as the decoded one lies; None if there is none of this page."""
    width: int
    height: int
    regions: tuple[Region, ...]
    """Differing places as fractions of the page."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What is said of a sheet."""

    result: Result
    reason: Reason
    document: str | None
    seal: Seal
    pages: tuple[ShownPage, ...]


@dataclass(frozen=True, slots=True)
class Trusted:
    """The files that what is issued is known by; read by the confined process that judges, never here."""

    keys: Path
    """Master keys of backs (TOML)."""
    signers: Path
    """Certificates of all who signed codes of fronts (PEM)."""


def enquire(files: Sequence[bytes], trusted: Trusted, now: datetime, limits: Limits) -> Answer | No:
    """Read the files, judge them, and draw what is to be shown."""
    most = (str(limits.memory_bytes), str(limits.cpu_s))
    ask = pack(encode(ReadAsk(limits.pages, limits.pixels)), files)
    read = process.ask(ask, limits, limits.read_s, "read", *most)
    if isinstance(read, No):
        return read
    try:
        head, pictures = unpack(read)
        scans = decode(head, type=ReadAnswer)
        if scans.no is not None:
            return No[scans.no]
        _check_sizes(scans.sizes, pictures)
    except (MalformedPartsError, MsgspecError, KeyError, ValueError):
        return No.FAILED
    ask = pack(encode(JudgeAsk(now, scans.sizes)), pictures)
    judged = process.ask(ask, limits, limits.judge_s, "judge", *most, str(trusted.keys), str(trusted.signers))
    if isinstance(judged, No):
        return judged
    try:
        return _answer(*unpack(judged))
    except (MalformedPartsError, MsgspecError, ValueError):
        return No.FAILED


def _check_sizes(sizes: Sequence[Size], pictures: Sequence[memoryview]) -> None:
    if not sizes or [height * width for height, width in sizes] != [len(picture) for picture in pictures]:
        raise MalformedPartsError


def _answer(head: bytes, pictures: list[memoryview]) -> Answer:
    words = decode(head, type=JudgeAnswer)
    if words.document is not None and not _DOCUMENT.match(words.document):
        raise MalformedPartsError
    sizes = [page.size for page in words.pages for _ in range(1 + page.scanned)]
    if words.pages or pictures:
        _check_sizes(sizes, pictures)
    waiting = iter(pictures)
    pages = tuple(_shown(page, next(waiting), next(waiting) if page.scanned else None) for page in words.pages)
    return Answer(Result(words.result), Reason(words.reason), words.document, Seal(words.seal), pages)


def _shown(page: JudgedPage, decoded: memoryview, scanned: memoryview | None) -> ShownPage:
    within = all(0 <= side <= 1 for region in page.regions for side in region)
    if not within or len(page.regions) > _MOST_REGIONS or not 1 <= page.page <= 99 or max(page.size) > _MOST_SIDE:
        raise MalformedPartsError
    height = round(page.size[0] * _SHOWN_WIDTH / page.size[1])
    return ShownPage(
        page.page,
        _picture(decoded, page.size, height),
        None if scanned is None else _picture(scanned, page.size, height),
        _SHOWN_WIDTH,
        height,
        tuple(page.regions),
    )


def _picture(pixels: memoryview, size: Size, height: int) -> str:
    grey = Image.frombytes("L", (size[1], size[0]), bytes(pixels)).resize((_SHOWN_WIDTH, height), Image.Resampling.BOX)
    target = io.BytesIO()
    grey.quantize(_GREYS).save(target, "PNG", optimize=False)
    return "data:image/png;base64," + base64.b64encode(target.getvalue()).decode("ascii")
