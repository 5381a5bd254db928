"""Published settings: version by version, on both databases, and what a day's rules come out as."""

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from hashlib import sha256

import pytest
from sqlalchemy import Engine, update

from issuing_center.municipal.package import JST, FormVariant
from issuing_center.municipal.parsing import SettingsPackageError
from issuing_center.register import tables
from issuing_center.register.port import InconsistentRegisterError
from issuing_center.register.records import ClosedInterval, MunicipalitySettings, OfferSettings
from issuing_center.register.settings_sql import publish_settings
from issuing_center.register.sql import SqlRegister
from issuing_center.register.updates import changing
from tests.support.registers import AS_OF, KOMIHON, SHIOMINO, YAMATE, package_folder, publish_rules, signed

TODAY = date(2026, 11, 20)


def text_of(code: str) -> str:
    return (package_folder(code) / "settings.toml").read_text(encoding="utf-8")


def settings(engine: Engine, on: date, code: str = SHIOMINO) -> MunicipalitySettings | None:
    with SqlRegister(engine).snapshot(code) as snapshot:
        return snapshot.municipality(on)


def offer(engine: Engine, on: date, kind: str = "juminhyo", code: str = SHIOMINO) -> OfferSettings:
    found = settings(engine, on, code)
    assert found is not None
    wanted = found.offer(kind)
    assert wanted is not None
    return wanted


def fee(engine: Engine, on: date, kind: str = "juminhyo", code: str = SHIOMINO) -> int:
    return offer(engine, on, kind, code).fee_yen


def test_the_first_package_makes_a_municipality_known_and_nothing_fresh(engine: Engine) -> None:
    assert publish_settings(engine, signed(text_of(YAMATE), YAMATE))
    register = SqlRegister(engine)
    assert [name.name_ja for name in register.municipalities()] == ["山手市"]
    with register.snapshot(YAMATE) as snapshot:
        assert snapshot.as_of == datetime(1970, 1, 1, tzinfo=UTC)


def test_publishing_the_same_package_again_changes_nothing(engine: Engine) -> None:
    package = signed(text_of(YAMATE), YAMATE)
    assert publish_settings(engine, package)
    assert not publish_settings(engine, package)
    assert fee(engine, TODAY, "inkan", YAMATE) == 10


@pytest.mark.parametrize("version", [6, 7])
def test_an_older_version_or_another_package_of_the_same_number_is_refused(engine: Engine, version: int) -> None:
    publish_settings(engine, signed(text_of(YAMATE), YAMATE))
    changed = text_of(YAMATE).replace("version = 7", f"version = {version}").replace("fee_yen = 10", "fee_yen = 20")
    with pytest.raises(SettingsPackageError, match="version: a number above 7") as refused:
        publish_settings(engine, signed(changed, YAMATE))
    assert refused.value.code == "SETTINGS-04"
    assert fee(engine, TODAY, "inkan", YAMATE) == 10


def test_the_highest_version_whose_day_has_come_is_in_force(register: SqlRegister) -> None:
    engine, day = register.engine, "valid_from = 2024-04-01\nfee_yen = "
    publish_rules(engine, {"valid_from = 2019-04-30": "valid_from = 2027-01-05", f"{day}200": f"{day}220"})
    publish_rules(engine, {"valid_from = 2019-04-30": "valid_from = 2026-11-20", f"{day}200": f"{day}210"})
    assert [fee(engine, on) for on in (date(2026, 11, 19), TODAY, date(2027, 1, 5))] == [200, 210, 210]


def test_a_package_for_a_later_day_waits_for_it(register: SqlRegister) -> None:
    day = "valid_from = 2024-04-01\nfee_yen = "
    publish_rules(register.engine, {"valid_from = 2019-04-30": "valid_from = 2027-01-05", f"{day}200": f"{day}220"})
    assert [fee(register.engine, on) for on in (date(2027, 1, 4), date(2027, 1, 5))] == [200, 220]


def test_a_new_package_renames_the_municipality(register: SqlRegister) -> None:
    publish_rules(register.engine, {'name_en = "Shiomino City"': 'name_en = "City of Shiomino"'})
    assert register.municipalities()[0].name_en == "City of Shiomino"


def test_the_seal_of_the_day_comes_with_its_drawing(register: SqlRegister) -> None:
    found = settings(register.engine, TODAY)
    assert found is not None
    assert sha256(found.seal.content).hexdigest() == found.seal.sha256
    assert found.seal.colour == "black"
    assert found.rules.name.code == SHIOMINO
    assert found.rules_sha256 == sha256(text_of(SHIOMINO).encode()).hexdigest()
    assert "path" not in repr(found)


