"""What is due, what went in, what is still wanted, in figures one can read from a step away."""

from PySide6.QtCore import QRect
from PySide6.QtWidgets import QWidget

from kiosk.flow.screen_model import Money, ScreenModel
from kiosk.ui.pages.page import Page, halves
from kiosk.ui.parts.kit import Kit
from kiosk.ui.parts.picture import Panel, PictureBox
from kiosk.ui.parts.text import Align, TextBlock
from kiosk.ui.theme import Style


class MoneyPage(Page):
    """Picture of the slot and three lines of figures."""

    def __init__(self, kit: Kit, parent: QWidget) -> None:
        super().__init__(kit, parent)
        palette = kit.theme.palette
        self._picture_panel = Panel(kit, self, "picture", palette.band)
        self._picture = PictureBox(kit, self, "coins")
        self._sentence = TextBlock(kit, self, Style.BODY, "sentence")
        self._panel = Panel(kit, self, "figures", palette.surface, palette.frame)
        self._lines: list[tuple[TextBlock, TextBlock]] = []
        for name in ("due", "inserted", "remaining"):
            label = TextBlock(kit, self, Style.LABEL, f"{name}_label")
            label.setText(kit.strings.sentence(f"ui.{name}"))
            style = Style.FIGURE if name == "remaining" else Style.TITLE
            self._lines.append((label, TextBlock(kit, self, style, name, Align.RIGHT)))

    def draw(self, model: ScreenModel) -> None:
        """Show the sums."""
        assert isinstance(model.body, Money)
        body = model.body
        amounts = (body.due_yen, body.inserted_yen, max(0, body.due_yen - body.inserted_yen))
        for (_, figure), amount_yen in zip(self._lines, amounts, strict=True):
            figure.setText(self.kit.strings.sentence("ui.yen", amount=f"{amount_yen:,}"))
        self._sentence.setText(self.kit.text(body.sentence))
        self.rearrange()

    def arrange(self, box: QRect) -> None:
        """Picture at one side; sentence and figures at the other."""
        px = self.kit.px
        upright = self.kit.theme.geometry.is_portrait
        picture, words = halves(box, 0.42, px(8), upright=upright)
        self._picture_panel.setGeometry(picture)
        self._picture.setGeometry(picture.adjusted(px(4), px(4), -px(4), -px(4)))
        lines = [px(19), px(19), px(27)]
        figures = min(sum(lines) + px(4), words.height() * 3 // 5)
        lines = [height * (figures - px(4)) // sum(lines) for height in lines]
        sentence = words.adjusted(0, 0, 0, -figures - px(3))
        self._sentence.place(sentence)
        field = QRect(words.left(), words.bottom() + 1 - figures, words.width(), figures)
        self._panel.setGeometry(field)
        top = field.top() + px(2)
        for (label, figure), height in zip(self._lines, lines, strict=True):
            inner = QRect(field.left() + px(5), top, field.width() - px(10), height)
            share = inner.width() * 48 // 100
            label.place(QRect(inner.left(), top, share, height))
            figure.place(QRect(inner.left() + share, top, inner.width() - share, height))
            top += height
