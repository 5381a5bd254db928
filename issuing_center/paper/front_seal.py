"""The signed 2D code on every front: what it says of a page, how it is drawn, and its last check on the finished file.

A Data Matrix, because of all codes it takes the least room and its quiet zone is one module. Drawn as an opaque picture with
that zone, so that neither ground pattern nor 見本 lies between its modules. What the bytes mean is `visible_seal`'s.
"""

import math
import re
import zlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Final

import numpy as np
import numpy.typing as npt
import zxingcpp
from cryptography.hazmat.primitives.asymmetric import ec

from issuing_center.backs.layout import SEAL_DOTS, SEAL_MODULE_DOTS, SEAL_QUIET
from issuing_center.paper.pdf import DOT_PT, INSET_PT, PAGE_PT, Page, Parts, PdfObject, stream
from issuing_center.paper.sheet import Certificate
from issuing_center.paper.values import DrawnDocument
from issuing_center.visible_seal import (
    MalformedSeal,
    Sealer,
    Statement,
    form_code,
    is_signed_by,
    read_statement,
    text_digest,
)

NAME: Final = "FrontSeal"
"""Beginning of the object names of the codes; the page number follows."""
_HEAD: Final = b"/Type /XObject /Subtype /Image /ColorSpace /DeviceGray /BitsPerComponent 1 /Width %d /Height %d"

Bits = npt.NDArray[np.uint8]


def with_front_seals(drawn: DrawnDocument, sheet: Certificate, sealer: Sealer, signed_on: date) -> DrawnDocument:
    """Put the signed code on every front. For a document without backs: backs carry what the fronts show, so they come after.

    Raises what `Sealer.seal` and `form_code` raise: a sheet that cannot say what it is, is a mistake of the forms.
    """
    essentials, issuer = sheet.essentials, sheet.issuer
    form = form_code(essentials.title, essentials.sentence)
    objects, pages = list(drawn.parts.objects), list[Page]()
    for number, page in enumerate(drawn.parts.pages, start=1):
        values = [text.text for text in drawn.texts if text.page == number - 1]
        statement = Statement(
            signer="",
            certificate="",
            issued_on=sheet.issued_on,
            signed_on=signed_on,
            form=form,
            number=sheet.issue_number,
            municipality=issuer.prefecture + issuer.municipality,
            page=number,
            pages=drawn.pages,
            text=text_digest(front_lines(sheet, values)),
            name=essentials.names[0],
            born=essentials.born,
        )
        bits = _bits(sealer.seal(statement))
        name = f"{NAME}{number}"
        objects.append(_picture(name, bits))
        pages.append(_placed(page, name, bits.shape[0]))
    parts = Parts(tuple(objects), tuple(pages), drawn.parts.title, drawn.parts.txn)
    return DrawnDocument(parts.assembled(), drawn.pages, drawn.texts, parts)


def front_lines(sheet: Certificate, values: Sequence[str]) -> list[str]:
    """Give the text of a front as it is digested: title, issuer, the values in the order drawn, sentence, mayor."""
    issuer, essentials = sheet.issuer, sheet.essentials
    return [
        essentials.title,
        issuer.prefecture + issuer.municipality,
        *values,
        essentials.sentence,
        f"{issuer.mayor_title}　　{issuer.mayor_name}",
    ]


def _bits(data: bytes) -> Bits:
    """Draw the modules, 1 white, with the white around them."""
    code = zxingcpp.create_barcode(data, zxingcpp.BarcodeFormat.DataMatrix, options="ForceSquare")
    modules = np.asarray(code.to_image(scale=1, add_quiet_zones=False)) >= 128
    return np.pad(modules.astype(np.uint8), SEAL_QUIET, constant_values=1)


def _picture(name: str, bits: Bits) -> PdfObject:
    return stream(name, np.packbits(bits, axis=1).tobytes(), _HEAD % bits.shape[::-1])


