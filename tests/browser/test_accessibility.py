"""Every page and every dialog, judged by axe-core: no violation of WCAG 2.2 A and AA or of its best practices."""

from collections.abc import Callable
from functools import cache
from importlib import resources
from typing import Any

import pytest
from playwright.sync_api import Browser, Page

from tests.support.staff_site import PretendDesk, Served, new_context


@cache
def axe() -> str:
    """Give the judge's own script."""
    return resources.files("axe_playwright_python").joinpath("axe.min.js").read_text("utf-8")


def violations(page: Page) -> list[str]:
    """Name what the judge finds wrong with a page as it stands."""
    # Through the debugger, so the page's own policy, which forbids foreign script, stays as it is.
    page.evaluate(axe())
    found: dict[str, Any] = page.evaluate("axe.run(document, {resultTypes: ['violations']})")
    return [f"{each['id']}: {node['html'][:120]}" for each in found["violations"] for node in each["nodes"]]


def _chosen(page: Page, number: int) -> None:
    page.fill("#search", str(number))
    page.keyboard.press("Enter")
    page.wait_for_selector("#acts")


def _pressed(number: int, key: str) -> Callable[[Page], None]:
    def act(page: Page) -> None:
        _chosen(page, number)
        page.keyboard.press(key)
        page.wait_for_selector("dialog[open]")

    return act


@pytest.mark.parametrize(
    "act",
    [
        pytest.param(lambda _page: None, id="list"),
        pytest.param(lambda page: _chosen(page, 7), id="paid"),
        pytest.param(lambda page: _chosen(page, 9), id="spoiled"),
        pytest.param(lambda page: page.click("#filters button >> nth=3"), id="all"),
        pytest.param(_pressed(8, "F4"), id="fee"),
        pytest.param(_pressed(7, "F8"), id="hand-over"),
        pytest.param(_pressed(7, "F9"), id="spoil"),
        pytest.param(_pressed(7, "Shift+F9"), id="cancel"),
        pytest.param(_pressed(7, "F1"), id="help"),
    ],
)
def test_the_console_has_no_violation(console: Page, desk: PretendDesk, act: Callable[[Page], None]) -> None:
    desk.tell()
    act(console)
    assert violations(console) == []


@pytest.mark.parametrize("path", ["/totals", "/seal", "/nowhere"])
def test_the_other_pages_have_no_violation(console: Page, office: Served, path: str) -> None:
    console.goto(office.url + path)
    console.wait_for_load_state("networkidle")
    assert violations(console) == []


def test_the_sign_in_page_has_no_violation(browser: Browser, office: Served) -> None:
    context = new_context(browser)
    page = context.new_page()
    page.goto(office.url)
    assert violations(page) == []
    context.close()


def test_the_wall_screen_has_no_violation(wall: Page) -> None:
    assert violations(wall) == []


def test_the_judge_finds_a_planted_violation(console: Page) -> None:
    console.evaluate(
        "document.querySelector('label[for=search]').remove(); document.querySelector('#search').placeholder = ''"
    )
    assert any(line.startswith("label") for line in violations(console))
