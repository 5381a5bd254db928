"""From glyphs to an embedded font: private codes, subset, and the way back from ink to text.

Every grapheme cluster of a document gets a code of its own, in order of appearance: 葛 alone, 葛 with U+E0102 and
葛 with U+E0103 are three codes even where two of them share a glyph. CIDToGIDMap leads from the code to the ink,
ToUnicode from the code to the exact code points, selectors and supplementary planes included. Knows no form.
"""

import hashlib
from typing import Final

import uharfbuzz as hb  # type: ignore[import-untyped]  # the package ships neither stubs nor py.typed

from issuing_center.paper.fonts import PaperFonts
from issuing_center.paper.pdf import PdfObject, plain, stream
from issuing_center.paper.text import Glyphs

_ROWS_A_BLOCK: Final = 100
"""bfchar rows in one block; more than 100 is an error in the CMap specification and lost text in readers."""
_SUBSET_FLAGS: Final = hb.SubsetFlags.NO_HINTING | hb.SubsetFlags.NO_LAYOUT_CLOSURE | hb.SubsetFlags.NOTDEF_OUTLINE


class EmbeddedFont:
    """Collects the clusters one resource shows and becomes the objects of one embedded subset."""

    def __init__(self, name: str, fonts: PaperFonts) -> None:
        """Start empty; `name` is the object name of the font in the document."""
        self.name = name
        self._fonts = fonts
        self._codes: dict[str, str] = {}
        self._glyphs: list[tuple[str, int, int]] = []

    def show(self, run: Glyphs) -> str:
        """Give the hexadecimal codes of a run, four digits a cluster, for a show operator."""
        codes = self._codes
        try:
            return "".join([codes[item[0]] for item in run])
        except KeyError:
            for item in run:
                if item[0] not in codes:
                    self._glyphs.append(item)
                    codes[item[0]] = f"{len(self._glyphs):04x}"
            return "".join([codes[item[0]] for item in run])

    def objects(self) -> tuple[PdfObject, ...]:
        """Give the font and all it needs, ready to be written.

        The subset is not deflated: outlines shrink by a fifth only, and deflating them takes longer than
        drawing the rest of the sheet.
        """
        subset, new_ids = _subset({glyph for _, glyph, _ in self._glyphs}, self._fonts)
        to_glyph = b"\0\0" + b"".join([new_ids[glyph].to_bytes(2, "big") for _, glyph, _ in self._glyphs])
        widths = " ".join([str(advance) for _, _, advance in self._glyphs])
        tag = "".join(chr(65 + digit % 26) for digit in hashlib.sha256(subset).digest()[:6])
        base, name = f"/{tag}+{self._fonts.family}", self.name
        em = self._fonts.units_per_em
        ascent, descent = self._fonts.ascent * 1000 // em, self._fonts.descent * 1000 // em
        return (
            plain(
                name,
                f"<< /Type /Font /Subtype /Type0 /BaseFont {base} /Encoding /Identity-H /DescendantFonts [".encode(),
                f"{name}.Cid",
                b"] /ToUnicode ",
                f"{name}.Unicode",
                b" >>",
            ),
            plain(
                f"{name}.Cid",
                f"<< /Type /Font /Subtype /CIDFontType2 /BaseFont {base} /DW 1000 /W [1 [{widths}]]"
                " /CIDSystemInfo << /Registry (Adobe) /Ordering (Identity) /Supplement 0 >> /FontDescriptor ".encode(),
                f"{name}.Descriptor",
                b" /CIDToGIDMap ",
                f"{name}.Map",
                b" >>",
            ),
            plain(
                f"{name}.Descriptor",
                f"<< /Type /FontDescriptor /FontName {base} /Flags 4 /ItalicAngle 0 /StemV 80 /CapHeight 730"
                f" /Ascent {ascent} /Descent {descent} /FontBBox [-500 -300 2000 1100] /FontFile2 ".encode(),
                f"{name}.File",
                b" >>",
            ),
            stream(f"{name}.File", subset, b"/Length1 %d" % len(subset)),
            stream(f"{name}.Map", to_glyph),
            stream(f"{name}.Unicode", self._to_unicode()),
        )

    def _to_unicode(self) -> bytes:
        rows = [
            f"<{code:04x}> <{cluster.encode('utf-16-be').hex()}>"
            for code, (cluster, _, _) in enumerate(self._glyphs, start=1)
        ]
        blocks = []
        for start in range(0, len(rows), _ROWS_A_BLOCK):
            block = rows[start : start + _ROWS_A_BLOCK]
            blocks += [f"{len(block)} beginbfchar", *block, "endbfchar"]
        return "\n".join(
            [
                "/CIDInit /ProcSet findresource begin 12 dict begin begincmap",
                "/CIDSystemInfo << /Registry (Adobe) /Ordering (UCS) /Supplement 0 >> def",
                "/CMapName /Adobe-Identity-UCS def /CMapType 2 def",
                "1 begincodespacerange <0000> <ffff> endcodespacerange",
                *blocks,
                "endcmap CMapName currentdict /CMap defineresource pop end end",
            ]
        ).encode("ascii")


def _subset(glyphs: set[int], fonts: PaperFonts) -> tuple[bytes, dict[int, int]]:
    """Cut the font down to some glyphs (and what they are composed of); give the file and old id -> new id."""
    request = hb.SubsetInput()
    request.flags = _SUBSET_FLAGS
    request.glyph_set.update(glyphs)
    plan = hb.SubsetPlan(fonts.face, request)
    return plan.execute().blob.data, dict(plan.old_to_new_glyph_mapping)
