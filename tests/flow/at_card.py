"""What the world around the flow does for the second reading of the card, and what must hold of it."""

from typing import TYPE_CHECKING

from kiosk.flow import effects as fx
from kiosk.flow import events as ev
from kiosk.flow.screen_model import Button
from kiosk.ports.attributes import WrongAttributesPin
from kiosk.ports.center import AttributesTold

if TYPE_CHECKING:
    from tests.flow.world import World


def ask_for_attributes(world: "World", effect: fx.InspectAttributes | fx.ReadAttributes, event: ev.Event) -> None:
    """Check that only an office that wants it has a card asked, and that no last try is spent on it."""
    assert world.watch is None, "the reader is in use"
    assert effect.ticket.visit in world.asked, "a card was asked without anybody wanting it"
    if isinstance(effect, fx.ReadAttributes):
        assert isinstance(event, ev.Touched), "a PIN try without a touch"
        assert event.touch.button is Button.OK, "a PIN try without OK"
        assert world.attributes_tries > 1 or not world.card_lies, "the last try was spent on what may be left out"
        world.verifications += 1
        assert world.verifications <= world.presses
    world.ask(effect)


def attributes_answered(world: "World", event: ev.AttributesAnswered) -> None:
    """Let the chip count."""
    world.typed = 0
    match event.outcome:
        case AttributesTold():
            world.attributes_tries = 3
        case WrongAttributesPin(tries_left):
            world.attributes_tries = tries_left
        case _:
            pass
