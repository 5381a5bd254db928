"""The acts of the second reading: the PIN buffer is empty after every one, and what the card said is in no event."""

from collections.abc import Callable
from functools import partial
from types import SimpleNamespace
from typing import Any

import pytest

from kiosk.attribute_acts import AttributeActs
from kiosk.flow import effects as fx
from kiosk.flow import events as ev
from kiosk.flow.session import Ticket, VisitKey
from kiosk.ports.attributes import CardAttributes, ReadyForAttributes, WrongAttributesPin
from kiosk.ports.card import CardRemoved
from kiosk.ports.center import AttributesTold, CenterUnavailable
from tests.support.cards import holds_nothing, typed

TICKET = Ticket(VisitKey("d4" * 16), 7)
SAID = CardAttributes("見本　花子", "見本県汐見野市", "19880512", "2")


class Channel:
    """An open visit that notes what it is told."""

    certificate_sha256 = b"c" * 32

    def __init__(self, answer: CenterUnavailable | None = None) -> None:
        self.told: list[CardAttributes] = []
        self._answer = answer or AttributesTold()

    def tell_attributes(self, attributes: CardAttributes) -> AttributesTold | CenterUnavailable:
        self.told.append(attributes)
        return self._answer


def happened(
    channel: Channel | None, digits: str = "1234", read: Callable[[], Any] = lambda: SAID
) -> tuple[ev.Event, bool]:
    """Let one reading happen; gives what the flow hears, and whether the buffer is empty."""
    heard: list[ev.Event] = []
    pin = typed(digits)
    asked: list[bytes] = []

    def reading(_pin: object, certificate_sha256: bytes) -> Any:  # noqa: ANN401
        asked.append(certificate_sha256)
        return read()

    reader: Any = SimpleNamespace(read_attributes=reading)
    channels: Any = lambda ticket: channel if ticket == TICKET else None  # noqa: E731
    AttributeActs(reader, channels, pin, heard.append).read(fx.ReadAttributes(TICKET))
    assert asked in ([], [Channel.certificate_sha256])
    (event,) = heard
    return event, holds_nothing(pin)


def test_what_the_card_said_goes_to_the_center_and_the_flow_hears_only_that_it_did() -> None:
    channel = Channel()
    assert happened(channel) == (ev.AttributesAnswered(TICKET, AttributesTold()), True)
    assert channel.told == [SAID]


@pytest.mark.parametrize("outcome", [CardRemoved(), WrongAttributesPin(2)])
def test_a_no_of_the_card_tells_the_center_nothing(outcome: CardRemoved | WrongAttributesPin) -> None:
    channel = Channel()
    assert happened(channel, read=lambda: outcome) == (ev.AttributesAnswered(TICKET, outcome), True)
    assert channel.told == []


def test_a_center_that_is_away_is_told_as_such() -> None:
    away = CenterUnavailable("CENTER-01")
    assert happened(Channel(away)) == (ev.AttributesAnswered(TICKET, away), True)


def test_without_a_visit_or_four_digits_no_card_is_touched() -> None:
    def never() -> None:
        raise AssertionError("the card was touched")

    assert happened(None, read=never) == (ev.AttributesAnswered(TICKET, ev.VisitGone()), True)
    assert happened(Channel(), "123", never) == (ev.AttributesAnswered(TICKET, ev.PinIncomplete()), True)


def test_a_mistake_of_ours_leaves_no_digits_either() -> None:
    def broken() -> None:
        raise ZeroDivisionError

    pin = typed("1234")
    reader: Any = SimpleNamespace(read_attributes=lambda _pin, _digest: broken())
    channels: Any = lambda _ticket: Channel()  # noqa: E731
    with pytest.raises(ZeroDivisionError):
        AttributeActs(reader, channels, pin, lambda _event: None).read(fx.ReadAttributes(TICKET))
    assert holds_nothing(pin)


def test_the_card_is_inspected_for_the_certificate_that_opened_the_visit() -> None:
    heard: list[ev.Event] = []
    asked: list[bytes] = []

    def given(channel: Channel | None, _ticket: Ticket) -> Channel | None:
        return channel

    def inspect(digest: bytes) -> ReadyForAttributes:
        asked.append(digest)
        return ReadyForAttributes(3)

    reader: Any = SimpleNamespace(inspect_attributes=inspect)
    for channel in (Channel(), None):
        channels: Any = partial(given, channel)
        AttributeActs(reader, channels, typed(""), heard.append).inspect(fx.InspectAttributes(TICKET))
    assert asked == [Channel.certificate_sha256]
    assert heard == [
        ev.AttributesInspected(TICKET, ReadyForAttributes(3)),
        ev.AttributesInspected(TICKET, ev.VisitGone()),
    ]
