"""Every no the API can say, in one table: stable code, HTTP status, one line for developers and staff.

Codes are shared with the kiosk's screens; a code is never reused for another meaning.
"""

from dataclasses import dataclass
from enum import Enum

from issuing_center import wire
from issuing_center.trust.verdict import BadReason


class No(Enum):
    """A refusal: (code, status, slug, title)."""

    MALFORMED = ("REQUEST-01", 400, "malformed", "The request is not the agreed message")
    IDEMPOTENCY_KEY = ("REQUEST-02", 400, "idempotency-key", "The Idempotency-Key header is missing or malformed")
    UNKNOWN_KIOSK = ("CENTER-04", 403, "unknown-kiosk", "This device is not registered, or is disabled")
    NOT_FOUND = ("REQUEST-04", 404, "not-found", "There is no such resource for this device")
    METHOD = ("REQUEST-05", 405, "method", "The method is not allowed here")
    KEY_REUSED = ("REQUEST-09", 409, "key-reused", "The idempotency key belongs to another order")
    OUTCOME_CONFLICT = ("REQUEST-10", 409, "outcome-conflict", "Another outcome is on record for this order")
    TOO_SLOW = ("REQUEST-08", 408, "too-slow", "The request did not arrive in time")
    TOO_LARGE = ("REQUEST-13", 413, "too-large", "The body is larger than allowed")
    HEAD_TOO_LARGE = ("REQUEST-14", 431, "head-too-large", "The request line and headers are larger than allowed")
    MEDIA_TYPE = ("REQUEST-15", 415, "media-type", "The body must be application/json")
    OVERLOADED = ("CENTER-05", 503, "overloaded", "The center is busy or out of service")
    INTERNAL = ("CENTER-03", 500, "internal", "The center failed")

    CERTIFICATE_EXPIRED = ("CERT-01", 422, "certificate-expired", "The card's certificate has expired")
    CERTIFICATE_REVOKED = ("CERT-02", 422, "certificate-revoked", "The card's certificate is revoked")
    CERTIFICATE_ON_HOLD = ("CERT-03", 422, "certificate-on-hold", "The card's certificate is suspended")
    CERTIFICATE_NOT_ACCEPTED = ("CERT-04", 422, "certificate-not-accepted", "The card's certificate is not accepted")
    CERTIFICATE_UNDETERMINED = ("CERT-05", 503, "certificate-undetermined", "The card's certificate cannot be checked")
    NOT_LINKED = ("VISIT-01", 422, "not-linked", "No resident of this municipality is linked to the card")
    VISIT_EXPIRED = ("VISIT-02", 409, "visit-expired", "The visit is over")
    PROOF_REFUSED = ("VISIT-03", 422, "proof-refused", "The card's signature does not prove this visit")
    CLOSED = ("HOURS-01", 422, "closed", "The certificate is not available at this hour")
    COUNTER_ONLY = ("REFUSED-01", 422, "counter-only", "This certificate is available at the municipal counter only")
    NOT_OFFERED = ("REFUSED-02", 422, "not-offered", "The municipality does not offer this choice")
    GLYPH_MISSING = ("REFUSED-03", 422, "glyph-missing", "A character of the certificate cannot be printed correctly")
    FEE_CHANGED = ("REFUSED-04", 409, "fee-changed", "The fee is not the one that was shown")
    STOPPED = ("REFUSED-05", 503, "stopped", "Issuing is stopped")
    NO_SEAL = ("REFUSED-06", 422, "no-seal", "No seal is registered")
    NO_TAX_RECORD = ("REFUSED-07", 422, "no-tax-record", "There is no tax record for the year; it must be declared")
    NOT_REGISTERED = ("REFUSED-08", 422, "not-registered", "The card is not registered for this family register")
    ALREADY_APPLIED = ("REFUSED-09", 409, "already-applied", "An application of this card is on record already")

    @property
    def code(self) -> str:
        """Stable code, shown small to residents and looked up by staff."""
        return self.value[0]

    @property
    def status(self) -> int:
        """HTTP status."""
        return self.value[1]


CERTIFICATE_BAD = {
    BadReason.EXPIRED: No.CERTIFICATE_EXPIRED,
    BadReason.REVOKED: No.CERTIFICATE_REVOKED,
    BadReason.ON_HOLD: No.CERTIFICATE_ON_HOLD,
}
"""Of a certificate of the card; every other reason is `CERTIFICATE_NOT_ACCEPTED`."""


@dataclass(frozen=True, slots=True)
class Refusal:
    """An expected no, as the rooms return it."""

    no: No
    reference: str | None = None
    """Random reference to a private reason in the ledger; None where the code says all."""


def problem(refusal: Refusal) -> wire.Problem:
    """Give the problem details of a refusal."""
    code, status, slug, title = refusal.no.value
    return wire.Problem(
        type=wire.PROBLEM_URN + slug, title=title, status=status, code=code, reference=refusal.reference
    )
