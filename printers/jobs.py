"""A print job and the ways it can end. Accepted is not printed; unknown is not failed.

Knows neither certificates nor residents: a job is bytes with a random name.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from enum import Enum
from typing import Protocol


class Trouble(Enum):
    """Why paper does not come out."""

    AWAY = "away"
    """Nothing answers where the printer should be."""
    OFFLINE = "offline"
    """It answers, and says that it is shut down or cannot reach its engine."""
    PAUSED = "paused"
    """Somebody stopped it, or it takes no jobs now."""
    PAPER = "paper"
    MEDIA = "media"
    """The tray holds another paper than the document needs, or the printer has no such tray."""
    TONER = "toner"
    COVER = "cover"
    JAM = "jam"
    OUTPUT = "output"
    """The output tray is full or missing."""
    REJECTED = "rejected"
    """The printer, or the folder behind a sink, does not take the job."""
    STALLED = "stalled"
    """The job stood still for too long and was taken back."""
    UNKNOWN = "unknown"
    """The printer says that something is wrong, in a word that is not known here."""


@dataclass(frozen=True, slots=True)
class Job:
    """One document to print once."""

    job_id: str
    """Random; letters, digits and hyphens. It becomes a file name and a job name, so nothing of a person may be in it."""
    pdf: bytes = field(repr=False)
    sheets: int
    """Sheets of paper, not pages: a front with its back is one."""
    two_sided: bool = False
    """Every second page is the back of the one before, turned over the long edge."""


@dataclass(frozen=True, slots=True)
class Completed:
    """Every sheet is out."""

    sheets: int


@dataclass(frozen=True, slots=True)
class Failed:
    """The job ended early; no further sheet will come."""

    trouble: Trouble
    sheets_out: int


@dataclass(frozen=True, slots=True)
class Unknown:
    """Contact was lost while a sheet may have come out, or the printer's counters contradict what it says."""

    sheets_out: int
    """What was counted last. More than the job has means that a sheet came out that nobody asked for."""


JobOutcome = Completed | Failed | Unknown


def unkept(_ticket: str) -> None:
    """Keep no ticket: for those who will not ask again."""


class Printer(Protocol):
    """Anything that turns a job into paper."""

    def trouble(self, sheets: int) -> Trouble | None:
        """Say what would keep that many sheets from coming out now; None when nothing would."""
        ...

    def run(self, job: Job, sheet_out: Callable[[int], None], opened: Callable[[str], None] = unkept) -> JobOutcome:
        """Print a job to its end; `sheet_out` hears the sheets out so far.

        `opened` hears, once and before anything of the document leaves, the ticket by which `recall` finds the job in a
        later life. Not called: nothing left. What it raises ends the job before it begins.
        """
        ...

    def recall(self, ticket: str) -> JobOutcome | None:
        """Ask what became of a job of an earlier life; one that is not at its end is taken back first.

        None: not a job of this printer, so that it cannot be asked.
        """
        ...
