"""What became of an order: believed only from its own kiosk, signed, once; and with it the sealed documents are gone."""

from dataclasses import dataclass
from datetime import timedelta

import msgspec
import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from sqlalchemy import select

from issuing_center import outcomes, wire
from issuing_center.database import reading
from issuing_center.devices import Peer
from issuing_center.issuance import issue
from issuing_center.ledger import store as ledger
from issuing_center.ledger.entries import TransactionId
from issuing_center.ledger.incident_tables import incidents as raised
from issuing_center.ledger.reconciliation import Finding, reconcile
from issuing_center.ledger.tables import documents
from issuing_center.problems import No, Refusal
from tests.support.center import FEE_YEN, KIOSK, ORDER_REQUEST, OTHER_KIOSK, Center, new_key

TWO = msgspec.structs.replace(ORDER_REQUEST, copies=2)


@dataclass(frozen=True)
class Ordered:
    """An order of two copies, waiting for its outcome."""

    center: Center
    answer: wire.OrderAnswer
    visit: str

    @property
    def txn(self) -> str:
        return self.answer.txn

    def outcome(self, fate: wire.Fate = wire.Fate.HANDED_OVER, **changes: object) -> wire.Outcome:
        sheets = 1 if fate is wire.Fate.HANDED_OVER else 0
        outcome = wire.Outcome(
            txn=self.txn,
            money=wire.Money.KEPT if sheets else wire.Money.NONE,
            received_yen=2 * FEE_YEN if sheets else 0,
            documents=[
                wire.DocumentOutcome(serial=document.serial, fate=fate, sheets=sheets)
                for document in self.answer.documents
            ],
            case=None,
        )
        return msgspec.structs.replace(outcome, **changes)

    def report(self, body: bytes, device: str = KIOSK, signed_by: str | None = None) -> Refusal | None:
        key = self.center.device_key(signed_by or device)
        signature = key.sign(wire.outcome_statement(body), ec.ECDSA(hashes.SHA256()))
        message = wire.SignedOutcome(outcome=body, signature=signature)
        return outcomes.accept(self.center.service, peer(self.center, device), self.txn, message)

    def sealed_left(self) -> int:
        with reading(self.center.engine) as connection:
            kept = connection.execute(select(documents.c.sealed).where(documents.c.txn == self.txn)).scalars()
            return sum(sealed is not None for sealed in kept)


def peer(center: Center, device: str) -> Peer:
    found = center.service.devices.find(center.device_certificate(device))
    assert found is not None
    return found


def order(center: Center) -> Ordered:
    visit = center.visit()
    answer = issue(center.service, peer(center, KIOSK).device, visit.id, new_key(), TWO)
    assert isinstance(answer, wire.OrderAnswer)
    return Ordered(center, answer, visit.id)


@pytest.fixture
def ordered(shared_center: Center) -> Ordered:
    return order(shared_center)


@pytest.fixture
def alone(center: Center) -> Ordered:
    return order(center)


def incidents(ordered: Ordered) -> list[str]:
    with reading(ordered.center.engine) as connection:
        query = select(raised.c.name).where(raised.c.txn == ordered.txn)
        return list(connection.execute(query).scalars())


@pytest.mark.parametrize("fate", list(wire.Fate))
def test_the_sealed_documents_are_gone_with_the_outcome(ordered: Ordered, fate: wire.Fate) -> None:
    assert ordered.sealed_left() == 2
    assert ordered.report(wire.encode(ordered.outcome(fate))) is None
    assert ordered.sealed_left() == 0
    kept = ledger.load_documents(ordered.center.engine, TransactionId(ordered.txn))
    assert [document.state.value for document in kept] == [fate.value] * 2


def test_an_order_repeated_after_its_outcome_gets_nothing(center: Center) -> None:
    visit, key = center.visit(), new_key()
    device = peer(center, KIOSK).device
    answer = issue(center.service, device, visit.id, key, TWO)
    assert isinstance(answer, wire.OrderAnswer)
    ordered = Ordered(center, answer, visit.id)
    assert ordered.report(wire.encode(ordered.outcome())) is None
    assert issue(center.service, device, visit.id, key, TWO) == Refusal(No.VISIT_EXPIRED)


@pytest.mark.parametrize(("late", "left"), [(-1, 2), (0, 0)])
def test_the_sealed_documents_are_gone_at_the_time_limit(alone: Ordered, late: int, left: int) -> None:
    center = alone.center
    center.clock.advance(center.service.limits.sealed + timedelta(microseconds=late))
    ledger.erase_expired(center.engine, center.clock.at)
    assert alone.sealed_left() == left
    state = outcomes.state_of(center.service, peer(center, KIOSK).device, alone.txn)
    assert isinstance(state, wire.OrderStatus)
    assert state.state is (wire.State.ISSUED if left else wire.State.EXPIRED)


