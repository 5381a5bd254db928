"""One whole visit without a screen: a scripted resident who reads the same screens and touches the same buttons.

It goes through the runner, the flow, the card dialogue and the center exactly as a visit at the machine does; it decides
only what a person would decide.
"""

import threading
import time
from dataclasses import dataclass, field
from typing import Protocol

from kiosk.adapters.card.virtual import VirtualCard, VirtualCardReader
from kiosk.adapters.card.vpcd import VpcdLink
from kiosk.domain.certificates import CertificateKind, Item, MunicipalityCode, ScopeKind
from kiosk.domain.registration import Purpose
from kiosk.flow.events import PinTyped
from kiosk.flow.screen_model import (
    Attract,
    Busy,
    Button,
    Choices,
    Language,
    Message,
    Picture,
    PinPad,
    ScreenId,
    ScreenModel,
    Stepper,
    Summary,
    Text,
    Touch,
)
from kiosk.flow.screens_choose import year_text
from kiosk.flow.settings import FlowSettings
from kiosk.runner import Runner
from kiosk.world import Figures, World

_CLOSED_CODES = {
    "closed.closed_hours": "HOURS-01",
    "closed.maintenance": "HOURS-01",
    "closed.changeover": "REFUSED-02",
    "closed.no_record": "REFUSED-02",
    "closed.no_record_seal": "REFUSED-06",
    "closed.no_record_tax": "REFUSED-07",
    "closed.not_registered": "REFUSED-08",
    "closed.pending_registration": "REFUSED-08",
}
"""What a greyed certificate says, as the code that the center would give."""


_CHOSEN = frozenset({ScreenId.KIND, ScreenId.SCOPE, ScreenId.MEMBERS, ScreenId.YEAR, ScreenId.ITEMS, ScreenId.ANOTHER})
_SECOND_READING = frozenset({ScreenId.CARD_AGAIN, ScreenId.ATTRIBUTES_PIN, ScreenId.UNREAD})


@dataclass(frozen=True, slots=True)
class Wishes:
    """What the scripted resident wants."""

    kind: CertificateKind
    scope: ScopeKind | None = None
    """None takes oneself where that is offered, else the first that is."""
    members: tuple[int, ...] = ()
    """Places in the list of persons, from 1, for the scopes SOME and ONE; empty takes oneself for ONE."""
    items: frozenset[Item] = frozenset()
    copies: int = 1
    year: int | None = None
    """年度; None takes the newest."""
    municipality: MunicipalityCode = MunicipalityCode("990019")
    purpose: Purpose = Purpose.RESIDENCE
    pin: str = field(default="", repr=False)
    attributes_pin: str = field(default="", repr=False)
    """For 券面事項入力補助, where a counter asks; empty leaves that out."""
    language: Language = Language("ja")


class CardHand(Protocol):
    """The hand that lays the card down and takes it away."""

    def place(self) -> None:
        """Lay the card down."""
        ...

    def take_away(self) -> None:
        """Take it away; harmless when it is not there."""
        ...


class FieldHand:
    """Lays a virtual card into the field of a virtual reader in this process."""

    def __init__(self, reader: VirtualCardReader, card: VirtualCard) -> None:
        self._reader, self._card = reader, card

    def place(self) -> None:
        """Lay the card down."""
        self._reader.place(self._card)

    def take_away(self) -> None:
        """Take it away."""
        self._reader.take_away()


class VpcdHand:
    """Lays a virtual card into a vpcd reader of a real pcscd."""

    def __init__(self, card: VirtualCard, host: str, port: int) -> None:
        self._card, self._host, self._port = card, host, port
        self._link: VpcdLink | None = None

    def place(self) -> None:
        """Join the reader. Raises OSError when no vpcd listens."""
        self._link = VpcdLink.join(self._card, self._host, self._port)
        threading.Thread(target=self._link.serve, name="virtual-card", daemon=True).start()

    def take_away(self) -> None:
        """Leave the reader."""
        if self._link is not None:
            self._link.close()
            self._link = None


@dataclass(frozen=True, slots=True)
class VisitResult:
    """How a headless visit ended."""

    code: str | None
    """None when the certificate was handed over, else the stable code of the first message."""
    screens: tuple[ScreenId, ...]
    """Every screen that was shown, in order, repeats left out."""
    total_ms: int


