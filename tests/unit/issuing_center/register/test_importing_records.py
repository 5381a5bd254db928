"""Stop signals, links, seals and nested records by file: taken as written, or refused at their place."""

import base64
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import msgspec
import pytest
from sqlalchemy import Engine, select

from issuing_center.database import reading
from issuing_center.register import tables
from issuing_center.register.holdings import (
    AbolishedSeal,
    KosekiInProcessing,
    OwnFuhyo,
    OwnKoseki,
    SealRegistration,
    TaxRecord,
    UndeclaredYear,
)
from issuing_center.register.ids import record_id_of
from issuing_center.register.importing import ImportRefusedError
from issuing_center.register.records import StopKind
from issuing_center.register.sql import SqlRegister
from tests.support.fed_towns import HEAD, WIFE, FedTown, known_town, rid
from tests.support.registers import AS_OF, ISSUER_KEY_ID, SHIOMINO


@pytest.fixture
def town(engine: Engine, tmp_path: Path) -> FedTown:
    return known_town(engine, tmp_path)


def test_stop_signals_come_by_file(town: FedTown) -> None:
    town.send("residents", HEAD, WIFE)
    since = "2026-11-20T11:00:00+09:00"
    town.send(
        "stops",
        {"stop": "1", "kind": "protected", "since": since, "resident": "r-1"},
        {"stop": "2", "kind": "leaving", "since": since, "household": "h-1", "until": "2026-11-20T11:30:00+09:00"},
        {"stop": "3", "kind": "stopped", "since": since, "certificates": "inkan kazei"},
        sequence=2,
    )
    with town.register.snapshot(SHIOMINO) as snapshot:
        found = {(stop.kind, stop.kinds) for stop in snapshot.stops(rid("r-2"), AS_OF)}
    assert found == {(StopKind.PROTECTED, None), (StopKind.STOPPED, frozenset({"inkan", "kazei"}))}


def test_stop_signals_of_people_on_a_fuhyo_who_live_elsewhere_come_by_file(town: FedTown) -> None:
    since = "2026-11-20T11:00:00+09:00"
    one = {"stop": "1", "kind": "protected", "since": since, "fuhyo": "k-1", "person": "ken", "certificates": "fuhyo"}
    town.send("stops", one, {"stop": "2", "kind": "koseki_pending", "since": since, "koseki": "k-1"})
    with reading(town.engine) as connection:
        rows = connection.execute(select(tables.record_stop).order_by(tables.record_stop.c.kind)).all()
    assert [(row.record_id, row.person_key, row.kind, row.kinds) for row in rows] == [
        (record_id_of(SHIOMINO, "koseki", "k-1"), None, "koseki_pending", None),
        (record_id_of(SHIOMINO, "fuhyo", "k-1"), "ken", "protected", "fuhyo"),
    ]


STOP = {"stop": "1", "kind": "stopped", "since": "2026-11-20T11:00:00+09:00"}


@pytest.mark.parametrize(
    ("kind", "line", "expected"),
    [
        ("stops", {**STOP, "kind": "holiday"}, "line 2: kind: as documented"),
        ("stops", {**STOP, "since": "2026-11-20T11:00:00"}, "line 2: since: an instant with its offset"),
        ("stops", {**STOP, "resident": "r-9"}, "line 2: resident: residents whom the register has"),
        ("stops", {**STOP, "household": "h-9"}, "line 2: household: households whom the register has"),
        ("stops", {**STOP, "resident": "r-1", "household": "h-1"}, "line 2: household: one of resident, household"),
        ("stops", {**STOP, "koseki": "k-1", "fuhyo": "k-1"}, "line 2: household: one of resident, household"),
        ("stops", {**STOP, "person": "hanako"}, "line 2: person: a person of a koseki or fuhyo"),
        ("stops", {**STOP, "certificates": " "}, "line 2: certificates: words among juminhyo"),
        ("stops", {**STOP, "certificates": "inkan passport"}, "line 2: certificates: words among juminhyo"),
        (
            "links",
            {"issuer_key_id": "xy", "serial": "1", "resident": "r-1"},
            "line 2: issuer_key_id: Expected `str` matching",
        ),
        (
            "links",
            {"issuer_key_id": "00" * 20, "serial": "0", "resident": "r-1"},
            "line 2: serial: a serial number above 0",
        ),
        (
            "links",
            {"issuer_key_id": "00" * 20, "serial": "1" * 41, "resident": "r-1"},
            "line 2: serial: Expected `str`",
        ),
        ("links", {"issuer_key_id": "00" * 20, "serial": "1", "resident": "r-9"}, "line 2: resident: residents whom"),
    ],
)
def test_wrong_stops_and_links_are_refused(town: FedTown, kind: str, line: object, expected: str) -> None:
    town.send("residents", HEAD)
    assert town.errors(kind, line, sequence=2)[0].startswith(expected)


