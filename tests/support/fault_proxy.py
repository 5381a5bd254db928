"""A TCP proxy between a kiosk and its center that fails by order. It understands nothing of what it carries."""

import socket
import threading
from contextlib import ExitStack


class FaultProxy:
    """A TCP proxy that can be unkind: `fault` is what happens to the next connections.

    pass, refuse (RST at once), reset (RST when the answer begins), stall (the answer never comes), cut (the answer ends
    after half), trickle (the answer comes byte by byte).
    """

    def __init__(self, port: int) -> None:
        self.fault = "pass"
        self._upstream = port
        self._stop = threading.Event()
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        self._threads = [threading.Thread(target=self._accept, name="proxy")]
        self._open = ExitStack()
        self._threads[0].start()

    def close(self) -> None:
        """End every connection."""
        self._stop.set()
        # A listener that is only closed does not wake who waits in accept.
        self._listener.shutdown(socket.SHUT_RDWR)
        for thread in self._threads:
            thread.join(timeout=10)
            assert not thread.is_alive()
        self._open.close()
        self._listener.close()

    def _accept(self) -> None:
        while True:
            try:
                client, _ = self._listener.accept()
            except OSError:
                return
            self._open.enter_context(client)
            if self.fault == "refuse":
                _abort(client)
                continue
            server = self._open.enter_context(socket.create_connection(("127.0.0.1", self._upstream)))
            for source, sink, answers in ((client, server, False), (server, client, True)):
                pump = threading.Thread(target=self._pump, args=(source, sink, answers), name="proxy")
                self._threads.append(pump)
                pump.start()

    def _pump(self, source: socket.socket, sink: socket.socket, answers: bool) -> None:
        source.settimeout(0.05)
        try:
            while not self._stop.is_set():
                try:
                    data = source.recv(65536)
                except TimeoutError:
                    continue
                fault = self.fault if answers else "pass"
                if fault == "stall":
                    continue
                if fault == "reset":
                    _abort(sink)
                    return
                if fault == "trickle":
                    for byte in data:
                        sink.sendall(bytes([byte]))
                        if self._stop.wait(0.05):
                            return
                    continue
                sink.sendall(data[: len(data) // 2] if fault == "cut" else data)
                if fault == "cut" or not data:
                    sink.shutdown(socket.SHUT_RDWR)
                    return
        except OSError:
            return


def _abort(connection: socket.socket) -> None:
    """Close with RST."""
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
    connection.close()
