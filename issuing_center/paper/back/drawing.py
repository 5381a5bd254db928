"""The back of a sheet as PDF objects: scrambled picture, codes, ground pattern, picture with a latent one, small print.

What is the same on every back is drawn once for a process and kept; of a document come only its cells, two codes and three
lines of text. Pure: the same front, keys and options give the same bytes.
"""

import functools
import zlib
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

import numpy as np
import zxingcpp

from issuing_center.backs.header import Header, header_texts
from issuing_center.backs.keys import KeyRing, MasterKey, page_key
from issuing_center.backs.layout import CODE_BOXES, CODE_DOTS, GROUND_DOTS, Geometry, Setting, geometry_of
from issuing_center.backs.scramble import scramble
from issuing_center.backs.screens import PLAIN, Screens
from issuing_center.paper.back import ornament, pattern
from issuing_center.paper.back.clearing import BLOCK_DOTS, Blocks, boxes_of, cleared, rectangles
from issuing_center.paper.back.picture import carried_bits
from issuing_center.paper.embed import EmbeddedFont
from issuing_center.paper.fonts import PaperFonts
from issuing_center.paper.pdf import DOT_PT, INSET_PT, PAGE_PT, Page, Parts, PdfObject, stream
from issuing_center.paper.text import shape
from issuing_center.paper.values import DrawnDocument

BACK_FORM, FRONT_GROUND, BACK_GROUND, BACK_FONT = "BackForm", "FrontGround", "BackGround", "BackFont"
"""Object names of the kept parts."""
_LETTERS: Final = "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-"
_TEXT_DOTS: Final = 1480
"""Left end of the lines of text."""
_PAGE_DOTS: Final = 3300
"""Right of the longest issue number."""


@dataclass(frozen=True, slots=True)
class Security:
    """What a municipality's or machine's settings say of backs. Security paper in a counter has none of this."""

    master: MasterKey = field(repr=False)
    """The key that draws today."""
    setting: Setting = Setting.STANDARD
    """How finely the front is carried."""
    colour: bool = False
    """True for an engine with CMY and K toners: the picture then hides a latent one that infrared shows."""
    screens: Screens = PLAIN
    """The two screens of the ground pattern, as chosen from the adjustment sheet of this engine."""
    ground_on_front: bool = True
    """Whether fronts get the ground pattern too."""


@dataclass(frozen=True, slots=True)
class Backs:
    """What a center that draws backs was told once, for all its documents."""

    keys: KeyRing = field(repr=False)
    setting: Setting = Setting.STANDARD
    colour: bool = False
    screens: Screens = PLAIN

    def security(self, now: datetime) -> Security:
        """Give what backs are drawn with now. Raises KeysUnusableError when no key draws any more."""
        return Security(self.keys.drawing(now), self.setting, self.colour, self.screens)


def two_sided(drawn: DrawnDocument, issue_number: str, security: Security, fonts: PaperFonts) -> DrawnDocument:
    """Give every page its back: front 1, back 1, front 2, back 2, and the fronts their ground pattern.

    `issue_number` names the copy: letters, digits and hyphens, never used twice, because it is what the keys are derived
    from. The document gets twice as many pages and needs as many sheets as before. What was placed on the fronts keeps its
    place; its page number counts fronts only, as before.
    """
    geometry = geometry_of(security.setting)
    kept = _kept(security.setting, security.colour, security.screens, fonts)
    fronts = carried_bits(drawn, geometry, fonts)
    objects: list[PdfObject] = [*drawn.parts.objects, *kept.objects]
    if security.ground_on_front:
        objects += kept.front_ground
    pages: list[Page] = []
    for number, (front, bits) in enumerate(zip(drawn.parts.pages, fronts, strict=True), start=1):
        header = Header(security.setting, security.master.key_id, issue_number, number, len(fronts))
        key = page_key(security.master, issue_number, number)
        cells = _cells(f"Cells{number}", scramble(bits, key, security.setting), geometry)
        codes = [_code(f"Code{number}{side}", text) for side, text in zip("LR", header_texts(header, key), strict=True)]
        objects += [cells, *codes]
        content = _content(header, geometry, kept, fonts)
        names = {"Back": BACK_FORM, "Cells": cells.name}
        names |= {f"Code{side}": code.name for side, code in zip("LR", codes, strict=True)}
        if security.ground_on_front:
            blocks = cleared(pattern.front_words(fonts), boxes_of(drawn, number - 1))
            ground = _front_ground(f"{FRONT_GROUND}Page{number}", blocks, kept.front_ground)
            objects.append(ground)
            pages.append(_with_ground(front, ground.name))
        else:
            pages.append(front)
        pages.append(Page(content, b"", {"F": BACK_FONT}, names))
    parts = Parts(tuple(objects), tuple(pages), drawn.parts.title, drawn.parts.txn)
    return DrawnDocument(parts.assembled(), len(pages), drawn.texts, parts)


