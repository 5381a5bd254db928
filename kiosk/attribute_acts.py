"""The acts that read the card's own attributes: on the card's lane, from the chip to the center at one stretch.

What the card says is in a local variable between the two, and in no event: the flow hears how it went, and nothing else.
"""

from collections.abc import Callable

from kiosk.flow import effects as fx
from kiosk.flow import events as ev
from kiosk.flow.session import Ticket
from kiosk.ports.attributes import CardAttributes
from kiosk.ports.card import PIN_LENGTH, CardReader, PinBuffer
from kiosk.ports.center import VisitChannel


class AttributeActs:
    """What the card's lane does for `InspectAttributes` and `ReadAttributes`; each act gives a word for the log."""

    def __init__(
        self,
        reader: CardReader,
        channel_of: Callable[[Ticket], VisitChannel | None],
        pin: PinBuffer,
        post: Callable[[ev.Event], None],
    ) -> None:
        """`channel_of` gives the channel of the visit that goes on; `post` tells the flow."""
        self._reader = reader
        self._channel_of = channel_of
        self._pin = pin
        self._post = post

    def inspect(self, effect: fx.InspectAttributes) -> str:
        """Find out whether the card that lies there is the visit's own and can be asked."""
        channel = self._channel_of(effect.ticket)
        outcome = ev.VisitGone() if channel is None else self._reader.inspect_attributes(channel.certificate_sha256)
        self._post(ev.AttributesInspected(effect.ticket, outcome))
        return type(outcome).__name__

    def read(self, effect: fx.ReadAttributes) -> str:
        """Read and tell the center; the PIN buffer is empty afterwards on every path."""
        try:
            outcome = self._told(effect)
        finally:
            self._pin.clear()
        self._post(ev.AttributesAnswered(effect.ticket, outcome))
        return type(outcome).__name__

    def _told(self, effect: fx.ReadAttributes) -> ev.AttributesOutcome:
        channel = self._channel_of(effect.ticket)
        if channel is None:
            return ev.VisitGone()
        if len(self._pin) < PIN_LENGTH:
            return ev.PinIncomplete()
        read = self._reader.read_attributes(self._pin, channel.certificate_sha256)
        return channel.tell_attributes(read) if isinstance(read, CardAttributes) else read
