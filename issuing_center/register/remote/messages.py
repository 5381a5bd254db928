"""Messages between the center and a municipality's own register: their types, and how strictly they are read.

Records go over the wire as they stand in `records` and `holdings`, field by field, enumerations by their values, days in ISO
8601 and bytes in base64. An unknown field is an error at any depth: one that was misspelt would otherwise be a fact left out.
"""

from datetime import date, datetime
from enum import Enum
from typing import Annotated, Any, TypeVar

import msgspec
from msgspec import Meta, Raw, Struct

from issuing_center import wire
from issuing_center.register.holdings_sql import unread_key
from issuing_center.register.port import RegistrationState
from issuing_center.register.records import StopKind, StopLevel

FIND_PATH = "/v1/register/find"
DOSSIER_PATH = "/v1/register/dossier"
APPLY_PATH = "/v1/register/applications"
STATE_PATH = "/v1/register/applications/state"
MOVED_STATUS = 409
"""Answer to a question about a version that is not the present one any more."""
LARGEST_ANSWER_BYTES = 4 * 1024 * 1024
"""A dossier has under 100 KiB; a seal scanned at 1200 dpi adds 350, a 戸籍 of thirty persons 150."""

RandomId = Annotated[str, Meta(pattern="^[0-9a-f]{32}$", min_length=32, max_length=32)]
MunicipalityCode = Annotated[str, Meta(pattern="^[0-9]{6}$", min_length=6, max_length=6)]
Sha256Hex = Annotated[str, Meta(pattern="^[0-9a-f]{64}$", min_length=64, max_length=64)]
SerialHex = Annotated[str, Meta(pattern="^[1-9a-f][0-9a-f]*$", min_length=1, max_length=40)]
Aware = Annotated[datetime, Meta(tz=True)]
Count = Annotated[int, Meta(ge=0, le=2**53)]
"""What any JSON parser keeps exactly."""
Year = Annotated[int, Meta(ge=1900, le=2200)]

NULL = Raw(b"null")

MessageT = TypeVar("MessageT", bound="Message")
RecordT = TypeVar("RecordT")


class MalformedAnswerError(ValueError):
    """Not the agreed message. Says nothing of what it says."""


class Message(Struct, frozen=True, forbid_unknown_fields=True):
    """Base of all messages."""


class Find(Message, frozen=True):
    """Question: whose this certificate is."""

    request: RandomId
    """Chosen anew for every question, and repeated in its answer."""
    municipality: MunicipalityCode
    issuer_key_id: Annotated[bytes, Meta(min_length=1, max_length=64)]
    """Key identifier of the CA generation, in base64."""
    serial: SerialHex
    """Serial number in hexadecimal without leading zeros."""
    registered: bool
    """False: a resident of the municipality; True: somebody who lives elsewhere and has a 利用登録 of this certificate."""


class Found(Message, frozen=True):
    """Answer: the person's handle, or null when the certificate leads to nobody."""

    request: RandomId
    municipality: MunicipalityCode
    resident: RandomId | None


class Apply(Message, frozen=True):
    """An application for 利用登録 from a kiosk, whose two signatures the center has verified; staff of the municipality decide.

    The same `kiosk` and `idempotency_key` are the same application, however often it is sent.
    """

    request: RandomId
    municipality: MunicipalityCode
    issuer_key_id: Annotated[bytes, Meta(min_length=1, max_length=64)]
    """With `serial`, the authentication certificate that is to be registered."""
    serial: SerialHex
    honseki: wire.Honseki
    hittosha: wire.Hittosha
    telephone: wire.Telephone
    reception_number: wire.ReceptionNumber
    """The number it gets, unless it has one from before."""
    received_at: Aware
    kiosk: Annotated[str, Meta(min_length=1, max_length=64)]
    idempotency_key: RandomId
    request_sha256: Sha256Hex
    """Of what was asked under the key: another digest under it is another application."""
    statement: Annotated[bytes, Meta(min_length=1, max_length=4096)]
    """What the applicant signed."""
    certificate: Annotated[bytes, Meta(min_length=1, max_length=8192)]
    """署名用電子証明書, DER."""
    signature: Annotated[bytes, Meta(min_length=1, max_length=1024)]
    """By its key over `statement`."""


class Taken(Enum):
    """What became of an application when it came."""

    RECEIVED = "received"
    """On record, now or from before."""
    ALREADY_APPLIED = "already_applied"
    """The certificate has an application that was not rejected."""
    KEY_REUSED = "key_reused"
    """The key belongs to another application."""


class Applied(Message, frozen=True):
    """Answer, once it is durable."""

    request: RandomId
    municipality: MunicipalityCode
    taken: Taken
    reception_number: wire.ReceptionNumber | None
    """Null unless it was received."""