def test_an_outcome_after_the_time_limit_is_still_worth_having(alone: Ordered) -> None:
    center = alone.center
    center.clock.advance(center.service.limits.sealed)
    ledger.erase_expired(center.engine, center.clock.at)
    assert alone.report(wire.encode(alone.outcome())) is None
    assert reconcile(center.engine, center.clock.at - timedelta(days=7), center.clock.at) == ()


def test_an_order_nobody_reports_is_named_by_reconciliation(alone: Ordered) -> None:
    center = alone.center
    center.clock.advance(center.service.limits.sealed)
    ledger.erase_expired(center.engine, center.clock.at)
    (found,) = reconcile(center.engine, center.clock.at - timedelta(days=7), center.clock.at)
    assert (found.txn, found.finding) == (alone.txn, Finding.UNREPORTED)


def test_the_same_report_again_changes_nothing(ordered: Ordered) -> None:
    body = wire.encode(ordered.outcome())
    assert [ordered.report(body) for _ in range(3)] == [None] * 3
    assert incidents(ordered) == []


@pytest.mark.expect_log("issuing_center", "ERROR")
def test_another_report_is_an_incident_and_changes_nothing(alone: Ordered) -> None:
    assert alone.report(wire.encode(alone.outcome())) is None
    before = ledger.load_documents(alone.center.engine, TransactionId(alone.txn))
    assert alone.report(wire.encode(alone.outcome(wire.Fate.VOIDED))) == Refusal(No.OUTCOME_CONFLICT)
    assert ledger.load_documents(alone.center.engine, TransactionId(alone.txn)) == before
    assert incidents(alone) == ["outcome-conflict"]


@pytest.mark.expect_log("issuing_center", "ERROR")
@pytest.mark.parametrize("defect", ["too few", "twice", "a stranger", "none"])
def test_a_report_of_other_documents_is_an_incident(alone: Ordered, defect: str) -> None:
    right = alone.outcome()
    stranger = wire.DocumentOutcome(serial="AAAA-BBBB-CCCC-DDDD", fate=wire.Fate.VOIDED, sheets=0)
    listed = {
        "too few": right.documents[:1],
        "twice": [right.documents[0]] * 2,
        "a stranger": [right.documents[0], stranger],
        "none": [],
    }[defect]
    assert alone.report(wire.encode(alone.outcome(documents=listed))) == Refusal(No.OUTCOME_CONFLICT)
    assert alone.sealed_left() == 2
    assert incidents(alone) == ["outcome-mismatch"]
    assert alone.report(wire.encode(right)) is None


def test_a_report_signed_by_somebody_else_is_refused(ordered: Ordered) -> None:
    body = wire.encode(ordered.outcome())
    assert ordered.report(body, signed_by=OTHER_KIOSK) == Refusal(No.MALFORMED)
    assert ordered.sealed_left() == 2


def test_a_report_by_another_kiosk_finds_no_such_order(ordered: Ordered) -> None:
    body = wire.encode(ordered.outcome())
    assert ordered.report(body, device=OTHER_KIOSK) == Refusal(No.NOT_FOUND)
    assert ordered.sealed_left() == 2


def test_a_report_changed_after_signing_is_refused(ordered: Ordered) -> None:
    body = wire.encode(ordered.outcome())
    signature = ordered.center.device_key(KIOSK).sign(wire.outcome_statement(body), ec.ECDSA(hashes.SHA256()))
    device = peer(ordered.center, KIOSK)
    for outcome, signed in (
        (body.replace(b"kept", b"none"), signature),
        (body + b" ", signature),
        (body, signature[:-1]),
        (body, b""),
        (body, ordered.center.device_key(KIOSK).sign(body, ec.ECDSA(hashes.SHA256()))),
    ):
        message = wire.SignedOutcome(outcome=outcome, signature=signed)
        assert outcomes.accept(ordered.center.service, device, ordered.txn, message) == Refusal(No.MALFORMED)
    assert ordered.sealed_left() == 2


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{}",
        b'{"txn":1}',
        pytest.param(None, id="another order's"),
    ],
)
def test_a_signed_report_that_is_none_is_refused(ordered: Ordered, body: bytes | None) -> None:
    told = wire.encode(ordered.outcome(txn="0" * 32)) if body is None else body
    assert ordered.report(told) == Refusal(No.MALFORMED)


@pytest.mark.parametrize("case", ["\0", "a b", "住民", "", "X" * 33, "x"])
def test_a_case_number_is_letters_and_digits_and_nothing_else(ordered: Ordered, case: str) -> None:
    assert ordered.report(wire.encode(ordered.outcome(case=case))) == Refusal(No.MALFORMED)
    assert ordered.report(wire.encode(ordered.outcome(wire.Fate.UNKNOWN, case="0A1B2C3D"))) is None
