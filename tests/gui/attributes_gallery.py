"""The screens of the second reading of the card, for the gallery."""

from collections.abc import Callable

from kiosk.flow.screen_model import (
    Action,
    Button,
    Language,
    Message,
    Picture,
    PinPad,
    Role,
    ScreenId,
    ScreenModel,
    Text,
    Tone,
    Touch,
)

Say = Callable[[str], Text]
"""Makes a text of the stand-in words."""


def card_again(t: Say, language: Language) -> ScreenModel:
    """Make the page that asks for the card once more."""
    body = Picture("place_card", t("card_again.sentence"), t("card_again.detail"))
    return ScreenModel(ScreenId.CARD_AGAIN, language, t("card_again.title"), body, (_cancel(t), _skip(t)), (8, 9))


def attributes_pin(t: Say, language: Language, typed: int = 2) -> ScreenModel:
    """Make the pad that says which PIN is meant."""
    body = PinPad(typed, 3, t("attributes_pin.note"), alarming=False)
    ok = Action(Touch(Button.OK), t("pin.ok"), Role.PRIMARY, enabled=typed == 4)
    row = (_cancel(t), _skip(t), ok)
    return ScreenModel(ScreenId.ATTRIBUTES_PIN, language, t("attributes_pin.title"), body, row, (8, 9))


def unread(t: Say, language: Language) -> ScreenModel:
    """Make the page that says why nothing was read, with a way to try once more."""
    body = Message(Tone.CAUTION, t("unread.happened"), t("unread.to_do"), "CARD-10")
    again = Action(Touch(Button.RETRY), t("unread.again"), Role.SECONDARY)
    onward = Action(Touch(Button.NEXT), t("card_again.skip"), Role.PRIMARY)
    return ScreenModel(ScreenId.UNREAD, language, t("unread.title"), body, (_cancel(t), again, onward), (8, 9))


def _cancel(t: Say) -> Action:
    return Action(Touch(Button.CANCEL), t("cancel"), Role.CANCEL)


def _skip(t: Say) -> Action:
    return Action(Touch(Button.SKIP), t("card_again.skip"), Role.SECONDARY)
