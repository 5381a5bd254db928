"""How the register changes: one transaction and one new version for each message of the feed or act of an operator.

Nothing here reads a clock or knows where a message came from.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from enum import Enum
from secrets import token_hex
from typing import Any

from sqlalchemy import Connection, Engine, Table, select, update
from sqlalchemy.dialects.postgresql import insert as postgresql_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert

from issuing_center.database import writing
from issuing_center.register import tables
from issuing_center.register.port import UnknownMunicipalityError
from issuing_center.register.records import CertificateLink, HouseholdId, ResidentId, StopKind, StopLevel
from issuing_center.register.serials import serial_text


class Feed(Enum):
    """A line by which changes come, with its own numbers and its own age."""

    RESIDENTS = "residents"
    """The resident records, and with them stop signals and the links of certificates: every certificate needs it."""
    SEALS = "seals"
    TAXES = "taxes"
    KOSEKI = "koseki"
    FUHYO = "fuhyo"
    RISAI = "risai"


CERTIFICATES_OF = {
    Feed.SEALS: frozenset({"inkan"}),
    Feed.TAXES: frozenset({"kazei", "shotoku", "nozei"}),
    Feed.KOSEKI: frozenset({"koseki-zenbu", "koseki-kojin"}),
    Feed.FUHYO: frozenset({"fuhyo"}),
    Feed.RISAI: frozenset({"risai"}),
}
"""Which certificates a feed's gap stops; that of the residents stops them all."""


class FeedGapError(Exception):
    """A message of a feed is missing. What depends on that feed is stopped; nothing of this message was taken (INV-12)."""


class UnknownResidentError(LookupError):
    """A change names a resident, household or stop signal that the register does not have."""


@contextmanager
def changing(
    engine: Engine,
    municipality_code: str,
    *,
    as_of: datetime,
    sequence: int | None = None,
    feed: Feed = Feed.RESIDENTS,
) -> Iterator["RegisterChange"]:
    """Change one municipality's register: all of the block or nothing, as one new version.

    `as_of` is the instant up to which the master system's changes are in; an earlier one than is known leaves it as it
    is. `sequence` is the message's number in its feed; None for changes by an operator, which are not numbered. An empty
    block is a sign of life of the feed. Raises UnknownMunicipalityError, and FeedGapError after putting what depends on
    the feed under a stop signal that only an operator lifts.
    """
    try:
        with writing(engine) as connection:
            yield _begin(connection, municipality_code, as_of, sequence, feed)
    except FeedGapError:
        # In a transaction of its own: the message is undone, the stop signal stays.
        with writing(engine) as connection:
            change = _begin(connection, municipality_code, as_of=None, sequence=None)
            change.stop_for_gap(since=as_of, kinds=CERTIFICATES_OF.get(feed))
        raise


def change_in(connection: Connection, municipality_code: str, *, as_of: datetime | None) -> "RegisterChange":
    """Begin an unnumbered change inside a caller's writing transaction, whose fate it shares."""
    return _begin(connection, municipality_code, as_of, sequence=None)


def _begin(
    connection: Connection,
    municipality_code: str,
    as_of: datetime | None,
    sequence: int | None,
    feed: Feed = Feed.RESIDENTS,
) -> "RegisterChange":
    # The row's lock puts the changes of one municipality one after another; each has its own version number.
    row = connection.execute(
        select(tables.municipality).where(tables.municipality.c.code == municipality_code).with_for_update()
    ).one_or_none()
    if row is None:
        raise UnknownMunicipalityError
    known_sequence, known_as_of = row.feed_sequence, row.feed_as_of
    if feed is not Feed.RESIDENTS:
        own = connection.execute(
            select(tables.feed).where(
                tables.feed.c.municipality_code == municipality_code, tables.feed.c.feed == feed.value
            )
        ).one_or_none()
        known_sequence, known_as_of = (0, as_of) if own is None else (own.sequence, own.as_of)
    if sequence is not None and sequence != known_sequence + 1:
        raise FeedGapError
    progress = {
        "as_of": known_as_of if as_of is None else max(as_of, known_as_of),
        "sequence": known_sequence if sequence is None else sequence,
    }
    values: dict[str, object] = {"version": row.version + 1}
    if feed is Feed.RESIDENTS:
        values |= {f"feed_{name}": value for name, value in progress.items()}
    else:
        put_rows(connection, tables.feed, [{"municipality_code": municipality_code, "feed": feed.value, **progress}])
    connection.execute(
        update(tables.municipality).where(tables.municipality.c.code == municipality_code).values(**values)
    )
    return RegisterChange(connection, municipality_code, version=row.version + 1)


