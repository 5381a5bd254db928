"""The keys for the password. Characters go straight into the buffer; this page and everything above it know only how many.

No text, name or signal holds a character that was typed, and the dots are all alike.
"""

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import QPointF, QRect, Qt, Signal
from PySide6.QtGui import QColor, QKeyEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QWidget

from kiosk.flow import kana
from kiosk.flow.screen_model import PasswordPad, ScreenModel
from kiosk.ports.password import ALLOWED_CHARACTERS, MAX_PASSWORD_LENGTH, PasswordBuffer
from kiosk.ui.pages.keyboard import KEY_GAP_MM, Key, place_keys
from kiosk.ui.pages.page import Page
from kiosk.ui.parts.button import LabelButton
from kiosk.ui.parts.kit import Kit
from kiosk.ui.parts.picture import Panel, PictureBox
from kiosk.ui.parts.text import Align, TextBlock
from kiosk.ui.theme import Style

_COLUMNS, _ROWS = 10, 4


class Marks(QWidget):
    """Sixteen small rings; one a character becomes a dot."""

    def __init__(self, kit: Kit, parent: QWidget) -> None:
        super().__init__(parent)
        self._kit = kit
        self._typed = 0
        self.setObjectName("password_marks")

    def show_count(self, typed: int) -> None:
        """Show how many characters were typed."""
        self._typed = typed
        self.setAccessibleName(self._kit.strings.sentence("ui.password_count", typed=str(typed)))
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw rings and dots."""
        kit, palette = self._kit, self._kit.theme.palette
        step = self.width() / MAX_PASSWORD_LENGTH
        radius = min(kit.px(2.2), step * 0.36)
        with QPainter(self) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            for place in range(MAX_PASSWORD_LENGTH):
                middle = QPointF((place + 0.5) * step, self.height() / 2)
                typed = place < self._typed
                painter.setPen(QPen(QColor(palette.ink if typed else palette.frame), kit.px(0.4)))
                painter.setBrush(QColor(palette.ink if typed else palette.surface))
                painter.drawEllipse(middle, radius if typed else radius * 0.6, radius if typed else radius * 0.6)


class PasswordPadPage(Page):
    """Marks and what to know above, the keys below."""

    password_typed = Signal(int)
    """How many characters the buffer holds now."""

    def __init__(self, kit: Kit, parent: QWidget, password: PasswordBuffer) -> None:
        super().__init__(kit, parent)
        palette = kit.theme.palette
        self._password = password
        self._keyed = False
        self._panel = Panel(kit, self, "marks", palette.surface, palette.frame)
        self._marks = Marks(kit, self)
        self._count = TextBlock(kit, self, Style.BODY, "password_count", Align.RIGHT)
        self._note_panel = Panel(kit, self, "note", palette.caution)
        self._caution = PictureBox(kit, self, "caution", palette.ink)
        self._note = TextBlock(kit, self, Style.BODY, "note")
        self._tries = TextBlock(kit, self, Style.LABEL, "tries_left", Align.RIGHT)
        self._keys = [
            self._key(f"character_{character}", character, place, partial(password.push, character))
            for place, character in enumerate(kana.DIGITS + kana.LATIN)
        ]
        sentence = kit.strings.sentence
        erase = self._button("password_erase", sentence("ui.erase"), password.erase_last, Style.DETAIL)
        clear = self._button("password_clear", sentence("ui.clear"), password.clear, Style.DETAIL)
        self._keys += [Key(erase, 6, 3, 2), Key(clear, 8, 3, 2)]

    def draw(self, model: ScreenModel) -> None:
        """Show the count, the tries left and what to know."""
        assert isinstance(model.body, PasswordPad)
        body = model.body
        # once a key was pressed here, an older model must not take back a dot already shown
        self._show_count(len(self._password) if self._keyed else body.typed)
        self._tries.setText(self.kit.strings.sentence("ui.tries_short", tries=str(body.tries_left)))
        self._note.setText(self.kit.text(body.note))
        for part in (self._caution, self._note_panel):
            part.setVisible(body.alarming)
        self.rearrange()

    def arrange(self, box: QRect) -> None:
        """Give the keys what they need, and the two lines above the rest."""
        px, theme = self.kit.px, self.kit.theme
        gap = px(KEY_GAP_MM)
        least = _ROWS * px(theme.target_mm + 1.5) + (_ROWS - 1) * gap
        height = max(px(11), min(px(20), (box.height() - least - 2 * gap) // 2))
        line = QRect(box.left(), box.top(), box.width(), height)
        count = min(px(78), line.width() // 3)
        self._panel.setGeometry(line.adjusted(0, 0, -count - px(4), 0))
        self._marks.setGeometry(line.adjusted(px(4), px(1), -count - px(8), -px(1)))
        self._count.place(line.adjusted(line.width() - count, 0, 0, 0))
        line.translate(0, height + gap)
        tries = min(px(78), line.width() // 3)
        note = line.adjusted(0, 0, -tries - px(4), 0)
        self._note_panel.setGeometry(note)
        side = min(px(9), height - px(2))
        self._caution.setGeometry(note.left() + px(3), note.top() + (height - side) // 2, side, side)
        indent = 0 if self._note_panel.isHidden() else px(5) + side
        self._note.place(note.adjusted(indent, 0, -px(1), 0))
        self._tries.place(line.adjusted(line.width() - tries, 0, 0, 0))
        below = box.adjusted(0, 2 * (height + gap), 0, 0)
        place_keys(self._keys, below, _COLUMNS, _ROWS, gap, QRect(0, 0, px(40), px(30)))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Take letters, digits and the erase key of a keyboard; small letters count as capitals, as the chip has none."""
        character = event.text().upper()
        if event.isAutoRepeat():
            return
        if len(character) == 1 and character in ALLOWED_CHARACTERS:
            if self.kit.guard.admits("password_key"):
                self._done(lambda: self._password.push(character))
        elif event.key() == Qt.Key.Key_Backspace:
            self._done(self._password.erase_last)
        else:
            super().keyPressEvent(event)

    def _key(self, name: str, label: str, place: int, act: Callable[[], object]) -> Key:
        return Key(self._button(name, label, act, Style.KEY), place % _COLUMNS, place // _COLUMNS)

    def _button(self, name: str, label: str, act: Callable[[], object], style: Style) -> LabelButton:
        button = LabelButton(self.kit, self, name, label, style=style)
        button.clicked.connect(lambda: self._done(act))
        return button

    def _done(self, act: Callable[[], object]) -> None:
        self._keyed = True
        act()
        typed = len(self._password)
        self._show_count(typed)
        self.password_typed.emit(typed)

    def _show_count(self, typed: int) -> None:
        self._marks.show_count(typed)
        self._count.setText(self.kit.strings.sentence("ui.characters", typed=str(typed)))
        if self._count.setting is not None:
            self._count.place(self._count.geometry())
