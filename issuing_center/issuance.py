"""The story of one certificate, top to bottom.

Every step works on values of this request alone: no lock, no queue, no file and no clock order decides whose data is used
(INV-3, INV-9). What is drawn leaves sealed to the visit or not at all.
"""

import base64
import hashlib
from dataclasses import dataclass, field
from datetime import datetime

from issuing_center import wire
from issuing_center.availability import JST, closed
from issuing_center.compose.any_kind import compose
from issuing_center.compose.face import Face, issuer_of
from issuing_center.database import writing
from issuing_center.devices import Device
from issuing_center.eligibility import household_of
from issuing_center.entitlement import Chosen, Denied, choose, entitlement
from issuing_center.incidents import raise_incident
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
from issuing_center.paper.absent import PaperUnavailable
from issuing_center.paper.completeness import Expected, Incomplete, check_complete
from issuing_center.paper.drawing import draw
from issuing_center.paper.sheet import Issuer
from issuing_center.paper.text import GlyphMissing, TooLong
from issuing_center.paper.values import DrawnDocument
from issuing_center.problems import No, Refusal
from issuing_center.register.records import MunicipalitySettings, Resident, ResidentId
from issuing_center.sealing import seal, sign_document, visit_key
from issuing_center.service import Service
from issuing_center.subjects import subject_of
from issuing_center.visits import store as visits
from issuing_center.visits.hold import hold_open
from issuing_center.visits.protocol import person_ref, refuse_privately, refuse_stale
from issuing_center.visits.store import OpenVisit, VisitId


@dataclass(frozen=True, slots=True)
class _Facts:
    """What one snapshot of the register said, enough to draw from."""

    issuer: Issuer
    applicant: Resident = field(repr=False)
    chosen: Chosen = field(repr=False)
    """What the certificate shows, and nothing beside it."""
    as_of: datetime
    version: int


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
    # 3. Eligibility, hours and fee, live, on one version of the register (INV-5, INV-11).
    facts = _decide(service, device, visit, order, now)
    if isinstance(facts, Refusal):
        return facts
    # 4. Identities: random, so that nothing is ever named after an instant, a counter or a machine (INV-9).
    txn = service.random(16).hex()
    serials = [_new_serial(service) for _ in range(order.copies)]
    # 5. Draw every copy, and look at each finished file for all that makes it a certificate (INV-18).
    drawn: list[DrawnDocument] = []
    for serial in serials:
        copy = _draw(service, facts, order, serial, txn, now)
        if isinstance(copy, Refusal):
            return copy
        drawn.append(copy)
    # 6. Seal each to the visit's key, bound to what it is and whose, and sign what was sealed.
    answer = _sealed(service, visit, order, txn, serials, drawn)
    # 7. The ledger: order and documents in one transaction, in which the visit is still open. Only then does anything
    #    leave; an order that took longer than its kiosk waits, or outlived its visit, leaves nothing (INV-2).
    record = _order_record(service, visit, order, key, request_sha256, facts, txn, now)
    papers = [_document_record(answer, order, document) for document in answer.documents]
    with writing(service.engine) as connection:
        finished = service.now()
        if finished - now > service.limits.order:
            return Refusal(No.OVERLOADED)
        if not hold_open(connection, visit.visit_id, device.device_id, finished):
            return Refusal(No.VISIT_EXPIRED)
        recorded = ledger.record_order(connection, record, papers)
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
        )
        for document in documents
        if document.sealed is not None
    ]
    if not sealed or len(sealed) != len(documents):
        return Refusal(No.VISIT_EXPIRED)
    return wire.OrderAnswer(txn=stored.order.txn, subject=stored.order.subject, documents=sealed)


