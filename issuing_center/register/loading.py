"""Brings a register from a file into the database: for the sandbox and for tests, whose residents are fictitious.

A file is checked word by word: an unknown key is an error, not a field left out of somebody's record.
"""

import tomllib
from collections.abc import Container, Iterable, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy import Connection, Engine

from issuing_center.database import writing
from issuing_center.municipal.folder import sign_package
from issuing_center.municipal.package import JST
from issuing_center.register import tables
from issuing_center.register.ids import household_id_of, id_of, resident_id_of
from issuing_center.register.loading_holdings import HOLDINGS, RegisterFileError, expect_keys, holding_rows
from issuing_center.register.records import CertificateLink
from issuing_center.register.settings_sql import clear_settings, make_known, publish_in
from issuing_center.register.updates import UnknownResidentError, change_in, kinds_text

__all__ = ["RegisterFileError", "household_id_of", "load_register", "resident_id_of"]

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


def load_register(
    bind: Engine | Connection, path: Path, links: Iterable[tuple[str, bytes, int]], *, as_of: datetime
) -> None:
    """Load a register file, the settings package it names and the links of certificates, in one transaction.

    `links` are (resident key, issuer key id, serial number); `as_of` is the instant for which the file counts as
    fresh. Loading again puts everything back to what the files say; records added by others, such as an operator's
    stop signals, stay. The package needs no signature file: whoever loads fictitious residents signs their rules here and
    now, by a key that is forgotten. Raises RegisterFileError, SettingsPackageError, and UnknownResidentError for a link to
    a resident whom the file has not.
    """
    content = tomllib.loads(path.read_text(encoding="utf-8"))
    expect_keys(content, {"municipality", "stop", "household", *HOLDINGS}, "file")
    expect_keys(content["municipality"], {"code", "settings"}, "municipality")
    code: str = content["municipality"]["code"]
    signed = sign_package(path.parent / content["municipality"]["settings"], code, Ed25519PrivateKey.generate())
    households = _households(code, content["household"])
    residents = _residents(code, content["household"])
    known = {row["resident_id"] for row in residents}
    with writing(bind) as connection:
        clear_settings(connection, code)
        make_known(connection, signed)
        change = change_in(connection, code, as_of=as_of)
        publish_in(change, signed)
        change.put(tables.household, households)
        change.put(tables.resident, residents)
        change.put(tables.stop_signal, _stops(code, content.get("stop", [])))
        for table, rows in holding_rows(code, content, path.parent, as_of.astimezone(JST).date()).items():
            _expect_known(rows, known)
            change.put(table, rows)
        certificates = []
        for resident_key, issuer_key_id, serial in links:
            resident_id = resident_id_of(code, resident_key)
            if resident_id not in known:
                raise UnknownResidentError("a certificate is linked to a resident whom the file has not")
            certificates.append(CertificateLink(issuer_key_id, serial, resident_id))
        change.link(certificates)


def _expect_known(rows: Iterable[Mapping[str, Any]], known: Container[str]) -> None:
    for row in rows:
        holder = row.get("resident_id", row.get("holder_id"))
        if holder is not None and holder not in known:
            raise UnknownResidentError("a record is of a resident whom the file has not")


def _households(code: str, households: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    rows = []
    for household in households:
        expect_keys(household, {"key", "address", "domicile", "family_head", "resident"}, "household")
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
            expect_keys(resident, _RESIDENT_COLUMNS | {"key", "furigana", "notarised", "foreign"}, "resident")
            foreign = resident.get("foreign", {})
            expect_keys(foreign, set(_FOREIGN_COLUMNS), "foreign")
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
        expect_keys(stop, {"resident", "household", "kind", "since", "until", "certificates"}, "stop")
        resident, household = stop.get("resident"), stop.get("household")
        level = "resident" if resident is not None else "household" if household is not None else "municipality"
        rows.append(
            {
                "stop_id": id_of(code, "stop", str(number)),
                "municipality_code": code,
                "level": level,
                "resident_id": None if resident is None else resident_id_of(code, resident),
                "household_id": None if household is None else household_id_of(code, household),
                "kind": stop["kind"],
                "since": stop["since"],
                "until": stop.get("until"),
                "kinds": kinds_text(stop.get("certificates")),
            }
        )
    return rows
