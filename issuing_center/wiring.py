"""Puts one worker together from its settings: the composition root of the center. Decides nothing."""

import hashlib
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec

from issuing_center import migrations
from issuing_center.database import make_engine
from issuing_center.deployment import Mode, current_mode
from issuing_center.devices import DeviceRegistry
from issuing_center.paper.fonts import load_fonts
from issuing_center.paper.seal import load_seal
from issuing_center.register.sql import SqlRegister
from issuing_center.service import Service
from issuing_center.settings import Settings, SettingsError
from issuing_center.trust import (
    CertificateVerifier,
    CrlShelf,
    OcspClient,
    OcspThenCrl,
    TrustAnchors,
    TrustPolicy,
)


def make_service(settings: Settings, now: Callable[[], datetime], *, enforce_hours: bool) -> Service:
    """Open everything a worker needs and bring the database to the present schema. Raises SettingsError."""
    sandbox = current_mode() is Mode.SANDBOX
    if not (enforce_hours or sandbox):
        raise SettingsError("opening hours are optional in a sandbox only")
    engine = make_engine(settings.database_url)
    migrations.upgrade(engine)
    policy = TrustPolicy(required_policy_oid=settings.policy_oid)
    anchors = TrustAnchors.from_pem_files(settings.generations)
    shelf = CrlShelf(anchors, policy)
    for file in settings.crls:
        shelf.import_crl(file.read_bytes(), now())
    status = OcspThenCrl(OcspClient(settings.ocsp_url, policy), shelf)
    seals = {code: load_seal(file) for code, file in settings.seals}
    if not sandbox and any(seal.fictitious for seal in seals.values()):
        raise SettingsError("a fictitious seal is for the sandbox only")
    return Service(
        engine=engine,
        register=SqlRegister(engine),
        verifier=CertificateVerifier(anchors, policy, status),
        devices=DeviceRegistry.from_file(settings.devices),
        fonts=load_fonts(),
        seals=seals,
        document_key=_document_key(settings.document_key),
        subject_key=_subject_key(settings.subject_key),
        now=now,
        enforce_hours=enforce_hours,
        specimen=sandbox,
        build_id=_build_id(),
        config_id=_config_id(settings),
    )


def _document_key(path: Path) -> ec.EllipticCurvePrivateKey:
    key = serialization.load_pem_private_key(path.read_bytes(), None)
    if not isinstance(key, ec.EllipticCurvePrivateKey):
        raise SettingsError("keys.document must be a P-256 key")
    return key


def _subject_key(path: Path) -> bytes:
    try:
        key = bytes.fromhex(path.read_text(encoding="ascii").strip())
    except ValueError as error:
        raise SettingsError("keys.subject must be hexadecimal") from error
    if len(key) != 32:
        raise SettingsError("keys.subject must be 32 bytes")
    return key


def _build_id() -> str:
    """Name the program by a digest over its own sources: two workers of one name run the same code (INV-14)."""
    digest = hashlib.sha256()
    root = Path(__file__).parent
    for file in sorted(root.rglob("*.py")):
        digest.update(file.relative_to(root).as_posix().encode() + b"\0" + file.read_bytes())
    return digest.hexdigest()[:16]


def _config_id(settings: Settings) -> str:
    return hashlib.sha256(repr(settings).encode()).hexdigest()[:16]
