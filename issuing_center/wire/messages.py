"""The messages of visits, orders and outcomes, and of every no."""

from typing import Annotated

from msgspec import Meta, field

from issuing_center.wire.codec import Message
from issuing_center.wire.vocabulary import (
    NONCE_BYTES,
    PUBLIC_KEY_BYTES,
    Aware,
    Closed,
    DocumentRole,
    Fate,
    FiscalYear,
    ItemName,
    Kind,
    Money,
    MunicipalityCode,
    PrinterCondition,
    Purpose,
    RandomId,
    Registration,
    Scope,
    Serial,
    Sha256Hex,
    State,
)


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
    application: Closed | None = None
    """Why no application for 利用登録 is taken at this device now, so that nobody is asked for a card in vain; null: one
    may be, which is decided when it comes."""


class Municipalities(Message, frozen=True):
    """Answer of GET /municipalities."""

    municipalities: list[MunicipalityInfo]


class VisitRequest(Message, frozen=True, omit_defaults=True):
    """Body of POST /visits."""

    municipality: MunicipalityCode
    purpose: Purpose = Purpose.RESIDENCE


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
    years: Annotated[list[FiscalYear], Meta(max_length=20)] = field(default_factory=list)
    """年度 to choose from, newest first; empty where the kind has none."""
    members: Annotated[list[MemberInfo], Meta(max_length=64)] = field(default_factory=list)
    """Persons whom a SOME or ONE scope of this kind may name, in the order of the record."""
    reference: str | None = None
    """Random reference under which staff find the private reason of a COUNTER_ONLY offer; None where there is none."""


class MenuPayload(Message, frozen=True, omit_defaults=True):
    """Plain text of `sealed_menu`."""

    offers: list[OfferInfo]
    registration: Registration | None = None
    """Where the 利用登録 of the card stands; None outside a visit of the 本籍地, and for somebody who lives there."""
    seal_code: Annotated[str, Meta(pattern="^[2-9A-HJ-NP-Z]{8}$", min_length=8, max_length=8)] | None = None
    """Short code that the resident tells the clerk in a visit for the 印鑑登録証; None in any other."""
    asks_attributes: bool = False
    """Whether this office wants the four attributes read from the card's 券面事項入力補助AP as well."""
    attributes_key: Annotated[bytes, Meta(min_length=PUBLIC_KEY_BYTES, max_length=PUBLIC_KEY_BYTES)] | None = None
    """The center's own public key of this visit, to which they are sealed; None where they are not asked for."""


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


class SealedDocument(Message, frozen=True, omit_defaults=True):
    """One copy, or a paper beside the copies, sealed to the visit's key and signed by the center over its binding."""

    serial: Serial
    copy_no: Annotated[int, Meta(ge=1, le=10)]
    pages: Annotated[int, Meta(ge=1, le=99)]
    sha256: Sha256Hex
    sealed: bytes
    signature: bytes
    role: DocumentRole = DocumentRole.CERTIFICATE
    two_sided: bool = False
    """True: every second page is the back of the one before, and two pages are one sheet."""


class CounterTicket(Message, frozen=True):
    """What a counter terminal prints on the 受付票, and where its sheets belong; no name."""

    number: Annotated[int, Meta(ge=1, le=9999)]
    """Waiting number of the day at this office; for display only, nothing is ever found by it alone."""
    check: Annotated[str, Meta(pattern="^[2-9A-HJ-NP-Z]{4}$", min_length=4, max_length=4)]
    """Short check code, without letters and digits that look alike."""
    code: RandomId
    """What the slip's QR carries; good for one handing over."""
    office: Annotated[str, Meta(min_length=1, max_length=40)]
    waiting_place: Annotated[str, Meta(min_length=1, max_length=60)]
    due_yen: Annotated[int, Meta(ge=0, le=1_000_000)]
    """Still to be paid: the total, or 0 where a sheet is printed again for a number that was paid."""
    security_tray: Annotated[str, Meta(pattern="^[a-z0-9-]{1,40}$", min_length=1, max_length=40)]
    """Tray with the 改ざん防止用紙, by its IPP `media-source` keyword; certificates are printed from this one or not at all."""
    plain_tray: Annotated[str, Meta(pattern="^[a-z0-9-]{1,40}$", min_length=1, max_length=40)]
    """Tray for 申請書 and 領収書."""


class CounterStatus(Message, frozen=True):
    """Body of POST /counter/status: how a counter terminal's printers are, told at every change and when it starts."""

    municipality: MunicipalityCode
    """Whose office the terminal stands in."""
    printer: PrinterCondition
    """Behind the counter."""
    slips: PrinterCondition
    """Beside the terminal."""


class OrderAnswer(Message, frozen=True, omit_defaults=True):
    """Answer of POST /visits/{visit}/orders."""

    txn: RandomId
    subject: Sha256Hex
    documents: Annotated[list[SealedDocument], Meta(min_length=1, max_length=12)]
    """The copies in their order; at a counter between the 申請書, which is first, and the 領収書."""
    counter: CounterTicket | None = None
    """For devices of channel "counter" only, and then always."""


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
