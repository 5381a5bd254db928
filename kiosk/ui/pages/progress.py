"""Printing, sheet by sheet: takes minutes, so it says how far it is and asks to stay."""

from PySide6.QtCore import QRect, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QWidget

from kiosk.flow.screen_model import Progress, ScreenModel
from kiosk.ui.pages.page import Page, halves
from kiosk.ui.parts.kit import Kit
from kiosk.ui.parts.picture import Panel, PictureBox
from kiosk.ui.parts.text import TextBlock
from kiosk.ui.theme import Style


class Bar(QWidget):
    """One field a sheet; finished fields are filled and ticked."""

    def __init__(self, kit: Kit, parent: QWidget) -> None:
        super().__init__(parent)
        self._kit = kit
        self._done, self._total = 0, 1
        self.setObjectName("progress_bar")

    def show_done(self, done: int, total: int, words: str) -> None:
        """Show `done` sheets of `total`."""
        self._done, self._total = done, max(1, total)
        self.setAccessibleName(words)
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the fields."""
        px, palette = self._kit.px, self._kit.theme.palette
        gap = px(1.4) if self._total <= 12 else 0
        width = (self.width() - gap * (self._total - 1)) / self._total
        line = px(0.6)
        with QPainter(self) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            for number in range(self._total):
                box = QRectF(number * (width + gap), 0, width, self.height())
                done = number < self._done
                painter.setPen(QPen(QColor(palette.primary if done else palette.frame), line))
                painter.setBrush(QColor(palette.primary if done else palette.surface))
                painter.drawRoundedRect(box.adjusted(line, line, -line, -line), px(1.2), px(1.2))
                if done and width > self.height() * 0.9:
                    side = self.height() * 0.56
                    tick = QRectF(box.center().x() - side / 2, box.center().y() - side / 2, side, side)
                    self._kit.drawings.paint(painter, "check", tick, palette.on_primary)
            painter.setPen(Qt.PenStyle.NoPen)


class ProgressPage(Page):
    """Picture of the printer, count, bar, and what to do meanwhile."""

    def __init__(self, kit: Kit, parent: QWidget) -> None:
        super().__init__(kit, parent)
        self._panel = Panel(kit, self, "picture", kit.theme.palette.band)
        self._picture = PictureBox(kit, self, "printing")
        self._sentence = TextBlock(kit, self, Style.SENTENCE, "sentence")
        self._count = TextBlock(kit, self, Style.FIGURE, "count")
        self._bar = Bar(kit, self)
        self._detail = TextBlock(kit, self, Style.LABEL, "detail")

    def draw(self, model: ScreenModel) -> None:
        """Show the count."""
        assert isinstance(model.body, Progress)
        body = model.body
        count = self.kit.strings.sentence("ui.sheets", done=str(body.done), total=str(body.total))
        self._sentence.setText(self.kit.text(body.sentence))
        self._count.setText(count)
        self._bar.show_done(body.done, body.total, count)
        self._detail.setText(self.kit.text(body.detail))
        self.rearrange()

    def arrange(self, box: QRect) -> None:
        """Picture at one side, everything else at the other."""
        px = self.kit.px
        picture, words = halves(box, 0.42, px(9), upright=self.kit.theme.geometry.is_portrait)
        self._panel.setGeometry(picture)
        self._picture.setGeometry(picture.adjusted(px(5), px(5), -px(5), -px(5)))
        bar, count, gap = px(13), px(24), px(4)
        rest = words.height() - bar - count - 3 * gap
        top = words.top()
        self._sentence.place(QRect(words.left(), top, words.width(), rest * 9 // 20))
        top += rest * 9 // 20 + gap
        self._count.place(QRect(words.left(), top, words.width(), count))
        top += count + gap
        self._bar.setGeometry(words.left(), top, words.width(), bar)
        top += bar + gap
        self._detail.place(QRect(words.left(), top, words.width(), rest * 11 // 20))
