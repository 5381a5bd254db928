"""Rare characters come out right or not at all, and lines break where Japanese may be broken."""

from pathlib import Path

import pytest
from PIL import Image, ImageChops

from kiosk.adapters.slips.fonts import slip_fonts
from printers.escpos.drawing import Undrawable, draw
from printers.escpos.lettering import LetteringUnavailableError, broken, width_dots
from printers.slip import BigNumber, Columns, Qr, Slip, Text, Width
from tests.support.slips import ASSETS, lettering


def dots(text: str) -> Image.Image:
    picture = draw(Slip((Text(text, 48),)), Width.MM80, lettering())
    assert isinstance(picture, Image.Image)
    return picture


def differ(one: str, other: str) -> int:
    return ImageChops.logical_xor(dots(one), dots(other)).histogram()[255]


@pytest.mark.parametrize(
    ("base", "selector", "other"),
    [
        ("葛", "\U000e0102", "\U000e0103"),
        ("辻", "\U000e0102", "\U000e0103"),
        ("邉", "\U000e010f", "\U000e0110"),
        ("邉", "\U000e010f", "\U000e011a"),
    ],
)
def test_a_variation_sequence_has_its_own_ink(base: str, selector: str, other: str) -> None:
    assert differ(base + selector, base + other) > 5


@pytest.mark.parametrize("name", ["𠮷田", "髙橋", "山﨑", "渡邉\U000e010f", "廣瀨", "栁田", "﨟", "侊", "\ufa19\ufa26"])
def test_names_of_real_people_can_be_drawn(name: str) -> None:
    assert lettering().face(name, bold=False) is not None
    assert dots(name).getextrema() == (0, 255)


def test_a_compatibility_ideograph_keeps_its_shape() -> None:
    assert differ("\u795e", "\ufa19") > 5


@pytest.mark.parametrize(
    "text", ["\ue000", "葛\U000e01ef", "か\u3099", "\U0003fffd", "a\u0301", "\u200b", "渡\U000e0100邉\U000e010f"]
)
def test_what_no_face_has_is_refused_as_a_whole(text: str) -> None:
    assert lettering().face(text, bold=False) is None
    assert draw(Slip((Text("領収書"), Columns("名", f"山{text}"))), Width.MM80, lettering()) == Undrawable(1)


def test_a_line_that_one_face_cannot_set_alone_is_set_by_another_as_a_whole() -> None:
    assert lettering().face("山田", bold=False) is not lettering().face("山田𠮷", bold=False)


def test_no_line_begins_with_a_mark_that_closes_and_none_ends_with_one_that_opens() -> None:
    face = lettering().face("あ", bold=False)
    assert face is not None
    font = face.at(26)
    text = "この票は、（大切に）お持ちください。「番号」が呼ばれたら、窓口まで来てください。" * 3
    for limit in range(80, 560, 7):
        lines = broken(font, text, limit)
        assert "".join(lines) == text
        assert all(line[0] not in "、。）」" and line[-1] not in "（「" for line in lines)


@pytest.mark.parametrize("text", ["A" * 60, "Registration of use for people who live elsewhere", "見本県汐見野市" * 9])
@pytest.mark.parametrize("limit", [60, 120, 300])
def test_no_line_is_wider_than_its_room(text: str, limit: int) -> None:
    face = lettering().face(text, bold=False)
    assert face is not None
    lines = broken(face.at(26), text, limit)
    assert "".join(lines).replace(" ", "") == text.replace(" ", "")
    assert all(width_dots(face.at(26), line) <= limit for line in lines)


@pytest.mark.parametrize("width", list(Width))
def test_a_long_number_and_a_long_code_stay_on_the_paper(width: Width) -> None:
    slip = Slip((BigNumber("R-2026-00471100471100"), Qr("https://example.test/" + "a" * 150, 8)))
    picture = draw(slip, width, lettering())
    assert isinstance(picture, Image.Image)
    assert picture.crop((0, 0, 8, picture.height)).getextrema() == (255, 255)


def test_another_version_of_a_font_is_refused(tmp_path: Path) -> None:
    pins = (ASSETS / "fonts" / "fonts.toml").read_text(encoding="utf-8")
    (tmp_path / "fonts").mkdir()
    (tmp_path / "fonts" / "fonts.toml").write_text(pins.replace("1e190f86", "00000000"), encoding="utf-8")
    with pytest.raises(LetteringUnavailableError, match=r"BIZUDGothic-Regular\.ttf was not found as pinned"):
        slip_fonts(tmp_path)
