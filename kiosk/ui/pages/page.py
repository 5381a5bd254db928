"""What all pages share."""

from PySide6.QtCore import QRect
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QWidget

from kiosk.flow.screen_model import ScreenModel
from kiosk.ui.parts.kit import Kit


class Page(QWidget):
    """The part between title and footer. Made anew for every screen, so nothing of a visit stays behind in it."""

    owns_title = False
    """True for a page that draws the title itself, in a place of its own."""

    spares_title = False
    """True for a page so full of keys that its title does not grow with large text."""

    def __init__(self, kit: Kit, parent: QWidget) -> None:
        super().__init__(parent)
        self.kit = kit
        self.setObjectName("page")

    @classmethod
    def can_redraw(cls, before: ScreenModel, after: ScreenModel) -> bool:
        """Say whether the next model changes values only, so that pressed keys and page numbers may stay."""
        return True

    def draw(self, model: ScreenModel) -> None:
        """Show the values of a model of this page's body type."""
        raise NotImplementedError

    def arrange(self, box: QRect) -> None:
        """Place the children inside `box`, which is the page less its margins."""
        raise NotImplementedError

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Place everything anew."""
        self.rearrange()

    def rearrange(self) -> None:
        """Place everything in the present size."""
        margin = self.kit.px(self.kit.theme.margin_mm)
        self.arrange(self.rect().adjusted(margin, 0, -margin, -self.kit.px(4)))


def column(box: QRect, heights: list[int], gap: int) -> list[QRect]:
    """Stack boxes of the given heights, `gap` pixels apart, in the middle of `box`."""
    total = sum(heights) + gap * (len(heights) - 1)
    top = box.top() + max(0, (box.height() - total) // 2)
    boxes = []
    for height in heights:
        boxes.append(QRect(box.left(), top, box.width(), height))
        top += height + gap
    return boxes


def halves(box: QRect, share: float, gap: int, *, upright: bool) -> tuple[QRect, QRect]:
    """Split `box` in two: left and right, or upper and lower on an upright panel; the first gets `share` of it."""
    if upright:
        first = round((box.height() - gap) * share)
        return box.adjusted(0, 0, 0, first - box.height()), box.adjusted(0, first + gap, 0, 0)
    first = round((box.width() - gap) * share)
    return box.adjusted(0, 0, first - box.width(), 0), box.adjusted(first + gap, 0, 0, 0)
