"""Files of the master system: taken whole and in their order, or refused with the line of every error."""

import json
import unicodedata
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import date, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine, select

from issuing_center.database import make_engine, reading
from issuing_center.migrations import upgrade
from issuing_center.register import tables
from issuing_center.register.import_files import LONGEST_LINE, MOST_ERRORS
from issuing_center.register.import_lines import ResidentLine
from issuing_center.register.importing import FEEDS, ImportRefusedError, import_file
from issuing_center.register.port import UnknownMunicipalityError
from issuing_center.register.records import DatePrecision, StopKind
from issuing_center.register.updates import FeedGapError, changing
from tests.support.fed_towns import FOREIGN, HEAD, WIFE, FedTown, header, known_town, rid
from tests.support.registers import AS_OF, SHIOMINO, YAMATE


@pytest.fixture
def town(engine: Engine, tmp_path: Path) -> FedTown:
    return known_town(engine, tmp_path)


@contextmanager
def sqlite_town() -> Iterator[Engine]:
    with TemporaryDirectory() as folder:
        engine = make_engine(f"sqlite:///{folder}/register.db")
        upgrade(engine)
        known_town(engine, Path(folder))
        yield engine
        engine.dispose()


@pytest.fixture(scope="module")
def quick() -> Iterator[Engine]:
    """One SQLite register for many examples."""
    with sqlite_town() as engine:
        yield engine


@pytest.fixture(scope="module")
def untouched() -> Iterator[Engine]:
    """One SQLite register into which nothing ever gets."""
    with sqlite_town() as engine:
        yield engine


@pytest.fixture
def refusing(untouched: Engine, tmp_path: Path) -> FedTown:
    """A town whose files are all refused; the database has no say in that, so one of them is enough."""
    return FedTown(untouched, tmp_path)


def test_a_whole_household_comes_in_as_it_was_written(town: FedTown) -> None:
    imported = town.send("residents", {**HEAD, "birth_precision": "month", "furigana_given": "イチロウ"}, WIFE)
    assert (imported.kind, imported.sequence, imported.records) == ("residents", 1, 2)
    with town.register.snapshot(SHIOMINO) as snapshot:
        head, wife = snapshot.household(rid("r-2"))
        assert (snapshot.as_of, snapshot.version) == (AS_OF, imported.version)
    assert (head.name, head.head_name, wife.name) == (HEAD["name"], HEAD["name"], WIFE["name"])
    assert (head.birth_date, head.birth_precision) == (date(1979, 9, 9), DatePrecision.MONTH)
    assert (head.furigana.given, head.furigana.given_notarised, head.my_number) == ("イチロウ", False, None)
    assert unicodedata.normalize("NFC", wife.name) != wife.name


def test_a_later_file_changes_and_removes_and_leaves_the_rest(town: FedTown) -> None:
    town.send("residents", HEAD, WIFE)
    moved = "見本県汐見野市みなと通一丁目1番1号"
    town.send(
        "residents", {**HEAD, "address": moved}, {**WIFE, "address": moved, "removed_on": "2026-11-19"}, sequence=2
    )
    town.send("residents", {**HEAD, "resident": "r-9", "household": "h-9"}, sequence=3)
    with town.register.snapshot(SHIOMINO) as snapshot:
        assert [member.address for member in snapshot.household(rid("r-1"))] == [moved]
        assert snapshot.applicant(rid("r-2")) is None
        assert snapshot.applicant(rid("r-9")) is not None


def test_a_csv_file_gives_the_same_register_as_json_lines(town: FedTown) -> None:
    columns = [*HEAD, "furigana_surname", *FOREIGN]
    rows = [
        [*HEAD.values(), "ワタナベ", "", "", ""],
        [*WIFE.values(), "", *FOREIGN.values()],
    ]
    town.send_rows("residents", columns, *rows)
    with town.register.snapshot(SHIOMINO) as snapshot:
        by_csv = snapshot.household(rid("r-1"))
    town.send("residents", {**HEAD, "furigana_surname": "ワタナベ"}, {**WIFE, **FOREIGN}, sequence=2)
    with town.register.snapshot(SHIOMINO) as snapshot:
        assert snapshot.household(rid("r-1")) == by_csv
    assert by_csv[1].foreign is not None


