"""The contents of a new sandbox folder, in the order in which they depend on each other.

Dates lie around the day of making: generation 1 ended this morning, 2 and 3 are valid, as in the real overlap.
"""

import secrets
import string
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta, timezone

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from issuing_center.backs.keys import new_key, written
from issuing_center.sandbox.cards import AuthenticationPart, SignaturePart, card_file
from issuing_center.sandbox.certificates import (
    ORGANISATION,
    authentication_certificate,
    authority,
    generation_name,
    name,
    responder_certificate,
    service_certificate,
    signature_certificate,
    years,
)
from issuing_center.sandbox.files import write_json, write_pair, write_secret
from issuing_center.sandbox.folder import ALL_GENERATIONS, FORMAT, SIGNATURE_GENERATIONS, SandboxFolder
from issuing_center.sandbox.personas import PERSONAS, CertificateState, Persona, PersonaKind
from issuing_center.sandbox.status import Entry, write_crls, write_status

JST = timezone(timedelta(hours=9))

DEVICES = (
    ("kiosk-0001", "kiosk", "見本端末1号", "mihon-store"),
    ("kiosk-0002", "kiosk", "見本端末2号", "mihon-store"),
    ("counter-0001", "counter", "見本窓口端末1号", ""),
    ("counter-0002", "counter", "見本窓口端末2号", ""),
    ("counter-0003", "counter", "見本支所窓口端末", ""),
)
"""Device id, channel, name for staff, and who runs it for a commission (nobody: the municipality)."""

CLERKS = (
    ("mihon-01", "990019"),
    ("mihon-02", "990019"),
    ("mihon-11", "990035"),
    ("mihon-21", "990043"),
)
"""Staff id and municipality of the specimen clerks."""

_MUNICIPALITY_DIGITS = "99001"
"""Five digits in an issue number that name the municipality; 見本県汐見野市 is fictitious."""

_STATUS = {
    CertificateState.GOOD: ("good", None),
    CertificateState.EXPIRED: ("good", None),
    CertificateState.REVOKED: ("revoked", x509.ReasonFlags.key_compromise.value),
    CertificateState.ON_HOLD: ("hold", x509.ReasonFlags.certificate_hold.value),
}


@dataclass(frozen=True, slots=True)
class _Authority:
    certificate: x509.Certificate = field(repr=False)
    key: rsa.RSAPrivateKey = field(repr=False)


def build_sandbox(folder: SandboxFolder, now: datetime) -> None:
    """Fill a folder that does not exist yet; the marker file comes last. `now` is aware."""
    now = now.astimezone(UTC).replace(microsecond=0)
    for each in (folder.root, folder.jpki, folder.cards, folder.devices, folder.tls, folder.center, folder.staff):
        each.mkdir(mode=0o700)
    holders = [each for each in PERSONAS if each.has_certificate]
    signers = [each for each in PERSONAS if each.signature is not None]
    keys = _rsa_keys(len(ALL_GENERATIONS) * 2 + len(holders) + len(signers))
    authorities = _write_generations(folder, now, keys)
    entries: dict[int, Entry] = {}
    for persona in PERSONAS:
        part = _authentication_part(persona, authorities, keys, now)
        sign = _signature_part(persona, authorities[SIGNATURE_GENERATIONS[-1]], keys, now)
        write_json(folder.card(persona.name), card_file(persona, part, sign), secret=True)
        if part is not None and part.certificate is not None:
            status, reason = _STATUS[persona.state]
            serial = part.certificate.serial_number
            entries[serial] = Entry(serial, persona.generation, status, reason, now - timedelta(days=1))
        if persona.signature is not None and sign.certificate is not None:
            # Moving house revokes the certificate that holds the address, and that one alone.
            moved = x509.ReasonFlags.affiliation_changed.value if persona.signature.revoked else None
            serial, status = sign.certificate.serial_number, "revoked" if moved else "good"
            entries[serial] = Entry(serial, SIGNATURE_GENERATIONS[-1], status, moved, now - timedelta(days=1))
    write_status(folder, entries)
    write_crls(folder, now)
    _write_services(folder, now)
    _write_staff(folder, now)
    write_json(folder.marker, {"format": FORMAT, "sandbox": True})


