"""What a printer says of itself, read out of Get-Printer-Attributes: capabilities once, standing before and after each job.

An attribute that is missing or of another type reads as absent: printers leave out what they do not know.
"""

import re
from dataclasses import dataclass

from printers.ipp.codec import Group, Resolution
from printers.ipp.reasons import PROCESSING, hint_in, trouble_in
from printers.jobs import Trouble

CAPABILITIES = (
    *(
        "document-format-supported",
        "sides-supported",
        "media-supported",
        "media-source-supported",
        "media-col-supported",
    ),
    *("color-supported", "print-color-mode-supported", "printer-resolution-supported", "operations-supported"),
    *("print-scaling-supported", "pwg-raster-document-resolution-supported", "pwg-raster-document-type-supported"),
    *("pwg-raster-document-sheet-back", "job-retain-until-supported", "printer-make-and-model", "printer-uuid"),
    *("job-creation-attributes-supported",),
)
STANDING = (
    *("printer-state", "printer-state-reasons", "printer-is-accepting-jobs", "queued-job-count", "printer-up-time"),
    *("printer-media-sheets-completed", "printer-impressions-completed", "media-ready", "printer-input-tray"),
    *("printer-supply",),
)
_OCTETS = re.compile(rb"(?:\A|;)(\w+)=([^;]*)")


def integer_in(group: Group, name: str) -> int | None:
    """Read a number."""
    attribute = group.get(name)
    value = attribute.values[0] if attribute is not None else None
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def texts_in(group: Group, name: str) -> tuple[str, ...]:
    """Read texts of any type."""
    attribute = group.get(name)
    return tuple(value for value in attribute.values if isinstance(value, str)) if attribute is not None else ()


def integers_in(group: Group, name: str) -> tuple[int, ...]:
    """Read numbers or enums."""
    attribute = group.get(name)
    return tuple(value for value in attribute.values if isinstance(value, int)) if attribute is not None else ()


def flag_in(group: Group, name: str, *, absent: bool) -> bool:
    """Read a boolean."""
    attribute = group.get(name)
    value = attribute.values[0] if attribute is not None else None
    return value if isinstance(value, bool) else absent


def _resolutions(group: Group, name: str) -> tuple[int, ...]:
    attribute = group.get(name)
    values = attribute.values if attribute is not None else ()
    return tuple(
        value.across
        for value in values
        if isinstance(value, Resolution) and value.across == value.along and value.units == 3
    )


@dataclass(frozen=True, slots=True)
class Capabilities:
    """What a printer can do."""

    make: str
    uuid: str
    formats: frozenset[str]
    sides: frozenset[str]
    media: frozenset[str]
    """Sizes by their PWG names, iso_a4_210x297mm."""
    trays: frozenset[str]
    color: bool
    resolutions_dpi: tuple[int, ...]
    raster_dpi: tuple[int, ...]
    raster_types: frozenset[str]
    sheet_back: str
    """How the back of a raster sheet must be turned: normal, rotated, flipped or manual-tumble."""
    operations: frozenset[int]
    scaling: frozenset[str]
    retains: frozenset[str]
    template: frozenset[str]
    """Job attributes that it takes; empty when it does not list them."""

    @property
    def two_sided(self) -> bool:
        """Tell whether it prints backs by itself."""
        return "two-sided-long-edge" in self.sides


def capabilities_from(group: Group) -> Capabilities:
    """Read capabilities."""
    return Capabilities(
        make=next(iter(texts_in(group, "printer-make-and-model")), ""),
        uuid=next(iter(texts_in(group, "printer-uuid")), ""),
        formats=frozenset(texts_in(group, "document-format-supported")),
        sides=frozenset(texts_in(group, "sides-supported")),
        media=frozenset(texts_in(group, "media-supported")),
        trays=frozenset(texts_in(group, "media-source-supported")),
        color=flag_in(group, "color-supported", absent=False),
        resolutions_dpi=_resolutions(group, "printer-resolution-supported"),
        raster_dpi=_resolutions(group, "pwg-raster-document-resolution-supported"),
        raster_types=frozenset(texts_in(group, "pwg-raster-document-type-supported")),
        sheet_back=next(iter(texts_in(group, "pwg-raster-document-sheet-back")), "normal"),
        operations=frozenset(integers_in(group, "operations-supported")),
        scaling=frozenset(texts_in(group, "print-scaling-supported")),
        retains=frozenset(texts_in(group, "job-retain-until-supported")),
        template=frozenset(texts_in(group, "job-creation-attributes-supported")),
    )


@dataclass(frozen=True, slots=True)
class Standing:
    """How a printer stands at one moment."""

    trouble: Trouble | None
    hint: Trouble | None
    """What its warnings point at; it goes on all the same, until it does not."""
    processing: bool
    queued: int
    """Jobs that are not at their end; 0 when it does not say."""
    up_time_s: int | None
    sheets: int | None
    """Sheets since it was made; None when it does not count them."""
    impressions: int | None
    """The same in sides."""
    media_ready: frozenset[str]
    """Sizes in its trays; empty when it does not say."""
    tray_levels: dict[str, int | None]
    """Sheets in each tray by its name; None for a tray that cannot tell."""
    toner_out: bool


def standing_from(group: Group, harmless: frozenset[str] = frozenset()) -> Standing:
    """Read the standing."""
    trays = [_octets(value) for value in _bytes_in(group, "printer-input-tray")]
    levels = {tray["name"]: _level(tray) for tray in trays if tray.get("name", "auto") != "auto"}
    supplies = [_octets(value) for value in _bytes_in(group, "printer-supply")]
    return Standing(
        trouble=trouble_in(
            integer_in(group, "printer-state") or 0,
            texts_in(group, "printer-state-reasons"),
            accepting=flag_in(group, "printer-is-accepting-jobs", absent=True),
            harmless=harmless,
        ),
        hint=hint_in(texts_in(group, "printer-state-reasons")),
        processing=integer_in(group, "printer-state") == PROCESSING,
        queued=integer_in(group, "queued-job-count") or 0,
        up_time_s=integer_in(group, "printer-up-time"),
        sheets=integer_in(group, "printer-media-sheets-completed"),
        impressions=integer_in(group, "printer-impressions-completed"),
        media_ready=frozenset(texts_in(group, "media-ready")),
        tray_levels=levels,
        toner_out=any(
            supply.get("type") in {"toner", "tonerCartridge"} and supply.get("level") == "0" for supply in supplies
        ),
    )


def _bytes_in(group: Group, name: str) -> tuple[bytes, ...]:
    attribute = group.get(name)
    values = attribute.values if attribute is not None else ()
    return tuple(
        value if isinstance(value, bytes) else value.encode() for value in values if isinstance(value, bytes | str)
    )


def _octets(value: bytes) -> dict[str, str]:
    """Read type=toner;level=75 (PWG 5100.13 section 8)."""
    return {name.decode(): text.decode("ascii", "replace").strip() for name, text in _OCTETS.findall(value)}


def _level(tray: dict[str, str]) -> int | None:
    level = tray.get("level", "")
    return int(level) if level.isdigit() and len(level) < 10 else None
