"""Stable codes of everything that can go wrong, and how a message with that code presents itself.

Codes never change their meaning: screens, slips, logs and the staff table speak of them. The sentences are in
assets/strings under `code.<code>`.
"""

from types import MappingProxyType
from typing import assert_never

from kiosk.domain.certificates import TransactionId
from kiosk.flow.events import PasswordIncomplete, PinIncomplete, VisitGone
from kiosk.flow.screen_model import Tone
from kiosk.flow.states import CaseNumber
from kiosk.ports.attributes import AnotherCard, AttributesBlocked, NoAttributes
from kiosk.ports.card import (
    CardFault,
    CardRemoved,
    NoAuthenticationCertificate,
    NoSignatureCertificate,
    NotAMyNumberCard,
    OldResidentCard,
    PasswordBlocked,
    PinBlocked,
    ReaderUnavailable,
    WrongPassword,
    WrongPin,
)
from kiosk.ports.center import CenterUnavailable, DocumentMismatch, Refused
from kiosk.ports.payment import NotCharged, PaymentCancelled, PaymentUnavailable, PaymentUnknown
from kiosk.ports.printer import PrinterUnavailable, PrintFailed, PrintUnknown
from kiosk.ports.slips import SlipPrinterUnavailable

WRONG_PIN = "PIN-01"
PIN_BLOCKED = "PIN-02"
SIGN_WRONG = "PIN-03"
SIGN_BLOCKED = "PIN-04"
KEEP_LAST_TRY = "PIN-05"
ATTRIBUTES_BLOCKED = "PIN-06"
NOT_A_MY_NUMBER_CARD = "CARD-04"
OLD_CARD = "CARD-05"
NO_CERTIFICATE = "CARD-06"
CARD_LIFTED = "CARD-07"
CARD_FAULT = "CARD-08"
NO_SIGNATURE_CERTIFICATE = "CARD-09"
ANOTHER_CARD = "CARD-10"
NO_ATTRIBUTES = "CARD-16"
VISIT_OVER = "VISIT-02"
TIMED_OUT = "CENTER-02"
CLOSED = "HOURS-01"
NO_CHANGE = "PAY-03"
PAYMENT_CANCELLED = "PAY-04"
PAYMENT_UNKNOWN = "PAY-05"
REFUND_FAILED = "PAY-06"
PRINT_UNKNOWN = "PRINT-05"
MISMATCH = "DOC-01"
NOT_MINE = "DOC-02"
NO_SEAL = "REFUSED-06"
CASE = "CASE-01"
OTHER = "OTHER-01"

TONES = MappingProxyType(
    {
        "PIN-01": Tone.CAUTION,
        "PIN-02": Tone.STOP,
        "PIN-03": Tone.CAUTION,
        "PIN-04": Tone.STOP,
        "PIN-05": Tone.INFORM,
        "PIN-06": Tone.CAUTION,
        "CARD-01": Tone.STOP,
        "CARD-02": Tone.STOP,
        "CARD-03": Tone.STOP,
        "CARD-04": Tone.CAUTION,
        "CARD-05": Tone.CAUTION,
        "CARD-06": Tone.CAUTION,
        "CARD-07": Tone.CAUTION,
        "CARD-08": Tone.CAUTION,
        "CARD-09": Tone.CAUTION,
        "CARD-10": Tone.CAUTION,
        "CARD-16": Tone.INFORM,
        "CERT-01": Tone.CAUTION,
        "CERT-02": Tone.CAUTION,
        "CERT-03": Tone.CAUTION,
        "CERT-04": Tone.CAUTION,
        "CERT-05": Tone.CAUTION,
        "VISIT-01": Tone.CAUTION,
        "VISIT-02": Tone.INFORM,
        "VISIT-03": Tone.CAUTION,
        "HOURS-01": Tone.INFORM,
        "REFUSED-01": Tone.CAUTION,
        "REFUSED-02": Tone.CAUTION,
        "REFUSED-03": Tone.CAUTION,
        "REFUSED-04": Tone.INFORM,
        "REFUSED-05": Tone.CAUTION,
        "REFUSED-06": Tone.CAUTION,
        "REFUSED-07": Tone.CAUTION,
        "REFUSED-08": Tone.CAUTION,
        "REFUSED-09": Tone.INFORM,
        "CENTER-01": Tone.STOP,
        "CENTER-02": Tone.STOP,
        "CENTER-03": Tone.STOP,
        "CENTER-04": Tone.STOP,
        "CENTER-05": Tone.CAUTION,
        "PAY-01": Tone.STOP,
        "PAY-02": Tone.STOP,
        "PAY-03": Tone.CAUTION,
        "PAY-04": Tone.INFORM,
        "PAY-05": Tone.STOP,
        "PAY-06": Tone.STOP,
        "PRINT-01": Tone.STOP,
        "PRINT-02": Tone.STOP,
        "PRINT-03": Tone.STOP,
        "PRINT-04": Tone.STOP,
        "PRINT-05": Tone.STOP,
        "PRINT-06": Tone.STOP,
        "PRINT-07": Tone.STOP,
        "SLIP-01": Tone.CAUTION,
        "SLIP-02": Tone.CAUTION,
        "SLIP-03": Tone.CAUTION,
        "SLIP-04": Tone.CAUTION,
        "BOOKS-01": Tone.STOP,
        "DOC-01": Tone.STOP,
        "DOC-02": Tone.STOP,
        "CASE-01": Tone.STOP,
        "OTHER-01": Tone.STOP,
    }
)
"""Every code that has sentences, with the tone of its message."""

