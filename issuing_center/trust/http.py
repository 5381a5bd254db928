"""Asking the responder over HTTP, inside one deadline for the whole exchange.

Built on httpcore2, the engine beneath httpx2 and installed with it, and not on the client above: the client limits every single read,
so a responder that sends one byte a second could hold a worker for hours. The engine lets us give the connection a
deadline. It also brings no proxies from the environment, no redirects and no cookies. Connections stay open.
"""

import ssl
from collections.abc import Callable, Iterable
from datetime import datetime
from secrets import token_bytes
from threading import local
from time import monotonic
from types import TracebackType
from typing import Any, Self
from urllib.parse import urlsplit

import httpcore2

from issuing_center.trust.anchors import Generation
from issuing_center.trust.ocsp import ask_about, judge_answer
from issuing_center.trust.policy import TrustPolicy
from issuing_center.trust.status import OcspOutcome, Rejected, Unreachable
from issuing_center.trust.verdict import AnswerFault

_NETWORK_FAULTS = (
    httpcore2.TimeoutException,
    httpcore2.NetworkError,
    httpcore2.ProtocolError,
    ConnectionError,
)


class UnreachableError(Exception):
    """No complete answer within the time limit, or one with a status other than 200."""


class TooLargeError(Exception):
    """The answer is larger than any honest one."""


class HttpFetcher:
    """Small HTTP requests under a deadline, over connections that stay open. Thread-safe."""

    def __init__(self, timeout_s: float, connections: int = 32) -> None:
        """Open nothing yet; `timeout_s` covers a whole exchange, `connections` bounds how many run at once."""
        self._timeout_s = timeout_s
        self._backend = _DeadlineBackend()
        self._pool = httpcore2.ConnectionPool(
            max_connections=connections,
            max_keepalive_connections=connections,
            keepalive_expiry=30.0,
            network_backend=self._backend,
        )

    def post(self, url: str, body: bytes, content_type: str, maximum_bytes: int) -> bytes:
        """POST and give the body of the answer. Raises UnreachableError or TooLargeError."""
        headers: dict[bytes | str, bytes | str] = {"Content-Type": content_type, "Content-Length": str(len(body))}
        return self._exchange("POST", url, headers, body, maximum_bytes)

    def get(self, url: str, maximum_bytes: int) -> bytes:
        """GET and give the body of the answer. Raises UnreachableError or TooLargeError."""
        return self._exchange("GET", url, {}, None, maximum_bytes)

    def _exchange(
        self, method: str, url: str, headers: dict[bytes | str, bytes | str], body: bytes | None, maximum_bytes: int
    ) -> bytes:
        received = bytearray()
        limits = dict.fromkeys(("connect", "read", "write", "pool"), self._timeout_s)
        sent: dict[bytes | str, bytes | str] = {"Host": _host(url), "Connection": "keep-alive", **headers}
        self._backend.start(self._timeout_s)
        try:
            with self._pool.stream(method, url, headers=sent, content=body, extensions={"timeout": limits}) as response:
                if response.status != 200:
                    raise UnreachableError
                for chunk in response.iter_stream():
                    received += chunk
                    if len(received) > maximum_bytes:
                        raise TooLargeError
        except _NETWORK_FAULTS as error:
            raise UnreachableError from error
        return bytes(received)

    def close(self) -> None:
        """Close all connections."""
        self._pool.close()

    def __enter__(self) -> Self:
        """Give the fetcher itself."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close all connections."""
        self.close()


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


def _host(url: str) -> str:
    """Give the Host header; the engine adds none by itself."""
    return urlsplit(url).netloc.rpartition("@")[2]


class _Deadline(local):
    """The moment by which the exchange of the current thread must be over, on the monotonic clock."""

    at = 0.0


class _DeadlineBackend(httpcore2.NetworkBackend):
    """The engine's own sockets, with every wait cut to what is left of the exchange's time.

    A synchronous exchange runs wholly on the thread that started it, so a thread's own variable is enough.
    """

    def __init__(self) -> None:
        self._sockets = httpcore2.SyncBackend()
        self._deadline = _Deadline()

    def start(self, timeout_s: float) -> None:
        """Begin an exchange on this thread."""
        self._deadline.at = monotonic() + timeout_s

    def left(self) -> float:
        """Give the seconds left; raises the engine's time-out when none are."""
        seconds = self._deadline.at - monotonic()
        if seconds <= 0:
            raise httpcore2.ReadTimeout("the exchange took too long")
        return seconds

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore2.NetworkStream:
        """Connect within what is left."""
        stream = self._sockets.connect_tcp(host, port, self.left(), local_address, socket_options)
        return _DeadlineStream(stream, self)


class _DeadlineStream(httpcore2.NetworkStream):
    """One connection; waits no longer than its backend allows the thread that uses it."""

    def __init__(self, stream: httpcore2.NetworkStream, backend: _DeadlineBackend) -> None:
        self._stream = stream
        self._backend = backend

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        """Read within what is left."""
        return self._stream.read(max_bytes, self._backend.left())

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        """Write within what is left."""
        self._stream.write(buffer, self._backend.left())

    def close(self) -> None:
        """Close the connection."""
        self._stream.close()

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore2.NetworkStream:
        """Shake hands within what is left."""
        return _DeadlineStream(
            self._stream.start_tls(ssl_context, server_hostname, self._backend.left()), self._backend
        )

    def get_extra_info(self, info: str) -> Any:  # noqa: ANN401  the engine's own signature
        """Pass the engine's question on."""
        return self._stream.get_extra_info(info)
