"""Whole visits at the window by fingers on glass: screen, bridge, runner, card, center, till and tray, all of them real."""

import gc
import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QPointingDevice
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from kiosk.adapters.payment.scripted import ScriptedCashier
from kiosk.cardproc import load_persona
from kiosk.flow.events import PasswordTyped, PinTyped
from kiosk.flow.kana import keys_for
from kiosk.flow.screen_model import Language, Money, ScreenId, ScreenModel
from kiosk.headless import FieldHand
from kiosk.run_command import _Seen
from kiosk.sandbox_center import private_center
from kiosk.ui.bridge import Bridge
from kiosk.ui.geometry import ScreenGeometry
from kiosk.ui.parts.button import PressButton
from kiosk.ui.parts.text import TextBlock
from kiosk.ui.strings import Strings, available_languages
from kiosk.ui.window import KioskWindow
from tests.support.standing import Standing, ready
from tests.support.town import FLOW, ROOT, Machine, Town

ASSETS = ROOT / "assets"
PATIENCE_MS = 30_000
JA, EN = Language("ja"), Language("en")


class GuardClock:
    """The window's clock: every touch comes after its guard."""

    def __init__(self) -> None:
        self.now_s = 0.0

    def __call__(self) -> float:
        return self.now_s


@dataclass
class Desk:
    """A machine with its window, and the resident's fingers and card."""

    standing: Standing
    window: KioskWindow
    hand: FieldHand
    machine: Machine
    qtbot: QtBot
    finger: QPointingDevice
    guard: GuardClock

    def see(self, *screens: ScreenId, where: Callable[[ScreenModel], bool] = ready) -> ScreenModel:
        """Wait until the window has drawn one of these screens."""

        def drawn() -> bool:
            assert self.standing.crash is None
            model = self.window._model
            return model is not None and model.screen in screens and where(model)

        self.qtbot.waitUntil(drawn, timeout=PATIENCE_MS)
        assert self.window._model is not None
        return self.window._model

    def tap(self, name: str) -> None:
        """Put a finger on a control and lift it."""
        self.guard.now_s += 1.0
        found = [part for part in self.window.findChildren(PressButton, name) if part.isVisible()]
        assert len(found) == 1, f"{name}: {[part.objectName() for part in self.window.findChildren(PressButton)]}"
        assert found[0].isEnabled(), name
        place = found[0].mapTo(self.window, found[0].rect().center())
        QTest.touchEvent(self.window, self.finger).press(0, place, self.window).commit()
        QTest.touchEvent(self.window, self.finger).release(0, place, self.window).commit()

    def type_pin(self, pin: str) -> None:
        """Tap the pad and OK."""
        for digit in pin:
            self.tap(f"digit_{digit}")
        self.see(ScreenId.PIN, where=lambda model: getattr(model.body, "typed", 0) == len(pin))
        self.tap("button_ok")

    def go(self, to: ScreenId, start: str = "button_start") -> None:
        """Walk from the first screen to another."""
        for screen, do in self.steps(start):
            self.see(screen)
            if screen is to:
                return
            do()

    def finish(self, after: ScreenId) -> None:
        """Walk on from a screen to the end."""
        passed = False
        for screen, do in self.steps(""):
            if passed:
                self.see(screen)
            if passed or screen is after:
                passed = True
                do()
        self.see(ScreenId.IDLE)

    def steps(self, start: str) -> list[tuple[ScreenId, Callable[[], None]]]:
        def taps(name: str) -> Callable[[], None]:
            return lambda: self.tap(name)

        return [
            (ScreenId.IDLE, taps(start)),
            (ScreenId.SERVICE, taps("button_certificates")),
            (ScreenId.CONSENT, taps("button_agree")),
            (ScreenId.MUNICIPALITY, taps("button_municipality_990019")),
            (ScreenId.PLACE_CARD, self.hand.place),
            (ScreenId.PIN, lambda: self.type_pin("1234")),
            (ScreenId.TAKE_CARD, self.hand.take_away),
            (ScreenId.KIND, taps("button_kind_juminhyo")),
            (ScreenId.SCOPE, taps("button_scope_self")),
            (ScreenId.ITEMS, taps("button_next")),
            (ScreenId.COPIES, taps("button_next")),
            (ScreenId.CONFIRM, taps("button_next")),
            (ScreenId.COLLECT, taps("button_next")),
            (ScreenId.ANOTHER, taps("button_finish")),
        ]

    def words(self) -> str:
        """Give everything that can be read on the window."""
        return "\n".join(block.text() for block in self.window.findChildren(TextBlock) if block.isVisible())


