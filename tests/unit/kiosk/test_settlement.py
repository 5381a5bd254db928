"""Settlement at start-up: whatever a cut left open ends in exactly one outcome, by asking and never by guessing."""

from collections.abc import Callable, Iterator
from pathlib import Path
from threading import Event

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kiosk import settlement
from kiosk.adapters.journal.sqlite import SqliteJournal
from kiosk.adapters.payment.absent import AbsentMoney
from kiosk.adapters.payment.scripted import MoneyFault, ScriptedCashier
from kiosk.adapters.printer.page_printer import PagePrinter
from kiosk.domain.certificates import SerialNumber, TransactionId
from kiosk.flow.codes import case_number
from kiosk.flow.events import SettledCase
from kiosk.ports.center import DocumentFate, MoneyFate, OrderOutcome
from kiosk.ports.journal import Act, Intent
from kiosk.ports.payment import ChargeKey, NotCharged, Paid, Refunded, RefundOutcome
from kiosk.ports.printer import PrintTicket
from printers.absent import AbsentPrinter
from printers.jobs import Completed, Failed, JobOutcome, Trouble, Unknown

TXN = TransactionId("ab" * 16)
FIRST, SECOND = SerialNumber("AAAA-AAAA-AAAA-AAAA"), SerialNumber("BBBB-BBBB-BBBB-BBBB")
CASE = case_number(TXN)
NO_PRINTER = PagePrinter(AbsentPrinter())
TICKET = PrintTicket("kept")


class AskedPrinter(AbsentPrinter):
    """A printer that answers for a job of an earlier life."""

    def __init__(self, answer: JobOutcome) -> None:
        self.answer = answer
        self.asked: list[str] = []

    def recall(self, ticket: str) -> JobOutcome:  # type: ignore[override]  # it has printed, as the absent one never did
        self.asked.append(ticket)
        return self.answer


@pytest.fixture
def journal(tmp_path: Path) -> Iterator[SqliteJournal]:
    journal = SqliteJournal(tmp_path / "journal.db")
    yield journal
    journal.close()


@pytest.fixture
def cashier() -> ScriptedCashier:
    return ScriptedCashier(pays_by_itself=True)


def issued(journal: SqliteJournal, *serials: SerialNumber) -> None:
    for serial in serials:
        journal.conclude(journal.intend(Intent(Act.ISSUE, TXN, serial=serial, sheets=1)), "done")


def paid(journal: SqliteJournal, cashier: ScriptedCashier, *, concluded: bool = True) -> None:
    intent = journal.intend(Intent(Act.TAKE_MONEY, TXN, amount_yen=200))
    cashier.collect(ChargeKey(TXN), 200, lambda _yen: None, Event())
    if concluded:
        journal.conclude(intent, "done", 200)


def printed(journal: SqliteJournal, serial: SerialNumber, result: str | None, sheets: int) -> None:
    intent = journal.intend(Intent(Act.PRINT, TXN, serial=serial, sheets=1))
    if result is not None:
        journal.conclude(intent, result, sheets)


def outcome(journal: SqliteJournal, cashier: ScriptedCashier) -> OrderOutcome:
    (decided,) = settlement.settle(journal, cashier, NO_PRINTER).outcomes
    return decided


def test_documents_that_came_and_went_no_further_are_void_and_nothing_is_owed(
    journal: SqliteJournal, cashier: ScriptedCashier
) -> None:
    issued(journal, FIRST, SECOND)
    voided = ((FIRST, DocumentFate.VOIDED, 0), (SECOND, DocumentFate.VOIDED, 0))
    assert outcome(journal, cashier) == OrderOutcome(TXN, MoneyFate.NONE, 0, voided, None)


@pytest.mark.parametrize("concluded", [True, False])
def test_money_taken_before_any_paper_is_given_back(
    journal: SqliteJournal, cashier: ScriptedCashier, *, concluded: bool
) -> None:
    issued(journal, FIRST)
    paid(journal, cashier, concluded=concluded)
    expected = OrderOutcome(TXN, MoneyFate.REFUNDED, 200, ((FIRST, DocumentFate.VOIDED, 0),), None)
    assert outcome(journal, cashier) == expected
    assert [e.result for e in journal.open_orders()[0].entries if e.intent.act is Act.REFUND] == ["done"]


def test_a_payment_that_the_device_never_saw_is_nothing_taken(journal: SqliteJournal, cashier: ScriptedCashier) -> None:
    issued(journal, FIRST)
    journal.intend(Intent(Act.TAKE_MONEY, TXN, amount_yen=200))
    assert outcome(journal, cashier).money is MoneyFate.NONE


