"""From a change at the counter, committed, to the row on five open consoles in a real browser.

The center is the sandbox's own on SQLite; every change is a clerk's real act. What is timed ends when the page has the new
row in its document, seen by an observer that the bench puts in each page. Both clocks are this machine's.
"""

import statistics
import tempfile
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from playwright.sync_api import Page, expect

from issuing_center.commands.staff import serving_staff
from issuing_center.counter import acts, feed, views
from issuing_center.counter.staff import Staff
from issuing_center.settings import StaffSite
from tests.support.center import running_center
from tests.support.clerks import CLERK, printed
from tests.support.staff_site import SHIOMINO, SpecimenDoor, chromium, new_context

from issuing_center.sandbox import ensure_sandbox  # isort: skip  # only now is this process a sandbox

CONSOLES = 5
CHANGES = 120
NUMBERS = 40

OBSERVE = """() => {
  window.seenAt = {};
  new MutationObserver(() => { window.seenAt[document.documentElement.dataset.change] ??= Date.now(); })
    .observe(document.documentElement, { attributes: true, attributeFilter: ['data-change'] });
}"""


def _delays(pages: list[Page], committed: dict[int, float]) -> list[float]:
    found: list[float] = []
    for page in pages:
        seen: dict[str, float] = page.evaluate("window.seenAt")
        numbers = sorted(int(each) for each in seen)
        for number, at_ms in committed.items():
            # A page that heard two changes at once has both when it shows the later.
            first = next((each for each in numbers if each >= number), None)
            if first is None:
                raise TypeError("a console missed a change")
            found.append(seen[str(first)] - at_ms)
    return found


def run() -> dict[str, object]:
    """Measure."""
    with tempfile.TemporaryDirectory() as name, ExitStack() as ends:
        folder = ensure_sandbox(Path(name) / "sandbox")
        center = ends.enter_context(running_center(folder, f"sqlite:///{Path(name) / 'center.db'}"))
        for _ in range(NUMBERS):
            printed(center)
        staff = Staff(CLERK.staff_id, SHIOMINO)
        rows = views.waiting_list(center.service, staff)
        settings = StaffSite("127.0.0.1", 0, folder.server_certificate, folder.server_key, folder.staff_ca_certificate)
        door = SpecimenDoor()
        [first, *_] = ends.enter_context(serving_staff(settings, center.service, 8, door))
        url = first.split()[1].rpartition("/sign-in/")[0]
        browser = ends.enter_context(chromium())
        pages = []
        for token in [token for _ in range(CONSOLES) for token, clerk in door.links() if clerk.staff_id == "mihon-01"]:
            page = new_context(browser).new_page()
            page.goto(f"{url}/sign-in/{token}")
            expect(page.locator("#taken")).to_have_text(str(NUMBERS))
            page.evaluate(OBSERVE)
            pages.append(page)
        committed: dict[int, float] = {}
        for turn in range(CHANGES):
            acts.call(center.service, staff, rows[turn % NUMBERS].request_id)
            number = feed.latest(center.service, SHIOMINO)
            committed[number] = datetime.now(UTC).timestamp() * 1000
            # Not in step with the watcher's look, as real acts are not.
            pages[0].wait_for_timeout(40 + turn * 7 % 90)
        for page in pages:
            expect(page.locator("html")).to_have_attribute("data-change", str(max(committed)))
        delays = _delays(pages, committed)
    quantiles = statistics.quantiles(delays, n=100)

    def figure(what: str, ours: float, target: str | None) -> dict[str, Any]:
        return {"name": what, "unit": "ms", "ours": ours, "floor": None, "ratio": None, "target": target}

    return {
        "consoles": CONSOLES,
        "changes": CHANGES,
        "figures": [
            figure("change to console, p50", statistics.median(delays), None),
            figure("change to console, p99", quantiles[98], "<= 300"),
            figure("change to console, worst", max(delays), None),
        ],
    }
