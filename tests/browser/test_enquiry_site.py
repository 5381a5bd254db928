"""The enquiry site in a real browser: an altered and a genuine sheet, with script and without, on a desk and on a phone."""

import io
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from PIL import Image
from playwright.sync_api import Browser, FilePayload, Page, expect

from issuing_center.enquiry.find import Grey
from issuing_center.enquiry.site.app import App
from issuing_center.enquiry.site.listener import HOST, listening, make_server
from issuing_center.paper.back.keys import written
from tests.browser.test_accessibility import violations
from tests.support.staff_site import new_context
from tests.unit.issuing_center.enquiry.conftest import ISSUE, Scanned, scans
from tests.unit.issuing_center.paper.back.test_keys import NEW, NOW

__all__ = ["scans"]

WAIT_MS = 90_000


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    keys_file: Path = tmp_path_factory.mktemp("keys") / "keys.toml"
    keys_file.write_text(written(NEW), encoding="utf-8")
    app = App(keys_file, specimen=True, now=lambda: NOW)
    with listening(0) as listener:
        server = make_server(app)
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
        thread.start()
        yield f"http://{HOST}:{listener.getsockname()[1]}"
        server.should_exit = True
        thread.join()
    app.close()


def picture(scan: Grey) -> FilePayload:
    target = io.BytesIO()
    Image.fromarray(scan).save(target, "JPEG", quality=88)
    return {"name": "scan.jpg", "mimeType": "image/jpeg", "buffer": target.getvalue()}


def send(page: Page, front: Grey, back: Grey) -> None:
    page.set_input_files("#front", picture(front))
    page.set_input_files("#back", picture(back))
    page.click("button", no_wait_after=True)


def fits(page: Page) -> bool:
    return bool(page.evaluate("document.documentElement.scrollWidth <= innerWidth"))


def test_an_altered_place_is_framed_numbered_and_shown_twice(browser: Browser, address: str, scans: Scanned) -> None:
    context = new_context(browser, 390, 844)
    page = context.new_page()
    foreign: list[str] = []
    page.on(
        "request",
        lambda request: foreign.append(request.url) if not request.url.startswith((address, "data:")) else None,
    )
    page.goto(f"{address}/ja")
    assert violations(page) == []
    assert fits(page)
    send(page, scans.forged, scans.back)
    expect(page.locator(".verdict h2")).to_have_text("表と裏に違うところがあります", timeout=WAIT_MS)
    assert page.locator(".pair:not(.close) .frame").count() == 2
    assert page.locator(".close svg").count() == 2
    assert page.locator(".facts dd").first.inner_text() == ISSUE
    assert violations(page) == []
    assert fits(page)
    assert foreign == []
    assert context.cookies() == []
    context.close()


def test_without_script_a_genuine_sheet_is_never_called_the_original(
    browser: Browser, address: str, scans: Scanned
) -> None:
    context = browser.new_context(java_script_enabled=False, viewport={"width": 1280, "height": 900})
    page = context.new_page()
    page.goto(f"{address}/en")
    send(page, scans.back, scans.front)
    expect(page.locator(".verdict h2")).to_have_text("Front and back agree", timeout=WAIT_MS)
    expect(page.locator(".verdict p").last).to_contain_text("does not show that the sheet is the original")
    assert page.locator(".frame").count() == 0
    assert page.locator("figure").count() == 2
    context.close()


def test_too_large_a_file_is_told_before_it_is_sent(browser: Browser, address: str) -> None:
    context = new_context(browser)
    page = context.new_page()
    page.goto(f"{address}/en")
    page.evaluate("document.getElementById('enquiry').dataset.fileBytes = '10'")
    page.set_input_files("#front", {"name": "a.png", "mimeType": "image/png", "buffer": b"x" * 11})
    page.click("button")
    expect(page.locator("#progress")).to_contain_text("too large")
    assert page.url == f"{address}/en"
    context.close()
