"""What is reported of an order, to the yen and the sheet, whichever way it ends."""

from dataclasses import replace

import pytest

from kiosk.domain.certificates import CertificateKind, SerialNumber
from kiosk.flow import effects as fx
from kiosk.flow import events as ev
from kiosk.flow import states as s
from kiosk.flow.advance import advance
from kiosk.flow.screen_model import Button, Touch
from kiosk.flow.settings import FlowSettings
from kiosk.flow.step import Step
from kiosk.ports.center import DocumentFate, DocumentMismatch, MoneyFate, OrderOutcome
from kiosk.ports.payment import Paid, PaymentCancelled, PaymentUnknown, Refunded
from kiosk.ports.printer import Printed, PrinterReady, PrinterUnavailable, PrintFailed, PrintOutcome, PrintUnknown
from tests.flow import samples as m

FIRST, SECOND = (document.serial for document in m.issued().documents)
OVER, VOID, UNKNOWN = DocumentFate.HANDED_OVER, DocumentFate.VOIDED, DocumentFate.UNKNOWN
CASE = "0F1E2D3C"


def after(label: str, event: ev.Event, settings: FlowSettings = m.KIOSK) -> Step:
    return advance(m.states()[label], event, m.at(), settings)


def reported(step: Step) -> list[OrderOutcome]:
    return [effect.outcome for effect in step.effects if isinstance(effect, fx.Report)]


def printed(label: str, outcome: PrintOutcome | DocumentMismatch) -> Step:
    serial = SECOND if label == "Printing (2 of 2)" else FIRST
    return after(label, ev.DocumentPrinted(m.ticket(), serial, outcome))


def test_a_payment_that_was_cancelled_charges_nothing_and_offers_to_choose_again() -> None:
    step = after("Cancelling", ev.PaymentAnswered(m.ticket(), PaymentCancelled()))
    assert reported(step) == [
        OrderOutcome(m.TRANSACTION, MoneyFate.NONE, 0, ((FIRST, VOID, 0), (SECOND, VOID, 0)), None)
    ]
    assert isinstance(step.state, s.Message)
    assert (step.state.money, step.state.resume) == (s.MoneyPlace.RETURNED, m.VERIFIED)


def test_a_payment_that_was_complete_before_it_could_be_stopped_is_printed_for() -> None:
    step = after("Cancelling", ev.PaymentAnswered(m.ticket(), Paid(600)))
    assert isinstance(step.state, s.Printing)
    assert reported(step) == []


def test_an_unknown_payment_is_a_case_with_every_document_void() -> None:
    step = after("Paying", ev.PaymentAnswered(m.ticket(), PaymentUnknown(500)))
    papers = ((FIRST, VOID, 0), (SECOND, VOID, 0))
    assert reported(step) == [OrderOutcome(m.TRANSACTION, MoneyFate.UNKNOWN, 500, papers, CASE)]
    assert fx.PrintCaseSlip(s.CaseNumber(CASE), "PAY-05", m.TRANSACTION, CertificateKind.JUMINHYO, None) in step.effects


def test_a_printer_that_is_not_ready_is_found_before_any_money() -> None:
    step = after("CheckingDevices", ev.DevicesChecked(m.ticket(), PrinterUnavailable("PRINT-02"), None))
    assert reported(step) == [
        OrderOutcome(m.TRANSACTION, MoneyFate.NONE, 0, ((FIRST, VOID, 0), (SECOND, VOID, 0)), None)
    ]
    assert not any(isinstance(effect, fx.TakePayment) for effect in step.effects)


def test_nothing_on_paper_gives_the_whole_amount_back_before_it_is_reported() -> None:
    step = printed("Printing (1 of 2)", PrintFailed("PRINT-04", 0))
    assert isinstance(step.state, s.Refunding)
    assert reported(step) == []
    last = advance(step.state, ev.RefundAnswered(step.state.ticket, Refunded(600)), m.at(), m.KIOSK)
    papers = ((FIRST, VOID, 0), (SECOND, VOID, 0))
    assert reported(last) == [OrderOutcome(m.TRANSACTION, MoneyFate.REFUNDED, 600, papers, None)]


def test_a_sheet_that_was_heard_to_come_out_counts_even_when_the_printer_says_none() -> None:
    out = after("Printing (1 of 2)", ev.SheetOut(m.ticket(), 1)).state
    failed = ev.DocumentPrinted(m.ticket(), FIRST, PrintFailed("PRINT-04", 0))
    step = advance(out, failed, m.at(), m.KIOSK)
    papers = ((FIRST, VOID, 1), (SECOND, VOID, 0))
    assert reported(step) == [OrderOutcome(m.TRANSACTION, MoneyFate.KEPT, 600, papers, CASE)]


