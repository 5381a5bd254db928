"""From the bytes of a settings.toml to the rules of a municipality, or to every reason why not.

The grammar is written down for clerks in assets/municipalities/README.md. A package is taken whole or not at all, and an
unknown word is a flaw, not something to be skipped: what a municipality wrote and we do not do would be a broken promise.
"""

import re
import tomllib
from collections.abc import Iterable, Sequence
from datetime import date, time, timedelta
from enum import Enum

from issuing_center.municipal.hours import NATIONAL_CLOSES, NATIONAL_OPENS, NATIONAL_YEAR_END
from issuing_center.municipal.package import (
    CounterOffice,
    Day,
    Fee,
    FormVariant,
    IssuerName,
    KindRules,
    Maintenance,
    Mayor,
    OpenSpan,
    Period,
    SealUse,
    SettingsPackage,
    Site,
    TaxYears,
)
from issuing_center.municipal.reading import Flaw, Reader, Section
from issuing_center.municipal.vocabulary import APPLICATION, FAMILY, KINDS

FORMAT = 1
FILE = "settings.toml"
LARGEST_BYTES = 256 * 1024
HIGHEST_FEE_YEN = 100_000
MOST_COPIES = 10
MOST_TAX_YEARS = 5
_DAYS = frozenset(day.value for day in Day)
_KIOSK = re.compile(r"[a-z0-9][a-z0-9-]{0,63}")
_SEAL_FILE = re.compile(r"[a-z0-9][a-z0-9-]{0,63}\.toml")
_TRAY = re.compile(r"[a-z0-9][a-z0-9-]{0,39}")
_SHA256 = re.compile(r"[0-9a-f]{64}")
_PERIOD = ("valid_from",), ("valid_until",)
"""Required and optional keys of everything that is valid for a time."""
_SPAN = ("days", "opens", "closes")


class SettingsPackageError(ValueError):
    """A settings package is refused. The text names file, field and what was expected, one line each."""

    def __init__(self, code: str, flaws: Sequence[Flaw]) -> None:
        """Keep the stable code for staff and the flaws in the order of the file."""
        super().__init__("\n".join(f"{code} {flaw}" for flaw in flaws))
        self.code = code
        self.flaws = tuple(flaws)


class _Colour(Enum):
    BLACK = "black"
    RED = "red"


def parse_package(content: bytes) -> SettingsPackage:
    """Read a settings package. Raises SettingsPackageError (SETTINGS-01) with all flaws that one look can find."""
    reader = Reader(FILE)
    package = _package(reader, content)
    if package is None or reader.flaws:
        raise SettingsPackageError("SETTINGS-01", reader.flaws)
    return package


def check_digit(first_five: str) -> int:
    """Compute the check digit of a 全国地方公共団体コード from its first five digits."""
    total = sum(int(digit) * weight for digit, weight in zip(first_five, (6, 5, 4, 3, 2), strict=True))
    # 11 less the remainder, its last digit; 総務省 全国地方公共団体コード仕様.
    return (11 - total % 11) % 10


def _package(reader: Reader, content: bytes) -> SettingsPackage | None:
    if len(content) > LARGEST_BYTES:
        reader.flaw("", f"a file of at most {LARGEST_BYTES} bytes")
        return None
    try:
        table = tomllib.loads(content.decode("utf-8"))
    except UnicodeDecodeError:
        reader.flaw("", "text in UTF-8")
        return None
    except tomllib.TOMLDecodeError as error:
        # The message of this parser tells a place and never a value.
        reader.flaw("", f"TOML 1.0: {error}")
        return None
    required = ("format", "version", "valid_from", "municipality", "mayor", "seal", "certificate")
    root = reader.root(table, required, ("year_end", "local_holidays", "maintenance", "site", "office", "application"))
    root.number("format", FORMAT, FORMAT)
    version = root.number("version", 1, 10**9)
    valid_from = root.day("valid_from") or date.min
    name = _name(root)
    mayors = tuple(
        Mayor(_period(entry), entry.text("title", 40), entry.text("name", 40))
        for entry in root.sections("mayor", (*_PERIOD[0], "title", "name"), _PERIOD[1], least=1)
    )
    seals = tuple(
        _seal(entry) for entry in root.sections("seal", (*_PERIOD[0], "file", "sha256", "colour"), _PERIOD[1], least=1)
    )
    for key, periods in (("mayor", [each.period for each in mayors]), ("seal", [each.period for each in seals])):
        _refuse_overlaps(root, key, periods)
        if periods and "valid_from" in table and not any(period.covers(valid_from) for period in periods):
            root.flaw(key, "one that is valid on the first day of the package")
    year_end = _year_end(root)
    local_holidays = frozenset(root.days("local_holidays"))
    kinds = _kinds(root)
    offered = frozenset(rules.kind for rules in kinds)
    takes_applications = not offered.isdisjoint(FAMILY)
    return SettingsPackage(
        version=version,
        valid_from=valid_from,
        name=name,
        mayors=mayors,
        seals=seals,
        year_end=year_end,
        local_holidays=local_holidays,
        maintenance=_maintenance(root, offered | {APPLICATION} if takes_applications else offered),
        sites=_sites(root),
        kinds=kinds,
        offices=_offices(root),
        application_hours=_application_hours(root, taken=takes_applications),
    )