def test_paid_and_printed_is_handed_over(journal: SqliteJournal, cashier: ScriptedCashier) -> None:
    issued(journal, FIRST)
    paid(journal, cashier)
    printed(journal, FIRST, "done", 1)
    expected = OrderOutcome(TXN, MoneyFate.KEPT, 200, ((FIRST, DocumentFate.HANDED_OVER, 1),), None)
    assert outcome(journal, cashier) == expected


@pytest.mark.parametrize(
    ("result", "fate"),
    [(None, DocumentFate.UNKNOWN), ("unknown", DocumentFate.UNKNOWN), ("failed", DocumentFate.VOIDED)],
)
def test_paid_with_a_sheet_in_doubt_is_a_case_and_no_refund_is_guessed(
    journal: SqliteJournal, cashier: ScriptedCashier, result: str | None, fate: DocumentFate
) -> None:
    issued(journal, FIRST, SECOND)
    paid(journal, cashier)
    printed(journal, FIRST, "done", 1)
    printed(journal, SECOND, result, 1)
    decided = outcome(journal, cashier)
    assert (decided.money, decided.case) == (MoneyFate.KEPT, CASE)
    assert decided.documents[1][:2] == (SECOND, fate)


@pytest.mark.parametrize(
    ("answer", "money", "fate", "sheets", "is_case"),
    [
        (Completed(1), MoneyFate.KEPT, DocumentFate.HANDED_OVER, 1, False),
        (Failed(Trouble.STALLED, 0), MoneyFate.REFUNDED, DocumentFate.VOIDED, 0, False),
        (Failed(Trouble.JAM, 1), MoneyFate.KEPT, DocumentFate.VOIDED, 1, True),
        (Unknown(1), MoneyFate.KEPT, DocumentFate.UNKNOWN, 1, True),
    ],
)
def test_a_print_that_a_cut_left_open_is_asked_of_the_printer(
    journal: SqliteJournal,
    cashier: ScriptedCashier,
    answer: JobOutcome,
    money: MoneyFate,
    fate: DocumentFate,
    sheets: int,
    *,
    is_case: bool,
) -> None:
    issued(journal, FIRST)
    paid(journal, cashier)
    journal.intend(Intent(Act.PRINT, TXN, serial=FIRST, sheets=1), TICKET)
    printer = AskedPrinter(answer)
    (decided,) = settlement.settle(journal, cashier, PagePrinter(printer)).outcomes
    assert (decided.money, decided.documents) == (money, ((FIRST, fate, sheets),))
    assert (decided.case is not None) == is_case
    assert printer.asked == [TICKET]


def test_what_the_printer_said_is_written_down_and_not_asked_again(
    journal: SqliteJournal, cashier: ScriptedCashier
) -> None:
    issued(journal, FIRST)
    paid(journal, cashier)
    journal.intend(Intent(Act.PRINT, TXN, serial=FIRST, sheets=1), TICKET)
    printer = AskedPrinter(Completed(1))
    settlement.settle(journal, cashier, PagePrinter(printer))
    settlement.settle(journal, cashier, PagePrinter(printer))
    assert printer.asked == [TICKET]
    assert journal.open_orders()[0].entries[-1].result == "done"


def test_a_print_without_a_ticket_is_nothing_that_can_be_asked_for(
    journal: SqliteJournal, cashier: ScriptedCashier
) -> None:
    """As journals have it from before tickets were kept."""
    issued(journal, FIRST)
    paid(journal, cashier)
    printed(journal, FIRST, None, 1)
    printer = AskedPrinter(Completed(1))
    (decided,) = settlement.settle(journal, cashier, PagePrinter(printer)).outcomes
    assert (decided.documents[0][1], decided.case, printer.asked) == (DocumentFate.UNKNOWN, CASE, [])


def test_a_spoilt_document_of_which_nothing_came_out_is_paid_back(
    journal: SqliteJournal, cashier: ScriptedCashier
) -> None:
    issued(journal, FIRST)
    paid(journal, cashier)
    printed(journal, FIRST, "failed", 0)
    assert outcome(journal, cashier).money is MoneyFate.REFUNDED


def test_a_refund_whose_end_nobody_knows_is_a_case(journal: SqliteJournal, cashier: ScriptedCashier) -> None:
    issued(journal, FIRST)
    paid(journal, cashier)
    cashier.faults.add(MoneyFault.REFUND_LOST)
    decided = outcome(journal, cashier)
    assert (decided.money, decided.received_yen, decided.case) == (MoneyFate.UNKNOWN, 200, CASE)