@dataclass(frozen=True, slots=True)
class RegisterChange:
    """One change in the making; it becomes visible as a whole when its block is left."""

    connection: Connection
    municipality_code: str
    version: int
    """The version that this change will be."""

    def put(self, table: Table, rows: Iterable[Mapping[str, Any]]) -> None:
        """Insert rows of one of the register's tables, or replace those with the same primary key."""
        put_rows(self.connection, table, rows)

    def move_household(self, household_id: HouseholdId, address: str) -> None:
        """Give a household a new address within the municipality."""
        self._one(
            tables.household,
            {"address": address},
            household_id=household_id,
            municipality_code=self.municipality_code,
        )

    def change_resident(self, resident_id: ResidentId, values: Mapping[str, Any]) -> None:
        """Change columns of one resident's record."""
        self._one(tables.resident, values, resident_id=resident_id)

    def remove_resident(self, resident_id: ResidentId, on: date) -> None:
        """Remove (消除) a resident: from this version on they appear on no certificate and can take none."""
        self._one(tables.resident, {"removed_on": on}, resident_id=resident_id)

    def stop_resident(
        self, resident_id: ResidentId, kind: StopKind, since: datetime, kinds: Iterable[str] | None = None
    ) -> str:
        """Put a resident under a stop signal for some certificates or all; gives the id by which it is lifted."""
        return self._stop(StopLevel.RESIDENT, kind, since, kinds, resident_id=resident_id)

    def stop_household(
        self, household_id: HouseholdId, kind: StopKind, since: datetime, kinds: Iterable[str] | None = None
    ) -> str:
        """Put a whole household under a stop signal, likewise; gives the id by which it is lifted."""
        return self._stop(StopLevel.HOUSEHOLD, kind, since, kinds, household_id=household_id)

    def stop_municipality(self, kind: StopKind, since: datetime, kinds: Iterable[str] | None = None) -> str:
        """Put the whole municipality under a stop signal, likewise; gives the id by which it is lifted."""
        return self._stop(StopLevel.MUNICIPALITY, kind, since, kinds)

    def stop_for_gap(self, since: datetime, kinds: Iterable[str] | None = None) -> None:
        """Stop what depends on a feed for a gap in it, unless it is stopped already."""
        stop = tables.stop_signal
        stopped = self.connection.execute(
            select(stop.c.stop_id).where(
                stop.c.municipality_code == self.municipality_code,
                stop.c.level == StopLevel.MUNICIPALITY.value,
                stop.c.kind == StopKind.STOPPED.value,
                stop.c.until.is_(None),
                stop.c.kinds.is_not_distinct_from(kinds_text(kinds)),
            )
        ).first()
        if stopped is None:
            self.stop_municipality(StopKind.STOPPED, since, kinds)

    def resume_feed(self, sequence: int, feed: Feed = Feed.RESIDENTS) -> None:
        """Take a feed up again after a full reconciliation: the next message is the one after this number."""
        if feed is Feed.RESIDENTS:
            self._one(tables.municipality, {"feed_sequence": sequence}, code=self.municipality_code)
        else:
            key = {"municipality_code": self.municipality_code, "feed": feed.value}
            self._one(tables.feed, {"sequence": sequence}, **key)

    def stop_person_of_record(
        self,
        record_id: str,
        person_key: str | None,
        kind: StopKind,
        since: datetime,
        kinds: Iterable[str] | None = None,
    ) -> str:
        """Put a person of a 戸籍 or 附票, or (None) everybody of it, under a stop signal; gives the id to lift it by."""
        stop_id = token_hex(16)
        self.connection.execute(
            tables.record_stop.insert().values(
                stop_id=stop_id,
                municipality_code=self.municipality_code,
                record_id=record_id,
                person_key=person_key,
                kind=kind.value,
                since=since,
                kinds=kinds_text(kinds),
            )
        )
        return stop_id

    def lift_stop_of_record(self, stop_id: str, at: datetime) -> None:
        """End such a stop signal, likewise."""
        self._one(tables.record_stop, {"until": at}, stop_id=stop_id, municipality_code=self.municipality_code)

    def lift_stop(self, stop_id: str, at: datetime) -> None:
        """End a stop signal at an instant; the signal itself stays on record."""
        self._one(tables.stop_signal, {"until": at}, stop_id=stop_id, municipality_code=self.municipality_code)

    def link(self, links: Sequence[CertificateLink]) -> None:
        """Link certificates to residents; a certificate known already then belongs to the resident named last."""
        self.put(
            tables.certificate_link,
            [
                {
                    "issuer_key_id": link.issuer_key_id,
                    "serial": serial_text(link.serial),
                    "resident_id": link.resident_id,
                    "active": True,
                }
                for link in links
            ],
        )

    def unlink(self, issuer_key_id: bytes, serial: int) -> None:
        """End the link of a certificate; it stays on record as inactive."""
        self._one(tables.certificate_link, {"active": False}, issuer_key_id=issuer_key_id, serial=serial_text(serial))

    def process_koseki(self, record_id: str, in_processing: bool) -> None:
        """Mark a 戸籍 as 届出処理中 or as done; meanwhile nobody gets anything from it."""
        self._one(
            tables.record,
            {"in_processing": in_processing},
            record_id=record_id,
            municipality_code=self.municipality_code,
        )

    def abolish_seals(self, resident_id: ResidentId, on: date) -> None:
        """Abolish a resident's seal registration; without one in force it is an error."""
        self._one(tables.seal_registration, {"abolished_on": on}, resident_id=resident_id, abolished_on=None)

    def _stop(
        self, level: StopLevel, kind: StopKind, since: datetime, kinds: Iterable[str] | None, **target: str
    ) -> str:
        stop_id = token_hex(16)
        self.connection.execute(
            tables.stop_signal.insert().values(
                stop_id=stop_id,
                municipality_code=self.municipality_code,
                level=level.value,
                kind=kind.value,
                since=since,
                kinds=kinds_text(kinds),
                **target,
            )
        )
        return stop_id

    def _one(self, table: Table, values: Mapping[str, Any], **key: object) -> None:
        statement = update(table).values(dict(values))
        for name, value in key.items():
            statement = statement.where(table.c[name] == value)
        if self.connection.execute(statement).rowcount != 1:
            raise UnknownResidentError(table.name)


