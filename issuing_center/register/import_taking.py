"""What becomes of the lines of an import file, kind by kind, inside the transaction of their file.

Errors are collected and nothing is written after the first; the transaction is undone by whoever opened it. Of the lines
read before, hashes of their keys are remembered and nothing else.
"""

import hashlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Table, and_, case, delete, func, select

from issuing_center.municipal.vocabulary import KINDS
from issuing_center.register import tables
from issuing_center.register.folding import lookup_keys
from issuing_center.register.holdings import imprint_from_pbm
from issuing_center.register.holdings_sql import encode_body
from issuing_center.register.ids import household_id_of, id_of, record_id_of, resident_id_of
from issuing_center.register.import_files import Errors, Header, read_file
from issuing_center.register.import_lines import (
    RESIDENT_FIELDS,
    FuhyoLine,
    KosekiLine,
    Line,
    LinkLine,
    ResidentLine,
    RisaiLine,
    SealLine,
    StopLine,
    TaxLine,
)
from issuing_center.register.updates import RegisterChange, kinds_text, put_tuples

BATCH = 2000
"""Lines between two trips to the database; more gains nothing on either."""

_DAYS = frozenset(
    {
        "birth_date",
        "removed_on",
        "became_resident_on",
        "address_since",
        "notified_on",
        "residence_expires_on",
        "became_foreign_resident_on",
        "alias_recorded_on",
    }
)
_RESIDENT_COLUMNS = ("resident_id", "household_id", *RESIDENT_FIELDS)
_HOUSEHOLD_COLUMNS = ("household_id", "municipality_code", "address")


