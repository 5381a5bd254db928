"""Which page draws which body."""

from typing import assert_never

from PySide6.QtWidgets import QWidget

from kiosk.flow.screen_model import (
    Attract,
    Body,
    Busy,
    Choices,
    Message,
    Money,
    Number,
    PasswordPad,
    Picture,
    PinPad,
    Progress,
    Reading,
    Stepper,
    Summary,
    TextPad,
)
from kiosk.ports.card import PinBuffer
from kiosk.ports.password import PasswordBuffer
from kiosk.ui.pages.attract import AttractPage
from kiosk.ui.pages.busy import BusyPage
from kiosk.ui.pages.choices import ChoicesPage
from kiosk.ui.pages.message import MessagePage
from kiosk.ui.pages.money import MoneyPage
from kiosk.ui.pages.number import NumberPage
from kiosk.ui.pages.page import Page
from kiosk.ui.pages.password_pad import PasswordPadPage
from kiosk.ui.pages.picture import PicturePage
from kiosk.ui.pages.pin_pad import PinPadPage
from kiosk.ui.pages.progress import ProgressPage
from kiosk.ui.pages.reading import ReadingPage
from kiosk.ui.pages.stepper import StepperPage
from kiosk.ui.pages.summary import SummaryPage
from kiosk.ui.pages.text_pad import TextPadPage
from kiosk.ui.parts.kit import Kit


def page_for(body: Body, kit: Kit, parent: QWidget, pin: PinBuffer, password: PasswordBuffer) -> Page:
    """Make the page of a body type, still empty."""
    match body:
        case Attract():
            return AttractPage(kit, parent)
        case Choices():
            return ChoicesPage(kit, parent)
        case Reading():
            return ReadingPage(kit, parent)
        case Picture():
            return PicturePage(kit, parent)
        case PinPad():
            return PinPadPage(kit, parent, pin)
        case TextPad():
            return TextPadPage(kit, parent, body.keys)
        case PasswordPad():
            return PasswordPadPage(kit, parent, password)
        case Number():
            return NumberPage(kit, parent)
        case Busy():
            return BusyPage(kit, parent)
        case Stepper():
            return StepperPage(kit, parent)
        case Summary():
            return SummaryPage(kit, parent)
        case Money():
            return MoneyPage(kit, parent)
        case Progress():
            return ProgressPage(kit, parent)
        case Message():
            return MessagePage(kit, parent)
        case _:
            assert_never(body)
