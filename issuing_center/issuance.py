"""The story of one certificate, top to bottom.

Every step works on values of this request alone: no lock, no queue, no file and no clock order decides whose data is used
(INV-3, INV-9). What is drawn leaves sealed to the visit or not at all.
"""

import base64
import hashlib
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Final

from issuing_center import wire
from issuing_center.availability import JST, closed
from issuing_center.backs.keys import KeysUnusableError
from issuing_center.compose.any_kind import compose
from issuing_center.compose.face import Face, issuer_of
from issuing_center.counter import desk as counter
from issuing_center.counter.drawing import CounterPapers, draw_papers
from issuing_center.database import writing
from issuing_center.devices import Device
from issuing_center.eligibility import Applicant, Holder, Household, household_of
from issuing_center.entitlement import Chosen, Denied, choose, entitlement
from issuing_center.incidents import is_blocked, of_device, of_kind, of_municipality, raise_incident
from issuing_center.keys import KeyUnusableError
from issuing_center.ledger import store as ledger
from issuing_center.ledger.entries import (
    Conflict,
    Existing,
    NewDocument,
    NewOrder,
    Recorded,
    Serial,
    StoredOrder,
    TransactionId,
)
from issuing_center.municipal.package import CounterOffice
from issuing_center.paper.absent import PaperUnavailable
from issuing_center.paper.back.drawing import two_sided
from issuing_center.paper.completeness import Expected, Incomplete, check_complete
from issuing_center.paper.drawing import draw
from issuing_center.paper.front_seal import with_front_seals
from issuing_center.paper.sheet import Certificate, Issuer
from issuing_center.paper.text import GlyphMissing, TooLong
from issuing_center.paper.values import DrawnDocument
from issuing_center.pdf_signature import with_signature
from issuing_center.problems import No, Refusal
from issuing_center.register.records import MunicipalitySettings, Resident, ResidentId
from issuing_center.sealed_papers import Paper, sealed_answer
from issuing_center.service import Service
from issuing_center.subjects import subject_of
from issuing_center.visits import store as visits
from issuing_center.visits.hold import hold_open
from issuing_center.visits.honseki import still_registered
from issuing_center.visits.protocol import person_ref, refuse_privately, refuse_stale
from issuing_center.visits.store import OpenVisit, Standing, VisitId

KIOSK_CHANNEL: Final = "kiosk"
"""The channel whose plain paper gets backs."""


@dataclass(frozen=True, slots=True)
class _Facts:
    """What one snapshot of the register said, enough to draw from."""

    issuer: Issuer
    applicant: Resident | None = field(repr=False)
    """None for a registered holder, who is no resident."""
    chosen: Chosen = field(repr=False)
    """What the certificate shows, and nothing beside it."""
    as_of: datetime
    version: int
    office: CounterOffice | None
    """Where the terminal stands; None unless it is one of a counter."""


def issue(
    service: Service, device: Device, visit_id: str, key: str, order: wire.OrderRequest
) -> wire.OrderAnswer | Refusal:
    """Issue one order: the sealed, signed documents, or why not. Nothing is owed by anybody yet.

    The same key with the same order of the same visit gives the same answer, byte for byte; with another order, a refusal.
    """
    now = service.now()
    # 1. The visit: open, of this kiosk, not over. It names the resident; nothing in the order does.
    visit = visits.load_open(service.engine, VisitId(visit_id), device.device_id, now)
    if visit is None:
        return Refusal(No.VISIT_EXPIRED)
    request_sha256 = hashlib.sha256(wire.canonical("order", visit.visit_id, wire.encode(order))).hexdigest()
    # 2. A repeated request gets the answer it had.
    stored = ledger.find_by_key(service.engine, device.device_id, key)
    if stored is not None:
        return _repeated(service, stored, request_sha256)
    # 3. No incident whose cause is still unknown on this machine, municipality or kind (INV-6).
    municipality = visit.municipality_code
    paths = of_device(device.device_id), of_municipality(municipality), of_kind(municipality, order.kind.value)
    if is_blocked(service.engine, *paths):
        return Refusal(No.STOPPED)
    # 4. Eligibility, hours and fee, live, on one version of the register (INV-5, INV-11).
    facts = _decide(service, device, visit, order, now)
    if isinstance(facts, Refusal):
        return facts
    # 5. At a counter, the number that the papers bear; one that comes to nothing is cancelled, never given again.
    if facts.office is None:
        return _make(service, device, visit, order, key, request_sha256, facts, None, now)
    content = counter.content_of(service, visit, order, facts.chosen)
    desk = counter.take_number(service, device, visit, order, key, request_sha256, facts.office, content, now)
    if isinstance(desk, Refusal):
        return desk
    answer = _make(service, device, visit, order, key, request_sha256, facts, desk, now)
    if isinstance(answer, Refusal):
        counter.give_up(service, desk, now)
    return answer