class AskState(Message, frozen=True):
    """Question: how far the latest application of a certificate has come."""

    request: RandomId
    municipality: MunicipalityCode
    issuer_key_id: Annotated[bytes, Meta(min_length=1, max_length=64)]
    serial: SerialHex


class StateTold(Message, frozen=True):
    """Answer."""

    request: RandomId
    municipality: MunicipalityCode
    state: RegistrationState


class Ask(Message, frozen=True):
    """Question: what a decision about one person needs; without a person, what one about nobody in particular needs."""

    request: RandomId
    municipality: MunicipalityCode
    resident: RandomId | None
    at: Aware
    """Instant of the decision: stop signals in force at it are told, and no others."""
    version: Count | None = None
    """The version that the answer must be of; null: the present one."""


class PackageEntry(Message, frozen=True):
    """One published settings package."""

    version: Count
    valid_from: date
    sha256: Sha256Hex


class Signal(Message, frozen=True):
    """A stop signal in force."""

    kind: StopKind
    level: StopLevel
    resident: RandomId | None
    """Whom it concerns; null unless the level is resident."""
    since: Aware
    kinds: list[str] | None
    """Certificates that it stops; null: all."""


class RecordSignal(Message, frozen=True):
    """A stop signal that touches somebody who stands in a 戸籍 or its 附票, wherever they live."""

    signal: Signal
    person_key: str | None
    """Whom of the record; null: everybody."""


class TaxEntry(Message, frozen=True):
    """What is on file for one 年度."""

    year: Year
    record: Raw = NULL
    """A TaxRecord; null: on the roll, and nothing declared (未申告)."""
    broken: bool = False
    """There is a record, and it contradicts itself."""


class Person(Message, frozen=True):
    """Everything of one person that a certificate may need."""

    resident: RandomId
    household: Raw
    """List of Resident, the head first; empty for who does not live here, or was removed."""
    signals: list[Signal]
    """Those that touch the person: theirs, their household's, any member's, the municipality's."""
    taxes: list[TaxEntry]
    seal: Raw = NULL
    """SealRegistration in force, or null."""
    seal_abolished_on: date | None = None
    """When the latest registration was abolished, if none is in force."""
    koseki: Raw = NULL
    """OwnKoseki, or null."""
    koseki_in_processing: bool = False
    fuhyo: Raw = NULL
    """OwnFuhyo, or null."""
    record_signals: dict[str, list[RecordSignal]] = {}
    """Those that touch anybody in the person's koseki or fuhyo, by that word."""
    risai: Raw = Raw(b"[]")
    """List of Risai, latest first."""
    broken: list[str] = []
    """Names of the fields whose records contradict themselves: nothing is issued from those, and anything else may be."""


class Dossier(Message, frozen=True):
    """Answer: one committed version of the register, as far as one decision needs it (INV-5)."""

    request: RandomId
    municipality: MunicipalityCode
    prefecture: str
    name_ja: str
    name_kana: str
    name_en: str
    version: Count
    as_of: Aware
    """Instant of the master system up to which this version is complete (INV-11)."""
    complete_until: dict[str, Aware]
    """The same by certificate, where a feed of its own is behind it."""
    packages: list[PackageEntry]
    person: Person | None


def file_path(municipality_code: str, sha256: str) -> str:
    """Give the path of a settings package or a seal drawing, named by its content."""
    return f"/v1/register/{municipality_code}/files/{sha256}"


def encode(message: Message) -> bytes:
    """Write a message as JSON."""
    return msgspec.json.encode(message)


def raw(value: object) -> Raw:
    """Write a record for a field of a message."""
    return Raw(msgspec.json.encode(value))


def decode(body: bytes, kind: type[MessageT]) -> MessageT:
    """Read a message. Raises MalformedAnswerError."""
    try:
        return msgspec.json.decode(body, type=kind)
    except (msgspec.MsgspecError, UnicodeError):
        # Without its cause: the message may quote what was answered.
        raise MalformedAnswerError(kind.__name__) from None


def read(field: Raw, kind: type[RecordT] | Any, name: str) -> RecordT:  # noqa: ANN401  a union is no type
    """Read the record in a field, without a key left unread. Raises MalformedAnswerError naming the field."""
    try:
        value: RecordT = msgspec.json.decode(field, type=kind)
        unread = unread_key(msgspec.json.decode(field), msgspec.to_builtins(value))
    except (msgspec.MsgspecError, ValueError, UnicodeError):
        raise MalformedAnswerError(name) from None
    if unread is not None:
        raise MalformedAnswerError(name)
    return value