def test_a_refund_cut_in_the_middle_is_asked_of_the_device_and_not_repeated_blindly(
    journal: SqliteJournal, cashier: ScriptedCashier
) -> None:
    issued(journal, FIRST)
    paid(journal, cashier)
    journal.intend(Intent(Act.REFUND, TXN, amount_yen=200))
    cashier.refund(ChargeKey(TXN))
    decided = outcome(journal, cashier)
    assert (decided.money, decided.received_yen) == (MoneyFate.REFUNDED, 200)


def test_a_device_that_cannot_tell_makes_a_case(journal: SqliteJournal) -> None:
    issued(journal, FIRST)
    journal.intend(Intent(Act.TAKE_MONEY, TXN, amount_yen=200))
    found = settlement.settle(journal, AbsentMoney(), NO_PRINTER)
    assert found.cases == (SettledCase(TXN, CASE, None),)
    assert found.outcomes[0].money is MoneyFate.UNKNOWN


def test_a_second_cut_after_the_decision_reports_the_very_same(
    journal: SqliteJournal, cashier: ScriptedCashier
) -> None:
    issued(journal, FIRST)
    paid(journal, cashier)
    first = settlement.settle(journal, cashier, NO_PRINTER)
    again = settlement.settle(journal, cashier, NO_PRINTER)
    assert again.outcomes == first.outcomes
    assert again.cases == ()


STEPS: list[Callable[[SqliteJournal, ScriptedCashier], None]] = [
    lambda j, _c: issued(j, FIRST, SECOND),
    paid,
    lambda j, _c: printed(j, FIRST, "done", 1),
    lambda j, _c: printed(j, SECOND, "done", 1),
]


@settings(max_examples=60)
@given(
    reached=st.integers(1, len(STEPS)),
    open_act=st.sampled_from([None, Act.TAKE_MONEY, Act.PRINT, Act.REFUND]),
    faults=st.sets(st.sampled_from(list(MoneyFault))),
)
def test_wherever_the_cut_falls_money_and_paper_end_in_exactly_one_way(
    tmp_path_factory: pytest.TempPathFactory, reached: int, open_act: Act | None, faults: set[MoneyFault]
) -> None:
    journal = SqliteJournal(tmp_path_factory.mktemp("cut") / "journal.db")
    cashier = ScriptedCashier(pays_by_itself=True)
    for step in STEPS[:reached]:
        step(journal, cashier)
    if open_act is not None:
        journal.intend(Intent(open_act, TXN, amount_yen=200, serial=SECOND if open_act is Act.PRINT else None))
    cashier.faults |= faults
    decided = outcome(journal, cashier)
    fates = [fate for _, fate, _ in decided.documents]
    handed_over = decided.money is MoneyFate.KEPT and fates == [DocumentFate.HANDED_OVER] * 2
    given_back = decided.money in {MoneyFate.REFUNDED, MoneyFate.NONE} and fates == [DocumentFate.VOIDED] * 2
    assert (decided.case is None) == (handed_over or given_back)
    journal.close()


class ShortTill(ScriptedCashier):
    """Gives back less than it took: a coin stuck."""

    def refund(self, key: ChargeKey) -> RefundOutcome:
        return Refunded(100) if isinstance(super().refund(key), Refunded) else NotCharged()


@pytest.mark.parametrize("cut", [False, True])
def test_money_that_came_back_in_part_is_a_case(journal: SqliteJournal, *, cut: bool) -> None:
    cashier = ShortTill(pays_by_itself=True)
    issued(journal, FIRST)
    paid(journal, cashier)
    if cut:  # given back and written down, and then the power failed
        settlement.refund(journal, cashier, TXN, 200)
    decided = outcome(journal, cashier)
    assert (decided.money, decided.received_yen, decided.case) == (MoneyFate.UNKNOWN, 200, CASE)


def test_nothing_is_decided_while_an_incident_is_open_and_what_was_decided_is_told(
    journal: SqliteJournal, cashier: ScriptedCashier
) -> None:
    issued(journal, FIRST)
    paid(journal, cashier)
    journal.raise_incident("DOC-01", TXN, "digest")
    assert settlement.settle(journal, cashier, NO_PRINTER) == settlement.Settlement((), ())
    assert cashier.charge_state(ChargeKey(TXN)) == Paid(200)
    journal.close_incidents("planted")
    assert outcome(journal, cashier).money is MoneyFate.REFUNDED
    journal.raise_incident("DOC-01", TXN, "digest")
    assert [told.money for told in settlement.settle(journal, cashier, NO_PRINTER).outcomes] == [MoneyFate.REFUNDED]