def test_an_empty_file_is_a_sign_of_life(town: FedTown) -> None:
    later = AS_OF - timedelta(minutes=1)
    town.send("residents", as_of=later.isoformat())
    with town.register.snapshot(SHIOMINO) as snapshot:
        assert snapshot.as_of == later


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"resident": ""}, "line 2: resident: Expected `str` of length >= 1"),
        ({"resident": "x" * 65}, "line 2: resident: Expected `str` of length <= 64"),
        ({"household": None}, "line 2: household: Expected `str`"),
        ({"name": ""}, "line 2: name: Expected `str` of length >= 1"),
        ({"name": "字" * 201}, "line 2: name: Expected `str` of length <= 200"),
        ({"address": "町" * 401}, "line 2: address: Expected `str` of length <= 400"),
        ({"name": "見\n本"}, "line 2: text without control and invisible characters"),
        ({"name": "見\u200b本"}, "line 2: text without control and invisible characters"),
        ({"name": "見\u0085本"}, "line 2: text without control and invisible characters"),
        ({"name": "見\u202e本"}, "line 2: text without control and invisible characters"),
        ({"name": "見\ufeff本"}, "line 2: text without control and invisible characters"),
        ({"name": "見\ufffe本"}, "line 2: text without control and invisible characters"),
        ({"name": "見\ud842本"}, "line 2: as documented"),
        ({"position": -1}, "line 2: position: Expected `int` >= 0"),
        ({"position": 1000}, "line 2: position: Expected `int` <= 999"),
        ({"is_head": "yes"}, "line 2: is_head: Expected `bool`"),
        ({"is_head": False}, "line 2: is_head: one head in the household that begins here"),
        ({"birth_date": "1979-02-29"}, "line 2: birth_date: as documented"),
        ({"birth_date": "昭和54年"}, "line 2: birth_date: as documented"),
        ({"birth_precision": "decade"}, "line 2: birth_precision: as documented"),
        ({"sex": "秘密"}, "line 2: sex: as documented"),
        ({"my_number": "12345678901"}, "line 2: my_number: Expected `str` matching regex"),
        ({"my_number": "123456789012\n"}, "line 2: my_number: Expected `str` matching regex"),
        ({"my_number": "１２３４５６７８９０１２"}, "line 2: my_number: Expected `str` matching regex"),
        ({"my_namber": "1"}, "line 2: my_namber: no field that is not documented"),
        ({"nationality": "架空国"}, "line 2: nationality: of a foreign resident all of"),
        ({**FOREIGN, "domicile": "x"}, "line 2: nationality: of a foreign resident all of"),
    ],
)
def test_every_field_of_a_resident_is_held_to_its_limits(
    refusing: FedTown, changes: Mapping[str, object], expected: str
) -> None:
    found = refusing.errors("residents", {**HEAD, **changes})
    assert any(error.startswith(expected) for error in found), found
    assert not [error for error in found if "秘密" in error or "昭和" in error]


@pytest.mark.parametrize(
    "changes", [{"resident": "x" * 64}, {"name": "字" * 200}, {"position": 999}, FOREIGN, {"my_number": "0" * 12}]
)
def test_a_resident_at_every_limit_is_taken(town: FedTown, changes: Mapping[str, object]) -> None:
    assert town.send("residents", {**HEAD, **changes}).records == 1


def test_every_missing_field_is_named(refusing: FedTown) -> None:
    for number, field in enumerate(HEAD):
        line = {name: value for name, value in HEAD.items() if name != field}
        assert refusing.errors("residents", line) == [f"line 2: {field}: is missing"], number


def test_all_errors_are_told_with_their_lines_and_nothing_is_imported(refusing: FedTown) -> None:
    lines = [{**HEAD, "resident": f"r-{n}", "household": f"h-{n}"} for n in range(6)]
    lines[1]["sex"] = "x"
    lines[3]["name"] = ""
    lines[5]["resident"] = "r-0"
    assert refusing.errors("residents", *lines) == [
        "line 3: sex: as documented",
        "line 5: name: Expected `str` of length >= 1",
        "line 7: resident: a key that is on no earlier line",
    ]


def test_reading_ends_at_a_hundred_errors(refusing: FedTown) -> None:
    found = refusing.errors("residents", *[{**HEAD, "sex": "x"}] * (MOST_ERRORS + 50))
    assert len(found) == MOST_ERRORS
    assert found[-1].startswith(f"line {MOST_ERRORS + 1}:")


def second(**changes: object) -> dict[str, Any]:
    return {**WIFE, **changes}


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        ([HEAD, second(is_head=True)], "line 3: is_head: one head in a household"),
        (
            [HEAD, second(address="見本県汐見野市別の町")],
            "line 3: address: the address of the household's other members",
        ),
        (
            [HEAD, {**HEAD, "resident": "r-3", "household": "h-2"}, WIFE],
            "line 4: household: members of a household on consecutive lines",
        ),
        ([HEAD, WIFE, second(resident="r-1")], "line 4: resident: a key that is on no earlier line"),
    ],
)
def test_a_household_that_contradicts_itself_is_refused(refusing: FedTown, lines: list[object], expected: str) -> None:
    assert refusing.errors("residents", *lines) == [expected]


