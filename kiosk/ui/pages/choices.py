"""Large tiles to choose from. All tiles of a page have one size of type; the list turns when they do not fit."""

from math import ceil

from PySide6.QtCore import QRect, QRectF
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QWidget

from kiosk.flow.screen_model import Choice, Choices, ScreenModel
from kiosk.ui.lettering import Setting, common_scale
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
        if choice.main and choice.enabled:
            self.set_look(Look.PRIMARY)
        else:
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

    def fits(self, width: int, height: int, scale: float) -> bool:
        """Say whether label and detail fit a tile of this size, both `scale` times as large as wanted."""
        inner = self._text_box(QRect(0, 0, width, height))
        label, detail = self._settings(inner.width(), scale)
        used = label.height_px
        if detail is not None:
            used += detail.height_px
        return used <= inner.height() and not label.cut and not (detail is not None and detail.cut)

    def label_cap_mm(self, scale: float) -> float:
        """Give the height of the label's capitals at `scale`."""
        return self.kit.lettering.set(self.label.text(), Style.CHOICE, 1e6, scale=scale).cap_mm

    def place(self, box: QRect, scale: float) -> None:
        """Put the tile into `box`, with type of the scale all tiles agreed on."""
        px = self.kit.px
        self.setGeometry(box)
        inner = self._text_box(QRect(0, 0, box.width(), box.height()))
        label, detail = self._settings(inner.width(), scale)
        heights = [ceil(label.height_px), ceil(detail.height_px) if detail is not None else 0]
        top = inner.top() + max(0, (inner.height() - sum(heights)) // 2)
        self.label.place(QRect(inner.left(), top, inner.width(), heights[0]), scale=scale)
        self.detail.setVisible(detail is not None)
        if detail is not None:
            self.detail.place(QRect(inner.left(), top + heights[0], inner.width(), heights[1]), scale=scale)
        side = px(11)
        left = px(5) if self._ticked is not None else box.width() - px(4) - side
        self._icon_box = QRectF(left, (box.height() - side) / 2, side, side)

    def _settings(self, width: int, scale: float) -> tuple[Setting, Setting | None]:
        set_ = self.kit.lettering.set
        label = set_(self.label.text(), Style.CHOICE, width, scale=scale)
        if not self.detail.text():
            return label, None
        return label, set_(self.detail.text(), Style.DETAIL, width, scale=scale)

    def paint_face(self, painter: QPainter, ink: str) -> None:
        """Draw tick box, arrow or closed sign."""
        self.kit.drawings.paint(painter, self._icon, self._icon_box, ink)


class ChoicesPage(Page):
    """Tiles in columns."""

    def __init__(self, kit: Kit, parent: QWidget) -> None:
        super().__init__(kit, parent)
        self._tiles: list[Tile] = []
        self._page = 0
        self._note: TextBlock | None = None
        self._pager: Pager | None = None

    @classmethod
    def can_redraw(cls, before: ScreenModel, after: ScreenModel) -> bool:
        """The same choices can be drawn in place: a tick comes or goes."""
        match before.body, after.body:
            case Choices() as old, Choices() as new:
                return _shape(old) == _shape(new) and (old.note is None) == (new.note is None)
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
        if model.body.note is not None:
            if self._note is None:
                # with nothing to choose from, the note is all there is to read
                style, align = (Style.DETAIL, Align.LEFT) if self._tiles else (Style.SENTENCE, Align.CENTRE)
                self._note = TextBlock(self.kit, self, style, "note", align)
                self._note.show()
            self._note.setText(self.kit.text(model.body.note))
        self.rearrange()

    def arrange(self, box: QRect) -> None:
        """Find the columns in which everything keeps its size; with room left, tiles stay in hand's reach."""
        px, theme = self.kit.px, self.kit.theme
        gap = px(theme.gap_mm)
        if self._note is not None and not self._tiles:
            self._note.place(box)
        elif self._note is not None:
            setting = self.kit.lettering.set(self._note.text(), Style.DETAIL, box.width())
            height = min(round(setting.height_px) + px(2), box.height() // 3)
            self._note.place(QRect(box.left(), box.top(), box.width(), height))
            box = box.adjusted(0, height + px(2), 0, 0)
        count = len(self._tiles)
        if self._pager is None or not count:
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
        scale = self._scale(width, height)
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
                tile.place(QRect(left, grid.top() + row * (height + gap), width, height), scale)

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
                cost = self._cost(width, height)
                score = (pages + cost, preference)
                if best is None or score < best[0]:
                    best = (score, (columns, rows, pages))
                if not cost:
                    break
        if best is None:
            return 1, 1, count
        return best[1]

    def _scale(self, width: int, height: int) -> float:
        return common_scale(lambda scale: all(tile.fits(width, height, scale) for tile in self._tiles))

    def _cost(self, width: int, height: int) -> float:
        """Weigh a tile size in pages that a reader would rather turn: 0 at the standard height of type or above."""
        scale = self._scale(width, height)
        cap_mm = min(tile.label_cap_mm(scale) for tile in self._tiles)
        if not all(tile.fits(width, height, scale) for tile in self._tiles):
            return 9.0
        wanted_mm = STANDARD_CAP_MM * min(self.kit.theme.text_scale, 1.5)
        if cap_mm >= wanted_mm:
            return 0.0
        if cap_mm >= 0.85 * wanted_mm:
            return 0.5
        return 1.5 if cap_mm >= STANDARD_CAP_MM else 2.5

    def _turn(self, page: int) -> None:
        self._page = page
        self.kit.guard.page_changed()
        self.rearrange()


def _shape(body: Choices) -> list[tuple[object, bool]]:
    return [(choice.touch, choice.selected is None) for choice in body.choices]
