"""Puts together what a decision about one person needs, out of one reading transaction (INV-5).

A record that contradicts itself is named as broken and stops what hangs on it, not the rest.
"""

from collections.abc import Callable, Iterable
from typing import TypeVar

from sqlalchemy import Connection, bindparam, select

from issuing_center.register import tables
from issuing_center.register.holdings import AbolishedSeal, KosekiInProcessing, Risai, UndeclaredYear
from issuing_center.register.port import InconsistentRegisterError
from issuing_center.register.records import Resident, ResidentId, StopSignal
from issuing_center.register.remote.messages import (
    Ask,
    Dossier,
    PackageEntry,
    Person,
    RecordSignal,
    Signal,
    TaxEntry,
    raw,
)
from issuing_center.register.sql import SqlRegisterSnapshot, read_snapshot
from issuing_center.register.updates import CERTIFICATES_OF

ValueT = TypeVar("ValueT")


def dossier_for(connection: Connection, ask: Ask) -> Dossier | None:
    """Answer out of the present version; None when that is not the one asked for. Raises UnknownMunicipalityError."""
    snapshot = read_snapshot(connection, ask.municipality)
    if ask.version is not None and ask.version != snapshot.version:
        return None
    name = snapshot.name
    return Dossier(
        request=ask.request,
        municipality=name.code,
        prefecture=name.prefecture,
        name_ja=name.name_ja,
        name_kana=name.name_kana,
        name_en=name.name_en,
        version=snapshot.version,
        as_of=snapshot.as_of,
        complete_until={
            kind: snapshot.complete_until(kind) for kinds in CERTIFICATES_OF.values() for kind in sorted(kinds)
        },
        packages=[
            PackageEntry(version=row.version, valid_from=row.valid_from, sha256=row.sha256)
            for row in connection.execute(_PACKAGES, {"code": name.code})
        ],
        person=None if ask.resident is None else _person(snapshot, ask),
    )


def file_of(connection: Connection, municipality_code: str, sha256: str) -> bytes | None:
    """Give a published settings package or seal drawing by its digest; None when there is none."""
    key = {"code": municipality_code, "sha256": sha256}
    for query in (_PACKAGE, _FILE):
        content = connection.execute(query, key).scalar()
        if content is not None:
            return bytes(content)
    return None


def _person(snapshot: SqlRegisterSnapshot, ask: Ask) -> Person:
    assert ask.resident is not None
    who = ResidentId(ask.resident)
    broken: list[str] = []

    def sound(name: str, give: Callable[[], ValueT], instead: ValueT) -> ValueT:
        try:
            return give()
        except InconsistentRegisterError:
            broken.append(name)
            return instead

    nobody: tuple[Resident, ...] = ()
    nothing: tuple[Risai, ...] = ()
    seal = sound("seal", lambda: snapshot.seal(who), None)
    abolished = seal if isinstance(seal, AbolishedSeal) else None
    koseki = sound("koseki", lambda: snapshot.koseki(who), None)
    in_processing = isinstance(koseki, KosekiInProcessing)
    return Person(
        resident=who,
        household=raw(sound("household", lambda: snapshot.household(who), nobody)),
        signals=[_signal(stop) for stop in snapshot.stops(who, ask.at)],
        record_signals={
            kind: [
                RecordSignal(signal=_signal(stop.signal), person_key=stop.person_key)
                for stop in snapshot.stops_of_record(kind, who, ask.at)
            ]
            for kind in ("koseki", "fuhyo")
        },
        taxes=list(_taxes(snapshot, who)),
        seal=raw(None if abolished else seal),
        seal_abolished_on=abolished.abolished_on if abolished else None,
        koseki=raw(None if in_processing else koseki),
        koseki_in_processing=in_processing,
        fuhyo=raw(sound("fuhyo", lambda: snapshot.fuhyo(who), None)),
        risai=raw(sound("risai", lambda: snapshot.risai(who), nothing)),
        broken=broken,
    )


def _taxes(snapshot: SqlRegisterSnapshot, who: ResidentId) -> Iterable[TaxEntry]:
    for year in snapshot.connection.execute(_TAX_YEARS, {"resident": who}).scalars():
        try:
            record = snapshot.tax(who, year)
        except InconsistentRegisterError:
            yield TaxEntry(year=year, broken=True)
            continue
        match record:
            case None:
                # Of somebody who does not live here any more: it is not told that there was one.
                pass
            case UndeclaredYear():
                yield TaxEntry(year=year)
            case _:
                yield TaxEntry(year=year, record=raw(record))


def _signal(stop: StopSignal) -> Signal:
    return Signal(
        kind=stop.kind,
        level=stop.level,
        resident=stop.resident_id,
        since=stop.since,
        kinds=None if stop.kinds is None else sorted(stop.kinds),
    )


_version, _file = tables.settings_version, tables.settings_file
_PACKAGES = (
    select(_version.c.version, _version.c.valid_from, _version.c.sha256)
    .where(_version.c.municipality_code == bindparam("code"))
    .order_by(_version.c.version)
)
_PACKAGE = select(_version.c.content).where(
    _version.c.municipality_code == bindparam("code"), _version.c.sha256 == bindparam("sha256")
)
_FILE = select(_file.c.content).where(
    _file.c.municipality_code == bindparam("code"), _file.c.sha256 == bindparam("sha256")
)
_TAX_YEARS = (
    select(tables.tax_year.c.year)
    .where(tables.tax_year.c.resident_id == bindparam("resident"))
    .order_by(tables.tax_year.c.year.desc())
)
