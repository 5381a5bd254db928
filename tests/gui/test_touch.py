"""What a finger does: release inside, one finger, a pause after a page change; and where the focus goes (U5, U6, U30)."""

from dataclasses import replace

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QPointingDevice
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from kiosk.flow.screen_model import JAPANESE, Button, ScreenId, Touch
from kiosk.flow.screens import screen_for
from kiosk.ui.parts.button import PressButton
from kiosk.ui.strings import Strings
from kiosk.ui.window import KioskWindow
from tests.flow import samples
from tests.gui import gallery
from tests.gui.conftest import HandClock, MakeWindow

KINDS = (ScreenId.KIND, JAPANESE)


def button(window: KioskWindow, name: str) -> PressButton:
    found = window.findChild(PressButton, name)
    assert found is not None, name
    return found


def centre(part: QPushButton, window: KioskWindow) -> QPoint:
    return part.mapTo(window, part.rect().center())


@pytest.fixture
def touches() -> list[Touch]:
    return []


@pytest.fixture
def window(make_window: MakeWindow, clock: HandClock, touches: list[Touch]) -> KioskWindow:
    made = make_window()
    made.touched.connect(touches.append)
    made.show_model(gallery.model_of(*KINDS))
    clock.pass_guard()
    return made


@pytest.fixture(scope="module")
def finger() -> QPointingDevice:
    return QTest.createTouchDevice()


def test_a_tap_says_its_touch_once(window: KioskWindow, touches: list[Touch]) -> None:
    QTest.mouseClick(button(window, "button_kind_juminhyo"), Qt.MouseButton.LeftButton)
    assert touches == [Touch(Button.KIND, "juminhyo")]


def test_a_finger_on_a_touch_panel_says_its_touch_once(
    window: KioskWindow, touches: list[Touch], finger: QPointingDevice
) -> None:
    place = centre(button(window, "button_kind_inkan"), window)
    QTest.touchEvent(window, finger).press(0, place, window).commit()
    assert touches == []
    QTest.touchEvent(window, finger).release(0, place, window).commit()
    assert touches == [Touch(Button.KIND, "inkan")]


def test_a_finger_that_slides_off_before_it_lifts_does_nothing(
    window: KioskWindow, touches: list[Touch], finger: QPointingDevice
) -> None:
    start, end = (
        centre(button(window, "button_kind_inkan"), window),
        centre(button(window, "button_kind_kazei"), window),
    )
    QTest.touchEvent(window, finger).press(0, start, window).commit()
    QTest.touchEvent(window, finger).move(0, end, window).commit()
    QTest.touchEvent(window, finger).release(0, end, window).commit()
    assert touches == []
    assert not any(part.isDown() for part in window.findChildren(PressButton))


def test_a_second_finger_is_ignored(window: KioskWindow, touches: list[Touch], finger: QPointingDevice) -> None:
    first, second = (centre(button(window, f"button_kind_{kind}"), window) for kind in ("juminhyo", "inkan"))
    QTest.touchEvent(window, finger).press(0, first, window).commit()
    QTest.touchEvent(window, finger).stationary(0).press(1, second, window).commit()
    QTest.touchEvent(window, finger).stationary(0).release(1, second, window).commit()
    assert touches == []
    QTest.touchEvent(window, finger).release(0, first, window).commit()
    assert touches == [Touch(Button.KIND, "juminhyo")]


def test_a_press_shows_at_once_and_a_release_ends_it(window: KioskWindow) -> None:
    tile = button(window, "button_kind_juminhyo")
    before = tile.colours()
    QTest.mousePress(tile, Qt.MouseButton.LeftButton)
    assert tile.colours() != before
    QTest.mouseRelease(tile, Qt.MouseButton.LeftButton)
    assert tile.colours() == before


def test_a_press_sounds_the_one_tone(window: KioskWindow, qtbot: QtBot) -> None:
    with qtbot.waitSignal(window.tone, timeout=1000):
        QTest.mousePress(button(window, "button_cancel"), Qt.MouseButton.LeftButton)


def test_a_greyed_choice_does_nothing(window: KioskWindow, touches: list[Touch]) -> None:
    QTest.mouseClick(button(window, "button_kind_koseki"), Qt.MouseButton.LeftButton)
    assert touches == []


def test_a_tap_within_300_ms_of_a_page_change_falls_on_nothing(
    window: KioskWindow, touches: list[Touch], clock: HandClock
) -> None:
    window.show_model(gallery.model_of(ScreenId.SCOPE, JAPANESE))
    clock.now_s += 0.299
    QTest.mouseClick(button(window, "button_scope_self"), Qt.MouseButton.LeftButton)
    QTest.keyClick(button(window, "button_scope_self"), Qt.Key.Key_Return)
    assert touches == []
    clock.now_s += 0.002
    QTest.mouseClick(button(window, "button_scope_self"), Qt.MouseButton.LeftButton)
    assert touches == [Touch(Button.SCOPE, "self")]


def test_a_press_begun_on_one_page_does_not_end_on_the_next(window: KioskWindow, touches: list[Touch]) -> None:
    place = centre(button(window, "button_cancel"), window)
    QTest.mousePress(window.windowHandle(), Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, place)
    window.show_model(gallery.model_of(ScreenId.SCOPE, JAPANESE))
    QTest.mouseRelease(window.windowHandle(), Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, place)
    assert touches == []