def test_a_household_that_would_lose_its_head_is_refused(town: FedTown) -> None:
    town.send("residents", HEAD, WIFE)
    assert town.errors("residents", {**HEAD, "removed_on": "2026-11-01"}, sequence=2) == [
        "line 2: is_head: one head in the household that begins here"
    ]
    town.send("residents", {**HEAD, "removed_on": "2026-11-01"}, second(is_head=True, relation="世帯主"), sequence=2)


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        (b"\n", "line 3: as documented"),
        (b"{", "line 3: as documented"),
        (b'{"resident": "\xff"}\n', "line 3: as documented"),
        (b"[]\n", "line 3: Expected `object`"),
        (b'"' + b"x" * LONGEST_LINE, "line 3: a line of at most"),
    ],
)
def test_a_line_that_is_no_record_is_refused(refusing: FedTown, raw: bytes, expected: str) -> None:
    assert refusing.errors("residents", HEAD, raw=raw)[0].startswith(expected)


@pytest.mark.parametrize("count", [0, 1, 3])
def test_a_file_with_another_number_of_records_is_refused(refusing: FedTown, count: int) -> None:
    assert refusing.errors("residents", HEAD, WIFE, count=count) == [
        "line 1: count: the number of records that follow, which is 2"
    ]


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"register_import": 2}, "line 1: register_import: 1"),
        ({"kind": "cars"}, "line 1: kind: one of residents"),
        ({"as_of": "2026-11-20T12:00:00"}, "line 1: as_of: an instant with its offset"),
        ({"as_of": "2026-11-20T12:00:01+09:00"}, "line 1: as_of: an instant that has passed"),
        ({"sequence": 0}, "line 1: a sequence number from 1"),
        ({"count": -1}, "line 1: a sequence number from 1"),
        ({"count": "one"}, "line 1: a header as documented: Expected `int`"),
        ({"extra": 1}, "line 1: a header as documented: no field that is not documented"),
    ],
)
def test_a_header_that_is_none_is_refused(refusing: FedTown, changes: dict[str, Any], expected: str) -> None:
    assert refusing.errors("residents", HEAD, **changes)[0].startswith(expected)


@pytest.mark.parametrize("content", [b"", b"\xff\xfe", b"{", b"a,b\n", b"register_import,1\n\n", b'"'])
def test_a_file_that_is_none_is_refused(refusing: FedTown, content: bytes) -> None:
    path = refusing.folder / "nothing"
    path.write_bytes(content)
    with pytest.raises(ImportRefusedError, match=r"line [123]: "):
        import_file(refusing.engine, path, AS_OF)


def test_a_municipality_without_a_package_takes_no_file(town: FedTown) -> None:
    with pytest.raises(UnknownMunicipalityError):
        town.send("residents", HEAD, municipality=YAMATE)


@pytest.mark.parametrize("sequence", [1, 3])
def test_a_missing_or_repeated_file_stops_everything_that_needs_residents(town: FedTown, sequence: int) -> None:
    town.send("residents", HEAD)
    with pytest.raises(FeedGapError):
        town.send("residents", WIFE, sequence=sequence)
    with town.register.snapshot(SHIOMINO) as snapshot:
        (stop,) = snapshot.stops(rid("r-1"), AS_OF)
        assert snapshot.applicant(rid("r-2")) is None
    assert (stop.kind, stop.kinds) == (StopKind.STOPPED, None)


@pytest.mark.parametrize(
    ("kind", "certificates"),
    [
        ("seals", {"inkan"}),
        ("taxes", {"kazei", "shotoku", "nozei"}),
        ("koseki", {"koseki-zenbu", "koseki-kojin"}),
        ("fuhyo", {"fuhyo"}),
        ("risai", {"risai"}),
    ],
)
def test_a_gap_in_another_feed_stops_its_own_certificates(town: FedTown, kind: str, certificates: set[str]) -> None:
    town.send("residents", HEAD)
    with pytest.raises(FeedGapError):
        town.send(kind, sequence=2)
    with town.register.snapshot(SHIOMINO) as snapshot:
        (stop,) = snapshot.stops(rid("r-1"), AS_OF)
    assert stop.kinds == frozenset(certificates)


def test_a_refused_file_leaves_its_number_free(town: FedTown) -> None:
    town.errors("residents", {**HEAD, "sex": "x"})
    assert town.send("residents", HEAD).sequence == 1


def test_the_other_feeds_do_not_make_the_residents_fresher(town: FedTown) -> None:
    town.send("residents", HEAD, as_of="2026-11-20T09:00:00+09:00")
    town.send("seals")
    with town.register.snapshot(SHIOMINO) as snapshot:
        assert snapshot.as_of == AS_OF - timedelta(hours=3)
        assert snapshot.complete_until("inkan") == snapshot.as_of
    town.send("residents", sequence=2)
    town.send("seals", sequence=2, as_of="2026-11-20T11:00:00+09:00")
    with town.register.snapshot(SHIOMINO) as snapshot:
        assert snapshot.as_of == snapshot.complete_until("inkan") == AS_OF


