"""Every screen, language, panel and look: large enough, apart enough, nothing cut, nothing missing (U1, U3, U4, U30)."""

from collections.abc import Iterator
from dataclasses import replace
from itertools import combinations
from typing import TypeVar

import pytest
from PySide6.QtCore import QPoint, QRect
from PySide6.QtWidgets import QPushButton, QWidget

from kiosk.flow.screen_model import JAPANESE, Choices, Language, Picture, Role, ScreenId, ScreenModel, Text
from kiosk.flow.screens import screen_for
from kiosk.ui.geometry import ScreenGeometry
from kiosk.ui.pages.choices import Tile
from kiosk.ui.pages.pin_pad import PinPadPage
from kiosk.ui.parts.button import LabelButton, PressButton
from kiosk.ui.parts.footer import Footer
from kiosk.ui.parts.text import TextBlock
from kiosk.ui.strings import Strings
from kiosk.ui.theme import CALM, HIGH_CONTRAST, LARGE_TEXT, MAIN_STYLES, STANDARD_CAP_MM, Palette
from kiosk.ui.window import KioskWindow
from tests.flow import samples
from tests.gui import gallery
from tests.gui.conftest import MakeWindow

PANELS = {
    "landscape": gallery.LANDSCAPE,
    "small": gallery.SMALL,
    "four_to_three": gallery.LARGE_4_3,
    "upright": gallery.UPRIGHT,
}
LOOKS = {"calm": (CALM, 1.0), "dark": (HIGH_CONTRAST, 1.0), "large": (CALM, LARGE_TEXT)}
Part = TypeVar("Part", bound=QWidget)
# half a pixel at each edge is lost to whole pixels
SLACK_MM = 0.35


def variants(screen: ScreenId, language: Language) -> Iterator[ScreenModel]:
    model = gallery.model_of(screen, language)
    yield model
    if screen is ScreenId.PIN:
        yield gallery.pin(language, 0, gallery.t("pin.wrong"))
    if screen is ScreenId.PASSWORD:
        yield gallery.password(language, 16, "password.wrong")
    if screen is ScreenId.HONSEKI:
        yield gallery.writing(language, "")
    if screen in {ScreenId.MEMBERS, ScreenId.PAYING}:
        yield replace(model, warning_s=20)


def visible(window: KioskWindow, kind: type[Part]) -> list[Part]:
    return [part for part in shown(window) if isinstance(part, kind)]


def shown(parent: QWidget) -> Iterator[QWidget]:
    """Walk what can be seen; what lies in something hidden is hidden too, and pages that are not up hold hundreds of parts."""
    for part in parent.children():
        if isinstance(part, QWidget) and part.isVisible():
            yield part
            yield from shown(part)


def place(part: QWidget, window: KioskWindow) -> QRect:
    return QRect(part.mapTo(window, QPoint(0, 0)), part.size())


def show(window: KioskWindow, model: ScreenModel, look: tuple[Palette, float]) -> None:
    palette, scale = look
    window._theme = replace(window._theme, palette=palette, text_scale=scale)
    window._model = None
    window.show_model(model)


# The dark look differs in its colours alone: by day it is seen where the least room is.
DARK_BY_NIGHT = [
    pytest.param(panel, look, marks=[pytest.mark.heavy] if look == "dark" and panel != "small" else [])
    for panel in PANELS
    for look in LOOKS
]


@pytest.mark.parametrize(("panel", "look"), DARK_BY_NIGHT)
def test_every_screen_can_be_read_and_touched(make_window: MakeWindow, panel: str, look: str) -> None:
    geometry = PANELS[panel]
    window = make_window(geometry, specimen=True)
    for screen in ScreenId:
        for language in gallery.LANGUAGES:
            for model in variants(screen, language):
                show(window, model, LOOKS[look])
                where = f"{panel} {look} {screen.value} {language}"
                check_targets(window, geometry, where)
                check_texts(window, model, where, standard=look != "large", small=panel == "small")


