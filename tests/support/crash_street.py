"""Where machines are killed: devices and centers that outlive them, and the handles to begin and to end a life.

The devices are this process's and hold the truth: sheets in the tray, coins in their places. A kiosk reaches them as it
would in a shop, over a port and a serial line.
"""

import json
import os
import random
import select
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import asdict
from pathlib import Path
from threading import Event, Thread
from time import monotonic

import zxingcpp

from kiosk.adapters.payment.cctalk.changer import CcTalkChanger
from kiosk.adapters.payment.cctalk_sim.machine import HOPPERS, MachineFault, SimMachine
from kiosk.adapters.payment.cctalk_sim.wire import DirectLine, pty_bus
from kiosk.adapters.payment.settings import changer_on
from kiosk.adapters.payment.tillbook import Line, Place, TillBook
from kiosk.ports.cash import Denomination, worth
from kiosk.ports.payment import ChargeKey
from printers.virtual.escpos.device import VirtualPrinter
from printers.virtual.escpos.serving import TcpCable
from printers.virtual.ipp import Model, VirtualIppPrinter
from tests.support.coins import cash_settings
from tests.support.crash_lives import Life

ROOT = Path(__file__).parents[2]
PROGRAM = ROOT / "tests" / "support" / "crash_lives.py"
COINS_EACH = 150
PIECES = (50, 100, 100, 100, 500, 1000)
"""What residents have in their hands, the usual ones more often."""
TRIES = 50
"""How often a piece that falls through is tried before another one."""
PATIENCE_S = 150.0
"""Longer than a visit may take that nobody pays for in the end."""
_SETTINGS = """\
[printer]
uri = "{uri}"
two_sided = true
[slips]
network = "127.0.0.1:{desk}"
[cash]
port = "coins"
book = "till.db"
silence_s = 2.0
poll_s = 0.01
low_sensor = 500
hopper = [{hoppers}]
"""


class Silent(AssertionError):
    """A life did not say in time what it had to."""


class Forge:
    """The program that forks lives; what a life says is read here."""

    def __init__(self, kind: str, folder: Path, preload: Path | None = None) -> None:
        """`folder` gets the lives' logs and is their folder for temporary files; `preload` is a library loaded before all."""
        loader = {} if preload is None else {"LD_PRELOAD": str(preload)}
        self.temporary = folder / f"tmp-{kind}"
        self.temporary.mkdir(parents=True)
        self.log = folder / f"{kind}.log"
        with self.log.open("wb") as log:
            self._program = subprocess.Popen(
                [sys.executable, str(PROGRAM), kind],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=log,
                bufsize=0,
                env={**os.environ, "PYTHONPATH": str(ROOT), "TMPDIR": str(self.temporary), **loader},
            )
        self._heard = b""
        self.pid: int | None = None
        self.status: int | None = None
        """How the last life ended; None while one lives."""
        self.hear("ready")

    def begin(self, order: str) -> None:
        """Begin a life."""
        assert self.pid is None
        self.tell(order)
        self.pid, self.status = int(self.hear("born").split()[1]), None

    def tell(self, line: str) -> None:
        """Say a line to the life."""
        assert self._program.stdin is not None
        self._program.stdin.write(f"{line}\n".encode())

    def hear(self, *words: str, timeout_s: float = PATIENCE_S) -> str:
        """Wait for a line that opens with one of these words, past all others. Raises Silent, at once when the life ended."""
        until = monotonic() + timeout_s
        while True:
            line = self._line(until)
            if line.startswith("ended"):
                self.pid, self.status = None, int(line.split()[1])
            if line.split(" ")[0] in words:
                return line
            if line.startswith("ended"):
                raise Silent(f"{line}, and was to say {words}: {self.last_words()}")

    def _line(self, until: float) -> str:
        assert self._program.stdout is not None
        while b"\n" not in self._heard:
            readable, _, _ = select.select([self._program.stdout], [], [], max(0.0, until - monotonic()))
            if not readable:
                raise Silent("nothing was said in time")
            some = os.read(self._program.stdout.fileno(), 4096)
            if not some:
                raise Silent(f"the program ended: {self.last_words()}")
            self._heard += some
        line, _, self._heard = self._heard.partition(b"\n")
        return line.decode()

    def kill(self) -> None:
        """End the life at once. Raises Silent for one that ended by itself."""
        if self.pid is None:
            return
        # A life that ended by itself is waited for already; whatever it ended with is told below.
        with suppress(ProcessLookupError):
            os.kill(self.pid, signal.SIGKILL)
        ended = self.hear("ended")
        if ended != f"ended -{int(signal.SIGKILL)}":
            raise Silent(f"{ended}, and was not to end by itself: {self.last_words()}")

    @property
    def killed(self) -> bool:
        """Whether the last life ended by a kill, its own at a seam too, and not by a mistake."""
        return self.status == -int(signal.SIGKILL)

    def last_words(self) -> str:
        """Give the end of its log, for whoever must understand what went wrong."""
        return self.log.read_text(errors="replace")[-2000:]

    def close(self) -> None:
        """End everything."""
        if self.pid is not None:
            with suppress(ProcessLookupError):
                os.kill(self.pid, signal.SIGKILL)
        assert self._program.stdin is not None
        assert self._program.stdout is not None
        self._program.stdin.close()
        self._program.wait(30)
        self._program.stdout.close()


