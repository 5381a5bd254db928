"""What can be wrong with a virtual card, by name, so that a test or a demonstration can order it."""

from dataclasses import dataclass, field
from enum import Enum


class FaultName(Enum):
    """One way for a card to fail at a chosen command."""

    PULL_BEFORE = "pull-before"
    """Leaves the field when the command arrives; the command is not carried out."""
    PULL_AFTER = "pull-after"
    """Carries the command out, then leaves before its answer is heard."""
    MUTE = "mute"
    """Never answers, and stays in the field."""
    GARBAGE = "garbage"
    """Answers bytes that mean nothing; the command is not carried out."""
    TRUNCATE = "truncate"
    """Carries the command out and loses half of its data."""
    EXTEND = "extend"
    """Carries the command out and answers more data than was asked for."""
    ENDLESS = "endless"
    """From here on answers everything with some data and "more to come" (61xx)."""
    HOLLOW = "hollow"
    """From here on answers everything with "more to come" and no data."""
    ANSWER = "answer"
    """Gives the answer put into the fault; the command is not carried out."""


@dataclass(frozen=True, slots=True)
class Fault:
    """One fault, once, at the n-th command after it was armed."""

    name: FaultName
    at: int = 1
    """Number of the command, from 1."""
    answer: bytes = field(default=b"", repr=False)
    """For ANSWER: data and status word."""

    def __post_init__(self) -> None:
        """Refuse what cannot be played; an empty answer would end the vpcd reader."""
        if self.at < 1:
            raise ValueError("commands are counted from 1")
        if self.name is FaultName.ANSWER and len(self.answer) < 2:
            raise ValueError("an answer has a status word at least")


class Pulled(Exception):
    """The card left the field."""


class Silent(Exception):
    """The card will not answer this command."""


def parse_fault(text: str) -> Fault:
    """Read a fault as a command line has it: `pull-before@9`, or `answer@4:6700`. Raises ValueError."""
    name, _, place = text.partition("@")
    number, _, answer = place.partition(":")
    return Fault(FaultName(name), int(number or "1"), bytes.fromhex(answer))


GARBAGE = bytes.fromhex("DEADBEEF0BADF00D")
ENDLESS = bytes(16) + b"\x61\x10"
HOLLOW = b"\x61\x10"
EXTENSION = bytes(256)
