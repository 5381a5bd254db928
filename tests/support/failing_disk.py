"""A disk on which one call fails: the library that does it, and one visit on such a disk with what the next start makes of it."""

import errno
import subprocess
from dataclasses import dataclass
from pathlib import Path

from tests.support.crash_rounds import FEE_YEN, Watch
from tests.support.crash_street import Kiosk, Silent

SOURCE = Path(__file__).with_name("failing_calls.c")
TRIES_S = 60.0
"""For a visit in which nothing is waited for."""


@dataclass(frozen=True, slots=True)
class DiskFault:
    """How calls fail."""

    error: int
    for_good: bool = False
    """All after the n-th too, until the next start."""
    to_open: bool = False
    """Only calls that open a file are counted."""


FAULTS = {
    "a write that fails once": DiskFault(errno.EIO),
    "a disk that is full": DiskFault(errno.ENOSPC, for_good=True),
    "no descriptor left": DiskFault(errno.EMFILE, to_open=True),
}


@dataclass(frozen=True, slots=True)
class Failed:
    """What one visit on such a disk came to."""

    struck: str | None
    """The call that failed, as the library told; None when there were not so many."""
    ends: tuple[str, ...]
    """How orders ended after the next start; none when nothing was ordered."""
    breaches: tuple[str, ...]


def library(folder: Path) -> Path:
    """Compile the library."""
    made = folder / "failing_calls.so"
    subprocess.run(["gcc", "-shared", "-fPIC", "-O1", "-o", str(made), str(SOURCE), "-ldl"], check=True)
    return made


def visit_on_a_failing_disk(kiosk: Kiosk, watch: Watch, number: int, fault: DiskFault) -> Failed:
    """Make a visit in which the n-th call for the books fails, and start again on a good disk; the kiosk must be dead."""
    heard = len(kiosk.forge.log.read_bytes())
    known = set(watch.known)
    kiosk.begin(fails_at=number, fails_with=fault.error, fails_for_good=fault.for_good, fails_to_open=fault.to_open)
    try:
        kiosk.forge.hear("settled", timeout_s=TRIES_S)
        watch.visit_begins()
        kiosk.street.will_pay(FEE_YEN)
        kiosk.forge.tell("go")
        kiosk.forge.hear("settled", timeout_s=TRIES_S)
    except Silent:
        if kiosk.forge.pid is not None:
            raise  # it neither served nor ended: nobody would ever start it again
    kiosk.forge.kill()
    kiosk.begin()
    kiosk.settled()
    found = watch.compare(f"call {number}")
    kiosk.forge.kill()
    said = kiosk.forge.log.read_bytes()[heard:].decode(errors="replace")
    struck = next((line for line in said.splitlines() if line.startswith(f"call {number} fails: ")), None)
    ends = tuple(end for txn, end in found.ends.items() if txn not in known)
    return Failed(struck, ends, tuple(found.breaches))
