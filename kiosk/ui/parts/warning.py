"""The question whether anybody is still there: part of the page, never a dialog of its own."""

from PySide6.QtCore import QRect, QRectF, Qt
from PySide6.QtGui import QColor, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QWidget

from kiosk.flow.screen_model import Button, Touch
from kiosk.ui.parts.button import Look, TouchButton
from kiosk.ui.parts.kit import Kit
from kiosk.ui.parts.text import Align, TextBlock
from kiosk.ui.theme import Style


class StillThere(QWidget):
    """Covers the page with a card: what will happen, the seconds left, one button to stay."""

    def __init__(self, kit: Kit, parent: QWidget) -> None:
        super().__init__(parent)
        self._kit = kit
        self.setObjectName("warning")
        self._card = QRect()
        sentence = kit.strings.sentence
        self._title = TextBlock(kit, self, Style.TITLE, "warning_title", Align.CENTRE)
        self._title.setText(sentence("ui.warning_title"))
        self._seconds = TextBlock(kit, self, Style.BODY, "warning_seconds", Align.CENTRE)
        self.stay = TouchButton(kit, self, Touch(Button.STAY), sentence("ui.stay"), look=Look.PRIMARY, icon="check")

    def draw(self, seconds: int) -> None:
        """Show the seconds left."""
        kit = self._kit
        self._seconds.setText(kit.strings.sentence("ui.warning_seconds", seconds=str(seconds)))
        width = min(self.width() - 2 * kit.px(kit.theme.margin_mm), kit.px(230))
        height = min(self.height() - kit.px(8), kit.px(112))
        self._card = QRect((self.width() - width) // 2, (self.height() - height) // 2, width, height)
        inner = self._card.adjusted(kit.px(10), kit.px(8), -kit.px(10), -kit.px(8))
        button_height = kit.px(24)
        rest = inner.height() - button_height - kit.px(6)
        self._title.place(QRect(inner.left(), inner.top(), inner.width(), rest * 11 // 20))
        self._seconds.place(QRect(inner.left(), inner.top() + rest * 11 // 20, inner.width(), rest * 9 // 20))
        button_width = min(inner.width(), max(self.stay.wanted_width(), kit.px(110)))
        self.stay.place(
            QRect(
                inner.left() + (inner.width() - button_width) // 2,
                inner.bottom() - button_height,
                button_width,
                button_height,
            )
        )
        self.update()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Keep touches beside the card from reaching the page below."""
        event.accept()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Dim the page and draw the card."""
        kit, palette = self._kit, self._kit.theme.palette
        scrim = QColor(palette.scrim)
        scrim.setAlphaF(0.72)
        with QPainter(self) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.fillRect(self.rect(), scrim)
            painter.setBrush(QColor(palette.surface))
            painter.setPen(
                QPen(QColor(palette.frame), kit.px(1)) if palette.surface == palette.scrim else Qt.PenStyle.NoPen
            )
            radius = kit.px(kit.theme.radius_mm) * 1.6
            painter.drawRoundedRect(QRectF(self._card), radius, radius)
