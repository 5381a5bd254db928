"""What can be said of a sheet from its scans: the data are genuine, they are altered here, or nothing can be said, and why.

Never said: that the sheet is the original. A good copy of a back decodes too.
"""

from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum
from typing import Final

import numpy as np
import numpy.typing as npt

from issuing_center.backs.keys import KeyRing, page_key
from issuing_center.backs.layout import Geometry, geometry_of
from issuing_center.enquiry.alignment import Samples
from issuing_center.enquiry.comparison import DIFFERS, compared, rules
from issuing_center.enquiry.copies import is_photocopy
from issuing_center.enquiry.decoding import Decoded, decode
from issuing_center.enquiry.find import FoundBack, Grey, find_back
from issuing_center.enquiry.fronts import aligned_front, aligned_share, find_front

Region = tuple[float, float, float, float]
"""A box on the page: left, top, right, bottom as fractions of the page's width and height."""

_KEY_FITS: Final = 0.60
"""Share of cells that fit a key; by chance half do."""
_LEAST_DPI: Final = 180
"""Resolution below which untouched sheets begin to look altered; what is asked of people is 200."""
_ALIGNED_SHARE: Final = 0.88
"""Share of a front's tiles that must lie where the back says, for anything to be said of the others."""
_NUMBER_MM: Final = ((150.0, 20.0, 200.0, 25.0), (48.0, 282.0, 105.0, 288.0))
"""Where fronts have their issue numbers: above, to the right, or below, right of the signed code; left, top, right, bottom."""
_BLURRED: Final = 0.10
"""What a pixel near ink may leave open, in nats, for differences to be believed: blurred more, untouched sheets have some."""
_SMEARED: Final = 0.16
"""The same, for there to be none: smeared more, up to half of all changed characters go unseen."""
_FEW: Final = 8
"""Places up to which nobody asks whether the page lies right: one that does not differs in dozens."""
_OTHER_SHARE: Final = 0.12
"""Share of the ink (rules aside) under differences beyond which a front is not this front with a change, but another."""
_MARGIN_PX: Final = 3
"""Added around a difference for its frame."""


class Result(Enum):
    """The three answers."""

    GENUINE = "genuine"
    ALTERED = "altered"
    UNREADABLE = "unreadable"


class Reason(Enum):
    """Why, as a code that never changes its meaning; the site and the command line have sentences for them."""

    AGREES = "agrees"
    """The front shows what its back carries."""
    NOT_COMPARED = "not-compared"
    """The back is of the center and was decoded; there was no front to compare."""
    DIFFERS = "differs"
    """The front shows something else in the framed places."""
    NO_BACK = "no-back"
    """No scan shows a back with a code of ours that can be read."""
    KEY_UNKNOWN = "key-unknown"
    """The back names a key that is not ours, or whose time is over."""
    CODE_NOT_OURS = "code-not-ours"
    """The code beside the picture was not written by the center."""
    PICTURE_UNREADABLE = "picture-unreadable"
    """The code is ours; the picture is not of the document it names, or was destroyed, or scanned too coarsely."""
    TOO_COARSE = "too-coarse"
    """A scan has too few pixels to be judged by; one of 200 dpi or more has enough."""
    NOT_ALIGNED = "not-aligned"
    """The scan of the front is bent, blurred or smeared so much that it cannot be laid over what its back carries."""
    PHOTOCOPY = "photocopy"
    """The back was photocopied."""
    OTHER_DOCUMENT = "other-document"
    """Front and back are of two documents."""
    OTHER_PAGE = "other-page"
    """Front and back are two pages of one document."""


class Seal(Enum):
    """What the signed code of the sheet says."""

    VALID = "valid"
    INVALID = "invalid"
    ABSENT = "absent"


