"""Waiting: what is happening, how far it is, and a quiet sign that the machine is alive."""

from PySide6.QtCore import QPointF, QRect, QRectF, Qt, QTimer
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QWidget

from kiosk.flow.screen_model import Busy, ScreenModel
from kiosk.ui.pages.page import Page, column, halves
from kiosk.ui.parts.kit import Kit
from kiosk.ui.parts.picture import Panel, PictureBox
from kiosk.ui.parts.text import Align, TextBlock
from kiosk.ui.theme import Style

_STEP_MS = 700
"""One dot after the other; far below the three flashes a second that can do harm."""


class _Beads(QWidget):
    """Three beads, one of them large at a time."""

    def __init__(self, kit: Kit, parent: QWidget) -> None:
        super().__init__(parent)
        self._kit = kit
        self._at = 0
        self.setObjectName("busy_sign")
        timer = QTimer(self)
        timer.timeout.connect(self._step)
        timer.start(_STEP_MS)

    def _step(self) -> None:
        self._at = (self._at + 1) % 3
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the beads."""
        px, palette = self._kit.px, self._kit.theme.palette
        with QPainter(self) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(palette.primary))
            for bead in range(3):
                radius = px(4.4 if bead == self._at else 2.4)
                centre = QPointF(self.width() / 2 + (bead - 1) * px(14), self.height() / 2)
                painter.drawEllipse(centre, radius, radius)


class Stages(QWidget):
    """Done stages have a tick, the present one a ring, those to come are small."""

    def __init__(self, kit: Kit, parent: QWidget) -> None:
        super().__init__(parent)
        self._kit = kit
        self._stage = self._stages = 0
        self.setObjectName("stages")

    def show_stage(self, stage: int, stages: int) -> None:
        """Show stage `stage` (from 1) of `stages`."""
        self._stage, self._stages = stage, stages
        self.setAccessibleName(self._kit.strings.sentence("ui.step", step=str(stage), steps=str(stages)))
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the row."""
        px, palette = self._kit.px, self._kit.theme.palette
        if not self._stages:
            return
        side = min(px(12), self.height())
        pitch = min(px(32), self.width() // self._stages)
        used = pitch * (self._stages - 1)
        left = (self.width() - used) / 2 if self._kit.theme.geometry.is_portrait else side / 2
        middle = self.height() / 2
        with QPainter(self) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(QPen(QColor(palette.frame), px(0.8)))
            painter.drawLine(QPointF(left, middle), QPointF(left + pitch * (self._stages - 1), middle))
            for number in range(1, self._stages + 1):
                centre = QPointF(left + (number - 1) * pitch, middle)
                done, present = number < self._stage, number == self._stage
                painter.setPen(QPen(QColor(palette.primary), px(1)))
                painter.setBrush(QColor(palette.primary if done else palette.surface))
                radius = side / 2 - px(0.6) if done or present else side / 4
                painter.drawEllipse(centre, radius, radius)
                if done:
                    box = QRectF(centre.x() - side * 0.34, centre.y() - side * 0.34, side * 0.68, side * 0.68)
                    self._kit.drawings.paint(painter, "check", box, palette.on_primary)
                elif present:
                    painter.setBrush(QColor(palette.primary))
                    painter.drawEllipse(centre, side * 0.18, side * 0.18)


class BusyPage(Page):
    """Picture and beads at one side, sentence and stages at the other."""

    def __init__(self, kit: Kit, parent: QWidget) -> None:
        super().__init__(kit, parent)
        align = Align.CENTRE if kit.theme.geometry.is_portrait else Align.LEFT
        self._panel = Panel(kit, self, "picture", kit.theme.palette.band)
        self._picture = PictureBox(kit, self, "waiting")
        self._beads = _Beads(kit, self)
        self._sentence = TextBlock(kit, self, Style.SENTENCE, "sentence", align)
        self._stages = Stages(kit, self)

    def draw(self, model: ScreenModel) -> None:
        """Show sentence and stage."""
        assert isinstance(model.body, Busy)
        self._sentence.setText(self.kit.text(model.body.sentence))
        self._stages.setVisible(model.body.stages > 0)
        if model.body.stages:
            self._stages.show_stage(model.body.stage, model.body.stages)
        self.rearrange()

    def arrange(self, box: QRect) -> None:
        """Keep the halves of the other picture pages, so that nothing jumps from page to page."""
        px, upright = self.kit.px, self.kit.theme.geometry.is_portrait
        picture, words = halves(box, 0.55 if upright else 0.5, px(10), upright=upright)
        self._panel.setGeometry(picture)
        beads = QRect(picture.left(), picture.bottom() - px(20), picture.width(), px(16))
        self._picture.setGeometry(picture.adjusted(px(5), px(5), -px(5), -px(22)))
        self._beads.setGeometry(beads)
        set_ = self.kit.lettering.set
        sentence = round(set_(self._sentence.text(), Style.SENTENCE, words.width()).height_px) + 1
        if self._stages.isHidden():
            self._sentence.place(column(words, [min(sentence, words.height())], 0)[0])
            return
        upper, lower = column(words, [min(sentence, words.height() - px(26)), px(16)], px(9))
        self._sentence.place(upper)
        self._stages.setGeometry(lower)
