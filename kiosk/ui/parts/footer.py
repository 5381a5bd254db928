"""The bottom row: giving up at the left, going on at the right, always in the same places."""

from collections.abc import Sequence
from typing import assert_never

from PySide6.QtCore import QRect, QSize
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from kiosk.flow.screen_model import Action, Role, Touch
from kiosk.ui.parts.button import Look, TouchButton
from kiosk.ui.parts.kit import Kit

_ORDER = (Role.CANCEL, Role.BACK, Role.ALARM, Role.SECONDARY, Role.PRIMARY)


class Footer(QWidget):
    """One button an action."""

    def __init__(self, kit: Kit, parent: QWidget, actions: Sequence[Action]) -> None:
        super().__init__(parent)
        self._kit = kit
        self.setObjectName("footer")
        self._buttons: list[tuple[Action, TouchButton]] = []
        for action in sorted(actions, key=lambda action: _ORDER.index(action.role)):
            look, icon, after = _presentation(action.role)
            button = TouchButton(
                kit, self, action.touch, kit.text(action.label), look=look, icon=icon, icon_after=after
            )
            self._buttons.append((action, button))

    @property
    def shape(self) -> tuple[tuple[Touch, Role], ...]:
        """What the row consists of; the same shape can be drawn again in place."""
        return tuple((action.touch, action.role) for action, _ in self._buttons)

    def draw(self, actions: Sequence[Action]) -> None:
        """Update labels and what can be pressed."""
        for action in actions:
            for drawn, button in self._buttons:
                if drawn.touch == action.touch:
                    button.set_label(self._kit.text(action.label))
                    button.setEnabled(action.enabled)
        self._arrange(self.size())

    def button_for(self, role: Role) -> TouchButton | None:
        """Find the button of a role that can be pressed; None where the row has none."""
        return next((button for action, button in self._buttons if action.role is role and button.isEnabled()), None)

    def _arrange(self, size: QSize) -> None:
        kit, theme = self._kit, self._kit.theme
        gap, margin, height = kit.px(theme.gap_mm), kit.px(theme.margin_mm), kit.px(theme.action_mm)
        if not self._buttons:
            return
        room = size.width() - 2 * margin - gap * (len(self._buttons) - 1)
        least = {Role.PRIMARY: kit.px(62)}
        widths = [max(button.wanted_width(), least.get(action.role, kit.px(42))) for action, button in self._buttons]
        if sum(widths) > room:
            widths = [width * room // sum(widths) for width in widths]
        top = (size.height() - height) // 2
        left = margin
        for (action, button), width in zip(self._buttons, widths, strict=True):
            at_right = action.role is Role.PRIMARY or (
                action.role is Role.SECONDARY and all(other.role is not Role.PRIMARY for other, _ in self._buttons)
            )
            if at_right and action is self._buttons[-1][0]:
                left = size.width() - margin - width
            button.place(QRect(left, top, width, height))
            left += width + gap

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the band the buttons stand on."""
        palette = self._kit.theme.palette
        with QPainter(self) as painter:
            painter.fillRect(self.rect(), QColor(palette.band))
            line = self._kit.px(self._kit.theme.line_mm)
            if palette.band == palette.ground:
                painter.fillRect(QRect(0, 0, self.width(), line), QColor(palette.frame))


def _presentation(role: Role) -> tuple[Look, str, bool]:
    match role:
        case Role.PRIMARY:
            return Look.PRIMARY, "forward", True
        case Role.SECONDARY:
            return Look.PLAIN, "", False
        case Role.BACK:
            return Look.PLAIN, "back", False
        case Role.CANCEL:
            return Look.PLAIN, "cancel", False
        case Role.ALARM:
            return Look.ALARM, "alarm", False
        case _:
            assert_never(role)
