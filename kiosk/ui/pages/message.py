"""What happened, what to do, where card and money are. No blame, no inner words; the code is small, for staff."""

from math import ceil
from typing import assert_never

from PySide6.QtCore import QRect
from PySide6.QtWidgets import QWidget

from kiosk.flow.screen_model import Message, ScreenModel, Tone
from kiosk.ui.lettering import common_scale
from kiosk.ui.pages.page import Page
from kiosk.ui.parts.kit import Kit
from kiosk.ui.parts.picture import Panel, PictureBox
from kiosk.ui.parts.text import Align, TextBlock
from kiosk.ui.theme import Style


class MessagePage(Page):
    """The tone as a large sign at the left, three answers beside it."""

    def __init__(self, kit: Kit, parent: QWidget) -> None:
        super().__init__(kit, parent)
        palette = kit.theme.palette
        self._panel = Panel(kit, self, "tone", palette.band)
        self._sign = PictureBox(kit, self, "inform", palette.ink)
        self._happened = TextBlock(kit, self, Style.LABEL, "happened")
        self._to_do_sign = PictureBox(kit, self, "to_do", palette.ink)
        self._to_do = TextBlock(kit, self, Style.BODY, "to_do")
        self._card_sign = PictureBox(kit, self, "card_and_money", palette.ink)
        self._card_and_money = TextBlock(kit, self, Style.BODY, "card_and_money")
        self._code = TextBlock(kit, self, Style.CAPTION, "code", Align.RIGHT, ink=palette.quiet)

    def draw(self, model: ScreenModel) -> None:
        """Show the message."""
        assert isinstance(model.body, Message)
        body, text = model.body, self.kit.text
        sign, colour = self._presentation(body.tone)
        self._sign.set_picture(sign)
        self._panel.set_colour(colour)
        self._happened.setText(text(body.happened))
        self._to_do.setText(text(body.to_do))
        self._card_and_money.setText(text(body.card_and_money) if body.card_and_money is not None else "")
        self._code.setText(self.kit.strings.sentence("ui.code", code=body.code) if body.code else "")
        self.rearrange()

    def arrange(self, box: QRect) -> None:
        """Give each answer the height its words need, shrinking all alike when there is too little."""
        px = self.kit.px
        code_height = px(8)
        self._code.setVisible(bool(self._code.text()))
        self._code.place(QRect(box.left(), box.bottom() - code_height, box.width(), code_height))
        box = box.adjusted(0, 0, 0, -code_height - px(1))
        with_card = bool(self._card_and_money.text())
        self._card_and_money.setVisible(with_card)
        self._card_sign.setVisible(with_card)
        sign_side = px(11)
        padding, gap = px(5), px(5)
        head_sign = px(24)
        head_width = box.width() - 2 * padding - head_sign - px(6)
        line_width = box.width() - padding - sign_side - px(5)
        set_ = self.kit.lettering.set
        blocks = [(self._to_do_sign, self._to_do)]
        if with_card:
            blocks.append((self._card_sign, self._card_and_money))
        room = box.height() - gap * len(blocks)

        def heights(scale: float) -> list[int]:
            words = set_(self._happened.text(), Style.LABEL, head_width, scale=scale).height_px
            lines = [set_(block.text(), Style.BODY, line_width, scale=scale).height_px for _, block in blocks]
            return [max(ceil(words) + px(6), head_sign + px(5)), *(ceil(line) + 1 for line in lines)]

        scale = common_scale(lambda scale: sum(heights(scale)) <= room)
        head, *lines = heights(scale)
        gap += max(0, min(px(5), (room - head - sum(lines)) // (len(blocks) + 1)))
        field = QRect(box.left(), box.top(), box.width(), head)
        self._panel.setGeometry(field)
        self._sign.setGeometry(field.left() + padding, field.top() + (head - head_sign) // 2, head_sign, head_sign)
        self._happened.place(
            QRect(field.left() + padding + head_sign + px(6), field.top() + px(2), head_width, head - px(4)),
            scale=scale,
        )
        top = field.bottom() + gap
        for (sign, block), height in zip(blocks, lines, strict=True):
            setting = block.place(QRect(box.left() + padding + sign_side + px(5), top, line_width, height), scale=scale)
            first = top + (height - setting.height_px) / 2 + setting.line_px / 2
            sign.setGeometry(box.left() + padding, round(first - sign_side / 2), sign_side, sign_side)
            top += height + gap

    def _presentation(self, tone: Tone) -> tuple[str, str]:
        palette = self.kit.theme.palette
        match tone:
            case Tone.INFORM:
                return "inform", palette.band
            case Tone.CAUTION:
                return "caution", palette.caution
            case Tone.STOP:
                return "stop", palette.stop
            case _:
                assert_never(tone)