class Visitor:
    """Finds the way from the first screen through card and PIN; called on the flow's thread, so it only posts.

    Never types a PIN twice: what a machine refuses once, this visitor takes for an answer.
    """

    def __init__(
        self, tile: Button, municipality: MunicipalityCode, pin: str, language: Language, hand: CardHand
    ) -> None:
        self.result: VisitResult | None = None
        self._tile, self._municipality = tile, municipality
        self._pin, self._language = pin, language
        self._hand = hand
        self._runner: Runner | None = None
        self._screens: list[ScreenId] = []
        self._code: str | None = None
        self._pin_typed = False
        self._card_lies = False
        self._began_s = time.monotonic()

    def attach(self, runner: Runner) -> None:
        """Say whose screens these are."""
        self._runner = runner

    def announce(self, line: Text, language: Language, level: int) -> None:
        """Hear a line; this visitor reads."""

    def present(self, model: ScreenModel) -> None:
        """Read a screen and do what it asks for."""
        came_anew = not self._screens or self._screens[-1] is not model.screen
        if came_anew:
            self._screens.append(model.screen)
        if self._meet(model, came_anew=came_anew):
            return
        match model.body:
            case Attract() if not model.actions:
                self._end("HOURS-01")
            case Attract() if len(set(self._screens) - {ScreenId.OUT_OF_SERVICE}) > 1:
                self._end(self._code)
            case Attract():
                self._touch(Button.LANGUAGE, self._language)
            case Picture(detail=Text() as detail) if model.screen is ScreenId.OUT_OF_SERVICE:
                self._end(self._code or dict(detail.values).get("code", "OTHER-01"))
            case Message() as message:
                if came_anew:
                    self._give_up(message.code.partition(" ")[0])
                    self._hand.take_away()
                    self._touch(Button.FINISH)
            case PinPad() as pad:
                self._use_pad(pad)
            case Choices() as choices if model.screen is ScreenId.SERVICE:
                self._take(choices, self._tile, "")
            case Choices() as choices if model.screen is ScreenId.MUNICIPALITY:
                if choices.choices:
                    self._take(choices, Button.MUNICIPALITY, self._municipality)
            case Picture() if model.screen is ScreenId.PLACE_CARD:
                self._place_card()
            case Busy() if model.screen is ScreenId.PLACE_CARD:
                self._card_lies = False  # if the screen asks for the card again, it was lost in between
            case _:
                if came_anew:
                    self._go_on(model.screen)

    def _meet(self, model: ScreenModel, *, came_anew: bool) -> bool:
        """Do what a screen of this errand asks for; False for a screen that every visit has."""
        raise NotImplementedError

    def _place_card(self) -> None:
        if self._pin_typed:
            self._give_up("CARD-07")  # lifted while the chip was at work; typing again is for people
            self._touch(Button.CANCEL)
        elif not self._card_lies:
            self._card_lies = True
            self._hand.place()

    def _go_on(self, screen: ScreenId) -> None:
        match screen:
            case ScreenId.CONSENT:
                self._touch(Button.AGREE)
            case ScreenId.TAKE_CARD:
                self._hand.take_away()
            case ScreenId.LAST_TRY if self._pin_typed:
                self._give_up("PIN-01")
                self._touch(Button.CANCEL)
            case ScreenId.LAST_TRY:
                self._touch(Button.NEXT)
            case _:
                pass

    def _use_pad(self, pad: PinPad) -> None:
        assert self._runner is not None
        if pad.note is not None and self._pin_typed and pad.typed == 0:
            self._give_up("PIN-01")
            self._touch(Button.CANCEL)
        elif not self._pin_typed:
            self._pin_typed = True
            for digit in self._pin:
                self._runner.post(PinTyped(self._runner.pin.push(int(digit))))
            self._touch(Button.OK)

    def _take(self, choices: Choices, button: Button, argument: str) -> None:
        """Touch one tile, or learn from it why not."""
        tile = next((choice for choice in choices.choices if choice.touch == Touch(button, argument)), None)
        if tile is not None and tile.enabled:
            self._touch(button, argument)
            return
        detail = "" if tile is None or tile.detail is None else tile.detail.key
        self._give_up("REFUSED-02" if tile is None else _CLOSED_CODES.get(detail, "REFUSED-01"))
        self._touch(Button.CANCEL)

    def _touch(self, button: Button, argument: str = "") -> None:
        assert self._runner is not None
        self._runner.touch(Touch(button, argument))

    def _give_up(self, code: str) -> None:
        """Remember why; the first reason is the one that counts."""
        self._code = self._code or code

    def _end(self, code: str | None) -> None:
        if self.result is None:
            assert self._runner is not None
            ms = round((time.monotonic() - self._began_s) * 1000)
            self.result = VisitResult(code, tuple(self._screens), ms)
            self._runner.stop()


