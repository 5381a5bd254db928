"""Visits in the database: a challenge, used once, that becomes an open visit and ends.

Which worker made the challenge does not matter. The nonce is single-use because proving is one conditional UPDATE: of
any number of workers exactly one changes the row from challenged to open. Nothing here judges a signature or a
certificate.

Every function takes an Engine, and is durable at its return, or a Connection, and then joins its transaction.
"""

from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum
from typing import NewType

from sqlalchemy import Connection, Engine, case, insert, select, update

from issuing_center.database import reading, writing
from issuing_center.visits.tables import visit

VisitId = NewType("VisitId", str)
"""128 random bits, 32 hexadecimal digits."""


class Standing(Enum):
    """Who the person of a visit is to its municipality."""

    RESIDENT = "resident"
    REGISTERED = "registered"
    """Lives elsewhere, with a 利用登録 here."""
    APPLICANT = "applicant"
    """Lives elsewhere, with none: may apply for one, and order nothing."""


_FORGOTTEN = dict.fromkeys(
    (
        *("resident_id", "hpke_public_key", "issuer_key_id", "serial_hash", "certificate_serial"),
        "card_attributes",
    )
)
"""What the end of a visit erases: with it go the person and the key that documents were sealed to."""


@dataclass(frozen=True, slots=True)
class Challenge:
    """A visit that waits for the card's proof."""

    visit_id: VisitId
    kiosk_id: str
    channel: str
    """kiosk or counter; decided by the device's registration and never by the device."""
    municipality_code: str
    nonce: bytes = field(repr=False)
    """32 random bytes that the card signs; never used for a second visit."""
    created_at: datetime
    expires_at: datetime
    """Instant from which a proof is too late."""
    failed_attempts: int = 0
    purpose: str = "residence"
    """residence or honseki, as on the wire."""


@dataclass(frozen=True, slots=True)
class Proof:
    """What a verified proof makes of a challenge."""

    subject: str = field(repr=False)
    """Keyed hash of the resident, 64 hexadecimal digits."""
    resident_id: str = field(repr=False)
    hpke_public_key: bytes = field(repr=False)
    """The key that the card signed for; documents of this visit are sealed to it alone."""
    issuer_key_id: bytes = field(repr=False)
    """Key id of the generation of the CA that issued the certificate."""
    serial_hash: str = field(repr=False)
    """SHA-256 of the certificate's serial number, 64 hexadecimal digits."""
    opened_at: datetime
    expires_at: datetime
    """Instant from which the visit can order nothing more."""
    standing: Standing = Standing.RESIDENT
    certificate_serial: int | None = field(default=None, repr=False)
    """Serial number of the authentication certificate, in a visit of the 本籍地; None in any other."""
    verification: str | None = None
    """How its revocation status was learned: ocsp or crl."""


@dataclass(frozen=True, slots=True)
class OpenVisit:
    """A verified visit, as long as it lasts."""

    visit_id: VisitId
    kiosk_id: str
    channel: str
    municipality_code: str
    subject: str = field(repr=False)
    resident_id: str = field(repr=False)
    hpke_public_key: bytes = field(repr=False)
    issuer_key_id: bytes = field(repr=False)
    serial_hash: str = field(repr=False)
    opened_at: datetime
    expires_at: datetime
    nonce: bytes = field(repr=False)
    purpose: str
    standing: Standing
    certificate_serial: int | None = field(repr=False)
    verification: str | None = None
    card_attributes: bytes | None = field(default=None, repr=False)
    """Keyed digests of what the card says of its holder (`counter.card_attributes`); None when that was not told."""


def create_challenge(bind: Engine | Connection, challenge: Challenge) -> None:
    """Store a new challenge. Raises IntegrityError when its id or its nonce was ever used before (INV-9)."""
    with writing(bind) as connection:
        connection.execute(
            insert(visit).values(
                visit_id=challenge.visit_id,
                kiosk_id=challenge.kiosk_id,
                channel=challenge.channel,
                municipality_code=challenge.municipality_code,
                nonce=challenge.nonce,
                state="challenged",
                created_at=challenge.created_at,
                expires_at=challenge.expires_at,
                failed_attempts=challenge.failed_attempts,
                purpose=challenge.purpose,
            )
        )


def load_challenge(bind: Engine | Connection, visit_id: VisitId, kiosk_id: str, now: datetime) -> Challenge | None:
    """Find the challenge this kiosk was given; None when there is none, it was used, failed or is too old."""
    with reading(bind) as connection:
        row = connection.execute(
            select(visit).where(
                visit.c.visit_id == visit_id,
                visit.c.kiosk_id == kiosk_id,
                visit.c.state == "challenged",
                visit.c.expires_at > now,
            )
        ).one_or_none()
    if row is None:
        return None
    return Challenge(
        visit_id=VisitId(row.visit_id),
        kiosk_id=row.kiosk_id,
        channel=row.channel,
        municipality_code=row.municipality_code,
        nonce=row.nonce,
        created_at=row.created_at,
        expires_at=row.expires_at,
        failed_attempts=row.failed_attempts,
        purpose=row.purpose,
    )


