"""Where the front that a back carries lies in the scan of a front: found by what stands on it, for it has no marks."""

from typing import Final

import cv2
import numpy as np

from issuing_center.enquiry.alignment import (
    FINE,
    ROUGH,
    Bend,
    Samples,
    added,
    coarse_bend,
    contrast,
    fine_bend,
    reduced,
    sample,
)
from issuing_center.enquiry.find import Grey, Map, resized

_LOOKS: Final = ((800, 1500, 80), (1150, 4000, 25))
"""Longer side of a picture (about 70 dpi, and 100), most features taken from it, and how many must agree on one map.

The first look is a third of the work and enough for nearly all scans. In the second, pages of another document agree on far
fewer features than asked for.
"""
_FAR_MORE: Final = 1.2
"""How many times as many features must agree on a trapezium as on a parallelogram for a front to be one."""
_TILE: Final = 64
"""Side of a tile that is asked whether it lies right, in samples: 6 mm."""
_INKED: Final = 0.005
"""Mean square of a tile's contrast from which it has something on it."""
_ALIKE: Final = 0.5
"""Correlation from which a tile lies right."""


def find_front(scan: Grey, picture: Samples) -> Map | None:
    """Find the map from pixels of a carried picture to pixels of a scan; None if the scan shows something else.

    `picture` is the share of ink, 0 to 1. Any orientation, size and a slight skew will do.
    """
    known = np.clip(255 - 255 * cv2.GaussianBlur(picture, (0, 0), 0.8), 0, 255).astype(np.uint8)
    for long_side, features, least in _LOOKS:
        found = _matched(_reduced(known, long_side), _reduced(scan, long_side), features, least)
        if found is not None:
            return found
    return None


def _matched(known: tuple[Grey, Map], scan: tuple[Grey, Map], features: int, least: int) -> Map | None:
    detector = cv2.SIFT.create(nfeatures=features, contrastThreshold=0.03)
    (small_known, to_known), (small_scan, to_scan) = known, scan
    points, descriptors = detector.detectAndCompute(small_known, None)
    seen_points, seen = detector.detectAndCompute(small_scan, None)
    if min(len(points), len(seen_points)) < least:
        return None
    pairs = cv2.BFMatcher(cv2.NORM_L2).knnMatch(descriptors, seen, k=2)
    good = [pair[0] for pair in pairs if len(pair) == 2 and pair[0].distance < 0.85 * pair[1].distance]
    if len(good) < least:
        return None
    source = np.array([points[match.queryIdx].pt for match in good], np.float32)
    target = np.array([seen_points[match.trainIdx].pt for match in good], np.float32)
    affine, inliers = cv2.estimateAffine2D(source, target, method=cv2.RANSAC, ransacReprojThreshold=4.0, maxIters=4000)
    if int(inliers.sum()) < least:
        return None
    # A page is turned, stretched a little, sheared hardly at all, and never mirrored.
    sides = np.linalg.svd(affine[:, :2], compute_uv=False)
    if np.linalg.det(affine[:, :2]) <= 0 or sides[0] / sides[1] > 1.1:
        return None
    plane = np.vstack((affine, (0, 0, 1)))
    # Seen askew by a lens it is a trapezium; a map that is free to be one fits chance as well, so it must fit far more.
    trapezium, agreeing = cv2.findHomography(source, target, cv2.RANSAC, 4.0)
    # None where no four features agree, whatever its types say.
    if np.size(trapezium) == 9 and int(agreeing.sum()) > _FAR_MORE * int(inliers.sum()):
        plane = trapezium
    return np.asarray(np.linalg.inv(to_scan) @ plane @ to_known, np.float64)


def _reduced(image: Grey, long_side: int) -> tuple[Grey, Map]:
    factor = long_side / max(image.shape)
    if factor > 0.95:
        return image, np.eye(3)
    small = resized(image, factor)
    return small, np.diag([small.shape[1] / image.shape[1], small.shape[0] / image.shape[0], 1.0])


def darkness(samples: Samples) -> Samples:
    """Give how dark every sample is between the paper around it (0) and full ink (1)."""
    small = cv2.resize(samples, None, fx=1 / 16, fy=1 / 16, interpolation=cv2.INTER_AREA)
    paper = cv2.GaussianBlur(cv2.dilate(small, np.ones((5, 5), np.uint8)), (0, 0), 3)
    paper = cv2.resize(paper, samples.shape[::-1], interpolation=cv2.INTER_LINEAR)
    # In place: for pictures this large, new memory costs as much as the arithmetic.
    ink = np.maximum(np.subtract(paper, samples, out=paper), 0, out=paper)
    ink *= np.float32(1 / max(float(np.percentile(ink[::3, ::3], 99.5)), 1.0))
    return np.asarray(np.minimum(ink, 1.2, out=ink), np.float32)


def aligned_front(scan: Grey, to_scan: Map, picture: Samples) -> Samples:
    """Take the darkness of a scan at two samples a pixel of the carried picture, bends undone."""
    return darkness(sample(scan, to_scan, _size(picture), _bend_of(scan, to_scan, picture)))


def _bend_of(scan: Grey, to_scan: Map, picture: Samples) -> Bend:
    size = _size(picture)
    blurred = cv2.GaussianBlur(cv2.resize(picture, None, fx=FINE, fy=FINE, interpolation=cv2.INTER_LINEAR), (0, 0), 1.2)
    known = contrast(np.asarray(blurred, np.float32))
    rough = np.asarray(cv2.resize(known, size[::-1], interpolation=cv2.INTER_AREA), np.float32)
    small, to_small = reduced(scan, to_scan, float(np.sqrt(abs(np.linalg.det(to_scan[:2, :2])))), ROUGH)
    seen = contrast(darkness(sample(small, to_small, size, None, ROUGH)), ROUGH)
    bend, _ = coarse_bend(seen, rough, 96, 8, 1.2)
    seen = contrast(darkness(sample(small, to_small, size, bend, ROUGH)), ROUGH)
    # Far: lenses and feeds bend more than the surface says on which a page with little on it is laid at first.
    bend = added(bend, fine_bend(seen, rough, 48, 4, ROUGH))
    seen = contrast(darkness(sample(scan, to_scan, size, bend)))
    return added(bend, fine_bend(seen, known, 32, 2))


def _size(picture: Samples) -> tuple[int, int]:
    return picture.shape[0], picture.shape[1]


def aligned_share(dark: Samples, picture: Samples) -> float:
    """Give the share of tiles with something on them that look like the carried picture there; 1 if nothing is carried."""
    known = cv2.GaussianBlur(cv2.resize(picture, dark.shape[::-1], interpolation=cv2.INTER_LINEAR), (0, 0), 1.2)
    first, second = contrast(dark, FINE), contrast(known.astype(np.float32))
    products = [first * second, first * first, second * second]
    tiles = (dark.shape[1] // _TILE, dark.shape[0] // _TILE)
    both, own, other = (cv2.resize(each, tiles, interpolation=cv2.INTER_AREA) for each in products)
    inked = other > _INKED
    likeness = both[inked] / np.sqrt(np.maximum(own[inked] * other[inked], 1e-9))
    return float(np.mean(likeness > _ALIKE)) if likeness.size else 1.0
