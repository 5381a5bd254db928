"""What the pages ask and are told, as JSON. Shapes only; whatever the counter's own values say is passed on unchanged."""

import re
import unicodedata
from datetime import date, datetime, timedelta
from typing import Annotated, TypeVar

import msgspec
from msgspec import Meta, Struct

from issuing_center.counter.feed import Change
from issuing_center.counter.models import Office, ScannedSlip, SheetCode, Slip, TerminalStatus, TypedSlip, Waiting
from issuing_center.counter.sheets import read_code
from issuing_center.counter.states import CANCEL_LABELS, LABELS, SPOIL_LABELS, CancelReason, Settlement, SpoilReason
from issuing_center.counter.words import KINDS

AWAY_AFTER = timedelta(minutes=3)
"""A terminal that said nothing for so long is told to the clerks as away; it speaks every minute."""

_RequestId = Annotated[str, Meta(pattern="^[0-9a-f]{32}$", max_length=32)]
_Code = re.compile(r"[0-9a-f]{32}\Z")
_Scan = Annotated[str, Meta(min_length=1, max_length=900)]
"""The signed code of a certificate, in hexadecimal, has at most 400 characters, and a scanner may type each byte as several."""
_TYPED = re.compile(r"([0-9]{1,4})[ \-]+([2-9A-HJ-NP-Z]{4})\Z")

M = TypeVar("M")


class Ask(Struct, frozen=True, forbid_unknown_fields=True):
    """An act on one number."""

    request_id: _RequestId


class FeeAsk(Ask, frozen=True):
    """Settle a fee."""

    method: Settlement
    exemption: Annotated[str, Meta(min_length=1, max_length=60)] | None = None


class CancelAsk(Ask, frozen=True):
    """End a number; only for a reason a clerk can have."""

    reason: CancelReason


class SpoilAsk(Ask, frozen=True):
    """Throw sheets away."""

    reason: SpoilReason
    serials: Annotated[tuple[Annotated[str, Meta(max_length=40)], ...], Meta(min_length=1, max_length=24)]


class SlipAsk(Struct, frozen=True, forbid_unknown_fields=True):
    """Find what a scanner or a clerk typed."""

    office: Annotated[str, Meta(max_length=40)]
    slip: _Scan
    """A slip; to find a number, also a number or a sheet."""


class HandOverAsk(SlipAsk, frozen=True):
    """Redeem a slip for the number that is on the screen."""

    request_id: _RequestId
    sheets: Annotated[tuple[_Scan, ...], Meta(max_length=24)] = ()
    """What was scanned of its sheets."""


class SheetAsk(Ask, frozen=True):
    """Check one sheet for the number that is on the screen."""

    sheet: _Scan


class CodeAsk(Struct, frozen=True, forbid_unknown_fields=True):
    """Look a seal up."""

    code: Annotated[str, Meta(min_length=1, max_length=40)]


class DayAsk(Struct, frozen=True, forbid_unknown_fields=True):
    """Close a day."""

    day: date
    office: Annotated[str, Meta(max_length=40)] | None = None


class Problem(Struct, frozen=True):
    """A no: stable code and what the clerk reads; the number as it stands, where there is one."""

    code: str
    text: str
    row: Waiting | None = None


class Terminal(Struct, frozen=True):
    """A terminal, and whether it has gone silent."""

    terminal: str
    office: str
    printer: str
    slips: str
    away: bool


class Rows(Struct, frozen=True):
    """Today's numbers, or those that changed."""

    change: int
    day: date
    rows: tuple[Waiting, ...]
    terminals: tuple[Terminal, ...]


class Labels(Struct, frozen=True):
    """What the pages write for the counter's words."""

    states: dict[str, str]
    spoil: dict[str, str]
    cancel: dict[str, str]
    kinds: dict[str, str]


class Session(Struct, frozen=True):
    """Who is signed in, and what the pages need once."""

    staff_id: str
    municipality_code: str
    municipality: str
    specimen: bool
    form_token: str
    day: date
    offices: tuple[Office, ...]
    displays: dict[str, str]
    """Path of the wall screen of each office."""
    labels: Labels


OF_CLERKS = (CancelReason.RESIDENT, CancelReason.ABSENT, CancelReason.MISTAKE)
"""Reasons of cancelling that a clerk may give; the others are the center's own."""

LABEL_TABLES = Labels(
    states={state.value: text for state, text in LABELS.items()},
    spoil={reason.value: text for reason, text in SPOIL_LABELS.items()},
    cancel={reason.value: CANCEL_LABELS[reason] for reason in OF_CLERKS},
    kinds={kind.value: text for kind, text in KINDS.items()},
)


class MalformedError(ValueError):
    """What was sent is not what the pages send."""


def decode(body: bytes, message: type[M]) -> M:
    """Read a message. Raises MalformedError, whose text quotes nothing."""
    try:
        return msgspec.json.decode(body, type=message)
    except (msgspec.DecodeError, UnicodeDecodeError):
        raise MalformedError from None


def encode(value: object) -> bytes:
    """Write a value of the counter or of this module."""
    return msgspec.json.encode(value)


def slip_of(office: str, typed: str) -> Slip | int | None:
    """Read what a keyboard or a scanner on one sent: a slip, a bare number, or nothing that we know.

    Full-width letters of an input method count as their plain ones.
    """
    text = unicodedata.normalize("NFKC", typed).strip()
    if _Code.match(text.lower()):
        return ScannedSlip(text.lower())
    found = _TYPED.match(text.upper())
    if found is not None:
        return TypedSlip(office, int(found[1]), found[2])
    return int(text) if text.isascii() and text.isdigit() and len(text) <= 4 else None


def sheet_of(typed: str) -> SheetCode | None:
    """Read what a scanner sent of a sheet."""
    return read_code(unicodedata.normalize("NFKC", typed))


def terminal_rows(found: tuple[TerminalStatus, ...], now: datetime) -> tuple[Terminal, ...]:
    """Say of each terminal how it is, and whether it still speaks."""
    return tuple(
        Terminal(each.terminal, each.office, each.printer, each.slips, now - each.told_at > AWAY_AFTER)
        for each in found
    )


def changed(changes: tuple[Change, ...]) -> tuple[str, ...]:
    """Give the numbers that changed, each once."""
    return tuple(dict.fromkeys(change.request_id for change in changes if change.request_id is not None))


def folded(code: str) -> str:
    """Give a code as it was made: plain capitals without spaces, whatever input method it was typed with."""
    return "".join(unicodedata.normalize("NFKC", code).split()).upper()
