"""The story of one certificate, top to bottom.

Every step works on values of this request alone: no lock, no queue, no file and no clock order decides whose data is used
(INV-3, INV-9). What is drawn leaves sealed to the visit or not at all.
"""

import base64
import hashlib
from dataclasses import dataclass, field
from datetime import datetime

from issuing_center import juminhyo, wire
from issuing_center.availability import JST, closed
from issuing_center.database import writing
from issuing_center.devices import Device
from issuing_center.eligibility import Household, household_of, refusal_for
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
from issuing_center.paper.completeness import Expected, Incomplete, check_complete
from issuing_center.paper.juminhyo import DrawnDocument, draw_juminhyo
from issuing_center.paper.text import GlyphMissing, TooLong
from issuing_center.problems import No, Refusal
from issuing_center.register.records import MunicipalitySettings, OfferSettings, Resident, ResidentId
from issuing_center.sealing import seal, sign_document, visit_key
from issuing_center.service import Service
from issuing_center.subjects import member_ref, subject_of
from issuing_center.visits import store as visits
from issuing_center.visits.hold import hold_open
from issuing_center.visits.protocol import item_applies, refuse_privately, refuse_stale
from issuing_center.visits.store import OpenVisit, VisitId


@dataclass(frozen=True, slots=True)
class _Facts:
    """What one snapshot of the register said, enough to draw from."""

    settings: MunicipalitySettings
    persons: tuple[Resident, ...] = field(repr=False)
    """Those the certificate shows, in the register's order."""
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
    with service.register.snapshot(visit.municipality_code) as snapshot:
        settings = snapshot.municipality(now.astimezone(JST).date())
        fee_settings = snapshot.municipality(visit.opened_at.astimezone(JST).date())
        household = household_of(snapshot, ResidentId(visit.resident_id), now)
        as_of, version = snapshot.as_of, snapshot.version
    if settings is None or fee_settings is None or settings.name.code not in service.seals:
        return Refusal(No.STOPPED)
    if refuse_stale(service, visit.municipality_code, as_of, now):
        return Refusal(No.STOPPED)
    offer, shown_offer = settings.offer(order.kind.value), fee_settings.offer(order.kind.value)
    if offer is None or shown_offer is None:
        return Refusal(No.NOT_OFFERED)
    if service.enforce_hours and closed(offer, now) is not None:
        return Refusal(No.CLOSED)
    if isinstance(household, str):
        return refuse_privately(service, device, visit.visit_id, household, now)
    # The register was asked for one person; that it answered with this one is checked, not assumed (INV-1).
    if subject_of(service.subject_key, visit.municipality_code, household.applicant.resident_id) != visit.subject:
        raise_incident(service, "other-subject", now, visit.visit_id)
        return Refusal(No.STOPPED)
    # A transaction keeps the fee it was shown: the one valid when the visit was opened.
    if order.fee_yen != shown_offer.fee_yen:
        return Refusal(No.FEE_CHANGED)
    persons = _persons(service, visit, order, offer, household)
    if isinstance(persons, Refusal):
        return persons
    reason = refusal_for(household, frozenset(person.resident_id for person in persons))
    if reason is not None:
        return refuse_privately(service, device, visit.visit_id, reason, now)
    return _Facts(settings, persons, as_of, version)


def _persons(
    service: Service, visit: OpenVisit, order: wire.OrderRequest, offer: OfferSettings, household: Household
) -> tuple[Resident, ...] | Refusal:
    """Give those whom the order asks for, or refuse a choice that this municipality does not offer."""
    items = [item.value for item in order.items]
    if (
        order.scope.value not in offer.scopes
        or order.copies > offer.copies_limit
        or len(set(items)) != len(items)
        or not all(item in offer.items and item_applies(item, household) for item in items)
    ):
        return Refusal(No.NOT_OFFERED)
    by_ref = {
        member_ref(service.subject_key, visit.visit_id, member.resident_id): member for member in household.members
    }
    chosen = frozenset(order.members)
    if (order.scope is wire.Scope.SOME) != bool(chosen) or len(chosen) != len(order.members):
        return Refusal(No.NOT_OFFERED)
    match order.scope:
        case wire.Scope.SELF:
            return (household.applicant,)
        case wire.Scope.HOUSEHOLD:
            return household.members
        case wire.Scope.SOME:
            if not chosen <= by_ref.keys():
                return Refusal(No.NOT_OFFERED)
            return tuple(member for ref, member in by_ref.items() if ref in chosen)


def _draw(
    service: Service, facts: _Facts, order: wire.OrderRequest, serial: str, txn: str, now: datetime
) -> DrawnDocument | Refusal:
    sheet = juminhyo.compose(
        settings=facts.settings,
        seal=service.seals[facts.settings.name.code],
        persons=facts.persons,
        scope=order.scope,
        items=frozenset(order.items),
        issued_on=now.astimezone(JST).date(),
        serial=serial,
        txn=txn,
        specimen=service.specimen,
    )
    drawn = draw_juminhyo(sheet, service.fonts)
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