def test_links_come_by_csv_and_can_be_ended(town: FedTown) -> None:
    town.send("residents", HEAD, WIFE)
    columns, row = ["issuer_key_id", "serial", "resident", "active"], [ISSUER_KEY_ID.hex(), "00af", "r-2", "true"]
    town.send_rows("links", columns, row, sequence=2)
    assert town.register.find_by_certificate(ISSUER_KEY_ID, 0xAF, SHIOMINO) == rid("r-2")
    town.send_rows("links", columns, [*row[:3], "false"], sequence=3)
    assert town.register.find_by_certificate(ISSUER_KEY_ID, 0xAF, SHIOMINO) is None


PBM = base64.b64encode(b"P4\n8 2\n\x18\x18").decode()
SEAL = {"seal": "s-1", "resident": "r-1", "registered_on": "2020-01-01", "dpi": 600, "imprint": PBM}


def test_seals_come_in_and_are_abolished_by_file(town: FedTown) -> None:
    town.send("residents", HEAD)
    town.send("seals", SEAL)
    with town.register.snapshot(SHIOMINO) as snapshot:
        seal = snapshot.seal(rid("r-1"))
    assert isinstance(seal, SealRegistration)
    assert (seal.imprint.width_px, seal.imprint.bits) == (8, b"\x18\x18")
    town.send("seals", {**SEAL, "abolished_on": "2026-11-20"}, sequence=2)
    with town.register.snapshot(SHIOMINO) as snapshot:
        assert snapshot.seal(rid("r-1")) == AbolishedSeal(date(2026, 11, 20))


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"dpi": 399}, "line 2: dpi: Expected `int` >= 400"),
        ({"dpi": 2401}, "line 2: dpi: Expected `int` <= 2400"),
        ({"imprint": base64.b64encode(b"\x89PNG").decode()}, "line 2: imprint: a binary PBM picture"),
        ({"imprint": "%"}, "line 2: imprint: as documented"),
        ({"imprint": base64.b64encode(b"P4\n8 2\n\x00\x00").decode()}, "line 2: imprint: a binary PBM picture"),
        ({"resident": "r-9"}, "line 2: resident: residents whom the register has"),
        ({"registered_on": "2020-13-01"}, "line 2: registered_on: as documented"),
    ],
)
def test_a_wrong_seal_is_refused(town: FedTown, changes: dict[str, object], expected: str) -> None:
    town.send("residents", HEAD)
    assert town.errors("seals", {**SEAL, **changes})[0].startswith(expected)


@pytest.fixture
def written(register: SqlRegister) -> dict[str, Any]:
    """Records of the fictitious register as a file would have them."""
    hanako = rid("hanako")
    with register.snapshot(SHIOMINO) as snapshot:
        koseki, fuhyo = snapshot.koseki(hanako), snapshot.fuhyo(hanako)
        assert isinstance(koseki, OwnKoseki)
        assert isinstance(fuhyo, OwnFuhyo)
        found = {
            "taxes": snapshot.tax(hanako, 2026),
            "koseki": koseki.koseki,
            "fuhyo": fuhyo.fuhyo,
            "risai": snapshot.risai(hanako)[0],
        }
    return {kind: msgspec.to_builtins(record) for kind, record in found.items()}


def lines_of(written: dict[str, Any]) -> dict[str, dict[str, Any]]:
    holders = {"hanako": "r-1", "taichi": "r-2"}
    return {
        "taxes": {"resident": "r-1", "year": 2026, "record": written["taxes"]},
        "koseki": {"key": "k-1", "record": written["koseki"], "holders": holders},
        "fuhyo": {"key": "k-1", "record": written["fuhyo"], "holders": holders},
        "risai": {"key": "d-1", "record": written["risai"], "holders": ["r-1"]},
    }


@pytest.fixture
def stocked(register: SqlRegister, tmp_path: Path) -> FedTown:
    """The fictitious register, with two more residents that came by file."""
    town = FedTown(register.engine, tmp_path)
    town.send("residents", HEAD, WIFE)
    return town


