"""The pretend responder as a real HTTP service on the loopback interface (RFC 6960, appendix A).

It answers POST and GET for OCSP and serves freshly signed CRLs under /crl/generation-N.crl. Every fault of `faults` can be
ordered while it runs. Threads start with `start()` and are gone after `stop()`, whatever a client still holds open.
"""

import socket
import struct
import sys
from base64 import b64decode
from collections.abc import Callable
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from re import fullmatch
from threading import Event, Lock, Thread
from types import TracebackType
from typing import Any, Self
from urllib.parse import unquote

from issuing_center.sandbox.answers import Answerer
from issuing_center.sandbox.faults import Fault
from issuing_center.sandbox.folder import SandboxFolder

_LARGEST_REQUEST = 4096
_IDLE_TIMEOUT_S = 60


class OcspResponder:
    """One responder for all generations of a sandbox folder."""

    def __init__(
        self,
        folder: Path | SandboxFolder,
        port: int = 0,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        """Read the keys and take the port (0: any free one); `clock` gives aware times. OSError when the port is taken."""
        self.faults: set[str] = set()
        """Names of the faults in force; add and remove at will. A name that does not exist answers HTTP 500."""
        self.questions = 0
        """How many OCSP questions came in so far."""
        self.clock = clock
        self.stopping = Event()
        self.answerer = Answerer(folder if isinstance(folder, SandboxFolder) else SandboxFolder(folder))
        self._server = _Server(("127.0.0.1", port), self)
        self._thread = Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.02}, name="sandbox-ocsp")
        self._counting = Lock()

    @property
    def port(self) -> int:
        """The port taken."""
        return int(self._server.server_address[1])

    @property
    def url(self) -> str:
        """Address for OCSP questions."""
        return f"http://127.0.0.1:{self.port}/ocsp"

    def crl_url(self, generation: int) -> str:
        """Address of a generation's CRL."""
        return f"http://127.0.0.1:{self.port}/crl/generation-{generation}.crl"

    def start(self) -> Self:
        """Begin to serve; gives the responder itself."""
        self._thread.start()
        return self

    def stop(self) -> None:
        """Stop serving and close every connection; harmless when never started or stopped before."""
        self.stopping.set()
        if self._thread.is_alive():
            self._server.shutdown()
            self._thread.join()
        self._server.drop_connections()
        self._server.server_close()

    def count_question(self) -> None:
        """Count one question."""
        with self._counting:
            self.questions += 1

    def __enter__(self) -> Self:
        """Start serving."""
        return self.start()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Stop serving."""
        self.stop()


class _Server(ThreadingHTTPServer):
    """A threaded server that can close the connections of its clients."""

    daemon_threads = False
    """So that server_close() waits for them: no thread outlives the responder."""
    request_queue_size = 128

    def __init__(self, address: tuple[str, int], responder: OcspResponder) -> None:
        self.responder = responder
        self._open: set[socket.socket] = set()
        self._guard = Lock()
        super().__init__(address, _Handler)

    def process_request(self, request: Any, client_address: Any) -> None:  # noqa: ANN401  as in socketserver
        with self._guard:
            self._open.add(request)
        super().process_request(request, client_address)

    def shutdown_request(self, request: Any) -> None:  # noqa: ANN401  as in socketserver
        with self._guard:
            self._open.discard(request)
        super().shutdown_request(request)

    def drop_connections(self) -> None:
        with self._guard:
            for each in self._open:
                try:
                    each.shutdown(socket.SHUT_RDWR)
                except OSError:
                    continue  # the client was faster

    def handle_error(self, request: Any, client_address: Any) -> None:  # noqa: ANN401  as in socketserver
        """Say nothing of clients that went away; let everything else be printed."""
        if not isinstance(sys.exception(), ConnectionError | TimeoutError):
            super().handle_error(request, client_address)


class _Handler(BaseHTTPRequestHandler):
    """One connection."""

    protocol_version = "HTTP/1.1"
    timeout = _IDLE_TIMEOUT_S
    wbufsize = -1
    """Head and body leave in one piece: in two, delayed acknowledgement costs 40 ms each time."""
    disable_nagle_algorithm = True
    server: _Server

    def do_POST(self) -> None:
        """Answer a question in the body."""
        length = self.headers.get("Content-Length", "")
        if not fullmatch(r"[0-9]{1,6}", length) or int(length) > _LARGEST_REQUEST:
            self.close_connection = True
            self._send(413, "text/plain", b"")
            return
        self._answer_ocsp(self.rfile.read(int(length)))

    def do_GET(self) -> None:
        """Answer a question in the path, or give a CRL."""
        crl = fullmatch(r"/crl/generation-([1-3]|1[23])\.crl", self.path)
        question = fullmatch(r"/ocsp/([A-Za-z0-9+/=%]+)", self.path)
        if crl is not None:
            self._answer_crl(int(crl[1]))
        elif question is not None:
            try:
                request_der = b64decode(unquote(question[1]), validate=True)
            except ValueError:
                self._send(400, "text/plain", b"")
            else:
                self._answer_ocsp(request_der)
        else:
            self._send(404, "text/plain", b"")

    def _faults(self) -> frozenset[Fault] | None:
        """Read the faults in force; None after refusing, when one of them does not exist."""
        try:
            return frozenset(Fault(each) for each in tuple(self.server.responder.faults))
        except ValueError:
            self._send(500, "text/plain", b"no such fault")
            return None

    def _answer_crl(self, generation: int) -> None:
        responder, faults = self.server.responder, self._faults()
        if faults is not None:
            crl = responder.answerer.crl(generation, responder.clock(), faults)
            self._send(200, "application/pkix-crl", crl)

    def _answer_ocsp(self, request_der: bytes) -> None:
        responder = self.server.responder
        responder.count_question()
        faults = self._faults()
        if faults is None:
            return
        if Fault.STALL in faults:
            responder.stopping.wait()
            self.close_connection = True
            return
        if Fault.RESET in faults:
            # closing with lingering switched on and no time for it sends RST instead of FIN
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            self.close_connection = True
            return
        if Fault.HTTP_500 in faults:
            self._send(500, "text/plain", b"out of order")
        elif Fault.HTML in faults:
            self._send(200, "text/html", b"<html><body>Please sign in to the network.</body></html>")
        elif Fault.HUGE in faults:
            self._send(200, "application/ocsp-response", b"\x30\x83\x0f\xff\xfb" + bytes(0xFFFFB))
        elif Fault.EMPTY in faults:
            self._send(200, "application/ocsp-response", b"")
        else:
            self._send_answer(responder.answerer.answer(request_der, responder.clock(), faults), faults)

    def _send_answer(self, body: bytes, faults: frozenset[Fault]) -> None:
        if Fault.CUT_BODY in faults:
            self.close_connection = True
            self._head(200, "application/ocsp-response", len(body))
            self.wfile.write(body[: len(body) // 2])
        elif Fault.SLOW_BYTES in faults:
            self.close_connection = True
            self._head(200, "application/ocsp-response", len(body))
            for each in body:
                self.wfile.write(bytes([each]))
                self.wfile.flush()
                if self.server.responder.stopping.wait(0.05):
                    return
        else:
            self._send(200, "application/ocsp-response", body)

    def _head(self, status: int, content_type: str, length: int) -> None:
        self.send_response(status)
        self.send_header("Content-Type", content_type)
        self.send_header("Content-Length", str(length))
        self.end_headers()

    def _send(self, status: int, content_type: str, body: bytes) -> None:
        self._head(status, content_type, len(body))
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002  the name is http.server's
        """Write nothing: a GET has the serial number in its path."""
