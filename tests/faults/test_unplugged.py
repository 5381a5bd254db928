"""A device or the network is unplugged at any screen of a visit, and plugged in again: money, paper, and ready in ten seconds."""

import logging
from collections.abc import Iterator
from pathlib import Path

import pytest

from kiosk.flow.screen_model import ScreenId
from tests.support.crash_books import CASE
from tests.support.crash_street import Center, a_center
from tests.support.shop import HANDED_OVER, JUMINHYO, open_shop, the_end

READY_S = 10


@pytest.fixture(scope="module")
def center(tmp_path_factory: pytest.TempPathFactory, data: Path) -> Iterator[Center]:
    with a_center(tmp_path_factory.mktemp("center"), data) as center:
        yield center


SCREENS = (
    ScreenId.SERVICE,
    ScreenId.CONSENT,
    ScreenId.MUNICIPALITY,
    ScreenId.PLACE_CARD,
    ScreenId.PIN,
    ScreenId.VERIFYING,
    ScreenId.TAKE_CARD,
    ScreenId.KIND,
    ScreenId.SCOPE,
    ScreenId.ITEMS,
    ScreenId.COPIES,
    ScreenId.CONFIRM,
    ScreenId.PREPARING,
    ScreenId.PAYING,
    ScreenId.PRINTING,
    ScreenId.COLLECT,
    ScreenId.ANOTHER,
)


LITTLE = set(SCREENS) - {
    ScreenId.PIN,
    ScreenId.PREPARING,
    ScreenId.PAYING,
    ScreenId.PRINTING,
}
"""Screens beside which the same device's neighbours tell as much; they are for the night."""


DEVICES = ("reader", "printer", "coins", "network", "slips")


def is_for_the_night(device: str, screen: ScreenId) -> bool:
    """Tell whether others tell as much; nothing is printed on slips before there is an order."""
    return screen in LITTLE or (device == "slips" and screen in SCREENS[: SCREENS.index(ScreenId.KIND)])


@pytest.mark.parametrize(
    ("device", "screen"),
    [
        pytest.param(device, screen, marks=[pytest.mark.heavy] if is_for_the_night(device, screen) else [])
        for device in DEVICES
        for screen in SCREENS
    ],
)
def test_unplugged_at_a_screen(
    center: Center, data: Path, tmp_path: Path, device: str, screen: ScreenId, caplog: pytest.LogCaptureFixture
) -> None:
    with open_shop(tmp_path / "shop", center, data) as shop:
        result = shop.visit(JUMINHYO, screen, lambda: shop.unplug(device))
        shop.plug_in(device)
        assert shop.seconds_until_ready() <= READY_S
        end = the_end(shop.books())
    assert (end == HANDED_OVER) == (result.code is None)
    warned = [record.getMessage() for record in caplog.records if record.levelno >= logging.WARNING]
    assert len(warned) == (end == CASE), warned
    caplog.clear()