def check_targets(window: KioskWindow, geometry: ScreenGeometry, where: str) -> None:
    per_mm = geometry.px_per_mm
    buttons: list[QWidget] = [*visible(window, QPushButton)]
    if window._warning is not None:
        buttons = [window._warning.stay]
    for button in buttons:
        name = f"{where}: {button.objectName()}"
        least = 20.0 if is_main(button) else 15.0
        assert min(button.width(), button.height()) / per_mm >= least - SLACK_MM, name
        assert window.rect().contains(place(button, window)), f"{name} is not whole"
        assert button.accessibleName(), f"{name} has no name to be read out"
    for one, other in combinations(buttons, 2):
        apart = gap_px(place(one, window), place(other, window)) / per_mm
        assert apart >= 3.0 - SLACK_MM, f"{where}: {one.objectName()} and {other.objectName()} are {apart:.1f} mm apart"


def is_main(button: QWidget) -> bool:
    parent = button.parentWidget()
    return isinstance(button, Tile) or isinstance(parent, Footer | PinPadPage)


def gap_px(one: QRect, other: QRect) -> int:
    across = max(one.left() - other.right(), other.left() - one.right()) - 1
    down = max(one.top() - other.bottom(), other.top() - one.bottom()) - 1
    return max(across, down)


def check_texts(window: KioskWindow, model: ScreenModel, where: str, *, standard: bool, small: bool) -> None:
    blocks = visible(window, TextBlock)
    for block in blocks:
        name = f"{where}: {block.objectName()} “{block.text()}”"
        setting, parent = block.setting, block.parentWidget()
        assert setting is not None, f"{name} has no place"
        assert not setting.cut, f"{name} is cut"
        assert parent is not None
        assert parent.rect().contains(block.geometry()), f"{name} stands over the edge"
        assert setting.height_px <= block.height() + 1.5, name
        if standard and block.style_of_text in MAIN_STYLES:
            # the smallest panel may go below the standard height, never below what reads at arm's length
            least_mm = 0.7 * STANDARD_CAP_MM if small else 0.85 * STANDARD_CAP_MM
            assert setting.cap_mm >= least_mm, f"{name} has capitals of {setting.cap_mm:.1f} mm"
    for one, other in combinations(blocks, 2):
        if one.parentWidget() is other.parentWidget():
            assert not one.geometry().intersects(other.geometry()), f"{where}: {one.text()} over {other.text()}"
    if window._warning is None and not any(part.objectName() == "pager_next" for part in shown(window)):
        check_all_said(window, model, blocks, where)


def check_all_said(window: KioskWindow, model: ScreenModel, blocks: list[TextBlock], where: str) -> None:
    words = window._strings[model.language]
    announced = words.text(model.announcement)
    written = " ".join(block.text() for block in blocks)
    if model.screen is ScreenId.IDLE:
        # its one action is the whole page, labelled by the invitation
        model = replace(model, actions=())
    for text in texts_of(model):
        said = words.text(text)
        assert said in written or said == announced, f"{where}: “{said}” is not on the screen"


def texts_of(value: object) -> Iterator[Text]:
    if isinstance(value, Text):
        if value.key or value.literal:
            yield value
    elif isinstance(value, tuple):
        for part in value:
            yield from texts_of(part)
    elif hasattr(value, "__slots__") and not isinstance(value, str | int):
        for name in value.__slots__:
            yield from texts_of(getattr(value, name))


# By day where the least room is, and upright; the others give the same pages more room.
@pytest.mark.parametrize(
    "panel",
    [
        pytest.param(name, marks=[pytest.mark.heavy] if name in {"four_to_three", "landscape"} else [])
        for name in PANELS
    ],
)
def test_every_screen_of_the_flow_in_the_words_of_the_product_can_be_read_and_touched(
    make_window: MakeWindow, panel: str
) -> None:
    words = {language: Strings.load(gallery.ASSETS, language) for language in gallery.LANGUAGES}
    window = make_window(PANELS[panel])
    window._strings = words
    for language in gallery.LANGUAGES:
        states = [*samples.states(language).items(), *((f"{m}", m) for m in samples.messages(language)[::7])]
        for name, state in states:
            kiosk, counter = (screen_for(state, samples.at(), each) for each in (samples.KIOSK, samples.COUNTER))
            for model in (kiosk,) if kiosk == counter else (kiosk, counter):
                window.show_model(model)
                where = f"{panel} {name} {language}"
                check_targets(window, PANELS[panel], where)
                check_texts(window, model, where, standard=True, small=panel == "small")


