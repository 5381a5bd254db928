"""The 申請書 that an office keeps: encrypted where it lies, signed by the center, readable by a staff command alone.

What is signed is the canonical record: who asked for what, how they were identified, and the sheet as it was printed. The
key is derived from the center's own secret key, so a copy of the database says nothing.
"""

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from cryptography.exceptions import InvalidSignature, InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from sqlalchemy import Connection, Engine, Row, delete, select

from issuing_center import wire
from issuing_center.availability import JST
from issuing_center.counter import tables
from issuing_center.counter.staff import Staff
from issuing_center.database import writing
from issuing_center.ledger import store as ledger
from issuing_center.ledger.entries import TransactionId
from issuing_center.service import Service

YEARS_KEPT = 1
"""Full calendar years after the year of the request (規程による保存期間 1年), counted from 1 January."""
_LABEL = "certificate-kiosk counter application v1"


@dataclass(frozen=True, slots=True)
class Application:
    """What is kept of one request."""

    txn: str
    municipality_code: str
    made_at: datetime
    fields: tuple[tuple[str, str], ...] = field(repr=False)
    """Name and value of everything the 申請書 shows, in its order."""
    pdf: bytes = field(repr=False)
    """The sheet as it was printed."""

    def canonical(self) -> bytes:
        """Give the bytes that the center signs."""
        flat = [text for pair in self.fields for text in pair]
        head = (self.txn, self.municipality_code, self.made_at.isoformat(), len(self.fields))
        return wire.canonical(_LABEL, *head, *flat, self.pdf)


@dataclass(frozen=True, slots=True)
class Kept:
    """An application as its row has it."""

    columns: dict[str, Any] = field(repr=False)


class DamagedRecordError(Exception):
    """A kept 申請書 does not open, or is not what the center signed. Says nothing of its content."""


def keep(service: Service, application: Application) -> Kept:
    """Sign and encrypt an application; writes nothing."""
    content, nonce = application.canonical(), service.random(12)
    made = application.made_at
    return Kept(
        {
            "txn": application.txn,
            "municipality_code": application.municipality_code,
            "made_at": made,
            "keep_until": date(made.astimezone(JST).year + YEARS_KEPT, 12, 31),
            "nonce": nonce,
            "ciphertext": _cipher(service.subject_key).encrypt(nonce, content, _about(application.txn)),
            "signature": service.document_key.sign(content),
        }
    )


def read_application(service: Service, staff: Staff, request_id: str) -> tuple[Application, ...]:
    """Give what is kept of a number of the clerk's municipality, one for each printing; empty when nothing is.

    Reading is written down with the staff id. Raises DamagedRecordError.
    """
    keys = service.subject_key, service.document_key.public_key()
    return read_kept(service.engine, service.now(), staff, request_id, *keys)


def read_kept(
    engine: Engine,
    now: datetime,
    staff: Staff,
    request_id: str,
    subject_key: bytes,
    document_key: ec.EllipticCurvePublicKey,
) -> tuple[Application, ...]:
    """Do the same with the keys in hand, without a running service."""
    of = tables.applications
    with writing(engine) as connection:
        rows = connection.execute(
            select(of)
            .where(of.c.request_id == request_id, of.c.municipality_code == staff.municipality_code)
            .order_by(of.c.made_at)
        ).all()
        for row in rows:
            line = f"{staff.staff_id} {request_id}"
            ledger.record_event(connection, now, "counter-application-read", line, TransactionId(row.txn))
    return tuple(_opened(row, subject_key, document_key) for row in rows)


def erase_overdue(bind: Engine | Connection, now: datetime) -> int:
    """Erase every application whose time is over; gives how many."""
    of = tables.applications
    with writing(bind) as connection:
        return connection.execute(delete(of).where(of.c.keep_until < now.astimezone(JST).date())).rowcount


def _opened(row: Row[Any], subject_key: bytes, document_key: ec.EllipticCurvePublicKey) -> Application:
    try:
        content = _cipher(subject_key).decrypt(row.nonce, row.ciphertext, _about(row.txn))
        document_key.verify(row.signature, content, ec.ECDSA(hashes.SHA256()))
    except (InvalidTag, InvalidSignature):
        raise DamagedRecordError from None
    parts, at = [], 0
    while at < len(content):
        length = int.from_bytes(content[at : at + 4], "big")
        parts.append(content[at + 4 : at + 4 + length])
        at += 4 + length
    texts = [part.decode() for part in parts[:-1]]
    _, txn, code, made_at, count, *flat = texts
    if len(flat) != 2 * int(count):
        raise DamagedRecordError
    pairs = tuple(zip(flat[::2], flat[1::2], strict=True))
    return Application(txn, code, datetime.fromisoformat(made_at), pairs, parts[-1])


def _cipher(subject_key: bytes) -> AESGCM:
    key = HKDF(hashes.SHA256(), 32, None, b"certificate-kiosk counter applications v1").derive(subject_key)
    return AESGCM(key)


def _about(txn: str) -> bytes:
    return wire.canonical("counter application", txn)
