"""What holds for every test: no network but this machine's own, no log record of a warning that nobody expected.

Also the one place that knows the suite's options. It knows nothing of the product.
"""

import ipaddress
import logging
import os
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings
from hypothesis.database import DirectoryBasedExampleDatabase

pytest_plugins = ["pytester", "tests.support.databases", "tests.support.registers", "tests.support.municipal_server"]

ROOT = Path(__file__).resolve().parent.parent

# pytest may be started without script/test; the suite never opens a window on somebody's desktop.
os.environ["QT_QPA_PLATFORM"] = os.environ.get("QT_QPA_PLATFORM") or "offscreen"

# Examples have no time limit of their own: the machine may be busy, and pytest-timeout watches the whole test.
settings.register_profile(
    "suite",
    deadline=None,
    print_blob=True,
    suppress_health_check=[HealthCheck.too_slow],
    database=DirectoryBasedExampleDatabase(ROOT / "build" / "hypothesis"),
)
settings.load_profile("suite")


class OutsideNetworkError(AssertionError):
    """A test tried to reach another machine. No adapter takes an AssertionError for a fault of the world."""


def _is_this_machine(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host.partition("%")[0]).is_loopback
    except ValueError:
        return False


def _keep_to_this_machine(event: str, arguments: tuple[object, ...]) -> None:
    # Beneath every library: CPython raises these events in the C code of socket. Unix sockets have no host.
    if event in {"socket.connect", "socket.sendto", "socket.sendmsg"}:
        address = arguments[1]
        host: object = address[0] if isinstance(address, tuple) else None
    elif event == "socket.getaddrinfo":
        named = arguments[0]
        host = named.decode("ascii", "replace") if isinstance(named, bytes) else named
    else:
        return
    if isinstance(host, str) and not _is_this_machine(host):
        raise OutsideNetworkError(f"{event} to {host}: tests reach no other machine")


sys.addaudithook(_keep_to_this_machine)


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the options of the suite."""
    parser.addoption(
        "--regenerate",
        action="store_true",
        help="write goldens anew instead of comparing; the commit says why they changed",
    )


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """By day PostgreSQL gets one in four of a test's cases: SQLite gets all, and what differs between them shows in any."""
    seen: Counter[str] = Counter()
    for item in items:
        test, _, case = item.nodeid.partition("[")
        if "postgresql" in case:
            if seen[test] % 4:
                item.add_marker(pytest.mark.heavy)
            seen[test] += 1


@pytest.fixture
def regenerate(request: pytest.FixtureRequest) -> bool:
    """Whether goldens are to be written anew."""
    return bool(request.config.getoption("--regenerate"))


@pytest.fixture(autouse=True)
def _no_unexpected_warning_logged(request: pytest.FixtureRequest, caplog: pytest.LogCaptureFixture) -> Iterator[None]:
    """Fail a test that logs at WARNING or above, unless its mark `expect_log(logger, level)` says so.

    A mark covers the named logger and those below it, up to its level (WARNING unless given). What is expected must also
    come. A test that has checked a record itself may drop it by `caplog.clear()`.
    """
    yield
    records = [
        record
        for phase in ("setup", "call")
        for record in caplog.get_records(phase)
        if record.levelno >= logging.WARNING
    ]
    unseen = []
    for mark in request.node.iter_markers("expect_log"):
        logger: str = mark.args[0]
        level: int = logging.getLevelNamesMapping()[mark.args[1] if len(mark.args) > 1 else "WARNING"]
        covered = [
            record
            for record in records
            if record.levelno <= level and (record.name == logger or record.name.startswith(logger + "."))
        ]
        records = [record for record in records if record not in covered]
        if not covered:
            unseen.append(logger)
    lines = [f"{record.name} {record.levelname}: {record.getMessage()}" for record in records]
    if lines:
        pytest.fail("logged, and not expected:\n" + "\n".join(lines), pytrace=False)
    if unseen:
        pytest.fail(f"expected in the log, and did not come: {unseen}", pytrace=False)
