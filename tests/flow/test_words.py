"""Sentences for residents: short, polite, and all of them used (U21, U27)."""

import re

import pytest

from tests.flow.words import read_words

MOST_CHARACTERS = 40
BLAME = re.compile("間違え|誤った|してはいけません|禁止|失敗しました|不正|エラー|例外|タイムアウト")
INNER = re.compile(r"\b(error|exception|invalid|illegal|timeout|failed|failure|wrong)\b", re.IGNORECASE)


def long_sentences(words: dict[str, str]) -> list[str]:
    """Name the sentences over the limit; a value counts as four characters."""
    sentences = [
        (key, sentence)
        for key, text in words.items()
        for sentence in re.split("(?<=[。？！])", re.sub(r"\{\w+\}", "0000", text))
    ]
    return [f"{key}: {len(sentence)}" for key, sentence in sentences if len(sentence) > MOST_CHARACTERS]


def test_no_japanese_sentence_is_longer_than_forty_characters() -> None:
    assert long_sentences(read_words("ja")) == []


def test_a_planted_long_sentence_is_found() -> None:
    assert long_sentences({"a": "あ" * 40 + "。", "b": "あ" * 39 + "。い"}) == ["a: 41"]


def test_no_sentence_blames_or_uses_inner_words() -> None:
    assert [key for key, text in read_words("ja").items() if BLAME.search(text)] == []
    assert [key for key, text in read_words("en").items() if INNER.search(text)] == []


@pytest.mark.parametrize("key", ["happened", "to_do"])
def test_every_japanese_message_is_a_whole_polite_sentence(key: str) -> None:
    polite = re.compile("(ます|ません|です|でした|ました|ください|どうぞ|お願いします)。$")
    messages = {name: text for name, text in read_words("ja").items() if re.fullmatch(rf"code\..*\.{key}", name)}
    assert [name for name, text in messages.items() if not polite.search(text)] == []


def test_every_english_sentence_of_a_message_ends_with_a_full_stop() -> None:
    messages = {name: text for name, text in read_words("en").items() if name.startswith(("code.", "where.", "voice."))}
    assert [name for name, text in messages.items() if not text.endswith((".", "?"))] == []
