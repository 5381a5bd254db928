"""What the machine is about to do and did: the memory that survives a power cut.

Entries carry identifiers, amounts and counts, nothing of a person.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum
from typing import NewType, Protocol

from kiosk.domain.certificates import SerialNumber, TransactionId
from kiosk.ports.center import OrderOutcome
from kiosk.ports.printer import PrintTicket

IntentId = NewType("IntentId", int)


class Act(Enum):
    """Acts that cannot be undone."""

    ISSUE = "issue"
    """Documents of the order were made and are in the machine."""
    TAKE_MONEY = "take_money"
    PRINT = "print"
    REFUND = "refund"
    SLIP = "slip"
    """未発行票 of an order that is a case."""


@dataclass(frozen=True, slots=True)
class Intent:
    """One act, written down before it is done."""

    act: Act
    transaction: TransactionId
    amount_yen: int = 0
    serial: SerialNumber | None = None
    """The document, for PRINT."""
    sheets: int = 0


@dataclass(frozen=True, slots=True)
class Entry:
    """An intent and, once known, how it ended."""

    intent_id: IntentId
    intent: Intent
    result: str | None
    """None while open; else a word: done, failed, cancelled, unknown."""
    detail: int
    """Yen received or given back, or sheets that came out."""
    ticket: PrintTicket | None = None
    """For PRINT: by what the printer can be asked for it. None: it cannot."""


@dataclass(frozen=True, slots=True)
class OpenOrder:
    """An order whose books are open."""

    transaction: TransactionId
    entries: tuple[Entry, ...]
    """In the order they were written."""
    decided: OrderOutcome | None
    """What was decided became of it, if the machine got as far; the center may or may not have been told."""


class Journal(Protocol):
    """Append-only record; every call returns only when the entry is durable."""

    def intend(self, intent: Intent, ticket: PrintTicket | None = None) -> IntentId:
        """Write down an act before it is begun; `ticket` is the printer's, for PRINT."""
        ...

    def note(self, intents: Sequence[Intent]) -> None:
        """Write down acts that are done already, at one stroke: after a power cut all of them are known, or none."""
        ...

    def conclude(self, intent_id: IntentId, result: str, detail: int = 0) -> None:
        """Write down how an act ended. Raises ValueError for an unknown or a concluded intent."""
        ...

    def decide(self, outcome: OrderOutcome) -> None:
        """Write down what became of an order before the center is told. Raises ValueError for a second decision."""
        ...

    def settle(self, transaction: TransactionId) -> None:
        """Close the books of an order: the center has its outcome, or never heard of it."""
        ...

    def open_orders(self) -> tuple[OpenOrder, ...]:
        """Give every order that is not settled, oldest first."""
        ...

    def cases_untold(self) -> tuple[OrderOutcome, ...]:
        """Give every open case whose 未発行票 was not seen to its end: the machine died before it, or with it. Oldest first."""
        ...

    def raise_incident(self, code: str, transaction: TransactionId | None, check: str) -> None:
        """Stop the machine durably; it stays stopped through every restart until staff close the incident."""
        ...

    def open_incident(self) -> str | None:
        """Give the code of the oldest incident that staff have not closed; None when there is none."""
        ...

    def close_incidents(self, cause: str) -> int:
        """Close every open incident under a cause found by staff, and give their number (INV-6).

        Raises ValueError for an empty cause: "it worked on retry" explains nothing, and nothing explains less.
        """
        ...
