"""Everything that can go wrong with a laser printer, by name."""

from dataclasses import dataclass
from enum import Enum


class Fault(Enum):
    """One way to fail; it happens to the next job, unless it says otherwise."""

    # The engine stops, after some sheets, and says why.
    JAM = "media-jam-error"
    OUT_OF_PAPER = "media-empty-error"
    TONER_EMPTY = "toner-empty-error"
    COVER_OPEN = "cover-open-error"
    DOOR_OPEN = "door-open-error"
    OUTPUT_FULL = "output-area-full-error"
    OFFLINE = "shutdown"
    PAUSED = "paused"
    UNKNOWN_WORD = "examplemaker-gnomes-on-strike"

    STALLS = "accepts-then-stalls"
    """Takes the job, prints some sheets, and stands still without a word."""
    STOPS_BRIEFLY = "stops-briefly"
    """Stops as for a jam, then goes on by itself."""
    SLOW = "slow"
    CANCELED_AT_PANEL = "canceled-at-panel"
    ABORTS = "aborts"
    IGNORES_CANCEL = "ignores-cancel"
    """Stalls, and cannot be made to let the job go."""

    NEVER_PRINTS = "never-prints"
    """Calls the job completed, with all its pages, and prints nothing."""
    LIES_ABOUT_PAGES = "lies-about-pages"
    """Calls the job completed, with all its pages; the last sheet is missing."""
    ONE_TOO_MANY = "one-too-many"
    """A sheet comes out twice."""
    WRONG_COUNTER = "wrong-counter"
    """Every sheet is out, but the printer's own counter jumps."""
    LATE_COUNTER = "late-counter"
    """The printer's own counter follows a moment after the job's end."""
    NO_COUNTERS = "no-counters"
    """Counts nothing that it would tell."""

    REFUSES_JOB = "refuses-job"
    REFUSES_DOCUMENT = "refuses-document"
    """Lists the format, and refuses it when it comes."""
    NOT_ACCEPTING = "not-accepting"
    BUSY = "busy"
    """Says so a few times, then takes the job."""
    ALWAYS_BUSY = "always-busy"

    DROPS_WHEN_OPENING = "drops-when-opening"
    """Opens the job and closes the line before it says so."""
    DROPS_IN_DOCUMENT = "drops-in-document"
    """Closes the line in the middle of the document."""
    DROPS_AFTER_ACCEPT = "drops-after-accept"
    """Takes the whole document, closes the line, and prints."""
    GARBAGE_AFTER_ACCEPT = "garbage-after-accept"
    """Takes the whole document, answers rubbish, and prints."""
    UNPLUGGED = "unplugged"
    """Cut from power after some sheets, for good."""
    RESTARTS = "restarts"
    """Cut from power after some sheets; comes back and knows nothing of its jobs."""
    RESUMES = "resumes"
    """Cut from power after some sheets; comes back and goes on with what it had."""

    GARBAGE = "garbage"
    """Answers rubbish to everything."""
    ENDLESS = "endless"
    """Answers more than anybody can want."""
    REDIRECTS = "redirects"
    SILENT = "silent"
    """Takes a request and never answers."""
    TRICKLES = "trickles"
    """Answers a byte now and then."""


STOPS = frozenset(
    {
        *(Fault.JAM, Fault.OUT_OF_PAPER, Fault.TONER_EMPTY, Fault.COVER_OPEN, Fault.DOOR_OPEN, Fault.OUTPUT_FULL),
        *(Fault.OFFLINE, Fault.PAUSED, Fault.UNKNOWN_WORD),
    }
)
"""Faults whose value is the word that the printer says."""


@dataclass(frozen=True, slots=True)
class Mishap:
    """A fault, and after how many sheets of the job it strikes."""

    fault: Fault
    after_sheets: int = 0
