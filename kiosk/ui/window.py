"""The resident's screen: one still page at a time, drawn from a `ScreenModel`. It decides nothing.

A page is made anew for every screen and destroyed with it, so names and choices leave the process with their page. The
buffers of PIN and password are emptied whenever a screen comes that has no use for them.
"""

from collections.abc import Callable, Mapping
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

from PySide6.QtCore import QRect, Qt, Signal, Slot
from PySide6.QtGui import QCloseEvent, QColor, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QWidget

from kiosk.flow.screen_model import Action, Language, PasswordPad, PinPad, Role, ScreenId, ScreenModel, Touch
from kiosk.ports.card import PinBuffer
from kiosk.ports.password import PasswordBuffer
from kiosk.ui.drawings import Drawings
from kiosk.ui.geometry import ScreenGeometry
from kiosk.ui.guard import Guard
from kiosk.ui.lettering import Lettering
from kiosk.ui.pages.catalogue import page_for
from kiosk.ui.pages.page import Page
from kiosk.ui.pages.password_pad import PasswordPadPage
from kiosk.ui.pages.pin_pad import PinPadPage
from kiosk.ui.parts.banner import SpecimenBanner
from kiosk.ui.parts.button import PressButton
from kiosk.ui.parts.footer import Footer
from kiosk.ui.parts.header import Header, Preference
from kiosk.ui.parts.kit import Kit
from kiosk.ui.parts.text import TextBlock
from kiosk.ui.parts.warning import StillThere
from kiosk.ui.strings import Strings
from kiosk.ui.theme import CALM, HIGH_CONTRAST, LARGE_TEXT, TYPE_SIZES, Style, Theme


