"""The fictitious register: what it must hold, and that loading it again or twice at once is harmless."""

import shutil
import tomllib
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from threading import Barrier
from typing import Any

import pytest
from sqlalchemy import Engine, func, select

from assets.registers.draw_imprints import DESIGNS, picture
from issuing_center.database import metadata, reading
from issuing_center.municipal.parsing import SettingsPackageError
from issuing_center.paper import shared_fonts
from issuing_center.register.loading import RegisterFileError, load_register, resident_id_of
from issuing_center.register.records import StopKind
from issuing_center.register.sql import SqlRegister
from issuing_center.register.updates import UnknownResidentError, changing
from tests.support.registers import (
    AS_OF,
    ASSETS,
    ISSUER_KEY_ID,
    KOMIHON,
    REGISTER_FILE,
    REGISTER_FILES,
    SERIALS,
    SHIOMINO,
    YAMATE,
    load,
)

PERSONAS = {
    "hanako",
    "ichiro",
    "yoshiko",
    "maria",
    "blocked",
    "one-try",
    "expired",
    "revoked",
    "on-hold",
    "phone",
    "gaiji",
    "protected",
    "leaving",
    "child",
}
"""Personas of the virtual cards that have a resident."""


@pytest.fixture(scope="module")
def content() -> dict[str, Any]:
    return tomllib.loads(REGISTER_FILE.read_text(encoding="utf-8"))


def residents(content: dict[str, Any]) -> list[dict[str, Any]]:
    return [resident for household in content["household"] for resident in household["resident"]]


def sizes(engine: Engine) -> dict[str, int]:
    with reading(engine) as connection:
        return {
            name: connection.execute(select(func.count()).select_from(table)).scalar_one()
            for name, table in metadata.tables.items()
        }


def test_the_file_says_that_it_is_fictitious() -> None:
    assert "架空の住民記録" in REGISTER_FILE.read_text(encoding="utf-8").split("\n\n", maxsplit=1)[0]


def test_the_file_is_large_enough_to_show_every_case(content: dict[str, Any]) -> None:
    everybody = residents(content)
    assert len(content["household"]) >= 16
    assert len(everybody) >= 42
    assert {resident["notarised"] for resident in everybody} == {"both", "surname", "given", "none"}
    assert {resident.get("birth_precision", "day") for resident in everybody} == {"day", "month", "year", "unknown"}
    assert {resident["key"] for resident in everybody} >= PERSONAS
    assert not {"unlinked", "foreign", "no-auth"} & {resident["key"] for resident in everybody}
    assert any(len(household["address"]) >= 30 for household in content["household"])
    assert any(resident["name"].isascii() and len(resident["name"].replace(" ", "")) >= 40 for resident in everybody)
    assert any(len(resident["name"]) == 3 and resident["name"][1] == "　" for resident in everybody)
    assert sum("removed_on" in resident for resident in everybody) == 2


@pytest.mark.parametrize(
    "characters",
    [
        "髙橋",
        "山﨑",
        "𠮷田",
        "葛\U000e0102",
        "葛\U000e0103",
        "辻\U000e0103",
        "渡邉\U000e010f",
        "渡邊\U000e0108",
        "斉藤",
        "斎藤",
        "齋藤",
        "齊藤",
        "廣瀨",
        "濵田",
        "栁田",
        "德永",
        "\ufa19",
        "\ufa26",
        "﨟",
        "草彅",
        "鄧",
        "侊",
        "\ue000",
    ],
)
def test_the_file_holds_the_characters_that_break_other_systems(content: dict[str, Any], characters: str) -> None:
    assert any(
        characters in value for resident in residents(content) for value in resident.values() if isinstance(value, str)
    )


def check_digit(first_eleven: str) -> int:
    """Compute the check digit of an individual number (番号法総務省令 第5条)."""
    total = sum(int(digit) * (n + 1 if n <= 6 else n - 5) for n, digit in enumerate(reversed(first_eleven), start=1))
    return 0 if total % 11 <= 1 else 11 - total % 11


def test_no_individual_number_can_belong_to_anybody(content: dict[str, Any]) -> None:
    numbers = [resident["my_number"] for resident in residents(content) if "my_number" in resident]
    assert all(len(number) == 12 and number.isdecimal() for number in numbers)
    assert [number for number in numbers if check_digit(number[:11]) == int(number[11])] == []
    assert len(set(numbers)) == len(numbers)


def test_loading_again_gives_the_same_register_as_a_new_version(register: SqlRegister) -> None:
    before = sizes(register.engine)
    with register.snapshot(SHIOMINO) as snapshot:
        version = snapshot.version
    load(register.engine)
    assert sizes(register.engine) == before
    with register.snapshot(SHIOMINO) as snapshot:
        assert snapshot.version == version + 1


def test_loading_again_keeps_a_stop_signal_that_an_operator_set(register: SqlRegister) -> None:
    hanako = resident_id_of(SHIOMINO, "hanako")
    with changing(register.engine, SHIOMINO, as_of=AS_OF) as change:
        change.stop_resident(hanako, StopKind.STOPPED, since=AS_OF)
        change.change_resident(hanako, {"name": "別名"})
    load(register.engine)
    with register.snapshot(SHIOMINO) as snapshot:
        found = snapshot.applicant(hanako)
        assert found is not None
        assert found.name == "𠮷田　花子"
        assert [stop.kind for stop in snapshot.stops(hanako, AS_OF)] == [StopKind.STOPPED]


