"""Whether a certificate of a card is to be believed: path, revocation, freshness.

The room gives `Good`, `Bad(reason)` or `Undetermined(reason)`; undetermined never issues. It knows no names, no addresses
and no register, and puts no serial number into logs, exceptions or reprs.
"""

from issuing_center.outbound import HttpFetcher, TooLargeError, UnreachableError
from issuing_center.trust.anchors import AnchorError, Generation, TrustAnchors
from issuing_center.trust.crl import CrlFault, CrlImported, CrlRefused, CrlShelf
from issuing_center.trust.http import OcspClient
from issuing_center.trust.policy import TrustPolicy, Usage
from issuing_center.trust.signature import verify_card_signature
from issuing_center.trust.status import (
    ListedStatus,
    NotRevoked,
    OcspOutcome,
    OcspThenCrl,
    OnlineStatus,
    Rejected,
    RevocationLists,
    RevocationStatus,
    Revoked,
    Unclear,
    UnknownToResponder,
    Unreachable,
)
from issuing_center.trust.verdict import (
    AnswerFault,
    Bad,
    BadReason,
    Good,
    RevocationMethod,
    Undetermined,
    UndeterminedReason,
    Verdict,
)
from issuing_center.trust.verifier import CertificateVerifier

__all__ = [
    "AnchorError",
    "AnswerFault",
    "Bad",
    "BadReason",
    "CertificateVerifier",
    "CrlFault",
    "CrlImported",
    "CrlRefused",
    "CrlShelf",
    "Generation",
    "Good",
    "HttpFetcher",
    "ListedStatus",
    "NotRevoked",
    "OcspClient",
    "OcspOutcome",
    "OcspThenCrl",
    "OnlineStatus",
    "Rejected",
    "RevocationLists",
    "RevocationMethod",
    "RevocationStatus",
    "Revoked",
    "TooLargeError",
    "TrustAnchors",
    "TrustPolicy",
    "Unclear",
    "Undetermined",
    "UndeterminedReason",
    "UnknownToResponder",
    "Unreachable",
    "UnreachableError",
    "Usage",
    "Verdict",
    "verify_card_signature",
]
