"""Numbered paragraphs to read before agreeing; they turn like leaves when they do not fit."""

from PySide6.QtCore import QRect
from PySide6.QtWidgets import QWidget

from kiosk.flow.screen_model import Reading, ScreenModel
from kiosk.ui.pages.page import Page
from kiosk.ui.pages.pager import Pager
from kiosk.ui.parts.kit import Kit
from kiosk.ui.parts.picture import Panel
from kiosk.ui.parts.text import Align, TextBlock
from kiosk.ui.theme import Style


class ReadingPage(Page):
    """Each paragraph with its number in a column of its own."""

    def __init__(self, kit: Kit, parent: QWidget) -> None:
        super().__init__(kit, parent)
        self._panel = Panel(kit, self, "reading", kit.theme.palette.surface, kit.theme.palette.frame)
        self._numbers: list[TextBlock] = []
        self._paragraphs: list[TextBlock] = []
        self._page = 0
        self._pager = Pager(kit, self)
        self._pager.turned.connect(self._turn)

    @classmethod
    def can_redraw(cls, before: ScreenModel, after: ScreenModel) -> bool:
        """The same paragraphs stay as they are."""
        return before.body == after.body

    def draw(self, model: ScreenModel) -> None:
        """Show the paragraphs."""
        assert isinstance(model.body, Reading)
        if not self._paragraphs:
            for number in range(len(model.body.paragraphs)):
                self._numbers.append(TextBlock(self.kit, self, Style.LABEL, f"number_{number}", Align.CENTRE))
                self._paragraphs.append(TextBlock(self.kit, self, Style.BODY, f"paragraph_{number}"))
        for number, (mark, block) in enumerate(zip(self._numbers, self._paragraphs, strict=True)):
            mark.setText(str(number + 1))
            block.setText(self.kit.text(model.body.paragraphs[number]))
        self.rearrange()

    def arrange(self, box: QRect) -> None:
        """Fill leaves with as many whole paragraphs as fit."""
        px, theme = self.kit.px, self.kit.theme
        padding, gap, number_width = px(5), px(3.2), px(12)
        width = box.width() - 2 * padding - number_width
        heights = [round(self.kit.lettering.set(b.text(), Style.BODY, width).height_px) + 1 for b in self._paragraphs]
        leaves = _leaves(heights, box.height() - 2 * padding, gap)
        field = box
        if len(leaves) > 1:
            height = px(theme.target_mm + 1)
            field = box.adjusted(0, 0, 0, -height - px(theme.gap_mm))
            leaves = _leaves(heights, field.height() - 2 * padding, gap)
            self._page = min(self._page, len(leaves) - 1)
            self._pager.draw(self._page, len(leaves), QRect(box.left(), box.bottom() + 1 - height, box.width(), height))
        else:
            self._page = 0
            self._pager.setVisible(False)
        shown = leaves[self._page]
        used = sum(heights[number] for number in shown) + gap * (len(shown) - 1) + 2 * padding
        gap += min(px(4), max(0, field.height() - used) // max(1, len(shown)))
        used = sum(heights[number] for number in shown) + gap * (len(shown) - 1) + 2 * padding
        field.setHeight(min(field.height(), max(used, px(40))))
        self._panel.setGeometry(field)
        top = field.top() + padding
        for number, (mark, block) in enumerate(zip(self._numbers, self._paragraphs, strict=True)):
            mark.setVisible(number in shown)
            block.setVisible(number in shown)
            if number in shown:
                height = min(heights[number], field.bottom() - padding - top + 1)
                setting = block.place(QRect(field.left() + padding + number_width, top, width, height))
                mark.place(QRect(field.left() + padding - px(2), top, number_width, round(setting.line_px) + 1))
                top += heights[number] + gap

    def _turn(self, page: int) -> None:
        self._page = page
        self.kit.guard.page_changed()
        self.rearrange()


def _leaves(heights: list[int], room: int, gap: int) -> list[list[int]]:
    leaves: list[list[int]] = [[]]
    used = 0
    for number, height in enumerate(heights):
        if leaves[-1] and used + height > room:
            leaves.append([])
            used = 0
        leaves[-1].append(number)
        used += height + gap
    return leaves
