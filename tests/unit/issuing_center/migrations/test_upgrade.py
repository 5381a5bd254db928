"""The schema that migrations make is the schema that the rooms declare, however many workers start at once."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from threading import Barrier

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Column, Engine, Integer, MetaData, Table, inspect, select, text
from sqlalchemy.exc import IntegrityError

import issuing_center.counter.tables
import issuing_center.ledger.case_tables
import issuing_center.ledger.settlement_tables
import issuing_center.ledger.tables
import issuing_center.register.tables
import issuing_center.visits.tables
from issuing_center.database import metadata, reading, writing
from issuing_center.migrations import is_current, upgrade
from issuing_center.register.folding import lookup_keys
from issuing_center.register.holdings import DateOrWords, Koseki, KosekiPerson
from issuing_center.register.holdings_sql import encode_body

ROOMS = (
    issuing_center.counter.tables,
    issuing_center.ledger.case_tables,
    issuing_center.ledger.settlement_tables,
    issuing_center.ledger.tables,
    issuing_center.register.tables,
    issuing_center.visits.tables,
)
"""Importing them is what puts their tables into the metadata."""

MakeWorker = Callable[[str], Engine]


def differences(engine: Engine, declared: MetaData) -> list[object]:
    with reading(engine) as connection:
        return list(compare_metadata(MigrationContext.configure(connection, opts={"compare_type": True}), declared))


def test_the_migrated_schema_is_exactly_what_the_rooms_declare(engine: Engine) -> None:
    assert differences(engine, metadata) == []


def test_the_comparison_notices_a_table_and_a_column_that_no_migration_makes(engine: Engine) -> None:
    declared = MetaData(naming_convention=metadata.naming_convention)
    for table in metadata.tables.values():
        table.to_metadata(declared)
    Table("forgotten", declared, Column("id", Integer, primary_key=True))
    declared.tables["orders"].append_column(Column("forgotten", Integer))
    assert len(differences(engine, declared)) == 2


def test_checks_and_keys_have_the_same_names_on_both_databases(engine: Engine) -> None:
    inspector = inspect(engine)
    for name, table in metadata.tables.items():
        declared = {str(constraint.name) for constraint in table.constraints if constraint.name}
        found = {str(check["name"]) for check in inspector.get_check_constraints(name)}
        found |= {str(unique["name"]) for unique in inspector.get_unique_constraints(name)}
        found |= {str(foreign["name"]) for foreign in inspector.get_foreign_keys(name)}
        found.add(str(inspector.get_pk_constraint(name)["name"]))
        assert found == declared, name


def test_upgrading_again_changes_nothing(engine: Engine) -> None:
    upgrade(engine)
    with reading(engine) as connection:
        assert is_current(connection)


def test_an_empty_database_is_not_current(empty_database: str, make_worker: MakeWorker) -> None:
    with reading(make_worker(empty_database)) as connection:
        assert not is_current(connection)


def test_eight_workers_that_start_at_once_make_one_schema(empty_database: str, make_worker: MakeWorker) -> None:
    engines = [make_worker(empty_database) for _ in range(8)]
    start = Barrier(len(engines))

    def begin(engine: Engine) -> None:
        start.wait(timeout=30)
        upgrade(engine)

    with ThreadPoolExecutor(len(engines)) as pool:
        for running in [pool.submit(begin, engine) for engine in engines]:
            running.result(timeout=60)
    with reading(engines[0]) as connection:
        assert is_current(connection)
        assert connection.execute(text("SELECT count(*) FROM alembic_version")).scalar_one() == 1


def test_a_register_of_the_first_schema_keeps_its_people_and_their_stop_signals(
    empty_database: str, make_worker: MakeWorker
) -> None:
    engine = make_worker(empty_database)
    upgrade(engine, "0001")
    with writing(engine) as connection:
        for statement in (
            "INSERT INTO municipality VALUES ('990019', 'a', 'b', 'c', 'd', '2026-11-20 03:00:00', 7, 9)",
            "INSERT INTO household VALUES ('h', '990019', 'x')",
            "INSERT INTO offer VALUES ('990019', 'juminhyo', '2024-04-01', NULL, 200, 5, 'self', '')",
            "INSERT INTO stop_signal VALUES ('s', '990019', 'household', NULL, 'h', 'leaving', '2026-11-20 03:00:00', NULL)",
        ):
            connection.execute(text(statement))
    upgrade(engine)
    with reading(engine) as connection:
        assert is_current(connection)
        stop = issuing_center.register.tables.stop_signal
        (kept,) = connection.execute(select(stop.c.kind, stop.c.household_id, stop.c.since, stop.c.kinds)).all()
        assert connection.execute(text("SELECT feed_sequence, version FROM municipality")).one() == (7, 9)
    assert kept == ("leaving", "h", datetime(2026, 11, 20, 3, tzinfo=UTC), None)
    with pytest.raises(IntegrityError), writing(engine) as connection:
        connection.execute(text("UPDATE stop_signal SET kind = 'whim'"))
    with pytest.raises(IntegrityError), writing(engine) as connection:
        connection.execute(text("UPDATE stop_signal SET level = 'resident'"))


def test_a_family_register_from_before_is_found_by_the_keys_of_today(
    empty_database: str, make_worker: MakeWorker
) -> None:
    head = KosekiPerson("k", "和夫", "カズオ", DateOrWords(words="年月日不詳"), None, (), (), ())
    families = [
        Koseki("例示県山手市桜台四丁目百二十三番地", "山本　和夫", "ヤマモト", (), (head,)),
        Koseki("例示県山手市大字﨑ヶ丘５－１", "髙橋　一", None, (), (head,)),
    ]
    engine = make_worker(empty_database)
    upgrade(engine, "0009")
    with writing(engine) as connection:
        municipality = "INSERT INTO municipality VALUES ('990035', 'a', 'b', 'c', 'd', '2026-11-20 03:00:00', 7, 9)"
        connection.execute(text(municipality))
        for number, family in enumerate(families):
            values = {"id": f"{number}", "body": encode_body(family), "key": f"k{number}"}
            row = "INSERT INTO record VALUES (:id, '990035', 'koseki', false, :body, :key)"
            connection.execute(text(row), values)
    upgrade(engine)
    record = issuing_center.register.tables.record
    columns = (record.c.head_key, record.c.head_reading_key, record.c.place_key)
    with reading(engine) as connection:
        found = connection.execute(select(*columns).order_by(record.c.record_id)).all()
    assert [tuple(row) for row in found] == [tuple(lookup_keys(family).values()) for family in families]