def _rsa_keys(count: int) -> list[rsa.RSAPrivateKey]:
    """Make RSA-2048 keys, some at once: OpenSSL lets go of the interpreter's lock meanwhile."""
    with ThreadPoolExecutor(max_workers=4) as workers:
        return list(workers.map(lambda _: rsa.generate_private_key(65537, 2048), range(count)))


def _write_generations(folder: SandboxFolder, now: datetime, keys: list[rsa.RSAPrivateKey]) -> dict[int, _Authority]:
    """Make the CA generations, which share one name a purpose, and a delegated responder for each."""
    today = _midnight(now)
    spans = {
        1: (today - years(10), today - timedelta(seconds=1)),
        2: (today - years(7), today + years(3)),
        3: (today - years(3), today + years(7)),
    }
    made = {}
    for number in ALL_GENERATIONS:
        start, end = spans[number % 10]
        purpose = "digital signature" if number in SIGNATURE_GENERATIONS else "user authentication"
        key, responder_key = keys.pop(), keys.pop()
        certificate = authority(generation_name(purpose), key, _serial(), start, end)
        write_pair(folder.generation_certificate(number), folder.generation_key(number), certificate, key)
        responder = responder_certificate(
            certificate,
            key,
            responder_key,
            _serial(),
            f"Sandbox OCSP responder {number}",
            min(now - timedelta(days=30), end - timedelta(days=400)),
            min(today + timedelta(days=400), end),
        )
        write_pair(folder.responder_certificate(number), folder.responder_key(number), responder, responder_key)
        made[number] = _Authority(certificate, key)
    return made


def _authentication_part(
    persona: Persona, authorities: dict[int, _Authority], keys: list[rsa.RSAPrivateKey], now: datetime
) -> AuthenticationPart | None:
    """Make what lies in the authentication files of a card; None when nothing of the JPKI is on it."""
    if persona.kind is PersonaKind.FOREIGN:
        return None
    issuer = authorities[persona.generation]
    if not persona.has_certificate:
        return AuthenticationPart(issuer.certificate, None, None)
    start, end = _validity(persona, now)
    key = keys.pop()
    certificate = authentication_certificate(
        issuer.certificate, issuer.key, key, _serial(), _issue_number(), start, end
    )
    return AuthenticationPart(issuer.certificate, certificate, key)


def _signature_part(
    persona: Persona, issuer: _Authority, keys: list[rsa.RSAPrivateKey], now: datetime
) -> SignaturePart:
    """Make what lies in the signature files of a card."""
    signature = persona.signature
    if signature is None:
        return SignaturePart(issuer.certificate, None, None)
    start, end = _validity(persona, now)
    key = keys.pop()
    certificate = signature_certificate(
        issuer.certificate,
        issuer.key,
        key,
        _serial(),
        _issue_number(),
        start,
        end,
        holder=(signature.name, signature.sex, signature.birth, signature.address),
    )
    return SignaturePart(issuer.certificate, certificate, key)


def _validity(persona: Persona, now: datetime) -> tuple[datetime, datetime]:
    """Give the validity of a persona's certificate; it lies inside that of its generation."""
    today = _midnight(now)
    if persona.state is CertificateState.EXPIRED:
        return today - years(5), today - timedelta(seconds=1)
    if persona.generation == 2:
        return today - years(3.5), today + years(1.5)
    return today - years(1), today + years(4)


