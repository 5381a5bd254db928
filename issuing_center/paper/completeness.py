"""INV-18: is everything on the finished pages that makes them a certificate? Asked of the file, not of the template.

The check opens the finished bytes again as a reader would: pages, content streams, fonts. It follows each show
operator through the font's own maps to text *and* to an outline that is not empty, and each drawing to its bytes,
place and size. It shares no state with the code that drew. What it cannot see: a later object painted over a text,
and a renderer's or printer's own faults; goldens and the scan of the sheet look at those. It reads files as this
room writes them, with or without a signature appended, and calls everything else incomplete.
"""

import re
import struct
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Final

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec

from issuing_center.paper import form
from issuing_center.paper.front_seal import Code, ExpectedSeal, code_of
from issuing_center.paper.pdf import MM, PAGE_PT
from issuing_center.paper.seal import Imprint, Seal
from issuing_center.paper.sheet import Certificate, Essentials, SealColour
from issuing_center.pdf_signature import is_whole

BACK_DRAWINGS: Final = frozenset({"Back", "Cells", "CodeL", "CodeR"})
"""What every back draws, by the names of `back.drawing`."""
_MARGIN_PT: Final = 10 * MM
_REFERENCE: Final = re.compile(rb"/(\w+) (\d+) 0 R")
_HIDES: Final = re.compile(rb"\s(?:rg|g|k|sc|scn|cs|gs|Tr|Tz|W\*?)\s")
"""Operators that could make text invisible; where one appears, texts of that stream do not count."""
_SHOW: Final = re.compile(rb"/(\w+) [\d.]+ Tf(?: [-\d.]+ Tc)? 1 0 0 1 ([-\d.]+) ([-\d.]+) Tm <([0-9a-f]+)> Tj")
"""One shown text: font, place, codes."""
_STEP: Final = re.compile(rb"(?P<save>\bq\b)|(?P<restore>\bQ\b)|(?P<matrix>[-\d. ]+) cm|/(?P<drawing>\w+) Do")
"""What leads to another drawing and moves it."""


@dataclass(frozen=True, slots=True)
class Expected:
    """What every page must show, taken from the order and the settings version, never from the drawing."""

    essentials: Essentials
    """Title, sentence, names, pages and imprint. Pages of None: the last must end with 以下余白, the others with 以下次頁."""
    mayor: str
    """Title and name in office on the day of issue."""
    issue_number: str
    """発行番号."""
    seal: Seal
    """The seal in force."""
    seal_is_black: bool
    """True asks for 「この印は黒色です」."""
    specimen: bool
    """True asks for 見本 across the page; False forbids it."""
    code: ExpectedSeal | None = None
    """What the signed code of every front must say; None for a drawing that has none yet."""
    certificates: tuple[x509.Certificate, ...] = ()
    """Whose signature the file must bear, with their authorities; empty for a drawing that has none yet."""
    two_sided: bool = False
    """True: every front is followed by its back."""

    @classmethod
    def of(
        cls, sheet: Certificate, certificates: tuple[x509.Certificate, ...] = (), *, two_sided: bool = False
    ) -> "Expected":
        """Say what the pages of a sheet must show; with certificates, that code and file are signed by the first."""
        key = certificates[0].public_key() if certificates else None
        return cls(
            code=ExpectedSeal(key, sheet) if isinstance(key, ec.EllipticCurvePublicKey) else None,
            certificates=certificates,
            two_sided=two_sided,
            essentials=sheet.essentials,
            mayor=f"{sheet.issuer.mayor_title}　　{sheet.issuer.mayor_name}",
            issue_number=sheet.issue_number,
            seal=sheet.issuer.seal,
            seal_is_black=sheet.issuer.seal_colour is SealColour.BLACK,
            specimen=sheet.specimen,
        )


@dataclass(frozen=True, slots=True)
class Complete:
    """Everything is there."""


@dataclass(frozen=True, slots=True)
class Incomplete:
    """Something is not there; nothing may be printed, signed or delivered."""

    lacking: tuple[str, ...]
    """``page 1: seal``, ``page 2: sentence``, ``file: ...``; never a value."""


