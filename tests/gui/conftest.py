"""Sets the screen tests up: no display is needed, and nothing of the machine's own look gets in."""

import os

os.environ["QT_QPA_PLATFORM"] = "offscreen"

from collections.abc import Callable

import pytest
from pytestqt.qtbot import QtBot

from kiosk.ports.card import PinBuffer
from kiosk.ports.password import PasswordBuffer
from kiosk.ui.geometry import ScreenGeometry
from kiosk.ui.window import KioskWindow
from tests.gui import gallery


class HandClock:
    """Monotonic seconds that stand still until moved; begins after every guard has passed."""

    def __init__(self) -> None:
        self.now_s = 1000.0

    def __call__(self) -> float:
        return self.now_s

    def pass_guard(self) -> None:
        self.now_s += 0.301


@pytest.fixture
def clock() -> HandClock:
    return HandClock()


@pytest.fixture
def pin() -> PinBuffer:
    return PinBuffer()


@pytest.fixture
def password() -> PasswordBuffer:
    return PasswordBuffer()


MakeWindow = Callable[..., KioskWindow]


@pytest.fixture
def make_window(qtbot: QtBot, clock: HandClock, pin: PinBuffer, password: PasswordBuffer) -> MakeWindow:
    """Windows on the stand-in words; shown, and closed after the test."""

    def make(
        geometry: ScreenGeometry = gallery.LANDSCAPE, *, specimen: bool = False, repeat_ms: int = 0
    ) -> KioskWindow:
        window = KioskWindow(
            assets_dir=gallery.ASSETS,
            strings=gallery.all_words(),
            pin=pin,
            password=password,
            geometry=geometry,
            now_s=clock,
            specimen=specimen,
            repeat_ms=repeat_ms,
        )
        qtbot.addWidget(window)
        window.show()
        return window

    return make