def _decide(
    service: Service, device: Device, visit: OpenVisit, order: wire.OrderRequest, now: datetime
) -> _Facts | Refusal:
    kind, today = order.kind, now.astimezone(JST).date()
    shown_on = visit.opened_at.astimezone(JST).date()
    with service.register.snapshot(visit.municipality_code) as snapshot:
        settings = snapshot.municipality(today)
        fee_settings = settings if shown_on == today else snapshot.municipality(shown_on)
        household = household_of(snapshot, ResidentId(visit.resident_id), now)
        entitled = None
        if settings is not None and not isinstance(household, str):
            entitled = entitlement(snapshot, settings, kind, household, today)
        as_of, version = snapshot.complete_until(kind.value), snapshot.version
    if settings is None or fee_settings is None or refuse_stale(service, visit.municipality_code, as_of, now):
        return Refusal(No.STOPPED)
    offer, shown_offer = settings.offer(kind.value), fee_settings.offer(kind.value)
    if offer is None or shown_offer is None:
        return Refusal(No.NOT_OFFERED)
    if service.enforce_hours and closed(settings.rules, kind, device.device_id, now) is not None:
        return Refusal(No.CLOSED)
    if isinstance(household, str):
        return refuse_privately(service, device, visit.visit_id, household, now)
    # The register was asked for one person; that it answered with this one is checked, not assumed (INV-1).
    if subject_of(service.subject_key, visit.municipality_code, household.applicant.resident_id) != visit.subject:
        raise_incident(service, "other-subject", now, visit.visit_id)
        return Refusal(No.STOPPED)
    assert entitled is not None
    if isinstance(entitled, Denied):
        return _refused(service, device, visit, entitled, now)
    # A transaction keeps the fee it was shown: the one valid when the visit was opened.
    if order.fee_yen != shown_offer.fee_yen:
        return Refusal(No.FEE_CHANGED)
    if order.copies > offer.copies_limit:
        return Refusal(No.NOT_OFFERED)
    chosen = choose(entitled, order, household, person_ref(service, visit.visit_id, kind))
    if isinstance(chosen, Denied):
        return _refused(service, device, visit, chosen, now)
    issuer = _issuer(service, settings, now)
    if issuer is None:
        return Refusal(No.STOPPED)
    return _Facts(issuer, household.applicant, chosen, as_of, version)


def _refused(service: Service, device: Device, visit: OpenVisit, denied: Denied, now: datetime) -> Refusal:
    if denied.reason is None:
        return Refusal(denied.no)
    return refuse_privately(service, device, visit.visit_id, denied.reason, now)


def _issuer(service: Service, settings: MunicipalitySettings, now: datetime) -> Issuer | None:
    """Give who issues; None without a seal that may stand on a certificate, which is an incident (INV-18)."""
    try:
        issuer = issuer_of(settings)
    except PaperUnavailable as error:
        raise_incident(service, "seal", now, error.code)
        return None
    if issuer.seal.fictitious and not service.specimen:
        raise_incident(service, "seal", now, "a fictitious seal is for the sandbox only")
        return None
    return issuer


def _draw(
    service: Service, facts: _Facts, order: wire.OrderRequest, serial: str, txn: str, now: datetime
) -> DrawnDocument | Refusal:
    face = Face(
        issuer=facts.issuer,
        issued_on=now.astimezone(JST).date(),
        issue_number=serial,
        txn=txn,
        specimen=service.specimen,
    )
    sheet = compose(face, order.kind, facts.chosen, facts.applicant, frozenset(order.items))
    if isinstance(sheet, TooLong):
        return Refusal(No.GLYPH_MISSING)
    drawn = draw(sheet, service.fonts)
    match drawn:
        case GlyphMissing() | TooLong():
            # Which character or field it was is personal data; staff see it in the register's own check.
            return Refusal(No.GLYPH_MISSING)
        case DrawnDocument():
            pass
    complete = check_complete(drawn.pdf, Expected.of(sheet))
    if isinstance(complete, Incomplete):
        raise_incident(service, "incomplete", now, "; ".join(complete.lacking), txn)
        return Refusal(No.STOPPED)
    return drawn


def _sealed(
    service: Service,
    visit: OpenVisit,
    order: wire.OrderRequest,
    txn: str,
    serials: list[str],
    drawn: list[DrawnDocument],
) -> wire.OrderAnswer:
    key = visit_key(visit.hpke_public_key)
    open_documents = [
        wire.SealedDocument(
            serial=serial,
            copy_no=number,
            pages=document.pages,
            sha256=hashlib.sha256(document.pdf).hexdigest(),
            sealed=b"",
            signature=b"",
        )
        for number, (serial, document) in enumerate(zip(serials, drawn, strict=True), start=1)
    ]
    head = wire.OrderAnswer(txn=txn, subject=visit.subject, documents=open_documents)
    documents: list[wire.SealedDocument] = []
    for described, document in zip(open_documents, drawn, strict=True):
        binding = wire.document_binding(head, order, described)
        sealed = seal(document.pdf, key, binding)
        documents.append(
            wire.SealedDocument(
                serial=described.serial,
                copy_no=described.copy_no,
                pages=described.pages,
                sha256=described.sha256,
                sealed=sealed,
                signature=sign_document(service.document_key, binding, sealed),
            )
        )
    return wire.OrderAnswer(txn=txn, subject=visit.subject, documents=documents)


def _order_record(
    service: Service,
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
