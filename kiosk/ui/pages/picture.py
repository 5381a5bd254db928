"""A picture that shows what to do with the hands, and the sentence that says it."""

from math import ceil

from PySide6.QtCore import QRect
from PySide6.QtWidgets import QWidget

from kiosk.flow.screen_model import Picture, ScreenModel
from kiosk.ui.lettering import common_scale
from kiosk.ui.pages.page import Page, column, halves
from kiosk.ui.parts.kit import Kit
from kiosk.ui.parts.picture import Panel, PictureBox
from kiosk.ui.parts.text import Align, TextBlock
from kiosk.ui.theme import Style


class PicturePage(Page):
    """Picture and words side by side, or one above the other on an upright panel."""

    def __init__(self, kit: Kit, parent: QWidget) -> None:
        super().__init__(kit, parent)
        align = Align.CENTRE if kit.theme.geometry.is_portrait else Align.LEFT
        self._panel = Panel(kit, self, "picture", kit.theme.palette.band)
        self._picture = PictureBox(kit, self, "place_card")
        self._sentence = TextBlock(kit, self, Style.SENTENCE, "sentence", align)
        self._detail = TextBlock(kit, self, Style.DETAIL, "detail", align)

    def draw(self, model: ScreenModel) -> None:
        """Show picture and words."""
        assert isinstance(model.body, Picture)
        self._picture.set_picture(model.body.name)
        self._sentence.setText(self.kit.text(model.body.sentence))
        self._detail.setText(self.kit.text(model.body.detail) if model.body.detail is not None else "")
        self.rearrange()

    def arrange(self, box: QRect) -> None:
        """Give the picture half of the room."""
        px = self.kit.px
        upright = self.kit.theme.geometry.is_portrait
        picture, words = halves(box, 0.55 if upright else 0.5, px(10), upright=upright)
        self._panel.setGeometry(picture)
        self._picture.setGeometry(picture.adjusted(px(5), px(4), -px(5), -px(4)))
        set_ = self.kit.lettering.set
        detailed = bool(self._detail.text())
        self._detail.setVisible(detailed)
        gap = px(6)

        def heights(scale: float) -> list[int]:
            wanted = [set_(self._sentence.text(), Style.SENTENCE, words.width(), scale=scale)]
            if detailed:
                wanted.append(set_(self._detail.text(), Style.DETAIL, words.width(), scale=scale))
            return [ceil(setting.height_px) for setting in wanted]

        scale = common_scale(lambda scale: sum(heights(scale)) + gap <= words.height())
        boxes = column(words, heights(scale), gap)
        self._sentence.place(boxes[0], scale=scale)
        if detailed:
            self._detail.place(boxes[1], scale=scale)