@dataclass(frozen=True, slots=True)
class _Ground:
    """A ground pattern as pictures, and what paints them."""

    pictures: tuple[PdfObject, ...] = field(repr=False)
    names: dict[str, str]
    """Resource name -> object name."""
    content: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class _Kept:
    """What every back shares."""

    objects: tuple[PdfObject, ...] = field(repr=False)
    front_ground: tuple[PdfObject, PdfObject]
    """With words, and without."""
    font: EmbeddedFont = field(repr=False)


@functools.lru_cache(maxsize=8)
def _kept(setting: Setting, colour: bool, screens: Screens, fonts: PaperFonts) -> _Kept:
    font = EmbeddedFont(BACK_FONT, fonts)
    for text in (_LETTERS, "発行番号　ページ／"):  # what a document's own lines are written with
        _show(text, font, fonts)
    ground = _ground(BACK_GROUND, pattern.back_ground(screens, setting, fonts))
    drawn = (ornament.small_print(font, fonts), ornament.guilloche(), ornament.blossom(colour, fonts))
    form = stream(
        BACK_FORM,
        zlib.compress(b"\n".join((ground.content, *drawn)), 9),
        f"/Type /XObject /Subtype /Form /BBox [0 0 {PAGE_PT[0]} {PAGE_PT[1]}] /Resources << /Font << /F ".encode(),
        *(BACK_FONT, b" >> /XObject << "),
        *(part for name, kept in ground.names.items() for part in (b"/%s " % name.encode(), kept, b" ")),
        b">> >> /Filter /FlateDecode",
    )
    words, none = _ground(FRONT_GROUND, pattern.front_ground(screens, fonts)).pictures
    return _Kept((form, *ground.pictures, *font.objects()), (words, none), font)


def _ground(name: str, patches: tuple[pattern.Patch, ...]) -> _Ground:
    pictures, content = [], []
    for number, patch in enumerate(patches):
        height, width = patch.dots.shape
        # What repeats in a pattern repeats in what the first compression makes of it: the second takes off another third.
        packed = zlib.compress(zlib.compress(np.packbits(patch.dots, axis=1).tobytes(), 9), 9)
        head = b"/Type /XObject /Subtype /Image /ImageMask true /Width %d /Height %d" % (width, height)
        tail = b" /BitsPerComponent 1 /Decode [1 0] /Filter [/FlateDecode /FlateDecode]"
        pictures.append(stream(f"{name}{number}", packed, head, tail))
        content.append(_placed(f"Ground{number}", patch.left, patch.top, width * patch.scale, height * patch.scale))
    names = {f"Ground{number}": picture.name for number, picture in enumerate(pictures)}
    return _Ground(tuple(pictures), names, b"\n".join(content))


def adjustment_pdf(screens: Screens, fonts: PaperFonts) -> bytes:
    """Draw the adjustment sheet of an engine: one page, fields numbered by bars, in the order of `pattern.adjustments`."""
    ground = _ground(FRONT_GROUND, (pattern.adjustment_sheet(screens, fonts),))
    page = Page(b"0 g " + ground.content, b"", {}, ground.names)
    return Parts(ground.pictures, (page,), "調整シート", "").assembled()