class Taking:
    """The import of one file, inside its transaction."""

    def __init__(self, change: RegisterChange, header: Header, errors: Errors, path: Path) -> None:
        self._change, self._header, self._errors, self._path = change, header, errors, path
        self._connection: Connection = change.connection
        self._code = header.municipality
        self._keys: set[int] = set()
        self._household_key, self._household_id, self._address = "", "", ""
        """The household that is being read."""
        self._heads = 0
        self._households: set[int] = set()
        self._few_households: list[str] = []

    def all_of(self, lines: Iterable[tuple[int, Line]]) -> int:
        """Take every line; gives how many there were. Errors are collected, not raised."""
        take = _TAKERS[self._header.kind]
        records = 0
        for batch in _batches(lines):
            records += len(batch)
            take(self, batch)
        if not self._errors.found and records != self._header.count:
            self._errors.add(1, f"the number of records that follow, which is {records}", "count")
        if not self._errors.found and self._header.kind == "residents":
            self._check_heads()
        return records

    def residents(self, batch: list[tuple[int, Any]]) -> None:
        """Take residents and their households."""
        connection, code = self._connection, self._code
        as_day = _is_sqlite(connection)
        residents: list[tuple[object, ...]] = []
        households: list[tuple[object, ...]] = []
        for number, line in batch:
            resident: ResidentLine = line
            resident_id = resident_id_of(code, resident.resident)
            self._once(number, resident_id, "resident")
            household_id = self._household(number, resident, households)
            values = [getattr(resident, name) for name in RESIDENT_FIELDS]
            if as_day:
                for at in _DAY_POSITIONS:
                    if values[at] is not None:
                        values[at] = values[at].isoformat()
            if not _complete(resident):
                self._errors.add(
                    number,
                    "of a foreign resident all of nationality, category and date, and no domicile",
                    "nationality",
                )
            residents.append((resident_id, household_id, *values))
        if not self._errors.found:
            if households:
                put_tuples(connection, tables.household, _HOUSEHOLD_COLUMNS, households)
            put_tuples(connection, tables.resident, _RESIDENT_COLUMNS, residents)

    def stops(self, batch: list[tuple[int, Any]]) -> None:
        """Take stop signals."""
        rows, of_records = [], []
        for number, stop in batch:
            line: StopLine = stop
            self._once(number, line.stop, "stop")
            if line.since.tzinfo is None or (line.until is not None and line.until.tzinfo is None):
                self._errors.add(number, "an instant with its offset from UTC", "since")
                continue
            if sum(target is not None for target in (line.resident, line.household, line.koseki, line.fuhyo)) > 1:
                self._errors.add(number, "one of resident, household, koseki and fuhyo", "household")
            if line.person is not None and line.koseki is None and line.fuhyo is None:
                self._errors.add(number, "a person of a koseki or fuhyo", "person")
            kinds = None if line.certificates is None else line.certificates.split()
            if kinds is not None and not (kinds and KINDS.keys() >= set(kinds)):
                self._errors.add(number, f"words among {', '.join(KINDS)}", "certificates")
                continue
            signal = {
                "stop_id": id_of(self._code, "stop-feed", line.stop),
                "municipality_code": self._code,
                "kind": line.kind,
                "since": line.since,
                "until": line.until,
                "kinds": kinds_text(kinds),
            }
            key = line.koseki or line.fuhyo
            if key is not None:
                record_id = record_id_of(self._code, "koseki" if line.koseki else "fuhyo", key)
                of_records.append({**signal, "record_id": record_id, "person_key": line.person})
                continue
            rows.append(
                {
                    **signal,
                    "level": "resident" if line.resident else "household" if line.household else "municipality",
                    "resident_id": line.resident and resident_id_of(self._code, line.resident),
                    "household_id": line.household and household_id_of(self._code, line.household),
                }
            )
        self._expect_known(batch, tables.resident, "resident", [line.resident for _, line in batch])
        self._expect_known(batch, tables.household, "household", [line.household for _, line in batch])
        self._put(tables.stop_signal, rows)
        self._put(tables.record_stop, of_records)

    def links(self, batch: list[tuple[int, Any]]) -> None:
        """Take links of certificates; one that is linked already passes to the resident named here."""
        rows = []
        for number, link in batch:
            line: LinkLine = link
            serial = line.serial.lstrip("0")
            self._once(number, f"{line.issuer_key_id}/{serial}", "serial")
            if not serial:
                self._errors.add(number, "a serial number above 0", "serial")
            rows.append(
                {
                    "issuer_key_id": bytes.fromhex(line.issuer_key_id),
                    "serial": serial,
                    "resident_id": resident_id_of(self._code, line.resident),
                    "active": line.active,
                }
            )
        self._expect_known(batch, tables.resident, "resident", [line.resident for _, line in batch])
        self._put(tables.certificate_link, rows)

    def seals(self, batch: list[tuple[int, Any]]) -> None:
        """Take seal registrations."""
        rows = []
        for number, seal in batch:
            line: SealLine = seal
            self._once(number, line.seal, "seal")
            try:
                scan = imprint_from_pbm(line.imprint, line.dpi)
            except ValueError:
                self._errors.add(number, "a binary PBM picture of at most 30 mm, with ink, in base64", "imprint")
                continue
            rows.append(
                {
                    "registration_id": id_of(self._code, "seal", line.seal),
                    "resident_id": resident_id_of(self._code, line.resident),
                    "registered_on": line.registered_on,
                    "abolished_on": line.abolished_on,
                    "width_px": scan.width_px,
                    "height_px": scan.height_px,
                    "dpi": scan.dpi,
                    "bits": scan.bits,
                    "former_surname": line.former_surname,
                    "alias": line.alias,
                    "katakana_name": line.katakana_name,
                    "remarks": line.remarks,
                }
            )
        self._expect_known(batch, tables.resident, "resident", [line.resident for _, line in batch])
        self._put(tables.seal_registration, rows)

    def taxes(self, batch: list[tuple[int, Any]]) -> None:
        """Take tax years."""
        rows = []
        for number, tax in batch:
            line: TaxLine = tax
            self._once(number, f"{line.resident}/{line.year}", "year")
            if line.record is not None and line.record.year != line.year:
                self._errors.add(number, "the year of the line", "record.year")
            rows.append(
                {
                    "resident_id": resident_id_of(self._code, line.resident),
                    "year": line.year,
                    "body": None if line.record is None else encode_body(line.record),
                }
            )
        self._expect_known(batch, tables.resident, "resident", [line.resident for _, line in batch])
        self._put(tables.tax_year, rows)

    def records(self, batch: list[tuple[int, Any]]) -> None:
        """Take family registers, address histories or damage, with those who may have them certified."""
        kind = self._header.kind
        rows, holders, gone = [], [], []
        for number, record in batch:
            line: KosekiLine | FuhyoLine | RisaiLine = record
            self._once(number, line.key, "key")
            record_id = record_id_of(self._code, kind, line.key)
            gone.append(record_id)
            if line.record is None:
                continue
            links = _holders(line)
            if not isinstance(line, RisaiLine) and not set(links) <= {person.key for person in _persons(line)}:
                self._errors.add(number, "keys of persons in the record", "holders")
            rows.append(
                {
                    "record_id": record_id,
                    "record_key": line.key,
                    "municipality_code": self._code,
                    "kind": kind,
                    "in_processing": isinstance(line, KosekiLine) and line.in_processing,
                    "body": encode_body(line.record),
                    **lookup_keys(line.record),
                }
            )
            holders += [
                {"record_id": record_id, "holder_id": resident_id_of(self._code, resident), "person_key": person}
                for person, resident in links.items()
            ]
        self._expect_all_known(batch)
        if self._errors.found:
            return
        kept = {row["record_id"] for row in rows}
        self._forget(gone, [record_id for record_id in gone if record_id not in kept])
        self._put(tables.record, rows)
        self._put(tables.record_holder, holders)

    def _forget(self, named: list[str], gone: list[str]) -> None:
        """Take back who holds the records named, but for those who registered from elsewhere; drop those that are gone."""
        holder, resident = tables.record_holder, tables.resident
        self._connection.execute(
            delete(holder).where(
                holder.c.record_id.in_(named),
                holder.c.holder_id.in_(
                    select(resident.c.resident_id).where(resident.c.resident_id == holder.c.holder_id)
                ),
            )
        )
        if gone:
            self._connection.execute(delete(holder).where(holder.c.record_id.in_(gone)))
            self._connection.execute(delete(tables.record).where(tables.record.c.record_id.in_(gone)))

    def _household(self, number: int, line: ResidentLine, rows: list[tuple[object, ...]]) -> str:
        if line.household == self._household_key:
            if line.address != self._address:
                self._errors.add(number, "the address of the household's other members", "address")
        else:
            household_id = household_id_of(self._code, line.household)
            self._household_key, self._household_id, self._address = line.household, household_id, line.address
            self._heads = 0
            short = int(household_id[:16], 16)
            if short in self._households:
                self._errors.add(number, "members of a household on consecutive lines", "household")
            self._households.add(short)
            if len(self._few_households) <= BATCH:
                self._few_households.append(household_id)
            rows.append((household_id, self._code, line.address))
        if line.is_head and line.removed_on is None:
            self._heads += 1
            if self._heads > 1:
                self._errors.add(number, "one head in a household", "is_head")
        return self._household_id

    def _once(self, number: int, key: str, field: str) -> None:
        short = int.from_bytes(hashlib.sha256(key.encode()).digest()[:8]) if len(key) != 32 else int(key[:16], 16)
        if short in self._keys:
            self._errors.add(number, "a key that is on no earlier line", field)
        self._keys.add(short)

    def _check_heads(self) -> None:
        """Hold every household of the file against the register as it is now: members may have been there before."""
        resident, household = tables.resident, tables.household
        heads = func.sum(case((and_(resident.c.is_head, resident.c.removed_on.is_(None)), 1), else_=0))
        living = func.sum(case((resident.c.removed_on.is_(None), 1), else_=0))
        wrong = (
            select(resident.c.household_id)
            .join(household, household.c.household_id == resident.c.household_id)
            .where(household.c.municipality_code == self._code)
            .group_by(resident.c.household_id)
            .having(and_(living > 0, heads != 1))
        )
        if len(self._few_households) <= BATCH:
            wrong = wrong.where(resident.c.household_id.in_(self._few_households))
        found = set(self._connection.execute(wrong.limit(100)).scalars())
        if found:
            self._tell_heads(found)

    def _tell_heads(self, household_ids: set[str]) -> None:
        """Read the file once more for the lines of these households; only a file that is refused pays for it."""
        with self._path.open("rb") as file:
            _, lines = read_file(file, Errors())
            for number, line in lines:
                if isinstance(line, ResidentLine):
                    household_id = household_id_of(self._code, line.household)
                    if household_id in household_ids:
                        household_ids.discard(household_id)
                        self._errors.add(number, "one head in the household that begins here", "is_head")
        if household_ids:
            self._errors.add(1, "one head in every household of the municipality")

    def _expect_all_known(self, batch: list[tuple[int, Any]]) -> None:
        pairs = [(number, resident) for number, line in batch for resident in _holders(line).values()]
        self._expect_known(pairs, tables.resident, "holders", [resident for _, resident in pairs])

    def _expect_known(self, batch: list[tuple[int, Any]], table: Table, field: str, keys: list[str | None]) -> None:
        """Add an error for every line that names somebody whom the register has not."""
        make: Callable[[str, str], str] = resident_id_of if table is tables.resident else household_id_of
        wanted = {make(self._code, key): number for (number, _), key in zip(batch, keys, strict=True) if key}
        column = next(iter(table.primary_key))
        known: set[str] = set()
        ids = list(wanted)
        for start in range(0, len(ids), 500):
            known |= set(self._connection.execute(select(column).where(column.in_(ids[start : start + 500]))).scalars())
        for missing in ids:
            if missing not in known:
                self._errors.add(wanted[missing], f"{table.name}s whom the register has", field)

    def _put(self, table: Table, rows: list[dict[str, Any]]) -> None:
        if not self._errors.found:
            self._change.put(table, rows)


