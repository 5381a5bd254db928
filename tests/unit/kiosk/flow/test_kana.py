"""Keys and what they write."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.flow import kana


def written(keys: str) -> str:
    text = ""
    for key in keys:
        text = kana.typed(text, key, 40)
    return text


@pytest.mark.parametrize(
    ("keys", "text"),
    [
        ("か゛", "が"),
        ("か゛゛", "か"),
        ("は゛゜", "ぱ"),
        ("は゜゛", "ば"),
        ("つ小", "っ"),
        ("つ小゛", "づ"),
        ("つ小小", "つ"),
        ("う゛", "ゔ"),
        ("あ゛", "あ"),
        ("゛", ""),
        ("1゛", "1"),
        ("さとう　　はな", "さとう　はな"),
        ("　さ", "さ"),
        ("きよ小うと-ー", "きょうと-ー"),
    ],
)
def test_marks_change_the_letter_before_them(keys: str, text: str) -> None:
    assert written(keys) == text


def test_the_fifty_sounds_are_all_there_once() -> None:
    assert len(kana.LETTERS) == len(set(kana.LETTERS)) == 46 + len("ー")
    assert {len(row) for row in kana.GRID} == {10}


@given(st.text(st.sampled_from(kana.LETTERS + "がぱっゃゔ" + kana.DIGITS + kana.LATIN + kana.HYPHEN), max_size=40))
def test_whatever_can_be_written_is_written_by_its_keys(text: str) -> None:
    assert written("".join(kana.keys_for(text))) == text


@pytest.mark.parametrize("text", ["漢字", "カナ", "a", "。", "か\u3099", " "])
def test_what_has_no_key_cannot_be_written(text: str) -> None:
    with pytest.raises(ValueError, match=r"^the keys of the screen cannot write this$"):
        kana.keys_for(text)
