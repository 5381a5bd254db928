"""The bytes that get signed or bound; both sides hash, sign, seal and open them with their own keys."""

from datetime import datetime
from typing import Final

from issuing_center.wire.codec import encode
from issuing_center.wire.messages import OrderAnswer, OrderRequest, SealedDocument, VisitChallenge
from issuing_center.wire.vocabulary import KEM_NAME, DocumentRole

_TWO_SIDED: Final = "two-sided"


def canonical(label: str, *fields: str | int | bytes) -> bytes:
    """Encode fields so that no two different lists give the same bytes.

    Label and every field are written as a 4-byte big-endian length and their bytes; text as UTF-8, integers as decimal
    digits. The label names purpose and version, so a signature for one purpose is worthless for another.
    """
    parts = [label.encode()]
    for value in fields:
        match value:
            case bytes():
                parts.append(value)
            case int():
                parts.append(str(value).encode())
            case str():
                parts.append(value.encode())
    return b"".join(len(part).to_bytes(4, "big") + part for part in parts)


def visit_statement(challenge: VisitChallenge, signed_at: datetime, public_key: bytes) -> bytes:
    """Give the statement whose SHA-256 the card signs: presence here and now, and consent to this key."""
    return canonical(
        "certificate-kiosk visit statement v1",
        challenge.visit,
        challenge.nonce,
        challenge.kiosk,
        challenge.channel,
        signed_at.isoformat(),
        KEM_NAME,
        public_key,
    )


def menu_binding(visit: str, subject: str) -> bytes:
    """Give the HPKE `info` of a sealed menu."""
    return canonical("certificate-kiosk sealed menu v1", visit, subject)


def attributes_binding(visit: str, subject: str) -> bytes:
    """Give the HPKE `info` of the card's attributes on their way to the center: good for this visit and nobody else's."""
    return canonical("certificate-kiosk card attributes v1", visit, subject)


def document_binding(answer: OrderAnswer, order: OrderRequest, document: SealedDocument) -> bytes:
    """Give the HPKE `info` of a sealed document, and what the center's signature begins with.

    Holds transaction, subject, kind, scope, pages and digest, and beyond these the serial number, the copy and the whole
    order, so that a document drawn for another choice of the same person is refused as well. At a counter the role of
    the paper and the whole ticket are bound too: a certificate cannot pass for a 申請書, nor a number for another's. Of a
    document with backs, that it has them.
    """
    ticket = () if answer.counter is None else (encode(answer.counter),)
    role = () if document.role is DocumentRole.CERTIFICATE and not ticket else (document.role.value,)
    return canonical(
        "certificate-kiosk sealed document v1",
        answer.txn,
        answer.subject,
        order.kind.value,
        order.scope.value,
        document.pages,
        document.sha256,
        document.serial,
        document.copy_no,
        encode(order),
        *role,
        *ticket,
        *((_TWO_SIDED,) if document.two_sided else ()),
    )


def binds_two_sided(binding: bytes) -> bool:
    """Tell whether a document's binding says that it has backs. No other last field ends like this one: those are JSON."""
    return binding.endswith(len(_TWO_SIDED).to_bytes(4, "big") + _TWO_SIDED.encode())


def document_statement(binding: bytes, sealed: bytes) -> bytes:
    """Give the bytes that the center signs: the binding together with the sealed form."""
    return canonical("certificate-kiosk document signature v1", binding, sealed)


def outcome_statement(outcome: bytes) -> bytes:
    """Give the bytes that a kiosk's device key signs of an encoded outcome."""
    return canonical("certificate-kiosk outcome v1", outcome)


def registration_statement(
    challenge: VisitChallenge, municipality: str, subject: str, honseki: str, hittosha: str, telephone: str
) -> bytes:
    """Give the statement of an application for 利用登録 whose SHA-256 the signature key signs.

    Bound to the visit that the other certificate of the card opened, by nonce and subject, and to the municipality.
    """
    return canonical(
        "certificate-kiosk registration statement v1",
        challenge.visit,
        challenge.nonce,
        challenge.kiosk,
        municipality,
        subject,
        honseki,
        hittosha,
        telephone,
    )
