"""What a scanned front says its back should carry: the odds of ink for every carried pixel, learnt from the page itself.

Most of a page agrees with its back, so the page teaches how a carried pixel looks after this printer, this scanner and this
compression. Knows darkness and carried ink; neither keys nor verdicts.
"""

from typing import Final

import cv2
import numpy as np
import numpy.typing as npt

from issuing_center.enquiry.alignment import FINE, Samples

Ink = npt.NDArray[np.bool_]
"""A carried picture: True is ink."""
ROUGH_PATCH: Final = 8
PATCH: Final = 10
"""Side of the neighbourhood that tells a pixel, in samples: four pixels to begin with, five in the end."""
_AROUND: Final = (3.2, 8.0)
"""Reaches of the mean darkness around a pixel, in samples: the carrier's limit of ink rises with it."""
_RIDGE: Final = 0.5
"""What keeps weights small where lessons say nothing."""


def near_ink(ink: Ink) -> Ink:
    """Give the pixels within two of ink: those that say something of how ink looks."""
    return cv2.dilate(ink.astype(np.uint8), np.ones((5, 5), np.uint8)) > 0


def predicted(dark: Samples, ink: Ink, trusted: Ink, patch: int = PATCH) -> Samples:
    """Give, for every sample, the log-odds that the carried picture has ink there: a logistic regression on this page.

    `dark` is the scanned front at `FINE` samples a pixel, in place; only pixels that are `trusted` teach.
    """
    columns = ink.shape[1]
    half = patch // 2
    # So smooth that one sample a pixel is enough.
    small = cv2.resize(dark, ink.shape[::-1], interpolation=cv2.INTER_AREA)
    context = [np.asarray(cv2.GaussianBlur(small, (0, 0), reach / FINE), np.float32) for reach in _AROUND]
    near, trusted = near_ink(ink).ravel(), trusted.ravel()
    random = np.random.default_rng(1)
    # Edges of ink teach most; open paper is easy and needs few examples.
    lessons = ((np.flatnonzero(near & trusted), 40_000), (np.flatnonzero(~near & trusted), 8_000))
    chosen = np.concatenate(
        [random.choice(places, min(count, len(places)), replace=False) for places, count in lessons]
    )
    r, c = np.divmod(chosen, columns)
    y, x = r * FINE + FINE // 2, c * FINE + FINE // 2
    padded = cv2.copyMakeBorder(dark, half, half, half, half, cv2.BORDER_REPLICATE)
    offsets = np.arange(patch)
    patches = padded[y[:, None, None] + offsets[:, None], x[:, None, None] + offsets].reshape(len(chosen), -1)
    wide = [plane[r, c][:, None] for plane in context]
    weights = logistic(np.hstack((patches, *wide, np.ones((len(chosen), 1), np.float32))), ink.ravel()[chosen])
    place = half - FINE // 2
    kernel = weights[: patch * patch].reshape(patch, patch)
    logit = cv2.filter2D(dark, cv2.CV_32F, kernel, anchor=(place, place), borderType=cv2.BORDER_REPLICATE)
    around = weights[-3] * context[0] + weights[-2] * context[1] + weights[-1]
    # In place: the first sample of a pixel has what was learnt there, to the fraction.
    fewer, flags = np.array([[1, 0, 0], [0, 1, 0]], np.float32) / FINE, cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
    wide_logit = cv2.warpAffine(around, fewer, dark.shape[::-1], flags=flags, borderMode=cv2.BORDER_REPLICATE)
    return np.asarray(cv2.add(logit, wide_logit, dst=logit), np.float32)


def logistic(inputs: Samples, target: Ink) -> Samples:
    """Fit weights (one an input column) so that `inputs @ weights` are the log-odds of `target`; rows in any order."""
    lessons = inputs.astype(np.float32, copy=False)
    weights = np.zeros(lessons.shape[1])
    order = np.random.default_rng(2).permutation(len(lessons))
    # Most of the way is gone with few lessons, the last steps with all.
    for count, steps in ((min(len(lessons), 6_000), 7), (len(lessons), 3)):
        some = order[:count]
        weights = _newton(lessons[some], target[some], weights, steps)
    return weights.astype(np.float32)


def _newton(lessons: Samples, target: Ink, weights: npt.NDArray[np.float64], steps: int) -> npt.NDArray[np.float64]:
    """Improve weights by Newton's method; a step that makes it worse is made shorter."""
    signs = np.where(target, np.float32(1), np.float32(-1))
    logit = lessons @ weights.astype(np.float32)
    loss = _loss(logit * signs, weights)
    for _ in range(steps):
        odds = 1 / (1 + np.exp(-np.clip(logit, -30, 30)))
        slope = np.maximum(odds * (1 - odds), 1e-4)
        products = (lessons * slope[:, None]).T @ lessons
        gram = products.astype(np.float64) + np.eye(len(weights)) * _RIDGE
        step = np.linalg.solve(gram, (lessons.T @ (target - odds)).astype(np.float64) - _RIDGE * weights)
        share = 1.0
        while share > 0.05:
            tried = weights + share * step
            logit_tried = lessons @ tried.astype(np.float32)
            if (loss_tried := _loss(logit_tried * signs, tried)) < loss:
                weights, logit, loss = tried, logit_tried, loss_tried
                break
            share /= 2
    return weights


def _loss(right: Samples, weights: npt.NDArray[np.float64]) -> float:
    wrong = np.maximum(-right, 0) + np.log1p(np.exp(-np.abs(right)))
    return float(wrong.sum(dtype=np.float64)) + 0.5 * _RIDGE * float(weights @ weights)
