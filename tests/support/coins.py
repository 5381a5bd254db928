"""A simulated coin and note machine with the shipped till on it, which survives what kills its kiosk."""

from collections import Counter
from collections.abc import Callable
from pathlib import Path

from kiosk.adapters.payment.cashier import CashCashier
from kiosk.adapters.payment.cctalk.changer import CcTalkChanger
from kiosk.adapters.payment.cctalk.frames import Checksum
from kiosk.adapters.payment.cctalk_sim.machine import ACCEPTOR, CASHBOX_PATH, HOPPERS, VALIDATOR, SimMachine
from kiosk.adapters.payment.cctalk_sim.wire import DirectLine
from kiosk.adapters.payment.settings import CashSettings, HopperSettings, cashier_on, changer_on
from kiosk.adapters.payment.tillbook import Line, Place, TillBook
from kiosk.ports.cash import Counts, Denomination, worth
from kiosk.ports.payment import ChargeKey

C10, C50, C100, C500 = Denomination.COIN_10, Denomination.COIN_50, Denomination.COIN_100, Denomination.COIN_500
N1000 = Denomination.NOTE_1000
PLENTY = {C10: 40, C50: 40, C100: 40, C500: 40}


class PowerCut(Exception):
    """The kiosk is off; whether the units are too, the test says."""


def no_wait(_seconds: float) -> None:
    """Let no time pass."""


def cash_settings(port: Path, book: Path, **changes: object) -> CashSettings:
    """Give the settings of the simulated machine."""
    values: dict[str, object] = {
        "port": port,
        "book": book,
        "hoppers": tuple(HopperSettings(coin, address, path) for coin, (address, path) in HOPPERS.items()),
        "acceptor_address": ACCEPTOR,
        "validator_address": VALIDATOR,
        "cashbox_path": CASHBOX_PATH,
        "poll_s": 0.0,
        "wait": no_wait,
    } | changes
    return CashSettings(**values)  # type: ignore[arg-type]  # the names are the fields', the values the caller's


class Till:
    """Machine, wire, book and cashier; `reboot` is a kiosk that lost its power while the units kept theirs."""

    def __init__(
        self,
        folder: Path,
        filling: Counts = PLENTY,
        checksum: Checksum = Checksum.SIMPLE,
        book: Callable[[Path], TillBook] = TillBook,
    ) -> None:
        self.machine = SimMachine(filling, checksum)
        self.settings = cash_settings(folder / "no-port", folder / "till.db", checksum=checksum)
        self.book = book(self.settings.book)
        self.book.write(None, [(Line.FILLED, int(coin), n, Place.HOPPER.value) for coin, n in filling.items() if n])
        self._start()
        # Counters are known from the machine's first day on; before that, nobody can say what moved.
        self.changer.recall(ChargeKey("0" * 32))

    def _start(self) -> None:
        self.line = DirectLine(self.machine.wire)
        self.cashier: CashCashier = cashier_on(self.line, self.settings, self.book)
        self.changer: CcTalkChanger = changer_on(self.line, self.settings, self.book)

    def reboot(self) -> None:
        """Lose everything but the book and the machine."""
        self.book.close()
        self.book = TillBook(self.settings.book)
        self._start()

    def close(self) -> None:
        """Close the book."""
        self.book.close()

    def unknown_pieces(self) -> list[tuple[int, int]]:
        """Give what the book names as not certain: denomination (0: not even that) and pieces."""
        return [(entry.denomination, entry.pieces) for entry in self.book.entries(0) if entry.line is Line.UNKNOWN]

    def really_kept_yen(self) -> int:
        """Give what residents have put in and not got back, by the money itself."""
        return worth(self.machine.given) - worth(self.machine.tray())

    def assert_books_agree(self) -> None:
        """Every piece lies where the book says, and every counter stands where the book says."""
        held, really = self.book.holdings(), self.machine.inside()
        for place in Place:
            assert +Counter(really[place.value]) == +Counter(held[place]), place
        for coin, hopper in self.machine.hoppers.items():
            meter = self.book.meter(f"hopper {int(coin)}")
            assert meter is not None
            assert meter.life == hopper.life
        acceptor = self.book.meter("acceptor")
        assert acceptor is not None
        assert (acceptor.counter, acceptor.life) == (self.machine.acceptor.counter, self.machine.acceptor.life)
        assert self.machine.world.breaches == []


class Hands:
    """A resident at the slots: puts in the next piece of a list each time the machine looks, whatever else happens."""

    def __init__(self, till: Till, *pieces: Denomination) -> None:
        self.left = list(pieces)
        self._till = till
        self._looks = 0
        till.line.before = self

    def __call__(self) -> None:
        """Try the next piece every few exchanges; one that falls through is tried again, as people do."""
        self._looks += 1
        if self.left and self._looks % 5 == 0 and self._till.machine.insert(self.left[0]):
            self.left.pop(0)
