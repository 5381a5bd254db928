"""The visit protocol: a nonce, a statement signed by the card, and a visit open to one kiosk for one resident.

Knows the register only to find whose certificate it is and what that person may choose. Everything about the person leaves
sealed to the key the card signed for.
"""

import base64
import hashlib
from datetime import datetime, timedelta

from issuing_center import eventlog, wire
from issuing_center.availability import JST, closed, is_fresh
from issuing_center.database import writing
from issuing_center.devices import Device
from issuing_center.eligibility import Household, household_of, refusal_for
from issuing_center.ledger import store as ledger
from issuing_center.ledger.entries import Refusal as PrivateReason
from issuing_center.problems import No, Refusal
from issuing_center.register.records import MunicipalitySettings, OfferSettings, ResidentId
from issuing_center.sealing import BadPublicKeyError, seal, visit_key
from issuing_center.service import Service
from issuing_center.subjects import member_ref, subject_of
from issuing_center.trust import Bad, BadReason, Good, Undetermined, verify_card_signature
from issuing_center.visits import store
from issuing_center.visits.store import Challenge, Proof, VisitId

_BAD = {
    BadReason.EXPIRED: No.CERTIFICATE_EXPIRED,
    BadReason.REVOKED: No.CERTIFICATE_REVOKED,
    BadReason.ON_HOLD: No.CERTIFICATE_ON_HOLD,
}


def municipalities(service: Service) -> wire.Municipalities:
    """List the municipalities that issue here."""
    return wire.Municipalities(
        municipalities=[
            wire.MunicipalityInfo(
                code=name.code, prefecture=name.prefecture, name=name.name_ja, kana=name.name_kana, name_en=name.name_en
            )
            for name in service.register.municipalities()
        ]
    )


def begin(service: Service, device: Device, request: wire.VisitRequest) -> wire.VisitChallenge | Refusal:
    """Give a kiosk a fresh nonce for one visit to one municipality."""
    if request.municipality not in {name.code for name in service.register.municipalities()}:
        return Refusal(No.NOT_OFFERED)
    now = service.now()
    challenge = Challenge(
        visit_id=VisitId(service.random(16).hex()),
        kiosk_id=device.device_id,
        channel=device.channel,
        municipality_code=request.municipality,
        nonce=service.random(wire.NONCE_BYTES),
        created_at=now,
        expires_at=now + service.limits.challenge,
    )
    store.create_challenge(service.engine, challenge)
    return _challenge_message(challenge)


def prove(service: Service, device: Device, visit: str, proof: wire.VisitProof) -> wire.VisitAnswer | Refusal:
    """Judge the card's proof and open the visit, or say why not. Undetermined never opens.

    Every refusal but that of an undetermined status counts against the nonce.
    """
    now = service.now()
    visit_id = VisitId(visit)
    challenge = store.load_challenge(service.engine, visit_id, device.device_id, now)
    if challenge is None:
        return Refusal(No.VISIT_EXPIRED)
    answer = _judge(service, device, challenge, proof, now)
    if isinstance(answer, Refusal) and answer.no is not No.CERTIFICATE_UNDETERMINED:
        store.record_failed_attempt(service.engine, visit_id, device.device_id, now, service.limits.proofs_a_challenge)
    return answer


def _judge(
    service: Service, device: Device, challenge: Challenge, proof: wire.VisitProof, now: datetime
) -> wire.VisitAnswer | Refusal:
    refusal = _judge_statement(service, challenge, proof, abs(proof.signed_at - now))
    if refusal is not None:
        return refusal
    verdict = service.verifier.verify(proof.certificate, now)
    match verdict:
        case Bad(reason):
            return Refusal(_BAD.get(reason, No.CERTIFICATE_NOT_ACCEPTED))
        case Undetermined(undetermined, fault):
            eventlog.write(eventlog.Undetermined(undetermined.value, "" if fault is None else fault.value))
            return Refusal(No.CERTIFICATE_UNDETERMINED)
        case Good():
            pass
    resident = service.register.find_by_certificate(verdict.issuer_key_id, verdict.serial, challenge.municipality_code)
    if resident is None:
        return Refusal(No.NOT_LINKED)
    menu = _menu(service, device, challenge, resident, now)
    if isinstance(menu, Refusal):
        return menu
    subject = subject_of(service.subject_key, challenge.municipality_code, resident)
    expires_at = now + service.limits.visit
    try:
        # Before the visit opens: a key of the right length that nothing can be sealed to is no key.
        key, binding = visit_key(proof.public_key), wire.menu_binding(challenge.visit_id, subject)
        sealed = seal(wire.encode(menu), key, binding)
    except BadPublicKeyError:
        return Refusal(No.PROOF_REFUSED)
    with writing(service.engine) as connection:
        record = _proof_record(proof, verdict, subject, resident, now, expires_at)
        if not store.open_visit(connection, challenge.visit_id, device.device_id, record):
            return Refusal(No.VISIT_EXPIRED)
        # How the revocation status was learned belongs to the visit (domain: OCSP first, else a fresh CRL).
        ledger.record_event(connection, now, "visit-opened", f"{challenge.visit_id} {verdict.method.value}")
    return wire.VisitAnswer(subject=subject, expires_at=expires_at, sealed_menu=sealed)


