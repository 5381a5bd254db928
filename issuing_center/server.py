"""Serves the WSGI callable over mutual TLS and tells it, truthfully, whose certificate came with the connection.

uvicorn verifies client certificates but does not show them to the application. The protocol class below adds the header
of RFC 9440 and removes every look-alike that a client sends. Behind a reverse proxy the proxy does the same.

Whoever is slow, silent or too large holds nothing but its own connection: a worker thread is spent on complete requests
only, and no more of them wait than can be answered in time (INV-4).
"""

import asyncio
import base64
import ssl
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import aclosing
from http import HTTPStatus
from io import BytesIO
from pathlib import Path
from socket import AF_INET, IPPROTO_TCP, SO_REUSEADDR, SOCK_STREAM, SOL_SOCKET, socket
from time import monotonic
from typing import TYPE_CHECKING, Any

import uvicorn
from a2wsgi.wsgi import build_environ
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from issuing_center import wire
from issuing_center.problems import No, Refusal, problem
from issuing_center.staff.app import Site, listener_of
from issuing_center.staff.app import make_app as make_staff_app
from issuing_center.staff.live import Listener, Live

if TYPE_CHECKING:
    from wsgiref.types import WSGIApplication

CLIENT_CERT_HEADER = b"client-cert"
HEAD_TIMEOUT_S = 10.0
"""From the connection, or from a request's first byte, to the end of its headers."""
MAX_HEAD_BYTES = 16 * 1024
BODY_TIMEOUT_S = 10.0
"""A kiosk sends its few kilobytes at once."""
WAITING = 256
"""Complete requests that may be in work or wait for a thread: a burst of 200 at once is answered, more is refused."""
QUEUE_TIMEOUT_S = 8.0
"""Longest wait for a thread. A kiosk gives up after ten seconds; what it gave up is not begun (INV-2)."""

Scope = dict[str, Any]
Receive = Callable[[], Awaitable[dict[str, Any]]]
Send = Callable[[dict[str, Any]], Awaitable[None]]
Whole = tuple[int, list[tuple[bytes, bytes]], bytes]
"""A complete answer: status, headers, body."""


class ClientCertificateProtocol(HttpToolsProtocol):
    """HTTP protocol that adds `Client-Cert` (RFC 9440) from the TLS connection and from nowhere else."""

    _client_certificate: bytes | None = None
    _head_timer: asyncio.TimerHandle | None = None
    """Runs while the head of a request is not complete."""
    _head_bytes = 0

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Remember the verified peer certificate of this connection."""
        super().connection_made(transport)
        tls = transport.get_extra_info("ssl_object")
        self._client_certificate = tls.getpeercert(binary_form=True) if tls is not None else None
        self._await_head()

    def connection_lost(self, exc: Exception | None) -> None:
        """Stop waiting."""
        self._head_done()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Parse, and refuse a head without an end."""
        super().data_received(data)
        if self._head_timer is not None and not self.transport.is_closing():
            self._head_bytes += len(data)
            if self._head_bytes > MAX_HEAD_BYTES:
                self._refuse(No.HEAD_TOO_LARGE)

    def on_message_begin(self) -> None:
        """Begin to wait for the rest of the head, if we do not wait already."""
        super().on_message_begin()
        if self._head_timer is None:
            self._await_head()

    def on_header(self, name: bytes, value: bytes) -> None:
        """Drop what claims to be the peer certificate; WSGI would merge the underscore spelling with ours."""
        if name.lower().replace(b"_", b"-") != CLIENT_CERT_HEADER:
            super().on_header(name, value)

    def on_headers_complete(self) -> None:
        """Add the header before the request starts."""
        self._head_done()
        if self._client_certificate is not None:
            self.headers.append((CLIENT_CERT_HEADER, b":" + base64.b64encode(self._client_certificate) + b":"))
        super().on_headers_complete()

    def send_400_response(self, msg: str) -> None:
        """Answer what is not HTTP with problem details like everything else."""
        self._refuse(No.MALFORMED)

    def _await_head(self) -> None:
        self._head_bytes = 0
        self._head_timer = self.loop.call_later(HEAD_TIMEOUT_S, self.timeout_keep_alive_handler)

    def _head_done(self) -> None:
        if self._head_timer is not None:
            self._head_timer.cancel()
            self._head_timer = None

    def _refuse(self, no: No) -> None:
        status, headers, body = _refusal(no)
        head = [f"HTTP/1.1 {status} {HTTPStatus(status).phrase}".encode()]
        head += [name + b": " + value for name, value in [*headers, (b"connection", b"close")]]
        self.transport.write(b"\r\n".join([*head, b"", body]))
        self.transport.close()


