"""What holds for every form: good files, margins, sizes, exact text, stable bytes, nothing of a resident in a repr."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import fields, is_dataclass, replace
from pathlib import Path

import pytest

from issuing_center.paper import (
    AnySheet,
    Certificate,
    Complete,
    DrawnDocument,
    Expected,
    GlyphMissing,
    Mark,
    PaperFonts,
    check_complete,
    draw,
    load_fonts,
)
from tests.golden.forms import EVERY, FORMS
from tests.unit.issuing_center.paper.judges import (
    as_poppler,
    drawn,
    pdfium_text,
    picture,
    poppler_text,
    qpdf_complaints,
)

SAMPLES = {name: sheet for name, sheet in EVERY.items() if not name.startswith("juminhyo/")}
FIRST = {form: next(iter(sheets.values())) for form, sheets in FORMS.items()}
"""One sample of each form."""


@pytest.mark.parametrize("name", sorted(SAMPLES))
def test_a_sample_is_a_good_file_complete_and_small(name: str, fonts: PaperFonts, tmp_path: Path) -> None:
    sheet = SAMPLES[name]
    document = drawn(sheet, fonts)
    assert qpdf_complaints(document.pdf, tmp_path) == ""
    assert check_complete(document.pdf, Expected.of(sheet)) == Complete()
    assert document.pages == (sheet.essentials.pages or document.pages)
    assert len(document.pdf) <= 400_000


@pytest.mark.parametrize("name", sorted(SAMPLES))
def test_every_value_comes_out_of_both_readers(name: str, fonts: PaperFonts) -> None:
    document = drawn(SAMPLES[name], fonts)
    by_pdfium, by_poppler = pdfium_text(document.pdf), poppler_text(document.pdf)
    assert [placed.item for placed in document.texts if placed.text.strip() not in by_pdfium] == []
    assert [placed.item for placed in document.texts if as_poppler(placed.text) not in by_poppler] == []
    assert all(placed.size_pt >= 5 for placed in document.texts)


@pytest.mark.parametrize("name", sorted(SAMPLES))
def test_all_ink_keeps_ten_millimetres_from_the_edges(name: str, fonts: PaperFonts) -> None:
    document = drawn(SAMPLES[name], fonts)
    margin = 10 / 25.4 * 72 - 1
    for page in range(document.pages):
        image = picture(document.pdf, 72, page)
        box = image.point(lambda grey: 255 if grey < 250 else 0).getbbox()
        assert box
        assert min(box[0], box[1], image.width - box[2], image.height - box[3]) >= margin


@pytest.mark.parametrize("form", sorted(FIRST))
def test_the_square_for_the_signed_code_stays_free(form: str, fonts: PaperFonts) -> None:
    from issuing_center.paper.grid import CODE_BOX_MM

    left, top, side = (round(value / 25.4 * 100) for value in CODE_BOX_MM)
    image = picture(drawn(FIRST[form], fonts).pdf, 100).crop((left, top + 5, left + side, top + side))
    assert image.getextrema() == (255, 255)


def test_every_kind_of_sheet_has_samples() -> None:
    assert {type(sheet) for sheet in EVERY.values()} == set(AnySheet.__args__)


@pytest.mark.parametrize("form", sorted(FIRST))
def test_the_same_sheet_gives_the_same_bytes(form: str, fonts: PaperFonts) -> None:
    assert drawn(FIRST[form], fonts).pdf == drawn(FIRST[form], fonts).pdf


def test_even_a_fresh_font_gives_the_same_bytes(fonts: PaperFonts) -> None:
    fresh = load_fonts()
    assert [drawn(sheet, fresh).pdf for sheet in FIRST.values()] == [
        drawn(sheet, fonts).pdf for sheet in FIRST.values()
    ]


def test_threads_drawing_different_forms_at_once_do_not_mix_them(fonts: PaperFonts) -> None:
    sheets = [*SAMPLES.values()] * 2
    alone = [drawn(sheet, fonts).pdf for sheet in sheets]
    with ThreadPoolExecutor(max_workers=8) as pool:
        assert list(pool.map(lambda sheet: drawn(sheet, fonts).pdf, sheets)) == alone


@pytest.mark.parametrize("form", sorted(FIRST))
def test_a_mayor_without_a_glyph_refuses_every_form(form: str, fonts: PaperFonts) -> None:
    issuer = replace(FIRST[form].issuer, mayor_name="架空\ue000太郎")
    assert draw(replace(FIRST[form], issuer=issuer), fonts) == GlyphMissing("issuer.mayor_name", ("\ue000",))


@pytest.mark.parametrize("name", sorted(SAMPLES))
def test_no_repr_shows_anything_of_a_resident(name: str, fonts: PaperFonts) -> None:
    sheet = SAMPLES[name]
    shown = repr(sheet) + repr(drawn(sheet, fonts)) + repr(Expected.of(sheet)) + "".join(map(repr, _parts(sheet)))
    secrets = (
        "花子",
        "一郎",
        "浜見台",
        "SAMPLE",
        "1988",
        "1986",
        "1990",
        "世帯主の",
        "5486000",
        "200300",
        "半壊",
        "\\xff",
    )
    assert [secret for secret in secrets if secret in shown.replace("架空　太郎", "")] == []


def _parts(value: object) -> list[object]:
    """Give every value inside a sheet that has a repr of its own, but for the issuer, who is public."""
    inner = [getattr(value, field.name) for field in fields(value)] if is_dataclass(value) else []
    result: list[object] = []
    for each in inner:
        for part in each if isinstance(each, tuple) else (each,):
            if is_dataclass(part) and type(part).__name__ != "Issuer":
                result += [part, *_parts(part)]
    return result


@pytest.mark.parametrize("form", sorted(FIRST))
def test_specimens_of_every_form_are_marked_and_others_are_not(form: str, fonts: PaperFonts) -> None:
    plain, specimen = FIRST[form], replace(FIRST[form], specimen=True)
    assert check_complete(drawn(specimen, fonts).pdf, Expected.of(specimen)) == Complete()
    for pdf, expected in ((drawn(plain, fonts).pdf, specimen), (drawn(specimen, fonts).pdf, plain)):
        assert check_complete(pdf, Expected.of(expected)) != Complete()


def test_no_form_passes_for_another(fonts: PaperFonts) -> None:
    for form, sheet in FIRST.items():
        pdf = drawn(sheet, fonts).pdf
        passes = {other for other, wanted in FIRST.items() if check_complete(pdf, Expected.of(wanted)) == Complete()}
        assert passes == {form}


@pytest.mark.parametrize("form", sorted(FIRST))
def test_every_mark_is_printed_where_a_cell_can_have_one(form: str, fonts: PaperFonts) -> None:
    for mark in Mark:
        sheet = _marked(FIRST[form], mark)
        assert sheet != FIRST[form]
        document = draw(sheet, fonts)
        assert isinstance(document, DrawnDocument), (form, document)
        assert check_complete(document.pdf, Expected.of(sheet)) == Complete()


def _marked(value: Certificate, mark: Mark) -> AnySheet:
    """Put a mark into every cell of a sheet that may hold one."""
    return _with_marks(value, mark)  # type: ignore[return-value]  # the same type comes back


def _with_marks(value: object, mark: Mark) -> object:
    if isinstance(value, tuple):
        return tuple(_with_marks(part, mark) for part in value)
    if not is_dataclass(value) or isinstance(value, type):
        return value
    changed = {
        each.name: mark if "Mark" in _kinds(each.type) and not isinstance(getattr(value, each.name), tuple)
        else _with_marks(getattr(value, each.name), mark)
        for each in fields(value)
    }  # fmt: skip
    return replace(value, **changed)


def _kinds(annotation: object) -> set[str]:
    return {getattr(kind, "__name__", "") for kind in getattr(annotation, "__args__", (annotation,))}