@pytest.fixture(scope="module")
def strings() -> dict[Language, Strings]:
    return {language: Strings.load(ASSETS, language) for language in available_languages(ASSETS)}


@pytest.fixture(scope="module")
def finger() -> QPointingDevice:
    return QTest.createTouchDevice()


@pytest.fixture
def desk(
    machine: Machine,
    qtbot: QtBot,
    qapp: QApplication,
    strings: dict[Language, Strings],
    finger: QPointingDevice,
) -> Iterator[Desk]:
    with standing_desk(machine, qtbot, qapp, strings, finger) as desk:
        yield desk


@contextmanager
def standing_desk(
    machine: Machine, qtbot: QtBot, qapp: QApplication, strings: dict[Language, Strings], finger: QPointingDevice
) -> Iterator[Desk]:
    with machine.started() as world:
        standing, guard = Standing(world, FLOW), GuardClock()
        window = KioskWindow(
            assets_dir=ASSETS,
            strings=strings,
            pin=standing.runner.pin,
            password=standing.runner.password,
            geometry=ScreenGeometry(1920, 1080, 344.0),
            now_s=guard,
            specimen=True,
        )
        qtbot.addWidget(window)
        bridge = Bridge(window)
        seen = _Seen(standing.runner, qapp)
        bridge.models.connect(seen.note, Qt.ConnectionType.QueuedConnection)
        window.touched.connect(seen.pass_on)
        window.pin_typed.connect(lambda count: standing.runner.post(PinTyped(count)))
        window.password_typed.connect(lambda count: standing.runner.post(PasswordTyped(count)))
        standing.on_present = bridge.present
        window.show()
        try:
            with standing.serving():
                hand = FieldHand(machine.reader, load_persona(machine.town.data, "hanako"))
                yield Desk(standing, window, hand, machine, qtbot, finger, guard)
        finally:
            seen.deleteLater()
            gc.enable()


@pytest.mark.parametrize(("start", "word"), [("button_start", "暗証番号"), ("button_language_en", "PIN")])
def test_a_whole_visit_in_either_language(desk: Desk, start: str, word: str) -> None:
    desk.go(ScreenId.PIN, start)
    assert word in desk.words()
    desk.type_pin("1234")
    desk.see(ScreenId.TAKE_CARD)
    desk.finish(ScreenId.TAKE_CARD)
    assert len(desk.machine.paper.files) == 1
    assert len(desk.standing.runner.pin) == 0


def test_a_wrong_pin_is_told_with_the_tries_left_and_the_right_one_goes_on(desk: Desk) -> None:
    desk.go(ScreenId.PIN)
    desk.type_pin("9999")
    desk.see(ScreenId.PIN, where=lambda model: getattr(model.body, "note", None) is not None)
    assert "2" in desk.words()
    desk.type_pin("1234")
    desk.see(ScreenId.TAKE_CARD)
    desk.finish(ScreenId.TAKE_CARD)
    assert len(desk.machine.paper.files) == 1


CANCELLED = [
    *(ScreenId.SERVICE, ScreenId.CONSENT, ScreenId.MUNICIPALITY, ScreenId.PLACE_CARD, ScreenId.PIN),
    *(ScreenId.TAKE_CARD, ScreenId.KIND, ScreenId.SCOPE, ScreenId.ITEMS, ScreenId.COPIES, ScreenId.CONFIRM),
]