def _refusal(no: No) -> Whole:
    body = wire.encode(problem(Refusal(no)))
    headers = [
        (b"content-type", wire.PROBLEM_TYPE.encode()),
        (b"content-length", str(len(body)).encode()),
        (b"cache-control", b"no-store"),
    ]
    return no.status, headers, body


class Bridge:
    """Brings complete requests from uvicorn to the WSGI callable, on a bounded number of threads."""

    def __init__(self, app: "WSGIApplication", threads: int, waiting: int = WAITING) -> None:
        """Take the callable, how many requests are worked on at once, and how many more may wait than that."""
        self._app = app
        self._threads = ThreadPoolExecutor(threads, thread_name_prefix="request")
        self._waiting, self._most = 0, waiting

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request (ASGI 3)."""
        body = await _body(receive)
        if body is None:
            return
        answer = _refusal(body) if isinstance(body, No) else await self._answered(scope, body)
        status, headers, content = answer
        if body is No.TOO_SLOW:
            # Too large is different: closing on somebody who still sends would reset the answer away.
            headers.append((b"connection", b"close"))
        await send({"type": "http.response.start", "status": status, "headers": headers})
        await send({"type": "http.response.body", "body": content, "more_body": False})

    async def _answered(self, scope: Scope, body: bytes) -> Whole:
        if self._waiting >= self._most:
            return _refusal(No.OVERLOADED)
        self._waiting += 1
        try:
            loop = asyncio.get_running_loop()
            return await loop.run_in_executor(self._threads, self._call, scope, body, monotonic())
        finally:
            self._waiting -= 1

    def _call(self, scope: Scope, body: bytes, arrived_s: float) -> Whole:
        if monotonic() - arrived_s > QUEUE_TIMEOUT_S:
            return _refusal(No.OVERLOADED)
        headers = [(n, v) for n, v in scope["headers"] if n not in (b"content-length", b"transfer-encoding")]
        headers.append((b"content-length", str(len(body)).encode()))
        # Nothing here reads a query, and one that is not ASCII has no place in an environ.
        whole: Any = {**scope, "headers": headers, "query_string": b""}
        stream: Any = BytesIO(body)
        environ: Any = build_environ(whole, stream)
        started: list[tuple[str, list[tuple[str, str]]]] = []

        def start_response(status: str, headers: list[tuple[str, str]], _exc_info: object = None) -> Any:  # noqa: ANN401
            started.append((status, headers))

        content = b"".join(self._app(environ, start_response))
        status, fields = started[-1]
        return int(status[:3]), [(n.lower().encode("latin-1"), v.encode("latin-1")) for n, v in fields], content


class StreamDoor:
    """The clerks' site: live addresses are streams on the event loop, all else goes to the callable."""

    def __init__(self, bridge: Bridge, site: Site, live: Live) -> None:
        """Take the callable behind its bridge, the site, and its live part."""
        self._bridge, self._site, self._live = bridge, site, live

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request (ASGI 3)."""
        if scope["method"] != "GET" or not scope["path"].startswith("/live/"):
            await self._bridge(scope, receive, send)
            return
        listener = listener_of(self._site, scope["path"], scope["headers"])
        if listener is None:
            await send({"type": "http.response.start", "status": 401, "headers": [(b"content-length", b"0")]})
            await send({"type": "http.response.body", "body": b"", "more_body": False})
            return
        told = asyncio.create_task(self._tell(listener, send))
        gone = asyncio.create_task(_gone(receive))
        _, unfinished = await asyncio.wait((told, gone), return_when=asyncio.FIRST_COMPLETED)
        for task in unfinished:
            task.cancel()
        await asyncio.gather(told, gone, return_exceptions=True)

    async def _tell(self, listener: Listener, send: Send) -> None:
        headers = [
            (b"content-type", b"text/event-stream"),
            (b"cache-control", b"no-store"),
            (b"x-accel-buffering", b"no"),
        ]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        async with aclosing(self._live.stream(listener.topic, listener.visitor)) as messages:
            async for message in messages:
                await send({"type": "http.response.body", "body": message, "more_body": True})
        await send({"type": "http.response.body", "body": b"", "more_body": False})


async def _gone(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass


async def _body(receive: Receive) -> bytes | No | None:
    """Take in the whole body; too large or too slow is a refusal, None is a client that went away."""
    body = bytearray()
    try:
        async with asyncio.timeout(BODY_TIMEOUT_S):
            while True:
                event = await receive()
                if event["type"] == "http.disconnect":
                    return None
                body += event.get("body", b"")
                if len(body) > wire.MAX_BODY_BYTES:
                    return No.TOO_LARGE
                if not event.get("more_body", False):
                    return bytes(body)
    except TimeoutError:
        return No.TOO_SLOW


def server_tls(certificate: Path, key: Path, client_ca: Path) -> ssl.SSLContext:
    """Make the server's TLS context: version 1.3, and no connection without a certificate of the device CA."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_3
    context.load_cert_chain(certificate, key)
    context.load_verify_locations(client_ca)
    context.verify_mode = ssl.CERT_REQUIRED
    return context


