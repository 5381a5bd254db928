"""What became of an order, as its kiosk reports it: checked against the device's own signature, written once.

With the outcome the sealed documents are gone (design: erased at the outcome or the time limit).
"""

from issuing_center import wire
from issuing_center.counter.desk import CHANNEL
from issuing_center.counter.reports import reported
from issuing_center.database import writing
from issuing_center.devices import Device, Peer
from issuing_center.incidents import of_device, raise_incident
from issuing_center.ledger import store as ledger
from issuing_center.ledger.entries import (
    Conflict,
    DocumentOutcome,
    DocumentState,
    MoneyFate,
    Outcome,
    OutcomeMismatch,
    OutcomeRecorded,
    OutcomeRepeated,
    Serial,
    TransactionId,
    UnknownOrder,
)
from issuing_center.problems import No, Refusal
from issuing_center.sealing import verify_outcome
from issuing_center.service import Service


def state_of(service: Service, device: Device, txn: str) -> wire.OrderStatus | Refusal:
    """Tell a kiosk how far its own order is; another kiosk's does not exist for it."""
    state = ledger.order_state(service.engine, device.device_id, TransactionId(txn))
    return Refusal(No.NOT_FOUND) if state is None else wire.OrderStatus(txn=txn, state=wire.State(state.value))


def accept(service: Service, peer: Peer, txn: str, report: wire.SignedOutcome) -> Refusal | None:
    """Write an outcome down; None when it is on record, now or from before."""
    if not verify_outcome(peer.public_key, report.outcome, report.signature):
        return Refusal(No.MALFORMED)
    try:
        outcome = wire.decode(report.outcome, wire.Outcome)
    except wire.MalformedMessageError:
        return Refusal(No.MALFORMED)
    if outcome.txn != txn:
        return Refusal(No.MALFORMED)
    now = service.now()
    told = Outcome(
        txn=TransactionId(txn),
        kiosk_id=peer.device.device_id,
        payload=report.outcome,
        signature=report.signature,
        reported_at=now,
        money=MoneyFate(outcome.money.value),
        received_yen=outcome.received_yen,
        documents=tuple(
            DocumentOutcome(Serial(document.serial), DocumentState(document.fate.value), document.sheets)
            for document in outcome.documents
        ),
        case_no=outcome.case,
    )
    with writing(service.engine) as connection:
        recorded = ledger.record_outcome(connection, told)
        if peer.device.channel == CHANNEL and isinstance(recorded, OutcomeRecorded):
            reported(connection, told)
    match recorded:
        case OutcomeRecorded() | OutcomeRepeated():
            return None
        case UnknownOrder():
            return Refusal(No.NOT_FOUND)
        case Conflict():
            raise_incident(service, "outcome-conflict", of_device(peer.device.device_id), now, txn=txn)
            return Refusal(No.OUTCOME_CONFLICT)
        case OutcomeMismatch():
            raise_incident(service, "outcome-mismatch", of_device(peer.device.device_id), now, txn=txn)
            return Refusal(No.OUTCOME_CONFLICT)
