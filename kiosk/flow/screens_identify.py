"""Screens from the first touch to the card's return."""

from typing import assert_never

from kiosk.domain.registration import Purpose
from kiosk.flow import states as s
from kiosk.flow.identify import errands, purpose_of, takes
from kiosk.flow.screen_model import (
    Busy,
    Button,
    Choice,
    Choices,
    Picture,
    PinPad,
    Reading,
    Role,
    ScreenId,
    ScreenModel,
    Text,
    Touch,
)
from kiosk.flow.screen_parts import BACK, button, frame, go_on, literal
from kiosk.flow.screens_choose import closed_text
from kiosk.flow.settings import FlowSettings
from kiosk.ports.card import PIN_LENGTH, TokenKind
from kiosk.ports.clock import Instant

CONSENT_PARAGRAPHS = 3
CONSENT_TO_APPLY = 5


def service(state: s.Service, now: Instant, settings: FlowSettings) -> ScreenModel:
    """What to do."""
    tiles = tuple(
        Choice(
            Touch(button),
            Text(f"screen.service.{button.value}"),
            Text(f"screen.service.{button.value}_detail"),
            main=button is Button.CERTIFICATES,
        )
        for button in errands(settings)
    )
    return frame(state, ScreenId.SERVICE, Choices(tiles), now, settings)


def consent(state: s.Consent, now: Instant, settings: FlowSettings) -> ScreenModel:
    """What is done with the data; agreeing leads on, disagreeing ends."""
    paragraphs = tuple(Text(f"screen.consent.{key}") for key in consent_to(state.errand, settings))
    return frame(
        state,
        ScreenId.CONSENT,
        Reading(paragraphs),
        now,
        settings,
        BACK,
        button(Button.DISAGREE, "screen.consent.disagree", Role.SECONDARY),
        go_on(Button.AGREE, "screen.consent.agree"),
    )


def consent_to(errand: s.Errand, settings: FlowSettings) -> tuple[str, ...]:
    """Give what to know before an errand."""
    match errand:
        case s.TakeCertificates():
            refund = "no_refund" if settings.takes_payment else "pay_staff"
            stay = "stay" if settings.hands_over_here else "take_slip"
            return (*(f"paragraph_{number}" for number in range(1, CONSENT_PARAGRAPHS + 1)), stay, refund)
        case s.Apply():
            return tuple(f"application_{number}" for number in range(1, CONSENT_TO_APPLY + 1))
        case s.AskState():
            return ("paragraph_1", "paragraph_2", "state")
        case s.UseSealCard():
            return ("paragraph_1", "paragraph_2", "seal_card")
        case _:
            assert_never(errand)


def choosing_municipality(state: s.ChoosingMunicipality, now: Instant, settings: FlowSettings) -> ScreenModel:
    """Which municipality; its name comes from the register, in Latin letters for other languages than Japanese."""
    honseki = purpose_of(state.errand) is Purpose.HONSEKI
    if state.ticket is not None:
        body: Busy | Choices = Busy(Text("screen.municipality.waiting"))
    else:
        japanese = state.session.language == "ja"
        body = Choices(
            tuple(
                Choice(
                    Touch(Button.MUNICIPALITY, place.code),
                    literal(place.name if japanese else place.name_en),
                    literal(place.prefecture if japanese else f"{place.prefecture}{place.name}")
                    if takes(place, state.errand)
                    else closed_text(place.application_closed),
                    takes(place, state.errand),
                )
                for place in state.municipalities
            ),
            Text("screen.municipality.note_honseki" if honseki else "screen.municipality.note"),
        )
    title, voice = ("screen.municipality.title_honseki", "voice.municipality_honseki") if honseki else ("", "")
    return frame(state, ScreenId.MUNICIPALITY, body, now, settings, BACK, title=title, voice=voice)


def place_card(state: s.PlaceCard, now: Instant, settings: FlowSettings) -> ScreenModel:
    """Where the card goes; once it lies there, that it is being read."""
    if state.inspecting:
        reading = Busy(Text("screen.place_card.reading"))
        return frame(state, ScreenId.PLACE_CARD, reading, now, settings, voice="voice.reading_card")
    sentence = "screen.place_card.again" if state.lifted else "screen.place_card.sentence"
    body = Picture("place_card", Text(sentence), Text("screen.place_card.detail"))
    voice = "voice.place_card_again" if state.lifted else ""
    return frame(state, ScreenId.PLACE_CARD, body, now, settings, BACK, voice=voice)


def last_try(state: s.LastTry, now: Instant, settings: FlowSettings) -> ScreenModel:
    """The choice before the last try: stopping has the focus, going on is possible (U11)."""
    before = (Text("screen.last_try.wrong"),) if state.wrong else ()
    paragraphs = (*before, Text("screen.last_try.warning"), Text("screen.last_try.advice"))
    return frame(
        state,
        ScreenId.LAST_TRY,
        Reading(paragraphs),
        now,
        settings,
        button(Button.NEXT, "screen.last_try.go_on", Role.SECONDARY),
        go_on(Button.CANCEL, "screen.last_try.stop"),
        voice="voice.last_try_wrong" if state.wrong else "",
    )


def pin(state: s.Pin, now: Instant, settings: FlowSettings) -> ScreenModel:
    """The pad, with what is left and what was refused."""
    note: Text | None = None
    voice = ""
    if state.tries_left == 1:
        note, voice = Text("screen.pin.last"), "voice.pin_last"
    elif state.wrong:
        note, voice = Text("screen.pin.wrong", (("tries_left", str(state.tries_left)),)), "voice.pin_wrong"
    phone = state.token is TokenKind.PHONE
    return frame(
        state,
        ScreenId.PIN,
        PinPad(state.typed, state.tries_left, note),
        now,
        settings,
        go_on(Button.OK, "common.ok", enabled=state.typed == PIN_LENGTH),
        title="screen.pin.title_phone" if phone else "",
        voice=voice,
    )


def verifying(state: s.Verifying | s.InspectingSignature, now: Instant, settings: FlowSettings) -> ScreenModel:
    """The card must stay."""
    return frame(state, ScreenId.VERIFYING, Busy(Text("screen.verifying.sentence")), now, settings)


def take_card(state: s.TakeCard | s.ReturningCard | s.Applied, now: Instant, settings: FlowSettings) -> ScreenModel:
    """Nothing goes on beside a card that lies there."""
    body = Picture("take_card", Text("screen.take_card.sentence"), Text("screen.take_card.detail"))
    first = isinstance(state, s.Applied) or (isinstance(state, s.TakeCard) and state.draft is None)
    return frame(state, ScreenId.TAKE_CARD, body, now, settings, numbered=first)
