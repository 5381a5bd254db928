"""Messages between kiosk and center: their types, their validation, and the bytes that get signed or bound.

This is the kiosk's only door into this package. It knows no business rule and uses no cryptography: it says which bytes
are meant, both sides hash, sign, seal and open them with their own keys.
"""

from datetime import datetime
from enum import Enum
from typing import Annotated, Any, TypeVar

import msgspec
from msgspec import Meta, Struct

API_PREFIX = "/v1"
JSON_TYPE = "application/json"
PROBLEM_TYPE = "application/problem+json"
PROBLEM_URN = "urn:certificate-kiosk:problem:"
IDEMPOTENCY_HEADER = "Idempotency-Key"
MAX_BODY_BYTES = 64 * 1024
"""Largest request; the largest honest one, a proof, is under 8 KiB."""

NONCE_BYTES = 32
KEM_NAME = "MLKEM768-X25519"
"""Hybrid KEM of RFC 9180 sealing; the AEAD is AES-256-GCM and the KDF HKDF-SHA256."""
PUBLIC_KEY_BYTES = 1184 + 32
"""Raw ML-KEM-768 encapsulation key followed by the raw X25519 public key."""

RandomId = Annotated[str, Meta(pattern="^[0-9a-f]{32}$", min_length=32, max_length=32)]
"""128 random bits in hexadecimal (INV-9). Both length bounds, because `$` alone admits a final line feed."""
Sha256Hex = Annotated[str, Meta(pattern="^[0-9a-f]{64}$", min_length=64, max_length=64)]
MunicipalityCode = Annotated[str, Meta(pattern="^[0-9]{6}$", min_length=6, max_length=6)]
Serial = Annotated[str, Meta(pattern="^[0-9A-Z-]{8,40}$", min_length=8, max_length=40)]
Aware = Annotated[datetime, Meta(tz=True)]
FiscalYear = Annotated[int, Meta(ge=1989, le=2100)]
"""年度 by the calendar year it begins in: 2026 is 令和8年度."""


class Kind(Enum):
    """Certificates on the wire, by the romanised names of the legal documents."""

    JUMINHYO = "juminhyo"
    """住民票の写し"""
    KISAIJIKO = "kisaijiko"
    """住民票記載事項証明書"""
    INKAN = "inkan"
    """印鑑登録証明書"""
    KAZEI = "kazei"
    """課税証明書 or 非課税証明書: which of the two is printed depends on the record"""
    SHOTOKU = "shotoku"
    """所得証明書"""
    NOZEI = "nozei"
    """納税証明書"""
    KOSEKI_ZENBU = "koseki-zenbu"
    """戸籍全部事項証明書"""
    KOSEKI_KOJIN = "koseki-kojin"
    """戸籍個人事項証明書"""
    FUHYO = "fuhyo"
    """戸籍の附票の写し"""
    RISAI = "risai"
    """罹災証明書"""


class Scope(Enum):
    """Whose entries a certificate shows."""

    SELF = "self"
    HOUSEHOLD = "household"
    SOME = "some"
    """Some of the household, or of the 戸籍; `OrderRequest.members` names them."""
    WHOLE = "whole"
    """Everybody of the 戸籍 or its 附票."""
    ONE = "one"
    """One person of the 戸籍 or its 附票; `OrderRequest.members` names the person."""


class ItemName(Enum):
    """Entries that appear only when asked for."""

    HEAD_AND_RELATION = "head_and_relation"
    DOMICILE = "domicile"
    MY_NUMBER = "my_number"
    FOREIGN_STATUS = "foreign_status"
    OVERSEAS_VOTING = "overseas_voting"
    """在外選挙人名簿等への登録, of a 附票."""


class Closed(Enum):
    """Why an offer cannot be had now."""

    HOURS = "closed_hours"
    MAINTENANCE = "maintenance"
    COUNTER_ONLY = "counter_only"
    """The one neutral word for every private reason."""
    CHANGEOVER = "changeover"
    """The tax year is changing over."""
    NOT_REGISTERED = "not_registered"
    """戸籍 of a municipality in which the card has no 利用登録."""
    PENDING_REGISTRATION = "pending_registration"
    """利用登録 asked for and not yet decided."""
    NO_RECORD = "no_record"
    """Nothing to certify: no seal registered, no tax declared."""