def kinds_text(kinds: Iterable[str] | None) -> str | None:
    """Write certificate kinds as a stop signal stores them; None stays None. Raises ValueError for none at all."""
    if kinds is None:
        return None
    text = " ".join(sorted(kinds))
    if not text:
        raise ValueError("a stop signal for no certificate stops nothing")
    return text


def put_rows(connection: Connection, table: Table, rows: Iterable[Mapping[str, Any]]) -> None:
    """Insert rows, or replace every other column of those with the same primary key; a column not named is NULL."""
    columns = set(table.columns.keys())
    full = []
    for row in rows:
        if not set(row) <= columns:
            raise ValueError(f"{table.name}: a value for no column")
        full.append({name: row.get(name) for name in columns})
    if not full:
        return
    key = [column.name for column in table.primary_key]
    # The two constructs have the same methods but no common type.
    insert = sqlite_insert if connection.dialect.name == "sqlite" else postgresql_insert
    statement = insert(table)
    statement = statement.on_conflict_do_update(
        index_elements=key, set_={name: statement.excluded[name] for name in columns if name not in key}
    )
    connection.execute(statement, full)


def put_tuples(
    connection: Connection, table: Table, columns: Sequence[str], rows: Sequence[tuple[object, ...]]
) -> None:
    """Insert or replace many rows whose values are already what the driver takes; `put_rows` without its translation.

    For whole registers: a million rows in half the time. Days are the caller's to write: as ISO text for SQLite, as dates for PostgreSQL.
    """
    key = [column.name for column in table.primary_key]
    quoted = {name: f'"{name}"' for name in columns}
    place = "?" if connection.dialect.name == "sqlite" else "%s"
    changes = ", ".join(f"{quoted[name]} = excluded.{quoted[name]}" for name in columns if name not in key)
    connection.exec_driver_sql(
        # Names of our own tables and columns; every value is a parameter.
        f"INSERT INTO {table.name} ({', '.join(quoted.values())}) VALUES ({', '.join([place] * len(columns))})"  # noqa: S608
        f" ON CONFLICT ({', '.join(key)}) DO UPDATE SET {changes}",
        list(rows),
    )