def _make(
    service: Service,
    device: Device,
    visit: OpenVisit,
    order: wire.OrderRequest,
    key: str,
    request_sha256: str,
    facts: _Facts,
    desk: counter.Desk | None,
    now: datetime,
) -> wire.OrderAnswer | Refusal:
    # 6. Identities: random, so that nothing is ever named after an instant, a counter or a machine (INV-9).
    txn = service.random(16).hex()
    serials = [_new_serial(service) for _ in range(order.copies)]
    # 7. Draw every copy, and look at each finished file for all that makes it a certificate (INV-18).
    drawn: list[Paper] = []
    for number, serial in enumerate(serials, start=1):
        copy = _draw(service, visit, facts, order, serial, txn, now)
        if isinstance(copy, Refusal):
            return copy
        backs = _has_backs(service, visit)
        drawn.append(Paper(serial, number, wire.DocumentRole.CERTIFICATE, copy, two_sided=backs))
    papers: CounterPapers | None = None
    if desk is not None:
        papers = draw_papers(
            service, desk, visit, order, facts.chosen, facts.applicant, _face(service, facts, txn, txn, now), serials
        )
        if papers is None:
            return Refusal(No.GLYPH_MISSING)
        application = Paper(_new_serial(service), 1, wire.DocumentRole.APPLICATION, papers.application)
        receipt = Paper(_new_serial(service), 1, wire.DocumentRole.RECEIPT, papers.receipt)
        drawn = [application, *drawn, receipt]
    # 8. Seal each to the visit's key, bound to what it is and whose, and sign what was sealed.
    answer = sealed_answer(service, visit, order, txn, drawn, None if desk is None else desk.ticket)
    # 9. The ledger: order and documents in one transaction, in which the visit is still open. Only then does anything
    #    leave; an order that took longer than its kiosk waits, or outlived its visit, leaves nothing (INV-2).
    record = _order_record(service, device, visit, order, key, request_sha256, facts, txn, now)
    copies = [
        _document_record(answer, order, document)
        for document in answer.documents
        if document.role is wire.DocumentRole.CERTIFICATE
    ]
    with writing(service.engine) as connection:
        finished = service.now()
        if finished - now > service.limits.order:
            return Refusal(No.OVERLOADED)
        if not hold_open(connection, visit.visit_id, device.device_id, finished):
            return Refusal(No.VISIT_EXPIRED)
        recorded: Recorded | Existing | Conflict
        # A number is of one order: whoever comes second finds the first one's in the ledger, or the number cancelled.
        if desk is not None and not counter.claim(connection, desk, txn, finished):
            stored = ledger.find_by_key(connection, device.device_id, key)
            if stored is None:
                return Refusal(No.OVERLOADED)
            recorded = Existing(stored)
        else:
            recorded = ledger.record_order(connection, record, copies)
        if desk is not None and papers is not None and isinstance(recorded, Recorded):
            counter.record(connection, desk, device, key, answer, papers.kept)
    match recorded:
        case Recorded():
            return answer
        case Existing(stored):
            return _repeated(service, stored, request_sha256)
        case Conflict():
            return Refusal(No.KEY_REUSED)


def _repeated(service: Service, stored: StoredOrder, request_sha256: str) -> wire.OrderAnswer | Refusal:
    """Answer a repeated key from the ledger; what was erased meanwhile stays erased."""
    if stored.order.request_sha256 != request_sha256:
        return Refusal(No.KEY_REUSED)
    documents = ledger.load_documents(service.engine, stored.order.txn)
    sealed = [
        wire.SealedDocument(
            serial=document.serial,
            copy_no=document.copy_no,
            pages=document.pages,
            sha256=document.sha256,
            sealed=document.sealed,
            signature=document.signature,
            two_sided=wire.binds_two_sided(document.binding),
        )
        for document in documents
        if document.sealed is not None
    ]
    if not sealed or len(sealed) != len(documents):
        return Refusal(No.VISIT_EXPIRED)
    if stored.order.channel != counter.CHANNEL:
        return wire.OrderAnswer(txn=stored.order.txn, subject=stored.order.subject, documents=sealed)
    beside = counter.again(service.engine, stored.order.txn)
    if beside is None:
        return Refusal(No.VISIT_EXPIRED)
    ticket, papers = beside
    sealed = [papers["application"], *sealed, papers["receipt"]]
    return wire.OrderAnswer(txn=stored.order.txn, subject=stored.order.subject, documents=sealed, counter=ticket)


