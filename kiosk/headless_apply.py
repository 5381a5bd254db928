"""An application for 利用登録, or a question where one stands, without a screen: a scripted applicant at the same screens.

The applicant writes with the keys of the screen, so what those cannot write cannot be applied for here either.
"""

from dataclasses import dataclass, field

from kiosk.domain.certificates import MunicipalityCode
from kiosk.domain.registration import RegistrationState
from kiosk.flow.events import PasswordTyped
from kiosk.flow.kana import keys_for
from kiosk.flow.screen_model import (
    Button,
    Language,
    Message,
    Number,
    PasswordPad,
    ScreenId,
    ScreenModel,
    Text,
    TextPad,
)
from kiosk.flow.screens_apply import word_of
from kiosk.flow.settings import FlowSettings
from kiosk.headless import CardHand, Visitor, VisitResult
from kiosk.runner import Runner
from kiosk.world import Figures, World

STATES = tuple(word_of(state) for state in (None, *RegistrationState))
"""What may be told of a 利用登録, as words of the command line."""
ALREADY_APPLIED, NOT_NEEDED = "REFUSED-09", "REFUSED-02"


@dataclass(frozen=True, slots=True)
class ApplicationWishes:
    """What the scripted applicant wants."""

    municipality: MunicipalityCode
    lines: tuple[str, str, str] | None = field(repr=False)
    """本籍, 筆頭者 and telephone; None only asks where an application stands."""
    pin: str = field(default="", repr=False)
    password: str = field(default="", repr=False)
    language: Language = Language("ja")


class ScriptedApplicant(Visitor):
    """Writes, signs and keeps the number; never types a password twice, and never sends an application twice."""

    def __init__(self, wishes: ApplicationWishes, hand: CardHand) -> None:
        tile = Button.STATE if wishes.lines is None else Button.APPLICATION
        super().__init__(tile, wishes.municipality, wishes.pin, wishes.language, hand)
        self.number: str | None = None
        """The reception number, once there is one."""
        self.state: str | None = None
        """One of STATES, once it was told."""
        self._wishes = wishes
        self._password_typed = False

    def _meet(self, model: ScreenModel, *, came_anew: bool) -> bool:
        match model.body:
            case TextPad() if came_anew:
                self._write(model.screen)
            case PasswordPad() as pad:
                self._use_keys(pad)
            case Number() as kept if came_anew:
                self.number = kept.number
                self._touch(Button.FINISH)
            case Message() as told if model.screen is ScreenId.REGISTRATION and came_anew:
                self._hear(told.happened)
            case Message() as unsent if model.screen is ScreenId.UNSENT and came_anew:
                self._give_up(unsent.code)
                self._touch(Button.FINISH)
            case _:
                return self._answer(model.screen) if came_anew else False
        return True

    def _answer(self, screen: ScreenId) -> bool:
        match screen:
            case ScreenId.FORM:
                self._touch(Button.NEXT)
            case ScreenId.LAST_PASSWORD if self._password_typed:
                self._give_up("PIN-03")
                self._touch(Button.CANCEL)
            case ScreenId.LAST_PASSWORD:
                self._touch(Button.NEXT)
            case _:
                return False
        return True

    def _write(self, screen: ScreenId) -> None:
        assert self._wishes.lines is not None
        place = (ScreenId.HONSEKI, ScreenId.HITTOSHA, ScreenId.TELEPHONE).index(screen)
        for key in keys_for(self._wishes.lines[place]):
            self._touch(Button.CHARACTER, key)
        self._touch(Button.NEXT)

    def _use_keys(self, pad: PasswordPad) -> None:
        assert self._runner is not None
        if pad.alarming and self._password_typed and pad.typed == 0:
            self._give_up("PIN-03")
            self._touch(Button.CANCEL)
        elif not self._password_typed:
            self._password_typed = True
            for character in self._wishes.password:
                self._runner.post(PasswordTyped(self._runner.password.push(character)))
            self._touch(Button.OK)

    def _hear(self, happened: Text) -> None:
        self.state = happened.key.removeprefix("registration.")
        if self._wishes.lines is not None:
            self._give_up(NOT_NEEDED if self.state == word_of(None) else ALREADY_APPLIED)
        self._touch(Button.FINISH)


def run_application(
    world: World, settings: FlowSettings, wishes: ApplicationWishes, hand: CardHand
) -> tuple[VisitResult, ScriptedApplicant]:
    """Make one visit from the first screen back to it. Raises RunnerCrashedError."""
    applicant = ScriptedApplicant(wishes, hand)
    runner = Runner(world, settings, applicant, Figures())
    applicant.attach(runner)
    try:
        runner.run()
    finally:
        hand.take_away()
    assert applicant.result is not None
    return applicant.result, applicant
