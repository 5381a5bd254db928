"""印鑑登録証としての利用: a clerk sees a seal registration by a card verified through the center, never by a name.

The resident lays the card on a counter terminal in a visit for this purpose and gets a short code; the clerk enters it.
The code is good for some minutes and for the resident's own municipality, and is kept as a keyed hash.
"""

import hashlib
import hmac
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import Enum

from sqlalchemy import delete, insert, select

from issuing_center.counter import tables
from issuing_center.counter.desk import short_code
from issuing_center.counter.refusals import CounterNo, CounterRefusal
from issuing_center.counter.staff import Staff
from issuing_center.database import reading, writing
from issuing_center.ledger import store as ledger
from issuing_center.register.holdings import AbolishedSeal, SealRegistration
from issuing_center.register.records import ResidentId, StopKind
from issuing_center.service import Service

GOOD_FOR = timedelta(minutes=5)
_LENGTH = 8


class SealStanding(Enum):
    """Whether a seal is registered."""

    REGISTERED = "registered"
    ABOLISHED = "abolished"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class SealAnswer:
    """What a clerk may know by a verified card."""

    standing: SealStanding
    registered_on: date | None
    """Day of the registration; None unless registered."""
    verified_at: datetime
    """When the card was verified."""
    method: str
    """ocsp or crl: how its revocation status was learned."""


def give_code(service: Service, municipality_code: str, resident: ResidentId, method: str, now: datetime) -> str:
    """Make a code for the holder of a card that was verified now. 40 random bits; expired ones are forgotten meanwhile."""
    code, of = short_code(service, _LENGTH), tables.seal_codes
    with writing(service.engine) as connection:
        connection.execute(delete(of).where(of.c.expires_at <= now))
        connection.execute(
            insert(of).values(
                code_hash=_hash(service, municipality_code, code),
                municipality_code=municipality_code,
                resident_id=resident,
                verified_at=now,
                expires_at=now + GOOD_FOR,
                method=method,
            )
        )
    return code


def seal_lookup(service: Service, staff: Staff, code: str) -> SealAnswer | CounterRefusal:
    """Tell a seal registration by the code of a verified card; SEAL_CODE for one that is unknown or too old.

    The register is asked live, and a stop signal that abolishes the seal counts ahead of the record (INV-11). Every look,
    and every code that was wrong, is written down with the staff id.
    """
    now, of = service.now(), tables.seal_codes
    with reading(service.engine) as connection:
        row = connection.execute(
            select(of).where(
                of.c.code_hash == _hash(service, staff.municipality_code, code.strip().upper()), of.c.expires_at > now
            )
        ).one_or_none()
    if row is None:
        ledger.record_event(service.engine, now, "counter-seal-refused", staff.staff_id)
        return CounterRefusal(CounterNo.SEAL_CODE)
    who = ResidentId(row.resident_id)
    with service.register.snapshot(staff.municipality_code, who, now) as snapshot:
        found, stops = snapshot.seal(who), snapshot.stops(who, now)
    abolished = any(stop.kind is StopKind.SEAL_ABOLISHED and stop.resident_id in (None, who) for stop in stops)
    ledger.record_event(service.engine, now, "counter-seal-looked-up", staff.staff_id)
    match found:
        case SealRegistration() if not abolished:
            return SealAnswer(SealStanding.REGISTERED, found.registered_on, row.verified_at, row.method)
        case SealRegistration() | AbolishedSeal():
            return SealAnswer(SealStanding.ABOLISHED, None, row.verified_at, row.method)
        case None:
            return SealAnswer(SealStanding.NONE, None, row.verified_at, row.method)


def _hash(service: Service, municipality_code: str, code: str) -> str:
    message = b"seal code\0" + municipality_code.encode() + b"\0" + code.encode()
    return hmac.digest(service.subject_key, message, hashlib.sha256).hex()
