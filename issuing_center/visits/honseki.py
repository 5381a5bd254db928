"""Visits of a 本籍地 by people who may live elsewhere: who they are to it, and what it offers somebody not yet registered.

Knows the register only to ask whose certificate this is and how far its 利用登録 has come.
"""

import hashlib
from dataclasses import dataclass, field

from issuing_center import wire
from issuing_center.problems import No, Refusal
from issuing_center.register.port import RegistrationState
from issuing_center.register.records import MunicipalitySettings, ResidentId
from issuing_center.service import Service
from issuing_center.trust import Good
from issuing_center.visits.store import Challenge, OpenVisit, Standing

KINDS = (wire.Kind.KOSEKI_ZENBU, wire.Kind.KOSEKI_KOJIN, wire.Kind.FUHYO)
"""What a 本籍地 issues to people who live elsewhere."""


@dataclass(frozen=True, slots=True)
class Visitor:
    """The person of a visit, as their card proved it."""

    resident_id: ResidentId = field(repr=False)
    standing: Standing
    state: RegistrationState | None
    """Of their 利用登録; None for who lives in the municipality, and in a visit that is not of a 本籍地."""


def find_visitor(service: Service, challenge: Challenge, verdict: Good) -> Visitor | Refusal:
    """Find who the card is to the municipality of the visit."""
    code, key_id, serial = challenge.municipality_code, verdict.issuer_key_id, verdict.serial
    resident = service.register.find_by_certificate(key_id, serial, code)
    if resident is not None:
        return Visitor(resident, Standing.RESIDENT, None)
    if challenge.purpose != wire.Purpose.HONSEKI.value or service.registrations is None:
        return Refusal(No.NOT_LINKED)
    handle = service.register.find_registered(key_id, serial, code)
    if handle is not None:
        return Visitor(handle, Standing.REGISTERED, RegistrationState.REGISTERED)
    # Somebody whom no register here knows still is one and the same person to the ledger, whatever the visit.
    unknown = hashlib.sha256(b"applicant\0" + key_id + serial.to_bytes(20, "big")).hexdigest()[:32]
    return Visitor(ResidentId(unknown), Standing.APPLICANT, service.registrations.state(key_id, serial, code))


def still_registered(service: Service, visit: OpenVisit) -> bool:
    """Tell whether the registration that opened a visit is in force now, for the same person."""
    serial = visit.certificate_serial
    if serial is None:
        return False
    found = service.register.find_registered(visit.issuer_key_id, serial, visit.municipality_code)
    return found == visit.resident_id


def closed_offers(settings: MunicipalitySettings, state: RegistrationState) -> list[wire.OfferInfo]:
    """Give what there would be after a 利用登録, closed; empty where the municipality issues no 戸籍 to anybody."""
    waits = state in (RegistrationState.RECEIVED, RegistrationState.REVIEWING)
    offers = ((kind, settings.offer(kind.value)) for kind in KINDS)
    return [
        wire.OfferInfo(
            kind=kind,
            fee_yen=offer.fee_yen,
            copies_limit=offer.copies_limit,
            scopes=[],
            items=[],
            closed=wire.Closed.PENDING_REGISTRATION if waits else wire.Closed.NOT_REGISTERED,
        )
        for kind, offer in offers
        if offer is not None
    ]
