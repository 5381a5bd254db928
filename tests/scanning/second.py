"""Another printer and another scanner, built on other ideas than `first`: nothing is tuned on it, it only judges.

Printer: every dot is laid down as a round blob at 1200 dpi, overlapping, with banding along the feed and powder around edges.
Scanner: a line sensor seen in perspective, stepping unevenly line by line, with a disk of confusion, motion blur, fixed
column gain, sharpening, a tone curve, colour, and 4:2:0 JPEG.
"""

import cv2
import numpy as np

from tests.scanning.pages import Picture


def printed_second(dots: Picture, random: np.random.Generator) -> Picture:
    """Print dots (255 paper, 0 toner): the sheet in grey at 1200 dpi."""
    ink = cv2.resize(255 - dots, None, fx=2, fy=2, interpolation=cv2.INTER_NEAREST)
    size = int(random.choice([3, 4, 5]))
    blob = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (size, size)).astype(np.float32)
    laid = cv2.filter2D(ink, -1, blob / blob.sum())
    height, width = laid.shape
    band = 1 + random.uniform(0, 0.06) * np.sin(np.arange(height, dtype=np.float32) / random.uniform(20, 80))[:, None]
    grain = cv2.resize(
        random.normal(1, random.uniform(0.02, 0.08), (height // 3, width // 3)).astype(np.float32), (width, height)
    )
    limit = random.uniform(90, 140)
    toner = np.clip((laid * band * grain - limit) * 0.05 + 0.5, 0, 1)
    powder = random.random((height // 2, width // 2), np.float32) < random.uniform(0, 4e-4)
    near = (
        cv2.dilate(cv2.resize(ink, (width // 2, height // 2), interpolation=cv2.INTER_AREA), np.ones((7, 7), np.uint8))
        > 0
    )
    toner = np.maximum(
        toner, cv2.resize((powder & near).astype(np.float32), (width, height), interpolation=cv2.INTER_NEAREST)
    )
    paper, black = random.uniform(235, 252), random.uniform(15, 70)
    return (paper - toner * (paper - black)).astype(np.uint8)


def scanned_second(sheet: Picture, dpi: float, random: np.random.Generator, *, one_bit: bool = False) -> Picture:
    """Scan a sheet of 1200 dpi in colour (or one bit), in any orientation; shape (rows, columns[, 3])."""
    step = 1200 / dpi
    radius = random.uniform(0.8, 2.6)
    side = int(2 * np.ceil(radius) + 1)
    grid = np.hypot(*np.meshgrid(np.arange(side) - side // 2, np.arange(side) - side // 2))
    disk = np.clip(radius + 0.5 - grid, 0, 1).astype(np.float32)
    seen = cv2.filter2D(sheet, -1, disk / disk.sum())
    seen = cv2.blur(seen, (max(1, round(step * 0.9)), max(1, round(step * random.uniform(0.9, 1.3)))))
    height, width = seen.shape
    columns, rows = round(width / step), round(height / step)
    lost = random.uniform(-0.012, 0.03, (4, 2)) * [width, height]
    target = np.array([(0, 0), (columns, 0), (columns, rows), (0, rows)], np.float32)
    corners = np.array([(0, 0), (width, 0), (width, height), (0, height)], np.float64)
    inward = np.array([(-1, -1), (1, -1), (1, 1), (-1, 1)])
    common = lost.mean(axis=0)
    source = corners + inward * (common + (lost - common) * 0.15)
    turn = np.deg2rad(random.uniform(-4.5, 4.5))
    middle = np.array([width, height]) / 2
    source = (source - middle) @ np.array([[np.cos(turn), np.sin(turn)], [-np.sin(turn), np.cos(turn)]]) + middle
    plane = cv2.getPerspectiveTransform(target, source.astype(np.float32))
    x, y = np.meshgrid(np.arange(columns, dtype=np.float32), np.arange(rows, dtype=np.float32))
    jitter = np.cumsum(random.normal(0, random.uniform(0, 0.02), rows)).astype(np.float32) * step
    jitter -= np.linspace(jitter[0], jitter[-1], rows, dtype=np.float32)
    below = plane[2, 0] * x + plane[2, 1] * y + plane[2, 2]
    at_x = (plane[0, 0] * x + plane[0, 1] * y + plane[0, 2]) / below
    at_y = (plane[1, 0] * x + plane[1, 1] * y + plane[1, 2]) / below + jitter[:, None]
    lid = int(random.choice([30, 210, 250]))
    image = cv2.remap(seen, at_x.astype(np.float32), at_y.astype(np.float32), cv2.INTER_LINEAR, borderValue=lid).astype(
        np.float32
    )
    image *= 1 + random.normal(0, 0.01, columns).astype(np.float32)[None, :]
    image *= 1 - random.uniform(0, 0.2) * np.linspace(0, 1, columns, dtype=np.float32)[None, ::-1]
    image = image + random.standard_normal(image.shape, np.float32) * np.float32(random.uniform(0.5, 4))
    soft = cv2.GaussianBlur(image, (0, 0), 1.0)
    image += random.uniform(0, 0.8) * (image - soft)
    low, high = random.uniform(0, 30), random.uniform(225, 255)
    image = np.clip((image - low) / (high - low), 0, 1)
    image = 255 * (image + random.uniform(-0.25, 0.25) * np.sin(2 * np.pi * image) / (2 * np.pi))
    picture = np.rot90(np.clip(image, 0, 255).astype(np.uint8), int(random.integers(4))).copy()
    if one_bit:
        return np.asarray(cv2.threshold(picture, 0, 255, cv2.THRESH_BINARY + cv2.THRESH_OTSU)[1], np.uint8)
    tint = random.uniform(0.9, 1.0, 3)
    colour = np.clip(picture[..., None] * tint, 0, 255).astype(np.uint8)
    quality = [cv2.IMWRITE_JPEG_QUALITY, int(random.integers(65, 96))]
    return np.asarray(cv2.imdecode(cv2.imencode(".jpg", colour, quality)[1], cv2.IMREAD_COLOR), np.uint8)
