"""A real pcscd with a vpcd reader for tests: private, parallel-safe, without systemd, as root or not.

One pcscd fits into one `/run/pcscd`, and vpcd's ports lie where any outgoing connection may take them. So pcscd runs in
private mount and network namespaces, one pair for each test process (each xdist worker has its own). The test process
stays outside: it reaches pcscd by the socket's file, which lies in a folder mounted over `/run/pcscd` inside
(`PCSCLITE_CSOCK_NAME` names it to libpcsclite, and sockets in the file system know no network namespace), and it is
handed ready connections to vpcd by a helper inside. Ready means: the socket is there and the port listens according to
/proc; a probe by connecting would become the card.

Needs pcscd, vsmartcard-vpcd, iproute2 and util-linux. What is missing fails; nothing is skipped.
"""

import atexit
import os
import secrets
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from functools import cache
from pathlib import Path
from threading import Event, Thread

from kiosk.adapters.card.virtual_card import VirtualCard
from kiosk.adapters.card.vpcd import Ended, VpcdLink

READER = "Virtual PCD 00 00"
PORT = 35963
_LISTEN = "0A"
_CONFIG = f"""FRIENDLYNAME "Virtual PCD"
DEVICENAME   /dev/null:0x{PORT:X}
LIBPATH      /usr/lib/pcsc/drivers/serial/libifdvpcd.so
CHANNELID    0x{PORT:X}
"""


def until(condition: Callable[[], bool], what: str, timeout_s: float = 10.0) -> None:
    """Wait for a condition; fails with `what` when it does not come."""
    deadline, pause = time.monotonic() + timeout_s, Event()
    while not condition():
        if time.monotonic() > deadline:
            raise TimeoutError(f"waited {timeout_s} s in vain: {what}")
        pause.wait(0.01)


@cache
def _folder() -> Path:
    """Choose this process's folder; made with the namespaces, and removed by the helper inside, which outlives us."""
    return Path(tempfile.gettempdir()) / f"pcsc-{os.getpid()}-{secrets.token_hex(4)}"


def name_the_socket() -> None:
    """Point libpcsclite of this process, and of its children, to the private pcscd.

    To be called before the first use of PC/SC in the process, which remembers the name for good; best when pytest
    configures itself. It also keeps every test away from a pcscd that the machine may have.
    """
    os.environ["PCSCLITE_CSOCK_NAME"] = str(_folder() / "run" / "pcscd.comm")


class Insertion:
    """A virtual card in the vpcd reader, answering on a thread of the test process."""

    def __init__(self, link: VpcdLink) -> None:
        self.ended: Ended | None = None
        self._link = link
        self._thread = Thread(target=self._serve, name="virtual card", daemon=True)
        self._thread.start()

    def _serve(self) -> None:
        self.ended = self._link.serve()

    def remove(self) -> None:
        """Take the card out, if it is still in."""
        self._link.close()
        self._thread.join(timeout=10)
        assert not self._thread.is_alive()


class PcscHost:
    """The namespaces of this process with their pcscd."""

    def __init__(self) -> None:
        """Make the namespaces; pcscd is started by `start`."""
        name_the_socket()
        folder = _folder()
        folder.mkdir(mode=0o700)
        for name in ("run", "vpcd", "none"):
            (folder / name).mkdir()
        (folder / "vpcd" / "vpcd").write_text(_CONFIG)
        self._folder = folder
        self._control, inner = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self._control.settimeout(15)
        user = [] if os.geteuid() == 0 else ["--user", "--map-root-user"]
        helper = Path(__file__).with_name("pcsc_inside.py")
        self._process = subprocess.Popen(
            ["unshare", *user, "--mount", "--net", sys.executable, str(helper), str(folder), str(inner.fileno())],
            pass_fds=[inner.fileno()],
        )
        inner.close()
        self._running: bool | None = None
        atexit.register(self.close)
        if self._control.recv(64) != b"ready":
            raise RuntimeError("no private namespaces for pcscd: are unshare, mount and ip there, and allowed?")

    def close(self) -> None:
        """End everything inside."""
        self._control.close()
        self._process.wait(timeout=10)

    def start(self, *, readers: bool = True) -> None:
        """Start pcscd, with the vpcd reader or with none, and wait until it is ready."""
        self._say(f"pcscd {self._folder / ('vpcd' if readers else 'none')}")
        self._running = readers
        until((self._folder / "run" / "pcscd.comm").is_socket, "pcscd opens its socket")
        if readers:
            until(self._listens, "vpcd listens")

    def stop(self) -> None:
        """End pcscd in good order."""
        self._say("end")
        self._running = None

    def kill(self) -> None:
        """End pcscd as a crash does, leaving its files."""
        self._say("kill")
        self._running = None
        (self._folder / "run" / "pcscd.comm").unlink(missing_ok=True)

    def restart(self) -> None:
        """Start pcscd with its reader, whatever runs now."""
        if self._running is not None:
            self.stop()
        self.start()

    @property
    def healthy(self) -> bool:
        """Whether pcscd was left running with its reader."""
        return self._running is True

    def insert(self, card: VirtualCard) -> Insertion:
        """Put a card into the reader."""
        return Insertion(VpcdLink(card, self.connection()))

    def connection(self) -> socket.socket:
        """Open a connection to vpcd from inside the namespace; whoever holds it is the card."""
        self._control.send(f"card {PORT}".encode())
        _, descriptors, _, _ = socket.recv_fds(self._control, 64, 1)
        return socket.socket(fileno=descriptors[0])

    def inside(self) -> list[str]:
        """Give the command prefix that runs a program in the network of the reader (`python -m kiosk card`)."""
        target = str(self._process.pid)
        if os.geteuid() == 0:
            return ["nsenter", "--target", target, "--net", "--"]
        return ["nsenter", "--target", target, "--user", "--net", "--preserve-credentials", "--"]

    def _say(self, message: str) -> None:
        self._control.send(message.encode())
        if self._control.recv(64) != b"done":
            raise RuntimeError(f"the helper ended at: {message}")

    def _listens(self) -> bool:
        rows = Path(f"/proc/{self._process.pid}/net/tcp").read_text().splitlines()[1:]
        return any(row.split()[1].endswith(f":{PORT:04X}") and row.split()[3] == _LISTEN for row in rows)


@cache
def shared_host() -> PcscHost:
    """Give this process's pcscd, started; it lives until the process ends."""
    host = PcscHost()
    host.start()
    return host
