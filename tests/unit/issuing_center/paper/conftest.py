"""What the tests of the paper room share: the font, loaded once, and outside judges of a finished PDF."""

import pytest

from issuing_center.paper import PaperFonts, shared_fonts


@pytest.fixture(scope="session")
def fonts() -> PaperFonts:
    return shared_fonts()
