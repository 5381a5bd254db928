"""Brings a register from a file into the database: for the sandbox and for tests, whose residents are fictitious.

A file is checked word by word: an unknown key is an error, not a field left out of somebody's record.
"""

import hashlib
import tomllib
from collections.abc import Iterable, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, Table

from issuing_center.database import insert_unless_taken, writing
from issuing_center.register import tables
from issuing_center.register.records import CertificateLink, HouseholdId, ResidentId
from issuing_center.register.updates import UnknownResidentError, change_in, clear_settings

_RESIDENT_COLUMNS = frozenset(
    {
        "name",
        "former_surname",
        "former_surname_reading",
        "birth_date",
        "birth_precision",
        "sex",
        "relation",
        "domicile",
        "family_head",
        "my_number",
        "became_resident_on",
        "address_since",
        "notified_on",
        "previous_address",
        "removed_on",
    }
)
_FOREIGN_COLUMNS = {
    "nationality": "nationality",
    "category": "foreign_category",
    "residence_status": "residence_status",
    "residence_period": "residence_period",
    "residence_expires_on": "residence_expires_on",
    "card_number": "residence_card_number",
    "became_foreign_resident_on": "became_foreign_resident_on",
    "kanji_name": "kanji_name",
    "kana_name": "kana_name",
    "alias": "alias",
    "alias_recorded_on": "alias_recorded_on",
    "alias_recorded_in": "alias_recorded_in",
}


class RegisterFileError(ValueError):
    """A register file says something this module does not understand; names the key, never a value."""


def resident_id_of(municipality_code: str, resident_key: str) -> ResidentId:
    """Give the id under which a file's resident is stored: the same at every loading."""
    return ResidentId(_id_of(municipality_code, "resident", resident_key))


def household_id_of(municipality_code: str, household_key: str) -> HouseholdId:
    """Give the id under which a file's household is stored: the same at every loading."""
    return HouseholdId(_id_of(municipality_code, "household", household_key))


def load_register(
    bind: Engine | Connection, path: Path, links: Iterable[tuple[str, bytes, int]], *, as_of: datetime
) -> None:
    """Load a register file and the links of certificates, in one transaction and as one new version.

    `links` are (resident key, issuer key id, serial number); `as_of` is the instant for which the file counts as
    fresh. Loading again puts everything back to what the file says; records added by others, such as an operator's
    stop signals, stay. Raises RegisterFileError, and UnknownResidentError for a link to a resident whom the file has
    not.
    """
    content = tomllib.loads(path.read_text(encoding="utf-8"))
    _expect(content, {"municipality", "mayor", "offer", "hours", "closed", "stop", "household"}, "file")
    name = content["municipality"]
    _expect(name, {"code", "prefecture", "name_ja", "name_kana", "name_en"}, "municipality")
    code: str = name["code"]
    households = _households(code, content["household"])
    residents = _residents(code, content["household"])
    known = {row["resident_id"] for row in residents}
    with writing(bind) as connection:
        insert_unless_taken(
            connection,
            tables.municipality,
            {**name, "feed_as_of": as_of, "feed_sequence": 0, "version": 0},
            key=("code",),
        )
        change = change_in(connection, code, as_of=as_of)
        clear_settings(connection, code)
        for table, rows in _settings(code, content).items():
            change.put(table, rows)
        change.put(tables.household, households)
        change.put(tables.resident, residents)
        change.put(tables.stop_signal, _stops(code, content.get("stop", [])))
        certificates = []
        for resident_key, issuer_key_id, serial in links:
            resident_id = resident_id_of(code, resident_key)
            if resident_id not in known:
                raise UnknownResidentError("a certificate is linked to a resident whom the file has not")
            certificates.append(CertificateLink(issuer_key_id, serial, resident_id))
        change.link(certificates)