def _name(root: Section) -> IssuerName:
    keys = ("code", "prefecture", "name_ja", "name_kana", "name_en")
    section = root.reader.section(root.values.get("municipality", {}), "municipality", keys, ())
    code = section.text("code", 6)
    if code and not (re.fullmatch(r"[0-9]{6}", code) and check_digit(code[:5]) == int(code[5])):
        section.flaw("code", "six digits, the last of them the check digit of the others")
    return IssuerName(code, *(section.text(key, 40) for key in keys[1:]))


def _period(entry: Section) -> Period:
    first, last = entry.day("valid_from") or date.min, entry.day("valid_until")
    if last is not None and last < first:
        entry.flaw("valid_until", "the last day, on or after valid_from")
        last = first
    return Period(first, last)


def _seal(entry: Section) -> SealUse:
    file, sha256, colour = entry.text("file", 70), entry.text("sha256", 64), entry.word("colour", _Colour)
    if file and not _SEAL_FILE.fullmatch(file):
        entry.flaw(
            "file", "the name of a file beside settings.toml: small letters, digits and hyphens, ending in .toml"
        )
    if sha256 and not _SHA256.fullmatch(sha256):
        entry.flaw("sha256", "64 hexadecimal digits in small letters: sha256sum of the file")
    return SealUse(_period(entry), file, sha256, _Colour.BLACK.value if colour is None else colour.value)


def _refuse_overlaps(section: Section, key: str, periods: Sequence[Period]) -> None:
    for number, period in enumerate(periods):
        for earlier in range(number):
            if period.overlaps(periods[earlier]):
                section.flaw(f"{key}[{number}]", f"a time of its own; it overlaps {section.at(key)}[{earlier}]")


def _year_end(root: Section) -> frozenset[tuple[int, int]]:
    if "year_end" not in root.values:
        return NATIONAL_YEAR_END
    section = root.reader.section(root.values["year_end"], "year_end", ("from", "until"), ())
    first, last = section.month_day("from"), section.month_day("until")
    if first is None or last is None:
        return NATIONAL_YEAR_END
    day, end = date(1998, *first), date(1999, *last)
    days: set[tuple[int, int]] = set()
    while day <= end:
        days.add((day.month, day.day))
        day += timedelta(days=1)
    if not days >= NATIONAL_YEAR_END or len(days) > 31:
        root.flaw("year_end", "from a day of December until one of January, at least 12-29 to 01-03, at most 31 days")
    return frozenset(days)


def _maintenance(root: Section, offered: frozenset[str]) -> tuple[Maintenance, ...]:
    found = []
    for entry in root.sections("maintenance", ("from", "until"), ("kinds",)):
        first, last = entry.instant("from"), entry.instant("until")
        if first is not None and last is not None and last <= first:
            entry.flaw("until", "an instant after from")
        kinds = frozenset(entry.words("kinds", offered, least=1)) if "kinds" in entry.values else None
        if first is not None and last is not None:
            found.append(Maintenance(first, last, kinds))
    return tuple(found)


def _application_hours(root: Section, *, taken: bool) -> tuple[OpenSpan, ...]:
    if "application" not in root.values:
        return (OpenSpan(frozenset(Day), NATIONAL_OPENS, NATIONAL_CLOSES),) if taken else ()
    section = root.reader.section(root.values["application"], "application", ("hours",), ())
    if not taken:
        root.flaw("application", f"nothing: none of {', '.join(FAMILY)} is offered")
    return _hours(section)


def _sites(root: Section) -> tuple[Site, ...]:
    found: list[Site] = []
    for entry in root.sections("site", ("name", "kiosks", "hours")):
        taken = frozenset(kiosk for site in found for kiosk in site.kiosks)
        found.append(Site(entry.text("name", 40), _devices(entry, "kiosks", taken), _hours(entry)))
    return tuple(found)


def _devices(entry: Section, key: str, taken: frozenset[str]) -> frozenset[str]:
    """Read a list of device ids, none of which stands anywhere else."""
    listed = entry.values.get(key)
    names = listed if isinstance(listed, list) and all(isinstance(name, str) for name in listed) else []
    if not names or len(set(names)) != len(names) or not all(_KIOSK.fullmatch(name) for name in names):
        entry.flaw(key, "a list of one or more device ids, each once")
    if taken & set(names):
        entry.flaw(key, f"{key} that stand at no other {entry.path.partition('[')[0]}")
    return frozenset(names)