def test_cancelling_on_every_screen_leads_back_and_nothing_is_printed_or_paid(desk: Desk) -> None:
    for screen in CANCELLED:
        desk.go(screen)
        desk.tap("button_cancel")
        if screen in {ScreenId.PIN, ScreenId.TAKE_CARD}:
            desk.see(ScreenId.TAKE_CARD)
            desk.hand.take_away()
        desk.see(ScreenId.IDLE)
        assert len(desk.standing.runner.pin) == 0
        assert desk.standing.runner._acts._channel is None
    assert desk.machine.paper.files == []
    assert desk.machine.cashier._charges == {}


def test_cancelling_while_coins_fall_gives_them_back_and_the_visit_may_go_on(desk: Desk) -> None:
    slow = ScriptedCashier(pays_by_itself=False)
    desk.machine.cashier.collect = slow.collect  # type: ignore[method-assign]  # the coins come by hand
    desk.go(ScreenId.CONFIRM)
    desk.tap("button_next")
    desk.see(ScreenId.PAYING)

    def a_coin_counts(model: ScreenModel) -> bool:
        slow.insert(1)  # one that falls before the slot opens falls through
        return isinstance(model.body, Money) and model.body.inserted_yen > 0

    desk.see(ScreenId.PAYING, where=a_coin_counts)
    desk.tap("button_cancel")
    desk.see(ScreenId.MESSAGE)
    assert slow._charges == {}
    desk.tap("button_finish")
    desk.see(ScreenId.IDLE)
    assert desk.machine.paper.files == []


def test_another_language_in_mid_visit_keeps_what_was_chosen_and_clears_the_pin(desk: Desk) -> None:
    desk.go(ScreenId.PIN)
    desk.tap("digit_1")
    desk.tap("digit_2")
    desk.see(ScreenId.PIN, where=lambda model: getattr(model.body, "typed", 0) == 2)
    desk.tap("button_language_en")
    desk.see(ScreenId.PIN, where=lambda model: model.language == EN and getattr(model.body, "typed", 9) == 0)
    assert len(desk.standing.runner.pin) == 0
    desk.type_pin("1234")
    desk.see(ScreenId.TAKE_CARD)
    desk.hand.take_away()
    desk.see(ScreenId.KIND)
    desk.tap("button_kind_juminhyo")
    desk.see(ScreenId.SCOPE)
    desk.tap("button_language_ja")
    desk.see(ScreenId.SCOPE, where=lambda model: model.language == JA)
    desk.finish(ScreenId.SCOPE)
    assert len(desk.machine.paper.files) == 1


@pytest.mark.parametrize("screen", [ScreenId.SERVICE, ScreenId.KIND, ScreenId.CONFIRM, ScreenId.COLLECT])
def test_whoever_walks_away_is_warned_and_forgotten(
    desk: Desk, screen: ScreenId, caplog: pytest.LogCaptureFixture
) -> None:
    desk.go(screen)
    long = screen in {ScreenId.CONFIRM, ScreenId.COLLECT}
    desk.standing.pass_time(125 if long else 65)
    desk.see(screen, where=lambda model: model.warning_s is not None)
    desk.tap("button_stay")
    desk.see(screen, where=lambda model: model.warning_s is None)
    desk.standing.pass_time(125 if long else 65)
    desk.see(screen, where=lambda model: model.warning_s is not None)
    desk.standing.pass_time(21)
    desk.see(ScreenId.IDLE)
    # Paid and printed: it is theirs, and no case. Nobody said that it was taken, so staff look at the tray.
    assert len(desk.machine.paper.files) == (screen is ScreenId.COLLECT)
    told = [record.getMessage() for record in caplog.records if record.levelname != "INFO"]
    assert [json.loads(line)["event"] for line in told] == ["PapersLeft"] * (screen is ScreenId.COLLECT)
    caplog.clear()


