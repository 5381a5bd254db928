"""Settings packages in the register's database: published version by version, read as the rules of one day.

A worker has the package's bytes from here and never from a folder, so all workers have the same (INV-19). Knows who may
sign as little as any other table does: what comes in was checked by `municipal.folder`.
"""

from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache

from sqlalchemy import Connection, Engine, bindparam, delete, select, update

from issuing_center.database import insert_unless_taken, writing
from issuing_center.municipal.folder import SignedPackage
from issuing_center.municipal.holidays import national_holidays
from issuing_center.municipal.hours import NATIONAL_YEAR_END
from issuing_center.municipal.package import JST, WEEK, Day, KindRules, SettingsPackage
from issuing_center.municipal.parsing import FILE, SettingsPackageError, parse_package
from issuing_center.municipal.reading import Flaw
from issuing_center.register import tables
from issuing_center.register.port import InconsistentRegisterError
from issuing_center.register.records import (
    ClosedInterval,
    MunicipalityName,
    MunicipalitySettings,
    OfferSettings,
    OpeningWindow,
    SealDrawing,
)
from issuing_center.register.updates import RegisterChange, change_in

_NOTHING_YET = datetime(1970, 1, 1, tzinfo=UTC)
"""Age of a register that nothing was fed to: too old for any limit, so nothing is issued from it (INV-11)."""


def publish_settings(engine: Engine, signed: SignedPackage) -> bool:
    """Put a settings package into force from its first day on; tells whether it was new.

    The first package makes the municipality known. Publishing the same package again does nothing. Raises
    SettingsPackageError (SETTINGS-04) for a version that is not higher than the last one: a slip, or an old file that came
    back; to go back to older rules, publish them under a new number.
    """
    with writing(engine) as connection:
        make_known(connection, signed)
        return publish_in(change_in(connection, signed.package.name.code, as_of=None), signed)


def make_known(connection: Connection, signed: SignedPackage) -> None:
    """Enter the municipality of a package if nobody knows it yet: with an empty register that is too old for anything."""
    row = {**_names(signed), "feed_as_of": _NOTHING_YET, "feed_sequence": 0, "version": 0}
    insert_unless_taken(connection, tables.municipality, row, key=("code",))


def publish_in(change: RegisterChange, signed: SignedPackage) -> bool:
    """Publish a package as part of a change; else like `publish_settings`."""
    package, connection = signed.package, change.connection
    of = {"municipality_code": package.name.code}
    last = connection.execute(_LATEST, {"code": package.name.code}).one_or_none()
    if last is not None and (last.version, last.sha256) == (package.version, signed.sha256):
        return False
    if last is not None and package.version <= last.version:
        raise SettingsPackageError(
            "SETTINGS-04", [Flaw(FILE, "version", f"a number above {last.version}, the version published last")]
        )
    change.put(
        tables.settings_version,
        [
            {
                **of,
                "version": package.version,
                "valid_from": package.valid_from,
                "sha256": signed.sha256,
                "content": signed.content,
                "signature": signed.signature,
            }
        ],
    )
    files = [{**of, "sha256": sha256, "content": content} for sha256, content in signed.seals]
    change.put(tables.settings_file, files)
    known = tables.municipality
    connection.execute(update(known).where(known.c.code == package.name.code).values(**_names(signed)))
    return True


def _names(signed: SignedPackage) -> dict[str, str]:
    name = signed.package.name
    return {field: getattr(name, field) for field in ("code", "prefecture", "name_ja", "name_kana", "name_en")}


def clear_settings(connection: Connection, municipality_code: str) -> None:
    """Delete a municipality's packages, so that a sandbox can begin anew with the one in its folder."""
    for table in (tables.settings_version, tables.settings_file):
        connection.execute(delete(table).where(table.c.municipality_code == municipality_code))


def read_settings(connection: Connection, name: MunicipalityName, on: date) -> MunicipalitySettings | None:
    """Give the rules of one day; None when no package, mayor or seal is valid on it."""
    found = connection.execute(_IN_FORCE, {"code": name.code, "day": on}).one_or_none()
    if found is None:
        return None

    def drawing(sha256: str) -> bytes | None:
        content = connection.execute(_DRAWING, {"code": name.code, "sha256": sha256}).scalar_one_or_none()
        return None if content is None else bytes(content)

    return settings_of(name, bytes(found.content), found.sha256, on, drawing)


