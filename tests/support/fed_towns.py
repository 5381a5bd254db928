"""A municipality that is fed by files: what a test sends, and that a refused file leaves nothing behind."""

import csv
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, func, select

from issuing_center.database import reading
from issuing_center.register import tables
from issuing_center.register.ids import resident_id_of
from issuing_center.register.importing import Imported, ImportRefusedError, import_file
from issuing_center.register.records import ResidentId
from issuing_center.register.settings_sql import publish_settings
from issuing_center.register.sql import SqlRegister
from tests.support.registers import AS_OF, SHIOMINO, package_folder, signed

HEAD: dict[str, Any] = {
    "resident": "r-1",
    "household": "h-1",
    "address": "見本県汐見野市松風町3番地12",
    "position": 0,
    "is_head": True,
    "name": "渡邉\U000e010f　一郎",
    "birth_date": "1979-09-09",
    "sex": "male",
    "relation": "世帯主",
    "became_resident_on": "1979-09-09",
}
WIFE = {
    **HEAD,
    "resident": "r-2",
    "position": 1,
    "is_head": False,
    "name": "𠮷田　\ufa19子",
    "sex": "female",
    "relation": "妻",
}
FOREIGN = {
    "nationality": "架空国",
    "foreign_category": "特別永住者",
    "became_foreign_resident_on": "2012-07-09",
}


def header(kind: str, count: int, /, **changes: object) -> dict[str, Any]:
    """Give the header of a file, with what is told otherwise."""
    return {
        "register_import": 1,
        "municipality": SHIOMINO,
        "kind": kind,
        "sequence": 1,
        "as_of": "2026-11-20T12:00:00+09:00",
        "count": count,
        **changes,
    }


class FedTown:
    """A municipality and files for it."""

    def __init__(self, engine: Engine, folder: Path) -> None:
        self.engine, self.folder, self.register = engine, folder, SqlRegister(engine)

    def send(self, kind: str, /, *lines: object, raw: bytes = b"", **changes: object) -> Imported:
        """Import lines as a JSON Lines file."""
        path = self.folder / "import.jsonl"
        written = [header(kind, len(lines), **changes), *lines]
        path.write_bytes("".join(f"{json.dumps(line)}\n" for line in written).encode() + raw)
        return import_file(self.engine, path, AS_OF)

    def send_rows(self, kind: str, columns: Sequence[str], /, *rows: Sequence[object], **changes: object) -> Imported:
        """Import rows as a CSV file."""
        path = self.folder / "import.csv"
        first = [cell for pair in header(kind, len(rows), **changes).items() for cell in pair]
        with path.open("w", encoding="utf-8", newline="") as file:
            csv.writer(file).writerows([first, columns, *rows])
        return import_file(self.engine, path, AS_OF)

    def errors(self, kind: str, /, *lines: object, raw: bytes = b"", **changes: object) -> list[str]:
        """Import lines that must be refused; gives the errors."""
        before = self.sizes()
        with pytest.raises(ImportRefusedError) as refused:
            self.send(kind, *lines, raw=raw, **changes)
        assert self.sizes() == before
        assert str(refused.value).splitlines() == [str(error) for error in refused.value.errors]
        return [str(error) for error in refused.value.errors]

    def sizes(self) -> list[int]:
        """Count what the register holds."""
        with reading(self.engine) as connection:
            return [
                connection.execute(select(func.count()).select_from(table)).scalar_one()
                for table in (
                    *(tables.household, tables.resident, tables.stop_signal, tables.certificate_link),
                    *(tables.seal_registration, tables.tax_year, tables.record, tables.record_holder),
                )
            ]


def known_town(engine: Engine, folder: Path) -> FedTown:
    """Give a municipality that is known by its package alone: nobody lives there yet."""
    publish_settings(engine, signed((package_folder(SHIOMINO) / "settings.toml").read_text(encoding="utf-8")))
    return FedTown(engine, folder)


def rid(key: str) -> ResidentId:
    """Give the id of a resident that came by file."""
    return resident_id_of(SHIOMINO, key)