def test_an_application_for_registration_is_written_and_signed_by_fingers(
    data: Path,
    tmp_path: Path,
    qtbot: QtBot,
    qapp: QApplication,
    strings: dict[Language, Strings],
    finger: QPointingDevice,
) -> None:
    lines = [("honseki", "がっこうちょう"), ("hittosha", "かくう　ぱる"), ("telephone", "09012345678")]
    with private_center(data, None) as url:
        machine = Machine(Town(data, url), tmp_path)
        with standing_desk(machine, qtbot, qapp, strings, finger) as desk:
            desk.hand = FieldHand(machine.reader, load_persona(data, "applicant"))
            desk.see(ScreenId.IDLE)
            desk.tap("button_start")
            desk.see(ScreenId.SERVICE)
            desk.tap("button_application")
            desk.see(ScreenId.CONSENT)
            desk.tap("button_agree")
            desk.see(ScreenId.MUNICIPALITY)
            desk.tap("button_municipality_990035")
            for name, text in lines:
                desk.see(ScreenId(name))
                for key in keys_for(text):
                    desk.tap(f"button_character_{key}")
                desk.see(ScreenId(name), where=partial(says, text))
                desk.tap("button_next")
            desk.see(ScreenId.FORM)
            assert all(text in desk.words() for _, text in lines)
            desk.tap("button_next")
            desk.see(ScreenId.PLACE_CARD)
            desk.hand.place()
            desk.see(ScreenId.PIN)
            desk.type_pin("1234")
            desk.see(ScreenId.PASSWORD)
            for password in ("WRONG1", "ABC123"):
                for character in password:
                    desk.tap(f"character_{character}")
                desk.see(ScreenId.PASSWORD, where=lambda model: getattr(model.body, "typed", 0) == len("ABC123"))
                desk.tap("button_ok")
                desk.see(ScreenId.PASSWORD, ScreenId.TAKE_CARD, where=is_empty)
                assert len(desk.standing.runner.password) == 0
            desk.see(ScreenId.TAKE_CARD)
            desk.hand.take_away()
            desk.see(ScreenId.RECEPTION)
            assert "受付番号" in desk.words()
            desk.tap("button_finish")
            desk.see(ScreenId.IDLE)


def says(text: str, model: ScreenModel) -> bool:
    """Tell whether a line says a text by now."""
    return getattr(model.body, "written", "") == text


def is_empty(model: ScreenModel) -> bool:
    """Tell whether nothing of a password is typed: it was refused, or the card is asked back."""
    return getattr(model.body, "typed", 0) == 0


OF_A_VISIT = {
    "Document",
    "Issued",
    "VisitOpened",
    "Menu",
    "Member",
    "HttpsVisitChannel",
    "VisitKey",
    "Session",
    "Order",
}


def test_back_on_the_first_screen_the_window_and_the_runner_hold_nobody(desk: Desk) -> None:
    before = ours()  # samples of other tests of this process, and the machine itself
    desk.go(ScreenId.CONFIRM)
    desk.standing.seen.clear()  # what the test itself has kept
    desk.finish(ScreenId.CONFIRM)
    runner = desk.standing.runner
    desk.qtbot.waitUntil(lambda: runner._acts._ordered is None and not runner._acts._stops, timeout=PATIENCE_MS)
    desk.standing.seen.clear()
    desk.qtbot.waitUntil(lambda: new_kinds(before) & OF_A_VISIT == set(), timeout=PATIENCE_MS)
    # Qt deletes the page before at some later turn of its own.
    desk.qtbot.waitUntil(
        lambda: {name for name in new_kinds(before) if name.endswith("Page")} == {"AttractPage"}, timeout=PATIENCE_MS
    )


def ours() -> list[object]:
    """Give every object of our own kinds that Python keeps."""
    gc.collect()
    return [each for each in gc.get_objects() if str(type(each).__module__).startswith("kiosk.")]


def new_kinds(before: list[object]) -> set[str]:
    """Name the kinds of what has come since; `before` is kept, so no identity in it is used again."""
    known = {id(each) for each in before}
    return {type(each).__name__ for each in ours() if id(each) not in known}
