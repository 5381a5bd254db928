"""The visit protocol: a nonce, a statement signed by the card, and a visit open to one kiosk for one resident.

Knows the register only to find whose certificate it is and what that person may choose. Everything about the person leaves
sealed to the key the card signed for.
"""

import base64
import hashlib
from collections.abc import Callable
from datetime import datetime, timedelta

import msgspec

from issuing_center import eventlog, wire
from issuing_center.availability import JST, closed, is_fresh
from issuing_center.database import writing
from issuing_center.devices import Device
from issuing_center.eligibility import Household, household_of, refusal_for
from issuing_center.entitlement import Denied, Entitled, entitlement
from issuing_center.ledger import store as ledger
from issuing_center.ledger.entries import Refusal as PrivateReason
from issuing_center.problems import No, Refusal
from issuing_center.register.port import RegisterSnapshot
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
        reason = household if isinstance(household, str) else refusal_for(household, frozenset())
        offers: list[wire.OfferInfo] = []
        if settings is not None and not isinstance(household, str) and reason is None:
            offers = _offers(service, device, challenge.visit_id, snapshot, settings, household, now)
    # After the snapshot: a worker holds one connection at a time, and a refusal is written down.
    if settings is None or refuse_stale(service, challenge.municipality_code, as_of, now):
        return Refusal(No.STOPPED)
    if reason is not None:
        return refuse_privately(service, device, challenge.visit_id, reason, now)
    return wire.MenuPayload(offers=offers)


def _offers(
    service: Service,
    device: Device,
    visit_id: str,
    snapshot: RegisterSnapshot,
    settings: MunicipalitySettings,
    household: Household,
    now: datetime,
) -> list[wire.OfferInfo]:
    """Give every kind that the municipality offers, in the order of the wire, with what may be chosen or why nothing."""
    offers: list[wire.OfferInfo] = []
    for kind in wire.Kind:
        offer = settings.offer(kind.value)
        entitled = entitlement(snapshot, settings, kind, household, now.astimezone(JST).date())
        if offer is None or entitled is None:
            continue
        shut = closed(settings.rules, kind, device.device_id, now) if service.enforce_hours else None
        if shut is None and not is_fresh(snapshot.complete_until(kind.value), now, service.limits.register_age):
            shut = wire.Closed.MAINTENANCE
        offers.append(_offer(offer, kind, entitled, shut, person_ref(service, visit_id, kind)))
    return offers


def _offer(
    offer: OfferSettings,
    kind: wire.Kind,
    entitled: Entitled | Denied,
    shut: wire.Closed | None,
    ref: Callable[[str], str],
) -> wire.OfferInfo:
    plain = wire.OfferInfo(
        kind=kind, fee_yen=offer.fee_yen, copies_limit=offer.copies_limit, scopes=[], items=[], closed=shut
    )
    if isinstance(entitled, Denied):
        return msgspec.structs.replace(plain, closed=shut or entitled.closed)
    names_members = {wire.Scope.SOME, wire.Scope.ONE} & set(entitled.scopes)
    return msgspec.structs.replace(
        plain,
        scopes=list(entitled.scopes),
        items=list(entitled.items),
        years=list(entitled.years),
        members=[
            wire.MemberInfo(ref=ref(person.key), name=person.name, applicant=person.applicant)
            for person in (entitled.persons if names_members else ())
        ],
    )


def person_ref(service: Service, visit_id: str, kind: wire.Kind) -> Callable[[str], str]:
    """Give how a visit names the persons of a kind: by a handle that is worthless in any other visit."""
    # Keys within a family register are that register's own, so those of two kinds may be the same word.
    of_residents = kind in (wire.Kind.JUMINHYO, wire.Kind.KISAIJIKO)
    prefix = "" if of_residents else f"{kind.value} "
    return lambda key: member_ref(service.subject_key, visit_id, ResidentId(prefix + key))


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
