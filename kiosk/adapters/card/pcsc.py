"""The card port over PC/SC: one named reader, one loop of our own, a new context after any error.

It refuses to know what an APDU means; that is the dialogue's. pyscard's monitor threads are not used: they die on
errors other than "service stopped", and a kiosk has to survive an unplugged reader and a restarted service.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Event
from typing import TypeVar

from kiosk.adapters.card import attributes_dialogue, dialogue, signature_dialogue, winscard
from kiosk.adapters.card.transport import CardLost, ReaderAway, Transport
from kiosk.adapters.card.winscard import PcscError
from kiosk.ports.card import (
    ApplicationSignature,
    AttributesInspection,
    AttributesReading,
    Authentication,
    CardFault,
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

SERVICE_AWAY = "CARD-01"
NO_SUCH_READER = "CARD-02"
READER_HELD = "CARD-03"

STOP_SLICE_MS = 200
"""How long one wait may last before the stop event is looked at; the port allows 500 ms."""

NOTICE_MS = 600
"""Longer than the 400 ms between two looks of pcscd at its reader."""

Outcome = TypeVar("Outcome")


class PcscCardReader:
    """One reader, by the name that PC/SC gives it. Opens nothing before the first call."""

    def __init__(self, reader_name: str, trace: Callable[[Transport], Transport] | None = None) -> None:
        """Remember the reader; `trace` may wrap the transport of every dialogue (see kiosk.adapters.card.trace)."""
        self._reader = reader_name
        self._trace = trace
        self._context: winscard.Context | None = None

    def unavailable(self) -> ReaderUnavailable | None:
        """Ask whether the reader is there, card or no card. See the port."""
        try:
            state = self._state(winscard.STATE_UNAWARE, 0)
        except PcscError as error:
            return self._unavailable(error)
        if state is not None and state & winscard.STATE_AWAY:
            self.close()
            return ReaderUnavailable(NO_SUCH_READER)
        return None

    def wait_for_card(self, stop: Event) -> CardPlaced | WatchStopped | ReaderUnavailable:
        """Block until something is in the field. See the port."""
        away = self._wait_until(winscard.STATE_PRESENT, stop)
        if away is not None:
            return away
        return WatchStopped() if stop.is_set() else CardPlaced()

    def wait_for_removal(self, stop: Event) -> CardGone | WatchStopped | ReaderUnavailable:
        """Block until the field is empty. See the port."""
        away = self._wait_until(winscard.STATE_EMPTY, stop)
        if away is not None:
            return away
        return WatchStopped() if stop.is_set() else CardGone()

    def inspect(self) -> Inspection:
        """Find out what lies there, spending no try. See the port."""
        with self._card() as card:
            if not isinstance(card, _Card):
                return card
            return dialogue.inspect(self._traced(card))

    def authenticate(self, digest: bytes, pin: PinBuffer) -> Authentication:
        """Read, verify once, sign, power down. See the port.

        The card is held exclusively from before the first command, so nobody comes between VERIFY and the signature.
        """
        try:
            with self._card() as card:
                if not isinstance(card, _Card):
                    return card
                return dialogue.authenticate(self._traced(card), digest, pin)
        finally:
            pin.clear()

    def inspect_signature(self) -> SignatureInspection:
        """Find out whether the card can sign an application. See the port."""
        with self._card() as card:
            if not isinstance(card, _Card):
                return card
            return signature_dialogue.inspect(self._traced(card))

    def sign_application(self, digest: bytes, password: PasswordBuffer) -> ApplicationSignature:
        """Verify once, sign, read the certificate, power down; exclusive like `authenticate`. See the port."""
        try:
            with self._card() as card:
                if not isinstance(card, _Card):
                    return card
                return signature_dialogue.sign_application(self._traced(card), digest, password)
        finally:
            password.clear()

    def inspect_attributes(self, certificate_sha256: bytes) -> AttributesInspection:
        """Find out whether the visit's card can be asked for its attributes. See the port."""
        with self._card() as card:
            if not isinstance(card, _Card):
                return card
            return attributes_dialogue.inspect(self._traced(card), certificate_sha256)

    def read_attributes(self, pin: PinBuffer, certificate_sha256: bytes) -> AttributesReading:
        """Verify once, read, power down; exclusive like `authenticate`. See the port."""
        try:
            with self._card() as card:
                if not isinstance(card, _Card):
                    return card
                return attributes_dialogue.read_attributes(self._traced(card), pin, certificate_sha256)
        finally:
            pin.clear()

    def close(self) -> None:
        """Give the context back; the next call opens a new one."""
        context, self._context = self._context, None
        if context is not None:
            winscard.release_context(context)

    def _traced(self, card: Transport) -> Transport:
        return card if self._trace is None else self._trace(card)

    def _wait_until(self, wanted: int, stop: Event) -> ReaderUnavailable | None:
        """Wait for a state bit; None when it is there or when `stop` is set."""
        known = winscard.STATE_UNAWARE
        while not stop.is_set():
            try:
                state = self._state(known, STOP_SLICE_MS)
            except PcscError as error:
                return self._unavailable(error)
            if state is None:
                continue
            if state & winscard.STATE_AWAY:
                self.close()
                return ReaderUnavailable(NO_SUCH_READER)
            if state & wanted:
                return None
            known = state
        return None

    def _state(self, known: int, timeout_ms: int) -> int | None:
        return self._with_context(lambda context: winscard.reader_state(context, self._reader, known, timeout_ms))

    def _with_context(self, act: Callable[[winscard.Context], Outcome]) -> Outcome:
        """Do something that costs nothing to repeat; once more on a new context when the old one died meanwhile."""
        fresh = self._context is None
        try:
            return act(self._open())
        except PcscError as error:
            self.close()
            if fresh or error.code not in winscard.SERVICE_AWAY:
                raise
        return act(self._open())

    def _open(self) -> winscard.Context:
        if self._context is None:
            self._context = winscard.establish_context()
        return self._context

    def _unavailable(self, error: PcscError) -> ReaderUnavailable:
        self.close()
        return ReaderUnavailable(NO_SUCH_READER if error.code in winscard.READER_AWAY else SERVICE_AWAY)

    @contextmanager
    def _card(self) -> Iterator["_Card | CardRemoved | CardFault | ReaderUnavailable"]:
        """Lend the card, powered and exclusive, and power it down afterwards; or say why there is none."""
        try:
            connection = self._with_context(lambda context: winscard.connect(context, self._reader))
        except PcscError as error:
            yield self._refusal(error)
            return
        card = _Card(connection)
        try:
            yield card
        finally:
            if card.failed:
                self._let_the_loss_be_noticed()
            winscard.disconnect(connection)
            if card.failed:
                self.close()

    def _refusal(self, error: PcscError) -> CardRemoved | CardFault | ReaderUnavailable:
        self.close()
        if error.code == winscard.SHARING_VIOLATION:
            return ReaderUnavailable(READER_HELD)
        if error.code in winscard.READER_AWAY or error.code in winscard.SERVICE_AWAY:
            return self._unavailable(error)
        if error.code == winscard.UNRESPONSIVE and self._something_lies_there():
            return CardFault("power on", 0)
        return CardRemoved()

    def _let_the_loss_be_noticed(self) -> None:
        """Wait until PC/SC has seen for itself that the field is empty, or that a card is back.

        pcscd 1.9.9 looks every 0.4 s. Powering down before that makes it note "absent" behind the back of its own
        watch; a card put back meanwhile is then not seen until it is lifted once more.
        """
        try:
            state = self._state(winscard.STATE_UNAWARE, 0)
            if state is not None and state & winscard.STATE_PRESENT:
                self._state(state, NOTICE_MS)
        except PcscError:
            return  # service or reader are gone too; the next call says so

    def _something_lies_there(self) -> bool:
        try:
            state = self._state(winscard.STATE_UNAWARE, 0)
        except PcscError:
            return False
        return state is not None and bool(state & winscard.STATE_PRESENT)


