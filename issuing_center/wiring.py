"""Puts one worker together from its settings: the composition root of the center. Decides nothing."""

import hashlib
import hmac
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from datetime import datetime
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import serialization

from issuing_center import migrations
from issuing_center.backs.keys import KeysUnusableError, load_keys
from issuing_center.backs.layout import Setting
from issuing_center.backs.screens import COARSE, PLAIN
from issuing_center.crl_files import CrlFiles
from issuing_center.database import make_engine
from issuing_center.deployment import Mode, current_mode
from issuing_center.devices import DeviceRegistry
from issuing_center.keys import KeyUnusableError, SigningKey, TokenKey, load_certificates, load_file_key
from issuing_center.outbound import Gate, HttpFetcher, mutual_tls
from issuing_center.paper.back.drawing import Backs
from issuing_center.paper.fonts import PaperFonts, shared_fonts
from issuing_center.register.registrations import SqlUseRegistrations
from issuing_center.register.remote.link import TIMEOUT_S as REGISTER_TIMEOUT_S
from issuing_center.register.remote.link import RegisterLink
from issuing_center.register.remote.registrations import SeveralRegistrations
from issuing_center.register.remote.several import SeveralRegisters
from issuing_center.register.sql import SqlRegister
from issuing_center.service import Limits, Service
from issuing_center.settings import BackSettings, Settings, SettingsError, SignatureJpki
from issuing_center.trust import (
    CertificateVerifier,
    CrlShelf,
    OcspClient,
    OcspThenCrl,
    TrustAnchors,
    TrustPolicy,
    Usage,
)
from issuing_center.visible_seal import Sealer


@contextmanager
def running_service(settings: Settings, now: Callable[[], datetime], *, enforce_hours: bool) -> Iterator[Service]:
    """Open everything a worker needs, bring the database to the present schema, and close all of it in the end.

    Raises SettingsError.
    """
    sandbox = current_mode() is Mode.SANDBOX
    if not (enforce_hours or sandbox):
        raise SettingsError("opening hours are optional in a sandbox only")
    subject_key = _subject_key(settings.subject_key)
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
    ends = ExitStack()
    try:
        document_key, certificates = _document_key(settings, now, ends)
        signatures = None if settings.signature is None else _signatures(settings.signature, now, ends)
        migrations.upgrade(engine)
        links = _links(settings, now, ends)
        embedded, registrations = SqlRegister(engine), SqlUseRegistrations(engine)
        yield Service(
            engine=engine,
            register=SeveralRegisters(embedded, links) if links else embedded,
            verifier=CertificateVerifier(anchors, policy, OcspThenCrl(responder, lists)),
            devices=devices,
            fonts=fonts,
            document_key=document_key,
            document_certificates=certificates,
            sealer=Sealer.of(document_key, certificates[0]),
            subject_key=subject_key,
            now=now,
            enforce_hours=enforce_hours,
            specimen=sandbox,
            build_id=_build_id(fonts),
            config_id=_config_id(
                settings, document_key, subject_key, f"{sandbox} {enforce_hours} {limits!r} {settings.policy_oid}"
            ),
            limits=limits,
            registrations=None if signatures is None else SeveralRegistrations(registrations, links),
            signature_verifier=signatures,
            backs=None if settings.back is None else _backs(settings.back, now()),
        )
    finally:
        ends.close()
        responder.close()
        engine.dispose()


def _signatures(jpki: SignatureJpki, now: Callable[[], datetime], ends: ExitStack) -> CertificateVerifier:
    """Make the verifier of the certificates that sign applications; its connection ends with `ends`."""
    try:
        anchors = TrustAnchors.from_pem_files(jpki.generations)
    except ValueError as error:
        raise SettingsError(str(error)) from error
    policy = TrustPolicy(required_policy_oid=jpki.policy_oid, usage=Usage.SIGNATURE)
    responder = OcspClient(jpki.ocsp_url, policy)
    ends.callback(responder.close)
    lists = CrlFiles(CrlShelf(anchors, policy), jpki.crls, now)
    return CertificateVerifier(anchors, policy, OcspThenCrl(responder, lists))


def _backs(told: BackSettings, now: datetime) -> Backs:
    """Read the master keys. That one of them draws today is asked before the first resident comes."""
    plain = PLAIN if told.dpi == PLAIN.dpi else COARSE
    screens = plain if told.kept is None else replace(plain, kept=told.kept)
    try:
        keys = load_keys(told.keys)
        keys.drawing(now)
    except KeysUnusableError as error:
        raise SettingsError(f"back.keys: {error}") from error
    return Backs(keys, Setting.FINE if told.fine else Setting.STANDARD, told.colour, screens)


def _links(settings: Settings, now: Callable[[], datetime], ends: ExitStack) -> dict[str, RegisterLink]:
    """Make the lines to municipalities that keep their own register, by code; their connections end with `ends`."""
    links: dict[str, RegisterLink] = {}
    # At most half of the threads, so that a register that hangs leaves the others theirs.
    most = max(1, settings.threads // 2)
    for remote in settings.remote_registers:
        try:
            tls = mutual_tls(remote.ca, remote.certificate, remote.key)
        except OSError as error:
            raise SettingsError(f"register.remote.{remote.name.code}: a certificate or key cannot be used") from error
        fetcher = HttpFetcher(REGISTER_TIMEOUT_S, most, tls, Gate(most, wait_s=0.25))
        links[remote.name.code] = RegisterLink(remote.name, remote.url, fetcher, now)
        ends.callback(fetcher.close)
    return links


def _document_key(
    settings: Settings, now: Callable[[], datetime], ends: ExitStack
) -> tuple[SigningKey, tuple[x509.Certificate, ...]]:
    """Open the key that signs documents, from a file or a token, and its certificates; a token's session ends with `ends`."""
    where = settings.document_key
    try:
        if isinstance(where, TokenKey):
            # The library of tokens is loaded only where a token is used.
            from issuing_center.keys.token import open_token_key

            token = open_token_key(where)
            ends.callback(token.close)
            key: SigningKey = token
        else:
            key = load_file_key(where)
        certificates = load_certificates(settings.document_certificate, key)
    except KeyUnusableError as error:
        raise SettingsError(str(error)) from error
    own = certificates[0]
    if not own.not_valid_before_utc <= now() <= own.not_valid_after_utc:
        raise SettingsError("keys.certificate is not valid today")
    return key, certificates


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


def _config_id(settings: Settings, document_key: SigningKey, subject_key: bytes, rules: str) -> str:
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
    if settings.signature is not None:
        parts += [settings.signature.policy_oid.encode(), settings.signature.ocsp_url.encode()]
        parts += [file.read_bytes() for file in settings.signature.generations]
    if settings.back is not None:
        # The keys serve in turns by the clock, whichever of them a worker was told of; how backs look is told once.
        back = settings.back
        parts.append(f"{back.fine} {back.colour} {back.dpi} {back.kept}".encode())
    for remote in settings.remote_registers:
        parts += [remote.name.code.encode(), remote.url.encode(), remote.ca.read_bytes()]
    digest = hashlib.sha256()
    for part in parts:
        digest.update(len(part).to_bytes(8, "big") + part)
    return digest.hexdigest()[:16]
