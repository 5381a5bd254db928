"""The stripe that says this machine is a specimen: on every screen of a demonstration, on none of a service."""

from PySide6.QtCore import QPoint, QRect
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPolygon
from PySide6.QtWidgets import QWidget

from kiosk.ui.parts.kit import Kit
from kiosk.ui.parts.text import Align, TextBlock
from kiosk.ui.theme import Style


class SpecimenBanner(QWidget):
    """Hazard stripes at both ends and the words between them."""

    def __init__(self, kit: Kit, parent: QWidget) -> None:
        super().__init__(parent)
        self._kit = kit
        self.setObjectName("specimen_banner")
        self._words = TextBlock(kit, self, Style.CAPTION, "specimen", Align.CENTRE)
        self._words.setText(kit.strings.sentence("ui.specimen"))

    def draw(self) -> None:
        """Lay the words into the present size."""
        side = self._kit.px(24)
        self._words.place(QRect(side, 0, self.width() - 2 * side, self.height()))

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw field and stripes."""
        palette, px = self._kit.theme.palette, self._kit.px
        with QPainter(self) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.fillRect(self.rect(), QColor(palette.caution))
            painter.setBrush(QColor(palette.ink))
            painter.setPen(QColor(palette.ink))
            step, height = px(5), self.height()
            for side in (0, self.width() - px(22)):
                painter.setClipRect(QRect(side, 0, px(22), height))
                for left in range(side - height, side + px(22), step):
                    half = step // 2
                    stripe = ((left, height), (left + half, height), (left + half + height, 0), (left + height, 0))
                    painter.drawPolygon(QPolygon([QPoint(*corner) for corner in stripe]))
