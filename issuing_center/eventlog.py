"""The center's log: a catalogue of events, each a dataclass whose fields are all that can ever be written.

There is no free text and no field for anything of a resident, so nothing of one can get in.
"""

import json
import logging
from dataclasses import asdict, dataclass
from typing import ClassVar

logger = logging.getLogger("issuing_center")


@dataclass(frozen=True, slots=True)
class LogEvent:
    """Base of the catalogue; the docstring of each event is its meaning for staff."""

    level: ClassVar[int] = logging.INFO


@dataclass(frozen=True, slots=True)
class Answered(LogEvent):
    """A request was answered."""

    endpoint: str
    kiosk: str
    status: int
    code: str
    ms: int


@dataclass(frozen=True, slots=True)
class Crashed(LogEvent):
    """A mistake of ours: type and place of the error, never its text."""

    level: ClassVar[int] = logging.ERROR
    error: str
    at: str


@dataclass(frozen=True, slots=True)
class Undetermined(LogEvent):
    """Nobody could say whether a card's certificate is revoked; `fault` is what was wrong with the responder's answer."""

    level: ClassVar[int] = logging.WARNING
    reason: str
    fault: str


@dataclass(frozen=True, slots=True)
class CrlRefused(LogEvent):
    """A CRL file was not taken into use; what was held before stays."""

    file: str
    fault: str


@dataclass(frozen=True, slots=True)
class RegisterStale(LogEvent):
    """A register's feed is late, and nothing is issued from it until it has caught up (INV-11)."""

    level: ClassVar[int] = logging.WARNING
    municipality: str
    as_of: str


@dataclass(frozen=True, slots=True)
class RegisterAway(LogEvent):
    """A municipality's own register could not be asked; `fault` is one of a few fixed words, or an HTTP status."""

    level: ClassVar[int] = logging.WARNING
    municipality: str
    fault: str


@dataclass(frozen=True, slots=True)
class RegisterAnswerRefused(LogEvent):
    """A municipality's own register answered something that is not to be believed; `fault` says what part, never what."""

    level: ClassVar[int] = logging.ERROR
    municipality: str
    fault: str


@dataclass(frozen=True, slots=True)
class Incident(LogEvent):
    """Something that must never happen was stopped; the ledger has the same line, and somebody has to find the cause."""

    level: ClassVar[int] = logging.ERROR
    incident: str
    txn: str
    detail: str


def write(event: LogEvent) -> None:
    """Write one event as one line of JSON."""
    logger.log(event.level, json.dumps({"event": type(event).__name__, **asdict(event)}, separators=(",", ":")))


def place_of(error: BaseException) -> str:
    """Give module and line where an error arose; never its text, which may quote what was being handled."""
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    return "" if trace is None else f"{trace.tb_frame.f_globals.get('__name__', '')}:{trace.tb_lineno}"
