"""A number to keep, as large as it goes, and what happens next."""

from math import ceil

from PySide6.QtCore import QRect
from PySide6.QtWidgets import QWidget

from kiosk.flow.screen_model import Number, ScreenModel
from kiosk.ui.lettering import common_scale
from kiosk.ui.pages.page import Page
from kiosk.ui.parts.kit import Kit
from kiosk.ui.parts.picture import Panel, PictureBox
from kiosk.ui.parts.text import Align, TextBlock
from kiosk.ui.theme import Style


class NumberPage(Page):
    """The number in a field of its own, the sentences below it."""

    def __init__(self, kit: Kit, parent: QWidget) -> None:
        super().__init__(kit, parent)
        palette = kit.theme.palette
        self._panel = Panel(kit, self, "number", palette.surface, palette.frame)
        self._caption = TextBlock(kit, self, Style.LABEL, "caption", Align.CENTRE)
        self._number = TextBlock(kit, self, Style.FIGURE, "number", Align.CENTRE)
        self._lines: list[tuple[PictureBox, TextBlock]] = []

    def draw(self, model: ScreenModel) -> None:
        """Show number and sentences."""
        assert isinstance(model.body, Number)
        body = model.body
        self._caption.setText(self.kit.text(body.caption))
        self._number.setText(body.number)
        for number, paragraph in enumerate(body.paragraphs):
            if number == len(self._lines):
                sign = PictureBox(self.kit, self, "check", self.kit.theme.palette.ink)
                self._lines.append((sign, TextBlock(self.kit, self, Style.BODY, f"paragraph_{number}")))
            self._lines[number][1].setText(self.kit.text(paragraph))
        for sign, block in self._lines:
            sign.show()
            block.show()
        self.rearrange()

    def arrange(self, box: QRect) -> None:
        """Give the number its field; the sentences share the rest and one size of type."""
        px, set_ = self.kit.px, self.kit.lettering.set
        gap, side = px(4), px(8)
        width = box.width() - side - px(6)
        head = px(40) if box.height() < px(130) else px(52)

        def heights(scale: float) -> list[int]:
            return [ceil(set_(block.text(), Style.BODY, width, scale=scale).height_px) for _, block in self._lines]

        room = box.height() - head - gap * len(self._lines)
        scale = common_scale(lambda scale: sum(heights(scale)) <= room)
        lines = heights(scale)
        spare = max(0, (room - sum(lines)) // (len(lines) + 1))
        field = QRect(box.left(), box.top(), box.width(), head)
        self._panel.setGeometry(field)
        upper = head * 38 // 100
        self._caption.place(QRect(field.left() + px(4), field.top() + px(1), field.width() - px(8), upper))
        self._number.place(
            QRect(field.left() + px(4), field.top() + px(1) + upper, field.width() - px(8), head - upper - px(3))
        )
        top = field.bottom() + 1 + gap + min(spare, px(8))
        for (sign, block), height in zip(self._lines, lines, strict=True):
            setting = block.place(QRect(box.left() + side + px(6), top, width, height), scale=scale)
            first = top + (height - setting.height_px) / 2 + setting.line_px / 2
            sign.setGeometry(box.left() + px(2), round(first - side / 2), side, side)
            top += height + gap + min(spare, px(8))
