"""Proofs of presence made as a kiosk makes them, given to a center directly."""

from hashlib import sha256

from issuing_center import wire
from issuing_center.devices import Device
from issuing_center.ledger import store as ledger
from issuing_center.problems import No, Refusal
from issuing_center.sandbox.center import SHIOMINO
from issuing_center.visits.protocol import begin, prove
from kiosk.adapters.center.sealing import VisitKey
from tests.support.center import Center

KIOSK = Device("kiosk-0001", "kiosk", "見本端末1号")
OTHER = Device("kiosk-0002", "kiosk", "見本端末2号")
REQUEST = wire.VisitRequest(municipality=SHIOMINO)


def challenged(center: Center, device: Device = KIOSK) -> wire.VisitChallenge:
    challenge = begin(center.service, device, REQUEST)
    assert isinstance(challenge, wire.VisitChallenge)
    return challenge


def proof_of(
    center: Center, challenge: wire.VisitChallenge, persona: str = "hanako", key: bytes | None = None
) -> wire.VisitProof:
    """Make the proof that a kiosk would make: a statement over the challenge and a key, signed by the card."""
    card, signed_at = center.card(persona), center.clock.at
    public_key = key or VisitKey().public_bytes
    statement = wire.visit_statement(challenge, signed_at, public_key)
    return wire.VisitProof(
        signed_at=signed_at,
        public_key=public_key,
        certificate=card.certificate,
        signature=card.sign(sha256(statement).digest()),
    )


def answer_to(center: Center, persona: str = "hanako") -> wire.VisitAnswer | Refusal:
    challenge = challenged(center)
    return prove(center.service, KIOSK, challenge.visit, proof_of(center, challenge, persona))


def refusal_of(answer: object) -> No:
    assert isinstance(answer, Refusal), answer
    return answer.no


def reason_of(center: Center, refusal: Refusal) -> str:
    assert refusal.reference is not None
    found = ledger.find_refusal(center.engine, refusal.reference)
    assert found is not None
    return found.reason