def _offices(root: Section) -> tuple[CounterOffice, ...]:
    required = ("id", "name", "terminals", "waiting_place", "security_tray", "plain_tray", "hours")
    found: list[CounterOffice] = []
    for entry in root.sections("office", required, ("exemptions", "ask_card_attributes")):
        office_id, trays = entry.text("id", 40), (entry.text("security_tray", 40), entry.text("plain_tray", 40))
        if not _TRAY.fullmatch(office_id) or office_id in {office.office_id for office in found}:
            entry.flaw("id", "small letters, digits and hyphens, and of no other office")
        for key, tray in zip(("security_tray", "plain_tray"), trays, strict=True):
            if not _TRAY.fullmatch(tray):
                entry.flaw(key, "the name of a tray as the printer knows it: tray-1 and the like")
        if trays[0] == trays[1]:
            entry.flaw("plain_tray", "another tray than security_tray")
        taken = frozenset(terminal for office in found for terminal in office.terminals)
        found.append(
            CounterOffice(
                office_id=office_id,
                name=entry.text("name", 40),
                terminals=_devices(entry, "terminals", taken),
                waiting_place=entry.text("waiting_place", 60),
                security_tray=trays[0],
                plain_tray=trays[1],
                hours=_hours(entry, national=False),
                exemptions=entry.texts("exemptions", 40),
                ask_card_attributes=entry.switch("ask_card_attributes"),
            )
        )
    return tuple(found)


def _hours(parent: Section, *, national: bool = True) -> tuple[OpenSpan, ...]:
    first, last = (NATIONAL_OPENS, NATIONAL_CLOSES) if national else (time.min, time.max)
    spans: list[OpenSpan] = []
    for entry in parent.sections("hours", _SPAN, least=1):
        days = frozenset(Day(word) for word in entry.words("days", _DAYS, least=1))
        opens, closes = entry.clock("opens") or time.min, entry.clock("closes") or time.max
        span = OpenSpan(days, opens, closes)
        if {"opens", "closes"} <= entry.values.keys() and not first <= opens < closes <= last:
            within = ", both within the national hours 06:30 to 23:00" if national else ""
            entry.flaw("closes", f"a time after opens{within}")
        elif any(span.days & other.days and opens < other.closes and other.opens < closes for other in spans):
            entry.flaw("opens", "a span of its own; it overlaps an earlier one on the same day")
        spans.append(span)
    return tuple(spans)


def _kinds(root: Section) -> tuple[KindRules, ...]:
    required = ("kind", "scopes", "copies_limit", "fee", "hours")
    optional = ("items", "form", "tax_years", "changeover", "campaign")
    found: list[KindRules] = []
    for entry in root.sections("certificate", required, optional, least=1):
        kind = entry.values.get("kind")
        words = KINDS.get(kind) if isinstance(kind, str) else None
        if not isinstance(kind, str) or words is None:
            entry.flaw("kind", f"one of {', '.join(KINDS)}")
            continue
        if kind in {rules.kind for rules in found}:
            entry.flaw("kind", "a certificate that is described once")
        fees, campaigns = _fees(entry, "fee", _PERIOD[0], _PERIOD[1], 1), _fees(entry, "campaign", _BOTH, (), 0)
        for number, campaign in enumerate(campaigns):
            if not all(_covered(fees, day) for day in (campaign.period.first, campaign.period.last)):
                entry.flaw(f"campaign[{number}]", "days on which the certificate is offered by one of its fees")
        found.append(
            KindRules(
                kind=kind,
                scopes=entry.words("scopes", words.scopes, least=1),
                items=entry.words("items", words.items),
                copies_limit=entry.number("copies_limit", 1, MOST_COPIES),
                form=entry.word("form", FormVariant) if _only_for(entry, "form", applies=words.forms) else None,
                tax_years=_tax_years(entry, applies=words.tax_years),
                fees=fees,
                campaigns=campaigns,
                hours=_hours(entry),
            )
        )
    return tuple(found)


_BOTH = ("valid_from", "valid_until")


def _fees(parent: Section, key: str, required: Iterable[str], optional: tuple[str, ...], least: int) -> tuple[Fee, ...]:
    fees = tuple(
        Fee(_period(entry), entry.number("fee_yen", 0, HIGHEST_FEE_YEN))
        for entry in parent.sections(key, (*required, "fee_yen"), optional, least=least)
    )
    _refuse_overlaps(parent, key, [fee.period for fee in fees])
    return fees


def _covered(fees: Iterable[Fee], day: date | None) -> bool:
    return day is None or any(fee.period.covers(day) for fee in fees)


def _only_for(entry: Section, key: str, *, applies: bool) -> bool:
    """Refuse a key that means nothing for this certificate, and the lack of one that it needs; tells whether it is read."""
    if applies and key not in entry.values:
        entry.flaw(key, "is missing")
    if not applies and key in entry.values:
        entry.flaw(key, "nothing: the key has no meaning for this certificate")
    return applies


def _tax_years(entry: Section, *, applies: bool) -> TaxYears | None:
    both = [_only_for(entry, key, applies=applies) for key in ("tax_years", "changeover")]
    if not all(both):
        return None
    return TaxYears(entry.number("tax_years", 1, MOST_TAX_YEARS), entry.month_day("changeover") or (6, 1))