def _front_ground(name: str, blocks: Blocks, pictures: tuple[PdfObject, PdfObject]) -> PdfObject:
    """Paint the ground of a front, without words where blocks are cleared.

    A drawing of its own: a clip beside its texts would hide them from the last check of the file.
    """
    left, top, width, height = GROUND_DOTS
    across, down = (side * DOT_PT for side in BLOCK_DOTS)
    corner = f"{left * DOT_PT:.2f} {PAGE_PT[1] - top * DOT_PT:.3f}"
    inset = (INSET_PT / across, INSET_PT / down)
    size = (width / BLOCK_DOTS[0] - 2 * inset[0], height / BLOCK_DOTS[1] - 2 * inset[1])
    place = f"{size[0]:.5f} 0 0 {-size[1]:.5f} {inset[0]:.5f} {size[1] + inset[1]:.5f} cm"
    # A little more than all of it: its last blocks are not whole.
    whole, holes = b"-1 -1 %d %d re" % (blocks.shape[1] + 3, blocks.shape[0] + 3), rectangles(blocks)
    content = [
        f"q {across:.2f} 0 0 {-down:.2f} {corner} cm q".encode(),
        *(whole, holes, b"W* n", f"{place} /Words Do Q".encode()),
        *([holes, b"W n", f"{place} /Plain Do".encode()] if holes else []),
        b"Q",
    ]
    return stream(
        name,
        zlib.compress(b"\n".join(content), 1),
        f"/Type /XObject /Subtype /Form /BBox [0 0 {PAGE_PT[0]} {PAGE_PT[1]}] /Resources << /XObject << ".encode(),
        *(b"/Words ", pictures[0].name, b" /Plain ", pictures[1].name),
        b" >> >> /Filter /FlateDecode",
    )


def _with_ground(front: Page, ground: str) -> Page:
    """Paint a ground before anything else of a page, so that all ink of the front lies over it."""
    content = b"/Ground Do\n" + (zlib.decompress(front.content) if front.content_filter else front.content)
    return Page(zlib.compress(content, 1), b"/Filter /FlateDecode", front.fonts, {**front.forms, "Ground": ground})


def _cells(name: str, packed: bytes, geometry: Geometry) -> PdfObject:
    # Encrypted cells do not compress.
    head = b"/Type /XObject /Subtype /Image /ImageMask true /Width %d /Height %d /BitsPerComponent 1 /Decode [1 0]"
    return stream(name, packed, head % (geometry.columns, geometry.rows))


def _code(name: str, text: str) -> PdfObject:
    # Any mask is read as well as another; trying all eight takes ten times as long as drawing one.
    barcode = zxingcpp.create_barcode(text, zxingcpp.BarcodeFormat.QRCode, ec_level="Q", dataMask=3)
    image = np.asarray(barcode.to_image(scale=1, add_quiet_zones=False)) < 128
    head = b"/Type /XObject /Subtype /Image /ImageMask true /Width %d /Height %d /BitsPerComponent 1 /Decode [1 0]"
    return stream(name, np.packbits(image, axis=1).tobytes(), head % (image.shape[1], image.shape[0]))


def _content(header: Header, geometry: Geometry, kept: _Kept, fonts: PaperFonts) -> bytes:
    side = geometry.cell_dots
    parts = [
        b"0 g 0 G /Back Do",
        _placed("Cells", geometry.left_dots, geometry.top_dots, geometry.columns * side, geometry.rows * side),
        *[_placed(f"Code{side}", *box, CODE_DOTS, CODE_DOTS) for side, box in zip("LR", CODE_BOXES, strict=True)],
        _line(f"発行番号　{header.document}", _TEXT_DOTS, 6455, 9, kept.font, fonts),
        _line(f"ページ　{header.page}／{header.pages}", _PAGE_DOTS, 6455, 9, kept.font, fonts),
    ]
    return b"\n".join(parts)


def _placed(name: str, left: int, top: int, width: int, height: int) -> bytes:
    """Place a picture by its dots."""
    x, y = left * DOT_PT + INSET_PT, PAGE_PT[1] - (top + height) * DOT_PT + INSET_PT
    size = (width * DOT_PT - 2 * INSET_PT, height * DOT_PT - 2 * INSET_PT)
    return f"q {size[0]:.4f} 0 0 {size[1]:.4f} {x:.4f} {y:.4f} cm /{name} Do Q".encode()


def _line(text: str, left: int, baseline: int, size: float, font: EmbeddedFont, fonts: PaperFonts) -> bytes:
    x, y = left * DOT_PT, PAGE_PT[1] - baseline * DOT_PT
    return f"BT /F {size:g} Tf 1 0 0 1 {x:.2f} {y:.2f} Tm <{_show(text, font, fonts)}> Tj ET".encode()


def _show(text: str, font: EmbeddedFont, fonts: PaperFonts) -> str:
    run = shape(text, fonts)
    if run is None:
        raise ValueError("the paper font lacks a character of the back itself")
    return font.show(run)
