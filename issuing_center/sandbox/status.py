"""The status table of the pretend JPKI, its CRLs, and the operator's means to revoke.

`status.json` is the one source: the responder reads it at each question, and every change signs the CRLs anew.
"""

import fcntl
import json
from base64 import b64decode
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization

from issuing_center.sandbox.files import PrivateKey, read_certificate, read_key, write_json, write_plain
from issuing_center.sandbox.folder import ALL_GENERATIONS, SandboxFolder

CRL_VALIDITY = timedelta(days=7)
"""How long a CRL written to the folder may be used; the last day is for signing the next."""


@dataclass(frozen=True, slots=True)
class Entry:
    """Status of one certificate."""

    serial: int = field(repr=False)
    generation: int
    status: str
    """good, revoked or hold."""
    reason: str | None
    """Name of the CRLReason as in cryptography's ReasonFlags values (keyCompromise, ...); None while good."""
    since: datetime


def read_status(folder: SandboxFolder) -> dict[int, Entry]:
    """Read the whole table, by serial number."""
    return {
        int(serial, 16): Entry(
            serial=int(serial, 16),
            generation=row["generation"],
            status=row["status"],
            reason=row["reason"],
            since=datetime.fromisoformat(row["since"]),
        )
        for serial, row in json.loads(folder.status.read_text("utf-8")).items()
    }


def write_status(folder: SandboxFolder, entries: dict[int, Entry]) -> None:
    """Replace the whole table."""
    rows = {
        f"{each.serial:x}": {
            "generation": each.generation,
            "status": each.status,
            "reason": each.reason,
            "since": each.since.isoformat(),
        }
        for each in entries.values()
    }
    write_json(folder.status, rows, secret=True)


def revoke(
    folder: Path | SandboxFolder, who: str | int, reason: str = "keyCompromise", *, at: datetime | None = None
) -> None:
    """Revoke a persona's authentication certificate, or the one with this serial number, and sign the CRLs anew.

    `reason` is a CRLReason name (certificateHold puts it on hold); `at` is aware, None means the system's time.
    Raises KeyError for a persona or serial without a certificate, ValueError for an unknown reason.
    """
    status = "hold" if x509.ReasonFlags(reason) is x509.ReasonFlags.certificate_hold else "revoked"
    _change(folder, who, status, reason, at)


def release(folder: Path | SandboxFolder, who: str | int, *, at: datetime | None = None) -> None:
    """Make a certificate good again. The real JPKI never does this; it is for tests and demonstrations."""
    _change(folder, who, "good", None, at)


def serial_of(folder: SandboxFolder, persona: str, part: str = "auth") -> int:
    """Give the serial number on a persona's card; raises KeyError when there is no such card or certificate on it.

    `part` is auth, or sign for the certificate that signs applications.
    """
    try:
        file = json.loads(folder.card(persona).read_text("utf-8"))
        return x509.load_der_x509_certificate(b64decode(file[part]["certificate"])).serial_number
    except (OSError, TypeError) as error:
        raise KeyError(f"{persona} has no certificate in this sandbox") from error


def _change(folder: Path | SandboxFolder, who: str | int, status: str, reason: str | None, at: datetime | None) -> None:
    folder = folder if isinstance(folder, SandboxFolder) else SandboxFolder(folder)
    now = at or datetime.now(UTC)
    serial = serial_of(folder, who) if isinstance(who, str) else who
    with _locked(folder):
        entries = read_status(folder)
        if serial not in entries:
            raise KeyError("no certificate of this sandbox has that serial number")
        entries[serial] = Entry(serial, entries[serial].generation, status, reason, now)
        write_status(folder, entries)
        write_crls(folder, now)


def refresh_crls(folder: SandboxFolder, now: datetime) -> None:
    """Sign the CRLs anew when one is within a day of its end; cheap when there is nothing to do."""
    current = (x509.load_der_x509_crl(folder.crl(number).read_bytes()) for number in ALL_GENERATIONS)
    if all(each.next_update_utc and each.next_update_utc > now + timedelta(days=1) for each in current):
        return
    with _locked(folder):
        write_crls(folder, now)


def write_crls(folder: SandboxFolder, now: datetime) -> None:
    """Sign the CRL of every generation and put it into the folder."""
    for number in ALL_GENERATIONS:
        issuer, key = read_certificate(folder.generation_certificate(number)), read_key(folder.generation_key(number))
        write_plain(folder.crl(number), make_crl(issuer, key, number, read_status(folder), now, now + CRL_VALIDITY))


def make_crl(
    issuer: x509.Certificate,
    key: PrivateKey,
    generation: int,
    entries: dict[int, Entry],
    this_update: datetime,
    next_update: datetime,
) -> bytes:
    """Sign a complete CRL of one generation, DER. Its number is the time in milliseconds, so it only grows."""
    revoked = [_crl_entry(each) for each in entries.values() if each.generation == generation and each.reason]
    return (
        x509.CertificateRevocationListBuilder(issuer.subject, this_update, next_update, revoked_certificates=revoked)
        .add_extension(x509.CRLNumber(int(this_update.timestamp() * 1000)), critical=False)
        .add_extension(
            x509.AuthorityKeyIdentifier.from_issuer_subject_key_identifier(
                issuer.extensions.get_extension_for_class(x509.SubjectKeyIdentifier).value
            ),
            critical=False,
        )
        .sign(key, hashes.SHA256())
        .public_bytes(serialization.Encoding.DER)
    )


def _crl_entry(entry: Entry) -> x509.RevokedCertificate:
    return (
        x509.RevokedCertificateBuilder()
        .serial_number(entry.serial)
        .revocation_date(entry.since)
        .add_extension(x509.CRLReason(x509.ReasonFlags(entry.reason)), critical=False)
        .build()
    )


@contextmanager
def _locked(folder: SandboxFolder) -> Iterator[None]:
    """Let one process at a time change the table."""
    with (folder.jpki / ".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
