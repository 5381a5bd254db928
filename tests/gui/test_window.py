"""The window as a whole: warning, language, look, specimen, bridge, dock; contrast on its pixels (U2, U3, U8, U19, U20)."""

import threading
from dataclasses import replace
from time import perf_counter

import pytest
from PySide6.QtCore import QRect, Qt
from PySide6.QtGui import QColor, QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QListWidget, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from kiosk.flow.screen_model import Button, Choices, Language, ScreenId, Text, Tone, Touch
from kiosk.ports.card import PinBuffer
from kiosk.ui.bridge import Bridge
from kiosk.ui.dock import DemoDock
from kiosk.ui.parts.button import PressButton
from kiosk.ui.parts.picture import PictureBox
from kiosk.ui.parts.text import TextBlock
from kiosk.ui.window import KioskWindow
from tests.gui import gallery
from tests.gui.conftest import HandClock, MakeWindow

JA, EN = gallery.LANGUAGES


def texts(window: QWidget) -> list[str]:
    return [block.text() for block in window.findChildren(TextBlock) if block.isVisible()]


def tap(window: KioskWindow, name: str) -> None:
    found = window.findChild(PressButton, name)
    assert found is not None
    place = found.mapTo(window, found.rect().center())
    QTest.mouseClick(window.windowHandle(), Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, place)


def test_the_warning_counts_down_and_one_touch_stays(make_window: MakeWindow, clock: HandClock) -> None:
    window = make_window()
    touches: list[Touch] = []
    window.touched.connect(touches.append)
    page = gallery.members(JA, (0, 2))
    window.show_model(page)
    for seconds in (20, 19):
        window.show_model(replace(page, warning_s=seconds))
        assert f"あと{seconds}秒で終わります" in texts(window)
    clock.pass_guard()
    tap(window, "button_member_m1")
    tap(window, "button_cancel")
    assert touches == []
    tap(window, "button_stay")
    assert touches == [Touch(Button.STAY)]


def test_after_the_warning_the_page_is_as_it_was_and_pauses(make_window: MakeWindow, clock: HandClock) -> None:
    window = make_window()
    touches: list[Touch] = []
    window.touched.connect(touches.append)
    page = gallery.members(JA, (0, 2))
    window.show_model(page)
    tile = window.findChild(PressButton, "button_member_m2")
    before = window.grab().toImage()
    window.show_model(replace(page, warning_s=20))
    clock.pass_guard()
    window.show_model(page)
    assert window.findChild(PressButton, "button_member_m2") is tile
    assert window.grab().toImage() == before
    tap(window, "button_member_m1")
    assert touches == []


def test_the_focus_cannot_leave_the_warning(make_window: MakeWindow) -> None:
    window = make_window()
    window.show_model(replace(gallery.members(JA), warning_s=20))
    for forward in (True, False):
        window.focusNextPrevChild(forward)
        focused = window.focusWidget()
        assert focused is not None
        assert focused.objectName() == "button_stay"


def test_another_language_keeps_what_was_chosen(make_window: MakeWindow) -> None:
    window = make_window()
    for language in (JA, EN, JA):
        window.show_model(gallery.members(language, (1, 4)))
        ticked = [
            tile.objectName() for tile in window.findChildren(PressButton) if tile.isVisible() and tile.isChecked()
        ]
        assert ticked == ["button_member_m1", "button_member_m4"]


def test_the_language_switch_is_away_where_the_model_says_so(make_window: MakeWindow) -> None:
    window = make_window()
    window.show_model(gallery.model_of(ScreenId.VERIFYING, JA))
    assert not [part for part in window.findChildren(PressButton) if part.isVisible()]


@pytest.mark.parametrize("language", gallery.LANGUAGES)
def test_each_screen_is_announced_by_its_line_or_its_title(make_window: MakeWindow, language: str) -> None:
    window = make_window()
    lines: list[str] = []
    window.announced.connect(lines.append)
    titled = gallery.model_of(ScreenId.TAKE_CARD, Language(language))
    window.show_model(titled)
    window.show_model(titled)
    window.show_model(replace(titled, announcement=gallery.t("take_card.detail")))
    words = gallery.words(Language(language))
    assert lines == [words.text(titled.title), words.sentence("t.take_card.detail")]


