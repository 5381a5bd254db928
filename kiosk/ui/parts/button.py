"""Everything that can be touched. It acts on release inside the target that was pressed, once, and shows the press."""

from enum import Enum

from PySide6.QtCore import QEvent, QRect, QRectF, Qt
from PySide6.QtGui import QColor, QFocusEvent, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QPushButton, QWidget

from kiosk.flow.screen_model import Touch
from kiosk.ui.parts.kit import Kit
from kiosk.ui.parts.text import Align, TextBlock
from kiosk.ui.theme import Style

_BY_KEYBOARD = {
    Qt.FocusReason.TabFocusReason,
    Qt.FocusReason.BacktabFocusReason,
    Qt.FocusReason.ShortcutFocusReason,
}


class Look(Enum):
    """How a button presents itself."""

    PRIMARY = "primary"
    PLAIN = "plain"
    ALARM = "alarm"
    QUIET = "quiet"
    SELECTED = "selected"


def control_name(touch: Touch) -> str:
    """Name a control for tests and logs of the screen; arguments are our own words, never names of people."""
    return f"button_{touch.button.value}" + (f"_{touch.argument}" if touch.argument else "")


class PressButton(QPushButton):
    """A face with a frame; what stands on it is drawn by children that let touches through."""

    def __init__(self, kit: Kit, parent: QWidget, name: str, look: Look = Look.PLAIN) -> None:
        super().__init__(parent)
        self.kit = kit
        self.look = look
        self._ringed = False
        self.setObjectName(name)
        self.setAutoDefault(False)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.pressed.connect(self._show_press)
        self.released.connect(self._show_press)
        self.pressed.connect(kit.tone)

    def colours(self) -> tuple[str, str, str]:
        """Give face, frame and ink of the moment."""
        palette = self.kit.theme.palette
        if self.isDown():
            return palette.pressed, palette.ink, palette.on_pressed
        if not self.isEnabled():
            return palette.disabled, palette.frame, palette.quiet
        match self.look:
            case Look.PRIMARY:
                return palette.primary, palette.primary, palette.on_primary
            case Look.ALARM:
                return palette.alarm, palette.alarm, palette.on_alarm
            case Look.SELECTED:
                return palette.selected, palette.selected_frame, palette.ink
            case Look.QUIET | Look.PLAIN:
                return palette.surface, palette.frame, palette.ink

    def set_look(self, look: Look) -> None:
        """Change the look and the ink of the children."""
        self.look = look
        self._show_press()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw face, frame and focus ring, then what the subclass adds."""
        theme = self.kit.theme
        face, frame, ink = self.colours()
        strong = self.look is Look.SELECTED or self.isDown()
        line = self.kit.px(theme.strong_line_mm if strong else theme.line_mm)
        radius = self.kit.px(theme.radius_mm)
        with QPainter(self) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            pen = QPen(QColor(frame), line)
            if not self.isEnabled():
                pen.setStyle(Qt.PenStyle.DashLine)
            painter.setPen(pen)
            painter.setBrush(QColor(face))
            inset = line / 2
            painter.drawRoundedRect(QRectF(self.rect()).adjusted(inset, inset, -inset, -inset), radius, radius)
            self.paint_face(painter, ink)
            if self._ringed and self.hasFocus():
                ring = self.kit.px(0.8)
                painter.setBrush(Qt.BrushStyle.NoBrush)
                painter.setPen(QPen(QColor(ink), ring))
                inset = self.kit.px(1.4) + ring / 2
                painter.drawRoundedRect(QRectF(self.rect()).adjusted(inset, inset, -inset, -inset), radius, radius)

    def paint_face(self, painter: QPainter, ink: str) -> None:
        """Draw an icon or a tick; the bare button has none."""

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Begin a press unless the page has only just come up."""
        if self.kit.guard.admits(self.objectName()):
            super().mousePressEvent(event)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Take the second tap of two quick ones as a press of its own."""
        self.mousePressEvent(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Take Enter like Space; a key held down presses once."""
        if event.isAutoRepeat():
            return
        if event.key() in {Qt.Key.Key_Return, Qt.Key.Key_Enter}:
            if self.kit.guard.admits(self.objectName()):
                self.click()
        elif event.key() != Qt.Key.Key_Space or self.kit.guard.admits(self.objectName()):
            super().keyPressEvent(event)

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Show the ring when the focus came by a key; a finger needs none."""
        self._ringed = event.reason() in _BY_KEYBOARD
        super().focusInEvent(event)

    def changeEvent(self, event: QEvent) -> None:
        """Follow being enabled and disabled."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.EnabledChange:
            self._show_press()

    def _show_press(self) -> None:
        ink = self.colours()[2]
        for block in self.findChildren(TextBlock):
            block.set_ink(ink)
        self.update()


class LabelButton(PressButton):
    """A button with a label and, if it has one, an icon before or after it."""

    def __init__(
        self,
        kit: Kit,
        parent: QWidget,
        name: str,
        label: str,
        *,
        look: Look = Look.PLAIN,
        icon: str = "",
        icon_after: bool = False,
        style: Style = Style.LABEL,
    ) -> None:
        super().__init__(kit, parent, name, look)
        self._icon = icon
        self._icon_after = icon_after
        self._label = TextBlock(kit, self, style, f"of_{name}", Align.CENTRE)
        self._icon_box = QRectF()
        self.set_label(label)
        self._show_press()

    def set_label(self, label: str) -> None:
        """Change what the button says."""
        self._label.setText(label)
        self.setAccessibleName(label)

    def wanted_width(self) -> int:
        """Width that keeps the label on one line, in pixels."""
        text = self.kit.lettering.width(self._label.text(), self._label.style_of_text)
        return round(text + self._icon_room() + 2 * self.kit.px(5))

    def place(self, box: QRect) -> None:
        """Put the button into `box` with its label in the middle."""
        self.setGeometry(box)
        padding = self.kit.px(3)
        room = self._icon_room()
        inner = QRect(padding + room, self.kit.px(1.5), box.width() - 2 * padding - room, box.height() - self.kit.px(3))
        if self._icon_after:
            inner.translate(-room, 0)
        setting = self._label.place(inner)
        side = self.kit.px(8)
        spare = (inner.width() - setting.width_px) / 2
        left = inner.right() - spare + room - side if self._icon_after else inner.left() + spare - room
        self._icon_box = QRectF(left, (box.height() - side) / 2, side, side)

    def paint_face(self, painter: QPainter, ink: str) -> None:
        """Draw the icon."""
        if self._icon:
            self.kit.drawings.paint(painter, self._icon, self._icon_box, ink)

    def _icon_room(self) -> int:
        return self.kit.px(8 + 2.5) if self._icon else 0


class TouchButton(LabelButton):
    """A label button that says its touch."""

    def __init__(
        self,
        kit: Kit,
        parent: QWidget,
        touch: Touch,
        label: str,
        *,
        look: Look = Look.PLAIN,
        icon: str = "",
        icon_after: bool = False,
        style: Style = Style.LABEL,
    ) -> None:
        super().__init__(
            kit, parent, control_name(touch), label, look=look, icon=icon, icon_after=icon_after, style=style
        )
        self.clicked.connect(lambda: kit.touch(touch))
