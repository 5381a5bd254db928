"""The pages of the enquiry site look as they were approved, on an office screen and on a phone, and nothing of them is cut.

To change one on purpose run ``pytest tests/browser/test_enquiry_pictures.py --regenerate``, look, and say in the commit why.
"""

import base64
import io
from pathlib import Path

import pytest
from PIL import Image, ImageDraw
from playwright.sync_api import Browser, Page, Route

from issuing_center.enquiry.site.analysis import Answer, ShownPage
from issuing_center.enquiry.site.html import Html
from issuing_center.enquiry.site.limits import Limits, No
from issuing_center.enquiry.site.pages import form_page, problem_page, result_page
from issuing_center.enquiry.site.texts import ASSETS, Language, load_texts
from issuing_center.enquiry.verdict import Reason, Region, Result, Seal
from tests.browser.test_accessibility import violations
from tests.browser.test_pictures import MOST, difference
from tests.support.staff_site import new_context

GOLDENS = Path(__file__).parents[1] / "golden" / "enquiry"
SHEET = Path(__file__).parents[1] / "golden" / "juminhyo" / "self-1.png"
SITE = "http://site.example"
SIZES = {"desk": (1366, 768), "phone": (390, 844)}
REGIONS: tuple[Region, ...] = ((0.205, 0.187, 0.30, 0.206), (0.6, 0.9, 0.66, 0.925))
KINDS = ("form", "refused", "genuine", "altered", "unreadable", "invalid", "no-page")
TEXTS = load_texts(Limits())


def shown(*regions: Region, scanned: bool = True) -> ShownPage:
    """Show a sheet drawn once as decoded, and as scanned with the places of `regions` painted over."""
    sheet = Image.open(SHEET).convert("L")
    painted = sheet.copy()
    for left, top, right, bottom in regions:
        box = (left * sheet.width, top * sheet.height, right * sheet.width, bottom * sheet.height)
        ImageDraw.Draw(painted).rectangle(box, fill=200)
    return ShownPage(1, data(sheet), data(painted) if scanned else None, *sheet.size, regions)


def data(picture: Image.Image) -> str:
    target = io.BytesIO()
    picture.save(target, "PNG")
    return "data:image/png;base64," + base64.b64encode(target.getvalue()).decode("ascii")


def drawn(kind: str, language: str) -> Html:
    texts, number = TEXTS[Language(language)], "TEST-0001"
    match kind:
        case "form":
            return form_page(texts, Limits(), specimen=False)
        case "refused":
            return form_page(texts, Limits(), specimen=True, no=No.NOT_A_SCAN)
        case "no-page":
            return problem_page(texts, No.NO_PAGE, specimen=False)
        case "genuine":
            answer = Answer(Result.GENUINE, Reason.AGREES, number, Seal.VALID, (shown(),))
        case "altered":
            answer = Answer(Result.ALTERED, Reason.DIFFERS, number, Seal.VALID, (shown(*REGIONS),))
        case "invalid":
            answer = Answer(Result.GENUINE, Reason.NOT_COMPARED, number, Seal.INVALID, (shown(scanned=False),))
        case _:
            answer = Answer(Result.UNREADABLE, Reason.NO_BACK, None, Seal.ABSENT, ())
    return result_page(texts, answer, specimen=False)


def serve(route: Route) -> None:
    """Answer as the site does: assets from their files, `/KIND/LANGUAGE` drawn anew."""
    path = route.request.url.removeprefix(SITE)
    if path.startswith("/assets/"):
        route.fulfill(path=ASSETS / path.removeprefix("/assets/"))
    else:
        _, kind, language = path.split("/")
        route.fulfill(body=drawn(kind, language), content_type="text/html; charset=utf-8")


def page_of(browser: Browser, size: str) -> Page:
    page = new_context(browser, *SIZES[size]).new_page()
    page.route("**/*", serve)
    return page


NIGHT = [pytest.mark.heavy]
"""Of a language and a size each, one is seen by day: what breaks one breaks one of those too."""


@pytest.mark.parametrize(
    ("language", "size"),
    [
        *[pytest.param("ja", "desk", marks=NIGHT), ("ja", "phone")],
        *[("en", "desk"), pytest.param("en", "phone", marks=NIGHT)],
    ],
)
@pytest.mark.parametrize("kind", KINDS)
def test_a_page_looks_as_approved(
    browser: Browser, tmp_path: Path, regenerate: bool, kind: str, language: str, size: str
) -> None:
    page, name = page_of(browser, size), f"{kind}-{language}-{size}"
    page.goto(f"{SITE}/{kind}/{language}")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    # What axe looks at is the same in the other size, and but for words in the other language.
    assert (language, size) != ("ja", "phone") or violations(page) == []
    file, golden = tmp_path / f"{name}.png", GOLDENS / f"{name}.png"
    page.screenshot(path=file, animations="disabled", caret="hide", full_page=True)
    page.context.close()
    if regenerate:
        GOLDENS.mkdir(exist_ok=True)
        Image.open(file).convert("RGB").quantize(64).save(golden, optimize=True)
    assert difference(Image.open(file), Image.open(golden)) <= MOST, f"compare {file} with {golden}"


@pytest.mark.parametrize("kind", ["form", "altered"])
def test_nothing_is_cut_on_the_narrowest_phone(browser: Browser, kind: str) -> None:
    page = page_of(browser, "phone")
    page.set_viewport_size({"width": 320, "height": 640})
    page.goto(f"{SITE}/{kind}/en")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    page.context.close()


def test_no_golden_is_left_without_its_page() -> None:
    assert {file.stem for file in GOLDENS.iterdir()} == {
        f"{kind}-{language}-{size}" for kind in KINDS for language in ("ja", "en") for size in SIZES
    }
