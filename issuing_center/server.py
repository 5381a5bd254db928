"""Serves the WSGI callable over mutual TLS and tells it, truthfully, whose certificate came with the connection.

uvicorn verifies client certificates but does not show them to the application. The protocol class below adds the header
of RFC 9440 and removes every look-alike that a client sends. Behind a reverse proxy the proxy does the same.
"""

import asyncio
import base64
import ssl
from collections.abc import Awaitable, Callable
from pathlib import Path
from socket import AF_INET, SO_REUSEADDR, SOCK_STREAM, SOL_SOCKET, socket
from typing import Any
from wsgiref.types import WSGIApplication

import uvicorn
from a2wsgi import WSGIMiddleware
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from issuing_center import wire

CLIENT_CERT_HEADER = b"client-cert"
BODY_TIMEOUT_S = 10.0
"""A kiosk sends its few kilobytes at once; whoever trickles holds nothing but its own connection."""

Scope = dict[str, Any]
Receive = Callable[[], Awaitable[dict[str, Any]]]
Send = Callable[[dict[str, Any]], Awaitable[None]]
AsgiApp = Callable[[Scope, Receive, Send], Awaitable[None]]


class ClientCertificateProtocol(HttpToolsProtocol):
    """HTTP protocol that adds `Client-Cert` (RFC 9440) from the TLS connection and from nowhere else."""

    _client_certificate: bytes | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Remember the verified peer certificate of this connection."""
        super().connection_made(transport)
        tls = transport.get_extra_info("ssl_object")
        self._client_certificate = tls.getpeercert(binary_form=True) if tls is not None else None

    def on_header(self, name: bytes, value: bytes) -> None:
        """Drop what claims to be the peer certificate; WSGI would merge the underscore spelling with ours."""
        if name.lower().replace(b"_", b"-") != CLIENT_CERT_HEADER:
            super().on_header(name, value)

    def on_headers_complete(self) -> None:
        """Add the header before the request starts."""
        if self._client_certificate is not None:
            self.headers.append((CLIENT_CERT_HEADER, b":" + base64.b64encode(self._client_certificate) + b":"))
        super().on_headers_complete()


def gather_body(app: AsgiApp) -> AsgiApp:
    """Take in the whole body before a worker thread is spent on it; too large or too slow is answered here."""

    async def gated(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await app(scope, receive, send)
            return
        body = bytearray()
        try:
            async with asyncio.timeout(BODY_TIMEOUT_S):
                more = True
                while more:
                    event = await receive()
                    if event["type"] == "http.disconnect":
                        return
                    body += event.get("body", b"")
                    more = event.get("more_body", False)
                    if len(body) > wire.MAX_BODY_BYTES:
                        # One byte over the limit is kept: the application answers with its own problem details.
                        del body[wire.MAX_BODY_BYTES + 1 :]
                        break
        except TimeoutError:
            return
        whole: dict[str, Any] | None = {"type": "http.request", "body": bytes(body), "more_body": False}

        async def replay() -> dict[str, Any]:
            nonlocal whole
            event, whole = whole, None
            return event if event is not None else await receive()

        headers = [(n, v) for n, v in scope["headers"] if n not in (b"content-length", b"transfer-encoding")]
        length = (b"content-length", str(len(body)).encode())
        await app({**scope, "headers": [*headers, length]}, replay, send)

    return gated


def server_tls(certificate: Path, key: Path, client_ca: Path) -> ssl.SSLContext:
    """Make the server's TLS context: version 1.3, and no connection without a certificate of the device CA."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_3
    context.load_cert_chain(certificate, key)
    context.load_verify_locations(client_ca)
    context.verify_mode = ssl.CERT_REQUIRED
    return context


def listen(host: str, port: int) -> socket:
    """Bind and listen, so that from here on connections wait instead of failing; port 0 takes a free one. Raises OSError when it is taken."""
    listener = socket(AF_INET, SOCK_STREAM)
    listener.setsockopt(SOL_SOCKET, SO_REUSEADDR, 1)
    listener.bind((host, port))
    listener.listen(1024)
    return listener


def make_server(app: WSGIApplication, tls: ssl.SSLContext, threads: int) -> uvicorn.Server:
    """Make the HTTP server; `run(sockets=[...])` serves until `should_exit` is set."""
    wsgi: Any = app  # a2wsgi has its own type for the same callable
    asgi: Any = WSGIMiddleware(wsgi, workers=threads)
    return uvicorn.Server(
        uvicorn.Config(
            app=gather_body(asgi),
            http=ClientCertificateProtocol,
            ws="none",
            lifespan="off",
            log_config=None,
            access_log=False,
            server_header=False,
            ssl_context_factory=lambda _config, _default: tls,
            timeout_keep_alive=75,
            timeout_graceful_shutdown=5,
        )
    )
