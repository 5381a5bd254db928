"""The verdicts on a certificate of a card: good, bad with a reason, or undetermined.

Undetermined is not a soft "good": nothing is ever issued on it. The verdicts know no names and no addresses, and their
reprs show no serial number, so that they may be logged.
"""

from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum


class RevocationMethod(Enum):
    """How the revocation status was learned; recorded with each visit."""

    OCSP = "ocsp"
    CRL = "crl"


class BadReason(Enum):
    """Why a certificate is certainly not acceptable. Values are stable."""

    MALFORMED = "malformed"
    """Not a certificate, or not one that can be read to the last byte."""
    UNTRUSTED = "untrusted"
    """No valid path to a pinned generation: other issuer, other key, weak algorithm, unknown critical extension."""
    WRONG_USAGE = "wrong-usage"
    """Authentic, but not for the purpose: a CA, the other certificate of the card, another extended usage."""
    WRONG_POLICY = "wrong-policy"
    """Authentic, but issued under another certificate policy."""
    NOT_YET_VALID = "not-yet-valid"
    EXPIRED = "expired"
    REVOKED = "revoked"
    ON_HOLD = "on-hold"


class UndeterminedReason(Enum):
    """Why nobody can say whether the certificate is revoked. Values are stable."""

    NO_FRESH_STATUS = "no-fresh-status"
    """The responder could not be asked and no fresh CRL of this generation is at hand."""
    STATUS_REJECTED = "status-rejected"
    """An answer came and is not to be believed. A CRL never covers this up: somebody has to look."""
    STATUS_UNKNOWN = "status-unknown"
    """The authentic answer is that the responder does not know the certificate."""


class AnswerFault(Enum):
    """Why an OCSP answer is not to be believed. For the operator; what is done does not depend on it."""

    MALFORMED = "malformed"
    REFUSED_BY_RESPONDER = "refused-by-responder"
    OTHER_CERTIFICATE = "other-certificate"
    NONCE = "nonce"
    NOT_FRESH = "not-fresh"
    RESPONDER_NOT_AUTHORISED = "responder-not-authorised"
    BAD_SIGNATURE = "bad-signature"
    CRITICAL_EXTENSION = "critical-extension"


@dataclass(frozen=True, slots=True)
class Good:
    """The certificate is authentic, meant for the purpose, valid now and not revoked."""

    serial: int = field(repr=False)
    issuer_key_id: bytes
    """SHA-1 over the public key of the issuing generation (RFC 5280, 4.2.1.2 method 1): the generations share a name."""
    not_after: datetime
    """Last moment of validity, aware, UTC."""
    method: RevocationMethod


@dataclass(frozen=True, slots=True)
class Bad:
    """The certificate is certainly not acceptable."""

    reason: BadReason


@dataclass(frozen=True, slots=True)
class Undetermined:
    """Nobody can say now; never issue, and do not tell the resident that the card is bad."""

    reason: UndeterminedReason
    fault: AnswerFault | None = field(default=None, compare=False)
    """For STATUS_REJECTED: what was wrong, so that an operator can act. Verdicts of one reason are equal without it."""


Verdict = Good | Bad | Undetermined
