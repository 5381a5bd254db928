"""Every kind of certificate by the headless command, from every municipality that offers it, and refused where it must be."""

import subprocess
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.support.town import Told, Town

SHIOMINO, YAMATE, KOMIHON = "990019", "990035", "990043"


def text_of(pdf: str) -> str:
    """Extract the text as anybody would; poppler writes every kind of space as U+0020."""
    return subprocess.run(["pdftotext", "-raw", pdf, "-"], check=True, capture_output=True, text=True).stdout


def asked(town: Town, out: Path, persona: str, kind: str, *more: str) -> Told:
    return town.visit(persona, out, "--certificate", kind, "--json", *more)


def taken(town: Town, out: Path, persona: str, kind: str, *more: str) -> str:
    """Take a certificate and give its text."""
    told = asked(town, out, persona, kind, *more)
    assert (told.status, told.err) == (0, "")
    assert told.report["kind"] == kind
    (file,) = told.report["files"]
    return text_of(file)


DEFAULTS: list[tuple[str, list[str], int]] = [
    ("juminhyo", ["住 民 票", "𠮷田 花子", "この写しは、住民票の原本と相違ないことを証明する。", "【省略】"], 200),
    ("kisaijiko", ["𠮷田 花子", "この証明書は、住民票に記載された事項と相違ないことを証明する。"], 200),
    ("inkan", ["𠮷田 花子", "葛\U000e0102城", "この写しは、登録されている印影と相違ないことを証明する。"], 200),
    ("kazei", ["𠮷田 花子", "161,000", "上記のとおり相違ないことを証明する。"], 200),
    ("shotoku", ["𠮷田 花子", "2,630,000", "上記のとおり相違ないことを証明する。"], 200),
    ("nozei", ["𠮷田 花子", "80,400", "納期未到来額", "軽自動車税"], 200),
    ("koseki-zenbu", ["太一", "これは、戸籍に記録されている事項の全部を証明した書面である。"], 450),
    ("koseki-kojin", ["花子", "これは、戸籍中の一部の者について記録されている事項の全部を証明した書面である。"], 450),
    ("fuhyo", ["𠮷田 花子", "この写しは、戸籍の附票の一部の原本と相違ないことを証明する。", "【省略】"], 200),
    ("risai", ["𠮷田 太一", "準半壊", "令和7年見本台風", "上記のとおり、相違ないことを証明します。"], 0),
]


@pytest.mark.parametrize(("kind", "words", "fee_yen"), DEFAULTS, ids=[case[0] for case in DEFAULTS])
def test_hanako_can_have_every_kind_with_nothing_chosen(
    town: Town, tmp_path: Path, kind: str, words: list[str], fee_yen: int
) -> None:
    told = asked(town, tmp_path, "hanako", kind)
    assert (told.status, told.err) == (0, "")
    assert told.report["fee_yen"] == fee_yen
    text = text_of(told.report["files"][0])
    assert "汐見野市長" in text
    closed_up = text.replace(" ", "")
    missing = [word for word in words if word.replace(" ", "") not in closed_up]
    assert missing == []


@pytest.mark.parametrize(
    ("persona", "code", "kinds"),
    [
        ("kazuo", YAMATE, ("juminhyo", "inkan", "kazei", "shotoku", "koseki-zenbu", "koseki-kojin", "fuhyo")),
        ("shigeru", KOMIHON, ("juminhyo", "kisaijiko", "inkan", "nozei", "koseki-zenbu", "koseki-kojin")),
        ("ken", KOMIHON, ("risai",)),
    ],
)
def test_every_municipality_issues_what_it_offers_in_its_own_name(
    town: Town, tmp_path: Path, persona: str, code: str, kinds: tuple[str, ...]
) -> None:
    mayor = {YAMATE: "山手市長", KOMIHON: "小見本町長"}[code]
    for kind in kinds:
        assert mayor in taken(town, tmp_path, persona, kind, "--municipality", code), kind


