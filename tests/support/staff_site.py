"""The clerks' site on a desk in memory, and a browser to look at it with."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

from issuing_center.commands.staff import serving_site
from issuing_center.deployment import Mode, declare
from issuing_center.settings import StaffSite
from issuing_center.staff.app import Site
from issuing_center.staff.identity import Tokens
from tests.support.pretend_desk import (
    CLERK,
    OFFICE,
    SHIOMINO,
    YAMATE,
    PretendDesk,
    a_morning,
    check_of,
    serial,
    slip_code,
)

declare(Mode.SANDBOX)

from issuing_center.sandbox.clerks import SpecimenDoor  # noqa: E402
from issuing_center.sandbox.folder import SandboxFolder  # noqa: E402

__all__ = [
    "CLERK",
    "OFFICE",
    "SHIOMINO",
    "YAMATE",
    "PretendDesk",
    "SandboxFolder",
    "SpecimenDoor",
    "a_morning",
    "check_of",
    "serial",
    "slip_code",
]
"""Passed on to whoever may import the sandbox after this module only, and to whoever looks at the desk's pages."""

CHROMIUM = "/usr/bin/chromium"


@dataclass(frozen=True)
class Served:
    """A site behind its real server."""

    url: str
    site: Site
    door: SpecimenDoor
    links: dict[str, str]
    """One-time link's token by staff id."""

    @property
    def display_url(self) -> str:
        """Address of the wall screen."""
        return f"{self.url}/display/{self.site.tokens.display(SHIOMINO, OFFICE)}"


@contextmanager
def served(desk: PretendDesk, folder: SandboxFolder) -> Iterator[Served]:
    """Serve the site over TLS for the block."""
    door = SpecimenDoor()
    site = Site(desk, Tokens.derived(b"a secret of the tests"), door)
    settings = StaffSite("127.0.0.1", 0, folder.server_certificate, folder.server_key, folder.staff_ca_certificate)
    with serving_site(settings, site, threads=4) as url:
        yield Served(url, site, door, {staff.staff_id: token for token, staff in door.links()})


@contextmanager
def chromium() -> Iterator[Browser]:
    """Start Debian's own browser without a window."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=CHROMIUM,
            # As root there is no sandbox to be had; pictures must not depend on the machine's graphics.
            args=["--no-sandbox", "--disable-gpu", "--font-render-hinting=none", "--force-color-profile=srgb"],
        )
        try:
            yield browser
        finally:
            browser.close()


def new_context(browser: Browser, width: int = 1366, height: int = 768) -> BrowserContext:
    """Open a browser of its own: cookies, and an authority nobody here has installed."""
    context = browser.new_context(
        ignore_https_errors=True, viewport={"width": width, "height": height}, reduced_motion="reduce", locale="ja-JP"
    )
    context.set_default_timeout(8000)
    return context


def sign_in(context: BrowserContext, served: Served, staff_id: str = "mihon-01") -> Page:
    """Open the console as a specimen clerk and wait until it is live."""
    page = context.new_page()
    page.goto(f"{served.url}/sign-in/{served.links[staff_id]}")
    expect(page.locator("#taken")).not_to_have_text("-")
    return page


def shoot(page: Page, file: Path) -> None:
    """Keep a picture of what stands on the screen."""
    page.screenshot(path=file, animations="disabled", caret="hide")
