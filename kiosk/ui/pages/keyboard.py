"""Keys in a grid of equal units, for lines and for passwords."""

from dataclasses import dataclass

from PySide6.QtCore import QRect

from kiosk.ui.parts.button import LabelButton

KEY_GAP_MM = 3.0
"""Between keys: the least there may be."""


@dataclass(frozen=True, slots=True)
class Key:
    """A key and its place: column, row, and how many units it is wide."""

    button: LabelButton
    column: int
    row: int
    span: int = 1


def place_keys(keys: list[Key], box: QRect, columns: int, rows: int, gap: int, most: QRect) -> None:
    """Put keys into a grid in the middle of `box`; no unit is larger than `most`."""
    width = min((box.width() - gap * (columns - 1)) // columns, most.width())
    height = min((box.height() - gap * (rows - 1)) // rows, most.height())
    left = box.left() + (box.width() - columns * width - (columns - 1) * gap) // 2
    top = box.top() + (box.height() - rows * height - (rows - 1) * gap) // 2
    for key in keys:
        across = key.span * width + (key.span - 1) * gap
        key.button.place(QRect(left + key.column * (width + gap), top + key.row * (height + gap), across, height))
