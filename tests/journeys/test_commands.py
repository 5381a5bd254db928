"""The commands as they are started: the touch screen in both modes, what ends it, and what its end leaves."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from kiosk.adapters.journal.sqlite import SqliteJournal
from tests.support.town import ROOT, Town

SPECIMEN = "見本 SPECIMEN: "


@contextmanager
def demonstration(data: Path, folder: Path, mode: str) -> Iterator[subprocess.Popen[str]]:
    """Start `kiosk run --demo`, with warnings as errors, and a temporary folder of its own."""
    (folder / "tmp").mkdir()
    command = [sys.executable, "-m", "kiosk", "--verbose", "run", "--mode", mode, "--demo", "--data", str(data)]
    with subprocess.Popen(
        [*command, "--out", str(folder / "paper"), "--window", "1280x720"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        cwd=ROOT,
        env={
            **os.environ,
            "PYTHONWARNINGS": "error",
            "QT_QPA_PLATFORM": "offscreen",
            "QT_FATAL_WARNINGS": "",
            "TMPDIR": str(folder / "tmp"),
        },
    ) as machine:
        try:
            yield machine
        finally:
            machine.kill()


def events(machine: subprocess.Popen[str], until: str) -> list[str]:
    """Read the event log up to an event, which must come."""
    assert machine.stderr is not None
    lines = []
    for line in machine.stderr:
        lines.append(line.rstrip("\n"))
        if until in line:
            return lines
    pytest.fail("it ended:\n" + "\n".join(lines))


@pytest.mark.parametrize(("mode", "number"), [("kiosk", signal.SIGTERM), ("counter", signal.SIGINT)])
def test_the_touch_screen_starts_and_a_signal_ends_it_in_good_order(
    data: Path, tmp_path: Path, mode: str, number: signal.Signals
) -> None:
    with demonstration(data, tmp_path, mode) as machine:
        lines = events(machine, "CheckHealth")
        machine.send_signal(number)
        out, err = machine.communicate(timeout=30)
        assert machine.returncode == 0
    lines += err.splitlines()
    assert out == ""
    assert [line for line in lines if not line.startswith(("{", SPECIMEN))] == [], "warnings of Qt or Python"
    names = [json.loads(line)["event"] for line in lines if line.startswith("{")]
    assert names[0] == "Started"
    assert set(names) == {"Started", "EffectFinished"}
    assert list((tmp_path / "tmp").iterdir()) == []


def test_without_a_declaration_there_is_no_demonstration(town: Town) -> None:
    told = town.kiosk("run", "--mode", "kiosk")
    assert (told.status, told.code, told.out) == (1, "CONFIG-01", "")


@pytest.mark.parametrize("number", [signal.SIGTERM])
def test_a_visit_that_is_told_to_end_leaves_no_folders(town: Town, tmp_path: Path, number: signal.Signals) -> None:
    (tmp_path / "tmp").mkdir()
    command = [sys.executable, "-m", "kiosk", "--verbose", "visit", "--card", "hanako", "--pin", "1234"]
    command += ["--certificate", "juminhyo", "--out", str(tmp_path), "--data", str(town.data), "--center", town.center]
    with subprocess.Popen(
        command,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        cwd=ROOT,
        env={**os.environ, "TMPDIR": str(tmp_path / "tmp")},
    ) as machine:
        events(machine, "FetchMunicipalities")
        machine.send_signal(number)
        machine.communicate(timeout=30)
        assert machine.returncode in {0, 143}  # it may have been quicker
    assert list((tmp_path / "tmp").iterdir()) == []


def test_the_doctor_looks_and_changes_nothing(town: Town, tmp_path: Path) -> None:
    data = town.data
    settings = tmp_path / "kiosk.toml"
    settings.write_text(
        f'[center]\nurl = "{town.center}"\nca = "{data}/tls/center-ca.pem"\n'
        f'device_certificate = "{data}/devices/kiosk-0001.pem"\ndevice_key = "{data}/devices/kiosk-0001.key"\n'
        f'document_certificate = "{data}/center/document-signing.pem"\n'
        '[card]\nreader = "none"\n[journal]\nfile = "state/journal.db"\n'
        '[staff]\ntelephone = ""\n[screen]\nwidth_mm = 344\n'
    )

    def journal() -> tuple[str | None, str]:
        told = town.kiosk("doctor", "--config", str(settings), "--json")
        (finding,) = (each for each in json.loads(told.out) if each["check"] == "journal")
        return finding["code"], finding["found"]

    assert journal() == (None, "not there yet; the first start makes it")
    assert list(tmp_path.iterdir()) == [settings]
    held = SqliteJournal(tmp_path / "state" / "journal.db")
    held.raise_incident("DOC-01", None, "planted")
    assert journal() == (None, "in use by the kiosk that runs")
    held.close()
    assert journal() == ("DOC-01", "an incident is open")
