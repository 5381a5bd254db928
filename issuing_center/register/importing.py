"""Takes one file of the master system into the register: whole and in its order, or not at all.

One transaction, one new version. A file is read once, as a stream; what is remembered of it are hashes of its keys. On
SQLite the write lock is held meanwhile (a million residents: well under a minute), so whole registers are loaded outside
the hours of service there.
"""

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sqlalchemy import Engine

from issuing_center.register.import_files import Errors, ImportRefusedError, LineError, is_in_time, read_file
from issuing_center.register.import_taking import Taking
from issuing_center.register.updates import Feed, changing

__all__ = ["ImportRefusedError", "Imported", "LineError", "import_file"]

FEEDS = {
    "residents": Feed.RESIDENTS,
    "stops": Feed.RESIDENTS,
    "links": Feed.RESIDENTS,
    "seals": Feed.SEALS,
    "taxes": Feed.TAXES,
    "koseki": Feed.KOSEKI,
    "fuhyo": Feed.FUHYO,
    "risai": Feed.RISAI,
}
"""Residents, stop signals and links are one feed with one row of numbers: their order among each other matters."""


@dataclass(frozen=True, slots=True)
class Imported:
    """A file that is in."""

    municipality_code: str
    kind: str
    sequence: int
    records: int
    version: int
    """The register's version of which it is part."""


def import_file(engine: Engine, path: Path, now: datetime) -> Imported:
    """Import one file. See README.md for what it must look like.

    Raises ImportRefusedError with all errors found, at most 100, each with its line: then nothing was imported.
    UnknownMunicipalityError when no settings package made the municipality known. FeedGapError when a message is missing
    or repeated: then the certificates that depend on the feed are stopped until an operator resumes it (INV-12).
    """
    errors = Errors()
    with path.open("rb") as file:
        header, lines = read_file(file, errors)
        if not is_in_time(header, now):
            errors.add(1, "an instant that has passed", "as_of")
            errors.refuse()
        feed = FEEDS[header.kind]
        with changing(engine, header.municipality, as_of=header.as_of, sequence=header.sequence, feed=feed) as change:
            taken = Taking(change, header, errors, path)
            records = taken.all_of(lines)
            errors.refuse()
            return Imported(header.municipality, header.kind, header.sequence, records, change.version)