@pytest.mark.parametrize(
    ("label", "outcome", "papers"),
    [
        ("Printing (1 of 2)", PrintFailed("PRINT-04", 1), ((FIRST, VOID, 1), (SECOND, VOID, 0))),
        ("Printing (1 of 2)", PrintUnknown(0), ((FIRST, UNKNOWN, 0), (SECOND, VOID, 0))),
        ("Printing (2 of 2)", PrintFailed("PRINT-02", 0), ((FIRST, OVER, 1), (SECOND, VOID, 0))),
        ("Printing (2 of 2)", PrintUnknown(1), ((FIRST, OVER, 1), (SECOND, UNKNOWN, 1))),
        ("Printing (2 of 2)", DocumentMismatch("subject", None), ((FIRST, OVER, 1), (SECOND, VOID, 0))),
    ],
)
def test_paper_that_is_not_the_whole_order_is_a_case(
    label: str, outcome: PrintOutcome | DocumentMismatch, papers: tuple[tuple[SerialNumber, DocumentFate, int], ...]
) -> None:
    step = printed(label, outcome)
    assert reported(step) == [OrderOutcome(m.TRANSACTION, MoneyFate.KEPT, 600, papers, CASE)]
    assert isinstance(step.state, s.CallingStaff)
    assert step.state.stops is isinstance(outcome, DocumentMismatch)


def test_a_mismatch_before_the_first_sheet_refunds_first_and_then_stops_the_machine() -> None:
    step = printed("Printing (1 of 2)", DocumentMismatch("digest", None))
    assert step.effects[0] == fx.RaiseIncident("DOC-01", m.TRANSACTION, "digest")
    assert isinstance(step.state, s.Refunding)
    last = advance(step.state, ev.RefundAnswered(step.state.ticket, Refunded(600)), m.at(), m.KIOSK)
    end = advance(last.state, ev.Touched(Touch(Button.FINISH)), m.at(), m.KIOSK)
    assert end.state == s.OutOfService(frozenset(), "DOC-01")


def test_everything_printed_is_reported_when_the_resident_has_checked_the_name() -> None:
    step = printed("Printing (2 of 2)", Printed(1))
    assert reported(step) == []
    end = advance(step.state, ev.Touched(Touch(Button.NEXT)), m.at(), m.KIOSK)
    papers = ((FIRST, OVER, 1), (SECOND, OVER, 1))
    assert reported(end) == [OrderOutcome(m.TRANSACTION, MoneyFate.KEPT, 600, papers, None)]


def test_somebody_elses_certificate_stops_the_machine_and_leaves_the_papers_open() -> None:
    step = after("Collect", ev.Touched(Touch(Button.NOT_MINE)))
    assert step.effects[0] == fx.RaiseIncident("DOC-02", m.TRANSACTION, "resident")
    papers = ((FIRST, UNKNOWN, 1), (SECOND, UNKNOWN, 1))
    assert reported(step) == [OrderOutcome(m.TRANSACTION, MoneyFate.KEPT, 600, papers, CASE)]
    end = advance(step.state, ev.Touched(Touch(Button.FINISH)), m.at(), m.KIOSK)
    assert end.state == s.OutOfService(frozenset(), "DOC-02", (s.CaseNumber(CASE),))


def test_a_free_certificate_is_printed_without_the_payment_device() -> None:
    state = m.states()["CheckingDevices"]
    assert isinstance(state, s.CheckingDevices)
    free = replace(state, issued=m.issued(fee_yen=0))
    step = advance(free, ev.DevicesChecked(m.ticket(), PrinterReady(), None), m.at(), m.KIOSK)
    assert isinstance(step.state, s.Printing)


def test_each_document_is_printed_under_a_ticket_of_its_own() -> None:
    step = printed("Printing (1 of 2)", Printed(1))
    sent = [effect for effect in step.effects if isinstance(effect, fx.PrintDocument)]
    assert [(effect.document.serial, effect.number, effect.count) for effect in sent] == [(SECOND, 2, 2)]
    assert sent[0].ticket != m.ticket()


@pytest.mark.parametrize(("two_sided", "sheets"), [(True, 2), (False, 4)])
def test_the_printer_is_asked_for_the_sheets_of_the_whole_order(two_sided: bool, sheets: int) -> None:
    issued = m.issued()
    documents = tuple(replace(document, two_sided=two_sided) for document in issued.documents)
    step = after("Preparing", ev.OrderAnswered(m.ticket(), replace(issued, documents=documents)))
    assert [effect.sheets for effect in step.effects if isinstance(effect, fx.CheckDevices)] == [sheets]
