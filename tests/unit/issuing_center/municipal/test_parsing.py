"""A settings package is taken whole or refused with every flaw named: file, field, what was expected."""

import re
from contextlib import suppress
from datetime import date, time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from issuing_center.municipal.package import FormVariant, Period
from issuing_center.municipal.parsing import LARGEST_BYTES, SettingsPackageError, check_digit, parse_package

GOOD = """\
format = 1
version = 3
valid_from = 2026-04-01
local_holidays = [2026-06-01]

[municipality]
code = "990035"
prefecture = "例示県"
name_ja = "山手市"
name_kana = "やまてし"
name_en = "Yamate City"

[year_end]
from = "12-28"
until = "01-04"

[[mayor]]
valid_from = 2025-01-01
valid_until = 2026-12-31
title = "山手市長"
name = "例示　花枝"

[[mayor]]
valid_from = 2027-01-01
title = "山手市長職務代理者"
name = "見本　大地"

[[seal]]
valid_from = 2025-01-01
file = "mayor-seal.toml"
sha256 = "0123456789012345678901234567890123456789012345678901234567890123"
colour = "red"

[[maintenance]]
from = 2026-12-11T17:30:00+09:00
until = 2026-12-14T09:00:00+09:00
kinds = ["kazei"]

[[site]]
name = "本庁舎"
kiosks = ["kiosk-0002"]

[[site.hours]]
days = ["mon", "fri"]
opens = 08:30:00
closes = 17:15:00

[[certificate]]
kind = "juminhyo"
scopes = ["self", "some"]
items = ["domicile"]
copies_limit = 10
form = "kojinhyo"

[[certificate.fee]]
valid_from = 2026-04-01
valid_until = 2026-12-31
fee_yen = 300

[[certificate.fee]]
valid_from = 2027-01-01
fee_yen = 0

[[certificate.campaign]]
valid_from = 2026-10-01
valid_until = 2027-01-31
fee_yen = 10

[[certificate.hours]]
days = ["mon", "holiday"]
opens = 06:30:00
closes = 12:00:00

[[certificate.hours]]
days = ["mon"]
opens = 12:00:00
closes = 23:00:00

[[certificate]]
kind = "kazei"
scopes = ["self"]
copies_limit = 1
tax_years = 2
changeover = "06-10"

[[certificate.fee]]
valid_from = 2026-04-01
fee_yen = 100_000

[[certificate.hours]]
days = ["sun"]
opens = 09:00:00
closes = 09:01:00
"""


def flaws(text: str | bytes) -> list[str]:
    with pytest.raises(SettingsPackageError) as refused:
        parse_package(text if isinstance(text, bytes) else text.encode())
    assert refused.value.code == "SETTINGS-01"
    assert str(refused.value).count("\n") == len(refused.value.flaws) - 1
    assert all(flaw.file == "settings.toml" and flaw.expected for flaw in refused.value.flaws)
    return [str(flaw).removeprefix("settings.toml: ") for flaw in refused.value.flaws]


def test_a_package_at_every_limit_is_read() -> None:
    package = parse_package(GOOD.encode())
    assert (package.version, package.valid_from, package.name.code) == (3, date(2026, 4, 1), "990035")
    assert [mayor.period for mayor in package.mayors] == [
        Period(date(2025, 1, 1), date(2026, 12, 31)),
        Period(date(2027, 1, 1), None),
    ]
    assert {(12, 28), (1, 4), (12, 31), (1, 1)} <= package.year_end
    assert len(package.year_end) == 8
    juminhyo, kazei = package.kinds
    assert (juminhyo.form, juminhyo.tax_years, juminhyo.copies_limit) == (FormVariant.KOJINHYO, None, 10)
    assert [fee.fee_yen for fee in (*juminhyo.fees, *juminhyo.campaigns, *kazei.fees)] == [300, 0, 10, 100_000]
    assert juminhyo.hours[1].opens == time(12, 0)
    assert kazei.tax_years is not None
    assert kazei.tax_years.on(date(2026, 6, 9)) == (2025, 2024)
    assert kazei.tax_years.on(date(2026, 6, 10)) == (2026, 2025)


def test_both_line_endings_are_read_alike() -> None:
    assert parse_package(GOOD.replace("\n", "\r\n").encode()) == parse_package(GOOD.encode())


