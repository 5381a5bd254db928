"""Turning the pages of a list: there is no scrolling on these screens."""

from PySide6.QtCore import QRect, Signal
from PySide6.QtWidgets import QWidget

from kiosk.ui.parts.button import LabelButton
from kiosk.ui.parts.kit import Kit
from kiosk.ui.parts.text import Align, TextBlock
from kiosk.ui.theme import Style


class Pager(QWidget):
    """Previous, "2 / 3", next."""

    turned = Signal(int)
    """The page to show, from 0."""

    def __init__(self, kit: Kit, parent: QWidget) -> None:
        super().__init__(parent)
        self._kit = kit
        self._page = 0
        self._pages = 1
        self.setObjectName("pager")
        sentence = kit.strings.sentence
        self._previous = LabelButton(
            kit, self, "pager_previous", sentence("ui.previous_page"), icon="back", style=Style.DETAIL
        )
        self._count = TextBlock(kit, self, Style.DETAIL, "pager_count", Align.CENTRE)
        self._next = LabelButton(
            kit, self, "pager_next", sentence("ui.next_page"), icon="forward", icon_after=True, style=Style.DETAIL
        )
        self._previous.clicked.connect(lambda: self.turned.emit(self._page - 1))
        self._next.clicked.connect(lambda: self.turned.emit(self._page + 1))

    def draw(self, page: int, pages: int, box: QRect) -> None:
        """Show where in the list the reader is; hidden for a list of one page."""
        self._page, self._pages = page, pages
        self.setVisible(pages > 1)
        self.setGeometry(box)
        self._previous.setEnabled(page > 0)
        self._next.setEnabled(page < pages - 1)
        self._count.setText(self._kit.strings.sentence("ui.page", page=str(page + 1), pages=str(pages)))
        width = min(self._kit.px(68), box.width() * 2 // 5)
        self._previous.place(QRect(0, 0, width, box.height()))
        self._next.place(QRect(box.width() - width, 0, width, box.height()))
        self._count.place(QRect(width, 0, box.width() - 2 * width, box.height()))
