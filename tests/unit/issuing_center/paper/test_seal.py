"""The seal is the fictitious one, made by its own program, and a damaged file is no seal."""

from pathlib import Path

import pytest

from assets.seals.draw_seal import table
from issuing_center.paper import PaperFonts, PaperUnavailable, load_seal
from issuing_center.paper.seal import FICTITIOUS_SEAL


def test_the_seal_in_the_repository_says_it_is_fictitious() -> None:
    seal = load_seal()
    assert seal.fictitious
    assert seal.name.startswith("見本")
    assert 18 <= seal.side_mm <= 24


def test_the_seal_is_what_its_program_draws(fonts: PaperFonts) -> None:
    assert FICTITIOUS_SEAL.read_text(encoding="utf-8") == table(fonts)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("723 899 m", "723 898 m"),
        ("path = '''1 j", "path = '''(text) Tj 1 j"),
        ("side_mm", "side"),
        ("name = ", "name = = "),
    ],
)
def test_a_damaged_seal_is_seal_01(old: str, new: str, tmp_path: Path) -> None:
    file = tmp_path / "seal.toml"
    text = FICTITIOUS_SEAL.read_text(encoding="utf-8")
    assert old in text
    file.write_text(text.replace(old, new), encoding="utf-8")
    with pytest.raises(PaperUnavailable, match="SEAL-01") as caught:
        load_seal(file)
    assert caught.value.code == "SEAL-01"


def test_a_seal_that_is_not_there_is_seal_01(tmp_path: Path) -> None:
    with pytest.raises(PaperUnavailable, match="SEAL-01"):
        load_seal(tmp_path / "none.toml")
