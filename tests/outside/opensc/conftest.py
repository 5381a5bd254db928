"""OpenSC talks to the private pcscd of this test process."""

from tests.support.pcsc import name_the_socket


def pytest_configure() -> None:
    """Name the private PC/SC socket before any test of this process can use PC/SC."""
    name_the_socket()
