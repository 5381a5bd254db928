"""The keys for a line that everybody may see: 50音, digits and Latin letters. There is no conversion into kanji.

What was written comes back with the next model; this page keeps only which of its two sets of keys is up.
"""

from PySide6.QtCore import QRect
from PySide6.QtWidgets import QWidget

from kiosk.flow import kana
from kiosk.flow.screen_model import Button, Keys, ScreenModel, TextPad, Touch
from kiosk.ui.pages.keyboard import KEY_GAP_MM, Key, place_keys
from kiosk.ui.pages.page import Page
from kiosk.ui.parts.button import LabelButton, TouchButton
from kiosk.ui.parts.kit import Kit
from kiosk.ui.parts.picture import Panel
from kiosk.ui.parts.text import TextBlock
from kiosk.ui.theme import Style

_LETTERS = 10
"""Columns of letters; two more hold what changes or takes away."""
_NAMES = {
    kana.VOICED: "ui.key_voiced",
    kana.HALF_VOICED: "ui.key_half_voiced",
    kana.SMALL: "ui.key_small",
    "ー": "ui.key_long",
    kana.HYPHEN: "ui.key_hyphen",
}
"""What a screen reader says of keys whose sign says nothing."""
_SIGNS = {kana.HYPHEN: "－"}


class TextPadPage(Page):
    """The line above, the keys below."""

    spares_title = True

    def __init__(self, kit: Kit, parent: QWidget, keys: Keys) -> None:
        super().__init__(kit, parent)
        self._panel = Panel(kit, self, "line", kit.theme.palette.surface, kit.theme.palette.frame)
        self._written = TextBlock(kit, self, Style.LABEL, "written")
        self._hint = TextBlock(kit, self, Style.DETAIL, "hint", ink=kit.theme.palette.quiet)
        self._clear = TouchButton(kit, self, Touch(Button.CLEAR), kit.strings.sentence("ui.clear"), style=Style.DETAIL)
        self._latin = False
        self._numbers = keys is Keys.NUMBERS
        if self._numbers:
            self._sets = [self._number_keys()]
        else:
            self._sets = [self._kana_keys(), self._latin_keys()]
        self._show_set()

    def draw(self, model: ScreenModel) -> None:
        """Show the line, or what to know while it is empty."""
        assert isinstance(model.body, TextPad)
        body = model.body
        self._written.setText(body.written)
        self._hint.setText(self.kit.text(body.hint) if body.hint is not None else "")
        self._written.setVisible(bool(body.written))
        self._hint.setVisible(body.hint is not None)
        self._clear.setEnabled(bool(body.written))
        self.rearrange()

    def rearrange(self) -> None:
        """Go nearer to the bottom row than other pages: five rows of keys need the room."""
        margin = self.kit.px(self.kit.theme.margin_mm)
        self.arrange(self.rect().adjusted(margin, 0, -margin, -self.kit.px(1.5)))

    def arrange(self, box: QRect) -> None:
        """Give the keys what they need, and the line the rest."""
        px, theme = self.kit.px, self.kit.theme
        gap = px(KEY_GAP_MM)
        columns, rows = (3, 4) if self._numbers else (_LETTERS + 2, 5)
        least = rows * px(theme.main_target_mm if self._numbers else theme.target_mm + 0.5) + (rows - 1) * gap
        height = max(px(theme.target_mm), min(px(24), box.height() - least - gap))
        clear = min(self._clear.wanted_width(), box.width() // 4)
        self._clear.place(QRect(box.right() + 1 - clear, box.top(), clear, height))
        field = QRect(box.left(), box.top(), box.width() - clear - px(theme.gap_mm), height)
        self._panel.setGeometry(field)
        inner = field.adjusted(px(4), px(0.8), -px(4), -px(0.8))
        self._written.place(inner)
        self._hint.place(inner)
        below = box.adjusted(0, height + gap, 0, 0)
        most = QRect(0, 0, px(46 if self._numbers else 36), px(30))
        for keys in self._sets:
            place_keys(keys, below, columns, rows, gap, most)

    def _kana_keys(self) -> list[Key]:
        keys = [
            self._character(letter, column, row)
            for row, letters in enumerate(kana.GRID)
            for column, letter in enumerate(letters)
            if letter != " "
        ]
        keys += [
            self._character(kana.VOICED, _LETTERS, 0),
            self._character(kana.HALF_VOICED, _LETTERS + 1, 0),
            self._character(kana.SMALL, _LETTERS, 1, 2),
        ]
        return [*keys, *self._common("ui.latin_keys")]

    def _latin_keys(self) -> list[Key]:
        characters = kana.DIGITS + kana.LATIN
        keys = [
            self._character(character, place % _LETTERS, place // _LETTERS)
            for place, character in enumerate(characters)
        ]
        return [*keys, self._character(kana.HYPHEN, _LETTERS, 0, 2), *self._common("ui.kana_keys")]

    def _number_keys(self) -> list[Key]:
        keys = [self._character(digit, place % 3, place // 3) for place, digit in enumerate("123456789")]
        return [*keys, self._character(kana.HYPHEN, 0, 3), self._character("0", 1, 3), self._erase(2, 3, 1)]

    def _common(self, other: str) -> list[Key]:
        space = TouchButton(
            self.kit,
            self,
            Touch(Button.CHARACTER, kana.SPACE),
            self.kit.strings.sentence("ui.key_space"),
            style=Style.DETAIL,
        )
        change = LabelButton(self.kit, self, "other_keys", self.kit.strings.sentence(other), style=Style.DETAIL)
        change.clicked.connect(self._turn)
        return [Key(space, _LETTERS, 2, 2), Key(change, _LETTERS, 3, 2), self._erase(_LETTERS, 4, 2)]

    def _character(self, character: str, column: int, row: int, span: int = 1) -> Key:
        touch = Touch(Button.CHARACTER, character)
        button = TouchButton(self.kit, self, touch, _SIGNS.get(character, character), style=Style.KEY)
        if character in _NAMES:
            button.setAccessibleName(self.kit.strings.sentence(_NAMES[character]))
        return Key(button, column, row, span)

    def _erase(self, column: int, row: int, span: int) -> Key:
        sentence = self.kit.strings.sentence("ui.erase")
        return Key(TouchButton(self.kit, self, Touch(Button.ERASE), sentence, style=Style.DETAIL), column, row, span)

    def _turn(self) -> None:
        self._latin = not self._latin
        self.kit.guard.page_changed()
        self._show_set()

    def _show_set(self) -> None:
        for number, keys in enumerate(self._sets):
            for key in keys:
                key.button.setVisible(number == int(self._latin))
