"""Records in every register for a crowd of marked residents, so that each of them can have each kind of certificate."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import date
from typing import Any

from sqlalchemy import Table, select

from issuing_center.database import reading
from issuing_center.register import tables
from issuing_center.register.holdings import DamageDegree, Fuhyo, Koseki, Risai
from issuing_center.register.holdings_sql import encode_body
from issuing_center.register.ids import id_of
from issuing_center.register.records import ResidentId
from issuing_center.register.updates import changing
from issuing_center.sandbox.center import SHIOMINO
from tests.support.center import Center
from tests.unit.issuing_center.compose.papers import FUHYO, KOSEKI, SEAL, TAX

_KEPT = (tables.seal_registration, tables.tax_year, tables.record_holder, tables.record)
"""In the order in which they can be emptied."""


@contextmanager
def papers_for(center: Center, marked: Sequence[tuple[ResidentId, str]], year: int) -> Iterator[None]:
    """Give everybody a seal, taxes of a 年度, a family register of their own and damage, with their marker in each.

    The registers are put back afterwards.
    """
    with reading(center.engine) as connection:
        before = [(table, [dict(row) for row in connection.execute(select(table)).mappings()]) for table in _KEPT]
    try:
        _fill(center, _rows(marked, year))
        yield
    finally:
        _fill(center, before)


def _fill(center: Center, contents: Sequence[tuple[Table, list[dict[str, Any]]]]) -> None:
    with changing(center.engine, SHIOMINO, as_of=center.clock.at) as change:
        for table in _KEPT:
            change.connection.execute(table.delete())
        for table, rows in reversed(contents):
            change.put(table, rows)


def _rows(marked: Sequence[tuple[ResidentId, str]], year: int) -> list[tuple[Table, list[dict[str, Any]]]]:
    seals, taxes, holders, records = [], [], [], []
    scan = SEAL.imprint
    for resident, marker in marked:
        seals.append(
            {
                "registration_id": id_of(SHIOMINO, "seal", marker),
                "resident_id": resident,
                "registered_on": date(2020, 1, 6),
                "width_px": scan.width_px,
                "height_px": scan.height_px,
                "dpi": scan.dpi,
                "bits": scan.bits,
            }
        )
        taxes.append({"resident_id": resident, "year": year, "body": encode_body(replace(TAX, year=year))})
        for kind, body in _bodies(marker).items():
            record_id = id_of(SHIOMINO, kind, marker)
            records.append(
                {
                    "record_id": record_id,
                    "municipality_code": SHIOMINO,
                    "kind": kind,
                    "in_processing": False,
                    "body": encode_body(body),
                }
            )
            holders.append({"record_id": record_id, "holder_id": resident, "person_key": "own"})
    contents = (seals, taxes, holders, records)
    return list(zip(_KEPT, contents, strict=True))


def _bodies(marker: str) -> dict[str, Koseki | Fuhyo | Risai]:
    return {
        "koseki": replace(KOSEKI, persons=(replace(KOSEKI.persons[1], key="own", given_name=marker),)),
        "fuhyo": replace(FUHYO, persons=(replace(FUHYO.persons[0], key="own", given_name=marker),)),
        "risai": Risai("1", "見本県", marker, (), date(2026, 9, 9), "見本台風", "見本県", DamageDegree.HALF),
    }
