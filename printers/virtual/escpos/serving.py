"""The cable of a virtual slip printer: a pseudo terminal, or one TCP connection at a time. Carries bytes and can be pulled."""

import os
import select
import socket
import tty
from contextlib import suppress
from pathlib import Path
from threading import Event, Thread

from printers.virtual.escpos.device import VirtualPrinter
from printers.virtual.escpos.faults import FaultKind

_LOOK_S = 0.05


class _Cable:
    """What both kinds share: a thread that brings bytes to the printer, and the orders to pull the cable."""

    def __init__(self, printer: VirtualPrinter) -> None:
        self.printer = printer
        self._ended = Event()
        self._thread = Thread(target=self._carry, name="virtual-slip-cable", daemon=True)

    def start(self) -> None:
        """Switch the printer on and begin to carry."""
        self.printer.start()
        self._thread.start()

    def stop(self) -> None:
        """Switch everything off."""
        self._ended.set()
        self._thread.join()
        self.printer.stop()

    def _carry(self) -> None:
        raise NotImplementedError

    def _deliver(self, data: bytes) -> bool:
        """Bring bytes to the printer; False when the cable is pulled with them."""
        for kind in (FaultKind.LINE_CUT_AFTER, FaultKind.POWER_OFF_AFTER):
            left = self.printer.faults.get(kind)
            if left is None:
                continue
            self.printer.faults[kind] = left - len(data)
            if left - len(data) <= 0:
                self.printer.receive(data[: max(left, 0)])
                if kind is FaultKind.POWER_OFF_AFTER:
                    self.printer.lose_power()
                return False
        self.printer.receive(data)
        return True

    def _wait_for_mending(self) -> None:
        while self._pulled and not self._ended.wait(_LOOK_S):
            pass

    @property
    def _pulled(self) -> bool:
        faults = self.printer.faults
        return any(faults.get(kind, 1) <= 0 for kind in (FaultKind.LINE_CUT_AFTER, FaultKind.POWER_OFF_AFTER))


class TcpCable(_Cable):
    """Listens on the loopback address. Pulled, it drops the connection and answers no new one until `mend`."""

    def __init__(self, printer: VirtualPrinter, port: int = 0) -> None:
        """Bind; 0 takes a free port. Raises OSError when the port is taken."""
        super().__init__(printer)
        self._listener = socket.create_server(("127.0.0.1", port))
        self.port: int = self._listener.getsockname()[1]

    def _carry(self) -> None:
        while not self._ended.is_set():
            if self._pulled:
                self._listener.close()
                self._wait_for_mending()
                self._listener = socket.create_server(("127.0.0.1", self.port))
            elif select.select([self._listener], [], [], _LOOK_S)[0]:
                with self._listener.accept()[0] as connection:
                    self._talk(connection)
        self._listener.close()

    def _talk(self, connection: socket.socket) -> None:
        def send(data: bytes) -> None:
            with suppress(OSError):  # the host has hung up; a printer does not mind
                connection.sendall(data)

        self.printer.send = send
        while not self._ended.is_set() and not self._pulled:
            if not select.select([connection], [], [], _LOOK_S)[0]:
                continue
            try:
                data = connection.recv(4096)
            except OSError:
                return
            if not data or not self._deliver(data):
                return


class PtyCable(_Cable):
    """A pseudo terminal under a name. Pulled, the name is gone and the host's open file dead, until `mend`."""

    def __init__(self, printer: VirtualPrinter, link: Path) -> None:
        """Make the terminal and the link to it; raises OSError when the link cannot be made."""
        super().__init__(printer)
        self.link = link
        self._plug_in()

    def _plug_in(self) -> None:
        self._master, self._slave = os.openpty()
        tty.setraw(self._slave)
        self.link.unlink(missing_ok=True)
        self.link.symlink_to(os.ttyname(self._slave))
        master = self._master

        def send(data: bytes) -> None:
            with suppress(OSError):
                os.write(master, data)

        self.printer.send = send

    def _pull(self) -> None:
        self.printer.send = lambda _data: None
        self.link.unlink(missing_ok=True)
        os.close(self._master)
        os.close(self._slave)

    def _carry(self) -> None:
        while not self._ended.is_set():
            if select.select([self._master], [], [], _LOOK_S)[0] and not self._deliver(os.read(self._master, 4096)):
                self._pull()
                self._wait_for_mending()
                self._plug_in()
        self._pull()
