"""The verdict on one certificate: path first, revocation second."""

from datetime import datetime
from typing import assert_never

from issuing_center.trust.anchors import TrustAnchors
from issuing_center.trust.path import PathChecker
from issuing_center.trust.policy import TrustPolicy
from issuing_center.trust.status import NotRevoked, RevocationStatus, Revoked, Unclear
from issuing_center.trust.verdict import Bad, BadReason, Good, Undetermined, Verdict


class CertificateVerifier:
    """Judges one of the two kinds of certificates under fixed anchors and one policy. Thread-safe."""

    def __init__(self, anchors: TrustAnchors, policy: TrustPolicy, status: RevocationStatus) -> None:
        """Take the parts; nothing is asked of anybody yet."""
        self._paths = PathChecker(anchors, policy)
        self._status = status

    def verify(self, certificate_der: bytes, now: datetime) -> Verdict:
        """Judge one DER certificate at `now`.

        `now` must be aware (ValueError otherwise: a naive time would be read in somebody's time zone). A certificate
        that fails by itself is Bad without asking the responder, so nobody learns that it was shown.
        """
        if now.tzinfo is None:
            raise ValueError("now must be aware")
        path = self._paths.check(certificate_der, now)
        if isinstance(path, Bad):
            return path
        status = self._status.check(path.serial, path.issuer, now)
        match status:
            case NotRevoked(method):
                return Good(path.serial, path.issuer.key_id, path.not_after, method)
            case Revoked(on_hold=on_hold):
                return Bad(BadReason.ON_HOLD if on_hold else BadReason.REVOKED)
            case Unclear(reason, fault):
                return Undetermined(reason, fault)
            case _:
                assert_never(status)