class ScriptedResident(Visitor):
    """Wants one certificate."""

    def __init__(self, wishes: Wishes, hand: CardHand) -> None:
        tile = Button.HONSEKI if wishes.purpose is Purpose.HONSEKI else Button.CERTIFICATES
        super().__init__(tile, wishes.municipality, wishes.pin, wishes.language, hand)
        self._wishes = wishes
        self._laid_again = False

    def _meet(self, model: ScreenModel, *, came_anew: bool) -> bool:
        match model.body:
            case _ if model.screen in _SECOND_READING:
                if came_anew:
                    self._answer_second_reading(model)
            case Stepper() as stepper:
                self._touch(Button.MORE if stepper.value < min(self._wishes.copies, stepper.maximum) else Button.NEXT)
            case Choices() as choices if model.screen in _CHOSEN:
                self._choose(model.screen, choices)
            case Summary() as summary if came_anew:
                if self._as_wished(summary, model.language):
                    self._touch(Button.NEXT)
                else:
                    self._refuse()
            case Picture() if model.screen is ScreenId.COLLECT and came_anew:
                self._touch(Button.NEXT)
            case _:
                return False
        return True

    def _answer_second_reading(self, model: ScreenModel) -> None:
        """Lay the card down once more and type, where there is a PIN for it; leave it out otherwise, and after any no."""
        assert self._runner is not None
        match model.body:
            case Picture() if self._wishes.attributes_pin and not self._laid_again:
                self._laid_again = True
                self._hand.place()
            case PinPad(alarming=False):
                for digit in self._wishes.attributes_pin:
                    self._runner.post(PinTyped(self._runner.pin.push(int(digit))))
                self._touch(Button.OK)
            case Picture() | PinPad():
                self._touch(Button.SKIP)
            case Message():
                self._touch(Button.NEXT)
            case _:
                pass

    def _choose(self, screen: ScreenId, choices: Choices) -> None:
        wishes = self._wishes
        match screen:
            case ScreenId.KIND:
                self._take(choices, Button.KIND, wishes.kind.value)
            case ScreenId.SCOPE:
                offered = [choice.touch.argument for choice in choices.choices]
                usual = ScopeKind.SELF.value if ScopeKind.SELF.value in offered else offered[0]
                self._take(choices, Button.SCOPE, usual if wishes.scope is None else wishes.scope.value)
            case ScreenId.MEMBERS:
                self._name_members(choices)
            case ScreenId.YEAR:
                newest = choices.choices[0].touch.argument
                self._take(choices, Button.YEAR, newest if wishes.year is None else str(wishes.year))
            case ScreenId.ITEMS:
                wanted = {Touch(Button.ITEM, item.value) for item in wishes.items}
                self._tick(choices, wanted, len(wanted))
            case ScreenId.ANOTHER:
                self._touch(Button.FINISH)
            case _:
                pass

    def _name_members(self, choices: Choices) -> None:
        """Tick the wished persons, or touch the one person."""
        places = self._wishes.members
        wanted = [choice.touch for place, choice in enumerate(choices.choices, 1) if place in places]
        if choices.choices[0].selected is not None:
            self._tick(choices, set(wanted), max(1, len(places)))
            return
        if not places:
            oneself = Text("screen.members.applicant")
            wanted = [choice.touch for choice in choices.choices if choice.detail == oneself][:1]
        if len(wanted) == 1:
            self._touch(wanted[0].button, wanted[0].argument)
        else:
            self._refuse()

    def _as_wished(self, summary: Summary, language: Language) -> bool:
        """Read the confirmation: a question that was never asked may have another answer than the wished one."""
        wishes = self._wishes
        rows = {row.label.key: row.values for row in summary.rows}
        shown = {value for values in rows.values() for value in values}
        names = [value for value in rows["screen.confirm.scope"] if value.literal]
        wanted = {Text(f"item.{item.value}") for item in wishes.items}
        if wishes.year is not None:
            wanted.add(year_text(wishes.kind, wishes.year, language))
        if wishes.scope is not None and not wishes.scope.names_members:
            wanted.add(Text(f"scope.{wishes.scope.value}"))
        named = wishes.scope is None or bool(names) == wishes.scope.names_members
        copies = dict(rows["screen.confirm.copies"][0].values)["copies"] == str(wishes.copies)
        return wanted <= shown and copies and named and len(names) == (len(wishes.members) or len(names))

    def _tick(self, choices: Choices, wanted: set[Touch], count: int) -> None:
        """Touch the next tile that is not as wanted; go on when all are."""
        offered = {choice.touch for choice in choices.choices if choice.enabled}
        if not wanted <= offered or len(wanted) != count:
            self._refuse()
            return
        wrong = next((c for c in choices.choices if bool(c.selected) != (c.touch in wanted)), None)
        if wrong is None:
            self._touch(Button.NEXT)
        else:
            self._touch(wrong.touch.button, wrong.touch.argument)

    def _refuse(self) -> None:
        """What is wished is not to be had here."""
        self._give_up("REFUSED-02")
        self._touch(Button.CANCEL)


def run_visit(world: World, settings: FlowSettings, wishes: Wishes, hand: CardHand) -> tuple[VisitResult, Figures]:
    """Make one visit from the first screen back to it. Raises RunnerCrashedError."""
    resident = ScriptedResident(wishes, hand)
    figures = Figures()
    runner = Runner(world, settings, resident, figures)
    resident.attach(runner)
    try:
        runner.run()
    finally:
        hand.take_away()
    assert resident.result is not None
    return resident.result, figures