@pytest.mark.parametrize(
    ("columns", "rows", "expected"),
    [
        (["resident", "resident"], [], "line 2: the names of the columns, each once"),
        (["resident", "nickname"], [], "line 2: nickname: columns among resident"),
        (list(HEAD), [[*HEAD.values(), "more"]], "line 3: 10 cells"),
        (list(HEAD), [["", *list(HEAD.values())[1:]]], "line 3: resident: is missing"),
        (list(HEAD), [[*list(HEAD.values())[:5], "a\nb", *list(HEAD.values())[6:]]], "line 4: text without control"),
    ],
)
def test_wrong_rows_are_refused(refusing: FedTown, columns: list[str], rows: list[list[object]], expected: str) -> None:
    with pytest.raises(ImportRefusedError) as refused:
        refusing.send_rows("residents", columns, *rows)
    assert str(refused.value).startswith(expected)


def test_every_kind_of_file_has_a_feed(refusing: FedTown) -> None:
    for kind in FEEDS:
        assert "line 2: " in refusing.errors(kind, {"nothing": 1})[0]


CHARACTERS = st.one_of(
    st.characters(
        min_codepoint=0x20,
        exclude_categories=("Cc", "Cs", "Cn", "Zl", "Zp"),
        exclude_characters="\u200b\u200c\u200d\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2060\u2061\u2062\u2063\u2064\ufeff",
    ),
    st.sampled_from(["葛\U000e0102", "邉\U000e010f", "\ufa19", "𠮷", "か\u3099", "\ue000", "é", "e\u0301"]),
)
NAMES = st.lists(CHARACTERS, min_size=1, max_size=80).map("".join).filter(lambda name: 0 < len(name) <= 200)
BIRTHS = st.tuples(
    st.one_of(
        st.dates(date(1860, 1, 1), date(2026, 11, 20)),
        st.sampled_from([date(1989, 1, 7), date(1989, 1, 8), date(2019, 4, 30), date(2019, 5, 1), date(2024, 2, 29)]),
    ),
    st.sampled_from([precision.value for precision in DatePrecision]),
)


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(NAMES, BIRTHS), min_size=1, max_size=30), st.booleans())
def test_any_household_of_1_to_30_comes_back_as_it_was_written(
    quick: Engine, tmp_path: Path, people: list[tuple[str, tuple[date, str]]], as_csv: bool
) -> None:
    with reading(quick) as connection:
        sequence = connection.execute(select(tables.municipality.c.feed_sequence)).scalar_one() + 1
    town = FedTown(quick, tmp_path)
    lines = [
        {
            **HEAD,
            "resident": f"{sequence}-{number}",
            "household": f"{sequence}",
            "position": number,
            "is_head": number == 0,
            "name": name,
            "birth_date": born.isoformat(),
            "birth_precision": precision,
        }
        for number, (name, (born, precision)) in enumerate(people)
    ]
    if as_csv:
        town.send_rows("residents", list(lines[0]), *[list(line.values()) for line in lines], sequence=sequence)
    else:
        town.send("residents", *lines, sequence=sequence)
    with town.register.snapshot(SHIOMINO) as snapshot:
        household = snapshot.household(rid(f"{sequence}-0"))
    assert [(member.name, (member.birth_date, member.birth_precision.value)) for member in household] == people
    assert {member.head_name for member in household} == {people[0][0]}


@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.binary(max_size=120))
def test_any_bytes_after_the_header_are_taken_or_refused(quick: Engine, tmp_path: Path, raw: bytes) -> None:
    path = tmp_path / "any.jsonl"
    with reading(quick) as connection:
        sequence = connection.execute(select(tables.municipality.c.feed_sequence)).scalar_one() + 1
    path.write_bytes(json.dumps(header("residents", 1, sequence=sequence)).encode() + b"\n" + raw)
    with pytest.raises(ImportRefusedError):
        import_file(quick, path, AS_OF)


def test_a_resident_line_shows_nobody() -> None:
    line = msgspec.convert(HEAD, ResidentLine)
    assert "渡" not in repr(line)


def test_a_change_under_way_is_not_seen_by_readers(town: FedTown) -> None:
    town.send("residents", HEAD)
    with town.register.snapshot(SHIOMINO) as snapshot:
        before = snapshot.household(rid("r-1"))
        town.send("residents", {**HEAD, "name": "別　名"}, sequence=2)
        assert snapshot.household(rid("r-1")) == before
    with changing(town.engine, SHIOMINO, as_of=AS_OF):
        pass
