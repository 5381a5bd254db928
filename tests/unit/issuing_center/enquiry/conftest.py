"""One document, printed and scanned at most once for all tests of a worker: simulating a scan takes a second or more."""

from functools import cached_property

import cv2
import numpy as np
import pytest

from issuing_center.backs.keys import KeyRing
from issuing_center.backs.layout import STANDARD
from issuing_center.backs.scramble import Bits
from issuing_center.enquiry.find import Grey
from issuing_center.enquiry.verdict import Verdict, judge
from issuing_center.paper import DrawnDocument, draw, shared_fonts
from issuing_center.paper.back.drawing import Security, two_sided
from issuing_center.paper.back.picture import one_bit, render_fronts
from tests.golden.forms import EVERY
from tests.scanning.first import Print, Scan, printed, scanned
from tests.scanning.forgery import Forgery, forged
from tests.scanning.pages import Picture, dots
from tests.unit.issuing_center.backs.test_keys import NEW, NOW

ISSUE = "TEST-0001"


def two_sided_sheet(name: str, issue: str) -> DrawnDocument:
    drawn = draw(EVERY[name], shared_fonts())
    assert isinstance(drawn, DrawnDocument)
    return two_sided(drawn, issue, Security(NEW), shared_fonts())


def scan_of(sheet: Picture, seed: int, *, dpi: int = 200, skew_degrees: float = -3.5, turns: int = 0) -> Grey:
    random = np.random.default_rng(seed)
    return scanned(printed(sheet, Print(), random), Scan(dpi=dpi, skew_degrees=skew_degrees, turns=turns), random)


class Scanned:
    """Every scan is made when a test first asks for it, with chance of its own."""

    @cached_property
    def drawn(self) -> DrawnDocument:
        drawn = draw(EVERY["juminhyo/self"], shared_fonts())
        assert isinstance(drawn, DrawnDocument)
        return drawn

    @cached_property
    def pdf(self) -> bytes:
        return two_sided(self.drawn, ISSUE, Security(NEW), shared_fonts()).pdf

    @cached_property
    def truth(self) -> Bits:
        return one_bit(render_fronts(self.drawn.pdf, STANDARD)[0])

    @cached_property
    def front(self) -> Grey:
        return scan_of(dots(self.pdf, 0), 1, turns=1)

    @cached_property
    def back(self) -> Grey:
        return scan_of(dots(self.pdf, 1), 2, turns=3)

    @cached_property
    def forgery(self) -> Forgery:
        return forged(dots(self.drawn.pdf, 0), self.drawn.pdf, 0, np.random.default_rng(3))

    @cached_property
    def forged(self) -> Grey:
        ground = np.where((dots(self.drawn.pdf, 0) == 255) & (dots(self.pdf, 0) == 0), 0, 255)
        return scan_of(np.minimum(self.forgery.dots, ground).astype(np.uint8), 3, skew_degrees=2, turns=2)

    @cached_property
    def untouched(self) -> Verdict:
        """The verdict on the untouched pair."""
        return judge([self.back, self.front], KeyRing((NEW,)), NOW)


@pytest.fixture(scope="session")
def scans() -> Scanned:
    # Tests run on every core already; more threads in each would only be in each other's way.
    cv2.setNumThreads(1)
    return Scanned()