def test_in_the_standard_size_main_text_has_capitals_of_about_six_millimetres(make_window: MakeWindow) -> None:
    window = make_window()
    small = []
    for screen in ScreenId:
        for language in gallery.LANGUAGES:
            window.show_model(gallery.model_of(screen, language))
            small += [
                f"{screen.value} {language} {block.objectName()} {block.setting.cap_mm:.2f}"
                for block in window.findChildren(TextBlock)
                if block.isVisible()
                and block.style_of_text in MAIN_STYLES
                and block.setting is not None
                # six tiles with two lines each come out 4 % lower
                and block.setting.cap_mm < 0.95 * STANDARD_CAP_MM
            ]
    assert not small


def test_large_text_is_larger_and_reaches_twelve_millimetres_where_there_is_room(make_window: MakeWindow) -> None:
    window = make_window()
    model = gallery.model_of(ScreenId.CONSENT, JAPANESE)
    show(window, model, LOOKS["large"])
    heights = [
        block.setting.cap_mm
        for block in window.findChildren(TextBlock)
        if block.isVisible() and block.objectName().startswith("text_paragraph") and block.setting is not None
    ]
    assert min(heights) >= 11.8


def test_a_long_list_turns_pages_and_shows_every_choice_once(make_window: MakeWindow) -> None:
    window = make_window(gallery.SMALL)
    model = gallery.model_of(ScreenId.MUNICIPALITY, JAPANESE)
    body = model.body
    assert isinstance(body, Choices)
    places = tuple(
        replace(body.choices[0], touch=replace(body.choices[0].touch, argument=f"{number:06}")) for number in range(23)
    )
    window.show_model(replace(model, body=replace(body, choices=places)))
    seen: list[str] = []
    while True:
        seen += [tile.objectName() for tile in visible(window, Tile)]
        check_targets(window, gallery.SMALL, "long list")
        forward = window.findChild(LabelButton, "pager_next")
        assert forward is not None
        if not forward.isEnabled():
            break
        forward.click()
    assert sorted(seen) == sorted(f"button_municipality_{number:06}" for number in range(23))


def test_a_planted_long_sentence_is_found_cut(make_window: MakeWindow) -> None:
    window = make_window()
    model = gallery.model_of(ScreenId.PLACE_CARD, JAPANESE)
    body = model.body
    assert isinstance(body, Picture)
    window.show_model(replace(model, body=replace(body, sentence=gallery.literal("長い文です。" * 90))))
    with pytest.raises(AssertionError, match="planted: text_sentence"):
        check_texts(window, model, "planted", standard=True, small=False)


def test_the_same_screen_lies_at_the_same_place_in_both_languages(make_window: MakeWindow) -> None:
    window = make_window()
    places = []
    for language in gallery.LANGUAGES:
        window.show_model(gallery.pin(language))
        key = window.findChild(PressButton, "digit_5")
        footer = window.findChild(Footer)
        assert key is not None
        assert footer is not None
        primary = footer.button_for(Role.CANCEL)
        assert primary is not None
        places.append(place(primary, window).topLeft())
    assert places[0] == places[1]


def test_names_with_variation_sequences_are_drawn_in_the_face_that_has_them(make_window: MakeWindow) -> None:
    window = make_window()
    window.show_model(gallery.members(JAPANESE))
    families = {
        block.text(): block.setting.font.family()
        for block in window.findChildren(TextBlock)
        if block.isVisible() and block.setting is not None
    }
    assert families["見本 花子"] == "BIZ UDPGothic"
    assert families["渡邉󠄂 吉󠄁郎"] == "IPAmjMincho"


def test_words_of_the_product_hold_every_key_of_the_pages() -> None:
    from kiosk.ui.dock import DOCK_KEYS
    from kiosk.ui.strings import UI_KEYS, available_languages

    languages = available_languages(gallery.ASSETS)
    assert languages[0] == "ja"
    for language in languages:
        sentences = Strings.load(gallery.ASSETS, language).sentences
        assert [key for key in (*UI_KEYS, *DOCK_KEYS) if key not in sentences] == []