def check_complete(pdf: bytes, expected: Expected) -> Complete | Incomplete:
    """Check a finished file against what its pages must show. Takes well under a millisecond a page.

    Total: a file that cannot be followed is Incomplete, not an exception.
    """
    try:
        lacking = list(_lacking(_File(pdf), expected))
        if expected.certificates and not is_whole(pdf, expected.certificates):
            lacking.append("file: signature")
    except (KeyError, ValueError, IndexError, AttributeError, struct.error, zlib.error):
        lacking = ["file: cannot be read as this room writes files"]
    return Incomplete(tuple(lacking)) if lacking else Complete()


def _lacking(file: "_File", expected: Expected) -> Iterator[str]:
    pages, essentials = file.pages(), expected.essentials
    if expected.two_sided:
        pages, backs = pages[::2], pages[1::2]
        if len(backs) != len(pages):
            yield "file: number of backs"
        for number, back in enumerate(backs, start=1):
            # That there is one: what it carries is looked at by the trial of scans.
            if not file.names(back) >= BACK_DRAWINGS:
                yield f"page {number}: back"
    count = len(pages) if essentials.pages is None else essentials.pages
    if not pages or len(pages) != count:
        yield "file: number of pages"
    written = ""
    for number, page in enumerate(pages, start=1):
        seen = file.seen(page)
        # Joined, a name that took two lines is whole again.
        written += "".join(seen.texts)
        for what, text in _wanted(expected, number, count):
            if text not in seen.texts:
                yield f"page {number}: {what}"
        if essentials.pages is None and (form.CLOSED in seen.texts) is not (number == count):
            yield f"page {number}: end of the text"
        if not any(_is_seal(drawing, expected) for drawing in seen.drawings):
            yield f"page {number}: seal"
        if essentials.imprint is not None and not any(_is_imprint(each, essentials.imprint) for each in seen.drawings):
            yield f"page {number}: imprint"
        marked = any(_is_specimen_mark(drawing) for drawing in seen.drawings)
        if marked is not expected.specimen:
            yield f"page {number}: specimen mark"
        if expected.code is not None and not expected.code.fits(seen.codes(), seen.values, number, count):
            yield f"page {number}: signed code"
    if not all(name in written for name in essentials.names):
        yield "file: names"


def _wanted(expected: Expected, number: int, count: int) -> Iterator[tuple[str, str]]:
    essentials = expected.essentials
    yield "title", essentials.title
    yield "sentence", essentials.sentence
    yield "mayor", expected.mayor
    yield "page number", essentials.page_mark.format(number=number, count=count)
    yield "issue number", f"発行番号　{expected.issue_number}"
    if expected.seal_is_black:
        yield "note that the seal is black", form.BLACK_SEAL_NOTE
    if essentials.pages is None and number < count:
        yield "end of the page", form.CONTINUED


@dataclass(frozen=True, slots=True)
class _Drawing:
    name: str
    head: bytes = field(repr=False)
    content: bytes = field(repr=False)
    matrix: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class _Seen:
    texts: list[str] = field(default_factory=list, repr=False)
    values: list[str] = field(default_factory=list, repr=False)
    """The texts of the page's own stream, which is read last."""
    drawings: list[_Drawing] = field(default_factory=list)
    walked: set[int] = field(default_factory=set)

    def codes(self) -> list[Code]:
        """Give the pictures of codes."""
        found = [code_of(drawing.head, drawing.content, drawing.matrix) for drawing in self.drawings]
        return [code for code in found if code is not None]


def _is_seal(drawing: _Drawing, expected: Expected) -> bool:
    """Compare drawing, size (1 %) and place: a seal off the page or shrunk to a dot is no seal."""
    colour, _, path = drawing.content.partition(b"\n")
    a, b, c, d, x, y = drawing.matrix
    side = expected.seal.side_mm * MM
    return (
        path == expected.seal.path
        and colour.startswith(b"0 g" if expected.seal_is_black else b"0.75 ")
        and b == c == 0
        and abs(a * 1000 - side) <= side / 100
        and abs(d * 1000 - side) <= side / 100
        and _on_paper(x, y)
        and _on_paper(x + side, y + side)
    )


