"""The contract of the card port runs on both desks."""

from collections.abc import Iterator

import pytest

from tests.contract.card.desks import Desk, PcscDesk, VirtualDesk
from tests.support.pcsc import name_the_socket, shared_host


def pytest_configure() -> None:
    """Name the private PC/SC socket before any test of this process can use PC/SC."""
    name_the_socket()


@pytest.fixture(params=["in-process", "pcscd"])
def desk(request: pytest.FixtureRequest) -> Iterator[Desk]:
    """Give an empty desk, and leave it usable."""
    place = VirtualDesk() if request.param == "in-process" else PcscDesk(shared_host())
    yield place
    place.close()


@pytest.fixture
def quick_desk() -> VirtualDesk:
    """Give the in-process desk, for suites with too many cases for a reader that polls every 0.4 s."""
    return VirtualDesk()


@pytest.fixture
def real_desk() -> Iterator[PcscDesk]:
    """Give the desk with pcscd, for what only PC/SC can do."""
    place = PcscDesk(shared_host())
    yield place
    place.close()