class Money(Enum):
    """What became of the fee."""

    NONE = "none"
    KEPT = "kept"
    REFUNDED = "refunded"
    UNKNOWN = "unknown"


class Fate(Enum):
    """What became of a document on paper."""

    HANDED_OVER = "handed_over"
    VOIDED = "voided"
    UNKNOWN = "unknown"


class State(Enum):
    """What the center knows of an order."""

    ISSUED = "issued"
    REPORTED = "reported"
    EXPIRED = "expired"


class Message(Struct, frozen=True, forbid_unknown_fields=True):
    """Base of all messages: unknown fields are an error, so that a misspelt one is never silently dropped."""


class Health(Message, frozen=True):
    """Answer of GET /health."""

    build: str
    now: Aware


class MunicipalityInfo(Message, frozen=True):
    """One issuing municipality, public."""

    code: MunicipalityCode
    prefecture: str
    name: str
    kana: str
    name_en: str


class Municipalities(Message, frozen=True):
    """Answer of GET /municipalities."""

    municipalities: list[MunicipalityInfo]


class VisitRequest(Message, frozen=True):
    """Body of POST /visits."""

    municipality: MunicipalityCode


class VisitChallenge(Message, frozen=True):
    """Answer of POST /visits: what the card is to sign, together with the kiosk's fresh key."""

    visit: RandomId
    nonce: Annotated[bytes, Meta(min_length=NONCE_BYTES, max_length=NONCE_BYTES)]
    kiosk: Annotated[str, Meta(min_length=1, max_length=64)]
    """Name of the kiosk by its device certificate; part of the statement."""
    channel: Annotated[str, Meta(min_length=1, max_length=16)]
    expires_at: Aware


class VisitProof(Message, frozen=True):
    """Body of POST /visits/{visit}/proof."""

    signed_at: Aware
    public_key: Annotated[bytes, Meta(min_length=PUBLIC_KEY_BYTES, max_length=PUBLIC_KEY_BYTES)]
    certificate: Annotated[bytes, Meta(min_length=1, max_length=8192)]
    signature: Annotated[bytes, Meta(min_length=1, max_length=1024)]


class VisitAnswer(Message, frozen=True):
    """Answer of a good proof. Everything about the person is inside `sealed_menu`, sealed to the visit's key."""

    subject: Sha256Hex
    expires_at: Aware
    sealed_menu: bytes


class MemberInfo(Message, frozen=True):
    """A person of the applicant's household or 戸籍."""

    ref: RandomId
    name: str
    applicant: bool


class OfferInfo(Message, frozen=True, omit_defaults=True):
    """One certificate as this visit may have it."""

    kind: Kind
    fee_yen: Annotated[int, Meta(ge=0, le=100_000)]
    copies_limit: Annotated[int, Meta(ge=1, le=10)]
    scopes: list[Scope]
    items: list[ItemName]
    closed: Closed | None
    years: Annotated[list[FiscalYear], Meta(max_length=20)] = []
    """年度 to choose from, newest first; empty where the kind has none."""
    members: Annotated[list[MemberInfo], Meta(max_length=64)] = []
    """Persons whom a SOME or ONE scope of this kind may name, in the order of the record."""


class MenuPayload(Message, frozen=True):
    """Plain text of `sealed_menu`."""

    offers: list[OfferInfo]


class OrderRequest(Message, frozen=True, omit_defaults=True):
    """Body of POST /visits/{visit}/orders.

    What is left at its default is not encoded, so an order without a year has the bytes it had before there were years.
    """

    kind: Kind
    scope: Scope
    members: Annotated[list[RandomId], Meta(max_length=64)]
    """Members of a SOME scope, the one person of a ONE scope, else empty."""
    items: Annotated[list[ItemName], Meta(max_length=16)]
    copies: Annotated[int, Meta(ge=1, le=10)]
    fee_yen: Annotated[int, Meta(ge=0, le=100_000)]
    """Fee of one copy as it was shown."""
    year: FiscalYear | None = None
    """One of the offer's years; None where it has none."""


