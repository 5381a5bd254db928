"""The signed code on the sheet: readable from every picture of it, in nobody's way, and demanded of the finished file."""

import math
import subprocess
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pypdfium2
import pytest
import zxingcpp
from cryptography.hazmat.primitives.asymmetric import ec
from PIL import Image

from issuing_center.backs.layout import SEAL_DOTS, SEAL_MODULE_DOTS, SEAL_QUIET
from issuing_center.keys import FileKey
from issuing_center.paper import (
    AnySheet,
    Complete,
    DrawnDocument,
    Expected,
    Incomplete,
    PaperFonts,
    check_complete,
    draw,
    grid,
)
from issuing_center.paper.front_seal import NAME, with_front_seals
from issuing_center.pdf_signature import with_signature
from issuing_center.visible_seal import Sealer
from tests.golden.forms import EVERY, FORMS
from tests.golden.sheets import SHEETS
from tests.support.signing import KEY, certificates_of

CERTIFICATES = certificates_of(KEY)
SEALER = Sealer.of(KEY, CERTIFICATES[0])
NOW = datetime.now(UTC)
FIRST = {"juminhyo": SHEETS["specimen"], **{form: next(iter(sheets.values())) for form, sheets in FORMS.items()}}
PAIR = SHEETS["household-of-six"]


def plain(sheet: AnySheet, fonts: PaperFonts) -> DrawnDocument:
    drawn = draw(sheet, fonts)
    assert isinstance(drawn, DrawnDocument)
    return drawn


def coded(sheet: AnySheet, fonts: PaperFonts, sealer: Sealer = SEALER) -> DrawnDocument:
    return with_front_seals(plain(sheet, fonts), sheet, sealer, NOW.date())


def judged(drawn: DrawnDocument, sheet: AnySheet) -> Complete | Incomplete:
    return check_complete(with_signature(drawn.pdf, KEY, CERTIFICATES, NOW), Expected.of(sheet, CERTIFICATES))


def pictures(pdf: bytes, dpi: int, folder: Path) -> list[Image.Image]:
    (folder / "sheet.pdf").write_bytes(pdf)
    command = ["pdftoppm", "-r", str(dpi), "-gray", str(folder / "sheet.pdf"), str(folder / f"page{dpi}")]
    subprocess.run(command, check=True, timeout=30)
    return [Image.open(file) for file in sorted(folder.glob(f"page{dpi}-*.pgm"))]


def codes(picture: Image.Image) -> list[bytes]:
    formats = zxingcpp.BarcodeFormats(zxingcpp.BarcodeFormat.DataMatrix)
    return [each.bytes for each in zxingcpp.read_barcodes(picture, formats=formats)]


@pytest.mark.parametrize("name", sorted(EVERY))
def test_every_sheet_with_code_and_signature_is_complete(name: str, fonts: PaperFonts) -> None:
    assert judged(coded(EVERY[name], fonts), EVERY[name]) == Complete()


@pytest.mark.parametrize("form", sorted(FIRST))
def test_the_code_is_read_from_a_rendered_picture(form: str, fonts: PaperFonts, tmp_path: Path) -> None:
    document = coded(FIRST[form], fonts)
    seen = pictures(document.pdf, 150, tmp_path)
    assert len(seen) == document.pages
    assert all(len(codes(page)) == 1 for page in seen)


@pytest.mark.parametrize("dpi", [150, 200, 300])
def test_the_largest_code_is_read_upright_and_askew(dpi: int, fonts: PaperFonts, tmp_path: Path) -> None:
    (page,) = pictures(coded(SHEETS["long-values"], fonts).pdf, dpi, tmp_path)
    (upright,) = codes(page)
    assert len(upright) > 190
    for turn in (2.5, 90, 181):
        assert codes(page.rotate(turn, Image.Resampling.BICUBIC, expand=True, fillcolor=255)) == [upright], turn


