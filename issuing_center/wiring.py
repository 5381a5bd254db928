"""Puts one worker together from its settings: the composition root of the center. Decides nothing."""

import hashlib
import hmac
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec

from issuing_center import migrations
from issuing_center.crl_files import CrlFiles
from issuing_center.database import make_engine
from issuing_center.deployment import Mode, current_mode
from issuing_center.devices import DeviceRegistry
from issuing_center.paper.fonts import PaperFonts, shared_fonts
from issuing_center.register.sql import SqlRegister
from issuing_center.service import Limits, Service
from issuing_center.settings import Settings, SettingsError
from issuing_center.trust import (
    CertificateVerifier,
    CrlShelf,
    OcspClient,
    OcspThenCrl,
    TrustAnchors,
    TrustPolicy,
)


@contextmanager
def running_service(settings: Settings, now: Callable[[], datetime], *, enforce_hours: bool) -> Iterator[Service]:
    """Open everything a worker needs, bring the database to the present schema, and close all of it in the end.

    Raises SettingsError.
    """
    sandbox = current_mode() is Mode.SANDBOX
    if not (enforce_hours or sandbox):
        raise SettingsError("opening hours are optional in a sandbox only")
    document_key, subject_key = _document_key(settings.document_key), _subject_key(settings.subject_key)
    try:
        devices = DeviceRegistry.from_file(settings.devices)
        anchors = TrustAnchors.from_pem_files(settings.generations)
    except ValueError as error:
        raise SettingsError(str(error)) from error
    limits = Limits(register_age=settings.register_age)
    policy = TrustPolicy(required_policy_oid=settings.policy_oid)
    lists = CrlFiles(CrlShelf(anchors, policy), settings.crls, now)
    fonts = shared_fonts()
    # A worker holds one connection at a time, so more than one a thread would be idle.
    engine = make_engine(settings.database_url, pool_size=settings.threads)
    responder = OcspClient(settings.ocsp_url, policy)
    try:
        migrations.upgrade(engine)
        yield Service(
            engine=engine,
            register=SqlRegister(engine),
            verifier=CertificateVerifier(anchors, policy, OcspThenCrl(responder, lists)),
            devices=devices,
            fonts=fonts,
            document_key=document_key,
            subject_key=subject_key,
            now=now,
            enforce_hours=enforce_hours,
            specimen=sandbox,
            build_id=_build_id(fonts),
            config_id=_config_id(
                settings, document_key, subject_key, f"{sandbox} {enforce_hours} {limits!r} {settings.policy_oid}"
            ),
            limits=limits,
        )
    finally:
        responder.close()
        engine.dispose()


def _document_key(path: Path) -> ec.EllipticCurvePrivateKey:
    try:
        key = serialization.load_pem_private_key(path.read_bytes(), None)
    except (ValueError, TypeError) as error:
        raise SettingsError("keys.document must be a PEM key without a password") from error
    if not isinstance(key, ec.EllipticCurvePrivateKey) or not isinstance(key.curve, ec.SECP256R1):
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


def _build_id(fonts: PaperFonts) -> str:
    """Name the program by a digest over its own sources and its font: workers of one name draw the same (INV-14)."""
    digest = hashlib.sha256(fonts.sha256.encode())
    root = Path(__file__).parent
    for file in sorted(root.rglob("*.py")):
        digest.update(file.relative_to(root).as_posix().encode() + b"\0" + file.read_bytes())
    return digest.hexdigest()[:16]


def _config_id(settings: Settings, document_key: ec.EllipticCurvePrivateKey, subject_key: bytes, rules: str) -> str:
    """Name what this worker was told, by content: workers of one name issue alike, wherever their files lie (INV-19).

    Of the secrets only what cannot be turned back goes in. Address, database and CRLs are left out: they differ from one
    worker to the next, or from one hour to the next.
    """
    public = document_key.public_key().public_bytes(
        serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    parts = [public, hmac.digest(subject_key, b"configuration", hashlib.sha256), rules.encode()]
    parts += [settings.ocsp_url.encode(), settings.devices.read_bytes(), settings.device_ca.read_bytes()]
    parts += [file.read_bytes() for file in settings.generations]
    digest = hashlib.sha256()
    for part in parts:
        digest.update(len(part).to_bytes(8, "big") + part)
    return digest.hexdigest()[:16]
