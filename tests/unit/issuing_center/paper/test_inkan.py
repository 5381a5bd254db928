"""The 印鑑登録証明書: the imprint stands on the paper at its own size, pixel by pixel, or there is no certificate."""

import subprocess
from dataclasses import replace
from pathlib import Path

import pytest
from PIL import Image

from assets.seals.draw_imprints import DESIGNS, imprint
from issuing_center.paper import (
    Complete,
    Expected,
    Imprint,
    Incomplete,
    PaperFonts,
    PaperUnavailable,
    check_complete,
    load_fictitious_imprints,
)
from issuing_center.paper.pdf import MM
from tests.golden.forms import IMPRINTS, INKAN
from tests.unit.issuing_center.paper.judges import drawn, edited, pdfium_text, picture, replaced

EXPECTED = Expected.of(INKAN)
FIELD_MM = (52.0, 28.5, 194.0, 102.0)
"""Inside of the field of the imprint, clear of its lines."""


def _by_poppler(pdf: bytes, folder: Path) -> Image.Image:
    file = folder / "sheet.pdf"
    file.write_bytes(pdf)
    subprocess.run(["pdftoppm", "-r", "600", "-mono", str(file), str(folder / "page")], check=True, timeout=60)
    return Image.open(folder / "page-1.pbm").convert("L")


def _ink(page: Image.Image) -> Image.Image:
    field = page.crop(tuple(round(edge / 25.4 * 600) for edge in FIELD_MM))  # type: ignore[arg-type]  # four of them
    box = field.point(lambda grey: 255 if grey < 128 else 0).getbbox()
    assert box
    return field.crop(box)


@pytest.mark.parametrize("name", sorted(DESIGNS))
def test_a_printed_imprint_has_the_diameter_of_the_seal_within_one_percent(
    name: str, fonts: PaperFonts, tmp_path: Path
) -> None:
    pdf = drawn(replace(INKAN, imprint=IMPRINTS[name]), fonts).pdf
    for page in (_by_poppler(pdf, tmp_path), picture(pdf, 600)):
        ink = _ink(page)
        for measured_px in ink.size:
            measured_mm = measured_px / 600 * 25.4
            assert abs(measured_mm - DESIGNS[name].diameter_mm) <= DESIGNS[name].diameter_mm / 100


def test_the_printer_gets_the_very_pixels_that_were_registered(fonts: PaperFonts, tmp_path: Path) -> None:
    registered = IMPRINTS["mihon"]
    printed = _ink(_by_poppler(drawn(INKAN, fonts).pdf, tmp_path))
    scan = Image.frombytes(
        "1", (registered.width_px, registered.height_px), bytes(255 - byte for byte in registered.bits)
    )
    expected = _whole(scan.convert("L"))
    assert printed.size == expected.size
    differing = sum(one != other for one, other in zip(printed.tobytes(), expected.tobytes(), strict=True))
    assert differing == 0


def _whole(image: Image.Image) -> Image.Image:
    box = image.point(lambda grey: 255 if grey < 128 else 0).getbbox()
    assert box
    return image.crop(box)


def test_a_scan_of_400_dpi_keeps_its_size(fonts: PaperFonts) -> None:
    coarse = Imprint(160, 240, 400, b"\xff" * 20 * 240)
    ink = _ink(picture(drawn(replace(INKAN, imprint=coarse), fonts).pdf, 600))
    assert abs(ink.width / 600 - 160 / 400) < 0.004
    assert abs(ink.height / 600 - 240 / 400) < 0.004


@pytest.mark.parametrize(
    ("width", "height", "dpi", "bits", "complaint"),
    [
        (80, 80, 300, b"\xff" * 800, "at least 400 dpi"),
        (80, 80, 400, b"\xff" * 799, "all its rows"),
        (80, 80, 400, bytes(800), "and ink"),
        (800, 80, 400, b"\xff" * 8000, "does not fit"),
    ],
)
def test_what_is_no_registered_imprint_cannot_even_be_said(
    width: int, height: int, dpi: int, bits: bytes, complaint: str
) -> None:
    with pytest.raises(ValueError, match=complaint):
        Imprint(width, height, dpi, bits)


def _scaled(factor: float) -> tuple[bytes, bytes]:
    side = INKAN.imprint.width_mm * MM
    return b"q %s 0 0 %s " % (_number(side), _number(side)), b"q %s 0 0 %s " % (
        _number(side * factor),
        _number(side * factor),
    )


def _number(value: float) -> bytes:
    return f"{value:.6g}".encode("ascii")


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b"/Imprint Do", b""),
        _scaled(1.02),
        _scaled(0.98),
        _scaled(-1),
        (INKAN.imprint.bits, INKAN.imprint.bits[:-100] + b"\x10" + INKAN.imprint.bits[-99:]),
        (INKAN.imprint.bits, IMPRINTS["kakuu"].bits),
    ],
)
def test_an_imprint_absent_scaled_mirrored_or_another_is_found_lacking(
    old: bytes, new: bytes, fonts: PaperFonts
) -> None:
    pdf = drawn(INKAN, fonts).pdf
    assert check_complete(edited(pdf, replaced(old, new)), EXPECTED) == Incomplete(("page 1: imprint",))


def test_an_imprint_that_paints_nothing_is_found_lacking(fonts: PaperFonts) -> None:
    pdf = drawn(INKAN, fonts).pdf
    broken = pdf.replace(b"/Decode [1 0]", b"/Decode [0 1]")
    assert check_complete(broken, EXPECTED) == Incomplete(("page 1: imprint",))
    white = check_complete(edited(pdf, replaced(b"q 38", b"1 g q 38")), EXPECTED)
    assert isinstance(white, Incomplete)


def test_an_imprint_of_somebody_else_is_not_the_one_ordered(fonts: PaperFonts) -> None:
    other = Expected.of(replace(INKAN, imprint=IMPRINTS["reiji"]))
    assert check_complete(drawn(INKAN, fonts).pdf, other) == Incomplete(("page 1: imprint",))
    assert check_complete(drawn(INKAN, fonts).pdf, EXPECTED) == Complete()


def test_birth_dates_of_foreign_residents_are_western(fonts: PaperFonts) -> None:
    for foreign, words in ((False, "昭和63年4月12日"), (True, "1988年4月12日")):
        assert words in pdfium_text(drawn(replace(INKAN, foreign=foreign), fonts).pdf)


def test_the_imprints_in_the_repository_are_what_their_program_draws(fonts: PaperFonts) -> None:
    assert load_fictitious_imprints() == {name: imprint(design, fonts) for name, design in DESIGNS.items()}


def test_a_file_without_imprints_is_seal_01(tmp_path: Path) -> None:
    file = tmp_path / "imprints.toml"
    for text in ("[mihon]\nwidth_px = 8\n", '[mihon]\nwidth_px=8\nheight_px=8\ndpi=600\nbits="eJw="\n', "[[["):
        file.write_text(text, encoding="utf-8")
        with pytest.raises(PaperUnavailable, match="SEAL-01"):
            load_fictitious_imprints(file)
    with pytest.raises(PaperUnavailable, match="SEAL-01"):
        load_fictitious_imprints(tmp_path / "none.toml")