class Street:
    """The devices of one kiosk, the hand that pays, and the folder with its books."""

    def __init__(self, folder: Path, chance: random.Random, *, sheet_s: float = 0.02) -> None:
        folder.mkdir(parents=True)
        self.folder = folder
        self.printer = VirtualIppPrinter(Model(sheet_s=sheet_s))
        self.desk = VirtualPrinter()
        cable = TcpCable(self.desk)
        cable.start()
        self.coins = SimMachine(dict.fromkeys(HOPPERS, COINS_EACH))
        self._chance = chance
        self._pays_up_to_yen = 0
        self._read: list[str] = []
        self._ended = Event()
        self._opened = ExitStack()
        self._opened.callback(self.printer.close)
        self._opened.callback(cable.stop)
        port = self._opened.enter_context(pty_bus(self.coins.wire))
        (folder / "coins").symlink_to(port)
        hoppers = ", ".join(
            f"{{ coin = {int(coin)}, address = {address}, path = {path} }}" for coin, (address, path) in HOPPERS.items()
        )
        text = _SETTINGS.format(uri=self.printer.uri, desk=cable.port, hoppers=hoppers)
        (folder / "devices.toml").write_text(text)
        self._fill()
        self._hand = Thread(target=self._pay, name="paying-hand", daemon=True)
        self._hand.start()

    def _fill(self) -> None:
        book = TillBook(self.folder / "till.db")
        book.write(None, [(Line.FILLED, int(coin), COINS_EACH, Place.HOPPER.value) for coin in HOPPERS])
        settings = cash_settings(self.folder / "coins", self.folder / "till.db")
        first: CcTalkChanger = changer_on(DirectLine(self.coins.wire), settings, book)
        # Counters are known from the machine's first day on; before that, nobody can say what moved.
        first.recall(ChargeKey("0" * 32))
        book.close()

    def will_pay(self, yen: int) -> None:
        """Let the hand put in pieces until so much, or a little more, is in; a slot that is shut is tried again."""
        self._pays_up_to_yen = self.really_kept_yen() + yen

    def really_kept_yen(self) -> int:
        """Give what residents have put in and not got back, by the money itself."""
        return worth(self.coins.given) - worth(self.coins.tray())

    def _pay(self) -> None:
        piece, refused = Denomination(100), 0
        while not self._ended.wait(0.01):
            if self.really_kept_yen() >= self._pays_up_to_yen:
                refused = 0
            elif self.coins.insert(piece) or refused > TRIES:
                piece, refused = Denomination(self._chance.choice(PIECES)), 0
            else:
                refused += 1

    def lose_power(self) -> None:
        """Cut the power of the whole shop for a moment, the kiosk being dead: no device keeps what it only remembers."""
        engine = self.printer.engine
        with engine.changed:
            engine.powered = False
            for job in engine.jobs.values():
                job.cancel = True
            engine.changed.notify_all()
            engine.power_on(forgets=True)
        self.coins.fault(MachineFault.POWER_LOSS)
        self.desk.lose_power()

    def slip_codes(self) -> list[str]:
        """Read the 2D code of every slip that was cut off, as a telephone does; a torn one has none."""
        for piece in self.desk.roll.pieces[len(self._read) :]:
            codes = zxingcpp.read_barcodes(piece.convert("L"))
            self._read.append(codes[0].text if codes else "")
        return list(filter(None, self._read))

    def close(self) -> None:
        """Switch everything off."""
        self._ended.set()
        self._hand.join()
        self._opened.close()


class Center:
    """A center on one port and one database, through all its lives."""

    def __init__(self, folder: Path, data: Path) -> None:
        self.database = folder / "center.db"
        self._data = data
        self._port = 0
        self.forge = Forge("center", folder)
        self.url = ""
        self.begin()

    def begin(self) -> None:
        """Begin a life and wait until it listens."""
        arguments = ["serve", "--sandbox", "--unlisted", "--data", str(self._data), "--port", str(self._port)]
        order = {"arguments": [*arguments, "--database", f"sqlite:///{self.database}"]}
        self.forge.begin(json.dumps(order))
        self.url = self.forge.hear("ready").split()[1]
        self._port = int(self.url.rpartition(":")[2])

    def close(self) -> None:
        """End it."""
        self.forge.close()


class Kiosk:
    """A kiosk's lives on a street."""

    def __init__(
        self, street: Street, center: Center, data: Path, device: str = "kiosk-0001", preload: Path | None = None
    ) -> None:
        self.street = street
        self._life = Life(str(data), center.url, str(street.folder), device)
        self.forge = Forge("kiosk", street.folder, preload)

    def begin(self, **changes: object) -> None:
        """Begin a life: it settles the books first."""
        self.forge.begin(json.dumps(asdict(self._life) | changes))

    def settled(self) -> None:
        """Wait until the books are settled."""
        self.forge.hear("settled")

    def close(self) -> None:
        """End it."""
        self.forge.close()


@contextmanager
def a_center(folder: Path, data: Path) -> Iterator[Center]:
    """Run a center for the block."""
    center = Center(folder, data)
    try:
        yield center
    finally:
        center.close()


@contextmanager
def a_kiosk(
    folder: Path,
    center: Center,
    data: Path,
    chance: random.Random,
    device: str = "kiosk-0001",
    preload: Path | None = None,
) -> Iterator[Kiosk]:
    """Set up a street and a kiosk on it for the block."""
    street = Street(folder, chance)
    try:
        kiosk = Kiosk(street, center, data, device, preload)
        try:
            yield kiosk
        finally:
            kiosk.close()
    finally:
        street.close()