Nay = (
    WrongPin
    | PinBlocked
    | NoAuthenticationCertificate
    | NotAMyNumberCard
    | OldResidentCard
    | CardRemoved
    | CardFault
    | ReaderUnavailable
    | PinIncomplete
    | WrongPassword
    | PasswordBlocked
    | PasswordIncomplete
    | NoSignatureCertificate
    | AttributesBlocked
    | NoAttributes
    | AnotherCard
    | VisitGone
    | Refused
    | CenterUnavailable
    | DocumentMismatch
    | PaymentCancelled
    | PaymentUnknown
    | PaymentUnavailable
    | NotCharged
    | PrinterUnavailable
    | PrintFailed
    | PrintUnknown
    | SlipPrinterUnavailable
)
"""Every outcome of a port that is not the wished one."""


def code_of(outcome: Nay) -> str:
    """Give the stable code of an outcome."""
    match outcome:
        case WrongPin():
            return WRONG_PIN if outcome.tries_left > 0 else PIN_BLOCKED
        case PinIncomplete():
            return WRONG_PIN
        case PinBlocked():
            return PIN_BLOCKED
        case WrongPassword():
            return SIGN_WRONG if outcome.tries_left > 0 else SIGN_BLOCKED
        case PasswordIncomplete():
            return SIGN_WRONG
        case PasswordBlocked():
            return SIGN_BLOCKED
        case NoSignatureCertificate():
            return NO_SIGNATURE_CERTIFICATE
        case AttributesBlocked():
            return ATTRIBUTES_BLOCKED
        case NoAttributes():
            return NO_ATTRIBUTES
        case AnotherCard():
            return ANOTHER_CARD
        case VisitGone():
            return VISIT_OVER
        case NotAMyNumberCard():
            return NOT_A_MY_NUMBER_CARD
        case OldResidentCard():
            return OLD_CARD
        case NoAuthenticationCertificate():
            return NO_CERTIFICATE
        case CardRemoved():
            return CARD_LIFTED
        case CardFault():
            return CARD_FAULT
        case ReaderUnavailable() | CenterUnavailable() | PaymentUnavailable() | PrinterUnavailable() | PrintFailed():
            return outcome.code
        case SlipPrinterUnavailable():
            return outcome.code
        case Refused():
            return outcome.reason.value
        case DocumentMismatch():
            return MISMATCH
        case PaymentCancelled():
            return PAYMENT_CANCELLED
        case PaymentUnknown():
            return PAYMENT_UNKNOWN
        case NotCharged():
            return REFUND_FAILED
        case PrintUnknown():
            return PRINT_UNKNOWN
        case _:
            assert_never(outcome)


def sentence_code(code: str) -> str:
    """Give the code under which the strings have sentences; a code nobody foresaw has those of OTHER-01."""
    return code if code in TONES else OTHER


def case_number(transaction: TransactionId) -> CaseNumber:
    """Derive the number of a case for staff: eight digits of the order's random id, enough to find it, easy to read."""
    return CaseNumber(transaction[:8].upper())
