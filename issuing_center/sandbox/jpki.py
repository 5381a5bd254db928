"""Making the sandbox folder: three CA generations, responders, TLS authorities, the center's keys, and all cards.

The folder appears whole or not at all, and is made again when it has grown too old to be useful. Every secret in it protects
only fictions, and is still kept like a secret, because habits spread.
"""

import fcntl
import json
from base64 import b64decode
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from secrets import token_hex
from shutil import rmtree
from typing import NamedTuple

from cryptography import x509

from issuing_center.sandbox.build import build_sandbox
from issuing_center.sandbox.certificates import POLICY_OID
from issuing_center.sandbox.files import read_certificate
from issuing_center.sandbox.folder import FORMAT, SandboxFolder
from issuing_center.sandbox.personas import PERSONAS, CertificateState, Persona
from issuing_center.sandbox.status import refresh_crls
from issuing_center.trust import TrustAnchors, TrustPolicy

REMAINING = timedelta(days=30)
"""A folder in which anything essential ends sooner than this is made again."""


class SandboxError(RuntimeError):
    """The folder given cannot become a sandbox; the text says what to do."""


class Link(NamedTuple):
    """One row for the register: this certificate belongs to that resident."""

    persona: Persona
    issuer_key_id: bytes
    serial: int

    def __repr__(self) -> str:
        """Show the persona only: serial numbers stay out of logs."""
        return f"Link({self.persona.name})"


def ensure_sandbox(folder: Path, now: datetime | None = None) -> SandboxFolder:
    """Give a complete sandbox in this folder, making it first when needed.

    Milliseconds when the folder is complete. A folder of another format, or with something essential that ends within
    30 days, is moved aside (`<name>.old-<date>-<random>`) and made again; what others kept in it stays in the moved one.
    Processes that start at once wait for each other. `now` is aware; None means the system's time. Raises SandboxError
    for a folder with other content, which is never touched.
    """
    now = now or datetime.now(UTC)
    wanted = SandboxFolder(folder.resolve())
    if not _is_usable(wanted, now):
        wanted.root.parent.mkdir(parents=True, exist_ok=True)
        with _alone(wanted.root):
            if not _is_usable(wanted, now):
                _make(wanted, now)
    refresh_crls(wanted, now)
    return wanted


def links(folder: Path | SandboxFolder) -> list[Link]:
    """List the certificates of all personas who are residents, with generation key id and serial number."""
    folder = folder if isinstance(folder, SandboxFolder) else SandboxFolder(folder)
    return [_link(folder, persona) for persona in PERSONAS if persona.resident_key and persona.has_certificate]


def registrations(folder: SandboxFolder) -> list[tuple[Link, tuple[str, str, str]]]:
    """List the personas who live elsewhere and are registered for use: their certificate, and `registered_at`."""
    return [(_link(folder, persona), persona.registered_at) for persona in PERSONAS if persona.registered_at]


def _link(folder: SandboxFolder, persona: Persona) -> Link:
    certificate, issuer = _card_certificates(folder, persona)
    key_id = x509.SubjectKeyIdentifier.from_public_key(issuer.public_key()).digest
    return Link(persona, key_id, certificate.serial_number)


def trust_anchors(folder: SandboxFolder) -> TrustAnchors:
    """Give the sandbox's generations as trust anchors."""
    return TrustAnchors.from_pem_files(folder.generations)


def trust_policy() -> TrustPolicy:
    """Give the policy that fits the sandbox's certificates."""
    return TrustPolicy(required_policy_oid=POLICY_OID)


def _make(wanted: SandboxFolder, now: datetime) -> None:
    """Build beside the target and rename; the caller holds the lock."""
    root = wanted.root
    if root.exists() and not wanted.marker.exists() and any(root.iterdir()):
        raise SandboxError(f"{root.name} is not empty and not a sandbox; name another folder or empty it yourself")
    building = root.with_name(f".{root.name}.building-{token_hex(4)}")
    try:
        build_sandbox(SandboxFolder(building), now)
        if wanted.marker.exists():
            root.rename(root.with_name(f"{root.name}.old-{now:%Y%m%d}-{token_hex(4)}"))
        building.rename(root)
    finally:
        rmtree(building, ignore_errors=True)


def _is_usable(folder: SandboxFolder, now: datetime) -> bool:
    """Tell whether the folder is complete, of this format, and good for a while."""
    try:
        marker = json.loads(folder.marker.read_text("utf-8"))
    except FileNotFoundError:
        return False
    except ValueError as error:
        raise SandboxError(f"{folder.marker.name} in {folder.root.name} cannot be read; delete the folder") from error
    if marker.get("format") != FORMAT:
        return False
    try:
        return all(each.not_valid_after_utc > now + REMAINING for each in _essential(folder))
    except (OSError, ValueError):
        return False


def _essential(folder: SandboxFolder) -> Iterator[x509.Certificate]:
    """Give every certificate without which the demonstration does not work."""
    for path in (
        folder.generation_certificate(2),
        folder.generation_certificate(3),
        folder.responder_certificate(2),
        folder.responder_certificate(3),
        folder.server_certificate,
        folder.document_signing_certificate,
        *sorted(folder.devices.glob("*.pem")),
        *sorted(folder.staff.glob("*.pem")),
    ):
        yield read_certificate(path)
    for persona in PERSONAS:
        if persona.state is CertificateState.GOOD:
            yield _card_certificates(folder, persona)[0]


def _card_certificates(folder: SandboxFolder, persona: Persona) -> tuple[x509.Certificate, x509.Certificate]:
    """Read the authentication certificate and its CA certificate from a card."""
    auth = json.loads(folder.card(persona.name).read_text("utf-8"))["auth"]
    certificate, issuer = (
        x509.load_der_x509_certificate(b64decode(auth[each])) for each in ("certificate", "ca_certificate")
    )
    return certificate, issuer


@contextmanager
def _alone(root: Path) -> Iterator[None]:
    """Let one process at a time make this folder; the lock lies beside it and ends with its process."""
    with root.with_name(f".{root.name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