def _is_imprint(drawing: _Drawing, imprint: Imprint) -> bool:
    """Compare every pixel, and the size on paper (1 %): an imprint a little larger is another seal."""
    kind = b"/Subtype /Image /ImageMask true /Width %d /Height %d /BitsPerComponent 1 /Decode [1 0] "
    a, b, c, d, x, y = drawing.matrix
    width, height = imprint.width_mm * MM, imprint.height_mm * MM
    return (
        kind % (imprint.width_px, imprint.height_px) in drawing.head
        and drawing.content == imprint.bits
        and b == c == 0
        and abs(a - width) <= width / 100
        and abs(d - height) <= height / 100
        and _on_paper(x, y)
        and _on_paper(x + width, y + height)
    )


def _is_specimen_mark(drawing: _Drawing) -> bool:
    """Judge 見本 by its line, its size on the page and that there is an outline at all."""
    return (
        drawing.name == form.SPECIMEN
        and drawing.content.startswith(form.SPECIMEN_LINE)
        and len(drawing.content) > 500
        and drawing.matrix == (1, 0, 0, 1, 0, 0)
    )


def _on_paper(x: float, y: float) -> bool:
    return _MARGIN_PT <= x <= PAGE_PT[0] - _MARGIN_PT and _MARGIN_PT <= y <= PAGE_PT[1] - _MARGIN_PT


