"""Slips as a visit sees them: what stands on each, and whether it came out. Nothing on them names a person.

A slip is confirmed by the printer or it is not printed; "unknown" is an outcome of its own, and none is repeated on a guess.
"""

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Protocol

from kiosk.domain.certificates import CertificateKind, Municipality, TransactionId
from kiosk.domain.registration import ReceptionNumber


@dataclass(frozen=True, slots=True)
class Receipt:
    """領収書, where money was taken here."""

    municipality: Municipality
    """Whose fee it is: the issuer of the receipt."""
    kind: CertificateKind
    copies: int
    fee_yen: int
    """Of one copy."""
    received_yen: int | None
    """What was put in; None for a payment without cash, which has no change either."""
    issued_at: datetime
    """When the fee was complete; aware."""
    transaction: TransactionId
    """Its first eight digits are printed."""
    kiosk_id: str
    english: bool = False
    """Whether English stands beneath the Japanese, here and below: for residents who chose it."""

    @property
    def total_yen(self) -> int:
        """The whole amount."""
        return self.fee_yen * self.copies


@dataclass(frozen=True, slots=True)
class CaseSlip:
    """未発行票: money or paper did not end as it should, and staff put it right."""

    case_number: str
    """ASCII letters, digits and hyphens."""
    code: str
    occurred_at: datetime
    kind: CertificateKind | None
    """None when the machine does not know any more, as after a power cut."""
    amount_yen: int | None
    """What the resident had paid; None when that is what is unknown, 0 when no money was taken."""
    telephone: str
    """Of the help desk; empty where there is none."""
    kiosk_id: str
    english: bool = False


@dataclass(frozen=True, slots=True)
class ReceptionSlip:
    """The number under which the 本籍地 keeps an application for 利用登録."""

    number: ReceptionNumber
    municipality: Municipality
    received_at: datetime
    english: bool = False


@dataclass(frozen=True, slots=True)
class CounterSlip:
    """受付票: what the resident shows at the counter to get the certificates."""

    number: str
    """As it will be called; ASCII."""
    municipality: Municipality
    ordered_at: datetime
    certificates: tuple[tuple[CertificateKind, int], ...]
    """Kinds and copies."""
    total_yen: int
    """To pay at the counter."""
    wait_at: str
    """Where to wait, in the office's own words."""
    check_code: str
    """A few letters and digits that only this slip and the clerk's screen show."""
    qr: str = field(repr=False)
    """What the clerk's scanner reads; ASCII, nothing of the person in it."""
    english: bool = False


@dataclass(frozen=True, slots=True)
class SettlementLine:
    """One kind on a settlement slip."""

    kind: CertificateKind
    copies: int
    total_yen: int


@dataclass(frozen=True, slots=True)
class SettlementSlip:
    """精算票 of one day, for staff."""

    day: date
    kiosk_id: str
    printed_at: datetime
    lines: tuple[SettlementLine, ...]
    refunded_yen: int
    voided: int
    """Documents voided."""
    open_cases: int
    expected_cash_yen: int
    """What should be in the machine by its journal."""
    counted_cash_yen: int | None
    """What the money device says that it holds; None when it does not say."""


SlipContent = Receipt | CaseSlip | ReceptionSlip | CounterSlip | SettlementSlip


@dataclass(frozen=True, slots=True)
class SlipPrinterReady:
    """A slip can be printed now."""

    near_end: bool
    """Whether staff should bring a new roll."""


@dataclass(frozen=True, slots=True)
class SlipPrinterUnavailable:
    """No slip can be printed now; known before payment."""

    code: str
    """SLIP-01 away, SLIP-02 paper, SLIP-03 cover, SLIP-04 cutter or another fault of the mechanism."""


@dataclass(frozen=True, slots=True)
class SlipPrinted:
    """The printer confirmed that the slip is out and cut off."""


@dataclass(frozen=True, slots=True)
class SlipFailed:
    """The slip is not out as a whole, and no more of it will come."""

    code: str
    """As in SlipPrinterUnavailable, or SLIP-05 a character that no font has."""


@dataclass(frozen=True, slots=True)
class SlipUnknown:
    """Contact was lost at a moment when the slip may have come out."""


SlipReadiness = SlipPrinterReady | SlipPrinterUnavailable
SlipOutcome = SlipPrinted | SlipFailed | SlipUnknown


class SlipPrinter(Protocol):
    """The receipt printer of one kiosk or counter terminal."""

    def readiness(self) -> SlipReadiness:
        """Tell, before payment, whether a slip can come out."""
        ...

    def print_slip(self, content: SlipContent) -> SlipOutcome:
        """Print one slip, once."""
        ...
