"""Small HTTP requests to the center's partners: each inside one deadline, and none to whoever has stopped answering.

Built on httpcore2, the engine beneath httpx2 and installed with it, and not on the client above: the client limits every single read,
so a partner that sends one byte a second could hold a worker for hours. The engine lets us give the connection a
deadline. It also brings no proxies from the environment, no redirects and no cookies. Connections stay open.
"""

import ssl
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import BoundedSemaphore, Lock, local
from time import monotonic
from types import TracebackType
from typing import Any, Self
from urllib.parse import urlsplit

import httpcore2

_NETWORK_FAULTS = (
    httpcore2.TimeoutException,
    httpcore2.NetworkError,
    httpcore2.ProtocolError,
    ConnectionError,
)


class UnreachableError(Exception):
    """No complete answer within the time limit, or one with a status other than 200."""


class StatusError(UnreachableError):
    """The answer has a status other than 200."""

    def __init__(self, status: int) -> None:
        """Keep the status; the body is nobody's business."""
        super().__init__(status)
        self.status = status


class NotAskedError(UnreachableError):
    """Nothing was sent: as many exchanges as may run are running, or the partner has been silent lately."""


class TooLargeError(Exception):
    """The answer is larger than any honest one."""


class Gate:
    """How many threads may wait for one partner at once, and for how long it is left alone once it is silent. Thread-safe.

    Without it a partner that accepts connections and says nothing would in the end hold every thread of a worker.
    """

    def __init__(
        self,
        most: int,
        wait_s: float,
        *,
        silences: int = 3,
        pause_s: float = 5.0,
        clock: Callable[[], float] = monotonic,
    ) -> None:
        """Let `most` through at once, the next after `wait_s` at most; after `silences` in a row none for `pause_s`.

        After the pause one goes ahead: an answer opens the gate again, another silence begins another pause.
        """
        self._room = BoundedSemaphore(most)
        self._wait_s = wait_s
        self._most_silences = silences
        self._pause_s = pause_s
        self._clock = clock
        self._lock = Lock()
        self._silences = 0
        self._closed_until = 0.0

    @contextmanager
    def passage(self) -> Iterator[None]:
        """Ask the partner within the block; raises NotAskedError instead of letting it begin."""
        self._need_open()
        if not self._room.acquire(timeout=self._wait_s):
            raise NotAskedError
        try:
            yield
        except (StatusError, TooLargeError):
            self._heard()
            raise
        except UnreachableError:
            self._silent()
            raise
        else:
            self._heard()
        finally:
            self._room.release()

    def _need_open(self) -> None:
        with self._lock:
            if self._silences < self._most_silences:
                return
            now = self._clock()
            if now < self._closed_until:
                raise NotAskedError
            # This one goes ahead; those behind it wait for what becomes of it.
            self._closed_until = now + self._pause_s

    def _heard(self) -> None:
        with self._lock:
            self._silences = 0

    def _silent(self) -> None:
        with self._lock:
            self._silences += 1
            self._closed_until = self._clock() + self._pause_s


def mutual_tls(ca: Path, certificate: Path, key: Path) -> ssl.SSLContext:
    """Make the context for a partner of one authority, whose name must be in its certificate, showing it our own.

    Raises OSError for a file that is missing or none of the kind.
    """
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.minimum_version = ssl.TLSVersion.TLSv1_3
    context.load_verify_locations(ca)
    context.load_cert_chain(certificate, key)
    return context


class HttpFetcher:
    """Small HTTP requests under a deadline, over connections that stay open. Thread-safe."""

    def __init__(
        self, timeout_s: float, connections: int = 32, tls: ssl.SSLContext | None = None, gate: Gate | None = None
    ) -> None:
        """Open nothing yet; `timeout_s` covers a whole exchange, `connections` bounds how many run at once.

        `tls` is what an https partner is held to; None: the certificates that the machine trusts. Give a gate of its own
        to a partner that others must not suffer from; None makes one as wide as there are connections.
        """
        self._timeout_s = timeout_s
        self._gate = gate or Gate(connections, timeout_s)
        self._backend = _DeadlineBackend()
        self._pool = httpcore2.ConnectionPool(
            ssl_context=tls,
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
        with self._gate.passage():
            self._backend.start(self._timeout_s)
            try:
                with self._pool.stream(
                    method, url, headers=sent, content=body, extensions={"timeout": limits}
                ) as response:
                    if response.status != 200:
                        raise StatusError(response.status)
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
