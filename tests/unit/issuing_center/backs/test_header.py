"""The header of a back: read as it was written, told from a forged one, and silent about persons."""

import pytest

from issuing_center.backs.header import Header, header_texts, read_header
from issuing_center.backs.keys import page_key
from issuing_center.backs.layout import Setting
from tests.unit.issuing_center.backs.test_keys import NEW, OLD

HEADER = Header(Setting.STANDARD, NEW.key_id, "ABCD-EFGH-IJKL-MNOP", 1, 2)
KEY = page_key(NEW, HEADER.document, HEADER.page)


def test_a_header_is_read_as_it_was_written_and_both_codes_are_told_apart() -> None:
    read = [read_header(text) for text in header_texts(HEADER, KEY)]
    assert [(found[0].body, found[1]) for found in read if found] == [(HEADER.body, 0), (HEADER.body, 1)]


def test_a_header_is_ours_under_its_own_key_only() -> None:
    read = read_header(header_texts(HEADER, KEY)[0])
    assert read is not None
    assert read[0].is_ours(KEY)
    assert not read[0].is_ours(page_key(OLD, HEADER.document, HEADER.page))


@pytest.mark.parametrize(("old", "new"), [(".1-2.", ".2-2."), ("ABCD", "ABCE"), (".S.", ".F.")])
def test_a_changed_header_is_not_ours(old: str, new: str) -> None:
    read = read_header(header_texts(HEADER, KEY)[0].replace(old, new))
    assert read is not None
    assert not read[0].is_ours(KEY)


@pytest.mark.parametrize(
    "text", ["", "https://example.jp", "CKB2.S.AAAAAA.1-1.A.AAAAAAAAAA.L", "CKB1.S.AAAAAA.2-1.A.AAAAAAAAAA.L"]
)
def test_any_other_code_is_no_header(text: str) -> None:
    assert read_header(text) is None


@pytest.mark.parametrize("document", ["", "見本 花子", "abc", "A" * 25])
def test_a_document_is_named_by_its_issue_number_only(document: str) -> None:
    with pytest.raises(ValueError, match="issue number"):
        Header(Setting.STANDARD, NEW.key_id, document, 1, 1)
