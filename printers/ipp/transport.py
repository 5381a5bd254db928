"""One IPP request and its answer over HTTP: bounded in time and size, with no redirect and no second try.

Python's own reader of HTTP answers is used because it does exactly that and nothing behind our back. What it does not bound,
the time of an answer that trickles in, is bounded here.
"""

import hashlib
import hmac
import http.client
import io
import socket
import ssl
from dataclasses import dataclass
from time import monotonic

from printers.ipp import codec
from printers.ipp.codec import Message

MAX_ANSWER_BYTES = 1_000_000
_JOIN_BYTES = 65_536
"""Up to here a request goes out in one piece; a longer document is not copied once more."""


class Away(Exception):
    """The printer cannot be reached, or did not answer in time. `sent` tells whether it may have the whole request."""

    def __init__(self, message: str, *, sent: bool) -> None:
        super().__init__(message)
        self.sent = sent


class Nonsense(Exception):
    """Something answered that is no IPP printer, or not the one that was pinned."""


@dataclass(frozen=True, slots=True)
class Address:
    """Where a printer is and how to know it."""

    host: str
    port: int
    path: str
    tls: bool
    fingerprint: str | None = None
    """SHA-256 of its certificate in hex: printers mostly have one that they made themselves. None: a public chain."""
    ca_file: str | None = None

    @property
    def uri(self) -> str:
        """The printer-uri of requests."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{'ipps' if self.tls else 'ipp'}://{host}:{self.port}{self.path}"


class _Timed(io.RawIOBase):
    """Reads a socket until a moment, however slowly it trickles."""

    def __init__(self, sock: socket.socket, deadline: float) -> None:
        self._socket = sock
        self._deadline = deadline

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: bytearray | memoryview) -> int:  # type: ignore[override]  # of all buffers, these two come
        left = self._deadline - monotonic()
        if left <= 0:
            raise TimeoutError("the answer takes too long")
        self._socket.settimeout(left)
        return self._socket.recv_into(buffer)


class _Door:
    """What http.client wants of a socket to read an answer from."""

    def __init__(self, sock: socket.socket, deadline: float) -> None:
        self._stream = io.BufferedReader(_Timed(sock, deadline))

    def makefile(self, _mode: str) -> io.BufferedIOBase:
        return self._stream


class Transport:
    """Talks to one printer; keeps a connection between requests."""

    def __init__(self, address: Address, connect_limit_s: float = 5.0) -> None:
        self.address = address
        self._connect_limit_s = connect_limit_s
        self._socket: socket.socket | None = None
        self._next_id = 0

    def exchange(
        self, operation: int, groups: tuple[tuple[int, codec.Group], ...], data: bytes, limit_s: float
    ) -> Message:
        """Ask once. Raises Away or Nonsense; an answer with an error status is an answer."""
        self._next_id += 1
        body = codec.encode(Message(operation, self._next_id, groups))
        try:
            message = codec.decode(self._post(body, data, monotonic() + limit_s))
        except codec.Malformed as error:
            self.close()
            raise Nonsense(str(error)) from None
        if message.request_id != self._next_id:
            self.close()
            raise Nonsense("the answer belongs to another request")
        return message

    def close(self) -> None:
        """Let the connection go."""
        if self._socket is not None:
            self._socket.close()
            self._socket = None

    def _post(self, body: bytes, data: bytes, deadline: float) -> bytes:
        address, sent = self.address, False
        head = (
            f"POST {address.path} HTTP/1.1\r\nHost: {address.host}:{address.port}\r\n"
            f"Content-Type: application/ipp\r\nContent-Length: {len(body) + len(data)}\r\n\r\n"
        ).encode("ascii")
        try:
            if self._socket is not None and _hung_up(self._socket):
                self.close()
            sock = self._socket = self._socket or self._connect()
            sock.settimeout(max(deadline - monotonic(), 0.001))
            sock.sendall(head + body if len(data) > _JOIN_BYTES else head + body + data)
            if len(data) > _JOIN_BYTES:
                sock.sendall(data)
            sent = True
            response = http.client.HTTPResponse(_Door(sock, deadline), method="POST")  # type: ignore[arg-type]  # all it uses
            response.begin()
            answer = response.read(MAX_ANSWER_BYTES + 1)
        except OSError as error:
            self.close()
            if isinstance(error, ssl.SSLCertVerificationError):
                raise Nonsense("the certificate of the printer does not verify") from None
            raise Away(type(error).__name__, sent=sent) from None
        except http.client.HTTPException as error:
            self.close()
            if isinstance(error, http.client.IncompleteRead):
                raise Away(type(error).__name__, sent=sent) from None
            raise Nonsense(type(error).__name__) from None
        return self._checked(response, answer)

    def _checked(self, response: http.client.HTTPResponse, answer: bytes) -> bytes:
        if response.will_close or len(answer) > MAX_ANSWER_BYTES or response.status != http.client.OK:
            self.close()
        if response.status != http.client.OK:
            raise Nonsense(f"HTTP {response.status}")
        if response.headers.get_content_type() != "application/ipp":
            self.close()
            raise Nonsense("the answer is not IPP")
        if len(answer) > MAX_ANSWER_BYTES:
            raise Nonsense("the answer is too long")
        return answer

    def _connect(self) -> socket.socket:
        address = self.address
        sock = socket.create_connection((address.host, address.port), self._connect_limit_s)
        try:
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            return self._secured(sock) if address.tls else sock
        except (OSError, Nonsense):
            sock.close()
            raise

    def _secured(self, sock: socket.socket) -> ssl.SSLSocket:
        pinned = self.address.fingerprint
        context = ssl.create_default_context(cafile=self.address.ca_file)
        if pinned is not None:
            # Checked below instead: the very certificate, whoever signed it and whatever name it bears.
            context.check_hostname = False
            context.verify_mode = ssl.CERT_NONE
        secured = context.wrap_socket(sock, server_hostname=self.address.host)
        if pinned is not None:
            presented = hashlib.sha256(secured.getpeercert(binary_form=True) or b"").hexdigest()
            if not hmac.compare_digest(presented, pinned.lower()):
                secured.close()
                raise Nonsense("the certificate of the printer is not the pinned one")
        return secured


def _hung_up(sock: socket.socket) -> bool:
    """Tell whether the other side closed an idle connection."""
    if isinstance(sock, ssl.SSLSocket):
        return False
    sock.setblocking(False)
    try:
        return sock.recv(1, socket.MSG_PEEK) == b""
    except BlockingIOError:
        return False
