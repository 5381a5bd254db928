"""Words and lines, which need no toolkit."""

from pathlib import Path

import pytest

from kiosk.flow.screen_model import JAPANESE, Text
from kiosk.ui.strings import MissingTextError, Strings, available_languages
from kiosk.ui.wrapping import clusters, fill, fill_evenly, phrases


def strings(tmp_path: Path, content: str) -> Strings:
    (tmp_path / "strings").mkdir()
    (tmp_path / "strings" / "ja.toml").write_text(content, encoding="utf-8")
    return Strings.load(tmp_path, JAPANESE)


def test_a_key_gives_its_sentence_with_values_and_a_literal_gives_itself(tmp_path: Path) -> None:
    words = strings(tmp_path, '[screen.pay]\ntitle = "{amount}円"\n[code.PIN-01]\nhappened = "違います"\n')
    assert words.text(Text("screen.pay.title", (("amount", "400"),))) == "400円"
    assert words.text(Text("code.PIN-01.happened")) == "違います"
    assert words.text(Text("", literal="見本 {花子}")) == "見本 {花子}"


def test_a_missing_key_or_value_is_an_error(tmp_path: Path) -> None:
    words = strings(tmp_path, '[a]\nb = "{c}"\n')
    with pytest.raises(MissingTextError, match=r"no text a\.x"):
        words.sentence("a.x")
    with pytest.raises(MissingTextError, match="wants the value"):
        words.sentence("a.b")


def test_values_are_in_no_repr() -> None:
    assert "花子" not in repr(Text("a", (("name", "花子"),)))
    assert "花子" not in repr(Strings(JAPANESE, {"a": "花子"}))


def test_the_strings_need_no_toolkit() -> None:
    import kiosk.ui.strings as module

    assert "PySide6" not in Path(module.__file__).read_text(encoding="utf-8")


def test_languages_come_from_the_files_with_japanese_first(tmp_path: Path) -> None:
    strings(tmp_path, "")
    for tag in ("en", "zh"):
        (tmp_path / "strings" / f"{tag}.toml").write_text("", encoding="utf-8")
    assert available_languages(tmp_path) == ("ja", "en", "zh")


@pytest.mark.parametrize(
    ("text", "pieces"),
    [
        ("カードを置き場に置いてください", ["カードを", "置き場に", "置いてください"]),
        ("カードをお取りください", ["カードを", "お取りください"]),
        ("お取り忘れはありませんか", ["お取り忘れはありませんか"]),
        ("お支払い後の返金・交換はできません。", ["お支払い後の", "返金・", "交換はできません。"]),
        ("もう一度入力してください", ["もう一度入力してください"]),
        ("Place your card", ["Place ", "your ", "card"]),
        ("内容を確認し、「同意する」を押す", ["内容を", "確認し、", "「同意する」を", "押す"]),
        ("", []),
    ],
)
def test_lines_may_break_between_phrases(text: str, pieces: list[str]) -> None:
    assert phrases(text) == pieces
    assert "".join(phrases(text)) == text


def test_a_character_keeps_its_variation_selector() -> None:
    assert clusters("渡邉󠄂吉") == ["渡", "邉󠄂", "吉"]


def test_a_word_wider_than_the_line_is_cut_and_nothing_gets_lost() -> None:
    lines = fill("利用者証明用電子証明書", len, 4)
    assert lines == ["利用者証", "明用電子", "証明書"]


def test_even_lines_are_as_few_and_closer_in_length() -> None:
    text = "one two three four five six seven"
    greedy, even = fill(text, len, 26), fill_evenly(text, len, 26)
    assert len(greedy) == len(even) == 2
    assert max(map(len, even)) < max(map(len, greedy))
    assert " ".join(even) == text


def test_a_line_break_of_the_text_is_kept() -> None:
    assert fill("a b\nc", len, 10) == ["a b", "c"]
