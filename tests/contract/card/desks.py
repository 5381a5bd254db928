"""Two places where the contract of the card port is tested: a virtual field in process, and a real pcscd with vpcd."""

from threading import Event
from typing import Protocol

from kiosk.adapters.card import winscard
from kiosk.adapters.card.pcsc import PcscCardReader
from kiosk.adapters.card.virtual import VirtualCardReader
from kiosk.adapters.card.virtual_card import VirtualCard
from kiosk.ports.card import CardGone, CardPlaced, CardReader
from tests.support.pcsc import READER, Insertion, PcscHost


class Desk(Protocol):
    """A reader and the hands of a resident and of a technician."""

    @property
    def reader(self) -> CardReader:
        """The adapter under test; one object for the whole test."""
        ...

    def lay(self, card: VirtualCard) -> None:
        """Put a card down and wait until the reader has noticed."""
        ...

    def drop(self, card: VirtualCard) -> None:
        """Put a card down without waiting."""
        ...

    def lift(self) -> None:
        """Take the card away, if it is still there, and wait until the reader has noticed."""
        ...

    def snatch(self) -> None:
        """Take the card away without waiting."""
        ...

    def talk(self, *commands: str) -> list[str]:
        """Send commands to the card as another program would, right now; answers in hex, like the commands."""
        ...

    def unplug(self) -> None:
        """Pull the reader's plug."""
        ...

    def stop_service(self) -> None:
        """Let the PC/SC service end."""
        ...

    def mend(self) -> None:
        """Bring service and reader back."""
        ...


class VirtualDesk:
    """The in-process reader."""

    def __init__(self) -> None:
        self._reader = VirtualCardReader()

    @property
    def reader(self) -> CardReader:
        return self._reader

    def lay(self, card: VirtualCard) -> None:
        self._reader.place(card)

    drop = lay

    def lift(self) -> None:
        self._reader.take_away()

    snatch = lift

    def talk(self, *commands: str) -> list[str]:
        card = self._reader.card
        assert card is not None
        return [card.process(bytes.fromhex(command)).hex().upper() for command in commands]

    def unplug(self) -> None:
        self._reader.unplug("CARD-02")

    def stop_service(self) -> None:
        self._reader.unplug("CARD-01")

    def mend(self) -> None:
        self._reader.plug_in()

    def close(self) -> None:
        """Nothing to give back."""


class PcscDesk:
    """The shipped reader over pcscd and vpcd."""

    def __init__(self, host: PcscHost) -> None:
        self._host = host
        self._reader = PcscCardReader(READER)
        self._insertion: Insertion | None = None

    @property
    def reader(self) -> CardReader:
        return self._reader

    def drop(self, card: VirtualCard) -> None:
        self.snatch()
        self._insertion = self._host.insert(card)

    def lay(self, card: VirtualCard) -> None:
        self.lift()
        self.drop(card)
        assert self._reader.wait_for_card(Event()) == CardPlaced()

    def snatch(self) -> None:
        if self._insertion is not None:
            self._insertion.remove()
            self._insertion = None

    def lift(self) -> None:
        self.snatch()
        assert self._reader.wait_for_removal(Event()) == CardGone()

    def talk(self, *commands: str) -> list[str]:
        context = winscard.establish_context()
        other = winscard.connect(context, READER)
        answers = [winscard.transmit(other, bytes.fromhex(command)).hex().upper() for command in commands]
        winscard.disconnect(other)
        winscard.release_context(context)
        return answers

    def unplug(self) -> None:
        self._host.stop()
        self.snatch()
        self._host.start(readers=False)

    def stop_service(self) -> None:
        self._host.stop()
        self.snatch()

    def start_without_reader(self) -> None:
        """Bring the service back with no reader plugged in."""
        self._host.start(readers=False)

    def mend(self) -> None:
        self._host.restart()

    def close(self) -> None:
        """Leave the reader empty and pcscd running for the next test."""
        if not self._host.healthy:
            self._host.restart()
        self.lift()
        self._reader.close()
