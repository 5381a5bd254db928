"""CRLs: verified once when they are imported, then looked up in an index.

Verifying a CRL of 100,000 entries at every visit would cost seconds; an index costs below a microsecond. Only
complete lists count: a list split by municipality or a delta says nothing about the serials it does not cover, so
its silence must not be read as "not revoked". This module fetches nothing.
"""

from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum
from threading import Lock

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm

from issuing_center.trust.anchors import Generation, TrustAnchors
from issuing_center.trust.policy import TrustPolicy
from issuing_center.trust.status import ListedStatus


class CrlFault(Enum):
    """Why a CRL was not imported."""

    MALFORMED = "malformed"
    UNTRUSTED = "untrusted"
    NOT_FRESH = "not-fresh"
    NOT_COMPLETE = "not-complete"
    """Delta, partial or indirect list, or an unknown critical extension of the list or of an entry."""
    OLDER_THAN_HELD = "older-than-held"
    """A list with a higher number is held already; an older one would bring revoked certificates back to life."""


@dataclass(frozen=True, slots=True)
class CrlRefused:
    """The list was not imported; what was held before stays."""

    fault: CrlFault


@dataclass(frozen=True, slots=True)
class CrlImported:
    """The list is in use."""

    issuer_key_id: bytes
    number: int
    entries: int
    next_update: datetime


@dataclass(frozen=True, slots=True)
class _Held:
    number: int
    this_update: datetime
    next_update: datetime
    revoked: frozenset[int] = field(repr=False)
    on_hold: frozenset[int] = field(repr=False)


class CrlShelf:
    """The newest CRL of each generation, in memory. Implements RevocationLists; thread-safe."""

    def __init__(self, anchors: TrustAnchors, policy: TrustPolicy) -> None:
        """Start with no list at all, hence with nothing fresh."""
        self._anchors = anchors
        self._policy = policy
        self._held: dict[bytes, _Held] = {}
        self._lock = Lock()

    def import_crl(self, crl_der: bytes, now: datetime) -> CrlImported | CrlRefused:
        """Verify a DER CRL and put it in use for the generation that signed it."""
        try:
            crl = x509.load_der_x509_crl(crl_der)
            issuer = self._signer(crl)
            if issuer is None:
                return CrlRefused(CrlFault.UNTRUSTED)
            extensions, next_update = crl.extensions, crl.next_update_utc
            number = extensions.get_extension_for_class(x509.CRLNumber).value.crl_number
            if any(each.critical for each in extensions) or _has_delta(extensions):
                return CrlRefused(CrlFault.NOT_COMPLETE)
            if next_update is None or crl.last_update_utc > now + self._policy.clock_skew:
                return CrlRefused(CrlFault.NOT_FRESH)
            if now > next_update + self._policy.crl_grace:
                return CrlRefused(CrlFault.NOT_FRESH)
            revoked, on_hold = _index(crl)
        except x509.ExtensionNotFound:
            return CrlRefused(CrlFault.NOT_COMPLETE)
        except (ValueError, TypeError, UnsupportedAlgorithm, x509.DuplicateExtension, x509.UnsupportedGeneralNameType):
            return CrlRefused(CrlFault.MALFORMED)
        if revoked is None:
            return CrlRefused(CrlFault.NOT_COMPLETE)
        with self._lock:
            held = self._held.get(issuer.key_id)
            if held is not None and (number, crl.last_update_utc) < (held.number, held.this_update):
                return CrlRefused(CrlFault.OLDER_THAN_HELD)
            self._held[issuer.key_id] = _Held(number, crl.last_update_utc, next_update, revoked, on_hold)
        return CrlImported(issuer.key_id, number, len(revoked) + len(on_hold), next_update)

    def look_up(self, serial: int, issuer: Generation, now: datetime) -> ListedStatus | None:
        """Look a serial number up; None when no CRL of this generation is fresh at `now`."""
        held = self._held.get(issuer.key_id)
        if held is None or now > held.next_update + self._policy.crl_grace:
            return None
        if now < held.this_update - self._policy.clock_skew:
            return None
        if serial in held.revoked:
            return ListedStatus.REVOKED
        return ListedStatus.ON_HOLD if serial in held.on_hold else ListedStatus.NOT_LISTED

    def _signer(self, crl: x509.CertificateRevocationList) -> Generation | None:
        """Find the generation that signed the list: several share the issuer name, so the signature chooses."""
        if crl.signature_algorithm_oid.dotted_string not in self._policy.signature_algorithms:
            return None
        for generation in self._anchors.generations:
            if crl.issuer == generation.certificate.subject and crl.is_signature_valid(generation.key):
                return generation
        return None


def _has_delta(extensions: x509.Extensions) -> bool:
    """Tell a delta or distribution-point list even if its extension was not marked critical as it must be."""
    partial = {x509.DeltaCRLIndicator.oid, x509.IssuingDistributionPoint.oid}
    return any(each.oid in partial for each in extensions)


def _index(crl: x509.CertificateRevocationList) -> tuple[frozenset[int] | None, frozenset[int]]:
    """Sort the entries into revoked and on hold; None for an entry with a critical extension (indirect lists have them)."""
    revoked: list[int] = []
    on_hold: list[int] = []
    for entry in crl:
        hold = False
        for extension in entry.extensions:
            if extension.critical:
                return None, frozenset()
            if isinstance(extension.value, x509.CRLReason):
                hold = extension.value.reason is x509.ReasonFlags.certificate_hold
        (on_hold if hold else revoked).append(entry.serial_number)
    return frozenset(revoked), frozenset(on_hold)
