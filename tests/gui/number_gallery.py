"""The screens that show a number to keep, for the gallery."""

from collections.abc import Callable

from kiosk.flow.screen_model import Action, Button, Language, Number, Role, ScreenId, ScreenModel, Text, Touch

Say = Callable[[str], Text]
"""Makes a text of the stand-in words."""


def reception(t: Say, language: Language) -> ScreenModel:
    """Make the number of an application."""
    body = Number(t("reception.number"), "AB12-CD34-EF56", tuple(t(f"reception.p{number}") for number in (1, 2, 3)))
    actions = (Action(Touch(Button.FINISH), t("finish"), Role.PRIMARY),)
    return ScreenModel(ScreenId.RECEPTION, language, t("reception.title"), body, actions)


def number(t: Say, language: Language) -> ScreenModel:
    """Make a counter's number, with its slip."""
    lines = tuple(t(f"number.{key}") for key in ("slip", "wait", "coming", "pay"))
    actions = (
        Action(Touch(Button.ANOTHER), t("another.another"), Role.SECONDARY),
        Action(Touch(Button.FINISH), t("finish"), Role.PRIMARY),
    )
    body = Number(t("number.caption"), "123", lines)
    return ScreenModel(ScreenId.NUMBER, language, t("number.title"), body, actions, (9, 9))


def seal_code(t: Say, language: Language) -> ScreenModel:
    """Make the code that stands in for the seal registration card."""
    body = Number(t("seal_code.caption"), "7K3P WX9D", tuple(t(f"seal_code.p{number}") for number in (1, 2, 3)))
    actions = (Action(Touch(Button.FINISH), t("finish"), Role.PRIMARY),)
    return ScreenModel(ScreenId.SEAL_CODE, language, t("seal_code.title"), body, actions)