def test_size_and_contrast_are_offered_first_and_reset_after_the_visit(
    make_window: MakeWindow, clock: HandClock
) -> None:
    window = make_window()
    idle = gallery.model_of(ScreenId.IDLE, JA)
    window.show_model(idle)
    plain = window.grab().toImage()
    clock.pass_guard()
    tap(window, "prefer_contrast")
    clock.pass_guard()
    tap(window, "prefer_text_size")
    assert window.grab().toImage().pixelColor(3, 400) == QColor("black")
    window.show_model(gallery.model_of(ScreenId.SERVICE, JA))
    assert window.grab().toImage().pixelColor(3, 400) == QColor("black")
    assert window.findChild(PressButton, "prefer_contrast") is None or not visible_names(window) & {"prefer_contrast"}
    window.show_model(idle)
    assert window.grab().toImage() == plain


def visible_names(window: KioskWindow) -> set[str]:
    return {part.objectName() for part in window.findChildren(QPushButton) if part.isVisible()}


def test_a_demonstration_says_specimen_on_every_screen_and_a_service_on_none(make_window: MakeWindow) -> None:
    for specimen in (True, False):
        window = make_window(specimen=specimen)
        for screen in ScreenId:
            window.show_model(gallery.model_of(screen, EN))
            assert any("SPECIMEN" in text for text in texts(window)) is specimen


def test_a_page_leaves_no_name_behind(make_window: MakeWindow, qtbot: QtBot) -> None:
    window = make_window()
    window.show_model(gallery.members(JA))
    assert "見本 さくら" in texts(window)
    window.show_model(gallery.model_of(ScreenId.IDLE, JA))
    qtbot.waitUntil(
        lambda: not [block for block in window.findChildren(TextBlock) if "見本 さくら" in block.text()], timeout=2000
    )


def test_a_page_comes_up_within_100_ms(make_window: MakeWindow) -> None:
    window = make_window()
    slowest = 0.0
    for _ in range(2):
        slowest = 0.0
        for screen in ScreenId:
            begun = perf_counter()
            window.show_model(gallery.model_of(screen, JA))
            window.repaint()
            slowest = max(slowest, perf_counter() - begun)
    # the second round: fonts and pictures are loaded; five times the target, because test machines are shared
    assert slowest < 0.5


def test_a_model_from_any_thread_is_drawn_on_the_screens_thread(make_window: MakeWindow, qtbot: QtBot) -> None:
    window = make_window()
    bridge = Bridge(window)
    worker = threading.Thread(target=lambda: bridge.present(gallery.model_of(ScreenId.KIND, JA)))
    with qtbot.waitSignal(window.announced, timeout=5000) as spoken:
        worker.start()
    worker.join(5)
    assert spoken.args == ["必要な証明書を選んでください"]


def test_the_dock_only_says_what_was_asked_for(qtbot: QtBot) -> None:
    dock = DemoDock(gallery.words(JA), (("hanako", "花子"), ("ichiro", "一郎")), (("paper_out", "紙なし"),))
    qtbot.addWidget(dock)
    dock.show()
    said: list[object] = []
    for signal in (dock.card_placed, dock.coin, dock.fault):
        signal.connect(said.append)
    dock.card_taken.connect(lambda: said.append("taken"))

    def press(name: str) -> None:
        found = dock.findChild(QPushButton, name)
        assert found is not None
        QTest.mouseClick(found, Qt.MouseButton.LeftButton)

    personas = dock.findChild(QListWidget, "dock_personas")
    assert personas is not None
    personas.setCurrentRow(1)
    for name in ("dock_take", "dock_place", "dock_place", "dock_coin_500", "dock_coin_100", "dock_fault", "dock_take"):
        press(name)
    assert said == ["ichiro", 500, 100, "paper_out", "taken"]


def test_where_no_money_is_taken_the_dock_has_no_coins(qtbot: QtBot) -> None:
    for takes_money in (True, False):
        dock = DemoDock(gallery.words(JA), (("hanako", "花子"),), takes_money=takes_money)
        qtbot.addWidget(dock)
        assert (dock.findChild(QPushButton, "dock_coin_100") is not None) is takes_money


def test_the_dock_stays_on_the_screen(make_window: MakeWindow, qtbot: QtBot) -> None:
    window = make_window()
    dock = DemoDock(gallery.words(JA), (("hanako", "花子"),))
    qtbot.addWidget(dock)
    for screen in (QRect(0, 0, 1366, 768), QRect(0, 0, 1920, 1080)):
        dock.place_beside(window, screen)
        assert screen.contains(dock.geometry())


