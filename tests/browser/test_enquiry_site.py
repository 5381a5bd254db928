"""The enquiry site in a real browser: sheets with a signed code, altered and genuine, with script and without."""

import io
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path

import cv2
import numpy as np
import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from PIL import Image
from playwright.sync_api import Browser, FilePayload, Page, expect

from issuing_center.backs.keys import written
from issuing_center.enquiry.find import Grey
from issuing_center.enquiry.site.analysis import Trusted
from issuing_center.enquiry.site.app import App
from issuing_center.enquiry.site.listener import HOST, listening, make_server
from issuing_center.paper import DrawnDocument, draw, shared_fonts
from issuing_center.paper.front_seal import with_front_seals
from issuing_center.visible_seal import Sealer
from tests.browser.test_accessibility import violations
from tests.golden.forms import EVERY
from tests.support.signing import KEY, certificates_of
from tests.support.staff_site import new_context
from tests.unit.issuing_center.backs.test_keys import NEW, NOW
from tests.unit.issuing_center.enquiry.conftest import ISSUE, Scanned

WAIT_MS = 90_000
SIGNER, ANOTHER = certificates_of(KEY)


class Coded(Scanned):
    """Scans of a sheet whose front carries a signed code, as every issued one does."""

    @cached_property
    def drawn(self) -> DrawnDocument:
        sheet = replace(EVERY["juminhyo/self"], issue_number=ISSUE)
        front = draw(sheet, shared_fonts())
        assert isinstance(front, DrawnDocument)
        return with_front_seals(front, sheet, Sealer.of(KEY, SIGNER), datetime.now(UTC).date())


@pytest.fixture(scope="module")
def scans() -> Coded:
    cv2.setNumThreads(1)
    return Coded()


@contextmanager
def served(folder: Path, signer: x509.Certificate) -> Iterator[str]:
    trusted = Trusted(folder / "keys.toml", folder / "signers.pem")
    trusted.keys.write_text(written(NEW), encoding="utf-8")
    trusted.signers.write_bytes(signer.public_bytes(Encoding.PEM))
    app = App(trusted, specimen=True, now=lambda: NOW)
    with listening(0) as listener:
        server = make_server(app)
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
        thread.start()
        yield f"http://{HOST}:{listener.getsockname()[1]}"
        server.should_exit = True
        thread.join()
    app.close()


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with served(tmp_path_factory.mktemp("site"), SIGNER) as running:
        yield running


def picture(scan: Grey) -> FilePayload:
    target = io.BytesIO()
    Image.fromarray(scan).save(target, "JPEG", quality=88)
    return {"name": "scan.jpg", "mimeType": "image/jpeg", "buffer": target.getvalue()}


def send(page: Page, front: Grey, back: Grey | None = None) -> None:
    page.set_input_files("#front", picture(front))
    if back is not None:
        page.set_input_files("#back", picture(back))
    page.click("button", no_wait_after=True)


def fits(page: Page) -> bool:
    return bool(page.evaluate("document.documentElement.scrollWidth <= innerWidth"))


def test_an_altered_place_is_framed_numbered_and_shown_twice(browser: Browser, address: str, scans: Coded) -> None:
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
    assert page.locator(".facts dd").all_inner_texts() == [ISSUE, "有効（発行元が署名したもの）"]
    assert violations(page) == []
    assert fits(page)
    assert foreign == []
    assert context.cookies() == []
    context.close()


@pytest.mark.heavy  # by day a whole sheet is judged in tests/journeys/test_backs.py, and pages are looked at without a script
def test_without_script_a_genuine_sheet_is_never_called_the_original(
    browser: Browser, address: str, scans: Coded
) -> None:
    context = browser.new_context(java_script_enabled=False, viewport={"width": 1280, "height": 900})
    page = context.new_page()
    page.goto(f"{address}/en")
    send(page, scans.back, scans.front)
    expect(page.locator(".verdict h2")).to_have_text("Front and back agree", timeout=WAIT_MS)
    expect(page.locator(".verdict p").last).to_contain_text("does not show that the sheet is the original")
    assert page.locator(".facts dd").last.inner_text().startswith("Valid")
    assert page.locator(".frame").count() == 0
    assert page.locator("figure").count() == 2
    context.close()


@pytest.mark.parametrize(
    ("language", "sentence"), [("ja", "無効"), pytest.param("en", "Invalid", marks=[pytest.mark.heavy])]
)
def test_a_code_that_the_issuer_did_not_sign_is_told_whatever_else_is_said(
    browser: Browser, tmp_path: Path, scans: Coded, language: str, sentence: str
) -> None:
    context = new_context(browser)
    page = context.new_page()
    with served(tmp_path, ANOTHER) as address:
        page.goto(f"{address}/{language}")
        send(page, scans.front)
        expect(page.locator(".facts dd.bad")).to_contain_text(sentence, timeout=WAIT_MS)
        expect(page.locator("p.problem")).to_be_visible()
        context.close()


@pytest.mark.parametrize(
    ("language", "sentence"), [("ja", "なし"), pytest.param("en", "Absent", marks=[pytest.mark.heavy])]
)
def test_a_sheet_without_a_code_is_told(browser: Browser, address: str, language: str, sentence: str) -> None:
    context = new_context(browser)
    page = context.new_page()
    page.goto(f"{address}/{language}")
    send(page, np.full((1200, 900), 250, np.uint8))
    expect(page.locator(".facts dd")).to_contain_text(sentence, timeout=WAIT_MS)
    assert page.locator(".problem").count() == 0
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