@pytest.mark.parametrize(
    ("old", "new", "flaw"),
    [
        ("format = 1", "format = 2", "format: a whole number from 1 to 1"),
        ("version = 3", "version = 0", "version: a whole number from 1 to"),
        ("version = 3", "version = true", "version: a whole number"),
        ("version = 3\n", "", "version: is missing"),
        ("valid_from = 2026-04-01", "valid_from = 2026-04-01T00:00:00", "valid_from: a date"),
        ("valid_from = 2026-04-01", 'valid_from = "2026-04-01"', "valid_from: a date"),
        ("local_holidays = [2026-06-01]", 'local_holidays = ["x"]', "local_holidays: a list of dates"),
        ("local_holidays", "local_holiday", "local_holiday: no such key"),
        ('code = "990035"', 'code = "990034"', "municipality.code: six digits"),
        ('code = "990035"', 'code = "99003５"', "municipality.code: six digits"),
        ('code = "990035"', "code = 990035", "municipality.code: a text"),
        ('name_ja = "山手市"', 'name_ja = ""', "municipality.name_ja: a text of 1 to 40"),
        ('name_ja = "山手市"', f'name_ja = "{"山" * 41}"', "municipality.name_ja: a text of 1 to 40"),
        ('name_en = "Yamate City"', 'name_en = "Yamate\\nCity"', "municipality.name_en: a text"),
        ('name_en = "Yamate City"', 'name_en = "Yamate\\u200bCity"', "municipality.name_en: a text"),
        ('name_en = "Yamate City"', 'name_en = " Yamate City"', "municipality.name_en: a text"),
        ('name_kana = "やまてし"\n', "", "municipality.name_kana: is missing"),
        ("[municipality]", "[[municipality]]", "municipality: a table"),
        ('from = "12-28"', 'from = "12-30"', "year_end: from a day of December"),
        ('until = "01-04"', 'until = "01-02"', "year_end: from a day of December"),
        ('until = "01-04"', 'until = "02-29"', "year_end.until: a month and day"),
        ('until = "01-04"', 'until = "02-04"', "year_end: from a day of December"),
        ('until = "01-04"\n', "", "year_end.until: is missing"),
        ("valid_until = 2026-12-31\ntitle", "valid_until = 2024-12-31\ntitle", "mayor[0].valid_until: the last day"),
        ("valid_until = 2026-12-31\ntitle", "valid_until = 2027-01-01\ntitle", "mayor[1]: a time of its own"),
        ("valid_until = 2026-12-31\ntitle", "valid_until = 2026-03-31\ntitle", "mayor: one that is valid"),
        ('title = "山手市長"', "title = 1", "mayor[0].title: a text"),
        ('name = "見本　大地"', 'name = "見本\\u0007大地"', "mayor[1].name: a text"),
        ('file = "mayor-seal.toml"', 'file = "../mayor-seal.toml"', "seal[0].file: the name of a file"),
        ('file = "mayor-seal.toml"', 'file = "mayor.png"', "seal[0].file: the name of a file"),
        ('sha256 = "0', 'sha256 = "', "seal[0].sha256: 64 hexadecimal"),
        ('colour = "red"', 'colour = "blue"', "seal[0].colour: one of black, red"),
        ("17:30:00+09:00", "17:30:00", "maintenance[0].from: an instant with its offset"),
        ("2026-12-14T09", "2026-12-11T09", "maintenance[0].until: an instant after from"),
        ('kinds = ["kazei"]', 'kinds = ["inkan"]', "maintenance[0].kinds: a list of one or more of juminhyo, kazei"),
        ('kinds = ["kazei"]', "kinds = []", "maintenance[0].kinds"),
        ('kiosks = ["kiosk-0002"]', "kiosks = []", "site[0].kiosks: a list of one or more"),
        ('kiosks = ["kiosk-0002"]', 'kiosks = ["a", "a"]', "site[0].kiosks: a list of one or more"),
        ('kiosks = ["kiosk-0002"]', 'kiosks = ["Kiosk 2"]', "site[0].kiosks: a list of one or more"),
        ('days = ["mon", "fri"]', 'days = ["monday"]', "site[0].hours[0].days: a list of one or more"),
        ('kind = "juminhyo"', 'kind = "passport"', "certificate[0].kind: one of juminhyo"),
        ('kind = "kazei"', 'kind = "juminhyo"', "certificate[1].kind: a certificate that is described once"),
        ('scopes = ["self", "some"]', 'scopes = ["all"]', "certificate[0].scopes: a list of one or more"),
        ('scopes = ["self", "some"]', "scopes = []", "certificate[0].scopes: a list of one or more"),
        ('scopes = ["self", "some"]', 'scopes = ["self", "self"]', "certificate[0].scopes"),
        ('items = ["domicile"]', 'items = ["resident_code"]', "certificate[0].items: a list of any of"),
        ("copies_limit = 10", "copies_limit = 11", "certificate[0].copies_limit: a whole number from 1 to 10"),
        ("copies_limit = 10", "copies_limit = 0", "certificate[0].copies_limit: a whole number from 1 to 10"),
        ('form = "kojinhyo"', 'form = "a4"', "certificate[0].form: one of renkishiki, kojinhyo"),
        ('form = "kojinhyo"\n', "", "certificate[0].form: is missing"),
        ('changeover = "06-10"', 'changeover = "06-10"\nform = "kojinhyo"', "certificate[1].form: nothing"),
        ("tax_years = 2", "tax_years = 6", "certificate[1].tax_years: a whole number from 1 to 5"),
        ("tax_years = 2\n", "", "certificate[1].tax_years: is missing"),
        ('changeover = "06-10"', 'changeover = "6/10"', "certificate[1].changeover: a month and day"),
        ('form = "kojinhyo"', 'form = "kojinhyo"\ntax_years = 1', "certificate[0].tax_years: nothing"),
        ("fee_yen = 300", "fee_yen = -1", "certificate[0].fee[0].fee_yen: a whole number from 0 to 100000"),
        ("fee_yen = 300", "fee_yen = 100_001", "certificate[0].fee[0].fee_yen: a whole number from 0 to 100000"),
        ("fee_yen = 300", "fee_yen = 300.0", "certificate[0].fee[0].fee_yen: a whole number"),
        ("valid_from = 2027-01-01\nfee", "valid_from = 2026-12-31\nfee", "certificate[0].fee[1]: a time of its own"),
        ("valid_from = 2026-10-01", "valid_from = 2026-03-31", "certificate[0].campaign[0]: days on which"),
        ("valid_until = 2027-01-31\n", "", "certificate[0].campaign[0].valid_until: is missing"),
        ("opens = 06:30:00", "opens = 06:29:00", "certificate[0].hours[0].closes: a time after opens"),
        ("closes = 23:00:00", "closes = 23:01:00", "certificate[0].hours[1].closes: a time after opens"),
        ("closes = 09:01:00", "closes = 09:00:00", "certificate[1].hours[0].closes: a time after opens"),
        ("closes = 09:01:00", "closes = 09:00:30", "certificate[1].hours[0].closes: a time of day in whole minutes"),
        ("opens = 12:00:00", "opens = 11:59:00", "certificate[0].hours[1].opens: a span of its own"),
        ("[[certificate.hours]]", "[[certificate.hour]]", "certificate[0].hour: no such key"),
    ],
)
def test_every_flaw_names_its_field_and_what_was_expected(old: str, new: str, flaw: str) -> None:
    assert old in GOOD
    found = flaws(GOOD.replace(old, new, 1))
    assert any(line.startswith(flaw) for line in found), found