def _write_services(folder: SandboxFolder, now: datetime) -> None:
    """Make the TLS authorities, the center's server and signing keys, its secret, and the devices."""
    start, end = now - timedelta(days=1), now + timedelta(days=800)
    authority_end = now + years(5)
    device_key, center_key = _p256(), _p256()
    device_ca = authority(_service_name("device authority"), device_key, _serial(), start, authority_end)
    center_ca = authority(_service_name("center authority"), center_key, _serial(), start, authority_end)
    write_pair(folder.device_ca_certificate, folder.device_ca_certificate.with_suffix(".key"), device_ca, device_key)
    write_pair(folder.center_ca_certificate, folder.center_ca_certificate.with_suffix(".key"), center_ca, center_key)
    server_key = _p256()
    server = service_certificate(
        center_ca,
        center_key,
        server_key,
        _serial(),
        "localhost",
        start,
        end,
        usage=ExtendedKeyUsageOID.SERVER_AUTH,
        hosts=("localhost", "127.0.0.1", "::1"),
    )
    write_pair(folder.server_certificate, folder.server_key, server, server_key)
    signer_key = _p256()
    signer = service_certificate(
        center_ca, center_key, signer_key, _serial(), "Document signing (fictitious)", start, end, usage=None
    )
    write_pair(folder.document_signing_certificate, folder.document_signing_key, signer, signer_key)
    write_secret(folder.subject_key, (secrets.token_hex(32) + "\n").encode())
    # Demonstrations begin at any instant; the key draws long before today, and as long as the certificates hold.
    scramble = new_key(now - years(2), secrets.token_bytes, end - now + years(2))
    write_secret(folder.scramble_keys, written(scramble).encode())
    devices = {}
    for device_id, channel, name_ja, operator in DEVICES:
        key = _p256()
        certificate = service_certificate(
            device_ca, device_key, key, _serial(), device_id, start, end, usage=ExtendedKeyUsageOID.CLIENT_AUTH
        )
        write_pair(folder.device_certificate(device_id), folder.device_key(device_id), certificate, key)
        fingerprint = certificate.fingerprint(hashes.SHA256()).hex()
        devices[device_id] = {"sha256": fingerprint, "channel": channel, "name_ja": name_ja, "operator": operator}
    write_json(folder.device_list, devices)


def _write_staff(folder: SandboxFolder, now: datetime) -> None:
    """Make the staff authority and the specimen clerks: CN is the staff id, O the municipality."""
    start, end = now - timedelta(days=1), now + timedelta(days=800)
    ca_key = _p256()
    ca = authority(_service_name("staff authority"), ca_key, _serial(), start, now + years(5))
    write_pair(folder.staff_ca_certificate, folder.staff_ca_certificate.with_suffix(".key"), ca, ca_key)
    for staff_id, code in CLERKS:
        key = _p256()
        certificate = service_certificate(
            *(ca, ca_key, key, _serial(), staff_id, start, end),
            usage=ExtendedKeyUsageOID.CLIENT_AUTH,
            municipality=code,
        )
        write_pair(folder.clerk_certificate(staff_id), folder.clerk_key(staff_id), certificate, key)


def _service_name(common_name: str) -> x509.Name:
    return name((NameOID.ORGANIZATION_NAME, ORGANISATION), (NameOID.COMMON_NAME, f"Sandbox {common_name}"))


def _p256() -> ec.EllipticCurvePrivateKey:
    return ec.generate_private_key(ec.SECP256R1())


def _serial() -> int:
    """Give a random serial number of 64 bits whose first bit is 0 and second bit 1: always 8 octets, always positive."""
    return secrets.randbits(62) | 1 << 62


def _issue_number() -> str:
    """Give 23 characters shaped like the issue number of a test card: 14, the municipality's 5 digits, 3 digits, a letter."""
    alphabet = string.digits + string.ascii_uppercase
    head = "".join(secrets.choice(alphabet) for _ in range(14))
    return f"{head}{_MUNICIPALITY_DIGITS}{secrets.randbelow(1000):03d}{secrets.choice(string.ascii_uppercase)}"


def _midnight(now: datetime) -> datetime:
    """Give the start of the day in Japan, where validities end with the day."""
    return now.astimezone(JST).replace(hour=0, minute=0, second=0, microsecond=0).astimezone(UTC)
