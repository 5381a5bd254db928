"""What a printer's state and its reasons mean for paper: the words of IANA's registry, RFC 8011 section 5.4.12 first among them.

A word that is not known here is trouble of its own kind, never ignored and never guessed at.
"""

from collections.abc import Iterable

from printers.jobs import Trouble

PROCESSING, STOPPED = 4, 5
"""printer-state; 3 is idle."""

WORDS: dict[str, Trouble | None] = {
    "media-jam": Trouble.JAM,
    "bander-jam": Trouble.JAM,
    "inserter-jam": Trouble.JAM,
    "stacker-jam": Trouble.JAM,
    "stapler-jam": Trouble.JAM,
    "media-path-jam": Trouble.JAM,
    "media-path-media-jam": Trouble.JAM,
    "media-path-failure": Trouble.JAM,
    "input-media-tray-jam": Trouble.JAM,
    "output-media-tray-jam": Trouble.JAM,
    "cover-open": Trouble.COVER,
    "door-open": Trouble.COVER,
    "interlock-open": Trouble.COVER,
    "media-empty": Trouble.PAPER,
    "media-needed": Trouble.PAPER,
    "input-media-supply-empty": Trouble.PAPER,
    "input-tray-missing": Trouble.PAPER,
    "input-tray-elevation-failure": Trouble.PAPER,
    "input-cannot-feed-size-selected": Trouble.MEDIA,
    "input-media-size-change": Trouble.MEDIA,
    "input-media-type-change": Trouble.MEDIA,
    "toner-empty": Trouble.TONER,
    "marker-supply-empty": Trouble.TONER,
    "marker-supply-missing": Trouble.TONER,
    "marker-toner-missing": Trouble.TONER,
    "marker-toner-cartridge-missing": Trouble.TONER,
    "marker-print-cartridge-missing": Trouble.TONER,
    "marker-cleaner-missing": Trouble.TONER,
    "marker-developer-empty": Trouble.TONER,
    "marker-waste-full": Trouble.TONER,
    "marker-waste-missing": Trouble.TONER,
    "developer-empty": Trouble.TONER,
    "opc-life-over": Trouble.TONER,
    "output-area-full": Trouble.OUTPUT,
    "output-tray-missing": Trouble.OUTPUT,
    "shutdown": Trouble.OFFLINE,
    "power-down": Trouble.OFFLINE,
    "offline": Trouble.OFFLINE,
    "connecting-to-device": Trouble.OFFLINE,
    "timed-out": Trouble.OFFLINE,
    "paused": Trouble.PAUSED,
    "moving-to-paused": Trouble.PAUSED,
    "stopping": Trouble.PAUSED,
    "deactivated": Trouble.PAUSED,
    "hold-new-jobs": Trouble.PAUSED,
    "testing": Trouble.PAUSED,
    "spool-area-full": Trouble.REJECTED,
    "interpreter-resource-unavailable": Trouble.REJECTED,
    "fuser-over-temp": Trouble.PAUSED,
    "fuser-under-temp": Trouble.PAUSED,
    "other": Trouble.UNKNOWN,
    # Paper still comes out; somebody should look, before it does not.
    "none": None,
    "toner-low": None,
    "marker-supply-low": None,
    "marker-waste-almost-full": None,
    "marker-toner-low": None,
    "developer-low": None,
    "marker-developer-almost-empty": None,
    "opc-near-eol": None,
    "media-low": None,
    "input-media-supply-low": None,
    "output-area-almost-full": None,
    "stopped-partly": None,
    "resuming": None,
    "warming-up": None,
    "configuration-change": None,
    "identify-printer-requested": None,
    "hibernate": None,
    "standby": None,
    "suspend": None,
}
"""A word without its severity, and what it keeps from happening; None for a word that is a notice only."""

_SEVERITIES = ("-error", "-warning", "-report")
_WEIGHT = [
    *(Trouble.JAM, Trouble.COVER, Trouble.PAPER, Trouble.MEDIA, Trouble.TONER, Trouble.OUTPUT),
    *(Trouble.OFFLINE, Trouble.REJECTED, Trouble.PAUSED, Trouble.UNKNOWN),
]
"""The cause before its consequence: a jam also pauses."""


def trouble_of(word: str, harmless: frozenset[str] = frozenset()) -> Trouble | None:
    """Read one reason. `harmless` are words of one maker's, without severity, that a site knows to mean nothing.

    A warning or a report means that the printer goes on (an empty second tray, say), with one exception: "offline" comes
    as a report from those that only stand in front of the device.
    """
    stem, severity = word, "-error"
    for suffix in _SEVERITIES:
        if word.endswith(suffix):
            stem, severity = word.removesuffix(suffix), suffix
    if stem in harmless or word in harmless:
        return None
    if severity != "-error" and stem != "offline":
        return None
    return WORDS.get(stem, Trouble.UNKNOWN)


def hint_in(words: Iterable[str]) -> Trouble | None:
    """Give what mere warnings point at: the likely cause, should the job stand still."""
    stems = {word.removesuffix("-warning").removesuffix("-report") for word in words}
    found = {trouble for stem in stems if (trouble := WORDS.get(stem)) is not None}
    return min(found, key=_WEIGHT.index, default=None)


def trouble_in(
    state: int, words: Iterable[str], *, accepting: bool, harmless: frozenset[str] = frozenset()
) -> Trouble | None:
    """Give the cause that keeps paper from coming out, or None. A stopped printer without a word is paused."""
    found = {trouble for word in words if (trouble := trouble_of(word, harmless)) is not None}
    if found:
        return min(found, key=_WEIGHT.index)
    return Trouble.PAUSED if state == STOPPED or not accepting else None
