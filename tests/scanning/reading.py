"""How well a decoded front can be read: by tesseract (jpn), beside the clean front at the same resolution.

The clean front is the page rendered at the resolution that is carried, in grey; both are given to tesseract in the same size,
enlarged in the same way, with their rules and stamps. Accuracy is 1 - edit distance / length, spaces aside, of what was read
where a line stands: forms are tables, and in which order tesseract reads their cells is no matter here.

Two ways, since on whole pages chance decides whether a table is seen as text at all: `decoded` and `clean` are of the whole
page (what is read where nothing stands counts as wrong), `decoded_lines` and `clean_lines` of every line cut out by itself.
"""

import csv
import io
import subprocess
import tempfile
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Final, TypedDict

import cv2
import numpy as np
import pypdfium2

from tests.scanning.pages import Picture

_NEAR: Final = 0.012
"""How far from a line, in widths of the page, something may be read that belongs to it."""
_A4_INCHES: Final = 210 / 25.4


class Reading(TypedDict):
    """Accuracies of characters; below 0 where more is read wrongly than stands there."""

    decoded: float
    clean: float
    decoded_lines: float
    clean_lines: float


@dataclass(frozen=True, slots=True)
class Line:
    """What stands side by side: its characters, and their box in widths and heights of the page."""

    text: str
    left: float
    top: float
    right: float
    bottom: float


def compared_reading(decoded: Picture, pdf: bytes, page: int) -> Reading:
    """Read a decoded front, drawn twice as fine as it was carried, and the clean one, rendered as fine as it was carried."""
    lines, clean = lines_of(pdf, page), clean_front(pdf, page, decoded)
    return {
        "decoded": accuracy(lines, read_page(decoded, lines)),
        "clean": accuracy(lines, read_page(clean, lines)),
        "decoded_lines": accuracy(lines, read_lines(decoded, lines)),
        "clean_lines": accuracy(lines, read_lines(clean, lines)),
    }


def clean_front(pdf: bytes, page: int, decoded: Picture) -> Picture:
    """Render a page in grey as fine as a decoded front carries it, and enlarge it to the size that was drawn in."""
    document = pypdfium2.PdfDocument(pdf)
    try:
        scale = decoded.shape[1] / 2 / document[page].get_width()
        small = document[page].render(scale=scale, grayscale=True).to_numpy().copy()
    finally:
        document.close()
    large = cv2.resize(small, None, fx=2, fy=2, interpolation=cv2.INTER_CUBIC)
    # pdfium rounds the height up, by which the carried picture may be shorter.
    return np.asarray(large[: decoded.shape[0]], np.uint8)


def lines_of(pdf: bytes, page: int) -> list[Line]:
    """Give the lines of a page, cell by cell: what is set wide apart is several."""
    document = pypdfium2.PdfDocument(pdf)
    try:
        return _lines(document[page])
    finally:
        document.close()


def _lines(page: pypdfium2.PdfPage) -> list[Line]:
    (width, height), text = page.get_size(), page.get_textpage()
    lines: list[Line] = []
    for index in range(text.count_chars()):
        character = text.get_text_range(index, 1)
        if not character.strip():
            continue
        left, bottom, right, top = text.get_charbox(index, loose=True)
        new = Line(character, left / width, 1 - top / height, right / width, 1 - bottom / height)
        if lines and _follows(lines[-1], new):
            last = lines.pop()
            new = Line(
                last.text + character, last.left, min(last.top, new.top), new.right, max(last.bottom, new.bottom)
            )
        lines.append(new)
    return lines


def _follows(line: Line, new: Line) -> bool:
    high = max(line.bottom - line.top, new.bottom - new.top)
    level = abs(line.top + line.bottom - new.top - new.bottom) / 2 < 0.3 * high
    return level and -0.2 * high < new.left - line.right < 2.8 * high


