"""Asking the responder over HTTP, inside one deadline for the whole exchange.

A responder that stalls is left alone for a while after a few tries, so that it does not cost every visit its time limit;
meanwhile it counts as not reached, and what is undetermined is never issued.
"""

from collections.abc import Callable
from datetime import datetime
from secrets import token_bytes

from issuing_center.outbound import HttpFetcher, TooLargeError, UnreachableError
from issuing_center.trust.anchors import Generation
from issuing_center.trust.ocsp import ask_about, judge_answer
from issuing_center.trust.policy import TrustPolicy
from issuing_center.trust.status import OcspOutcome, Rejected, Unreachable
from issuing_center.trust.verdict import AnswerFault


class OcspClient:
    """Asks one responder about one certificate at a time. Implements OnlineStatus; thread-safe."""

    def __init__(
        self,
        url: str,
        policy: TrustPolicy,
        fetcher: HttpFetcher | None = None,
        random_bytes: Callable[[int], bytes] = token_bytes,
    ) -> None:
        """Take the responder's address; without a fetcher an own one is made with the policy's time limit."""
        self._url = url
        self._policy = policy
        self._fetcher = fetcher or HttpFetcher(policy.ocsp_timeout_s)
        self._random_bytes = random_bytes

    def ask(self, serial: int, issuer: Generation, now: datetime) -> OcspOutcome:
        """Ask the responder and verify its answer."""
        question = ask_about(serial, issuer, self._random_bytes(32))
        try:
            answer = self._fetcher.post(
                self._url, question.der, "application/ocsp-request", self._policy.ocsp_maximum_bytes
            )
        except UnreachableError:
            return Unreachable()
        except TooLargeError:
            return Rejected(AnswerFault.MALFORMED)
        return judge_answer(answer, question, self._policy, now)

    def close(self) -> None:
        """Close the connections to the responder."""
        self._fetcher.close()