def rules_of_all(connection: Connection, on: date, known: dict[str, SettingsPackage]) -> dict[str, SettingsPackage]:
    """Give the package in force on a day of every municipality, by code; one that cannot be read is left out.

    `known` are packages by digest that were read before; what is read now is added to it.
    """
    digests: dict[str, str] = {}
    for row in connection.execute(_BEGUN, {"day": on}):
        digests[row.municipality_code] = row.sha256
    missing = [digest for digest in digests.values() if digest not in known]
    if missing:
        for row in connection.execute(_CONTENTS, {"digests": missing}):
            # Whoever visits that municipality is told; the others must not wait for it.
            with suppress(InconsistentRegisterError):
                known[row.sha256] = parsed(bytes(row.content))
    return {code: known[digest] for code, digest in digests.items() if digest in known}


def settings_of(
    name: MunicipalityName, content: bytes, sha256: str, on: date, drawing: Callable[[str], bytes | None]
) -> MunicipalitySettings | None:
    """Read the rules of one day out of the package in force; None when no mayor or seal is valid on it.

    `drawing` gives a seal's file by its digest. Raises InconsistentRegisterError.
    """
    rules = parsed(content)
    mayor, use = rules.mayor(on), rules.seal(on)
    if mayor is None or use is None:
        return None
    seal = drawing(use.sha256)
    if seal is None:
        raise InconsistentRegisterError("the seal of a settings package is not there")
    offers = (_offer(entry, rules, on) for entry in sorted(rules.kinds, key=lambda entry: entry.kind))
    return MunicipalitySettings(
        name=name,
        mayor_title=mayor.title,
        mayor_name=mayor.name,
        offers=tuple(offer for offer in offers if offer is not None),
        seal=SealDrawing(use.sha256, use.colour, seal),
        rules=rules,
        rules_sha256=sha256,
    )


_version, _file = tables.settings_version, tables.settings_file
_IN_FORCE = (
    select(_version.c.content, _version.c.sha256)
    .where(_version.c.municipality_code == bindparam("code"), _version.c.valid_from <= bindparam("day"))
    .order_by(_version.c.version.desc())
    .limit(1)
)
_BEGUN = (
    select(_version.c.municipality_code, _version.c.sha256)
    .where(_version.c.valid_from <= bindparam("day"))
    .order_by(_version.c.version)
)
_CONTENTS = select(_version.c.sha256, _version.c.content).where(
    _version.c.sha256.in_(bindparam("digests", expanding=True))
)
_LATEST = (
    select(_version.c.version, _version.c.sha256)
    .where(_version.c.municipality_code == bindparam("code"))
    .order_by(_version.c.version.desc())
    .limit(1)
)
_DRAWING = select(_file.c.content).where(
    _file.c.municipality_code == bindparam("code"), _file.c.sha256 == bindparam("sha256")
)


@lru_cache(maxsize=256)
def parsed(content: bytes) -> SettingsPackage:
    """Parse a published package once a process: by its bytes, so nothing can be stale."""
    try:
        return parse_package(content)
    except SettingsPackageError as error:
        raise InconsistentRegisterError("a published settings package is not one") from error


def _offer(entry: KindRules, rules: SettingsPackage, on: date) -> OfferSettings | None:
    base = next((fee.fee_yen for fee in entry.fees if fee.period.covers(on)), None)
    if base is None:
        return None
    midnight = datetime(on.year, on.month, on.day, tzinfo=JST)
    closed = [
        ClosedInterval(rest.closed_from, rest.closed_until) for rest in rules.maintenance if rest.concerns(entry.kind)
    ]
    if (on.month, on.day) in rules.year_end - NATIONAL_YEAR_END:
        closed.append(ClosedInterval(midnight, midnight + timedelta(days=1)))
    return OfferSettings(
        kind=entry.kind,
        fee_yen=next((fee.fee_yen for fee in entry.campaigns if fee.period.covers(on)), base),
        copies_limit=entry.copies_limit,
        scopes=entry.scopes,
        items=entry.items,
        hours=_week(entry, rules, on),
        closed=tuple(sorted(closed, key=lambda interval: interval.closed_from)),
        form=entry.form,
        years=() if entry.tax_years is None else entry.tax_years.on(on),
    )


def _week(entry: KindRules, rules: SettingsPackage, on: date) -> tuple[OpeningWindow, ...]:
    days: list[Day] = list(WEEK)
    # A day with two readings, in a year without a table, has the shorter: that of a holiday.
    days[on.weekday()] = national_holidays().readings(on, rules.local_holidays)[-1]
    spans = sorted(entry.hours, key=lambda span: span.opens)
    return tuple(
        OpeningWindow(weekday, span.opens, span.closes)
        for weekday, day in enumerate(days)
        for span in spans
        if day in span.days
    )
