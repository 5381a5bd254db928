"""Takes an application for 利用登録 in: two signatures of one card in one visit.

The authentication certificate opened the visit and is what gets registered. The signature certificate, of another CA and
under another password, signs what was filled in, bound to that visit. Undetermined is never accepted. Whether the
applicant stands in a 戸籍 here is for the staff to find out; nothing here looks.
"""

import base64
import hashlib

from issuing_center import eventlog, wire
from issuing_center.availability import JST, application_closed
from issuing_center.devices import Device
from issuing_center.ledger import store as ledger
from issuing_center.problems import CERTIFICATE_BAD, No, Refusal
from issuing_center.register.port import AlreadyApplied, Application, Evidence, KeyReused, Received
from issuing_center.service import Service
from issuing_center.trust import Bad, Good, Undetermined, verify_card_signature
from issuing_center.visits import store
from issuing_center.visits.honseki import KINDS
from issuing_center.visits.store import OpenVisit, Standing, VisitId


def apply(
    service: Service, device: Device, visit_id: str, key: str, request: wire.RegistrationRequest
) -> wire.RegistrationAnswer | Refusal:
    """Take one application in and give its reception number, or say why not.

    The same key with the same request of the same visit gives the same number.
    """
    now = service.now()
    visit = store.load_open(service.engine, VisitId(visit_id), device.device_id, now)
    if visit is None:
        return Refusal(No.VISIT_EXPIRED)
    registrations, verifier = service.registrations, service.signature_verifier
    if registrations is None or verifier is None or visit.purpose != wire.Purpose.HONSEKI.value:
        return Refusal(No.NOT_OFFERED)
    match visit.standing:
        case Standing.REGISTERED:
            return Refusal(No.ALREADY_APPLIED)
        case Standing.RESIDENT:
            return Refusal(No.NOT_OFFERED)
        case Standing.APPLICANT:
            pass
    with service.register.snapshot(visit.municipality_code) as snapshot:
        settings = snapshot.municipality(now.astimezone(JST).date())
    if settings is None or not any(settings.offer(kind.value) for kind in KINDS):
        return Refusal(No.NOT_OFFERED)
    if service.enforce_hours and application_closed(settings.rules, device.device_id, now, channel=device.channel):
        return Refusal(No.CLOSED)
    # The statement is made here, of what this center knows of the visit: nonce, kiosk, municipality, person.
    statement = _statement(visit, request)
    if not verify_card_signature(request.certificate, statement, request.signature):
        return Refusal(No.PROOF_REFUSED)
    verdict = verifier.verify(request.certificate, now)
    match verdict:
        case Bad(reason):
            return Refusal(CERTIFICATE_BAD.get(reason, No.CERTIFICATE_NOT_ACCEPTED))
        case Undetermined(undetermined, fault):
            eventlog.write(eventlog.Undetermined(undetermined.value, "" if fault is None else fault.value))
            return Refusal(No.CERTIFICATE_UNDETERMINED)
        case Good():
            pass
    assert visit.certificate_serial is not None
    application = Application(
        municipality_code=visit.municipality_code,
        issuer_key_id=visit.issuer_key_id,
        serial=visit.certificate_serial,
        honseki=request.honseki,
        hittosha=request.hittosha,
        telephone=request.telephone,
    )
    evidence = Evidence(
        kiosk_id=device.device_id,
        idempotency_key=key,
        request_sha256=hashlib.sha256(wire.canonical("registration", visit_id, wire.encode(request))).hexdigest(),
        statement=statement,
        certificate=request.certificate,
        signature=request.signature,
    )
    outcome = registrations.apply(application, evidence, _reception_number(service), now)
    match outcome:
        case Received(number):
            ledger.record_event(service.engine, now, "registration-received", f"{visit_id} {number}")
            return wire.RegistrationAnswer(reception_number=number)
        case AlreadyApplied():
            return Refusal(No.ALREADY_APPLIED)
        case KeyReused():
            return Refusal(No.KEY_REUSED)


def _statement(visit: OpenVisit, request: wire.RegistrationRequest) -> bytes:
    challenge = wire.VisitChallenge(
        visit=visit.visit_id,
        nonce=visit.nonce,
        kiosk=visit.kiosk_id,
        channel=visit.channel,
        expires_at=visit.expires_at,
    )
    return wire.registration_statement(
        challenge, visit.municipality_code, visit.subject, request.honseki, request.hittosha, request.telephone
    )


def _reception_number(service: Service) -> str:
    """Make a 受付番号: 50 random bits in base 32, which has no 0, 1 and 8, so that it can be read out."""
    text = base64.b32encode(service.random(7)).decode()
    return f"{text[:5]}-{text[5:10]}"
