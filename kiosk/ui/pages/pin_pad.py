"""The pad for the PIN. Digits go straight into the buffer; this page and everything above it know only how many.

The keys have no text of a digit that was typed, the signal carries a count, and the dots are all alike.
"""

from collections.abc import Callable
from math import ceil

from PySide6.QtCore import QRect, QRectF, Qt, Signal
from PySide6.QtGui import QColor, QKeyEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QWidget

from kiosk.flow.screen_model import PinPad, ScreenModel
from kiosk.ports.card import PIN_LENGTH, PinBuffer
from kiosk.ui.lettering import common_scale
from kiosk.ui.pages.page import Page, column
from kiosk.ui.parts.button import LabelButton
from kiosk.ui.parts.kit import Kit
from kiosk.ui.parts.picture import Panel, PictureBox
from kiosk.ui.parts.text import Align, TextBlock
from kiosk.ui.theme import Style


class Dots(QWidget):
    """Four places, filled from the left: a filled place has a dot, an empty one none."""

    def __init__(self, kit: Kit, parent: QWidget) -> None:
        super().__init__(parent)
        self._kit = kit
        self._typed = 0
        self.setObjectName("pin_dots")

    def show_count(self, typed: int) -> None:
        """Show how many digits were typed."""
        self._typed = typed
        self.setAccessibleName(self._kit.strings.sentence("ui.pin_count", typed=str(typed), length=str(PIN_LENGTH)))
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the places."""
        kit, palette = self._kit, self._kit.theme.palette
        gap = kit.px(4)
        side = min(self.height(), (self.width() - gap * (PIN_LENGTH - 1)) // PIN_LENGTH)
        left = (self.width() - side * PIN_LENGTH - gap * (PIN_LENGTH - 1)) / 2
        line = kit.px(0.7)
        with QPainter(self) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            for place in range(PIN_LENGTH):
                box = QRectF(left + place * (side + gap), (self.height() - side) / 2, side, side)
                painter.setPen(QPen(QColor(palette.frame), line))
                painter.setBrush(QColor(palette.surface))
                painter.drawRoundedRect(box.adjusted(line, line, -line, -line), kit.px(2), kit.px(2))
                if place < self._typed:
                    painter.setPen(Qt.PenStyle.NoPen)
                    painter.setBrush(QColor(palette.ink))
                    painter.drawEllipse(box.center(), side * 0.22, side * 0.22)


class PinPadPage(Page):
    """Dots and tries left at one side, the pad at the other."""

    pin_typed = Signal(int)
    """How many digits the buffer holds now."""

    def __init__(self, kit: Kit, parent: QWidget, pin: PinBuffer) -> None:
        super().__init__(kit, parent)
        self._pin = pin
        self._keyed = False
        align = Align.CENTRE
        self._tries = TextBlock(kit, self, Style.BODY, "tries_left", align)
        self._dots = Dots(kit, self)
        self._panel = Panel(kit, self, "note", kit.theme.palette.caution)
        self._caution = PictureBox(kit, self, "caution", kit.theme.palette.ink)
        self._note = TextBlock(kit, self, Style.LABEL, "note")
        self._keys: list[LabelButton] = []
        for digit in (1, 2, 3, 4, 5, 6, 7, 8, 9):
            self._keys.append(self._digit_key(digit))
        sentence = kit.strings.sentence
        self._keys.append(self._key("pin_clear", sentence("ui.clear"), pin.clear, Style.LABEL))
        self._keys.append(self._digit_key(0))
        self._keys.append(self._key("pin_erase", sentence("ui.erase"), pin.erase_last, Style.LABEL))

    def draw(self, model: ScreenModel) -> None:
        """Show the count, the tries left and the note of a wrong PIN."""
        assert isinstance(model.body, PinPad)
        body = model.body
        # once a key was pressed here, an older model must not take back a dot already shown
        self._dots.show_count(len(self._pin) if self._keyed else body.typed)
        self._tries.setText(self.kit.strings.sentence("ui.tries_left", tries=str(body.tries_left)))
        self._note.setText(self.kit.text(body.note) if body.note is not None else "")
        self._note.setVisible(body.note is not None)
        for part in (self._caution, self._panel):
            part.setVisible(body.note is not None and body.alarming)
        self.rearrange()

    def arrange(self, box: QRect) -> None:
        """Keep the pad at its full size; the words take what is left."""
        px, theme = self.kit.px, self.kit.theme
        gap = px(theme.gap_mm)
        if theme.geometry.is_portrait:
            key = min(px(42), (box.width() - 2 * gap) // 3)
            height = min(px(27), (box.height() - px(70) - 3 * gap) // 4)
            pad = QRect(0, 0, 3 * key + 2 * gap, 4 * height + 3 * gap)
            pad.moveTo(box.left() + (box.width() - pad.width()) // 2, box.bottom() - pad.height())
            words = box.adjusted(0, 0, 0, -pad.height() - px(6))
        else:
            height = min(px(28), (box.height() - 3 * gap) // 4)
            key = min(px(40), (box.width() * 11 // 20 - 2 * gap) // 3)
            pad = QRect(0, 0, 3 * key + 2 * gap, 4 * height + 3 * gap)
            pad.moveTo(box.right() - pad.width(), box.top() + (box.height() - pad.height()) // 2)
            words = QRect(box.left(), box.top(), pad.left() - box.left() - px(10), box.height())
        for number, button in enumerate(self._keys):
            row, place = divmod(number, 3)
            button.place(QRect(pad.left() + place * (key + gap), pad.top() + row * (height + gap), key, height))
        self._arrange_words(words)

    def _arrange_words(self, words: QRect) -> None:
        px, set_ = self.kit.px, self.kit.lettering.set
        dots_height, gap, side = px(22), px(5), px(11)
        noted, alarming = bool(self._note.text()), self._caution.isVisibleTo(self)
        note_width = words.width() - (side + px(9) if alarming else 0)

        def heights(scale: float) -> list[int]:
            tries = ceil(set_(self._tries.text(), Style.BODY, words.width(), scale=scale).height_px)
            if not noted:
                return [dots_height, tries]
            note = ceil(set_(self._note.text(), Style.LABEL, note_width, scale=scale).height_px)
            return [max(note + px(8), side + px(6)), dots_height, tries]

        scale = common_scale(lambda scale: sum(heights(scale)) + 2 * gap <= words.height())
        *note_box, dots, tries = column(words, heights(scale), gap)
        for field in note_box:
            self._panel.setGeometry(field)
            self._caution.setGeometry(field.left() + px(3), field.top() + (field.height() - side) // 2, side, side)
            left = field.right() - px(3) - note_width if alarming else field.left()
            self._note.place(QRect(left, field.top(), note_width, field.height()), scale=scale)
        self._dots.setGeometry(dots)
        self._tries.place(tries, scale=scale)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Take digits and the erase key of a keypad with raised keys."""
        key = event.key()
        if event.isAutoRepeat():
            return
        if Qt.Key.Key_0 <= key <= Qt.Key.Key_9:
            if self.kit.guard.admits("pin_key"):
                self._done(lambda: self._pin.push(key - Qt.Key.Key_0))
        elif key == Qt.Key.Key_Backspace:
            self._done(self._pin.erase_last)
        else:
            super().keyPressEvent(event)

    def _digit_key(self, digit: int) -> LabelButton:
        return self._key(f"digit_{digit}", str(digit), lambda: self._pin.push(digit), Style.KEY)

    def _key(self, name: str, label: str, act: Callable[[], object], style: Style) -> LabelButton:
        button = LabelButton(self.kit, self, name, label, style=style)
        button.clicked.connect(lambda: self._done(act))
        return button

    def _done(self, act: Callable[[], object]) -> None:
        self._keyed = True
        act()
        typed = len(self._pin)
        self._dots.show_count(typed)
        self.pin_typed.emit(typed)
