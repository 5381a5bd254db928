"""The values that the counter's rooms give to those who show them. Nothing here has a name of a resident."""

from dataclasses import dataclass, field
from datetime import datetime

from issuing_center.counter.states import Act, CounterState, Settlement, SheetState


@dataclass(frozen=True, slots=True)
class Sheet:
    """One certificate of a number."""

    serial: str
    """発行番号."""
    copy_no: int
    pages: int
    """Sheets of security paper."""
    state: SheetState
    reason: str | None
    """Value of the `SpoilReason`; None unless a clerk spoiled it."""


@dataclass(frozen=True, slots=True)
class Waiting:
    """One number as the console shows it."""

    request_id: str
    """128 random bits; by this the acts name a number."""
    office: str
    """Id of the office."""
    number: int
    """Waiting number of its day at its office."""
    check: str
    state: CounterState
    kind: str
    """By its word on the wire."""
    copies: int
    total_yen: int
    settlement: Settlement | None
    """None: not settled yet."""
    exemption: str | None
    """Reason as the settings write it; None unless exempt."""
    paid_yen: int
    """What was taken and not given back."""
    receipt_number: str
    """領収書番号: 年度 and running number, as printed."""
    terminal: str
    """Device id."""
    requested_at: datetime
    changed_at: datetime
    called_at: datetime | None
    """Last call; None before the first."""
    reprint_permitted: bool
    """Whether the resident may lay the card again and get what was spoilt, under this number and without a fee."""
    attention: str | None
    """A word that asks for a clerk: unreported, lost, outcome_differs, paid_not_handed, mixed_up; None where all is well."""
    sheets: tuple[Sheet, ...]
    """Certificates by copy, those of earlier printings included."""
    acts: tuple[Act, ...]
    """What a clerk may do now."""


@dataclass(frozen=True, slots=True)
class ScannedSlip:
    """A slip by its QR."""

    code: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class TypedSlip:
    """A slip by what is printed on it."""

    office: str
    number: int
    check: str
    """In capitals; whoever reads it from a keyboard folds it."""


Slip = ScannedSlip | TypedSlip


@dataclass(frozen=True, slots=True)
class Serial:
    """A certificate by its 発行番号."""

    serial: str


@dataclass(frozen=True, slots=True)
class Paper:
    """A paper that lies around certificates, by its QR."""

    letter: str
    """A: 申請書, R: 領収書."""
    txn: str = field(repr=False)
    """Of the order that it was printed for."""


SheetCode = Serial | Paper
"""What a scanner reads on a sheet."""


@dataclass(frozen=True, slots=True)
class Office:
    """One office of a municipality."""

    office_id: str
    name: str
    waiting_place: str
    exemptions: tuple[str, ...]
    """Reasons for which nothing is due here."""


@dataclass(frozen=True, slots=True)
class CallDisplay:
    """What the screen on the wall shows: numbers, and nothing else."""

    office: str
    """Name of the office."""
    called: tuple[int, ...]
    """Called and not yet handed over, the latest first."""
    preparing: tuple[int, ...]
    """Not called yet, in their order."""


@dataclass(frozen=True, slots=True)
class TerminalStatus:
    """What a terminal last said of itself."""

    terminal: str
    office: str
    told_at: datetime
    printer: str
    """ready, paper_low, paper_out, fault or unreachable: the printer behind the counter."""
    slips: str
    """Likewise: the slip printer."""
