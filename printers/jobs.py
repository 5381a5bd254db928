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
    PAPER = "paper"
    TONER = "toner"
    COVER = "cover"
    JAM = "jam"
    REJECTED = "rejected"
    """The printer, or the folder behind a sink, does not take the job."""


@dataclass(frozen=True, slots=True)
class Job:
    """One document to print once."""

    job_id: str
    """Random; letters, digits and hyphens. It becomes a file name and a job name, so nothing of a person may be in it."""
    pdf: bytes = field(repr=False)
    sheets: int


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
    """Contact was lost while a sheet may have come out."""

    sheets_out: int


JobOutcome = Completed | Failed | Unknown


class Printer(Protocol):
    """Anything that turns a job into paper."""

    def trouble(self, sheets: int) -> Trouble | None:
        """Say what would keep that many sheets from coming out now; None when nothing would."""
        ...

    def run(self, job: Job, sheet_out: Callable[[int], None]) -> JobOutcome:
        """Print a job to its end; `sheet_out` hears the sheets out so far."""
        ...
