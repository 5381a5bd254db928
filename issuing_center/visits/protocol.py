"""The visit protocol: a nonce, a statement signed by the card, and a visit open to one kiosk for one resident.

Knows the register only to find whose certificate it is and what that person may choose. Everything about the person leaves
sealed to the key the card signed for.
"""

import base64
import hashlib
from collections.abc import Callable
from datetime import datetime, timedelta

import msgspec
from sqlalchemy import Connection, Engine

from issuing_center import eventlog, wire
from issuing_center.availability import JST, application_closed, closed, is_fresh
from issuing_center.counter.card_attributes import key_of
from issuing_center.counter.seal_lookup import give_code
from issuing_center.database import writing
from issuing_center.devices import Device
from issuing_center.eligibility import Applicant, Holder, Household, household_of, refusal_for
from issuing_center.entitlement import Denied, Entitled, entitlement
from issuing_center.incidents import blocked_kinds, is_blocked, of_device, of_municipality
from issuing_center.ledger import store as ledger
from issuing_center.ledger.entries import Refusal as PrivateReason
from issuing_center.problems import CERTIFICATE_BAD, No, Refusal
from issuing_center.register.port import RegisterSnapshot
from issuing_center.register.records import MunicipalitySettings, OfferSettings, ResidentId
from issuing_center.sealing import BadPublicKeyError, seal, visit_key
from issuing_center.service import Service
from issuing_center.subjects import member_ref, subject_of
from issuing_center.trust import Bad, Good, Undetermined, verify_card_signature
from issuing_center.visits import store
from issuing_center.visits.honseki import Visitor, closed_offers, find_visitor
from issuing_center.visits.store import Challenge, Proof, Standing, VisitId


def municipalities(service: Service, device: Device) -> wire.Municipalities:
    """List the municipalities that issue here, and whether each takes applications for 利用登録 from this device now."""
    now = service.now()
    known = service.register.rules(now.astimezone(JST).date()) if service.enforce_hours else {}
    taking = {code: rules for code, rules in known.items() if rules.application_hours}
    shut = {
        code: application_closed(rules, device.device_id, now, channel=device.channel) for code, rules in taking.items()
    }
    return wire.Municipalities(
        municipalities=[
            wire.MunicipalityInfo(
                code=name.code,
                prefecture=name.prefecture,
                name=name.name_ja,
                kana=name.name_kana,
                name_en=name.name_en,
                application=shut.get(name.code),
            )
            for name in service.register.municipalities()
        ]
    )


def begin(service: Service, device: Device, request: wire.VisitRequest) -> wire.VisitChallenge | Refusal:
    """Give a kiosk a fresh nonce for one visit to one municipality."""
    if request.municipality not in {name.code for name in service.register.municipalities()}:
        return Refusal(No.NOT_OFFERED)
    if is_blocked(service.engine, of_device(device.device_id), of_municipality(request.municipality)):
        return Refusal(No.STOPPED)
    now = service.now()
    if not _serves(service, device, request, now):
        return Refusal(No.NOT_OFFERED)
    challenge = Challenge(
        visit_id=VisitId(service.random(16).hex()),
        kiosk_id=device.device_id,
        channel=device.channel,
        municipality_code=request.municipality,
        nonce=service.random(wire.NONCE_BYTES),
        created_at=now,
        expires_at=now + service.limits.challenge,
        purpose=request.purpose.value,
    )
    store.create_challenge(service.engine, challenge)
    return _challenge_message(challenge)


def _serves(service: Service, device: Device, request: wire.VisitRequest, now: datetime) -> bool:
    """Tell whether a device serves this visit: a counter terminal that of its office's municipality, a kiosk no seal card."""
    if device.channel != "counter":
        return request.purpose is not wire.Purpose.SEAL_CARD
    with service.register.snapshot(request.municipality, None, now) as snapshot:
        settings = snapshot.municipality(now.astimezone(JST).date())
    return settings is not None and settings.rules.office_of(device.device_id) is not None


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
            return Refusal(CERTIFICATE_BAD.get(reason, No.CERTIFICATE_NOT_ACCEPTED))
        case Undetermined(undetermined, fault):
            eventlog.write(eventlog.Undetermined(undetermined.value, "" if fault is None else fault.value))
            return Refusal(No.CERTIFICATE_UNDETERMINED)
        case Good():
            pass
    visitor = find_visitor(service, challenge, verdict)
    if isinstance(visitor, Refusal):
        return visitor
    if challenge.purpose == wire.Purpose.SEAL_CARD.value:
        menu = _seal_card_menu(service, challenge, visitor, verdict, now)
    else:
        menu = _menu(service, device, challenge, visitor, now)
    if isinstance(menu, Refusal):
        return menu
    subject = subject_of(service.subject_key, challenge.municipality_code, visitor.resident_id)
    expires_at = now + service.limits.visit
    try:
        # Before the visit opens: a key of the right length that nothing can be sealed to is no key.
        key, binding = visit_key(proof.public_key), wire.menu_binding(challenge.visit_id, subject)
        sealed = seal(wire.encode(menu), key, binding)
    except BadPublicKeyError:
        return Refusal(No.PROOF_REFUSED)
    with writing(service.engine) as connection:
        record = _proof_record(proof, verdict, subject, visitor, now, expires_at)
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
    proof: wire.VisitProof, verdict: Good, subject: str, visitor: Visitor, now: datetime, expires_at: datetime
) -> Proof:
    return Proof(
        subject=subject,
        resident_id=visitor.resident_id,
        hpke_public_key=proof.public_key,
        issuer_key_id=verdict.issuer_key_id,
        serial_hash=hashlib.sha256(verdict.serial.to_bytes(20, "big")).hexdigest(),
        opened_at=now,
        expires_at=expires_at,
        standing=visitor.standing,
        certificate_serial=None if visitor.state is None else verdict.serial,
        verification=verdict.method.value,
    )


