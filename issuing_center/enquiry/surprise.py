"""How much more a scanned front and its back disagree around a place than they should.

Two measures make "should". Every pixel says itself how sure it is; and characters of many strokes, as those under rings,
are seen less well than that, by how much is asked of the page: most of them are untouched.
"""

from dataclasses import dataclass, field
from typing import Final

import cv2
import numpy as np

from issuing_center.enquiry.alignment import Samples
from issuing_center.enquiry.prediction import Ink

_SURE: Final = 6.0
"""Log-odds beyond which no single pixel counts: one grain of toner is never a difference."""
_SIGMA: Final = 2.5
"""Reach of what is added up, in pixels: a digit is 7 wide, an ideograph 16."""
_AREA: Final = np.float32(4 * np.pi * _SIGMA**2)
"""Pixels that a place adds up."""
_EVIDENT: Final = 10.0
"""Surprise from which a place teaches nothing: it is changed, or one of very few that are not."""
_SAME_PAGE: Final = 0.985
"""Share of the places that must be able to teach, for any to do so: of another page too many differ."""
_SHARE: Final = 0.97
"""Share of the places of a kind that disagree by `_USUAL` at most."""
_USUAL: Final = 3.0
_MOST: Final = 3.0
"""What the page can teach at most: that a kind of place is seen so many times worse than its pixels say."""
_OF_A_KIND: Final = 5_000
"""Pixels of a kind from which something is learnt: a character with its surroundings is 400."""
_NEAR: Final = np.ones((9, 9), np.uint8)
"""Around ink that is asked: what is added up reaches so far."""
_KINDS: Final = 8
"""Kinds at most, by the strokes around."""


@dataclass(frozen=True, slots=True)
class Disagreement:
    """Of two pictures, around each pixel."""

    more: Samples = field(repr=False)
    """How much more than their own pixels expect, as log-likelihood."""
    noise: Samples = field(repr=False)
    """Its variance, by the same pixels."""


def disagreement(logit: Samples, carried_logit: Samples, weights: Samples) -> Disagreement:
    """Add up around each pixel what two pictures disagree.

    `logit` is what the scan says of ink in each pixel of the carried picture, `carried_logit` what the back says; a pixel
    counts as much as its weight, 0 to 1.
    """
    scan = 1 / (1 + np.exp(-np.clip(logit, -_SURE, _SURE)))
    back = 1 / (1 + np.exp(-np.clip(carried_logit, -_SURE, _SURE)))
    sure = np.maximum(back, 1 - back)
    agree, same, other = (scan * odds + (1 - scan) * (1 - odds) for odds in (back, sure, 1 - sure))
    cost, cost_same, cost_other = -np.log(agree), -np.log(same), -np.log(other)
    mean = same * cost_same + (1 - same) * cost_other
    spread = same * cost_same**2 + (1 - same) * cost_other**2 - mean * mean
    return Disagreement(
        _mean(((cost - mean) * weights).astype(np.float32)) * _AREA,
        _mean((spread * weights * weights).astype(np.float32)) * _AREA + 1,
    )


def surprise(seen: Disagreement, doubt: Samples) -> Samples:
    """Give how much more two pictures disagree around each pixel than they should, in standard deviations."""
    return np.asarray(seen.more / np.sqrt(seen.noise * doubt), np.float32)


def doubt_of(seen: Disagreement, ink: Ink, rings: Samples) -> Samples:
    """Learn from a page how many times worse than its own pixels say each place is seen, squared; 1 if no worse.

    `ink` is what is carried, `rings` is 1 under a ring of the ground, else 0.
    """
    doubt = np.ones(ink.shape, np.float32)
    asked = cv2.dilate(ink.astype(np.uint8), _NEAR) > 0
    plain = surprise(seen, doubt) < _EVIDENT
    if float(plain[asked].mean()) < _SAME_PAGE:
        return doubt
    asked &= plain
    worse = np.maximum(seen.more, 0) ** 2 / (seen.noise * np.float32(_USUAL**2))
    strokes = _mean(_edges(ink)) * _AREA
    hidden = _mean(rings) > 0.1
    for here in (~hidden, hidden):
        doubt[here] = _learnt(strokes[here & asked], worse[here & asked], strokes[here])
    return doubt


def _learnt(strokes: Samples, worse: Samples, wanted: Samples) -> Samples:
    """Learn what is usual among places with so many strokes around, for those that are wanted."""
    kinds = min(_KINDS, len(strokes) // _OF_A_KIND)
    if not kinds:
        return np.ones(wanted.shape, np.float32)
    limits = np.quantile(strokes, np.arange(1, kinds) / kinds)
    kind = np.searchsorted(limits, strokes)
    middles = [float(strokes[kind == one].mean()) for one in range(kinds)]
    usual = [float(np.quantile(worse[kind == one], _SHARE)) for one in range(kinds)]
    learnt = np.clip(np.maximum.accumulate(usual), 1, _MOST**2)
    # Of the densest there are too few to ask.
    denser = np.maximum(wanted / np.float32(middles[-1]), 1)
    return np.asarray(np.interp(wanted, middles, learnt) * denser**2, np.float32)


def _mean(values: Samples) -> Samples:
    return np.asarray(cv2.GaussianBlur(values, (0, 0), _SIGMA), np.float32)


def _edges(ink: Ink) -> Samples:
    each = np.zeros(ink.shape, np.float32)
    each[:, 1:] += ink[:, 1:] != ink[:, :-1]
    each[1:] += ink[1:] != ink[:-1]
    return each
