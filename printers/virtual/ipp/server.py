"""The network side of the virtual printer: HTTP on loopback, and the faults that happen on a wire."""

import ssl
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from socket import SHUT_RDWR, socket
from threading import Event, Lock, Thread
from types import TracebackType
from typing import Self

from printers.ipp import codec
from printers.ipp.client import CREATE_JOB, PRINT_JOB, SEND_DOCUMENT
from printers.ipp.codec import Message, Tag, text
from printers.ipp.transport import MAX_ANSWER_BYTES
from printers.virtual.ipp.engine import Engine, Model
from printers.virtual.ipp.faults import Fault, Mishap
from printers.virtual.ipp.service import BAD_REQUEST, answer

PATH = "/ipp/print"
MAX_REQUEST_BYTES = 100_000_000
_CARRIES_DOCUMENT = {PRINT_JOB, SEND_DOCUMENT}
_TRICKLE_S = 0.02


class Hangup(Exception):
    """The line is closed without an answer."""


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False

    def __init__(self, address: tuple[str, int], engine: Engine, context: ssl.SSLContext | None) -> None:
        super().__init__(address, _Handler)
        self.engine = engine
        self.closing = Event()
        self.lines: set[socket] = set()
        self.guard = Lock()
        if context is not None:
            self.socket = context.wrap_socket(self.socket, server_side=True, do_handshake_on_connect=False)
        self.uri = f"{'ipp' if context is None else 'ipps'}://localhost:{self.server_port}{PATH}"

    def verify_request(self, request: object, client_address: object) -> bool:
        """Answer nobody while there is no power."""
        return self.engine.powered

    def handle_error(self, request: object, client_address: object) -> None:
        """Say nothing when a client hangs up."""


class _Handler(BaseHTTPRequestHandler):
    server: _Server
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    timeout = 60

    def setup(self) -> None:
        super().setup()
        with self.server.guard:
            self.server.lines.add(self.connection)

    def finish(self) -> None:
        with self.server.guard:
            self.server.lines.discard(self.connection)
        with suppress(OSError):
            super().finish()

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002  # the name is the library's
        """Log nothing."""

    def do_POST(self) -> None:
        """Take a request and answer it."""
        try:
            self._answer()
        except (Hangup, OSError):
            self.close_connection = True
            with suppress(OSError):
                self.connection.shutdown(SHUT_RDWR)

    def _answer(self) -> None:
        engine = self.server.engine
        if self.path != PATH and not self.path.startswith(PATH + "/"):
            self.send_error(404)
            return
        if self.headers.get_content_type() != "application/ipp":
            self.send_error(415)
            return
        body = self._body()
        if engine.strikes(Fault.REDIRECTS):
            self.send_response(307)
            self.send_header("Location", "http://127.0.0.1:9/elsewhere")
            self.send_header("Content-Length", "0")
            self.end_headers()
            return
        if engine.strikes(Fault.SILENT):
            self.server.closing.wait()
            raise Hangup
        if engine.strikes(Fault.GARBAGE):
            self._send(b"\x02\x00\x00" + bytes(range(256)))
            return
        if engine.strikes(Fault.ENDLESS):
            self._send(bytes(MAX_ANSWER_BYTES * 2))
            return
        try:
            request = codec.decode(body)
        except codec.Malformed:
            head = {
                "attributes-charset": text(Tag.CHARSET, "utf-8"),
                "attributes-natural-language": text(Tag.LANGUAGE, "en"),
            }
            number = int.from_bytes(body[4:8])
            self._send(codec.encode(Message(BAD_REQUEST, number, ((Tag.OPERATION, head),))))
            return
        with engine.changed:
            if not engine.powered:
                raise Hangup
            reply = codec.encode(answer(engine, request, self.server.uri))
        if request.code == CREATE_JOB and engine.strikes(Fault.DROPS_WHEN_OPENING):
            raise Hangup
        if request.code in _CARRIES_DOCUMENT and engine.strikes(Fault.DROPS_AFTER_ACCEPT):
            raise Hangup
        if request.code in _CARRIES_DOCUMENT and engine.strikes(Fault.GARBAGE_AFTER_ACCEPT):
            reply = b"rubbish"
        self._send(reply)

    def _body(self) -> bytes:
        length = self.headers.get("Content-Length")
        if length is not None:
            if not length.isdecimal() or int(length) > MAX_REQUEST_BYTES:
                self.send_error(413)
                raise Hangup
            if int(length) > 600 and self.server.engine.strikes(Fault.DROPS_IN_DOCUMENT):
                self.rfile.read(600)
                raise Hangup
            return self.rfile.read(int(length))
        if self.headers.get("Transfer-Encoding", "").lower() != "chunked":
            self.send_error(411)
            raise Hangup
        parts = []
        while size := int(self.rfile.readline(32).split(b";")[0], 16):
            parts.append(self.rfile.read(size))
            self.rfile.readline(4)
            if sum(map(len, parts)) > MAX_REQUEST_BYTES:
                raise Hangup
        while self.rfile.readline(4096).strip():
            continue
        return b"".join(parts)

    def _send(self, reply: bytes) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "application/ipp")
        self.send_header("Content-Length", str(len(reply)))
        self.end_headers()
        if self.server.engine.strikes(Fault.TRICKLES):
            for byte in reply:
                self.wfile.write(bytes([byte]))
                if self.server.closing.wait(_TRICKLE_S):
                    raise Hangup
            return
        self.wfile.write(reply)


class VirtualIppPrinter:
    """The whole device: an engine, and a port on loopback that speaks for it."""

    def __init__(
        self,
        model: Model | None = None,
        *,
        port: int = 0,
        folder: Path | None = None,
        certificate: tuple[Path, Path] | None = None,
    ) -> None:
        """Listen at once. `port` 0 takes any; `certificate` and its key make it ipps."""
        context = None
        if certificate is not None:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(*certificate)
        self.engine = Engine(model or Model(), folder)
        self._server = _Server(("127.0.0.1", port), self.engine, context)
        self._thread = Thread(
            target=self._server.serve_forever, args=(0.02,), name="virtual printer's port", daemon=True
        )
        self._thread.start()

    @property
    def uri(self) -> str:
        """Where it is reached."""
        return self._server.uri

    def befall(self, fault: Fault, after_sheets: int = 0) -> None:
        """Let something go wrong."""
        self.engine.mishap = Mishap(fault, after_sheets)
        if fault is Fault.NO_COUNTERS:
            self.engine.counts = False

    def hang_up(self) -> None:
        """Close every line, as a cable that is pulled."""
        with self._server.guard:
            lines = tuple(self._server.lines)
        for line in lines:
            with suppress(OSError):
                line.shutdown(SHUT_RDWR)

    def close(self) -> None:
        """Switch it off and leave the port."""
        self._server.closing.set()
        self._server.shutdown()
        self.hang_up()
        self._server.server_close()
        self._thread.join()
        self.engine.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()