def _placed(page: Page, name: str, modules: int) -> Page:
    """Place the code over drawings and under values, where no value stands."""
    content = zlib.decompress(page.content) if page.content_filter else page.content
    side = modules * SEAL_MODULE_DOTS * DOT_PT
    x, y = SEAL_DOTS[0] * DOT_PT, PAGE_PT[1] - SEAL_DOTS[1] * DOT_PT - side
    length = side - 2 * INSET_PT
    operators = f"q {length:.4f} 0 0 {length:.4f} {x + INSET_PT:.4f} {y + INSET_PT:.4f} cm /{name} Do Q".encode()
    before, text, after = content.partition(b"\nBT\n")
    changed = b"".join((before, b"\n", operators, text, after))
    return Page(zlib.compress(changed, 1), b"/Filter /FlateDecode", page.fonts, {**page.forms, name: name})


@dataclass(frozen=True, slots=True)
class ExpectedSeal:
    """What the code of every front must say, taken from the order."""

    key: ec.EllipticCurvePublicKey
    """Whose signature."""
    sheet: Certificate = field(repr=False)
    """What was composed."""

    def fits(self, codes: Sequence["Code"], values: Sequence[str], page: int, pages: int) -> bool:
        """Tell whether exactly one code stands on a page, in its place, of our key, and says what the page shows.

        `values` are the texts of the page as they were read from the file.
        """
        if len(codes) != 1 or not codes[0].in_place():
            return False
        data = codes[0].decoded()
        if data is None or not is_signed_by(data, self.key):
            return False
        try:
            found, _, _ = read_statement(data)
        except MalformedSeal:
            return False
        sheet, essentials = self.sheet, self.sheet.essentials
        return (
            (found.page, found.pages) == (page, pages)
            and found.number == sheet.issue_number
            and found.issued_on == sheet.issued_on
            and found.form == form_code(essentials.title, essentials.sentence)
            and found.municipality == sheet.issuer.prefecture + sheet.issuer.municipality
            and essentials.names[0].startswith(found.name)
            and found.born == essentials.born
            and found.text == text_digest(front_lines(sheet, values))
        )


@dataclass(frozen=True, slots=True)
class Code:
    """A picture of a code as it was found in a file."""

    side: int
    """Modules, with the white around."""
    bits: bytes = field(repr=False)
    matrix: tuple[float, ...]

    def in_place(self) -> bool:
        """Tell whether its modules are as large as they must be, and where."""
        a, b, c, d, x, y = self.matrix
        length = self.side * SEAL_MODULE_DOTS * DOT_PT
        top = PAGE_PT[1] - SEAL_DOTS[1] * DOT_PT
        wanted = (length, 0, 0, length, SEAL_DOTS[0] * DOT_PT, top - length)
        return all(math.isclose(each, want, abs_tol=0.1) for each, want in zip((a, b, c, d, x, y), wanted, strict=True))

    def decoded(self) -> bytes | None:
        """Read the code as a scanner would; None if it cannot."""
        rows = np.frombuffer(self.bits, np.uint8).reshape(self.side, -1)
        return decode(np.unpackbits(rows, axis=1)[:, : self.side] * np.uint8(255))


def decode(modules: Bits) -> bytes | None:
    """Read one Data Matrix of one pixel a module; None if there is none."""
    large = np.kron(modules, np.ones((3, 3), np.uint8))
    found = zxingcpp.read_barcodes(
        large, formats=zxingcpp.BarcodeFormats(zxingcpp.BarcodeFormat.DataMatrix), is_pure=True
    )
    return found[0].bytes if len(found) == 1 else None


_PICTURE: Final = re.compile(rb"/ColorSpace /DeviceGray /BitsPerComponent 1 /Width (\d+) /Height (\d+)")


def code_of(head: bytes, content: bytes, matrix: tuple[float, ...]) -> Code | None:
    """Tell whether a drawing of a page is such a picture: by what it is, not by its name."""
    found = _PICTURE.search(head)
    if found is None:
        return None
    width, height = int(found[1]), int(found[2])
    return Code(width, content, matrix) if len(content) == height * ((width + 7) // 8) and width == height else None