def test_a_seal_that_is_not_there_is_an_error(register: SqlRegister) -> None:
    with changing(register.engine, SHIOMINO, as_of=AS_OF) as change:
        change.connection.execute(tables.settings_file.delete())
    with pytest.raises(InconsistentRegisterError):
        settings(register.engine, TODAY)


def test_a_stored_package_that_is_none_is_an_error(register: SqlRegister) -> None:
    with changing(register.engine, SHIOMINO, as_of=AS_OF) as change:
        change.connection.execute(update(tables.settings_version).values(content=b"format = 1"))
    with pytest.raises(InconsistentRegisterError):
        settings(register.engine, TODAY)


@pytest.mark.parametrize(
    ("on", "title"),
    [
        (date(2026, 8, 31), "山手市長"),
        (date(2026, 9, 1), "山手市長職務代理者　山手市副市長"),
        (date(2026, 10, 11), "山手市長職務代理者　山手市副市長"),
        (date(2026, 10, 12), "山手市長"),
    ],
)
def test_the_certifying_officer_is_that_of_the_day(engine: Engine, on: date, title: str) -> None:
    publish_settings(engine, signed(text_of(YAMATE), YAMATE))
    found = settings(engine, on, YAMATE)
    assert found is not None
    assert found.mayor_title == title


def test_a_day_without_a_mayor_or_without_a_seal_has_no_settings(engine: Engine) -> None:
    ending = 'valid_from = 2024-07-01\nvalid_until = 2026-12-31\ntitle = "小見本町長"'
    text = text_of(KOMIHON).replace('valid_from = 2024-07-01\ntitle = "小見本町長"', ending)
    publish_settings(engine, signed(text, KOMIHON))
    assert settings(engine, date(2026, 12, 31), KOMIHON) is not None
    assert settings(engine, date(2027, 1, 1), KOMIHON) is None
    assert settings(engine, date(2024, 6, 30), KOMIHON) is None


def test_campaigns_forms_and_years_of_the_day_are_in_the_offer(engine: Engine) -> None:
    publish_settings(engine, signed(text_of(YAMATE), YAMATE))
    days = [date(2026, 9, 30), date(2026, 10, 1), date(2027, 3, 31), date(2027, 4, 1)]
    assert [fee(engine, on, "juminhyo", YAMATE) for on in days] == [300, 10, 10, 300]
    assert offer(engine, TODAY, "juminhyo", YAMATE).form is FormVariant.KOJINHYO
    assert [offer(engine, on, "kazei", YAMATE).years for on in (date(2026, 6, 11), date(2026, 6, 12))] == [
        (2025,),
        (2026,),
    ]
    found = settings(engine, date(2026, 10, 1), YAMATE)
    assert found is not None
    assert found.offer("koseki-zenbu") is None  # between two fees


def test_the_week_of_an_offer_has_the_holiday_of_the_day_asked_for(engine: Engine) -> None:
    publish_settings(engine, signed(text_of(YAMATE), YAMATE))

    def monday(on: date) -> list[tuple[time, time]]:
        week = offer(engine, on, "inkan", YAMATE).hours
        return [(window.opens, window.closes) for window in week if window.weekday == 0]

    assert monday(date(2026, 11, 16)) == [(time(6, 30), time(23, 0))]
    assert monday(date(2026, 11, 23)) == [(time(8, 0), time(20, 0))]
    assert monday(date(2026, 11, 24)) == [(time(6, 30), time(23, 0))]


def test_maintenance_and_a_longer_turn_of_the_year_are_closed_intervals(engine: Engine) -> None:
    publish_settings(engine, signed(text_of(YAMATE), YAMATE))
    fuhyo, juminhyo = (offer(engine, date(2026, 12, 28), kind, YAMATE) for kind in ("fuhyo", "juminhyo"))
    midnight = datetime(2026, 12, 28, tzinfo=JST)
    own_day = ClosedInterval(midnight, midnight + timedelta(days=1))
    assert own_day in fuhyo.closed
    assert own_day in juminhyo.closed
    assert len(fuhyo.closed) == len(juminhyo.closed) + 1
    assert own_day not in offer(engine, date(2026, 12, 27), "juminhyo", YAMATE).closed


def test_an_offer_keeps_its_shape_for_callers_who_replace_its_fee(register: SqlRegister) -> None:
    found = offer(register.engine, TODAY)
    assert replace(found, fee_yen=1).fee_yen == 1
