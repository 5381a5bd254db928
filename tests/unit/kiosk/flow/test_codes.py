"""Stable codes: one for every unwished outcome, and none that has no sentence."""

from typing import get_args

import pytest

from kiosk.domain.certificates import TransactionId
from kiosk.flow.codes import OTHER, TONES, Nay, case_number, code_of, sentence_code
from kiosk.flow.events import PasswordIncomplete, PinIncomplete, VisitGone
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
from kiosk.ports.center import CenterUnavailable, DocumentMismatch, RefusalReason, Refused
from kiosk.ports.payment import NotCharged, PaymentCancelled, PaymentUnavailable, PaymentUnknown
from kiosk.ports.printer import PrinterUnavailable, PrintFailed, PrintUnknown
from kiosk.ports.slips import SlipPrinterUnavailable

CODES: dict[str, list[Nay]] = {
    "PIN-01": [WrongPin(2), WrongPin(1), PinIncomplete()],
    "PIN-02": [WrongPin(0), PinBlocked()],
    "PIN-03": [WrongPassword(4), WrongPassword(1), PasswordIncomplete()],
    "PIN-04": [WrongPassword(0), PasswordBlocked()],
    "CARD-03": [ReaderUnavailable("CARD-03")],
    "CARD-04": [NotAMyNumberCard()],
    "CARD-05": [OldResidentCard()],
    "CARD-06": [NoAuthenticationCertificate()],
    "CARD-07": [CardRemoved()],
    "CARD-08": [CardFault("read", 0x6A82)],
    "CARD-09": [NoSignatureCertificate()],
    "PIN-06": [AttributesBlocked()],
    "CARD-16": [NoAttributes()],
    "CARD-10": [AnotherCard()],
    "VISIT-02": [VisitGone()],
    "CENTER-05": [CenterUnavailable("CENTER-05")],
    "REFUSED-01": [Refused(RefusalReason.COUNTER_ONLY)],
    "DOC-01": [DocumentMismatch("digest", None)],
    "PAY-03": [PaymentUnavailable("PAY-03")],
    "PAY-04": [PaymentCancelled()],
    "PAY-05": [PaymentUnknown(0)],
    "PAY-06": [NotCharged()],
    "PRINT-02": [PrinterUnavailable("PRINT-02"), PrintFailed("PRINT-02", 0)],
    "PRINT-05": [PrintUnknown(1)],
    "SLIP-02": [SlipPrinterUnavailable("SLIP-02")],
}


@pytest.mark.parametrize(("code", "outcomes"), CODES.items())
def test_an_outcome_has_its_code(code: str, outcomes: list[Nay]) -> None:
    assert {code_of(outcome) for outcome in outcomes} == {code}
    assert code in TONES


def test_every_unwished_outcome_is_in_the_table_above() -> None:
    assert {type(outcome) for outcomes in CODES.values() for outcome in outcomes} == set(get_args(Nay))


@pytest.mark.parametrize("reason", RefusalReason)
def test_every_reason_of_the_center_has_sentences(reason: RefusalReason) -> None:
    assert code_of(Refused(reason)) in TONES


def test_a_code_that_nobody_foresaw_has_the_general_sentences() -> None:
    assert sentence_code("NEW-99") == OTHER
    assert sentence_code("PAY-01") == "PAY-01"


def test_a_case_number_is_the_beginning_of_the_transaction() -> None:
    assert case_number(TransactionId("0f1e2d3c4b5a69788796a5b4c3d2e1f0")) == "0F1E2D3C"
