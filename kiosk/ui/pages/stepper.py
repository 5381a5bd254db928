"""A number to raise and lower, with what it comes to."""

from PySide6.QtCore import QRect
from PySide6.QtWidgets import QWidget

from kiosk.flow.screen_model import Button, ScreenModel, Stepper, Touch
from kiosk.ui.pages.page import Page, column
from kiosk.ui.parts.button import TouchButton
from kiosk.ui.parts.kit import Kit
from kiosk.ui.parts.picture import Panel
from kiosk.ui.parts.text import Align, TextBlock
from kiosk.ui.theme import Style


class StepperPage(Page):
    """Fewer, the number, more; below it the sum."""

    def __init__(self, kit: Kit, parent: QWidget) -> None:
        super().__init__(kit, parent)
        sentence = kit.strings.sentence
        self._fewer = TouchButton(kit, self, Touch(Button.FEWER), sentence("ui.fewer"), icon="minus")
        self._panel = Panel(kit, self, "value", kit.theme.palette.surface, kit.theme.palette.frame)
        self._value = TextBlock(kit, self, Style.FIGURE, "value", Align.CENTRE)
        self._unit = TextBlock(kit, self, Style.BODY, "unit", Align.CENTRE)
        self._more = TouchButton(kit, self, Touch(Button.MORE), sentence("ui.more"), icon="plus")
        self._sum_panel = Panel(kit, self, "summary", kit.theme.palette.band)
        self._summary = TextBlock(kit, self, Style.LABEL, "summary", Align.CENTRE)

    def draw(self, model: ScreenModel) -> None:
        """Show the number and what can still be done to it."""
        assert isinstance(model.body, Stepper)
        body = model.body
        self._value.setText(str(body.value))
        self._unit.setText(self.kit.text(body.unit))
        self._summary.setText(self.kit.text(body.summary))
        self._fewer.setEnabled(body.value > body.minimum)
        self._more.setEnabled(body.value < body.maximum)
        self.rearrange()

    def arrange(self, box: QRect) -> None:
        """Number in the middle, buttons beside it, sum below."""
        px = self.kit.px
        gap = px(6)
        width = min(box.width(), px(250))
        box = QRect(box.left() + (box.width() - width) // 2, box.top(), width, box.height())
        row, below = column(box, [min(px(44), box.height() * 3 // 5), px(26)], px(8))
        button = (row.width() - 2 * gap) * 31 // 100
        middle = row.width() - 2 * button - 2 * gap
        self._fewer.place(QRect(row.left(), row.top(), button, row.height()))
        self._more.place(QRect(row.right() + 1 - button, row.top(), button, row.height()))
        field = QRect(row.left() + button + gap, row.top(), middle, row.height())
        self._panel.setGeometry(field)
        inner = field.adjusted(px(2), px(2), -px(2), -px(2))
        upper = inner.height() * 58 // 100
        self._value.place(QRect(inner.left(), inner.top(), inner.width(), upper))
        self._unit.place(QRect(inner.left(), inner.top() + upper, inner.width(), inner.height() - upper))
        self._sum_panel.setGeometry(below)
        self._summary.place(below.adjusted(px(5), px(2), -px(5), -px(2)))