def test_nested_records_come_in_as_they_were_written(stocked: FedTown, written: dict[str, Any]) -> None:
    for kind, line in lines_of(written).items():
        assert stocked.send(kind, line).records == 1
    stocked.send("taxes", {"resident": "r-2", "year": 2026}, sequence=2)
    with stocked.register.snapshot(SHIOMINO) as snapshot:
        koseki, fuhyo = snapshot.koseki(rid("r-1")), snapshot.fuhyo(rid("r-2"))
        tax, risai = snapshot.tax(rid("r-1"), 2026), snapshot.risai(rid("r-1"))
        assert snapshot.tax(rid("r-2"), 2026) == UndeclaredYear(2026)
        assert snapshot.risai(rid("r-2")) == ()
    assert isinstance(koseki, OwnKoseki)
    assert isinstance(fuhyo, OwnFuhyo)
    assert isinstance(tax, TaxRecord)
    assert (koseki.person_key, fuhyo.person_key) == ("hanako", "taichi")
    assert [msgspec.to_builtins(record) for record in (tax, koseki.koseki, fuhyo.fuhyo, *risai)] == list(
        written.values()
    )


def test_a_later_file_changes_holders_processing_and_takes_records_away(
    stocked: FedTown, written: dict[str, Any]
) -> None:
    line = lines_of(written)["koseki"]
    stocked.send("koseki", line)
    stocked.send("koseki", {**line, "in_processing": True, "holders": {"hanako": "r-2"}}, sequence=2)
    with stocked.register.snapshot(SHIOMINO) as snapshot:
        assert snapshot.koseki(rid("r-1")) is None
        assert snapshot.koseki(rid("r-2")) == KosekiInProcessing()
    stocked.send("koseki", {"key": "k-1"}, sequence=3)
    with stocked.register.snapshot(SHIOMINO) as snapshot:
        assert snapshot.koseki(rid("r-2")) is None


@pytest.mark.parametrize(
    ("kind", "change", "expected"),
    [
        ("taxes", lambda line: line["record"].update(year=2025), "line 2: record.year: the year of the line"),
        (
            "taxes",
            lambda line: line["record"]["levy"].update(total_yen="秘密"),
            "line 2: record.levy.total_yen: Expected `int`",
        ),
        ("taxes", lambda line: line["record"]["levy"].update(forest_yen=None), "line 2: record: as documented"),
        (
            "taxes",
            lambda line: line["record"]["payments"][0].update(due_yen=1),
            "line 2: record.payments[0]: as documented",
        ),
        ("taxes", lambda line: line["record"].update(bonus=1), "line 2: bonus: no field that is not documented"),
        ("taxes", lambda line: line.update(year=1988), "line 2: year: Expected `int` >= 1989"),
        ("taxes", lambda line: line.update(resident="r-9"), "line 2: resident: residents whom the register has"),
        ("koseki", lambda line: line["record"].update(persons=[]), "line 2: record: as documented"),
        (
            "koseki",
            lambda line: line["record"]["persons"][0].pop("given_name"),
            "line 2: record.persons[0].given_name: is missing",
        ),
        ("koseki", lambda line: line["record"]["persons"][0].update(nick="x"), "line 2: nick: no field that is not"),
        (
            "koseki",
            lambda line: line.update(holders={"nobody": "r-1"}),
            "line 2: holders: keys of persons in the record",
        ),
        (
            "koseki",
            lambda line: line.update(holders={"hanako": "r-9"}),
            "line 2: holders: residents whom the register has",
        ),
        ("koseki", lambda line: line["record"].update(hittosha="a\u0000b"), "line 2: text without control"),
        (
            "fuhyo",
            lambda line: line["record"]["persons"][0].update(sex="x"),
            "line 2: record.persons[0].sex: as documented",
        ),
        ("risai", lambda line: line["record"].update(degree="全壊"), "line 2: record.degree: as documented"),
        ("risai", lambda line: line.update(holders=["r-9"]), "line 2: holders: residents whom the register has"),
    ],
)
def test_a_wrong_record_is_refused_at_its_place(
    stocked: FedTown, written: dict[str, Any], kind: str, change: Callable[[Any], object], expected: str
) -> None:
    line = lines_of(written)[kind]
    change(line)
    found = stocked.errors(kind, line)
    assert found[0].startswith(expected), found
    assert "秘密" not in found[0]


def test_nested_records_do_not_fit_into_rows(town: FedTown) -> None:
    with pytest.raises(ImportRefusedError, match="line 1: kind: JSON Lines"):
        town.send_rows("koseki", ["key"], ["k-1"])
