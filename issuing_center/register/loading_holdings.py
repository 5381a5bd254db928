"""Seals, taxes, family registers and damage of a fictitious register file, as rows.

The file writes the lines of a family register as pairs (`["出生地", "見本県"]`) and counts 年度 back from the newest, so that
its people have their papers whenever the sandbox runs.
"""

from collections.abc import Iterable, Mapping
from datetime import date
from pathlib import Path
from typing import Any, TypeVar

import msgspec
from sqlalchemy import Table

from issuing_center.register import tables
from issuing_center.register.folding import lookup_keys
from issuing_center.register.holdings import (
    FOREST_TAX_FROM,
    Fuhyo,
    Koseki,
    Risai,
    TaxRecord,
    imprint_from_pbm,
)
from issuing_center.register.holdings_sql import encode_body, unread_key
from issuing_center.register.ids import id_of, record_id_of, resident_id_of

HOLDINGS = ("seal", "tax", "koseki", "fuhyo", "risai")
"""The arrays of tables that this module reads."""
_CHANGEOVER = (6, 1)
"""From this month and day a calendar year's own 年度 counts as the newest."""
_SEAL = ("registered_on", "abolished_on", "former_surname", "alias", "katakana_name", "remarks")

ValueT = TypeVar("ValueT", bound=Koseki | Fuhyo | Risai | TaxRecord)


class RegisterFileError(ValueError):
    """A register file says something this module does not understand; names the key, never a value."""


def expect_keys(table: Mapping[str, Any], keys: Iterable[str], where: str) -> None:
    """Raise RegisterFileError for a key that nobody reads."""
    unknown = set(table) - set(keys)
    if unknown:
        raise RegisterFileError(f"{where}: {', '.join(sorted(unknown))}")


def holding_rows(code: str, content: Mapping[str, Any], folder: Path, on: date) -> dict[Table, list[dict[str, Any]]]:
    """Give the rows of every holding in the file; `folder` has the imprints, `on` is the day of loading."""
    records, holders = [], []
    family: tuple[tuple[str, type[Koseki | Fuhyo]], ...] = (("koseki", Koseki), ("fuhyo", Fuhyo))
    for kind, value in family:
        for entry in content.get(kind, []):
            record_id = record_id_of(code, kind, entry["key"])
            persons = [dict(person) for person in entry["persons"]]
            links = {person["key"]: person.pop("resident") for person in persons if "resident" in person}
            body = {**entry, "persons": persons}
            del body["key"]
            in_processing = body.pop("in_processing", False)
            row = _record(code, record_id, kind, body, value, in_processing=in_processing)
            records.append({**row, "record_key": entry["key"]})
            holders += [_holder(code, record_id, resident, person) for person, resident in links.items()]
    for entry in content.get("risai", []):
        record_id = record_id_of(code, "risai", entry["reference"])
        body = {key: value for key, value in entry.items() if key != "residents"}
        records.append(_record(code, record_id, "risai", body, Risai))
        holders += [_holder(code, record_id, resident, resident) for resident in entry["residents"]]
    return {
        tables.seal_registration: [_seal(code, entry, folder) for entry in content.get("seal", [])],
        tables.tax_year: [_tax(code, entry, on) for entry in content.get("tax", [])],
        tables.record: records,
        tables.record_holder: holders,
    }


def _seal(code: str, entry: Mapping[str, Any], folder: Path) -> dict[str, Any]:
    expect_keys(entry, ("resident", "imprint", "dpi", *_SEAL), "seal")
    scan = imprint_from_pbm((folder / entry["imprint"]).read_bytes(), entry["dpi"])
    return {
        "registration_id": id_of(code, "seal", f"{entry['resident']}/{entry['registered_on']}"),
        "resident_id": resident_id_of(code, entry["resident"]),
        "width_px": scan.width_px,
        "height_px": scan.height_px,
        "dpi": scan.dpi,
        "bits": scan.bits,
        **{key: entry[key] for key in _SEAL if key in entry},
    }


def _tax(code: str, entry: Mapping[str, Any], on: date) -> dict[str, Any]:
    values = dict(entry)
    newest = on.year if (on.month, on.day) >= _CHANGEOVER else on.year - 1
    year = newest - values.pop("years_back")
    row = {"resident_id": resident_id_of(code, values.pop("resident")), "year": year}
    if not values.pop("declared", True):
        expect_keys(values, (), "tax")
        return {**row, "body": None}
    forest = None if year < FOREST_TAX_FROM else values["levy"].get("forest_yen")
    body = {"payments_as_of": on, **values, "year": year, "levy": {**values["levy"], "forest_yen": forest}}
    return {**row, "body": encode_body(_value(body, TaxRecord, "tax"))}


def _record(
    code: str, record_id: str, kind: str, body: Mapping[str, Any], value: type[ValueT], *, in_processing: bool = False
) -> dict[str, Any]:
    record = _value(body, value, kind)
    return {
        "record_id": record_id,
        "municipality_code": code,
        "kind": kind,
        "in_processing": in_processing,
        "body": encode_body(record),
        **lookup_keys(record),
    }


def _holder(code: str, record_id: str, resident: str, person_key: str) -> dict[str, Any]:
    return {"record_id": record_id, "holder_id": resident_id_of(code, resident), "person_key": person_key}


def _value(body: Mapping[str, Any], kind: type[ValueT], where: str) -> ValueT:
    plain = _spelt_out(body, _ABSENT[kind])
    try:
        value: ValueT = msgspec.convert(plain, kind)
    except msgspec.ValidationError:
        raise RegisterFileError(f"{where}: not a {kind.__name__}") from None
    extra = unread_key(plain, msgspec.to_builtins(value))
    if extra is not None:
        raise RegisterFileError(f"{where}: {extra}")
    return value


def _spelt_out(value: object, absent: Mapping[str, Mapping[str, None]], key: str = "") -> Any:  # noqa: ANN401  any value of a TOML file
    """Write pairs as the tables that the values are decoded from; a key left out is None, where it may be."""
    match value:
        case dict():
            return {**absent.get(key, {}), **{name: _spelt_out(inner, absent, name) for name, inner in value.items()}}
        case [str(label), inner] if key in ("lines", "parents", "relations"):
            return {"label": label, "value": _date_or_words(inner)}
        case [str(address), since] if key == "addresses":
            return {"address": address or None, "since": _date_or_words(since) if since else None}
        case [str(label), int(amount)] if key in ("incomes", "deductions"):
            return {"label": label, "amount_yen": amount}
        case list():
            return [_spelt_out(inner, absent, key) for inner in value]
        case _ if key == "birth_date":
            return _date_or_words(value)
        case _:
            return value


_ABSENT: dict[type, dict[str, dict[str, None]]] = {
    Koseki: {"": {"surname_reading": None}, "persons": {"reading": None, "spouse": None}},
    Fuhyo: {"persons": {"birth_date": None, "sex": None}},
    TaxRecord: {"levy": {"base_separate_yen": None}},
    Risai: {},
}
"""Keys that a file may leave out where the values want a word: by the table in which they stand."""


def _date_or_words(value: object) -> dict[str, object]:
    return {"on": value} if isinstance(value, date) else {"words": value}
