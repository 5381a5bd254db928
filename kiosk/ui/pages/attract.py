"""The first screen: the whole page is one button, because "touch the screen" must be true everywhere."""

from math import ceil

from PySide6.QtCore import QRect, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from kiosk.flow.screen_model import Attract, Button, ScreenModel, Touch
from kiosk.ui.lettering import common_scale
from kiosk.ui.pages.page import Page, halves
from kiosk.ui.parts.button import PressButton, control_name
from kiosk.ui.parts.kit import Kit
from kiosk.ui.parts.picture import Panel, PictureBox
from kiosk.ui.parts.text import Align, TextBlock
from kiosk.ui.theme import Style


class _Invitation(PressButton):
    """Draws no face but a pill under the invitation."""

    pill = QRect()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the pill, lighter while pressed; pale, with a clock, while there is no service."""
        palette = self.kit.theme.palette
        with QPainter(self) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            face, icon_name, ink = palette.primary, "touch", palette.on_primary
            if not self.isEnabled():
                face, icon_name, ink = palette.caution, "closed_sign", palette.ink
            elif self.isDown():
                face, ink = palette.pressed, palette.on_pressed
            painter.setPen(QColor(palette.primary))
            painter.setBrush(QColor(face))
            painter.drawRoundedRect(self.pill, self.pill.height() / 2, self.pill.height() / 2)
            if self.hasFocus() and self._ringed:
                painter.drawRect(QRectF(0, self.height() - self.kit.px(1), self.width(), self.kit.px(1)))
            side = self.kit.px(13)
            icon = QRectF(self.pill.left() + self.kit.px(7), self.pill.center().y() - side / 2, side, side)
            self.kit.drawings.paint(painter, icon_name, icon, ink)


class AttractPage(Page):
    """Greeting, picture, one invitation, and what one should know before starting."""

    owns_title = True

    def __init__(self, kit: Kit, parent: QWidget) -> None:
        super().__init__(kit, parent)
        touch = Touch(Button.START)
        self._whole = _Invitation(kit, self, control_name(touch))
        self._whole.clicked.connect(lambda: kit.touch(touch))
        self._greeting = TextBlock(kit, self._whole, Style.GREETING, "title", Align.CENTRE)
        self._picture = PictureBox(kit, self._whole, "welcome")
        self._invitation = TextBlock(
            kit, self._whole, Style.TITLE, "invitation", Align.CENTRE, ink=kit.theme.palette.on_primary
        )
        self._panel = Panel(kit, self._whole, "notices", kit.theme.palette.band)
        self._notices: list[TextBlock] = []
        self._whole.pressed.connect(lambda: self._invitation.set_ink(kit.theme.palette.on_pressed))
        self._whole.released.connect(lambda: self._invitation.set_ink(kit.theme.palette.on_primary))
        for child in (self._picture, self._panel):
            child.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)

    @classmethod
    def can_redraw(cls, before: ScreenModel, after: ScreenModel) -> bool:
        """A page with as many notices can be filled again."""
        match before.body, after.body:
            case Attract() as old, Attract() as new:
                return len(old.notices) == len(new.notices)
            case _:
                return False

    def draw(self, model: ScreenModel) -> None:
        """Show greeting, invitation and notices; without an action to start, the page says so and is no button."""
        assert isinstance(model.body, Attract)
        palette = self.kit.theme.palette
        is_open = any(action.touch.button is Button.START and action.enabled for action in model.actions)
        self._whole.setEnabled(is_open)
        self._picture.set_picture("welcome" if is_open else "closed")
        self._greeting.setText(self.kit.text(model.title))
        self._invitation.setText(self.kit.text(model.body.invitation))
        self._whole.setAccessibleName(self._invitation.text())
        for number, notice in enumerate(model.body.notices):
            if number == len(self._notices):
                block = TextBlock(self.kit, self._whole, Style.CAPTION, f"notice_{number}")
                block.show()
                self._notices.append(block)
            self._notices[number].setText(self.kit.text(notice))
        for block in (self._greeting, *self._notices):
            block.set_ink(palette.ink)
        self._invitation.set_ink(palette.on_primary if is_open else palette.ink)
        self.rearrange()

    def arrange(self, box: QRect) -> None:
        """Picture at one side, greeting and invitation at the other, notices below."""
        px = self.kit.px
        # the switches of the header stand close above
        self._whole.setGeometry(self.rect().adjusted(0, px(1.5), 0, 0))
        upright = self.kit.theme.geometry.is_portrait
        box = box.adjusted(0, px(6), 0, 0)
        if self._notices:
            box = self._arrange_notices(box)
        self._panel.setVisible(bool(self._notices))
        picture, words = halves(box, 0.44, px(8), upright=upright)
        self._picture.setGeometry(picture)
        pill_height = px(34)
        rest = words.height() - pill_height - px(6)
        greeting_height = min(rest, px(70))
        top = words.top() + (rest - greeting_height) // 2
        self._greeting.place(QRect(words.left(), top, words.width(), greeting_height))
        pill = QRect(words.left(), top + greeting_height + px(6), words.width(), pill_height)
        self._whole.pill = pill
        self._invitation.place(pill.adjusted(px(22), px(3), -px(10), -px(3)))

    def _arrange_notices(self, box: QRect) -> QRect:
        """Put the notices at the bottom of `box`, on a third of it at most, and give what is left."""
        px, set_ = self.kit.px, self.kit.lettering.set
        width, padding = box.width() - px(12), px(3)

        def heights(scale: float) -> list[int]:
            return [ceil(set_(n.text(), Style.CAPTION, width, scale=scale).height_px) for n in self._notices]

        scale = common_scale(lambda scale: sum(heights(scale)) <= box.height() // 3 - 2 * padding)
        height = sum(heights(scale)) + 2 * padding
        field = QRect(box.left(), box.bottom() + 1 - height, box.width(), height)
        self._panel.setGeometry(field)
        top = field.top() + padding
        for notice, notice_height in zip(self._notices, heights(scale), strict=True):
            notice.place(QRect(field.left() + px(6), top, width, notice_height), scale=scale)
            top += notice_height
        return box.adjusted(0, 0, 0, -height - px(5))
