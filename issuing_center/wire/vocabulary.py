"""Constants, value types and words of the API."""

from datetime import datetime
from enum import Enum
from typing import Annotated

from msgspec import Meta

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


class DocumentRole(Enum):
    """What a sealed document of an order is; the last two are made at a counter only."""

    CERTIFICATE = "certificate"
    APPLICATION = "application"
    """申請書, kept by the office."""
    RECEIPT = "receipt"
    """領収書, handed over with the certificate once the fee is paid."""


class PrinterCondition(Enum):
    """How a printer at a counter is, for the clerks."""

    READY = "ready"
    PAPER_LOW = "paper_low"
    PAPER_OUT = "paper_out"
    """No paper, or not the paper that is needed, in the tray that it must come from."""
    FAULT = "fault"
    UNREACHABLE = "unreachable"


class Purpose(Enum):
    """What a visit is for."""

    RESIDENCE = "residence"
    """Certificates of the municipality that the holder lives in."""
    HONSEKI = "honseki"
    """Certificates of the 本籍地, which may be elsewhere; 利用登録 and its state."""
    SEAL_CARD = "seal-card"
    """At a counter: the card stands in for the 印鑑登録証. Nothing can be ordered; the menu has a code for the clerk."""


class Registration(Enum):
    """Where a 利用登録 stands."""

    NONE = "none"
    RECEIVED = "received"
    REVIEWING = "reviewing"
    REGISTERED = "registered"
    REJECTED = "rejected"
