"""INV-18 for every form: each thing a page must show is taken away from a finished file, and is missed."""

import re
from dataclasses import replace

import pytest

from issuing_center.paper import Expected, Incomplete, PaperFonts, check_complete
from issuing_center.paper.completeness import _File
from tests.golden.forms import FORMS, FUHYO, KOSEKI, RISAI
from tests.unit.issuing_center.paper.judges import drawn, edited, replaced

FIRST = {form: next(iter(sheets.values())) for form, sheets in FORMS.items()}


def without(pdf: bytes, text: str) -> bytes:
    """Take every showing of a text out of a finished file."""
    file, codes = _File(pdf), set[bytes]()
    for number in re.findall(rb"(\d+) 0 obj\n<< /Type /Font /Subtype /Type0", pdf):
        code_of = {char: code for code, char in file._font(int(number)).items()}
        if all(char in code_of for char in text):
            codes.add(b"<" + b"".join(code_of[char] for char in text) + b"> Tj")
    shown: set[bytes] = set()

    def change(_head: bytes, content: bytes) -> bytes:
        shown.update(code for code in codes if code in content)
        for code in codes:
            content = content.replace(code, b"<> Tj")
        return content

    result = edited(pdf, change)
    assert shown, "the text is not shown at all"
    return result


@pytest.mark.parametrize("form", sorted(FIRST))
def test_each_line_every_page_needs_is_missed(form: str, fonts: PaperFonts) -> None:
    sheet = FIRST[form]
    document, expected = drawn(sheet, fonts), Expected.of(sheet)
    essentials = expected.essentials
    wanted = {
        "title": essentials.title,
        "sentence": essentials.sentence,
        "mayor": expected.mayor,
        "issue number": f"発行番号　{sheet.issue_number}",
        "page number": essentials.page_mark.format(number=1, count=document.pages),
        "note that the seal is black": "この印は黒色です",
    }
    for what, text in wanted.items():
        result = check_complete(without(document.pdf, text), expected)
        assert isinstance(result, Incomplete)
        assert f"page 1: {what}" in result.lacking
        assert not any("page" in lack and what not in lack for lack in result.lacking)


@pytest.mark.parametrize("form", sorted(FIRST))
def test_a_missing_seal_is_missed(form: str, fonts: PaperFonts) -> None:
    broken = edited(drawn(FIRST[form], fonts).pdf, replaced(b"/Seal Do", b""))
    result = check_complete(broken, Expected.of(FIRST[form]))
    assert isinstance(result, Incomplete)
    assert result.lacking[0] == "page 1: seal"


@pytest.mark.parametrize("form", sorted(FIRST))
def test_a_missing_person_is_missed(form: str, fonts: PaperFonts) -> None:
    sheet = FIRST[form]
    expected = Expected.of(sheet)
    pdf = drawn(sheet, fonts).pdf
    # 筆頭者 and given names may stand in other lines too; a name of one's own is taken out whole.
    result = check_complete(without(pdf, sheet.essentials.names[0]), expected)
    assert result == Incomplete(("file: names",))
    assert sheet.essentials.names[0] not in repr(expected)


@pytest.mark.parametrize("sheet", [KOSEKI, replace(FUHYO, persons=FUHYO.persons * 5)])
def test_a_form_that_flows_must_end_and_must_not_end_early(sheet: object, fonts: PaperFonts) -> None:
    assert isinstance(sheet, type(KOSEKI) | type(FUHYO))
    document, expected = drawn(sheet, fonts), Expected.of(sheet)
    assert document.pages > 1
    cut = check_complete(without(document.pdf, "以下余白"), expected)
    assert cut == Incomplete((f"page {document.pages}: end of the text",))
    unmarked = check_complete(without(document.pdf, "以下次頁"), expected)
    assert unmarked == Incomplete(tuple(f"page {page}: end of the page" for page in range(1, document.pages)))


@pytest.mark.parametrize(
    ("kept", "lacking"),
    [(0, ("page 1: page number", "page 1: end of the text")), (1, ("page 1: page number",))],
)
def test_a_lost_page_of_a_form_that_flows_is_missed(kept: int, lacking: tuple[str, ...], fonts: PaperFonts) -> None:
    def change(head: bytes, content: bytes) -> bytes:
        kids = re.search(rb"/Kids \[ ?(\d+ 0 R) (\d+ 0 R) ?\]", head)
        return content or (head.replace(kids[0], b"/Kids [ %s ]" % kids.groups()[kept]) if kids else head)

    result = check_complete(edited(drawn(KOSEKI, fonts).pdf, change), Expected.of(KOSEKI))
    assert isinstance(result, Incomplete)
    assert set(lacking) <= set(result.lacking)


def test_a_lost_page_of_a_form_with_a_known_number_is_missed(fonts: PaperFonts) -> None:
    two = replace(RISAI, members=RISAI.members * 3)
    result = check_complete(drawn(RISAI, fonts).pdf, Expected.of(two))
    assert isinstance(result, Incomplete)
    assert "file: number of pages" in result.lacking