class _File:
    """Follows references through one file."""

    def __init__(self, pdf: bytes) -> None:
        self._pdf = pdf
        self._offsets: dict[int, int] = {}
        start: int | None = int(pdf[pdf.rindex(b"startxref") + 9 :].split()[0])
        self._root = 0
        while start is not None:
            start = self._section(start)
        self._fonts: dict[int, dict[bytes, str]] = {}

    def _section(self, start: int) -> int | None:
        """Take in a cross-reference section, the newest first; gives where the one before it begins."""
        rows, _, trailer = self._pdf[start : self._pdf.index(b"startxref", start)].partition(b"trailer")
        number = 0
        for row in rows.split(b"\n")[1:]:
            if len(row.split()) == 2:
                number = int(row.split()[0])
            elif row:
                self._offsets.setdefault(number, int(row[:10]))
                number += 1
        self._root = self._root or int(_found(rb"/Root (\d+) 0 R", trailer))
        before = re.search(rb"/Prev (\d+)", trailer)
        # An earlier section lies before its successor: a chain that turns back would never end.
        return int(before[1]) if before is not None and int(before[1]) < start else None

    def head(self, number: int) -> bytes:
        """Give an object up to its stream or its end."""
        start = self._offsets[number]
        if not self._pdf.startswith(b"%d 0 obj" % number, start):
            raise ValueError("cross-reference leads elsewhere")
        stop = self._pdf.index(b"endobj", start)
        stream = self._pdf.find(b"stream\n", start, stop)
        return self._pdf[start : stop if stream < 0 else stream]

    def stream(self, number: int) -> bytes:
        """Give the decoded stream of an object."""
        head = self.head(number)
        start = self._offsets[number] + len(head) + 7
        data = self._pdf[start : start + int(_found(rb"/Length (\d+)", head))]
        return zlib.decompress(data) if b"/FlateDecode" in head else data

    def pages(self) -> list[int]:
        """Give the object numbers of the pages in order."""
        tree = self.head(int(_found(rb"/Pages (\d+) 0 R", self.head(self._root))))
        return [int(kid) for kid in re.findall(rb"(\d+) 0 R", _found(rb"/Kids \[(.*?)\]", tree))]

    def names(self, page: int) -> set[str]:
        """Give the names that a page's resources have for its fonts and drawings."""
        resources = self.head(int(_found(rb"/Resources (\d+)", self.head(page))))
        return {name.decode("ascii") for name, _ in _REFERENCE.findall(resources)}

    def seen(self, page: int) -> _Seen:
        """Give what a page shows."""
        head = self.head(page)
        if _found(rb"/MediaBox \[ ?([\d. ]+?) ?\]", head).split() != [b"0", b"0", b"595.199", b"841.919"]:
            raise ValueError("page of another size")
        seen = _Seen()
        self._walk(
            self.stream(int(_found(rb"/Contents (\d+)", head))),
            self.head(int(_found(rb"/Resources (\d+)", head))),
            (1.0, 0.0, 0.0, 1.0, 0.0, 0.0),
            seen,
        )
        return seen

    def _walk(self, content: bytes, resources: bytes, matrix: tuple[float, ...], seen: _Seen) -> None:
        named = dict(_REFERENCE.findall(resources))
        here, stack = matrix, list[tuple[float, ...]]()
        text_start = content.find(b"BT")
        # Long paths hold none of these; looking only as far as the last of them keeps the seal cheap.
        stop = max(content.rfind(b" Do"), content.rfind(b" cm"), content.rfind(b"Q")) + 3
        for step in _STEP.finditer(content, 0, stop if text_start < 0 else min(stop, text_start)):
            if step["save"]:
                stack.append(here)
            elif step["restore"]:
                here = stack.pop()
            elif step["matrix"]:
                here = _product(tuple(float(part) for part in step["matrix"].split()), here)
            else:
                number = int(named[step["drawing"]])
                inner, head = self.stream(number), self.head(number)
                seen.drawings.append(_Drawing(step["drawing"].decode("ascii"), head, inner, here))
                # The same block drawn again shows the same labels again; nothing required stands in it.
                if number not in seen.walked and b"/Subtype /Image" not in head:
                    seen.walked.add(number)
                    self._walk(inner, head, here, seen)
        # Texts count only where this room writes them: last, under the matrix the stream began with, in plain black.
        unmoved = here == matrix and not stack and content.rfind(b" cm") < text_start
        if text_start >= 0 and unmoved and not _HIDES.search(content):
            self._read(content, named, matrix, seen)

    def _read(self, content: bytes, named: dict[bytes, bytes], matrix: tuple[float, ...], seen: _Seen) -> None:
        """Collect the texts of one stream that stand on the paper."""
        shown = _SHOW.findall(content)
        fonts = {name: self._font(int(named[name])) for name in {name for name, _, _, _ in shown}}
        seen.values.clear()
        for name, x, y, codes in shown:
            if _on_paper(float(x) + matrix[4], float(y) + matrix[5]):
                get = fonts[name].get
                seen.values.append("".join([get(codes[at : at + 4], "") for at in range(0, len(codes), 4)]))
        seen.texts.extend(seen.values)

    def _font(self, number: int) -> dict[bytes, str]:
        """Give code -> text of a font, only for codes whose glyph has ink (or is a space)."""
        if number not in self._fonts:
            font = self.head(number)
            descendant = self.head(int(_found(rb"/DescendantFonts \[(\d+)", font)))
            descriptor = self.head(int(_found(rb"/FontDescriptor (\d+)", descendant)))
            glyphs = self.stream(int(_found(rb"/CIDToGIDMap (\d+)", descendant)))
            has_ink = _ink(self.stream(int(_found(rb"/FontFile2 (\d+)", descriptor))))
            rows = re.findall(
                rb"^<([0-9a-f]{4})> <([0-9a-f]+)>", self.stream(int(_found(rb"/ToUnicode (\d+)", font))), re.MULTILINE
            )
            to_glyph = struct.unpack(f">{len(glyphs) // 2}H", glyphs)
            self._fonts[number] = {
                code: text
                for code, text in [(code, bytes.fromhex(hexa.decode()).decode("utf-16-be")) for code, hexa in rows]
                if text.isspace() or has_ink[to_glyph[int(code, 16)]]
            }
        return self._fonts[number]


def _ink(font: bytes) -> list[bool]:
    """Say of every glyph of a TrueType file whether its outline is not empty."""
    (count,) = struct.unpack(">H", font[4:6])
    records = [struct.unpack(">4sLLL", font[12 + 16 * at : 28 + 16 * at]) for at in range(count)]
    tables = {tag: font[offset : offset + length] for tag, _, offset, length in records}
    long = struct.unpack(">h", tables[b"head"][50:52])[0]
    loca = tables[b"loca"]
    starts = struct.unpack(f">{len(loca) // 4}L" if long else f">{len(loca) // 2}H", loca)
    scale, size = (1 if long else 2), len(tables[b"glyf"])
    return [here < following and following * scale <= size for here, following in pairwise(starts)]


def _found(pattern: bytes, text: bytes) -> bytes:
    match = re.search(pattern, text, re.DOTALL)
    if match is None:
        raise ValueError("an entry is missing")
    return match[1]


def _product(first: tuple[float, ...], then: tuple[float, ...]) -> tuple[float, ...]:
    a, b, c, d, e, f = first
    p, q, r, s, t, u = then
    return (a * p + b * r, a * q + b * s, c * p + d * r, c * q + d * s, e * p + f * r + t, e * q + f * s + u)
