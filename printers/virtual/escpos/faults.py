"""What a virtual slip printer can be ordered to do wrong, by name. Data only."""

from dataclasses import dataclass
from enum import Enum


class FaultKind(Enum):
    """The names, as the command line takes them."""

    NEAR_END = "near-end"
    PAPER_END = "paper-end"
    PAPER_END_AFTER = "paper-end-after"
    """After so many dot rows more (8 to the millimetre)."""
    COVER_OPEN = "cover-open"
    CUTTER_ERROR = "cutter-error"
    """The blade sticks at the next cut."""
    OFFLINE = "offline"
    MUTE = "mute"
    """Prints, and answers nothing."""
    SLOW = "slow"
    """So many milliseconds for each 24 rows."""
    DROPS_BYTES = "drops-bytes"
    """One of so many bytes does not arrive."""
    LINE_CUT_AFTER = "line-cut-after"
    """The cable is pulled after so many bytes; the printer itself goes on with what it has."""
    POWER_OFF_AFTER = "power-off-after"
    """After so many bytes: line gone, buffer gone."""
    REPORTS_BY_ITSELF = "reports-by-itself"
    """Automatic status back is on from the start, as a switch of some models makes it."""


_NUMBERED = {
    FaultKind.PAPER_END_AFTER: 400,
    FaultKind.SLOW: 50,
    FaultKind.DROPS_BYTES: 5000,
    FaultKind.LINE_CUT_AFTER: 10_000,
    FaultKind.POWER_OFF_AFTER: 10_000,
}
"""Faults with a number, and the number when none is given."""


@dataclass(frozen=True, slots=True)
class Fault:
    """One order."""

    kind: FaultKind
    number: int = 0
    """What the kind says; 0 for kinds without one."""


def parse_fault(text: str) -> Fault:
    """Read `NAME` or `NAME:NUMBER`; raises ValueError with the names there are."""
    name, _, number = text.partition(":")
    try:
        kind = FaultKind(name)
    except ValueError:
        raise ValueError(f"no fault {name!r}; there are {', '.join(each.value for each in FaultKind)}") from None
    if number and (kind not in _NUMBERED or not number.isdigit()):
        raise ValueError(f"{name} takes {'a whole number' if kind in _NUMBERED else 'no number'}")
    return Fault(kind, int(number) if number else _NUMBERED.get(kind, 0))
