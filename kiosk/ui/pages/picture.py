"""A picture that shows what to do with the hands, and the sentence that says it."""

from PySide6.QtCore import QRect
from PySide6.QtWidgets import QWidget

from kiosk.flow.screen_model import Picture, ScreenModel
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
        sentence = round(set_(self._sentence.text(), Style.SENTENCE, words.width()).height_px) + 1
        self._detail.setVisible(bool(self._detail.text()))
        if not self._detail.text():
            self._sentence.place(column(words, [min(sentence, words.height())], 0)[0])
            return
        detail = round(set_(self._detail.text(), Style.DETAIL, words.width()).height_px) + 1
        gap = px(6)
        spare = words.height() - gap
        if sentence + detail > spare:
            sentence, detail = spare * sentence // (sentence + detail), spare * detail // (sentence + detail)
        upper, lower = column(words, [sentence, detail], gap)
        self._sentence.place(upper)
        self._detail.place(lower)
