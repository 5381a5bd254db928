"""The kiosk's log: a catalogue of events, each a dataclass whose fields are all that can ever be written.

There is no free text and no field for anything of a resident, so nothing of one can get in. `describe` is the staff
manual's list.
"""

import json
import logging
from dataclasses import asdict, dataclass
from typing import ClassVar

logger = logging.getLogger("kiosk")


@dataclass(frozen=True, slots=True)
class LogEvent:
    """Base of the catalogue; the docstring of each event is its meaning for staff."""

    level: ClassVar[int] = logging.INFO


@dataclass(frozen=True, slots=True)
class Started(LogEvent):
    """The program started."""

    mode: str
    virtual: str
    """Virtual parts in use, comma-separated; empty on a real machine."""


@dataclass(frozen=True, slots=True)
class EffectFinished(LogEvent):
    """One act of a visit ended."""

    effect: str
    outcome: str
    code: str
    ms: int


@dataclass(frozen=True, slots=True)
class StaleAnswer(LogEvent):
    """An answer came that nobody waits for any more; it was dropped (INV-2)."""

    answer: str
    """Name of the event that would have been."""


@dataclass(frozen=True, slots=True)
class IncidentRaised(LogEvent):
    """The machine stopped itself; staff must find the cause."""

    level: ClassVar[int] = logging.ERROR
    code: str
    txn: str
    check: str


@dataclass(frozen=True, slots=True)
class CaseOpened(LogEvent):
    """An order ended as a numbered case for staff."""

    level: ClassVar[int] = logging.ERROR
    code: str
    txn: str


@dataclass(frozen=True, slots=True)
class PapersLeft(LogEvent):
    """A resident went without saying that the papers were taken: staff look at the tray and keep what lies there."""

    level: ClassVar[int] = logging.WARNING
    txn: str


@dataclass(frozen=True, slots=True)
class SlipMissed(LogEvent):
    """A slip did not come out, or not for sure; what it says stood on the screen."""

    slip: str
    code: str


@dataclass(frozen=True, slots=True)
class SlipRollLow(LogEvent):
    """The roll of the slip printer is near its end: bring a new one."""


@dataclass(frozen=True, slots=True)
class OrderSettled(LogEvent):
    """The center has the outcome of an order."""

    txn: str
    money: str


@dataclass(frozen=True, slots=True)
class ReportRefused(LogEvent):
    """The center has another outcome for an order; both books must be looked at."""

    level: ClassVar[int] = logging.ERROR
    txn: str


@dataclass(frozen=True, slots=True)
class Crashed(LogEvent):
    """A mistake of ours: type and place of the error, never its text."""

    level: ClassVar[int] = logging.CRITICAL
    error: str
    at: str


def write(event: LogEvent) -> None:
    """Write one event as one line of JSON."""
    logger.log(event.level, json.dumps({"event": type(event).__name__, **asdict(event)}, separators=(",", ":")))


def place_of(error: BaseException) -> str:
    """Give module and line where an error arose; never its text, which may quote what was being handled."""
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    return "" if trace is None else f"{trace.tb_frame.f_globals.get('__name__', '')}:{trace.tb_lineno}"
