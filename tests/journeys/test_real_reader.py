"""The whole visit on real parts: a card in a real pcscd, a center of its own over mutual TLS, a sheet."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.pcsc import PcscHost, shared_host
from tests.support.town import ROOT

PORT = 35963


@pytest.fixture
def host() -> PcscHost:
    """Give a pcscd with an empty vpcd reader, in a network of its own."""
    host = shared_host()
    if not host.healthy:
        host.restart()
    return host


def visit(host: PcscHost, data: Path, out: Path, persona: str, pin: str = "1234") -> subprocess.CompletedProcess[str]:
    command = ["visit", "--card", persona, "--pin", pin, "--certificate", "juminhyo", "--out", str(out), "--json"]
    return subprocess.run(
        [*host.inside(), sys.executable, "-m", "kiosk", *command, "--data", str(data), "--vpcd", f"127.0.0.1:{PORT}"],
        capture_output=True,
        text=True,
        cwd=ROOT,
        check=False,
        env={**os.environ, "QT_QPA_PLATFORM": "offscreen"},
    )


def test_a_card_in_a_real_reader_gets_its_sheet(host: PcscHost, data: Path, tmp_path: Path) -> None:
    told = visit(host, data, tmp_path, "hanako")
    assert (told.returncode, told.stderr) == (0, "")
    (file,) = json.loads(told.stdout)["files"]
    text = subprocess.run(["pdftotext", file, "-"], check=True, capture_output=True, text=True).stdout
    assert "𠮷田" in text


@pytest.mark.parametrize(
    ("persona", "pin", "code"),
    [
        ("hanako", "0000", "PIN-01"),
        # Each starts a center of its own; what these cards say to a real reader, the contract of the port tells by day.
        pytest.param("blocked", "1234", "PIN-02", marks=[pytest.mark.heavy]),
        pytest.param("foreign", "1234", "CARD-04", marks=[pytest.mark.heavy]),
    ],
)
def test_a_card_in_a_real_reader_is_refused_by_the_same_codes(
    host: PcscHost, data: Path, tmp_path: Path, persona: str, pin: str, code: str
) -> None:
    told = visit(host, data, tmp_path, persona, pin)
    assert told.returncode == 1
    assert told.stderr.startswith(f"{code}: ")
