"""Digits go into the buffer and nowhere else (U10, U12, U14)."""

from collections.abc import Iterator
from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAccessible
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel, QWidget

from kiosk.flow.screen_model import JAPANESE, Button, ScreenId, Touch
from kiosk.ports.card import PinBuffer
from kiosk.ui.pages.pin_pad import Dots
from kiosk.ui.parts.button import PressButton
from kiosk.ui.window import KioskWindow
from tests.gui import gallery
from tests.gui.conftest import HandClock, MakeWindow


@pytest.fixture
def said() -> list[object]:
    return []


@pytest.fixture
def window(make_window: MakeWindow, clock: HandClock, said: list[object]) -> KioskWindow:
    made = make_window()
    made.touched.connect(said.append)
    made.pin_typed.connect(said.append)
    made.announced.connect(said.append)
    made.show_model(gallery.pin(JAPANESE, 0))
    said.clear()
    clock.pass_guard()
    return made


def key(window: KioskWindow, name: str) -> PressButton:
    found = window.findChild(PressButton, name)
    assert found is not None
    return found


def type_digits(window: KioskWindow, digits: str) -> None:
    for digit in digits:
        QTest.mouseClick(key(window, f"digit_{digit}"), Qt.MouseButton.LeftButton)


def test_four_taps_fill_the_buffer_and_tell_only_the_count(
    window: KioskWindow, pin: PinBuffer, said: list[object]
) -> None:
    type_digits(window, "7392")
    assert said == [1, 2, 3, 4]
    with pin.take() as digits:
        assert bytes(digits) == b"7392"


def test_erasing_and_clearing_work_on_the_buffer(window: KioskWindow, pin: PinBuffer, said: list[object]) -> None:
    type_digits(window, "55")
    QTest.mouseClick(key(window, "pin_erase"), Qt.MouseButton.LeftButton)
    type_digits(window, "1")
    QTest.mouseClick(key(window, "pin_clear"), Qt.MouseButton.LeftButton)
    assert said == [1, 2, 1, 2, 0]
    assert len(pin) == 0


def test_a_keypad_types_too(window: KioskWindow, pin: PinBuffer, said: list[object]) -> None:
    for digit in "4816":
        QTest.keyClick(key(window, "digit_1"), Qt.Key(ord(digit)))
    QTest.keyClick(key(window, "digit_1"), Qt.Key.Key_Backspace)
    QTest.keyClick(key(window, "digit_1"), Qt.Key.Key_0)
    assert said == [1, 2, 3, 4, 3, 4]
    with pin.take() as digits:
        assert bytes(digits) == b"4810"


def everything_named(window: KioskWindow) -> Iterator[str]:
    for part in [window, *window.findChildren(QWidget)]:
        yield from (part.objectName(), part.accessibleName(), part.accessibleDescription(), part.toolTip())
        yield part.statusTip()
        if isinstance(part, QLabel):
            yield part.text()
        reader = QAccessible.queryAccessibleInterface(part)
        for kind in (QAccessible.Text.Name, QAccessible.Text.Description, QAccessible.Text.Value):
            yield reader.text(kind)


def test_no_name_or_text_tells_which_digits_were_typed(window: KioskWindow) -> None:
    type_digits(window, "2")
    once = sorted(everything_named(window))
    QTest.mouseClick(key(window, "pin_clear"), Qt.MouseButton.LeftButton)
    type_digits(window, "9")
    assert sorted(everything_named(window)) == once


def test_the_picture_is_the_same_whatever_was_typed(window: KioskWindow) -> None:
    pictures = []
    for digits in ("1111", "0987"):
        type_digits(window, digits)
        pictures.append(window.grab().toImage())
        QTest.mouseClick(key(window, "pin_clear"), Qt.MouseButton.LeftButton)
    assert pictures[0] == pictures[1]


def test_a_dot_appears_before_the_flow_answers_and_an_older_model_does_not_take_it_back(window: KioskWindow) -> None:
    dots = window.findChild(Dots)
    assert dots is not None
    type_digits(window, "31")
    assert "2桁" in dots.accessibleName()
    window.show_model(gallery.pin(JAPANESE, 1))
    assert window.findChild(Dots) is dots
    assert "2桁" in dots.accessibleName()


def test_a_new_model_of_the_same_pad_leaves_a_pressed_key_pressed(window: KioskWindow, pin: PinBuffer) -> None:
    pressed = key(window, "digit_3")
    QTest.mousePress(pressed, Qt.MouseButton.LeftButton)
    window.show_model(gallery.pin(JAPANESE, 1))
    QTest.mouseRelease(pressed, Qt.MouseButton.LeftButton)
    assert len(pin) == 1


def test_ok_keeps_the_digits_for_the_card(window: KioskWindow, pin: PinBuffer, said: list[object]) -> None:
    type_digits(window, "1234")
    window.show_model(gallery.pin(JAPANESE, 4))
    QTest.mouseClick(key(window, "button_ok"), Qt.MouseButton.LeftButton)
    assert said[-1] == Touch(Button.OK)
    window.show_model(gallery.model_of(ScreenId.VERIFYING, JAPANESE))
    assert len(pin) == 4


@pytest.mark.parametrize("after", [screen for screen in ScreenId if screen not in {ScreenId.PIN, ScreenId.VERIFYING}])
def test_leaving_the_pad_for_any_other_screen_empties_the_buffer(
    window: KioskWindow, pin: PinBuffer, after: ScreenId
) -> None:
    type_digits(window, "12")
    window.show_model(gallery.model_of(after, JAPANESE))
    assert len(pin) == 0


def test_after_verifying_no_screen_finds_digits_left(window: KioskWindow, pin: PinBuffer) -> None:
    type_digits(window, "1234")
    window.show_model(gallery.model_of(ScreenId.VERIFYING, JAPANESE))
    window.show_model(gallery.pin(JAPANESE, 0, gallery.t("pin.wrong")))
    assert len(pin) == 0


def test_changing_the_language_empties_the_buffer_and_says_so(
    window: KioskWindow, pin: PinBuffer, said: list[object]
) -> None:
    type_digits(window, "12")
    said.clear()
    window.show_model(gallery.pin(gallery.ENGLISH, 2))
    assert len(pin) == 0
    assert 0 in said
    dots = next(part for part in window.findChildren(Dots) if part.isVisible())
    assert dots.accessibleName().startswith("0 of 4")


def test_a_warning_over_the_pad_keeps_what_was_typed(window: KioskWindow, pin: PinBuffer) -> None:
    type_digits(window, "12")
    window.show_model(replace(gallery.pin(JAPANESE, 2), warning_s=15))
    window.show_model(gallery.pin(JAPANESE, 2))
    assert len(pin) == 2


def test_closing_the_window_empties_the_buffer(window: KioskWindow, pin: PinBuffer) -> None:
    type_digits(window, "12")
    window.close()
    assert len(pin) == 0
