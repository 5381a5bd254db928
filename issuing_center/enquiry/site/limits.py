"""Every limit of the site in one place, and the refusals that stand for them."""

from dataclasses import dataclass
from enum import Enum
from typing import Final

MIB: Final = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Limits:
    """What one enquiry, one address and the whole site may take."""

    file_bytes: int = 32 * MIB
    """A4 in grey at 600 dpi is 35 million pixels, which every format makes smaller than this."""
    request_bytes: int = 65 * MIB
    """Both files and the form around them."""
    pages: int = 12
    """Pages of one enquiry, all files together: six sheets."""
    pixels: int = 100_000_000
    """Pixels of one enquiry: both sides of a sheet at 600 dpi, or eleven pages at 300."""
    upload_s: float = 120.0
    read_s: float = 30.0
    judge_s: float = 90.0
    """Twelve pages at 300 dpi take 30 seconds on one core."""
    cpu_s: int = 90
    """Seconds of processor for one confined process."""
    memory_bytes: int = 3 * 1024 * MIB
    """Address space of one confined process."""
    answer_bytes: int = 256 * MIB
    """Most that is read from a confined process."""
    at_once: int = 2
    """Analyses that run at the same time."""
    in_hand: int = 6
    """Enquiries whose files are held in memory, running or waiting."""
    burst: int = 10
    """Enquiries an address may make at once,"""
    refill_s: float = 30.0
    """and after how many seconds it may make one more."""
    addresses: int = 10_000
    """Addresses remembered; the one longest silent is forgotten first."""


class No(Enum):
    """Why there is no verdict: a stable code, and the HTTP status that goes with it."""

    NO_FILE = ("ENQUIRY-01", 400)
    TOO_LARGE = ("ENQUIRY-02", 413)
    NOT_A_SCAN = ("ENQUIRY-03", 400)
    TOO_MANY_PAGES = ("ENQUIRY-04", 400)
    TOO_MANY_PIXELS = ("ENQUIRY-05", 400)
    TOO_OFTEN = ("ENQUIRY-06", 429)
    BUSY = ("ENQUIRY-07", 503)
    TOO_LONG = ("ENQUIRY-08", 422)
    FAILED = ("ENQUIRY-09", 422)
    NO_PAGE = ("ENQUIRY-10", 404)
    TOO_SLOW = ("ENQUIRY-11", 408)

    def __init__(self, code: str, status: int) -> None:
        self.code, self.status = code, status


RETRY_AFTER_S: Final = 30
"""Told with TOO_OFTEN and BUSY."""