@pytest.mark.parametrize(
    ("persona", "code", "kinds"),
    [
        ("kazuo", YAMATE, ("kisaijiko", "nozei", "risai")),
        ("shigeru", KOMIHON, ("kazei", "shotoku", "fuhyo")),
    ],
)
def test_what_a_municipality_does_not_offer_is_refused(
    town: Town, tmp_path: Path, persona: str, code: str, kinds: tuple[str, ...]
) -> None:
    for kind in kinds:
        assert asked(town, tmp_path, persona, kind, "--municipality", code).code == "REFUSED-02", kind
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("persona", "kind", "more", "code"),
    [
        ("taichi", "inkan", (), "REFUSED-06"),
        ("one-try", "inkan", (), "REFUSED-06"),
        ("yoshiko", "kazei", (), "REFUSED-07"),
        ("ichiro", "koseki-zenbu", (), "REFUSED-08"),
        ("maria", "fuhyo", (), "REFUSED-08"),
        ("ichiro", "risai", (), "REFUSED-02"),
        ("protected", "inkan", (), "REFUSED-01"),
        ("leaving", "koseki-zenbu", (), "REFUSED-01"),
        ("child", "kazei", (), "REFUSED-01"),
        ("hanako", "koseki-zenbu", ("--scope", "self"), "REFUSED-02"),
        ("hanako", "inkan", ("--item", "domicile"), "REFUSED-02"),
        ("hanako", "kisaijiko", ("--item", "my_number"), "REFUSED-02"),
        ("hanako", "shotoku", ("--year", "2019"), "REFUSED-02"),
        ("hanako", "risai", ("--copies", "4"), "REFUSED-02"),
        ("hanako", "inkan", ("--municipality", YAMATE), "VISIT-01"),
    ],
)
def test_who_cannot_have_it_pays_nothing_and_is_told_so(
    town: Town, tmp_path: Path, persona: str, kind: str, more: tuple[str, ...], code: str
) -> None:
    told = asked(town, tmp_path, persona, kind, *more)
    assert (told.status, told.code) == (1, code)
    assert list(tmp_path.iterdir()) == []


def test_private_reasons_sound_the_same_for_every_kind(town: Town, tmp_path: Path) -> None:
    asks = [("protected", "juminhyo"), ("leaving", "inkan"), ("child", "fuhyo"), ("protected", "nozei")]
    assert len({asked(town, tmp_path, persona, kind).err for persona, kind in asks}) == 1


def test_an_older_year_can_be_chosen(town: Town, tmp_path: Path) -> None:
    newest = taken(town, tmp_path, "hanako", "shotoku")
    assert "2,630,000" in newest
    assert "2,480,000" not in newest
    told = asked(town, tmp_path, "hanako", "shotoku", "--year", "1990")
    assert told.code == "REFUSED-02"


def test_a_zero_is_printed_and_nothing_levied_has_its_own_title(town: Town, tmp_path: Path) -> None:
    text = taken(town, tmp_path, "maria", "kazei").replace(" ", "")
    assert "非課税証明書" in text
    assert "\n0\n" in text or "0" in text.split("年税額")[1][:40]
    assert "1990年7月19日" in text


def test_a_family_register_shows_who_left_on_the_whole_and_one_person_alone(town: Town, tmp_path: Path) -> None:
    one = taken(town, tmp_path, "hanako", "koseki-kojin", "--scope", "one", "--member", "1")
    assert "太一" in one
    assert "【名】 花子" not in one
    whole = taken(town, tmp_path, "hanako", "fuhyo", "--scope", "whole", "--item", "domicile")
    assert "この写しは、戸籍の附票の原本と相違ないことを証明する。" in whole
    assert "見本県汐見野市みなと通一丁目2番" in whole


def test_a_person_form_is_what_yamate_prints(town: Town, tmp_path: Path) -> None:
    told = asked(town, tmp_path, "kazuo", "juminhyo", "--municipality", YAMATE, "--scope", "household")
    assert told.report["pages"] == 6  # three sheets, each with its back
    text = text_of(told.report["files"][0])
    assert "この写しは、世帯全員の住民票の原本と相違ないことを証明する。" in text
    assert "異動履歴" in text or "異動事由" in text.replace(" ", "")


def test_three_copies_of_a_seal_are_three_papers(town: Town, tmp_path: Path) -> None:
    report = asked(town, tmp_path, "hanako", "inkan", "--copies", "3").report
    assert report["fee_yen"] == 600
    assert len({text_of(file) for file in report["files"]}) == 3


def test_hours_by_kind_are_kept_and_told_before_anything_is_paid(town: Town, tmp_path: Path) -> None:
    day = datetime.now(UTC).date() + timedelta(days=1)
    while day.weekday() != 6 or (day.month, day.day) >= (12, 28) or (day.month, day.day) <= (1, 4):
        day += timedelta(days=1)
    sunday = ("--municipality", YAMATE, "--at", f"{day.isoformat()}T12:00+09:00")
    arguments = ["--card", "kazuo", "--pin", "1234", "--out", str(tmp_path), "--data", str(town.data), *sunday]
    assert town.kiosk("visit", "--certificate", "koseki-zenbu", *arguments).code == "HOURS-01"
    assert town.kiosk("visit", "--certificate", "juminhyo", *arguments).status == 0