class _Card:
    """Transport of one connection. After the first failure it sends nothing more."""

    def __init__(self, connection: winscard.Connection) -> None:
        self._connection = connection
        self.failed = False

    def transmit(self, command: bytes | bytearray) -> tuple[bytes, int]:
        if self.failed:
            raise CardLost
        try:
            answer = winscard.transmit(self._connection, command)
        except PcscError as error:
            self.failed = True
            if error.code in winscard.READER_AWAY:
                raise ReaderAway(NO_SUCH_READER) from None
            if error.code in winscard.SERVICE_AWAY - {winscard.INVALID_HANDLE}:
                raise ReaderAway(SERVICE_AWAY) from None
            raise CardLost from None
        if len(answer) < 2:
            # A card pulled before pcscd noticed: "success", with nothing in the answer.
            self.failed = True
            raise CardLost
        return answer[:-2], int.from_bytes(answer[-2:])


def list_readers() -> tuple[str, ...] | ReaderUnavailable:
    """Name the readers that PC/SC has now; for set-up and diagnosis."""
    try:
        context = winscard.establish_context()
    except PcscError:
        return ReaderUnavailable(SERVICE_AWAY)
    try:
        return winscard.list_readers(context)
    except PcscError:
        return ReaderUnavailable(SERVICE_AWAY)
    finally:
        winscard.release_context(context)