def _decide(
    service: Service, device: Device, visit: OpenVisit, order: wire.OrderRequest, now: datetime
) -> _Facts | Refusal:
    kind, today = order.kind, now.astimezone(JST).date()
    if visit.purpose == wire.Purpose.SEAL_CARD.value:
        return Refusal(No.NOT_OFFERED)
    shown_on = visit.opened_at.astimezone(JST).date()
    resident = ResidentId(visit.resident_id)
    if visit.standing is Standing.APPLICANT:
        return Refusal(No.NOT_REGISTERED)
    if visit.standing is Standing.REGISTERED and not still_registered(service, visit):
        return refuse_privately(service, device, visit.visit_id, "registration_ended", now)
    applicant: Applicant | str = Holder(resident)
    with service.register.snapshot(visit.municipality_code, resident, now) as snapshot:
        settings = snapshot.municipality(today)
        fee_settings = settings if shown_on == today else snapshot.municipality(shown_on)
        if visit.standing is Standing.RESIDENT:
            applicant = household_of(snapshot, resident, now)
        entitled = None
        if settings is not None and not isinstance(applicant, str):
            entitled = entitlement(snapshot, settings, kind, applicant, now)
        as_of, version = snapshot.complete_until(kind.value), snapshot.version
    if settings is None or fee_settings is None or refuse_stale(service, visit.municipality_code, as_of, now):
        return Refusal(No.STOPPED)
    offer, shown_offer = settings.offer(kind.value), fee_settings.offer(kind.value)
    if offer is None or shown_offer is None:
        return Refusal(No.NOT_OFFERED)
    office = settings.rules.office_of(device.device_id) if device.channel == counter.CHANNEL else None
    if device.channel == counter.CHANNEL and office is None:
        return Refusal(No.NOT_OFFERED)
    if office is not None and visit.standing is not Standing.RESIDENT:
        # The 申請書 is filled in from the resident record, which the municipality has of those who live here.
        return refuse_privately(service, device, visit.visit_id, "no_resident_record", now)
    hours = closed(settings.rules, kind, device.device_id, now, channel=device.channel)
    if service.enforce_hours and hours is not None:
        return Refusal(No.CLOSED)
    if isinstance(applicant, str):
        return refuse_privately(service, device, visit.visit_id, applicant, now)
    # The register was asked for one person; that it answered with this one is checked, not assumed (INV-1).
    if subject_of(service.subject_key, visit.municipality_code, applicant.resident_id) != visit.subject:
        raise_incident(service, "other-subject", of_municipality(visit.municipality_code), now, visit.visit_id)
        return Refusal(No.STOPPED)
    if entitled is None:
        return Refusal(No.NOT_OFFERED)
    if isinstance(entitled, Denied):
        return _refused(service, device, visit, entitled, now)
    # A transaction keeps the fee it was shown: the one valid when the visit was opened.
    if order.fee_yen != shown_offer.fee_yen:
        return Refusal(No.FEE_CHANGED)
    if order.copies > offer.copies_limit:
        return Refusal(No.NOT_OFFERED)
    chosen = choose(entitled, order, applicant, person_ref(service, visit.visit_id, kind))
    if isinstance(chosen, Denied):
        return _refused(service, device, visit, chosen, now)
    issuer = _issuer(service, visit, settings, now)
    if issuer is None:
        return Refusal(No.STOPPED)
    shown = applicant.applicant if isinstance(applicant, Household) else None
    return _Facts(issuer, shown, chosen, as_of, version, office)


def _refused(service: Service, device: Device, visit: OpenVisit, denied: Denied, now: datetime) -> Refusal:
    if denied.reason is None:
        return Refusal(denied.no)
    return refuse_privately(service, device, visit.visit_id, denied.reason, now)


def _issuer(service: Service, visit: OpenVisit, settings: MunicipalitySettings, now: datetime) -> Issuer | None:
    """Give who issues; None without a seal that may stand on a certificate, which is an incident (INV-18)."""
    path = of_municipality(visit.municipality_code)
    try:
        issuer = issuer_of(settings)
    except PaperUnavailable as error:
        raise_incident(service, "seal", path, now, error.code)
        return None
    if issuer.seal.fictitious and not service.specimen:
        raise_incident(service, "seal", path, now, "a fictitious seal is for the sandbox only")
        return None
    return issuer


