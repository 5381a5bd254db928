"""Seals the drawn documents of one order to its visit, each bound to what it is and whose, and signs what was sealed."""

import hashlib
from dataclasses import dataclass

import msgspec

from issuing_center import wire
from issuing_center.paper.values import DrawnDocument
from issuing_center.sealing import seal, sign_document, visit_key
from issuing_center.service import Service
from issuing_center.visits.store import OpenVisit


@dataclass(frozen=True, slots=True)
class Paper:
    """One drawn document of an order."""

    serial: str
    copy_no: int
    role: wire.DocumentRole
    drawn: DrawnDocument
    two_sided: bool = False


def sealed_answer(
    service: Service,
    visit: OpenVisit,
    order: wire.OrderRequest,
    txn: str,
    papers: list[Paper],
    ticket: wire.CounterTicket | None,
) -> wire.OrderAnswer:
    """Give the answer to an order; nobody but the visit's kiosk can open what is in it."""
    key = visit_key(visit.hpke_public_key)
    described = [
        wire.SealedDocument(
            serial=paper.serial,
            copy_no=paper.copy_no,
            pages=paper.drawn.pages,
            sha256=hashlib.sha256(paper.drawn.pdf).hexdigest(),
            sealed=b"",
            signature=b"",
            role=paper.role,
            two_sided=paper.two_sided,
        )
        for paper in papers
    ]
    head = wire.OrderAnswer(txn=txn, subject=visit.subject, documents=described, counter=ticket)
    documents: list[wire.SealedDocument] = []
    for document, paper in zip(described, papers, strict=True):
        binding = wire.document_binding(head, order, document)
        sealed = seal(paper.drawn.pdf, key, binding)
        signature = sign_document(service.document_key, binding, sealed)
        documents.append(msgspec.structs.replace(document, sealed=sealed, signature=signature))
    return msgspec.structs.replace(head, documents=documents)
