"""Large tiles to choose from. All tiles of a page have one size of type; the list turns when they do not fit."""

from math import ceil

from PySide6.QtCore import QRect, QRectF
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QWidget

from kiosk.flow.screen_model import Choice, Choices, ScreenModel
from kiosk.ui.lettering import Setting
from kiosk.ui.pages.page import Page
from kiosk.ui.pages.pager import Pager
from kiosk.ui.parts.button import Look, PressButton, control_name
from kiosk.ui.parts.kit import Kit
from kiosk.ui.parts.text import Align, TextBlock
from kiosk.ui.theme import STANDARD_CAP_MM, Style


class Tile(PressButton):
    """A choice: label, detail, and at the left a tick box, or at the right an arrow where it leads on."""

    def __init__(self, kit: Kit, parent: QWidget, choice: Choice) -> None:
        super().__init__(kit, parent, control_name(choice.touch))
        self._icon = "forward"
        self._icon_box = QRectF()
        self._ticked: bool | None = None
        self.label = TextBlock(kit, self, Style.CHOICE, f"label_of_{self.objectName()}")
        self.detail = TextBlock(kit, self, Style.DETAIL, f"detail_of_{self.objectName()}")
        self.setCheckable(choice.selected is not None)
        self.clicked.connect(lambda: self._touched(choice))
        self.draw(choice)

    def draw(self, choice: Choice) -> None:
        """Show the words and the state of a choice."""
        kit = self.kit
        self._ticked = choice.selected
        self.label.setText(kit.text(choice.label))
        detail = kit.text(choice.detail) if choice.detail is not None else ""
        self.detail.setText(detail)
        self.setEnabled(choice.enabled)
        self.setChecked(bool(choice.selected))
        state = ""
        if choice.selected is not None:
            state = kit.strings.sentence("ui.ticked" if choice.selected else "ui.unticked")
        self.setAccessibleName(self.label.text())
        self.setAccessibleDescription(" ".join(part for part in (state, detail) if part))
        if not choice.enabled:
            self._icon = "closed_sign"
        elif choice.selected is not None:
            self._icon = "ticked" if choice.selected else "unticked"
        else:
            self._icon = "forward"
        self.set_look(Look.SELECTED if choice.selected and choice.enabled else Look.PLAIN)

    def _touched(self, choice: Choice) -> None:
        # Qt has flipped the tick by itself; the model alone says what is ticked
        self.setChecked(bool(self._ticked))
        self.kit.touch(choice.touch)

    def _text_box(self, size: QRect) -> QRect:
        px = self.kit.px
        room = px(11 + 3)
        left = px(5) + (room if self._ticked is not None else 0)
        right = px(5) + (0 if self._ticked is not None else room)
        return size.adjusted(left, px(2.5), -right, -px(2.5))

    def sizes(self, width: int, height: int, limits: tuple[int | None, int | None]) -> tuple[int, int, float]:
        """Give the type sizes of label and detail that fit, in pixels, and what that costs the reader.

        The cost is 0 for a label at the standard height, 0.5 for one a little below, 1 for less, 3 for words cut off.
        """
        inner = self._text_box(QRect(0, 0, width, height))
        set_ = self.kit.lettering.set
        if not self.detail.text():
            label = set_(self.label.text(), Style.CHOICE, inner.width(), inner.height(), limit_px=limits[0])
            return label.font.pixelSize(), 10_000, _cost(label)
        gap = self.kit.px(0.5)
        # the detail keeps its size as long as the label stays readable, then both give way
        for detail_height in (1e6, 1.0):
            detail = set_(self.detail.text(), Style.DETAIL, inner.width(), detail_height)
            room = inner.height() - gap - detail.height_px
            label = set_(self.label.text(), Style.CHOICE, inner.width(), room, limit_px=limits[0])
            if not _cost(label):
                break
        detail = set_(
            self.detail.text(),
            Style.DETAIL,
            inner.width(),
            inner.height() - gap - label.height_px,
            limit_px=limits[1],
        )
        return label.font.pixelSize(), detail.font.pixelSize(), max(_cost(label), 3.0 if detail.cut else 0.0)

    def place(self, box: QRect, label_px: int, detail_px: int) -> None:
        """Put the tile into `box` with type of the sizes all tiles agreed on."""
        px = self.kit.px
        self.setGeometry(box)
        inner = self._text_box(QRect(0, 0, box.width(), box.height()))
        set_ = self.kit.lettering.set
        label = set_(self.label.text(), Style.CHOICE, inner.width(), limit_px=label_px)
        label_height = round(label.height_px)
        gap, detail_height = 0, 0
        if self.detail.text():
            gap = px(0.5)
            detail = set_(self.detail.text(), Style.DETAIL, inner.width(), limit_px=detail_px)
            detail_height = round(detail.height_px) + 1
        top = inner.top() + max(0, (inner.height() - label_height - gap - detail_height) // 2)
        self.label.place(QRect(inner.left(), top, inner.width(), label_height + 1), limit_px=label_px)
        self.detail.setVisible(bool(self.detail.text()))
        if self.detail.text():
            below = top + label_height + gap
            room = min(detail_height, inner.bottom() + 1 - below)
            self.detail.place(QRect(inner.left(), below, inner.width(), room), limit_px=detail_px)
        side = px(11)
        left = px(5) if self._ticked is not None else box.width() - px(4) - side
        self._icon_box = QRectF(left, (box.height() - side) / 2, side, side)

    def paint_face(self, painter: QPainter, ink: str) -> None:
        """Draw tick box, arrow or closed sign."""
        self.kit.drawings.paint(painter, self._icon, self._icon_box, ink)


class ChoicesPage(Page):
    """Tiles in columns."""

    def __init__(self, kit: Kit, parent: QWidget) -> None:
        super().__init__(kit, parent)
        self._tiles: list[Tile] = []
        self._page = 0
        self._note = TextBlock(kit, self, Style.DETAIL, "note", Align.LEFT)
        self._pager: Pager | None = None

    @classmethod
    def can_redraw(cls, before: ScreenModel, after: ScreenModel) -> bool:
        """The same choices can be drawn in place: a tick comes or goes."""
        match before.body, after.body:
            case Choices() as old, Choices() as new:
                return _shape(old) == _shape(new)
            case _:
                return False

    def draw(self, model: ScreenModel) -> None:
        """Show the choices."""
        assert isinstance(model.body, Choices)
        if not self._tiles:
            self._tiles = [Tile(self.kit, self, choice) for choice in model.body.choices]
            # after the tiles, so that Tab goes in reading order
            self._pager = Pager(self.kit, self)
            self._pager.turned.connect(self._turn)
        for tile, choice in zip(self._tiles, model.body.choices, strict=True):
            tile.draw(choice)
        self._note.setText(self.kit.text(model.body.note) if model.body.note is not None else "")
        self.rearrange()

    def arrange(self, box: QRect) -> None:
        """Find the columns in which everything keeps its size; with room left, tiles stay in hand's reach."""
        px, theme = self.kit.px, self.kit.theme
        gap = px(theme.gap_mm)
        self._note.setVisible(bool(self._note.text()))
        if self._note.text():
            setting = self.kit.lettering.set(self._note.text(), Style.DETAIL, box.width())
            height = min(round(setting.height_px) + px(2), box.height() // 3)
            self._note.place(QRect(box.left(), box.top(), box.width(), height))
            box = box.adjusted(0, height + px(2), 0, 0)
        count = len(self._tiles)
        if self._pager is None:
            return
        columns, rows, pages = self._plan(box, count)
        grid = box
        if pages > 1:
            height = px(theme.target_mm + 1)
            self._page = min(self._page, pages - 1)
            grid = box.adjusted(0, 0, 0, -height - gap)
            self._pager.draw(self._page, pages, QRect(box.left(), box.bottom() + 1 - height, box.width(), height))
        else:
            self._page = 0
            self._pager.setVisible(False)
        width, height = self._tile_size(grid, columns, rows)
        sizes = [tile.sizes(width, height, (None, None))[:2] for tile in self._tiles]
        label_px = min(size[0] for size in sizes)
        detail_px = min(tile.sizes(width, height, (label_px, None))[1] for tile in self._tiles)
        if pages == 1:
            grid.translate(0, (grid.height() - rows * height - (rows - 1) * gap) // 2)
        first = self._page * columns * rows
        for number, tile in enumerate(self._tiles):
            place = number - first
            shown = 0 <= place < columns * rows
            tile.setVisible(shown)
            if shown:
                row, column = divmod(place, columns)
                left = grid.left() + column * (width + gap)
                tile.place(QRect(left, grid.top() + row * (height + gap), width, height), label_px, detail_px)

    def _tile_size(self, grid: QRect, columns: int, rows: int) -> tuple[int, int]:
        gap = self.kit.px(self.kit.theme.gap_mm)
        width = (grid.width() - gap * (columns - 1)) // columns
        height = (grid.height() - gap * (rows - 1)) // rows
        return width, min(height, self.kit.px(50))

    def _plan(self, box: QRect, count: int) -> tuple[int, int, int]:
        """Choose columns, rows and pages: whole list at full size if possible, else the fewest pages."""
        px, theme = self.kit.px, self.kit.theme
        gap, least = px(theme.gap_mm), px(theme.main_target_mm)
        widest = 1 if theme.geometry.is_portrait and count <= 5 else 2
        orders = [2, 1] if count > 3 and widest == 2 else [1, 2]
        best: tuple[tuple[float, int], tuple[int, int, int]] | None = None
        for preference, columns in enumerate(order for order in orders if order <= widest or count > 5):
            for rows in range(ceil(count / columns), 0, -1):
                pages = ceil(count / (columns * rows))
                grid = box if pages == 1 else box.adjusted(0, 0, 0, -px(theme.target_mm + 1) - gap)
                width, height = self._tile_size(grid, columns, rows)
                if height < least:
                    continue
                cost = max(tile.sizes(width, height, (None, None))[2] for tile in self._tiles)
                score = (pages + cost, preference)
                if best is None or score < best[0]:
                    best = (score, (columns, rows, pages))
                if not cost:
                    break
        if best is None:
            return 1, 1, count
        return best[1]

    def _turn(self, page: int) -> None:
        self._page = page
        self.kit.guard.page_changed()
        self.rearrange()


def _cost(label: Setting) -> float:
    if label.cut:
        return 3.0
    if label.cap_mm >= STANDARD_CAP_MM:
        return 0.0
    return 0.5 if label.cap_mm >= 0.85 * STANDARD_CAP_MM else 1.0


def _shape(body: Choices) -> list[tuple[object, bool]]:
    return [(choice.touch, choice.selected is None) for choice in body.choices]
