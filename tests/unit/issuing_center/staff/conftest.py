"""A desk in memory and the site's callable on it."""

import pytest
from werkzeug.test import Client

from issuing_center.staff.app import Site, make_app
from issuing_center.staff.identity import Tokens
from tests.support.staff_site import PretendDesk, SpecimenDoor, a_morning


@pytest.fixture
def desk() -> PretendDesk:
    return a_morning()


@pytest.fixture
def site(desk: PretendDesk) -> Site:
    return Site(desk, Tokens.derived(b"a secret of the tests"), SpecimenDoor())


@pytest.fixture
def anyone(site: Site) -> Client:
    """A browser that nobody has signed in."""
    return Client(make_app(site))


def signed_in(site: Site, staff_id: str) -> Client:
    """Give a browser that came by a clerk's one-time link."""
    assert isinstance(site.door, SpecimenDoor)
    browser = Client(make_app(site))
    token = next(token for token, staff in site.door.links() if staff.staff_id == staff_id)
    answer = browser.get(f"/sign-in/{token}", base_url="https://office")
    assert answer.status_code == 303
    return browser


@pytest.fixture
def clerk(site: Site) -> Client:
    """A clerk of the municipality whose desk this is."""
    return signed_in(site, "mihon-01")


@pytest.fixture
def stranger(site: Site) -> Client:
    """A clerk of another municipality."""
    return signed_in(site, "mihon-11")