def _menu(
    service: Service, device: Device, challenge: Challenge, visitor: Visitor, now: datetime
) -> wire.MenuPayload | Refusal:
    registration = None if visitor.state is None else wire.Registration(visitor.state.value)
    about = None if visitor.standing is Standing.APPLICANT else visitor.resident_id
    stopped = blocked_kinds(service.engine, challenge.municipality_code, tuple(kind.value for kind in wire.Kind))
    # One instant for the whole proof: the fee shown is the one that the order will be held to, also at midnight.
    with service.register.snapshot(challenge.municipality_code, about, now) as snapshot:
        settings = snapshot.municipality(now.astimezone(JST).date())
        as_of = snapshot.as_of
        reason: str | None = None
        offers: list[wire.OfferInfo] = []
        private: dict[wire.Kind, str] = {}
        applicant: Applicant | str | None = None
        match visitor.standing:
            case Standing.RESIDENT:
                applicant = household_of(snapshot, visitor.resident_id, now)
                reason = applicant if isinstance(applicant, str) else refusal_for(applicant, frozenset())
            case Standing.REGISTERED:
                applicant = Holder(visitor.resident_id)
            case Standing.APPLICANT:
                offers = [] if settings is None or visitor.state is None else closed_offers(settings, visitor.state)
        if settings is not None and isinstance(applicant, Household | Holder) and reason is None:
            offers, private = _offers(service, device, challenge.visit_id, snapshot, settings, applicant, now)
    # After the snapshot: a worker holds one connection at a time, and a refusal is written down.
    if settings is None or refuse_stale(service, challenge.municipality_code, as_of, now):
        return Refusal(No.STOPPED)
    if reason is not None:
        return refuse_privately(service, device, challenge.visit_id, reason, now)
    if visitor.standing is Standing.APPLICANT and not offers:
        return Refusal(No.NOT_LINKED)
    offers = _with_references(service, device, challenge.visit_id, offers, private, now)
    offers = [_stopped(offer) if offer.kind.value in stopped else offer for offer in offers]
    office = settings.rules.office_of(device.device_id) if device.channel == "counter" else None
    resident = visitor.standing is Standing.RESIDENT  # nobody else gets a 申請書
    asks = office is not None and office.ask_card_attributes and resident
    key = key_of(service, challenge.visit_id).public_bytes if asks else None
    return wire.MenuPayload(offers=offers, registration=registration, asks_attributes=asks, attributes_key=key)


def _seal_card_menu(
    service: Service, challenge: Challenge, visitor: Visitor, verdict: Good, now: datetime
) -> wire.MenuPayload | Refusal:
    """Give a code in place of certificates: with it a clerk sees the holder's seal registration, and nothing more."""
    if visitor.standing is not Standing.RESIDENT:
        return Refusal(No.NOT_LINKED)
    code = give_code(service, challenge.municipality_code, visitor.resident_id, verdict.method.value, now)
    return wire.MenuPayload(offers=[], seal_code=code)


def _stopped(offer: wire.OfferInfo) -> wire.OfferInfo:
    """Grey what an open incident blocks (INV-6)."""
    return msgspec.structs.replace(offer, closed=offer.closed or wire.Closed.MAINTENANCE)


def _offers(
    service: Service,
    device: Device,
    visit_id: str,
    snapshot: RegisterSnapshot,
    settings: MunicipalitySettings,
    applicant: Applicant,
    now: datetime,
) -> tuple[list[wire.OfferInfo], dict[wire.Kind, str]]:
    """Give every kind that the municipality offers to this applicant, in the order of the wire, with what may be chosen or why nothing.

    Beside them the private reasons of those that are greyed for one.
    """
    offers: list[wire.OfferInfo] = []
    private: dict[wire.Kind, str] = {}
    for kind in wire.Kind:
        offer = settings.offer(kind.value)
        entitled = entitlement(snapshot, settings, kind, applicant, now)
        if offer is None or entitled is None:
            continue
        hours = closed(settings.rules, kind, device.device_id, now, channel=device.channel)
        shut = hours if service.enforce_hours else None
        if shut is None and not is_fresh(snapshot.complete_until(kind.value), now, service.limits.register_age):
            shut = wire.Closed.MAINTENANCE
        offers.append(_offer(offer, kind, entitled, shut, person_ref(service, visit_id, kind)))
        # Outside the hours everybody reads the hours; a reference would tell that there is a reason beside them.
        if shut is None and isinstance(entitled, Denied) and entitled.reason is not None:
            private[kind] = entitled.reason
    return offers, private


def _with_references(
    service: Service,
    device: Device,
    visit_id: str,
    offers: list[wire.OfferInfo],
    private: dict[wire.Kind, str],
    now: datetime,
) -> list[wire.OfferInfo]:
    """Put each private reason on record, under a reference of its own: equal ones would tell which kinds share a reason."""
    if not private:
        return offers
    with writing(service.engine) as connection:
        references = {
            kind: _on_record(service, connection, device, visit_id, reason, now) for kind, reason in private.items()
        }
    return [msgspec.structs.replace(offer, reference=references.get(offer.kind)) for offer in offers]


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
    return Refusal(No.COUNTER_ONLY, _on_record(service, service.engine, device, visit_id, reason, now))


def _on_record(
    service: Service, bind: Engine | Connection, device: Device, visit_id: str, reason: str, now: datetime
) -> str:
    # 40 bits in eight letters and digits without 0, 1 and 8: short enough to be read out at a counter.
    reference = base64.b32encode(service.random(5)).decode()
    ledger.record_refusal(bind, PrivateReason(reference, device.device_id, visit_id, reason, now))
    return reference
