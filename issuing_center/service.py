"""What one worker of the center works with: made once by the wiring, passed to every room, holding no request's state.

Any worker can answer any request, so nothing here may remember one (INV-3, INV-16).
"""

import secrets
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from cryptography import x509
from sqlalchemy import Engine

from issuing_center.devices import DeviceRegistry
from issuing_center.keys import SigningKey
from issuing_center.paper.back.drawing import Backs
from issuing_center.paper.fonts import PaperFonts
from issuing_center.register.port import Register, UseRegistrations
from issuing_center.trust import CertificateVerifier
from issuing_center.visible_seal import Sealer


@dataclass(frozen=True, slots=True)
class Limits:
    """Times of a visit."""

    challenge: timedelta = timedelta(minutes=5)
    """From the nonce to the proof; the PIN pad waits two minutes at most."""
    visit: timedelta = timedelta(minutes=20)
    """From the proof to the last order."""
    sealed: timedelta = timedelta(hours=24)
    """From the drawing to the erasure of the sealed form, if no outcome comes."""
    order: timedelta = timedelta(seconds=50)
    """From an order's arrival to the ledger. Shorter than a kiosk waits, so that what a kiosk gave up is never issued (INV-2)."""
    register_age: timedelta | None = timedelta(minutes=60)
    """Oldest state of a register that is issued from (INV-11); None where no feed is expected, as in a sandbox."""
    statement_skew: timedelta = timedelta(minutes=5)
    """How far the kiosk's clock may differ from the center's."""
    proofs_a_challenge: int = 5
    """Refused proofs after which a nonce is used up."""


@dataclass(frozen=True, slots=True)
class Service:
    """One worker's tools."""

    engine: Engine
    register: Register
    verifier: CertificateVerifier
    devices: DeviceRegistry
    fonts: PaperFonts
    document_key: SigningKey = field(repr=False)
    """Signs documents, their files and the codes on them; kiosks know its public half."""
    document_certificates: tuple[x509.Certificate, ...]
    """The certificate of that key, then those of its authorities."""
    sealer: Sealer
    """Signs the code on every front, with the same key."""
    subject_key: bytes = field(repr=False)
    """Keys the hash that stands for a resident in ledger and documents."""
    now: Callable[[], datetime]
    """The wall clock, aware."""
    enforce_hours: bool
    """False only in a sandbox."""
    specimen: bool
    """True stamps 見本 on every sheet; always in a sandbox."""
    build_id: str
    config_id: str
    limits: Limits = Limits()
    registrations: UseRegistrations | None = None
    """利用登録; None where no application is taken."""
    signature_verifier: CertificateVerifier | None = None
    """Judges the certificates that sign applications; None where no application is taken."""
    backs: Backs | None = None
    """What the backs of sheets from kiosks are drawn with; None where sheets have none."""
    random: Callable[[int], bytes] = field(default=secrets.token_bytes, repr=False)
    """Bytes for every identifier. The database refuses a repeated one, whatever this gives (INV-9)."""
