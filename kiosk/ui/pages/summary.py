"""What was chosen, what it costs, and what cannot be undone: the last page before money."""

from math import ceil

from PySide6.QtCore import QRect
from PySide6.QtWidgets import QWidget

from kiosk.flow.screen_model import ScreenModel, Summary
from kiosk.ui.lettering import common_scale
from kiosk.ui.pages.page import Page
from kiosk.ui.parts.kit import Kit
from kiosk.ui.parts.picture import Panel, PictureBox, Rule
from kiosk.ui.parts.text import Align, TextBlock
from kiosk.ui.theme import Style


class SummaryPage(Page):
    """Rows of label and values, the sum in large type, the warning with its sign."""

    def __init__(self, kit: Kit, parent: QWidget) -> None:
        super().__init__(kit, parent)
        palette = kit.theme.palette
        self._panel = Panel(kit, self, "rows", palette.surface, palette.frame)
        self._rows: list[tuple[TextBlock, TextBlock]] = []
        self._rules: list[Rule] = []
        self._total_label = TextBlock(kit, self, Style.LABEL, "total_label")
        self._total_label.setText(kit.strings.sentence("ui.total"))
        self._total = TextBlock(kit, self, Style.FIGURE, "total", Align.RIGHT)
        self._note_panel = Panel(kit, self, "note", palette.caution)
        self._caution = PictureBox(kit, self, "caution", palette.ink)
        self._note = TextBlock(kit, self, Style.LABEL, "note")

    @classmethod
    def can_redraw(cls, before: ScreenModel, after: ScreenModel) -> bool:
        """Only the same rows stay in place."""
        return before.body == after.body

    def draw(self, model: ScreenModel) -> None:
        """Show rows, sum and note."""
        assert isinstance(model.body, Summary)
        text = self.kit.text
        for number, row in enumerate(model.body.rows):
            if number == len(self._rows):
                label = TextBlock(self.kit, self, Style.DETAIL, f"row_label_{number}", ink=self.kit.theme.palette.quiet)
                self._rows.append((label, TextBlock(self.kit, self, Style.LABEL, f"row_values_{number}")))
                self._rules.append(Rule(self.kit, self))
            label, values = self._rows[number]
            label.setText(text(row.label))
            separator = "、" if model.language == "ja" else ", "
            values.setText(separator.join(text(value) for value in row.values))
        self._total.setText(text(model.body.total))
        self._note.setText(text(model.body.note))
        self.rearrange()

    def arrange(self, box: QRect) -> None:
        """Rows take the room that sum and note leave; all values agree on one size."""
        px, set_ = self.kit.px, self.kit.lettering.set
        total_height, note_inner = px(18), box.width() - px(3 + 11 + 3 + 4)
        # the rows need what room there is: the note stays below a fifth of it
        note_height = min(ceil(set_(self._note.text(), Style.LABEL, note_inner).height_px), box.height() // 6) + px(4)
        gap = px(2)
        field = box.adjusted(0, 0, 0, -total_height - note_height - 2 * gap)
        padding = px(4)
        label_width = min(px(74), field.width() * 3 // 10)
        values_width = field.width() - 2 * padding - label_width - px(4)
        room = field.height() - 2 * px(2)
        scale, heights = self._row_heights(label_width, values_width, room)
        spare = max(0, room - sum(heights))
        each = min(px(5), spare // len(heights)) if heights else 0
        field.setHeight(sum(heights) + each * len(heights) + 2 * px(2))
        self._panel.setGeometry(field)
        top = field.top() + px(2)
        for (label, values), rule, height in zip(self._rows, self._rules, heights, strict=True):
            full = height + each
            for part in (label, values):
                part.show()
            label.place(QRect(field.left() + padding, top, label_width, full), scale=scale)
            left = field.left() + padding + label_width + px(4)
            values.place(QRect(left, top, values_width, full), scale=scale)
            top += full
            if values is not self._rows[-1][1]:
                rule.setGeometry(field.left() + padding, top, field.width() - 2 * padding, 1)
            rule.setVisible(values is not self._rows[-1][1])
        line = QRect(box.left() + padding, field.bottom() + gap, box.width() - 2 * padding, total_height)
        label_room = line.width() // 3
        self._total_label.place(QRect(line.left(), line.top(), label_room, total_height))
        self._total.place(line.adjusted(label_room, 0, 0, 0))
        note = QRect(box.left(), line.bottom() + gap, box.width(), note_height)
        self._note_panel.setGeometry(note)
        side = px(11)
        self._caution.setGeometry(note.left() + px(4), note.top() + (note_height - side) // 2, side, side)
        self._note.place(note.adjusted(px(4) + side + px(3), px(2), -px(4), -px(2)))

    def _row_heights(self, label_width: int, values_width: int, room: int) -> tuple[float, list[int]]:
        """Find the largest scale at which all rows fit, and the rows' heights in pixels."""
        set_ = self.kit.lettering.set

        def heights(scale: float) -> list[int]:
            return [
                ceil(
                    max(
                        set_(values.text(), Style.LABEL, values_width, scale=scale).height_px,
                        set_(label.text(), Style.DETAIL, label_width, scale=scale).height_px,
                    )
                )
                + self.kit.px(1)
                for label, values in self._rows
            ]

        scale = common_scale(lambda scale: sum(heights(scale)) <= room)
        return scale, heights(scale)
