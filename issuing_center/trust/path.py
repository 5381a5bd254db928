"""The path from a card's certificate to a pinned generation; the only module that uses `x509.verification`.

That interface is marked unstable by its makers, and its errors are prose; so each demand is first checked here by itself,
which gives the exact reason, and the library's agreement on the same path is then demanded as well. Either alone
can refuse. The module knows nothing of revocation.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import TypeVar

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.x509.verification import (
    Criticality,
    ExtensionPolicy,
    Policy,
    PolicyBuilder,
    Store,
    VerificationError,
)

from issuing_center.trust.anchors import Generation, TrustAnchors
from issuing_center.trust.policy import TrustPolicy, Usage
from issuing_center.trust.verdict import Bad, BadReason

UNDERSTOOD_CRITICAL = frozenset(
    {
        x509.BasicConstraints.oid,
        x509.KeyUsage.oid,
        x509.CertificatePolicies.oid,
        x509.ExtendedKeyUsage.oid,
        x509.SubjectAlternativeName.oid,
    }
)
"""Extensions taken into account here; any other that is critical refuses the certificate (RFC 5280, 4.2)."""

UNREADABLE = (ValueError, TypeError, UnsupportedAlgorithm, x509.InvalidVersion, x509.DuplicateExtension,
              x509.UnsupportedGeneralNameType)  # fmt: skip
"""All that cryptography raises on bytes that are no certificate, at loading or later when a part is first read."""

_T = TypeVar("_T", bound=x509.ExtensionType)

_LONGEST_SERIAL_BITS = 160
"""RFC 5280, 4.1.2.2: positive, at most 20 octets."""


@dataclass(frozen=True, slots=True)
class AuthenticPath:
    """A certificate that is authentic, for the purpose and valid now; whether it is revoked is still open."""

    serial: int = field(repr=False)
    not_after: datetime
    issuer: Generation


class PathChecker:
    """Checks paths of exactly one step, leaf to pinned generation, under one policy. Thread-safe."""

    def __init__(self, anchors: TrustAnchors, policy: TrustPolicy) -> None:
        """Prepare one store a generation, so that no other generation can take part in a path."""
        self._anchors = anchors
        self._policy = policy
        self._stores = {each.key_id: Store([each.certificate]) for each in anchors.generations}
        self._ca_policy = (
            ExtensionPolicy.permit_all()
            .require_present(x509.BasicConstraints, Criticality.CRITICAL, _demand_ca)
            .require_present(x509.KeyUsage, Criticality.CRITICAL, _demand_certificate_signing)
        )
        self._leaf_policy = (
            ExtensionPolicy.permit_all()
            .require_present(x509.KeyUsage, Criticality.CRITICAL, _demand_digital_signature)
            .require_present(x509.CertificatePolicies, Criticality.AGNOSTIC, _demand_policy(policy.required_policy_oid))
        )

    def check(self, certificate_der: bytes, now: datetime) -> AuthenticPath | Bad:
        """Check one certificate at `now` (aware).

        The order is: readable, authentic, in time, usage, policy. An authentic certificate that has expired is thus told
        apart from a forged one, also when its generation has expired with it.
        """
        if len(certificate_der) > self._policy.maximum_certificate_bytes:
            return Bad(BadReason.MALFORMED)
        try:
            leaf = x509.load_der_x509_certificate(certificate_der)
            extensions, key = leaf.extensions, leaf.public_key()
            starts_at, ends_at = leaf.not_valid_before_utc, leaf.not_valid_after_utc
            serial = leaf.serial_number
        except UNREADABLE:
            return Bad(BadReason.MALFORMED)
        if serial <= 0 or serial.bit_length() > _LONGEST_SERIAL_BITS:
            return Bad(BadReason.MALFORMED)
        # The octet before the signature counts its unused bits. The parser lets 1 pass when the last bit is 0, and
        # one certificate would have two encodings.
        if certificate_der[-len(leaf.signature) - 1] != 0:
            return Bad(BadReason.MALFORMED)
        issuer = self._issuer(leaf, extensions, key)
        if issuer is None:
            return Bad(BadReason.UNTRUSTED)
        if now < starts_at:
            return Bad(BadReason.NOT_YET_VALID)
        if now > ends_at:
            return Bad(BadReason.EXPIRED)
        if not self._is_for_the_purpose(extensions):
            return Bad(BadReason.WRONG_USAGE)
        if self._policy.required_policy_oid not in _policies(extensions):
            return Bad(BadReason.WRONG_POLICY)
        if not self._library_agrees(leaf, issuer, now):
            return Bad(BadReason.UNTRUSTED)
        return AuthenticPath(serial=serial, not_after=ends_at, issuer=issuer)

    def _issuer(self, leaf: x509.Certificate, extensions: x509.Extensions, key: object) -> Generation | None:
        """Find the pinned issuer; None too when an algorithm, a key or a critical extension is not acceptable."""
        if leaf.signature_algorithm_oid.dotted_string not in self._policy.signature_algorithms:
            return None
        if not key_is_strong(key, self._policy.minimum_rsa_bits):
            return None
        if any(each.critical and each.oid not in UNDERSTOOD_CRITICAL for each in extensions):
            return None
        issuer = self._anchors.issuer_of(leaf)
        authority = _extension(extensions, x509.AuthorityKeyIdentifier)
        if issuer is None or authority is None or authority.key_identifier is None:
            return issuer
        return issuer if authority.key_identifier == issuer.key_id else None

    def _is_for_the_purpose(self, extensions: x509.Extensions) -> bool:
        """Tell whether usage, extended usage and basic constraints are those of the certificate the policy is about.

        nonRepudiation tells the signature certificate from the authentication certificate of the same card, keyCertSign
        and cRLSign mark a CA.
        """
        usage = _extension(extensions, x509.KeyUsage)
        if usage is None or not usage.digital_signature:
            return False
        if usage.content_commitment is not (self._policy.usage is Usage.SIGNATURE):
            return False
        if usage.key_cert_sign or usage.crl_sign:
            return False
        constraints = _extension(extensions, x509.BasicConstraints)
        if constraints is not None and constraints.ca:
            return False
        extended = _extension(extensions, x509.ExtendedKeyUsage)
        return extended is None or any(each.dotted_string in self._policy.extended_usages for each in extended)

    def _library_agrees(self, leaf: x509.Certificate, issuer: Generation, now: datetime) -> bool:
        """Let the library verify the same path on its own."""
        verifier = (
            PolicyBuilder()
            .store(self._stores[issuer.key_id])
            .time(now)
            .max_chain_depth(0)
            .extension_policies(ca_policy=self._ca_policy, ee_policy=self._leaf_policy)
            .build_client_verifier()
        )
        try:
            chain = verifier.verify(leaf, []).chain
        except VerificationError:
            return False
        return chain == [leaf, issuer.certificate]


def key_is_strong(key: object, minimum_rsa_bits: int) -> bool:
    """Tell whether a public key is RSA of at least that size, or on a curve of at least 256 bits."""
    if isinstance(key, rsa.RSAPublicKey):
        return key.key_size >= minimum_rsa_bits
    return isinstance(key, ec.EllipticCurvePublicKey) and key.key_size >= 256


def _extension(extensions: x509.Extensions, kind: type[_T]) -> _T | None:
    try:
        return extensions.get_extension_for_class(kind).value
    except x509.ExtensionNotFound:
        return None


def _policies(extensions: x509.Extensions) -> frozenset[str]:
    present = _extension(extensions, x509.CertificatePolicies)
    return frozenset(each.policy_identifier.dotted_string for each in present or ())


def _demand_ca(_policy: Policy, _certificate: x509.Certificate, constraints: x509.BasicConstraints) -> None:
    if not constraints.ca:
        raise ValueError("not a CA")


def _demand_certificate_signing(_policy: Policy, _certificate: x509.Certificate, usage: x509.KeyUsage) -> None:
    if not usage.key_cert_sign:
        raise ValueError("may not sign certificates")


def _demand_digital_signature(_policy: Policy, _certificate: x509.Certificate, usage: x509.KeyUsage) -> None:
    if not usage.digital_signature:
        raise ValueError("may not sign challenges")


def _demand_policy(dotted: str) -> Callable[[Policy, x509.Certificate, x509.CertificatePolicies], None]:
    """Make the callback that demands one certificate policy."""

    def demand(_policy: Policy, _certificate: x509.Certificate, policies: x509.CertificatePolicies) -> None:
        if all(each.policy_identifier.dotted_string != dotted for each in policies):
            raise ValueError("another certificate policy")

    return demand