def test_all_flaws_are_told_at_once_and_nothing_that_was_written() -> None:
    text = GOOD.replace('title = "山手市長"', 'title = "秘\\u0007密"').replace("fee_yen = 300", 'fee_yen = "秘密"')
    text = text.replace('kind = "kazei"', 'kind = "秘密"').replace("copies_limit = 10", "copies_limit = 99")
    found = flaws(text)
    assert {line.split(":")[0] for line in found} >= {
        "mayor[0].title",
        "certificate[0].fee[0].fee_yen",
        "certificate[0].copies_limit",
        "certificate[1].kind",
    }
    assert not [line for line in found if "秘密" in line or "99" in line.partition(":")[2]]


OFFICE = """
[[office]]
id = "honcho"
name = "市民課"
terminals = ["counter-0001"]
waiting_place = "1階"
security_tray = "tray-2"
plain_tray = "tray-1"
exemptions = ["公用", "減免"]

[[office.hours]]
days = ["mon"]
opens = 05:00:00
closes = 23:30:00
"""


def test_an_office_has_hours_of_its_own_and_says_which_tray_holds_which_paper() -> None:
    (office,) = parse_package((GOOD + OFFICE).encode()).offices
    assert (office.office_id, office.security_tray, office.plain_tray) == ("honcho", "tray-2", "tray-1")
    assert (office.exemptions, office.ask_card_attributes) == (("公用", "減免"), False)
    assert parse_package(GOOD.encode()).offices == ()


@pytest.mark.parametrize(
    ("old", "new", "flaw"),
    [
        ('id = "honcho"', 'id = "本庁"', "office[0].id: small letters"),
        ('["counter-0001"]', "[]", "office[0].terminals: a list of one or more"),
        ('"tray-1"', '"tray-2"', "office[0].plain_tray: another tray"),
        ('"tray-2"', '"Tray 2"', "office[0].security_tray: the name of a tray"),
        ('["公用", "減免"]', '["公用", "公用"]', "office[0].exemptions: a list of at most 20 texts"),
        ('waiting_place = "1階"\n', "", "office[0].waiting_place: is missing"),
        (
            'waiting_place = "1階"',
            'waiting_place = "1階"\nask_card_attributes = 1',
            "office[0].ask_card_attributes: true",
        ),
        ("closes = 23:30:00", "closes = 04:00:00", "office[0].hours[0].closes: a time after opens"),
    ],
)
def test_every_flaw_of_an_office_names_its_field(old: str, new: str, flaw: str) -> None:
    assert old in OFFICE
    found = flaws(GOOD + OFFICE.replace(old, new, 1))
    assert any(line.startswith(flaw) for line in found), found


