"""A browser for each module, a desk and a site for each test.

Not for the whole session: while the browser's driver lives, no other test of the process can run an event loop.
"""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.support.center import center, sandbox_folder
from tests.support.staff_site import (
    PretendDesk,
    SandboxFolder,
    Served,
    a_morning,
    chromium,
    new_context,
    served,
    sign_in,
)

__all__ = ["center", "sandbox_folder"]

# A page that takes longer is wrong; one that takes five seconds is on a busy machine.
expect.set_options(timeout=20_000)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as running:
        yield running


@pytest.fixture
def desk() -> PretendDesk:
    return a_morning()


@pytest.fixture
def office(desk: PretendDesk, sandbox_folder: SandboxFolder) -> Iterator[Served]:
    with served(desk, sandbox_folder) as running:
        yield running


@pytest.fixture
def console(browser: Browser, office: Served) -> Iterator[Page]:
    """The console of the first clerk."""
    context = new_context(browser)
    yield sign_in(context, office)
    context.close()


@pytest.fixture
def colleague(browser: Browser, office: Served) -> Iterator[Page]:
    """The console of the second clerk, in a browser of their own."""
    context = new_context(browser)
    yield sign_in(context, office, "mihon-02")
    context.close()


@pytest.fixture
def wall(browser: Browser, office: Served) -> Iterator[Page]:
    """The screen on the wall."""
    context = new_context(browser, 1920, 1080)
    page = context.new_page()
    page.clock.set_fixed_time("2026-11-20T10:30:00+09:00")
    page.goto(office.display_url)
    page.wait_for_selector("#preparing li")
    yield page
    context.close()
