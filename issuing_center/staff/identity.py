"""Who is asking: a clerk by the certificate of the connection, or a screen on the wall by its token.

A clerk's certificate comes from the staff authority, which TLS has verified: CN is the staff id, O the municipality. There
is no password and no cookie; only a sandbox brings a door of its own, for browsers without a certificate.
"""

import base64
import hashlib
import hmac
import re
from dataclasses import dataclass, field
from typing import Protocol

from cryptography import x509
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from issuing_center.counter.staff import Staff, StaffId

_TOKEN = re.compile(r"([0-9]{6})\.([0-9A-Za-z_-]{1,40})\.([0-9a-f]{32})\Z")


class Door(Protocol):
    """A way in for a browser that has no certificate; the sandbox alone has one."""

    def enter(self, token: str) -> str | None:
        """Use up a one-time token: the session it opens, or None."""

    def clerk(self, session: str) -> Staff | None:
        """Tell whose session this is."""


@dataclass(frozen=True, slots=True)
class Visitor:
    """A clerk, and what they came with."""

    staff: Staff
    certificate_sha256: str
    """64 hexadecimal digits; empty for one who came through a sandbox's door."""


def visitor_of(certificate_der: bytes) -> Visitor | None:
    """Read who comes with a certificate that TLS has verified; None for none, and for what is not a clerk's."""
    staff = staff_of(certificate_der)
    return None if staff is None else Visitor(staff, hashlib.sha256(certificate_der).hexdigest())


def staff_of(certificate_der: bytes) -> Staff | None:
    """Read the clerk out of a certificate that TLS has verified; None for none, and for what is not a clerk's."""
    if not certificate_der:
        return None
    try:
        certificate = x509.load_der_x509_certificate(certificate_der)
        usage = certificate.extensions.get_extension_for_class(x509.ExtendedKeyUsage).value
        (name,) = certificate.subject.get_attributes_for_oid(NameOID.COMMON_NAME)
        (code,) = certificate.subject.get_attributes_for_oid(NameOID.ORGANIZATION_NAME)
        if ExtendedKeyUsageOID.CLIENT_AUTH not in usage:
            return None
        return Staff(StaffId(str(name.value)), str(code.value))
    except (ValueError, x509.ExtensionNotFound):
        return None


@dataclass(frozen=True, slots=True)
class Tokens:
    """Makes and checks the two tokens of the site; every worker with the same key agrees on them."""

    key: bytes = field(repr=False)

    @classmethod
    def derived(cls, secret: bytes) -> "Tokens":
        """Derive the site's key from a secret that all workers share, and that does something else."""
        return cls(hmac.digest(secret, b"certificate-kiosk staff pages v1", "sha256"))

    def form(self, staff: Staff) -> str:
        """Give what every act of this clerk must carry, so that no other site can act in a clerk's name."""
        return self._mac(f"form {staff.municipality_code} {staff.staff_id}")

    def is_form(self, staff: Staff, token: str) -> bool:
        """Check it."""
        return hmac.compare_digest(self.form(staff).encode(), token.encode())

    def display(self, code: str, office: str) -> str:
        """Give the token of an office's wall screen."""
        return f"{code}.{office}.{self._mac(f'display {code} {office}')}"

    def office_of(self, token: str) -> tuple[str, str] | None:
        """Give municipality and office of a wall screen; None for a token that is not ours."""
        found = _TOKEN.match(token)
        if found is None or not hmac.compare_digest(self.display(found[1], found[2]).encode(), token.encode()):
            return None
        return found[1], found[2]

    def _mac(self, what: str) -> str:
        return base64.b16encode(hmac.digest(self.key, what.encode(), "sha256")[:16]).decode().lower()
