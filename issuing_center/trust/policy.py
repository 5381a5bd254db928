"""What the center demands of a certificate and of a status answer, as data.

Nothing here is decided by code elsewhere: the policy identifier, the algorithms and the times belong to the operator's
settings. The module knows no certificate.
"""

from dataclasses import dataclass
from datetime import timedelta
from enum import Enum

RSA_SHA256 = "1.2.840.113549.1.1.11"
RSA_SHA384 = "1.2.840.113549.1.1.12"
RSA_SHA512 = "1.2.840.113549.1.1.13"
ECDSA_SHA256 = "1.2.840.10045.4.3.2"
ECDSA_SHA384 = "1.2.840.10045.4.3.3"

SOUND_SIGNATURES = frozenset({RSA_SHA256, RSA_SHA384, RSA_SHA512, ECDSA_SHA256, ECDSA_SHA384})
"""Signature algorithms with at least SHA-256; today's cards use the first, the next generation the last (RFC 8017, 5758)."""

CLIENT_AUTHENTICATION = "1.3.6.1.5.5.7.3.2"
ANY_EXTENDED_USAGE = "2.5.29.37.0"


class Usage(Enum):
    """Which of the card's two certificates a policy is about."""

    AUTHENTICATION = "authentication"
    """利用者証明用: digitalSignature, and no nonRepudiation."""
    SIGNATURE = "signature"
    """署名用: digitalSignature and nonRepudiation."""


@dataclass(frozen=True, slots=True)
class TrustPolicy:
    """The demands, complete; made once from the settings."""

    required_policy_oid: str
    """Dotted certificate policy that the certificate must name; anyPolicy does not count."""
    usage: Usage = Usage.AUTHENTICATION
    """The other certificate of the same card is refused, whoever issued it."""
    signature_algorithms: frozenset[str] = SOUND_SIGNATURES
    """Dotted signature algorithms accepted on certificates, OCSP answers and CRLs."""
    minimum_rsa_bits: int = 2048
    extended_usages: frozenset[str] = frozenset({CLIENT_AUTHENTICATION, ANY_EXTENDED_USAGE})
    """If the certificate has extended usages at all, one of these must be among them."""
    maximum_certificate_bytes: int = 8192
    """A card's certificate has about 1,000 bytes; larger input is not looked at."""
    clock_skew: timedelta = timedelta(seconds=60)
    """How far another party's clock may run ahead of ours. It never lengthens a validity."""
    ocsp_max_age: timedelta = timedelta(hours=1)
    """Oldest `thisUpdate` of an OCSP answer, whatever its `nextUpdate` says."""
    ocsp_timeout_s: float = 3.0
    """Limit for the whole exchange with the responder, connection included."""
    ocsp_maximum_bytes: int = 16_384
    ocsp_nonce_required: bool = True
    """False accepts answers without a nonce, for responders that sign ahead; a wrong nonce is refused always."""
    crl_grace: timedelta = timedelta(0)
    """How long after its `nextUpdate` a CRL may still be used."""

    def __post_init__(self) -> None:
        """Refuse settings that would make a check empty."""
        if not self.required_policy_oid or not self.signature_algorithms:
            raise ValueError("a trust policy names a certificate policy and at least one signature algorithm")
        if self.minimum_rsa_bits < 2048 or self.ocsp_timeout_s <= 0:
            raise ValueError("minimum_rsa_bits is at least 2048 and ocsp_timeout_s is positive")
        if min(self.clock_skew, self.ocsp_max_age, self.crl_grace) < timedelta(0):
            raise ValueError("times of a trust policy are not negative")