class KioskWindow(QWidget):
    """Draws models and says what was touched."""

    touched = Signal(object)
    """A Touch. Never one of a key of PIN or password."""
    pin_typed = Signal(int)
    """How many digits the PIN buffer holds now."""
    password_typed = Signal(int)
    """How many characters the password buffer holds now."""
    announced = Signal(str)
    """The line to be spoken, whenever the screen or its language changes."""
    tone = Signal()
    """A control was pressed; the same for all of them, so that nobody hears what was typed."""

    def __init__(
        self,
        *,
        assets_dir: Path,
        strings: Mapping[Language, Strings],
        pin: PinBuffer,
        password: PasswordBuffer,
        geometry: ScreenGeometry,
        now_s: Callable[[], float],
        repeat_ms: int = 0,
        specimen: bool = False,
    ) -> None:
        """Make an empty window of the panel's size.

        `strings` holds every language that can be chosen, in the order of the switch; `now_s` is a monotonic clock;
        `repeat_ms` ignores a second press of one control within that time, 0 is off; `specimen` puts the stripe of a
        demonstration on every screen.
        """
        super().__init__()
        self._assets_dir = assets_dir
        self._strings = strings
        self._pin = pin
        self._password = password
        self._guard = Guard(now_s, repeat_ms)
        self._px_per_mm = geometry.px_per_mm
        self._specimen = specimen
        self._theme = Theme(geometry)
        self._drawings = Drawings(assets_dir / "icons", self._theme.palette)
        self._kit: Kit | None = None
        self._model: ScreenModel | None = None
        self._banner: SpecimenBanner | None = None
        self._header: Header | None = None
        self._title: TextBlock | None = None
        self._page: Page | None = None
        self._footer: Footer | None = None
        self._warning: StillThere | None = None
        self.setObjectName("kiosk_window")
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.resize(geometry.width_px, geometry.height_px)

    @Slot(object)
    def show_model(self, model: ScreenModel) -> None:
        """Draw a model: in place where only values changed, else as a new page that ignores touches for 300 ms."""
        before = self._model
        ended = before is not None and before.screen is not ScreenId.IDLE and model.screen is ScreenId.IDLE
        if ended:
            self._theme = replace(self._theme, palette=CALM, text_scale=1.0)
        model = self._without_stale_characters(before, self._without_stale_digits(before, model))
        self._model = model
        if before is None or self._page is None or self._needs_page(before, model):
            self._build(model)
        else:
            self._draw(model)
        self._draw_warning(model.warning_s)
        if before is None or (before.screen, before.language, before.announcement, before.title) != (
            model.screen,
            model.language,
            model.announcement,
            model.title,
        ):
            spoken = model.announcement if model.announcement.key or model.announcement.literal else model.title
            self.announced.emit(self._strings[model.language].text(spoken))

    def focusNextPrevChild(self, forward: bool) -> bool:
        """Keep the focus on the one button of the warning while it is up."""
        if self._warning is not None:
            self._warning.stay.setFocus(Qt.FocusReason.TabFocusReason)
            return True
        return super().focusNextPrevChild(forward)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Lay the page out for the size the window really has."""
        width, height = self.width(), self.height()
        geometry = ScreenGeometry(width, height, width / self._px_per_mm)
        if geometry != self._theme.geometry:
            self._theme = replace(self._theme, geometry=geometry)
            self._rebuild()

    def closeEvent(self, event: QCloseEvent) -> None:
        """Leave nothing typed behind."""
        self._pin.clear()
        self._password.clear()
        super().closeEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the ground."""
        with QPainter(self) as painter:
            painter.fillRect(self.rect(), QColor(self._theme.palette.ground))

    def _without_stale_digits(self, before: ScreenModel | None, model: ScreenModel) -> ScreenModel:
        """Empty the buffer when its page is left, or comes up anew; give the model with the count that is true then."""
        stays = before is not None and before.screen is model.screen and before.language == model.language
        on_pad = isinstance(model.body, PinPad)
        if not len(self._pin) or model.screen is ScreenId.VERIFYING or (on_pad and stays):
            return model
        self._pin.clear()
        if isinstance(model.body, PinPad):
            self.pin_typed.emit(0)
            return replace(model, body=replace(model.body, typed=0))
        return model

    def _without_stale_characters(self, before: ScreenModel | None, model: ScreenModel) -> ScreenModel:
        """Do the same for the password: it may be there on its own page, and while the card signs."""
        stays = before is not None and before.screen is ScreenId.PASSWORD and before.language == model.language
        at_home = model.screen is ScreenId.SIGNING or (model.screen is ScreenId.PASSWORD and stays)
        if not len(self._password) or at_home:
            return model
        self._password.clear()
        if isinstance(model.body, PasswordPad):
            self.password_typed.emit(0)
            return replace(model, body=replace(model.body, typed=0))
        return model

    def _needs_page(self, before: ScreenModel, model: ScreenModel) -> bool:
        same_kind = (before.screen, before.language, type(before.body)) == (
            model.screen,
            model.language,
            type(model.body),
        )
        if not same_kind or self._page is None or self._footer is None:
            return True
        before_row = {(action.touch, action.role) for action in before.actions}
        row = {(action.touch, action.role) for action in model.actions}
        return before_row != row or not self._page.can_redraw(before, model)

    def _rebuild(self) -> None:
        """Make the present page again, after the look or the size has changed."""
        if self._model is not None:
            self._build(self._model)
            self._draw_warning(self._model.warning_s)

    def _build(self, model: ScreenModel) -> None:
        """Put away the old page and make the new one; in reading order, which is the order of the focus."""
        self._put_away()
        self._guard.page_changed()
        if self._drawings.palette is not self._theme.palette:
            self._drawings = Drawings(self._assets_dir / "icons", self._theme.palette)
        kit = Kit(
            theme=self._theme,
            strings=self._strings[model.language],
            lettering=Lettering(self._theme, model.language),
            drawings=self._drawings,
            guard=self._guard,
            touch=self._touch,
            tone=self.tone.emit,
        )
        self._kit = kit
        if self._specimen:
            self._banner = SpecimenBanner(kit, self)
        own_names = [(language, words.sentence("ui.language_name")) for language, words in self._strings.items()]
        self._header = Header(kit, self, own_names, preferences=model.screen is ScreenId.IDLE)
        self._header.preferred.connect(self._prefer)
        self._title = TextBlock(kit, self, Style.TITLE, "title")
        self._page = page_for(model.body, kit, self, self._pin, self._password)
        if isinstance(self._page, PinPadPage):
            self._page.pin_typed.connect(self.pin_typed)
        if isinstance(self._page, PasswordPadPage):
            self._page.password_typed.connect(self.password_typed)
        self._footer = Footer(kit, self, self._row(model))
        for part in (self._banner, self._header, self._title, self._page):
            if part is not None and not (part is self._title and self._page.owns_title):
                part.show()
        self._draw(model)
        # pages make some of their controls only when they are drawn, after the bottom row
        controls = [*self._page.findChildren(PressButton), *self._footer.findChildren(PressButton)]
        for earlier, later in pairwise(controls):
            QWidget.setTabOrder(earlier, later)
        self._focus(model)

    def _row(self, model: ScreenModel) -> list[Action]:
        if self._page is not None and self._page.owns_title:
            return [action for action in model.actions if action.role is not Role.PRIMARY]
        return list(model.actions)

    def _draw(self, model: ScreenModel) -> None:
        """Put the values of the model into the parts and the parts into their places."""
        assert self._kit is not None
        assert self._header is not None
        assert self._title is not None
        assert self._page is not None
        assert self._footer is not None
        theme, px = self._theme, self._kit.px
        top, width = 0, self.width()
        if self._banner is not None:
            self._banner.setGeometry(0, 0, width, px(theme.banner_mm))
            self._banner.draw()
            top = px(theme.banner_mm)
        row = self._row(model)
        footer_height = px(theme.footer_mm) if row else px(4)
        # the same on every page, whether it has a bottom row or not
        spare = self.height() - top - px(theme.header_mm + theme.footer_mm + theme.content_mm)
        header_height = px(theme.header_mm) + max(0, spare if theme.geometry.is_portrait else 0)
        self._header.setGeometry(0, top, width, header_height)
        self._header.draw(model)
        top += header_height
        self._title.setText(self._kit.text(model.title))
        if not self._page.owns_title:
            margin = px(theme.margin_mm)
            room, size = width - 2 * margin, TYPE_SIZES[Style.TITLE]
            scale = size.cap_mm / size.most_mm if self._page.spares_title and theme.text_scale > 1 else 1.0
            setting = self._kit.lettering.set(self._title.text(), Style.TITLE, room, px(34), even=True, scale=scale)
            height = min(round(setting.height_px) + 1, px(34))
            self._title.place(QRect(margin, top + px(4), room, height), scale=scale)
            top += px(4) + height + px(4)
        self._page.setGeometry(0, top, width, self.height() - footer_height - top)
        self._page.draw(model)
        self._footer.setGeometry(0, self.height() - footer_height, width, footer_height)
        self._footer.setVisible(bool(row))
        self._footer.draw(row)

    def _draw_warning(self, seconds: int | None) -> None:
        if seconds is None:
            if self._warning is not None:
                self._warning.hide()
                self._warning.deleteLater()
                self._warning = None
                self._guard.page_changed()
                if self._model is not None:
                    self._focus(self._model)
            return
        if self._warning is None:
            assert self._kit is not None
            self._warning = StillThere(self._kit, self)
            self._guard.page_changed()
        top = 0 if self._banner is None else self._banner.height()
        self._warning.setGeometry(0, top, self.width(), self.height() - top)
        self._warning.draw(seconds)
        self._warning.show()
        self._warning.raise_()
        self._warning.stay.setFocus(Qt.FocusReason.OtherFocusReason)

    def _focus(self, model: ScreenModel) -> None:
        """Give the focus to the action a reader most likely wants; before a last try that is to stop."""
        assert self._footer is not None
        roles = (Role.PRIMARY, Role.SECONDARY, Role.BACK, Role.CANCEL)
        if model.screen in {ScreenId.LAST_TRY, ScreenId.LAST_PASSWORD}:
            roles = (Role.CANCEL, Role.BACK, Role.PRIMARY, Role.SECONDARY)
        for role in roles:
            button = self._footer.button_for(role)
            if button is not None:
                button.setFocus(Qt.FocusReason.OtherFocusReason)
                return

    def _put_away(self) -> None:
        for part in (self._banner, self._header, self._title, self._page, self._footer, self._warning):
            if part is not None:
                part.hide()
                part.deleteLater()
        self._banner = self._header = self._title = self._page = self._footer = self._warning = None

    def _touch(self, touch: Touch) -> None:
        self.touched.emit(touch)

    def _prefer(self, preference: Preference) -> None:
        match preference:
            case Preference.TEXT_SIZE:
                scale = LARGE_TEXT if self._theme.text_scale == 1.0 else 1.0
                self._theme = replace(self._theme, text_scale=scale)
            case Preference.CONTRAST:
                palette = HIGH_CONTRAST if self._theme.palette is CALM else CALM
                self._theme = replace(self._theme, palette=palette)
        self._rebuild()
