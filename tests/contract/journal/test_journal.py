"""The journal port: what is written is there after a power cut, in order, once, and nothing else is."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from kiosk.adapters.journal.sqlite import JournalUnavailableError, SqliteJournal
from kiosk.domain.certificates import SerialNumber, TransactionId
from kiosk.ports.center import DocumentFate, MoneyFate, OrderOutcome
from kiosk.ports.journal import Act, Intent, IntentId
from kiosk.ports.printer import PrintTicket

TXN = TransactionId("0" * 31 + "1")
OTHER = TransactionId("0" * 31 + "2")
SERIAL = SerialNumber("AAAA-BBBB-CCCC-DDDD")
OUTCOME = OrderOutcome(TXN, MoneyFate.KEPT, 200, ((SERIAL, DocumentFate.HANDED_OVER, 1),), None)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "state" / "journal.db"


def reopened(journal: SqliteJournal, path: Path) -> SqliteJournal:
    journal.close()
    return SqliteJournal(path)


def test_what_is_noted_at_one_stroke_is_done(path: Path) -> None:
    journal = SqliteJournal(path)
    other = SerialNumber("EEEE-FFFF-GGGG-HHHH")
    journal.note([Intent(Act.ISSUE, TXN, serial=serial, sheets=1) for serial in (SERIAL, other)])
    journal = reopened(journal, path)
    (order,) = journal.open_orders()
    assert [(entry.intent.serial, entry.result) for entry in order.entries] == [(SERIAL, "done"), (other, "done")]
    journal.close()


def test_an_intention_survives_as_open_and_its_end_as_concluded(path: Path) -> None:
    journal = SqliteJournal(path)
    taking = journal.intend(Intent(Act.TAKE_MONEY, TXN, amount_yen=200))
    printing = journal.intend(Intent(Act.PRINT, TXN, serial=SERIAL, sheets=1))
    journal.conclude(taking, "done", 200)
    journal = reopened(journal, path)
    (order,) = journal.open_orders()
    assert [(e.intent_id, e.intent.act, e.result, e.detail) for e in order.entries] == [
        (taking, Act.TAKE_MONEY, "done", 200),
        (printing, Act.PRINT, None, 0),
    ]
    assert order.entries[1].intent == Intent(Act.PRINT, TXN, serial=SERIAL, sheets=1)
    journal.close()


def test_the_ticket_of_a_print_is_there_after_a_cut_and_belongs_to_it(path: Path) -> None:
    journal = SqliteJournal(path)
    journal.intend(Intent(Act.PRINT, TXN, serial=SERIAL, sheets=1))
    journal.intend(Intent(Act.PRINT, TXN, serial=SERIAL, sheets=1), PrintTicket("kept"))
    journal = reopened(journal, path)
    (order,) = journal.open_orders()
    assert [entry.ticket for entry in order.entries] == [None, "kept"]
    journal.close()


def test_a_journal_from_before_tickets_were_kept_opens(path: Path) -> None:
    journal = SqliteJournal(path)
    journal.intend(Intent(Act.PRINT, TXN, serial=SERIAL, sheets=1))
    journal._db.execute("DROP TABLE print_ticket")
    journal = reopened(journal, path)
    assert journal.open_orders()[0].entries[0].ticket is None
    journal.intend(Intent(Act.PRINT, TXN, serial=SERIAL, sheets=1), PrintTicket("kept"))
    assert journal.open_orders()[0].entries[1].ticket == "kept"
    journal.close()


def test_a_settled_order_is_not_open_any_more_and_others_still_are(path: Path) -> None:
    journal = SqliteJournal(path)
    journal.intend(Intent(Act.TAKE_MONEY, TXN, amount_yen=200))
    journal.intend(Intent(Act.TAKE_MONEY, OTHER, amount_yen=300))
    journal.settle(TXN)
    journal.settle(TXN)
    assert [order.transaction for order in journal.open_orders()] == [OTHER]
    journal.close()


def test_a_decision_comes_back_exactly_and_cannot_be_made_twice(path: Path) -> None:
    journal = SqliteJournal(path)
    journal.intend(Intent(Act.ISSUE, TXN, serial=SERIAL, sheets=1))
    journal.decide(OUTCOME)
    with pytest.raises(ValueError, match="decided"):
        journal.decide(OUTCOME)
    journal = reopened(journal, path)
    assert journal.open_orders()[0].decided == OUTCOME
    journal.close()


@pytest.mark.parametrize("intent_id", [IntentId(99), None])
def test_an_unknown_or_concluded_intention_is_not_concluded(path: Path, intent_id: IntentId | None) -> None:
    journal = SqliteJournal(path)
    known = journal.intend(Intent(Act.REFUND, TXN, amount_yen=200))
    journal.conclude(known, "done", 200)
    with pytest.raises(ValueError, match="no such open intent"):
        journal.conclude(intent_id or known, "done", 200)
    journal.close()


def test_a_case_is_untold_until_its_slip_was_seen_to_an_end_or_staff_closed_it(path: Path) -> None:
    journal = SqliteJournal(path)
    cases = []
    for number, txn in enumerate((TXN, OTHER)):
        journal.intend(Intent(Act.TAKE_MONEY, txn, amount_yen=200))
        cases.append(OrderOutcome(txn, MoneyFate.UNKNOWN, 200, (), f"C{number}"))
        journal.decide(cases[-1])
    plain = TransactionId("0" * 31 + "3")
    journal.decide(OrderOutcome(plain, MoneyFate.NONE, 0, (), None))
    slip = journal.intend(Intent(Act.SLIP, TXN))
    journal = reopened(journal, path)
    assert list(journal.cases_untold()) == cases
    journal.conclude(slip, "failed")  # the screen said the number
    assert list(journal.cases_untold()) == cases[1:]
    journal.close_case("C1", "paid back by hand")
    assert journal.cases_untold() == ()
    journal.close()


def test_nothing_written_can_be_changed_or_removed(path: Path) -> None:
    journal = SqliteJournal(path)
    journal.intend(Intent(Act.TAKE_MONEY, TXN, amount_yen=200))
    for statement in ("UPDATE intent SET yen = 0", "DELETE FROM intent"):
        with pytest.raises(Exception, match="append-only"):
            journal._db.execute(statement)
    assert journal.open_orders()[0].entries[0].intent.amount_yen == 200
    journal.close()


def test_an_incident_stays_through_restarts_until_it_is_closed_with_a_cause(path: Path) -> None:
    journal = SqliteJournal(path)
    assert journal.open_incident() is None
    journal.raise_incident("DOC-01", TXN, "digest")
    journal.raise_incident("DOC-02", None, "not mine")
    journal = reopened(journal, path)
    assert journal.open_incident() == "DOC-01"
    with pytest.raises(ValueError, match="cause"):
        journal.close_incidents("  ")
    assert journal.close_incidents("printer firmware swapped two jobs") == 2
    assert journal.open_incident() is None
    journal.close()


def test_a_second_machine_on_the_same_journal_is_refused(path: Path) -> None:
    journal = SqliteJournal(path)
    journal.intend(Intent(Act.TAKE_MONEY, TXN, amount_yen=200))
    with pytest.raises(JournalUnavailableError):
        SqliteJournal(path)
    journal.close()


def test_a_journal_that_cannot_be_written_says_so_instead_of_going_on(tmp_path: Path) -> None:
    blocked = tmp_path / "file"
    blocked.write_text("not a folder")
    with pytest.raises(JournalUnavailableError):
        SqliteJournal(blocked / "journal.db")


KILLED = """
import os, signal, sys
from pathlib import Path
from kiosk.adapters.journal.sqlite import SqliteJournal
from kiosk.domain.certificates import TransactionId
from kiosk.ports.journal import Act, Intent
journal, told = SqliteJournal(Path(sys.argv[1])), int(sys.argv[2])
for number in range(told):
    intent = journal.intend(Intent(Act.TAKE_MONEY, TransactionId(f"{number:032x}"), amount_yen=number))
    journal.conclude(intent, "done", number)
print(told, flush=True)
os.kill(os.getpid(), signal.SIGKILL)
"""


@pytest.mark.parametrize("acknowledged", [1, 7])
def test_what_was_acknowledged_before_a_kill_is_there_afterwards(path: Path, acknowledged: int) -> None:
    killed = subprocess.run(
        [sys.executable, "-c", KILLED, str(path), str(acknowledged)],
        stdout=subprocess.PIPE,
        text=True,
        check=False,
        env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[3])},
    )
    assert (killed.returncode, killed.stdout) == (-signal.SIGKILL, f"{acknowledged}\n")
    journal = SqliteJournal(path)
    entries = [order.entries[0] for order in journal.open_orders()]
    assert [(e.intent.amount_yen, e.result, e.detail) for e in entries] == [(n, "done", n) for n in range(acknowledged)]
    journal.close()