def _settings(code: str, content: Mapping[str, Any]) -> dict[Table, list[dict[str, Any]]]:
    for mayor in content["mayor"]:
        _expect(mayor, {"valid_from", "valid_until", "title", "name"}, "mayor")
    for offer in content["offer"]:
        _expect(offer, {"kind", "valid_from", "valid_until", "fee_yen", "copies_limit", "scopes", "items"}, "offer")
    for hours in content["hours"]:
        _expect(hours, {"kind", "weekdays", "opens", "closes"}, "hours")
    for closed in content.get("closed", []):
        _expect(closed, {"kind", "closed_from", "closed_until"}, "closed")
    of = {"municipality_code": code}
    return {
        tables.mayor: [{**of, **mayor} for mayor in content["mayor"]],
        tables.offer: [
            {
                **of,
                **{key: value for key, value in offer.items() if key != "items"},
                "scopes": " ".join(offer["scopes"]),
                "entries": " ".join(offer["items"]),
            }
            for offer in content["offer"]
        ],
        tables.opening_window: [
            {
                **of,
                "kind": hours["kind"],
                "weekday": weekday,
                "opens": f"{hours['opens']:%H:%M}",
                "closes": f"{hours['closes']:%H:%M}",
            }
            for hours in content["hours"]
            for weekday in hours["weekdays"]
        ],
        tables.closed_interval: [{**of, **closed} for closed in content.get("closed", [])],
    }


def _households(code: str, households: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    rows = []
    for household in households:
        _expect(household, {"key", "address", "domicile", "family_head", "resident"}, "household")
        rows.append(
            {
                "household_id": household_id_of(code, household["key"]),
                "municipality_code": code,
                "address": household["address"],
            }
        )
    return rows


def _residents(code: str, households: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    rows = []
    for household in households:
        for position, resident in enumerate(household["resident"]):
            _expect(resident, _RESIDENT_COLUMNS | {"key", "furigana", "notarised", "foreign"}, "resident")
            foreign = resident.get("foreign", {})
            _expect(foreign, set(_FOREIGN_COLUMNS), "foreign")
            surname, given = resident.get("furigana", (None, None))
            notarised = resident["notarised"]
            if notarised not in ("both", "surname", "given", "none"):
                raise RegisterFileError("notarised")
            # A family register is mostly a household's: said once, and again for the member of whom it is not true.
            shared = {} if foreign else {key: household.get(key) for key in ("domicile", "family_head")}
            rows.append(
                {
                    "birth_precision": "day",
                    **shared,
                    **{key: value for key, value in resident.items() if key in _RESIDENT_COLUMNS},
                    **{_FOREIGN_COLUMNS[key]: value for key, value in foreign.items()},
                    "resident_id": resident_id_of(code, resident["key"]),
                    "household_id": household_id_of(code, household["key"]),
                    "position": position,
                    "is_head": resident["relation"] == "世帯主",
                    "furigana_surname": surname,
                    "furigana_surname_notarised": notarised in ("both", "surname"),
                    "furigana_given": given,
                    "furigana_given_notarised": notarised in ("both", "given"),
                }
            )
    return rows


def _stops(code: str, stops: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    rows = []
    for number, stop in enumerate(stops):
        _expect(stop, {"resident", "household", "kind", "since", "until"}, "stop")
        resident, household = stop.get("resident"), stop.get("household")
        level = "resident" if resident is not None else "household" if household is not None else "municipality"
        rows.append(
            {
                "stop_id": _id_of(code, "stop", str(number)),
                "municipality_code": code,
                "level": level,
                "resident_id": None if resident is None else resident_id_of(code, resident),
                "household_id": None if household is None else household_id_of(code, household),
                "kind": stop["kind"],
                "since": stop["since"],
                "until": stop.get("until"),
            }
        )
    return rows


def _id_of(code: str, what: str, key: str) -> str:
    return hashlib.sha256(f"{code}/{what}/{key}".encode()).hexdigest()[:32]


def _expect(table: Mapping[str, Any], keys: Iterable[str], where: str) -> None:
    unknown = set(table) - set(keys)
    if unknown:
        raise RegisterFileError(f"{where}: {', '.join(sorted(unknown))}")