class SealedDocument(Message, frozen=True):
    """One copy, sealed to the visit's key and signed by the center over `DocumentBinding`."""

    serial: Serial
    copy_no: Annotated[int, Meta(ge=1, le=10)]
    pages: Annotated[int, Meta(ge=1, le=99)]
    sha256: Sha256Hex
    sealed: bytes
    signature: bytes


class OrderAnswer(Message, frozen=True):
    """Answer of POST /visits/{visit}/orders."""

    txn: RandomId
    subject: Sha256Hex
    documents: Annotated[list[SealedDocument], Meta(min_length=1, max_length=10)]


class OrderStatus(Message, frozen=True):
    """Answer of GET /orders/{txn}."""

    txn: RandomId
    state: State


class DocumentOutcome(Message, frozen=True):
    """What became of one copy."""

    serial: Serial
    fate: Fate
    sheets: Annotated[int, Meta(ge=0, le=99)]


class Outcome(Message, frozen=True):
    """What became of an order; its encoded bytes are what the kiosk's device key signs."""

    txn: RandomId
    money: Money
    received_yen: Annotated[int, Meta(ge=0, le=1_000_000)]
    documents: Annotated[list[DocumentOutcome], Meta(max_length=10)]
    case: Annotated[str, Meta(pattern="^[0-9A-Z-]{1,32}$", min_length=1, max_length=32)] | None


class SignedOutcome(Message, frozen=True):
    """Body of POST /orders/{txn}/outcome."""

    outcome: Annotated[bytes, Meta(max_length=8192)]
    """`Outcome`, encoded by the kiosk; kept byte for byte in the ledger."""
    signature: Annotated[bytes, Meta(max_length=256)]
    """ECDSA P-256 SHA-256 by the device key over the canonical bytes of `outcome_statement`."""


class Problem(Message, frozen=True):
    """RFC 9457 problem details with a stable code; carries nothing of the request."""

    type: str
    title: str
    status: int
    code: str
    reference: str | None = None
    """Random reference under which staff find a private reason."""


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


def document_binding(answer: OrderAnswer, order: OrderRequest, document: SealedDocument) -> bytes:
    """Give the HPKE `info` of a sealed document, and what the center's signature begins with.

    Holds transaction, subject, kind, scope, pages and digest, and beyond these the serial number, the copy and the whole
    order, so that a document drawn for another choice of the same person is refused as well.
    """
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
    )


def document_statement(binding: bytes, sealed: bytes) -> bytes:
    """Give the bytes that the center signs: the binding together with the sealed form."""
    return canonical("certificate-kiosk document signature v1", binding, sealed)


def outcome_statement(outcome: bytes) -> bytes:
    """Give the bytes that a kiosk's device key signs of an encoded outcome."""
    return canonical("certificate-kiosk outcome v1", outcome)


M = TypeVar("M", bound=Message)

_encoder = msgspec.json.Encoder(order="deterministic")


def encode(message: Message) -> bytes:
    """Encode a message as JSON; the same message always gives the same bytes."""
    return _encoder.encode(message)


class MalformedMessageError(ValueError):
    """A body is not the message it should be. Says where, never what."""


def decode(body: bytes, message: type[M]) -> M:
    """Decode and validate one message; raises MalformedMessageError without any of its content."""
    try:
        return msgspec.json.decode(body, type=message, strict=True)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        # The library's text names the path of the bad field and the expected type; the value is never in it.
        raise MalformedMessageError(_where(error)) from None


def _where(error: Exception) -> str:
    text = str(error)
    return text[text.index("`$") :] if "`$" in text else "not the expected message"


def schema(message: type[Message]) -> dict[str, Any]:
    """Give the JSON Schema of a message, for documentation and tests."""
    return msgspec.json.schema(message)