def open_visit(bind: Engine | Connection, visit_id: VisitId, kiosk_id: str, proof: Proof) -> bool:
    """Use the challenge up and open the visit; True for exactly one caller, on whatever worker.

    False when the challenge was used already, failed, was closed, is another kiosk's or is too old at
    `proof.opened_at`: the caller then answers as to an unknown visit.
    """
    with writing(bind) as connection:
        result = connection.execute(
            update(visit)
            .where(
                visit.c.visit_id == visit_id,
                visit.c.kiosk_id == kiosk_id,
                visit.c.state == "challenged",
                visit.c.expires_at > proof.opened_at,
            )
            .values(
                state="open",
                opened_at=proof.opened_at,
                expires_at=proof.expires_at,
                subject=proof.subject,
                resident_id=proof.resident_id,
                hpke_public_key=proof.hpke_public_key,
                issuer_key_id=proof.issuer_key_id,
                serial_hash=proof.serial_hash,
                holder=proof.standing.value,
                verification=proof.verification,
                certificate_serial=None if proof.certificate_serial is None else f"{proof.certificate_serial:x}",
            )
        )
        return result.rowcount == 1


def record_failed_attempt(
    bind: Engine | Connection, visit_id: VisitId, kiosk_id: str, now: datetime, limit: int
) -> int | None:
    """Count a refused proof; at `limit` the challenge has failed for good.

    Gives the attempts left, 0 when the challenge is used up, None when there is no such challenge. One UPDATE counts,
    so that attempts at the same moment on two workers are two.
    """
    with writing(bind) as connection:
        attempts = visit.c.failed_attempts + 1
        failed = connection.execute(
            update(visit)
            .where(
                visit.c.visit_id == visit_id,
                visit.c.kiosk_id == kiosk_id,
                visit.c.state == "challenged",
                visit.c.expires_at > now,
            )
            .values(
                failed_attempts=attempts,
                state=case((attempts >= limit, "failed"), else_="challenged"),
                ended_at=case((attempts >= limit, now), else_=None),
            )
            .returning(visit.c.failed_attempts)
        ).scalar_one_or_none()
        return None if failed is None else max(0, limit - failed)


def load_open(bind: Engine | Connection, visit_id: VisitId, kiosk_id: str, now: datetime) -> OpenVisit | None:
    """Find an open visit of this kiosk; None when there is none, it is another kiosk's, has ended or is too old."""
    with reading(bind) as connection:
        row = connection.execute(
            select(visit).where(
                visit.c.visit_id == visit_id,
                visit.c.kiosk_id == kiosk_id,
                visit.c.state == "open",
                visit.c.expires_at > now,
            )
        ).one_or_none()
    if row is None:
        return None
    return OpenVisit(
        visit_id=VisitId(row.visit_id),
        kiosk_id=row.kiosk_id,
        channel=row.channel,
        municipality_code=row.municipality_code,
        subject=row.subject,
        resident_id=row.resident_id,
        hpke_public_key=row.hpke_public_key,
        issuer_key_id=row.issuer_key_id,
        serial_hash=row.serial_hash,
        opened_at=row.opened_at,
        expires_at=row.expires_at,
        nonce=row.nonce,
        purpose=row.purpose,
        standing=Standing(row.holder),
        certificate_serial=None if row.certificate_serial is None else int(row.certificate_serial, 16),
        verification=row.verification,
        card_attributes=row.card_attributes,
    )


def note_attributes(bind: Engine | Connection, visit_id: VisitId, kiosk_id: str, digests: bytes, now: datetime) -> bool:
    """Keep what an open visit's card says, in place of what it said before; tells whether there is such a visit."""
    with writing(bind) as connection:
        result = connection.execute(
            update(visit)
            .where(
                visit.c.visit_id == visit_id,
                visit.c.kiosk_id == kiosk_id,
                visit.c.state == "open",
                visit.c.expires_at > now,
            )
            .values(card_attributes=digests)
        )
        return result.rowcount == 1


def close(bind: Engine | Connection, visit_id: VisitId, kiosk_id: str, now: datetime) -> bool:
    """End a visit, or a challenge nobody proved, and forget the person; tells whether there was one to end."""
    with writing(bind) as connection:
        result = connection.execute(
            update(visit)
            .where(
                visit.c.visit_id == visit_id,
                visit.c.kiosk_id == kiosk_id,
                visit.c.state.in_(("challenged", "open")),
            )
            .values(state="closed", ended_at=now, **_FORGOTTEN)
        )
        return result.rowcount == 1


def expire(bind: Engine | Connection, now: datetime) -> int:
    """End everything whose time is over and forget the persons; gives the number of visits ended."""
    with writing(bind) as connection:
        result = connection.execute(
            update(visit)
            .where(visit.c.state.in_(("challenged", "open")), visit.c.expires_at <= now)
            .values(state="closed", ended_at=now, **_FORGOTTEN)
        )
        return result.rowcount