def _face(service: Service, facts: _Facts, issue_number: str, txn: str, now: datetime) -> Face:
    return Face(
        issuer=facts.issuer,
        issued_on=now.astimezone(JST).date(),
        issue_number=issue_number,
        txn=txn,
        specimen=service.specimen,
    )


def _draw(
    service: Service,
    visit: OpenVisit,
    facts: _Facts,
    order: wire.OrderRequest,
    serial: str,
    txn: str,
    now: datetime,
) -> DrawnDocument | Refusal:
    with_backs = _has_backs(service, visit)
    sheet = compose(
        _face(service, facts, serial, txn, now), order.kind, facts.chosen, facts.applicant, frozenset(order.items)
    )
    if isinstance(sheet, TooLong):
        return Refusal(No.GLYPH_MISSING)
    drawn = draw(sheet, service.fonts)
    match drawn:
        case GlyphMissing() | TooLong():
            # Which character or field it was is personal data; staff see it in the register's own check.
            return Refusal(No.GLYPH_MISSING)
        case DrawnDocument():
            pass
    try:
        drawn = _proved(service, sheet, drawn, with_backs, now)
    except KeyUnusableError as error:
        raise_incident(service, "signing-key", of_municipality(visit.municipality_code), now, str(error), txn)
        return Refusal(No.STOPPED)
    except KeysUnusableError as error:
        raise_incident(service, "scramble-key", of_municipality(visit.municipality_code), now, str(error), txn)
        return Refusal(No.STOPPED)
    complete = check_complete(drawn.pdf, Expected.of(sheet, service.document_certificates, two_sided=with_backs))
    if isinstance(complete, Incomplete):
        path = of_kind(visit.municipality_code, order.kind.value)
        raise_incident(service, "incomplete", path, now, "; ".join(complete.lacking), txn)
        return Refusal(No.STOPPED)
    return drawn


def _has_backs(service: Service, visit: OpenVisit) -> bool:
    """Tell whether what this visit orders gets backs: a counter has security paper instead."""
    return service.backs is not None and visit.channel == KIOSK_CHANNEL


def _proved(
    service: Service, sheet: Certificate, drawn: DrawnDocument, with_backs: bool, now: datetime
) -> DrawnDocument:
    """Put the signed code on every front, then the backs, which carry it, and sign the file.

    What is appended changes nothing that was drawn. Raises KeyUnusableError and KeysUnusableError.
    """
    coded = with_front_seals(drawn, sheet, service.sealer, now.astimezone(JST).date())
    if service.backs is not None and with_backs:
        coded = two_sided(coded, sheet.issue_number, service.backs.security(now), service.fonts)
    return replace(coded, pdf=with_signature(coded.pdf, service.document_key, service.document_certificates, now))


def _order_record(
    service: Service,
    device: Device,
    visit: OpenVisit,
    order: wire.OrderRequest,
    key: str,
    request_sha256: str,
    facts: _Facts,
    txn: str,
    now: datetime,
) -> NewOrder:
    return NewOrder(
        txn=TransactionId(txn),
        visit_id=visit.visit_id,
        subject=visit.subject,
        kiosk_id=visit.kiosk_id,
        channel=visit.channel,
        municipality_code=visit.municipality_code,
        kind=order.kind.value,
        scope=order.scope.value,
        copies=order.copies,
        fee_yen=order.fee_yen,
        idempotency_key=key,
        request_sha256=request_sha256,
        created_at=now,
        erase_at=now + service.limits.sealed,
        as_of=facts.as_of,
        register_version=facts.version,
        build_id=service.build_id,
        config_id=service.config_id,
        operator=device.operator,
    )


def _document_record(answer: wire.OrderAnswer, order: wire.OrderRequest, document: wire.SealedDocument) -> NewDocument:
    return NewDocument(
        serial=Serial(document.serial),
        copy_no=document.copy_no,
        pages=document.pages,
        sha256=document.sha256,
        sealed=document.sealed,
        binding=wire.document_binding(answer, order, document),
        signature=document.signature,
    )


def _new_serial(service: Service) -> str:
    """Make a 発行番号: 80 random bits as four groups of base 32, which has no 0, 1, 8 to be misread."""
    text = base64.b32encode(service.random(10)).decode()
    return "-".join(text[start : start + 4] for start in range(0, 16, 4))