def close(service: Service, device: Device, visit: str) -> None:
    """End a visit; a visit that is over already is no error."""
    store.close(service.engine, VisitId(visit), device.device_id, service.now())


def _challenge_message(challenge: Challenge) -> wire.VisitChallenge:
    return wire.VisitChallenge(
        visit=challenge.visit_id,
        nonce=challenge.nonce,
        kiosk=challenge.kiosk_id,
        channel=challenge.channel,
        expires_at=challenge.expires_at,
    )


def _judge_statement(service: Service, challenge: Challenge, proof: wire.VisitProof, skew: timedelta) -> Refusal | None:
    """Check everything that needs no outside party: time, key, and the card's signature over both."""
    if skew > service.limits.statement_skew:
        return Refusal(No.PROOF_REFUSED)
    try:
        visit_key(proof.public_key)
    except BadPublicKeyError:
        return Refusal(No.PROOF_REFUSED)
    statement = wire.visit_statement(_challenge_message(challenge), proof.signed_at, proof.public_key)
    if not verify_card_signature(proof.certificate, statement, proof.signature):
        return Refusal(No.PROOF_REFUSED)
    return None


def _proof_record(
    proof: wire.VisitProof, verdict: Good, subject: str, resident: ResidentId, now: datetime, expires_at: datetime
) -> Proof:
    return Proof(
        subject=subject,
        resident_id=resident,
        hpke_public_key=proof.public_key,
        issuer_key_id=verdict.issuer_key_id,
        serial_hash=hashlib.sha256(verdict.serial.to_bytes(20, "big")).hexdigest(),
        opened_at=now,
        expires_at=expires_at,
    )


def _menu(
    service: Service, device: Device, challenge: Challenge, resident: ResidentId, now: datetime
) -> wire.MenuPayload | Refusal:
    # One instant for the whole proof: the fee shown is the one that the order will be held to, also at midnight.
    with service.register.snapshot(challenge.municipality_code) as snapshot:
        settings = snapshot.municipality(now.astimezone(JST).date())
        household = household_of(snapshot, resident, now)
        as_of = snapshot.as_of
    if settings is None or refuse_stale(service, challenge.municipality_code, as_of, now):
        return Refusal(No.STOPPED)
    if isinstance(household, str):
        return refuse_privately(service, device, challenge.visit_id, household, now)
    reason = refusal_for(household, frozenset())
    if reason is not None:
        return refuse_privately(service, device, challenge.visit_id, reason, now)
    return wire.MenuPayload(
        offers=_offers(service, settings, household, now),
        members=[
            wire.MemberInfo(
                ref=member_ref(service.subject_key, challenge.visit_id, member.resident_id),
                name=member.name,
                applicant=member.resident_id == resident,
            )
            for member in household.members
        ],
    )


def _offers(
    service: Service, settings: MunicipalitySettings, household: Household, now: datetime
) -> list[wire.OfferInfo]:
    known = {kind.value for kind in wire.Kind}
    return [
        wire.OfferInfo(
            kind=wire.Kind(offer.kind),
            fee_yen=offer.fee_yen,
            copies_limit=offer.copies_limit,
            scopes=_scopes(offer, household),
            items=[wire.ItemName(item) for item in offer.items if item_applies(item, household)],
            closed=closed(offer, now) if service.enforce_hours else None,
        )
        for offer in settings.offers
        if offer.kind in known
    ]


def _scopes(offer: OfferSettings, household: Household) -> list[wire.Scope]:
    """Give the scopes that mean something: somebody who lives alone is not asked whose entries are wanted."""
    if len(household.members) == 1:
        return [wire.Scope(scope) for scope in offer.scopes if scope != wire.Scope.SOME.value]
    return [wire.Scope(scope) for scope in offer.scopes]


def item_applies(item: str, household: Household) -> bool:
    """Tell whether anybody of the household has such an entry: 本籍 is of nationals, 在留資格 of foreign residents."""
    if item == wire.ItemName.DOMICILE.value:
        return any(member.foreign is None for member in household.members)
    if item == wire.ItemName.FOREIGN_STATUS.value:
        return any(member.foreign is not None for member in household.members)
    return True


def refuse_stale(service: Service, municipality_code: str, as_of: datetime, now: datetime) -> bool:
    """Tell whether a register is too old to issue from, and tell those on duty (INV-11)."""
    if is_fresh(as_of, now, service.limits.register_age):
        return False
    eventlog.write(eventlog.RegisterStale(municipality_code, as_of.isoformat()))
    return True


def refuse_privately(service: Service, device: Device, visit_id: str, reason: str, now: datetime) -> Refusal:
    """Refuse with the one neutral code; the reason goes to the ledger under a random reference."""
    # 40 bits in eight letters and digits without 0, 1 and 8: short enough to be read out at a counter.
    reference = base64.b32encode(service.random(5)).decode()
    ledger.record_refusal(service.engine, PrivateReason(reference, device.device_id, visit_id, reason, now))
    return Refusal(No.COUNTER_ONLY, reference)