_DAY_POSITIONS = tuple(at for at, name in enumerate(RESIDENT_FIELDS) if name in _DAYS)

_TAKERS: dict[str, Callable[[Taking, list[tuple[int, Any]]], None]] = {
    "residents": Taking.residents,
    "stops": Taking.stops,
    "links": Taking.links,
    "seals": Taking.seals,
    "taxes": Taking.taxes,
    "koseki": Taking.records,
    "fuhyo": Taking.records,
    "risai": Taking.records,
}


def _batches(lines: Iterable[tuple[int, Line]]) -> Iterator[list[tuple[int, Line]]]:
    batch: list[tuple[int, Line]] = []
    for numbered in lines:
        batch.append(numbered)
        if len(batch) == BATCH:
            yield batch
            batch = []
    if batch:
        yield batch


def _is_sqlite(connection: Connection) -> bool:
    return connection.dialect.name == "sqlite"


def _complete(line: ResidentLine) -> bool:
    """Tell whether a record is one of a national or one of a foreign resident, and not half of each."""
    foreign = line.nationality is not None
    together = (line.foreign_category is not None, line.became_foreign_resident_on is not None)
    return together == (foreign, foreign) and not (foreign and (line.domicile or line.family_head))


def _holders(line: KosekiLine | FuhyoLine | RisaiLine) -> Mapping[str, str]:
    return {key: key for key in line.holders} if isinstance(line, RisaiLine) else line.holders


def _persons(line: KosekiLine | FuhyoLine) -> Iterable[Any]:
    return () if line.record is None else line.record.persons