def read_page(picture: Picture, lines: list[Line]) -> list[str]:
    """Give what tesseract reads on a whole page, by the line where it stands; the last string stands on none."""
    done = _tesseract("-", picture, "--psm", "3", "tsv", given=cv2.imencode(".png", picture)[1].tobytes())
    found: list[list[tuple[float, str]]] = [[] for _ in range(len(lines) + 1)]
    boxes = np.array([(line.left, line.top, line.right, line.bottom) for line in lines])
    tall, wide = picture.shape
    for row in csv.DictReader(io.StringIO(done), delimiter="\t", quoting=csv.QUOTE_NONE):
        word = "".join((row["text"] or "").split()) if row["level"] == "5" else ""
        for number, character in enumerate(word):
            x = (int(row["left"]) + int(row["width"]) * (number + 0.5) / len(word)) / wide
            y = (int(row["top"]) + int(row["height"]) / 2) / tall
            beside = np.maximum(0, np.maximum(boxes[:, 0] - x, x - boxes[:, 2]))
            above = np.maximum(0, np.maximum(boxes[:, 1] - y, y - boxes[:, 3])) * tall / wide
            # Boxes of lines overlap a little: of two the one whose middle is nearer.
            distance = np.hypot(beside, above) + 0.05 * np.abs((boxes[:, 1] + boxes[:, 3]) / 2 - y)
            nearest = int(distance.argmin())
            found[nearest if distance[nearest] < _NEAR else -1].append((x, character))
    return ["".join(character for _, character in sorted(each, key=lambda one: one[0])) for each in found]


def read_lines(picture: Picture, lines: list[Line]) -> list[str]:
    """Give what tesseract reads of every line cut out with a narrow margin, in which the rules of its cell may show."""
    tall, wide = picture.shape
    with tempfile.TemporaryDirectory() as folder:
        names = [str(Path(folder) / f"{number}.png") for number in range(len(lines))]
        for name, line in zip(names, lines, strict=True):
            margin = 0.15 * (line.bottom - line.top) * tall
            top, bottom = (round(at) for at in (max(0, line.top * tall - margin), line.bottom * tall + margin))
            left, right = (round(at) for at in (max(0, line.left * wide - 2 * margin), line.right * wide + 2 * margin))
            cut = cv2.copyMakeBorder(picture[top:bottom, left:right], 12, 12, 12, 12, cv2.BORDER_CONSTANT, value=(255,))
            cv2.imwrite(name, cut)
        every = Path(folder) / "every.txt"
        every.write_text("\n".join(names) + "\n", encoding="utf-8")
        read = _tesseract(str(every), picture, "--psm", "7").split("\f")
    return ["".join(each.split()) for each in read[: len(lines)]]


def accuracy(lines: Iterable[Line], read: list[str]) -> float:
    """Give 1 - edit distance / length over all lines; what is read beyond them is wrong. Wide and narrow forms are one."""
    wanted = [unicodedata.normalize("NFKC", line.text) for line in lines]
    given = [unicodedata.normalize("NFKC", each) for each in read]
    wrong = sum(distance(one, other) for one, other in zip(wanted, given, strict=False))
    return 1 - (wrong + sum(map(len, given[len(wanted) :]))) / max(sum(map(len, wanted)), 1)


def distance(first: str, second: str) -> int:
    """Count the characters to insert, remove and replace to make one text the other."""
    before = list(range(len(second) + 1))
    for row, one in enumerate(first, 1):
        now = [row]
        for column, other in enumerate(second, 1):
            now.append(min(before[column] + 1, now[-1] + 1, before[column - 1] + (one != other)))
        before = now
    return before[-1]


def _tesseract(source: str, page: Picture, *options: str, given: bytes | None = None) -> str:
    dpi = round(page.shape[1] / _A4_INCHES)
    command = ["tesseract", source, "-", "-l", "jpn", "--dpi", str(dpi), *options]
    done = subprocess.run(command, input=given, capture_output=True, check=True, env={"OMP_THREAD_LIMIT": "1"})
    return done.stdout.decode()
