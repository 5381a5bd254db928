"""A picture of the assets on a page."""

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QWidget

from kiosk.ui.parts.kit import Kit


class PictureBox(QWidget):
    """Draws one picture as large as its box; the sentence beside it says the same in words."""

    def __init__(self, kit: Kit, parent: QWidget, picture: str, ink: str = "") -> None:
        super().__init__(parent)
        self._kit = kit
        self._picture = picture
        self._ink = ink
        self.setObjectName(f"picture_{picture}")

    def set_picture(self, picture: str) -> None:
        """Show another picture."""
        self._picture = picture
        self.setObjectName(f"picture_{picture}")
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the picture."""
        with QPainter(self) as painter:
            self._kit.drawings.paint(painter, self._picture, QRectF(self.rect()), self._ink)


class Panel(QWidget):
    """A quiet field that groups what stands on it."""

    def __init__(self, kit: Kit, parent: QWidget, name: str, colour: str, frame: str = "") -> None:
        super().__init__(parent)
        self._kit = kit
        self._colour = colour
        self._frame = frame
        self.setObjectName(f"panel_{name}")

    def set_colour(self, colour: str) -> None:
        """Change the field's colour."""
        self._colour = colour
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the field."""
        line = self._kit.px(self._kit.theme.line_mm)
        radius = self._kit.px(self._kit.theme.radius_mm)
        high_contrast = self._colour == self._kit.theme.palette.ground
        frame = self._frame or (self._kit.theme.palette.frame if high_contrast else "")
        with QPainter(self) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(QPen(QColor(frame), line) if frame else Qt.PenStyle.NoPen)
            painter.setBrush(QColor(self._colour))
            painter.drawRoundedRect(QRectF(self.rect()).adjusted(line, line, -line, -line), radius, radius)


class Rule(QWidget):
    """A thin line between rows."""

    def __init__(self, kit: Kit, parent: QWidget) -> None:
        super().__init__(parent)
        self._colour = kit.theme.palette.frame
        self.setObjectName("rule")

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the line."""
        with QPainter(self) as painter:
            painter.fillRect(self.rect(), QColor(self._colour))