def test_a_terminal_stands_in_one_office() -> None:
    twice = GOOD + OFFICE + OFFICE.replace('"honcho"', '"minato"')
    assert flaws(twice) == ["office[1].terminals: terminals that stand at no other office"]


def test_a_site_may_not_take_the_kiosk_of_another() -> None:
    site = re.search(r"\[\[site]].*?closes = 17:15:00\n", GOOD, re.DOTALL)
    assert site is not None
    assert flaws(GOOD.replace(site[0], site[0] * 2)) == ["site[1].kiosks: kiosks that stand at no other site"]


@pytest.mark.parametrize(
    ("content", "flaw"),
    [
        (b"\xff", "text in UTF-8"),
        (b"format = ", "TOML 1.0: "),
        (b"#" * (LARGEST_BYTES + 1), "a file of at most"),
        (b"", "format: is missing"),
    ],
)
def test_what_is_no_package_at_all_is_refused_in_words(content: bytes, flaw: str) -> None:
    assert flaws(content)[0].startswith(flaw)


@pytest.mark.parametrize(("code", "digit"), [("99001", 9), ("99003", 5), ("99004", 3), ("13101", 6), ("01100", 2)])
def test_the_check_digit_is_that_of_the_national_rule(code: str, digit: int) -> None:
    assert check_digit(code) == digit


@given(st.binary(max_size=200))
def test_any_bytes_are_read_or_refused(content: bytes) -> None:
    with pytest.raises(SettingsPackageError):
        parse_package(content)


VALUES = st.recursive(
    st.sampled_from(["1", "-1", "true", '"mon"', '""', "2026-01-01", "12:00:00", "2026-01-01T00:00:00Z", "1.5", "nan"]),
    lambda inner: st.lists(inner, max_size=2).map(lambda items: f"[{', '.join(items)}]"),
    max_leaves=3,
)


@given(st.integers(0, 999), VALUES)
def test_any_value_in_any_place_is_read_or_refused(place: int, value: str) -> None:
    lines = GOOD.splitlines()
    keyed = [number for number, line in enumerate(lines) if " = " in line]
    number = keyed[place % len(keyed)]
    lines[number] = f"{lines[number].partition(' = ')[0]} = {value}"
    with suppress(SettingsPackageError):
        assert parse_package("\n".join(lines).encode()).kinds


KOSEKI = """
[[certificate]]
kind = "koseki-zenbu"
scopes = ["all"]
copies_limit = 1

[[certificate.fee]]
valid_from = 2026-04-01
fee_yen = 450

[[certificate.hours]]
days = ["mon"]
opens = 09:00:00
closes = 17:00:00
"""
APPLICATION = """
[[application.hours]]
days = ["mon"]
opens = 09:00:00
closes = 17:00:00
"""


def test_applications_have_hours_and_maintenance_of_their_own() -> None:
    text = GOOD.replace('kinds = ["kazei"]', 'kinds = ["application"]') + KOSEKI + APPLICATION
    package = parse_package(text.encode())
    assert [(span.opens, span.closes) for span in package.application_hours] == [(time(9), time(17))]
    assert package.maintenance[0].concerns("application")
    assert not package.maintenance[0].concerns("koseki-zenbu")


def test_without_hours_of_their_own_applications_are_taken_whenever_the_service_is_open() -> None:
    (span,) = parse_package((GOOD + KOSEKI).encode()).application_hours
    assert (len(span.days), span.opens, span.closes) == (8, time(6, 30), time(23))
    assert parse_package(GOOD.encode()).application_hours == ()


@pytest.mark.parametrize(
    ("text", "flaw"),
    [
        (GOOD + APPLICATION, "application: nothing"),
        (GOOD.replace('kinds = ["kazei"]', 'kinds = ["application"]'), "maintenance[0].kinds"),
        (GOOD + KOSEKI + "[application]\n", "application.hours: is missing"),
        (GOOD + KOSEKI + "[[application]]\n", "application: a table"),
        (GOOD + KOSEKI + APPLICATION + "fee_yen = 1\n", "application.hours[0].fee_yen: no such key"),
        (GOOD + KOSEKI + APPLICATION.replace("17", "24"), ""),
        (GOOD + KOSEKI + APPLICATION.replace("17:", "23:").replace("09:00", "06:29"), "application.hours[0].closes"),
        (GOOD + KOSEKI + APPLICATION + APPLICATION, "application.hours[1].opens: a span of its own"),
    ],
)
def test_a_flaw_in_the_hours_of_applications_is_named(text: str, flaw: str) -> None:
    found = flaws(text)
    assert any(line.startswith(flaw) for line in found), found
