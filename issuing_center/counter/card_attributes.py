"""What a card says of its holder beside what the register says, for the 申請書 of an office that asks.

It comes sealed to a key of the visit, and nothing of it is stored but keyed digests, which go with the visit. They are
compared with the register when an order is drawn, so that the answer is as live as the order. What is printed on any
certificate is the register's: a card only lets a clerk see that somebody moved and did not have it written to.
"""

import hashlib
import hmac
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from types import MappingProxyType

from issuing_center import wire
from issuing_center.availability import JST
from issuing_center.devices import Device
from issuing_center.ledger import store as ledger
from issuing_center.problems import No, Refusal
from issuing_center.register.records import DatePrecision, Resident, Sex
from issuing_center.sealing import CenterKey, NotSealedHereError
from issuing_center.service import Service
from issuing_center.visits import store as visits
from issuing_center.visits.store import OpenVisit, VisitId


class Attribute(Enum):
    """The four of 基本4情報, in the card's order."""

    NAME = "name"
    ADDRESS = "address"
    BIRTH_DATE = "birth_date"
    SEX = "sex"


@dataclass(frozen=True, slots=True)
class NotRead:
    """The office asks, and the card was not read: the resident left it out, or it could not be."""


@dataclass(frozen=True, slots=True)
class Compared:
    """The card was read."""

    differing: tuple[Attribute, ...]
    """What it says otherwise than the register does now; empty where both agree."""


CardWord = NotRead | Compared

_SEX: Mapping[Sex, str] = MappingProxyType({Sex.MALE: "1", Sex.FEMALE: "2"})
_KNOWN_DIGITS = MappingProxyType(
    {DatePrecision.DAY: 8, DatePrecision.MONTH: 6, DatePrecision.YEAR: 4, DatePrecision.UNKNOWN: 0}
)
"""How much of YYYYMMDD the register knows; the rest is not compared."""
_DIGEST_BYTES = 32
_HYPHENS = dict.fromkeys(map(ord, "‐‑‒–—―−"), "-")
_HALF_WIDTH = {code + 0xFEE0: chr(code) for code in range(0x21, 0x7F)} | _HYPHENS
_VARIATIONS = (range(0xFE00, 0xFE10), range(0xE0100, 0xE01F0))


def key_of(service: Service, visit_id: str) -> CenterKey:
    """Give the key pair to which a visit's terminal seals what its card says."""
    return CenterKey(service.subject_key, visit_id)


def take_in(service: Service, device: Device, visit_id: str, message: wire.SealedAttributes) -> Refusal | None:
    """Take in what the card of an open visit says, in place of what it said before; None when it was taken."""
    now = service.now()
    visit = visits.load_open(service.engine, VisitId(visit_id), device.device_id, now)
    if visit is None:
        return Refusal(No.VISIT_EXPIRED)
    if not _asks(service, device, visit, now):
        return Refusal(No.NOT_OFFERED)
    try:
        binding = wire.attributes_binding(visit.visit_id, visit.subject)
        told = wire.decode(key_of(service, visit.visit_id).open(message.sealed, binding), wire.CardAttributes)
    except (NotSealedHereError, wire.MalformedMessageError):
        return Refusal(No.PROOF_REFUSED)
    birth = [told.birth_date[:digits] for digits in _KNOWN_DIGITS.values()]
    digests = b"".join(_digests(service, visit_id, told.name, told.address, birth, told.sex))
    if not visits.note_attributes(service.engine, visit.visit_id, device.device_id, digests, now):
        return Refusal(No.VISIT_EXPIRED)
    ledger.record_event(service.engine, now, "card-attributes", visit_id)
    return None


def compare(service: Service, visit: OpenVisit, applicant: Resident) -> CardWord:
    """Compare what the card of a visit said with the register's record of its holder."""
    told = visit.card_attributes
    if told is None:
        return NotRead()
    written, digits = f"{applicant.birth_date:%Y%m%d}", _KNOWN_DIGITS[applicant.birth_precision]
    birth = [written[:digits]] * len(_KNOWN_DIGITS)
    here = _digests(service, visit.visit_id, applicant.name, applicant.address, birth, _SEX[applicant.sex])
    there = [told[at : at + _DIGEST_BYTES] for at in range(0, len(told), _DIGEST_BYTES)]
    same = [hmac.compare_digest(one, other) for one, other in zip(here, there, strict=True)]
    at = 2 + list(_KNOWN_DIGITS).index(applicant.birth_precision)
    verdicts = zip(Attribute, (same[0], same[1], same[at], same[-1]), strict=True)
    return Compared(tuple(attribute for attribute, agrees in verdicts if not agrees))


def _asks(service: Service, device: Device, visit: OpenVisit, now: datetime) -> bool:
    if visit.channel != "counter" or visit.purpose == wire.Purpose.SEAL_CARD.value:
        return False
    with service.register.snapshot(visit.municipality_code, None, now) as snapshot:
        settings = snapshot.municipality(now.astimezone(JST).date())
    office = None if settings is None else settings.rules.office_of(device.device_id)
    return office is not None and office.ask_card_attributes


def _digests(service: Service, visit_id: str, name: str, address: str, birth: list[str], sex: str) -> list[bytes]:
    """Give the keyed digests of one visit: name, address, birth date to each precision, sex."""
    born = ((f"birth {digits}", known) for digits, known in zip(_KNOWN_DIGITS.values(), birth, strict=True))
    values = (
        ("name", _folded(name)),
        ("address", _folded(address).translate(_HALF_WIDTH)),
        *born,
        ("sex", sex),
    )
    messages = (wire.canonical("card attribute", visit_id, label, value) for label, value in values)
    return [hmac.digest(service.subject_key, message, hashlib.sha256) for message in messages]


def _folded(text: str) -> str:
    """Leave out what a card cannot write: variation selectors, and which kind of space parts a name.

    For comparing alone; no name is ever stored or printed like this.
    """
    return "".join(each for each in text if not each.isspace() and not any(ord(each) in kept for kept in _VARIATIONS))