def luminance(colour: QColor) -> float:
    parts = [
        part / 12.92 if part <= 0.03928 else ((part + 0.055) / 1.055) ** 2.4
        for part in (colour.redF(), colour.greenF(), colour.blueF())
    ]
    return 0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2]


def contrast_of(image: QImage, box: QRect) -> float:
    """Contrast of the commonest colour of a box against the one farthest from it: its ground and its ink."""
    counts: dict[int, int] = {}
    for y in range(box.top(), box.bottom(), 1):
        for x in range(box.left(), box.right(), 1):
            pixel = image.pixel(x, y)
            counts[pixel] = counts.get(pixel, 0) + 1
    ground = luminance(QColor.fromRgb(max(counts, key=lambda pixel: counts[pixel])))
    inks = [luminance(QColor.fromRgb(pixel)) for pixel in counts]
    return max((max(ink, ground) + 0.05) / (min(ink, ground) + 0.05) for ink in inks)


@pytest.mark.parametrize(("contrast", "least"), [(False, 10.0), (True, 18.0)])
def test_text_stands_out_from_its_ground(
    make_window: MakeWindow, clock: HandClock, contrast: bool, least: float
) -> None:
    window = make_window()
    window.show_model(gallery.model_of(ScreenId.IDLE, JA))
    clock.pass_guard()
    if contrast:
        tap(window, "prefer_contrast")
    for model in (
        gallery.model_of(ScreenId.KIND, JA),
        gallery.members(EN),
        gallery.message(JA),
        gallery.model_of(ScreenId.CONFIRM, JA),
        gallery.model_of(ScreenId.COLLECT, EN),
        gallery.pin(JA, 2, gallery.t("pin.wrong")),
    ):
        window.show_model(model)
        image = window.grab().toImage()
        for block in window.findChildren(TextBlock):
            if block.isVisible():
                corner = block.mapTo(window, block.rect().topLeft())
                width = min(block.width(), 240)
                setting = block.setting
                assert setting is not None
                middle = corner.y() + block.height() // 2
                # one line's height around the middle line, at the side where the text begins
                half = round(setting.line_px / 2)
                left = corner.x() + max(0, (block.width() - width) // 2) if "Centre" in str(block) else corner.x()
                box = QRect(left, max(corner.y(), middle - half), block.width(), min(block.height(), 2 * half))
                found = contrast_of(image, box)
                assert found >= least, f"{model.screen.value}: {block.text()} has {found:.1f}"


def test_states_differ_by_shape_when_colour_is_taken_away(make_window: MakeWindow) -> None:
    window = make_window()
    signs = []
    for tone in Tone:
        window.show_model(gallery.message(JA, tone))
        signs.append({part.objectName() for part in window.findChildren(PictureBox) if part.isVisible()})
    assert len({frozenset(sign) for sign in signs}) == len(Tone)
    window.show_model(gallery.members(JA, (0,)))
    ticked, unticked = (window.findChild(PressButton, f"button_member_m{number}") for number in (0, 4))
    assert ticked is not None
    assert unticked is not None
    assert ticked.accessibleDescription().startswith("選択中")
    assert unticked.accessibleDescription() == "選択していません"


def test_digits_left_by_a_mistake_are_gone_when_the_next_page_comes(make_window: MakeWindow, pin: PinBuffer) -> None:
    window = make_window()
    window.show_model(gallery.model_of(ScreenId.PLACE_CARD, JA))
    pin.push(4)
    window.show_model(gallery.pin(JA, 0))
    assert len(pin) == 0


def test_a_name_that_no_face_can_draw_shows_a_mark_in_the_gap(make_window: MakeWindow) -> None:
    window = make_window()
    model = gallery.members(JA)
    body = model.body
    assert isinstance(body, Choices)
    unknown = replace(body.choices[0], label=Text("", literal="見本 \U000f0000子"))
    window.show_model(replace(model, body=replace(body, choices=(unknown,))))
    block = next(block for block in window.findChildren(TextBlock) if block.text().startswith("見本 \U000f0000"))
    assert block.setting is not None
    assert block.setting.lines == ("見本 〓子",)
