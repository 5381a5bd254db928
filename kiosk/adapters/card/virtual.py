"""The card port without a reader: a virtual card in a virtual field, under the dialogue that the real reader uses.

For tests, headless runs and the dock of a declared demonstration. It refuses to answer for the card: every outcome
comes out of APDUs.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Condition, Event

from kiosk.adapters.card import attributes_dialogue, dialogue, signature_dialogue
from kiosk.adapters.card.card_faults import Pulled, Silent
from kiosk.adapters.card.transport import CardLost, ReaderAway
from kiosk.adapters.card.virtual_card import Habits, VirtualCard
from kiosk.ports.card import (
    ApplicationSignature,
    AttributesInspection,
    AttributesReading,
    Authentication,
    CardGone,
    CardPlaced,
    CardRemoved,
    Inspection,
    PinBuffer,
    ReaderUnavailable,
    SignatureInspection,
    WatchStopped,
)
from kiosk.ports.password import PasswordBuffer

__all__ = ["Habits", "VirtualCard", "VirtualCardReader"]

_STOP_SLICE_S = 0.1


class VirtualCardReader:
    """A field that one virtual card can lie in. Thread-safe: place and take away from any thread."""

    def __init__(self, card: VirtualCard | None = None) -> None:
        """Make a reader, with a card in its field or without."""
        self._changed = Condition()
        self._card: VirtualCard | None = card
        self._insertion = 0
        self._away: str | None = None

    @property
    def card(self) -> VirtualCard | None:
        """What lies in the field."""
        with self._changed:
            return self._card

    def place(self, card: VirtualCard) -> None:
        """Put a card down, in the place of another if need be."""
        with self._changed:
            self._card = card
            self._insertion += 1
            self._changed.notify_all()

    def take_away(self) -> None:
        """Empty the field, in mid-command if need be."""
        with self._changed:
            if self._card is not None:
                self._card.power_off()
            self._card = None
            self._insertion += 1
            self._changed.notify_all()

    def unplug(self, code: str = "CARD-02") -> None:
        """Let the reader be away, with a code of `ReaderUnavailable`."""
        with self._changed:
            self._away = code
            self._insertion += 1
            self._changed.notify_all()

    def plug_in(self) -> None:
        """Bring the reader back."""
        with self._changed:
            self._away = None
            self._changed.notify_all()

    def unavailable(self) -> ReaderUnavailable | None:
        """Say whether the reader was unplugged."""
        with self._changed:
            return None if self._away is None else ReaderUnavailable(self._away)

    def wait_for_card(self, stop: Event) -> CardPlaced | WatchStopped | ReaderUnavailable:
        """Block until something is in the field. See the port."""
        return self._wait_until(True, stop) or CardPlaced()

    def wait_for_removal(self, stop: Event) -> CardGone | WatchStopped | ReaderUnavailable:
        """Block until the field is empty. See the port."""
        return self._wait_until(False, stop) or CardGone()

    def inspect(self) -> Inspection:
        """Find out what lies there, spending no try. See the port."""
        with self._powered() as card:
            return dialogue.inspect(card) if isinstance(card, _InField) else card

    def authenticate(self, digest: bytes, pin: PinBuffer) -> Authentication:
        """Read, verify once, sign, power down. See the port."""
        try:
            with self._powered() as card:
                return dialogue.authenticate(card, digest, pin) if isinstance(card, _InField) else card
        finally:
            pin.clear()

    def inspect_signature(self) -> SignatureInspection:
        """Find out whether the card can sign an application. See the port."""
        with self._powered() as card:
            return signature_dialogue.inspect(card) if isinstance(card, _InField) else card

    def sign_application(self, digest: bytes, password: PasswordBuffer) -> ApplicationSignature:
        """Verify once, sign, read the certificate, power down. See the port."""
        try:
            with self._powered() as card:
                if not isinstance(card, _InField):
                    return card
                return signature_dialogue.sign_application(card, digest, password)
        finally:
            password.clear()

    def inspect_attributes(self, certificate_sha256: bytes) -> AttributesInspection:
        """Find out whether the visit's card can be asked for its attributes. See the port."""
        with self._powered() as card:
            if not isinstance(card, _InField):
                return card
            return attributes_dialogue.inspect(card, certificate_sha256)

    def read_attributes(self, pin: PinBuffer, certificate_sha256: bytes) -> AttributesReading:
        """Verify once, read, power down. See the port."""
        try:
            with self._powered() as card:
                if not isinstance(card, _InField):
                    return card
                return attributes_dialogue.read_attributes(card, pin, certificate_sha256)
        finally:
            pin.clear()

    def _wait_until(self, present: bool, stop: Event) -> WatchStopped | ReaderUnavailable | None:
        with self._changed:
            while not stop.is_set():
                if self._away is not None:
                    return ReaderUnavailable(self._away)
                if (self._card is not None) is present:
                    return None
                self._changed.wait(_STOP_SLICE_S)
        return WatchStopped()

    @contextmanager
    def _powered(self) -> Iterator["_InField | CardRemoved | ReaderUnavailable"]:
        with self._changed:
            card, insertion, away = self._card, self._insertion, self._away
        if away is not None:
            yield ReaderUnavailable(away)
        elif card is None:
            yield CardRemoved()
        else:
            card.power_on()
            try:
                yield _InField(
                    card,
                    still_there=lambda: self._require(insertion),
                    pull=self.take_away,
                    wait_till_gone=lambda: self._wait_for_change(insertion),
                )
            finally:
                card.power_off()

    def _require(self, insertion: int) -> None:
        with self._changed:
            if self._away is not None:
                raise ReaderAway(self._away)
            if self._insertion != insertion:
                raise CardLost

    def _wait_for_change(self, insertion: int) -> None:
        with self._changed:
            self._changed.wait_for(lambda: self._insertion != insertion)


class _InField:
    """Transport to one card during one stay in the field."""

    def __init__(
        self,
        card: VirtualCard,
        *,
        still_there: Callable[[], None],
        pull: Callable[[], None],
        wait_till_gone: Callable[[], None],
    ) -> None:
        self._card = card
        self._still_there = still_there
        self._pull = pull
        self._wait_till_gone = wait_till_gone

    def transmit(self, command: bytes | bytearray) -> tuple[bytes, int]:
        self._still_there()
        try:
            answer = self._card.process(command)
        except Pulled:
            self._pull()
            raise CardLost from None
        except Silent:
            self._wait_till_gone()
            raise CardLost from None
        self._still_there()
        if len(answer) < 2:
            raise CardLost
        return answer[:-2], int.from_bytes(answer[-2:])