def test_a_later_loading_makes_the_register_fresh(register: SqlRegister) -> None:
    later = AS_OF + timedelta(hours=1)
    load_register(register.engine, REGISTER_FILE, [], as_of=later)
    with register.snapshot(SHIOMINO) as snapshot:
        assert snapshot.as_of == later
    assert register.find_by_certificate(ISSUER_KEY_ID, SERIALS["hanako"], SHIOMINO) is not None


def test_two_workers_may_load_at_once(workers: tuple[Engine, Engine]) -> None:
    start = Barrier(4)

    def one(number: int) -> None:
        start.wait(timeout=30)
        load(workers[number % 2])

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(one, range(4), timeout=60))
    assert sizes(workers[0])["resident"] == 50


def test_a_link_to_nobody_loads_nothing(engine: Engine) -> None:
    with pytest.raises(UnknownResidentError):
        load_register(engine, REGISTER_FILE, [("unlinked", ISSUER_KEY_ID, 5)], as_of=AS_OF)
    assert sizes(engine)["municipality"] == 0


def altered(folder: Path, text: str) -> Path:
    """Write a register file with the folders it refers to beside it."""
    shutil.copytree(ASSETS / "municipalities", folder / "municipalities")
    shutil.copytree(ASSETS / "registers", folder / "registers")
    path = folder / "registers" / "register.toml"
    path.write_text(text, encoding="utf-8")
    return path


def test_a_record_of_nobody_loads_nothing(engine: Engine, tmp_path: Path) -> None:
    text = REGISTER_FILE.read_text(encoding="utf-8").replace('resident = "sora"', 'resident = "nobody"', 1)
    with pytest.raises(UnknownResidentError):
        load_register(engine, altered(tmp_path, text), [], as_of=AS_OF)
    assert sizes(engine)["municipality"] == 0


def test_a_flaw_in_the_settings_loads_nothing(engine: Engine, tmp_path: Path) -> None:
    path = altered(tmp_path, REGISTER_FILE.read_text(encoding="utf-8"))
    settings = tmp_path / "municipalities" / SHIOMINO / "settings.toml"
    settings.write_text(
        settings.read_text(encoding="utf-8").replace("copies_limit = 5", "copies_limit = 11", 1), encoding="utf-8"
    )
    with pytest.raises(SettingsPackageError, match=r"certificate\[0\].copies_limit"):
        load_register(engine, path, [], as_of=AS_OF)
    assert sizes(engine)["municipality"] == 0


@pytest.mark.parametrize("code", [YAMATE, KOMIHON])
def test_the_other_registers_are_whole_and_fictitious(engine: Engine, code: str) -> None:
    path = REGISTER_FILES[code]
    content = tomllib.loads(path.read_text(encoding="utf-8"))
    assert "架空の住民記録" in path.read_text(encoding="utf-8").split("\n\n", maxsplit=1)[0]
    assert len(content["household"]) >= 5
    everybody = residents(content)
    assert len(everybody) >= 12
    numbers = [resident["my_number"] for resident in everybody]
    assert len(set(numbers)) == len(everybody)
    assert [number for number in numbers if check_digit(number[:11]) == int(number[11])] == []
    load(engine)
    load_register(engine, path, [(everybody[0]["key"], ISSUER_KEY_ID, 4711)], as_of=AS_OF)
    register = SqlRegister(engine)
    head = resident_id_of(code, everybody[0]["key"])
    assert register.find_by_certificate(ISSUER_KEY_ID, 4711, code) == head
    assert register.find_by_certificate(ISSUER_KEY_ID, 4711, SHIOMINO) is None
    for resident in everybody:
        with register.snapshot(code) as snapshot:
            assert snapshot.household(resident_id_of(code, resident["key"]))
    with register.snapshot(SHIOMINO) as snapshot:
        assert snapshot.applicant(head) is None
        assert snapshot.seal(head) is None
        assert snapshot.koseki(head) is None


def test_the_imprints_are_what_their_program_draws() -> None:
    for name, design in DESIGNS.items():
        assert (ASSETS / "registers" / "imprints" / f"{name}.pbm").read_bytes() == picture(design, shared_fonts())


@pytest.mark.parametrize(
    ("old", "new", "where"),
    [
        ("birth_date = 1988-05-12", "birthdate = 1988-05-12", "resident: birthdate"),
        ('notarised = "both"', 'notarised = "perhaps"', "notarised"),
        ("[municipality]", "[municipality]\nmayor = 'x'", "municipality: mayor"),
        ("dpi = 600", "dpi = 600\ndip = 600", "seal: dip"),
        ("total_income_yen = 2_630_000", 'total_income_yen = "0"', "tax: not a TaxRecord"),
        ("total_income_yen = 2_630_000", "total_income_yen = 1\nincome = 1", "tax: income"),
        ('heading = "戸籍編製"', 'headding = "戸籍編製"', "koseki: not a Koseki"),
        ('sex = "male"\naddresses', 'sex = "unknown"\naddresses', "fuhyo: not a Fuhyo"),
        ('degree = "nearly_half"', 'degree = "slightly"', "risai: not a Risai"),
    ],
)
def test_a_word_that_nobody_understands_is_an_error(
    engine: Engine, tmp_path: Path, old: str, new: str, where: str
) -> None:
    text = REGISTER_FILE.read_text(encoding="utf-8")
    assert old in text
    path = altered(tmp_path, text.replace(old, new, 1))
    with pytest.raises(RegisterFileError, match=where):
        load_register(engine, path, [], as_of=AS_OF)
    assert sizes(engine)["municipality"] == 0