def test_ticking_a_choice_is_no_page_change_and_the_model_alone_ticks(
    make_window: MakeWindow, clock: HandClock
) -> None:
    window = make_window()
    touches: list[Touch] = []
    window.touched.connect(touches.append)
    window.show_model(gallery.members(JAPANESE, ()))
    clock.pass_guard()
    tile = button(window, "button_member_m1")
    QTest.mouseClick(tile, Qt.MouseButton.LeftButton)
    assert not tile.isChecked()
    window.show_model(gallery.members(JAPANESE, (1,)))
    assert button(window, "button_member_m1") is tile
    assert tile.isChecked()
    QTest.mouseClick(button(window, "button_member_m2"), Qt.MouseButton.LeftButton)
    assert [touch.argument for touch in touches] == ["m1", "m2"]


def test_the_same_control_again_within_the_set_time_is_not_counted(make_window: MakeWindow, clock: HandClock) -> None:
    window = make_window(repeat_ms=500)
    touches: list[Touch] = []
    window.touched.connect(touches.append)
    window.show_model(gallery.copies(JAPANESE))
    clock.pass_guard()
    for pause_s in (0.0, 0.4, 0.2):
        clock.now_s += pause_s
        QTest.mouseClick(button(window, "button_more"), Qt.MouseButton.LeftButton)
    assert len(touches) == 2


def test_the_whole_first_screen_is_one_button(make_window: MakeWindow, clock: HandClock) -> None:
    window = make_window()
    touches: list[Touch] = []
    window.touched.connect(touches.append)
    window.show_model(gallery.model_of(ScreenId.IDLE, JAPANESE))
    clock.pass_guard()
    for place in (QPoint(40, 200), QPoint(700, 700), QPoint(1300, 300)):
        QTest.mouseClick(window.windowHandle(), Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, place)
    assert touches == [Touch(Button.START)] * 3


def test_the_first_screen_is_no_button_while_there_is_no_service(make_window: MakeWindow, clock: HandClock) -> None:
    window = make_window()
    touches: list[Touch] = []
    window.touched.connect(touches.append)
    window.show_model(replace(gallery.model_of(ScreenId.IDLE, JAPANESE), actions=()))
    clock.pass_guard()
    QTest.mouseClick(window.windowHandle(), Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, QPoint(700, 400))
    assert touches == []
    assert window.findChild(QWidget, "picture_closed") is not None


def test_every_control_is_reached_by_tab_in_reading_order(window: KioskWindow) -> None:
    window.activateWindow()
    first = button(window, "button_language_en")
    first.setFocus(Qt.FocusReason.TabFocusReason)
    names = [first.objectName()]
    while True:
        window.focusNextPrevChild(True)
        focused = QApplication.focusWidget() or window.focusWidget()
        assert focused is not None
        if focused.objectName() == names[0]:
            break
        names.append(focused.objectName())
        assert len(names) < 20
    assert names == [
        "button_language_en",
        *(f"button_kind_{kind}" for kind in ("juminhyo", "inkan", "kazei", "shotoku")),
        "button_cancel",
    ]


def test_the_focus_ring_shows_for_a_key_and_not_for_a_finger(window: KioskWindow) -> None:
    tile = button(window, "button_kind_juminhyo")
    plain = tile.grab().toImage()
    tile.setFocus(Qt.FocusReason.MouseFocusReason)
    assert tile.grab().toImage() == plain
    tile.clearFocus()
    tile.setFocus(Qt.FocusReason.TabFocusReason)
    assert tile.grab().toImage() != plain


def test_enter_presses_the_control_that_has_the_focus(window: KioskWindow, touches: list[Touch]) -> None:
    QTest.keyClick(button(window, "button_kind_shotoku"), Qt.Key.Key_Return)
    assert touches == [Touch(Button.KIND, "shotoku")]


def test_before_the_last_try_the_focus_is_on_stopping(make_window: MakeWindow) -> None:
    window = make_window()
    window.show_model(gallery.model_of(ScreenId.LAST_TRY, JAPANESE))
    focused = window.focusWidget()
    assert focused is not None
    assert focused.objectName() == "button_cancel"


def test_the_language_button_names_the_language_it_leads_to(window: KioskWindow, touches: list[Touch]) -> None:
    language = button(window, "button_language_en")
    assert language.accessibleName() == "English"
    QTest.mouseClick(language, Qt.MouseButton.LeftButton)
    assert touches == [Touch(Button.LANGUAGE, "en")]
    assert QPointF(language.pos()).x() > 0


def test_before_the_last_try_the_focus_is_on_stopping_in_the_flow_too(make_window: MakeWindow) -> None:
    window = make_window()
    window._strings = {JAPANESE: Strings.load(gallery.ASSETS, JAPANESE)}
    model = screen_for(samples.states()["LastTry"], samples.at(), samples.KIOSK)
    window.show_model(model)
    focused = window.focusWidget()
    assert focused is not None
    assert focused.accessibleName() == window._strings[JAPANESE].sentence("screen.last_try.stop")
