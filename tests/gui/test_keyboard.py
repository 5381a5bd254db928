"""Keys of lines and of the password: what a finger, a screen reader and a keyboard get from them (U10, U12, U30)."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel, QPushButton

from kiosk.flow import kana
from kiosk.flow.screen_model import JAPANESE, Button, ScreenId, Touch
from kiosk.ports.password import PasswordBuffer
from kiosk.ui.pages.password_pad import Marks
from kiosk.ui.parts.button import PressButton
from kiosk.ui.window import KioskWindow
from tests.gui import gallery
from tests.gui.conftest import HandClock, MakeWindow

PASSWORD = "QX7Z90"


@pytest.fixture
def said() -> list[object]:
    return []


@pytest.fixture
def window(make_window: MakeWindow, said: list[object]) -> KioskWindow:
    made = make_window()
    for signal in (made.touched, made.password_typed, made.announced):
        signal.connect(said.append)
    return made


def show(window: KioskWindow, clock: HandClock, said: list[object], **changes: int) -> None:
    window.show_model(gallery.password(JAPANESE, changes.get("typed", 0)))
    said.clear()
    clock.pass_guard()


def tap(window: KioskWindow, name: str) -> None:
    (found,) = (part for part in window.findChildren(PressButton, name) if part.isVisible())
    QTest.mouseClick(found, Qt.MouseButton.LeftButton)


def type_password(window: KioskWindow, text: str = PASSWORD) -> None:
    for character in text:
        tap(window, f"character_{character}")


def test_every_key_of_a_line_says_its_character_and_nothing_is_kept_here(
    window: KioskWindow, clock: HandClock, said: list[object]
) -> None:
    window.show_model(gallery.writing(JAPANESE, ""))
    said.clear()
    clock.pass_guard()
    for letter in kana.LETTERS + "".join(kana.MARKS):
        tap(window, f"button_character_{letter}")
    assert said == [Touch(Button.CHARACTER, letter) for letter in kana.LETTERS + "".join(kana.MARKS)]
    assert [b.text() for b in window.findChildren(QLabel, "text_written") if b.isVisible() and b.text()] == []


def test_the_other_keys_are_digits_and_latin_letters_and_stay_while_a_line_grows(
    window: KioskWindow, clock: HandClock, said: list[object]
) -> None:
    window.show_model(gallery.writing(JAPANESE, ""))
    clock.pass_guard()
    tap(window, "other_keys")
    clock.pass_guard()
    said.clear()
    for character in kana.DIGITS + kana.LATIN + kana.HYPHEN:
        tap(window, f"button_character_{character}")
    assert len(said) == 37
    window.show_model(gallery.writing(JAPANESE, "1"))
    tap(window, "button_character_2")
    tap(window, "button_erase")
    tap(window, "button_clear")
    assert said[-2:] == [Touch(Button.ERASE), Touch(Button.CLEAR)]


def test_keys_whose_sign_says_nothing_have_a_name_to_be_read_out(window: KioskWindow) -> None:
    window.show_model(gallery.writing(JAPANESE))
    names = {part.objectName(): part.accessibleName() for part in window.findChildren(QPushButton)}
    assert names["button_character_゛"] == "濁点"
    assert names["button_character_゜"] == "半濁点"
    assert names["button_character_小"] == "小書き"
    assert names["button_character_か"] == "か"


def test_characters_go_into_the_buffer_and_only_their_number_is_told(
    window: KioskWindow, clock: HandClock, password: PasswordBuffer, said: list[object]
) -> None:
    show(window, clock, said)
    type_password(window)
    assert said == [1, 2, 3, 4, 5, 6]
    with password.take() as characters:
        assert bytes(characters) == PASSWORD.encode()


def test_no_text_name_or_picture_tells_two_passwords_apart(
    window: KioskWindow, clock: HandClock, password: PasswordBuffer, said: list[object]
) -> None:
    seen = []
    for text in (PASSWORD, "ABCDEF"):
        password.clear()
        window.show_model(gallery.model_of(ScreenId.PLACE_CARD, JAPANESE))
        show(window, clock, said)
        type_password(window, text)
        marks = next(part for part in window.findChildren(Marks) if part.isVisible())
        shown = sorted(label.text() for label in window.findChildren(QLabel) if label.isVisible())
        seen.append((marks.accessibleName(), shown, marks.grab().toImage()))
    assert seen[0] == seen[1]
    assert "6" in seen[0][0]


def test_erasing_and_clearing_and_a_keyboard_work_on_the_buffer(
    window: KioskWindow, clock: HandClock, password: PasswordBuffer, said: list[object]
) -> None:
    show(window, clock, said)
    type_password(window)
    tap(window, "password_erase")
    assert len(password) == 5
    tap(window, "password_clear")
    assert len(password) == 0
    assert window._page is not None
    QTest.keyClicks(window._page, "ab9-")
    QTest.keyClick(window._page, Qt.Key.Key_Backspace)
    assert (len(password), said[-4:]) == (2, [1, 2, 3, 2])


def test_ok_keeps_the_characters_for_the_card(
    window: KioskWindow, clock: HandClock, password: PasswordBuffer, said: list[object]
) -> None:
    show(window, clock, said)
    type_password(window)
    window.show_model(gallery.password(JAPANESE, 6))
    tap(window, "button_ok")
    assert said[-1] == Touch(Button.OK)
    window.show_model(gallery.model_of(ScreenId.SIGNING, JAPANESE))
    assert len(password) == 6


@pytest.mark.parametrize("after", [each for each in ScreenId if each not in {ScreenId.PASSWORD, ScreenId.SIGNING}])
def test_every_other_screen_empties_the_buffer(
    window: KioskWindow, clock: HandClock, password: PasswordBuffer, said: list[object], after: ScreenId
) -> None:
    show(window, clock, said)
    type_password(window)
    window.show_model(gallery.model_of(after, JAPANESE))
    assert len(password) == 0


def test_another_language_and_closing_empty_the_buffer(
    window: KioskWindow, clock: HandClock, password: PasswordBuffer, said: list[object]
) -> None:
    show(window, clock, said)
    type_password(window)
    said.clear()
    window.show_model(gallery.password(gallery.ENGLISH, 6))
    assert len(password) == 0
    assert 0 in said
    clock.pass_guard()
    type_password(window)
    window.close()
    assert len(password) == 0
