"""A piece of text in a box. It finds its own size and says when it does not fit."""

from enum import Enum

from PySide6.QtCore import QPointF, QRect, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QPaintEvent
from PySide6.QtWidgets import QLabel, QWidget

from kiosk.ui.lettering import Setting
from kiosk.ui.parts.kit import Kit
from kiosk.ui.theme import Style

_EVEN = frozenset({Style.TITLE, Style.GREETING, Style.LABEL})
"""Short texts whose lines should come out alike; running text fills its lines."""


class Align(Enum):
    """Where lines stand in their box, across."""

    LEFT = "left"
    CENTRE = "centre"
    RIGHT = "right"


class TextBlock(QLabel):
    """Text set by our own lettering; a QLabel so that assistive technology reads it as text."""

    def __init__(
        self,
        kit: Kit,
        parent: QWidget,
        style: Style,
        name: str,
        align: Align = Align.LEFT,
        *,
        middle: bool = True,
        ink: str = "",
    ) -> None:
        """`middle` centres the lines in the height of the box; `ink` is a colour, by default that of the theme."""
        super().__init__(parent)
        self._kit = kit
        self._style = style
        self._align = align
        self._middle = middle
        self._ink = ink or kit.theme.palette.ink
        self._setting: Setting | None = None
        self.setObjectName(f"text_{name}")
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)

    @property
    def style_of_text(self) -> Style:
        """What this text is on its page."""
        return self._style

    @property
    def setting(self) -> Setting | None:
        """How the text came out; None before it was placed."""
        return self._setting

    def set_ink(self, colour: str) -> None:
        """Change the colour, as a pressed button does to its label."""
        self._ink = colour
        self.update()

    def place(self, box: QRect, *, scale: float = 1.0) -> Setting:
        """Put the text into `box`, in the coordinates of its parent."""
        self.setGeometry(box)
        self._setting = self._kit.lettering.set(
            self.text(),
            self._style,
            box.width(),
            box.height(),
            even=self._align is Align.CENTRE or self._style in _EVEN,
            scale=scale,
        )
        self.update()
        return self._setting

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the lines."""
        if self._setting is None:
            return
        setting = self._setting
        with QPainter(self) as painter:
            painter.setRenderHint(QPainter.RenderHint.TextAntialiasing)
            painter.setPen(QColor(self._ink))
            painter.setFont(setting.font)
            metrics = QFontMetricsF(setting.font)
            top = (self.height() - setting.height_px) / 2 if self._middle else 0.0
            rise = (setting.line_px - metrics.ascent() - metrics.descent()) / 2 + metrics.ascent()
            for number, line in enumerate(setting.lines):
                room = self.width() - metrics.horizontalAdvance(line)
                left = {Align.LEFT: 0.0, Align.CENTRE: room / 2, Align.RIGHT: room}[self._align]
                painter.drawText(QPointF(left, top + number * setting.line_px + rise), line)