def listen(host: str, port: int) -> socket:
    """Bind and listen, so that from here on connections wait instead of failing; port 0 takes a free one.

    Raises OSError when it is taken.
    """
    # Named, not left to the system: asyncio turns Nagle's delay off only where it reads TCP, and it cost 40 ms an answer.
    listener = socket(AF_INET, SOCK_STREAM, IPPROTO_TCP)
    listener.setsockopt(SOL_SOCKET, SO_REUSEADDR, 1)
    listener.bind((host, port))
    listener.listen(1024)
    return listener


def staff_tls(certificate: Path, key: Path, staff_ca: Path) -> ssl.SSLContext:
    """Make the TLS context of the clerks' listener: a certificate is of the staff authority, or is not shown at all.

    A screen on the wall has none; which page needs one is for the site to say.
    """
    context = server_tls(certificate, key, staff_ca)
    context.verify_mode = ssl.CERT_OPTIONAL
    return context


def make_server(app: "WSGIApplication", tls: ssl.SSLContext, threads: int, waiting: int = WAITING) -> uvicorn.Server:
    """Make the HTTP server; `run(sockets=[...])` serves until `should_exit` is set."""
    return _server(Bridge(app, threads, waiting), tls)


def make_staff_server(site: Site, live: Live, tls: ssl.SSLContext, threads: int) -> uvicorn.Server:
    """Make the server of the clerks' site; `live` is to be closed before `should_exit` is set."""
    return _server(StreamDoor(Bridge(make_staff_app(site), threads), site, live), tls)


def _server(bridge: Any, tls: ssl.SSLContext) -> uvicorn.Server:  # noqa: ANN401 - uvicorn's own type of it
    return uvicorn.Server(
        uvicorn.Config(
            app=bridge,
            interface="asgi3",
            http=ClientCertificateProtocol,
            ws="none",
            lifespan="off",
            log_config=None,
            access_log=False,
            server_header=False,
            proxy_headers=False,
            ssl_context_factory=lambda _config, _default: tls,
            timeout_keep_alive=75,
            timeout_graceful_shutdown=5,
        )
    )