@dataclass(frozen=True, slots=True)
class PageVerdict:
    """One page."""

    page: int
    decoded: Decoded = field(repr=False)
    geometry: Geometry = field(repr=False)
    regions: tuple[Region, ...]
    score: float
    """The surprise of the most differing place, in standard deviations; 0 if nothing was compared."""
    reason: Reason
    front: Samples | None = field(default=None, repr=False)
    """Darkness of the scanned front as it was laid over the decoded one; None if none of this page was."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """The answer."""

    result: Result
    reason: Reason
    document: str | None
    """The issue number, once the center is known to have written it."""
    pages: tuple[PageVerdict, ...]
    backs: frozenset[int] = frozenset()
    """Which of the scans, from 0, show a back."""
    seal: Seal = Seal.ABSENT


def judge(scans: list[Grey], keys: KeyRing, now: datetime) -> Verdict:
    """Judge the scans of one document: fronts and backs in any order, each in any orientation."""
    found = {number: back for number, scan in enumerate(scans) if (back := find_back(scan)) is not None}
    backs = frozenset(found)
    fronts = [scan for number, scan in enumerate(scans) if number not in backs]
    documents = {back.header.document for back in found.values()}
    if not documents:
        return Verdict(Result.UNREADABLE, Reason.NO_BACK, None, ())
    if len(documents) > 1:
        return Verdict(Result.UNREADABLE, Reason.OTHER_DOCUMENT, None, (), backs)
    pages: list[PageVerdict] = []
    for number, back in sorted(found.items(), key=lambda item: item[1].header.page):
        page = _judge_page(back, scans[number], fronts, keys, now)
        if isinstance(page, Reason):
            return Verdict(Result.UNREADABLE, page, None, (), backs)
        pages.append(page)
    reasons = {page.reason for page in pages}
    order = (
        *(Reason.OTHER_DOCUMENT, Reason.OTHER_PAGE, Reason.TOO_COARSE, Reason.NOT_ALIGNED),
        *(Reason.DIFFERS, Reason.NOT_COMPARED, Reason.AGREES),
    )
    # Fronts that belong to no back of the pile are told, even where another page agrees.
    reason = next(reason for reason in order if reason in reasons)
    results = {Reason.DIFFERS: Result.ALTERED, Reason.AGREES: Result.GENUINE, Reason.NOT_COMPARED: Result.GENUINE}
    return Verdict(results.get(reason, Result.UNREADABLE), reason, documents.pop(), tuple(pages), backs)


def _judge_page(back: FoundBack, scan: Grey, fronts: list[Grey], keys: KeyRing, now: datetime) -> PageVerdict | Reason:
    header, geometry = back.header, geometry_of(back.header.setting)
    master = keys.reading(header.key_id, now)
    if master is None:
        return Reason.KEY_UNKNOWN
    key = page_key(master, header.document, header.page)
    if not header.is_ours(key):
        return Reason.CODE_NOT_OURS
    if back.cell_px * 600 / geometry.cell_dots < _LEAST_DPI:
        return Reason.TOO_COARSE
    decoded = decode(scan, back, key)
    if decoded.agreement < _KEY_FITS:
        return Reason.PICTURE_UNREADABLE
    if is_photocopy(scan, back, decoded):
        return Reason.PHOTOCOPY
    verdicts = [_compared(front, decoded, geometry, header.page) for front in fronts]
    if not verdicts:
        return PageVerdict(header.page, decoded, geometry, (), 0.0, Reason.NOT_COMPARED)
    # Of several fronts the one that fits is the one of this page.
    order = (
        *(Reason.AGREES, Reason.DIFFERS, Reason.NOT_ALIGNED, Reason.TOO_COARSE),
        *(Reason.OTHER_PAGE, Reason.OTHER_DOCUMENT),
    )
    return min(verdicts, key=lambda verdict: (order.index(verdict.reason), verdict.score))


def _compared(front: Grey, decoded: Decoded, geometry: Geometry, page: int) -> PageVerdict:
    picture = (decoded.soft > 0).astype(np.float32)
    to_scan = find_front(front, picture)
    if to_scan is None:
        return PageVerdict(page, decoded, geometry, (), 0.0, Reason.OTHER_DOCUMENT)
    if float(np.sqrt(abs(np.linalg.det(to_scan[:2, :2])))) * geometry.dpi < _LEAST_DPI:
        return PageVerdict(page, decoded, geometry, (), 0.0, Reason.TOO_COARSE)
    dark = aligned_front(front, to_scan, picture)
    comparison = compared(dark, decoded.soft, geometry)
    found = [place for place in comparison.places if place.surprise >= DIFFERS]
    covered = np.zeros(picture.shape, np.uint8)
    for item in found:
        covered[item.top : item.bottom, item.left : item.right] = 1
    # Two pages of one form have their rules in common.
    text = picture * ~rules(picture > 0)
    share = float((text * covered).sum()) / max(float(text.sum()), 1.0)
    score = comparison.places[0].surprise if comparison.places else 0.0
    if share > _OTHER_SHARE:
        return PageVerdict(page, decoded, geometry, (), score, _other(text, covered, geometry))
    # Many places that differ are asked for whether the page lies right at all.
    if comparison.unclear > (_BLURRED if found else _SMEARED) or (
        len(found) > _FEW and aligned_share(dark, picture) < _ALIGNED_SHARE
    ):
        return PageVerdict(page, decoded, geometry, (), score, Reason.NOT_ALIGNED)
    regions = _merged([_region(item.left, item.top, item.right, item.bottom, geometry) for item in found])
    reason = Reason.DIFFERS if found else Reason.AGREES
    return PageVerdict(page, decoded, geometry, regions, score, reason, dark)


def _other(text: Samples, covered: npt.NDArray[np.uint8], geometry: Geometry) -> Reason:
    """Tell another page from another document: every page shows the document's issue number in the same place."""
    scale = geometry.page_px[0] / 210
    for box in _NUMBER_MM:
        left, top, right, bottom = (
            max(0, round(at * scale) - crop) for at, crop in zip(box, geometry.crop_px * 2, strict=True)
        )
        here = (slice(top, bottom), slice(left, right))
        if text[here].any() and not covered[here].any():
            return Reason.OTHER_PAGE
    return Reason.OTHER_DOCUMENT


def _region(left: int, top: int, right: int, bottom: int, geometry: Geometry) -> Region:
    (x, y), (width, height) = geometry.crop_px, geometry.page_px
    return (
        max(0.0, (left - _MARGIN_PX + x) / width),
        max(0.0, (top - _MARGIN_PX + y) / height),
        min(1.0, (right + _MARGIN_PX + x) / width),
        min(1.0, (bottom + _MARGIN_PX + y) / height),
    )


def _merged(regions: list[Region]) -> tuple[Region, ...]:
    """Join frames that overlap."""
    joined: list[Region] = []
    for region in regions:
        box = region
        while touching := [
            other
            for other in joined
            if box[0] < other[2] and other[0] < box[2] and box[1] < other[3] and other[1] < box[3]
        ]:
            for other in touching:
                joined.remove(other)
            boxes = [box, *touching]
            box = (
                min(one[0] for one in boxes),
                min(one[1] for one in boxes),
                max(one[2] for one in boxes),
                max(one[3] for one in boxes),
            )
        joined.append(box)
    return tuple(joined)
