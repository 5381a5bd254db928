"""How a machine's money devices are set, checked whole, and opened."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from kiosk.adapters.payment.cashier import CashCashier
from kiosk.adapters.payment.cashless import CashlessCashier
from kiosk.adapters.payment.cashless_line import LineTerminal
from kiosk.adapters.payment.cctalk.bus import Bus
from kiosk.adapters.payment.cctalk.changer import CcTalkChanger, Units
from kiosk.adapters.payment.cctalk.devices import CoinAcceptor, Hopper, NoteValidator
from kiosk.adapters.payment.cctalk.frames import Checksum
from kiosk.adapters.payment.cctalk.line import Line, SerialLine
from kiosk.adapters.payment.tillbook import TillBook
from kiosk.ports.cash import Denomination

_COINS = frozenset(money for money in Denomination if not money.is_note)
_ADDRESSES = range(2, 256)


@dataclass(frozen=True, slots=True)
class HopperSettings:
    """One hopper."""

    coin: Denomination
    address: int
    path: int
    """Sorter path of the coin slot that fills it."""


@dataclass(frozen=True, slots=True)
class CashSettings:
    """Coins and notes on one ccTalk bus."""

    port: Path
    """Serial port of the bus."""
    book: Path
    """File of the till book."""
    hoppers: tuple[HopperSettings, ...]
    """One for each coin that is taken: what can come in must be able to go back."""
    notes: frozenset[Denomination] = frozenset({Denomination.NOTE_1000})
    """Notes that are taken; empty when there is no validator."""
    acceptor_address: int = 2
    validator_address: int = 40
    cashbox_path: int = 8
    checksum: Checksum = Checksum.SIMPLE
    echo: bool = True
    """Whether the wire gives back what is sent."""
    silence_s: float = 0.2
    """How long the line is silent before an answer counts as missing."""
    poll_s: float = 0.1
    near_empty: int = 20
    low_sensor: int = 60
    """Coins above which a hopper's low sensor must be covered."""
    exact_only_allowed: bool = True
    """Whether to sell when only exact money can be taken."""
    wait: Callable[[float], None] = field(default=time.sleep, repr=False)
    """How to let time pass."""

    def __post_init__(self) -> None:
        """Check. Raises ValueError that names the setting."""
        coins = [hopper.coin for hopper in self.hoppers]
        if not coins or len(set(coins)) != len(coins) or not set(coins) <= _COINS:
            raise ValueError("cash.hoppers: one hopper for each coin, and at least one")
        if any(not note.is_note for note in self.notes):
            raise ValueError("cash.notes: notes only")
        addresses = [hopper.address for hopper in self.hoppers] + [self.acceptor_address]
        addresses += [self.validator_address] if self.notes else []
        if len(set(addresses)) != len(addresses) or any(address not in _ADDRESSES for address in addresses):
            raise ValueError("cash: each unit has an address of its own, from 2 to 255")
        paths = [hopper.path for hopper in self.hoppers] + [self.cashbox_path]
        if len(set(paths)) != len(paths) or any(not 1 <= path <= 8 for path in paths):
            raise ValueError("cash: each hopper and the cash box have a sorter path of their own, from 1 to 8")
        if self.silence_s <= 0 or self.poll_s < 0:
            raise ValueError("cash.silence_s and cash.poll_s: seconds")


@dataclass(frozen=True, slots=True)
class CashlessSettings:
    """A terminal on the network of the machine."""

    host: str
    port: int
    answer_s: float = 5.0
    """How long an answer may take."""
    tap_s: float = 60.0
    """How long the holder may take to tap."""

    def __post_init__(self) -> None:
        """Check. Raises ValueError that names the setting."""
        if not self.host or not 1 <= self.port <= 65535:
            raise ValueError("cashless.host and cashless.port: where the terminal listens")
        if self.answer_s <= 0 or self.tap_s <= 0:
            raise ValueError("cashless.answer_s and cashless.tap_s: seconds")


@contextmanager
def open_cash(settings: CashSettings) -> Iterator[CashCashier]:
    """Open the book and give the till; units that are away are told, not awaited. Raises TillBookUnavailableError."""
    book = TillBook(settings.book)
    line = SerialLine(settings.port, settings.silence_s)
    try:
        yield cashier_on(line, settings, book)
    finally:
        line.close()
        book.close()


def cashier_on(line: Line, settings: CashSettings, book: TillBook) -> CashCashier:
    """Give the till on a wire that is there already."""
    changer = changer_on(line, settings, book)
    wanted = settings.notes | {hopper.coin for hopper in settings.hoppers}
    return CashCashier(changer, book, wanted, settings.poll_s, exact_only_allowed=settings.exact_only_allowed)


def changer_on(line: Line, settings: CashSettings, book: TillBook) -> CcTalkChanger:
    """Give the changer on a wire that is there already."""
    bus = Bus(line, settings.checksum, echo=settings.echo)
    units = Units(
        acceptor=CoinAcceptor(bus, settings.acceptor_address),
        hoppers={each.coin: Hopper(bus, each.address) for each in settings.hoppers},
        paths={each.path: each.coin for each in settings.hoppers},
        cashbox_path=settings.cashbox_path,
        validator=NoteValidator(bus, settings.validator_address) if settings.notes else None,
        near_empty=settings.near_empty,
        low_sensor=settings.low_sensor,
    )
    return CcTalkChanger(units, book, settings.poll_s, settings.wait)


def open_cashless(settings: CashlessSettings) -> CashlessCashier:
    """Give the cashless device; a terminal that is away is told when it is asked."""
    return CashlessCashier(LineTerminal(settings.host, settings.port, settings.answer_s, settings.tap_s))
