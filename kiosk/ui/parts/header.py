"""The top of every screen: what this machine is, where in the visit one stands, and the language switch."""

from collections.abc import Sequence
from enum import Enum

from PySide6.QtCore import QRect, QRectF, Qt, Signal
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from kiosk.flow.screen_model import Button, Language, ScreenModel, Touch
from kiosk.ui.parts.button import LabelButton, Look, TouchButton
from kiosk.ui.parts.kit import Kit
from kiosk.ui.parts.text import Align, TextBlock
from kiosk.ui.theme import CALM, Style

_SCENE_HEIGHT = 400 / 640
"""Of the picture that fills what an upright panel has above the reach of hands; its upper edge may be cut."""


class Preference(Enum):
    """What a reader may change of the look, for one visit."""

    TEXT_SIZE = "text_size"
    CONTRAST = "contrast"


class Header(QWidget):
    """Service name, step and switches. Made anew for every page."""

    preferred = Signal(object)
    """A Preference whose other setting is asked for."""

    def __init__(
        self, kit: Kit, parent: QWidget, languages: Sequence[tuple[Language, str]], *, preferences: bool
    ) -> None:
        """`languages` are all languages with their own names; `preferences` puts size and contrast on the first screen."""
        super().__init__(parent)
        self._kit = kit
        self._preferences = preferences
        self._step: tuple[int, int] | None = None
        self._controls: list[LabelButton] = []
        self._languages: list[LabelButton] = []
        self._name = TextBlock(kit, self, Style.DETAIL, "service_name")
        self._name.setText(kit.strings.sentence("ui.service_name"))
        self._step_text = TextBlock(kit, self, Style.DETAIL, "step", Align.RIGHT)
        self.setObjectName("header")
        if preferences:
            for preference, label, icon in self._preference_labels():
                button = LabelButton(
                    kit, self, f"prefer_{preference.value}", label, look=Look.QUIET, icon=icon, style=Style.CAPTION
                )
                button.clicked.connect(lambda _checked=False, preference=preference: self.preferred.emit(preference))
                self._controls.append(button)
        for language, own_name in languages:
            if language != kit.strings.language:
                touch = Touch(Button.LANGUAGE, language)
                self._languages.append(
                    TouchButton(kit, self, touch, own_name, look=Look.QUIET, icon="globe", style=Style.DETAIL)
                )

    def draw(self, model: ScreenModel) -> None:
        """Show the step and whether the language can be switched."""
        self._step = model.step
        for button in self._languages:
            button.setVisible(model.language_switch)
        if model.step is not None:
            step, steps = model.step
            self._step_text.setText(self._kit.strings.sentence("ui.step", step=str(step), steps=str(steps)))
        self._step_text.setVisible(model.step is not None)
        self._arrange()

    def _preference_labels(self) -> list[tuple[Preference, str, str]]:
        theme, sentence = self._kit.theme, self._kit.strings.sentence
        size = "ui.text_large" if theme.text_scale == 1.0 else "ui.text_standard"
        contrast = "ui.contrast_high" if theme.palette is CALM else "ui.contrast_standard"
        return [
            (Preference.TEXT_SIZE, sentence(size), "text_size"),
            (Preference.CONTRAST, sentence(contrast), "contrast"),
        ]

    def _arrange(self) -> None:
        px, theme = self._kit.px, self._kit.theme
        bar_top = self.height() - px(theme.header_mm)
        height = px(theme.target_mm)
        top = bar_top + (px(theme.header_mm) - height) // 2
        right = self.width() - px(theme.margin_mm)
        for button in reversed([*self._controls, *self._languages]):
            if button.isHidden():
                continue
            width = min(max(button.wanted_width(), px(theme.target_mm)), px(50))
            right -= width
            button.place(QRect(right, top, width, height))
            right -= px(theme.gap_mm)
        if self._step is not None:
            width = px(36)
            self._step_text.place(QRect(right - px(2) - width, top, width, px(8.5)))
            right -= width + px(6)
        left = px(theme.margin_mm) + px(11 + 3)
        self._name.place(QRect(left, top, right - left, height))
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the band, the emblem and one mark a step."""
        kit, theme = self._kit, self._kit.theme
        px = kit.px
        with QPainter(self) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.fillRect(self.rect(), QColor(theme.palette.surface))
            painter.fillRect(QRect(0, self.height() - px(0.5), self.width(), px(0.5)), QColor(theme.palette.primary))
            bar_top = self.height() - px(theme.header_mm)
            if bar_top > px(30):
                painter.fillRect(QRect(0, 0, self.width(), bar_top), QColor(theme.palette.band))
                height = self.width() * _SCENE_HEIGHT
                kit.drawings.paint(painter, "scene", QRectF(0, bar_top - height, self.width(), height))
            side = px(11)
            box = QRectF(px(theme.margin_mm), bar_top + (px(theme.header_mm) - side) / 2, side, side)
            kit.drawings.paint(painter, "emblem", box)
            if self._step is not None:
                self._paint_steps(painter, *self._step)

    def _paint_steps(self, painter: QPainter, step: int, steps: int) -> None:
        px, palette = self._kit.px, self._kit.theme.palette
        box = self._step_text.geometry()
        gap = px(0.8)
        width = (box.width() - gap * (steps - 1)) / steps
        painter.setPen(Qt.PenStyle.NoPen)
        for number in range(steps):
            done = number < step
            height = px(2.2 if done else 0.8)
            painter.setBrush(QColor(palette.primary if done else palette.frame))
            left = box.left() + number * (width + gap)
            painter.drawRect(QRectF(left, box.bottom() + px(3.4) - height / 2, width, height))
