"""The demonstration's second window: virtual card, coins and faults, under a sign that says so.

Signals only; the wiring of a demonstration connects them to the virtual devices. A service never makes this window.
"""

from collections.abc import Sequence

from PySide6.QtCore import QRect, Qt, Signal
from PySide6.QtWidgets import (
    QComboBox,
    QGroupBox,
    QHBoxLayout,
    QLabel,
    QLayout,
    QListWidget,
    QListWidgetItem,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from kiosk.ui.lettering import plain_font
from kiosk.ui.strings import Strings

COINS_YEN = (100, 500)
DOCK_KEYS = (
    "ui.dock_title",
    "ui.dock_card",
    "ui.dock_place",
    "ui.dock_take",
    "ui.dock_money",
    "ui.dock_coin",
    "ui.dock_faults",
    "ui.dock_fault",
)
"""What this window says, beside the pages' own keys."""
_WIDTH_PX = 340
_TEXT_PX = 16


class DemoDock(QWidget):
    """Virtual devices to play with."""

    card_placed = Signal(str)
    """The name of the persona whose card was laid down."""
    card_taken = Signal()
    coin = Signal(int)
    """The coin's worth in yen."""
    fault = Signal(str)
    """The name of a fault to be caused."""

    def __init__(
        self,
        strings: Strings,
        personas: Sequence[tuple[str, str]],
        faults: Sequence[tuple[str, str]] = (),
        *,
        takes_money: bool = True,
    ) -> None:
        """`personas` and `faults` are names, which the signals carry, each with its title for the reader."""
        super().__init__(None, Qt.WindowType.Window | Qt.WindowType.WindowStaysOnTopHint)
        self._strings = strings
        say = strings.sentence
        self.setObjectName("demo_dock")
        self.setFont(plain_font(strings.language, _TEXT_PX))
        self.setWindowTitle(say("ui.dock_title"))
        column = QVBoxLayout(self)
        # the window keeps the size it is given, on small screens too
        column.setSizeConstraint(QLayout.SizeConstraint.SetNoConstraint)
        sign = QLabel(say("ui.dock_title"))
        sign.setObjectName("dock_sign")
        sign.setAlignment(Qt.AlignmentFlag.AlignCenter)
        sign.setStyleSheet("font-weight: bold; padding: 8px; border: 2px solid palette(text);")
        column.addWidget(sign)
        column.addWidget(self._card_box(personas), 1)
        if takes_money:
            column.addWidget(self._money_box())
        if faults:
            column.addWidget(self._fault_box(faults))
        self.resize(_WIDTH_PX, 640)
        self.card_is_on_reader(on_reader=False)

    def card_is_on_reader(self, *, on_reader: bool) -> None:
        """Let only that be pressed which makes sense: a card can be taken away only while it lies there."""
        self._place.setEnabled(not on_reader and self._personas.currentItem() is not None)
        self._take.setEnabled(on_reader)
        self._personas.setEnabled(not on_reader)

    def place_beside(self, window: QWidget, screen: QRect) -> None:
        """Stand at the right of `window` where the screen has room, else over its right edge, never outside."""
        left = min(window.frameGeometry().right() + 1, screen.right() + 1 - _WIDTH_PX)
        top = max(screen.top(), window.frameGeometry().top())
        self.setGeometry(left, top, _WIDTH_PX, min(640, screen.bottom() - top))

    def _money_box(self) -> QGroupBox:
        say = self._strings.sentence
        box = QGroupBox(say("ui.dock_money"))
        row = QHBoxLayout(box)
        for amount_yen in COINS_YEN:
            button = self._button(f"dock_coin_{amount_yen}", say("ui.dock_coin", amount=str(amount_yen)))
            button.clicked.connect(lambda _checked=False, amount_yen=amount_yen: self.coin.emit(amount_yen))
            row.addWidget(button)
        return box

    def _card_box(self, personas: Sequence[tuple[str, str]]) -> QGroupBox:
        say = self._strings.sentence
        box = QGroupBox(say("ui.dock_card"))
        column = QVBoxLayout(box)
        self._personas = QListWidget()
        self._personas.setObjectName("dock_personas")
        self._personas.setAccessibleName(say("ui.dock_card"))
        self._personas.setWordWrap(True)
        self._personas.setSpacing(4)
        for name, title in personas:
            item = QListWidgetItem(title)
            item.setData(Qt.ItemDataRole.UserRole, name)
            self._personas.addItem(item)
        self._personas.setCurrentRow(0)
        self._place = self._button("dock_place", say("ui.dock_place"))
        self._take = self._button("dock_take", say("ui.dock_take"))
        self._place.clicked.connect(self._lay_down)
        self._take.clicked.connect(self._take_away)
        for part in (self._personas, self._place, self._take):
            column.addWidget(part)
        return box

    def _fault_box(self, faults: Sequence[tuple[str, str]]) -> QGroupBox:
        say = self._strings.sentence
        box = QGroupBox(say("ui.dock_faults"))
        row = QVBoxLayout(box)
        chosen = QComboBox()
        chosen.setObjectName("dock_fault_chosen")
        chosen.setAccessibleName(say("ui.dock_faults"))
        for name, title in faults:
            chosen.addItem(title, name)
        button = self._button("dock_fault", say("ui.dock_fault"))
        button.clicked.connect(lambda: self.fault.emit(str(chosen.currentData())))
        row.addWidget(chosen)
        row.addWidget(button)
        return box

    def _button(self, name: str, label: str) -> QPushButton:
        button = QPushButton(label)
        button.setObjectName(name)
        button.setMinimumHeight(44)
        return button

    def _lay_down(self) -> None:
        item = self._personas.currentItem()
        if item is not None:
            self.card_is_on_reader(on_reader=True)
            self.card_placed.emit(str(item.data(Qt.ItemDataRole.UserRole)))

    def _take_away(self) -> None:
        self.card_is_on_reader(on_reader=False)
        self.card_taken.emit()
