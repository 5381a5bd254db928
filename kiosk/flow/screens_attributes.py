"""Screens of the second reading of the card, at a counter that asks for it. Each says that it can be left out."""

from kiosk.flow import states as s
from kiosk.flow.attributes import AGAIN
from kiosk.flow.codes import TONES, sentence_code
from kiosk.flow.screen_model import Busy, Button, Message, Picture, PinPad, Role, ScreenId, ScreenModel, Text, Tone
from kiosk.flow.screen_parts import button, frame, go_on
from kiosk.flow.settings import FlowSettings
from kiosk.ports.card import PIN_LENGTH
from kiosk.ports.clock import Instant

SKIP = button(Button.SKIP, "screen.card_again.skip", Role.SECONDARY)


def card_again(state: s.CardAgain, now: Instant, settings: FlowSettings) -> ScreenModel:
    """Why the card is wanted once more; once it lies there, that it is being read."""
    if state.inspecting:
        reading = Busy(Text("screen.place_card.reading"))
        return frame(state, ScreenId.CARD_AGAIN, reading, now, settings, voice="voice.reading_card")
    sentence = "screen.place_card.again" if state.lifted else "screen.card_again.sentence"
    body = Picture("place_card", Text(sentence), Text("screen.card_again.detail"))
    voice = "voice.place_card_again" if state.lifted else ""
    return frame(state, ScreenId.CARD_AGAIN, body, now, settings, SKIP, voice=voice)


def attributes_pin(state: s.AttributesPin, now: Instant, settings: FlowSettings) -> ScreenModel:
    """The pad, saying which PIN is meant, or that the digits were refused."""
    note, voice = Text("screen.attributes_pin.note"), ""
    if state.wrong:
        tries = (("tries_left", str(state.tries_left)),)
        note, voice = Text("screen.attributes_pin.wrong", tries), "voice.attributes_pin_wrong"
    return frame(
        state,
        ScreenId.ATTRIBUTES_PIN,
        PinPad(state.typed, state.tries_left, note, alarming=state.wrong),
        now,
        settings,
        SKIP,
        go_on(Button.OK, "common.ok", enabled=state.typed == PIN_LENGTH),
        voice=voice,
    )


def reading_attributes(state: s.ReadingAttributes, now: Instant, settings: FlowSettings) -> ScreenModel:
    """The card must stay."""
    body = Busy(Text("screen.verifying.sentence"))
    return frame(state, ScreenId.VERIFYING, body, now, settings, numbered=False)


def unread(state: s.Unread, now: Instant, settings: FlowSettings) -> ScreenModel:
    """Why nothing was read, and that this changes nothing of the certificate."""
    known = sentence_code(state.code)
    body = Message(
        Tone.INFORM if TONES[known] is Tone.INFORM else Tone.CAUTION,  # nothing stops because of it
        Text(f"code.{known}.happened"),
        Text("screen.unread.to_do"),
        state.code,
        Text("screen.unread.unseen") if state.card is s.CardPlace.UNSEEN else None,
    )
    actions = [go_on(Button.NEXT, "screen.unread.go_on")]
    if state.code in AGAIN:
        actions.insert(0, button(Button.RETRY, "screen.unread.again", Role.SECONDARY))
    return frame(state, ScreenId.UNREAD, body, now, settings, *actions)