def test_the_code_changes_no_text_and_little_size(fonts: PaperFonts) -> None:
    before, after = plain(PAIR, fonts).pdf, coded(PAIR, fonts).pdf
    old, new = pypdfium2.PdfDocument(before), pypdfium2.PdfDocument(after)
    for page in range(2):
        assert new[page].get_textpage().get_text_range() == old[page].get_textpage().get_text_range()
    signed = with_signature(after, KEY, CERTIFICATES, NOW)
    assert len(after) - len(before) < 2000
    assert len(signed) - len(after) < 6000
    for each in (old, new):
        each.close()


def test_the_code_stands_in_the_square_that_every_form_keeps_free() -> None:
    left, top, side = grid.CODE_BOX_MM
    assert math.isclose(left, SEAL_DOTS[0] * 25.4 / 600, abs_tol=0.01)
    assert math.isclose(top, SEAL_DOTS[1] * 25.4 / 600, abs_tol=0.01)
    assert math.isclose(side, (52 + 2 * SEAL_QUIET) * SEAL_MODULE_DOTS * 25.4 / 600, abs_tol=0.01)


def test_the_same_sheet_and_key_give_the_same_bytes(fonts: PaperFonts) -> None:
    assert coded(PAIR, fonts).pdf == coded(PAIR, fonts).pdf


def with_codes_of(other: DrawnDocument, drawn: DrawnDocument) -> DrawnDocument:
    """Give a document the codes that another one has on its pages, page by page."""
    theirs = {item.name: item for item in other.parts.objects if item.name.startswith(NAME)}
    objects = tuple(theirs.get(item.name, item) for item in drawn.parts.objects)
    parts = replace(drawn.parts, objects=objects)
    return replace(drawn, pdf=parts.assembled(), parts=parts)


def test_a_sheet_without_its_code_is_incomplete(fonts: PaperFonts) -> None:
    assert judged(plain(PAIR, fonts), PAIR) == Incomplete(("page 1: signed code", "page 2: signed code"))


def test_the_code_of_another_document_is_noticed(fonts: PaperFonts) -> None:
    numbered = replace(PAIR, issue_number="ZZZZ-ZZZZ-ZZZZ-ZZZZ")
    for sheet in (numbered, replace(PAIR, address="見本県汐見野市よその町１番")):
        other = coded(sheet, fonts)
        result = judged(with_codes_of(other, coded(PAIR, fonts)), PAIR)
        assert result == Incomplete(("page 1: signed code", "page 2: signed code"))


def test_the_code_of_another_page_is_noticed(fonts: PaperFonts) -> None:
    document = coded(PAIR, fonts)
    one, two = (item for item in document.parts.objects if item.name.startswith(NAME))
    swapped = tuple(
        {one.name: replace(two, name=one.name), two.name: replace(one, name=two.name)}.get(item.name, item)
        for item in document.parts.objects
    )
    pdf = replace(document.parts, objects=swapped).assembled()
    result = judged(replace(document, pdf=pdf), PAIR)
    assert result == Incomplete(("page 1: signed code", "page 2: signed code"))


def test_the_code_of_another_key_is_noticed(fonts: PaperFonts) -> None:
    forger = Sealer(FileKey(ec.derive_private_key(0xBAD, ec.SECP256R1())), SEALER.reference)
    assert judged(coded(FIRST["inkan"], fonts, forger), FIRST["inkan"]) == Incomplete(("page 1: signed code",))


def test_a_file_without_its_signature_or_altered_after_it_is_incomplete(fonts: PaperFonts) -> None:
    sheet = FIRST["inkan"]
    document, expected = coded(sheet, fonts), Expected.of(sheet, CERTIFICATES)
    assert check_complete(document.pdf, expected) == Incomplete(("file: signature",))
    signed = with_signature(document.pdf, KEY, CERTIFICATES, NOW)
    assert check_complete(signed.replace(b"/Title", b"/TITLE"), expected) == Incomplete(("file: signature",))
    assert check_complete(signed, Expected.of(sheet)) == Complete()
