"""The guards of tests/conftest.py: each is shown a defect, in a suite of its own."""

import socket
from pathlib import Path

import pytest

from tests.architecture.tree import ROOT
from tests.conftest import OutsideNetworkError


@pytest.mark.parametrize("address", [("192.0.2.1", 9), ("2001:db8::1", 9), ("0.0.0.0", 9)])
def test_a_connection_to_another_machine_fails_the_test(address: tuple[str, int]) -> None:
    family = socket.AF_INET6 if ":" in address[0] else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as outgoing, pytest.raises(OutsideNetworkError):
        outgoing.connect(address)


def test_a_datagram_to_another_machine_fails_the_test() -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as outgoing, pytest.raises(OutsideNetworkError):
        outgoing.sendto(b"x", ("192.0.2.1", 9))


def test_a_name_is_never_looked_up() -> None:
    with pytest.raises(OutsideNetworkError):
        socket.create_connection(("center.example", 443), timeout=1)


def test_loopback_and_unix_sockets_stay_open(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        socket.create_connection(server.getsockname()).close()
        socket.create_connection(("localhost", server.getsockname()[1])).close()
    with socket.socket(socket.AF_UNIX) as listening, socket.socket(socket.AF_UNIX) as calling:
        listening.bind(str(tmp_path / "s"))
        listening.listen()
        calling.connect(str(tmp_path / "s"))


def test_a_warning_in_the_log_fails_its_test_unless_expected(
    pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    pytester.makeconftest((ROOT / "tests" / "conftest.py").read_text(encoding="utf-8"))
    pytester.makeini("[pytest]\nmarkers = expect_log: x\n")
    pytester.makepyfile(
        """
        import logging, pytest

        def test_logs(): logging.getLogger("kiosk.card").warning("taken away")

        @pytest.mark.expect_log("kiosk")
        def test_expects(): logging.getLogger("kiosk.card").warning("taken away")

        @pytest.mark.expect_log("kiosk")
        def test_expects_less(): logging.getLogger("kiosk.card").error("fault")

        @pytest.mark.expect_log("kiosk")
        def test_expects_in_vain(): pass

        @pytest.mark.expect_log("printers")
        def test_expects_another(): logging.getLogger("kiosk.card").warning("taken away")

        def test_is_quiet(): logging.getLogger("kiosk.card").info("placed")
        """
    )
    pytester.runpytest_subprocess("-p", "no:randomly", "-p", "no:xdist").assert_outcomes(passed=6, errors=4)
