"""The units as systemd itself judges them: it understands every line, and nothing is left open that need not be.

A container has no systemd running and none of the installed programs. So the units are laid into a root folder of their
own, beside the distribution's, with stand-ins for the programs that they start; what systemd reads is the shipped text.
"""

import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[3]
DISTRIBUTION = Path("/usr/lib/systemd/system")
PROGRAMS = ("usr/bin/cage", "usr/bin/seatd", "usr/sbin/pcscd", "opt/certificate-kiosk/.venv/bin/python")
SERVICES = (
    *("kiosk.service", "certificate-center.service", "certificate-center-expire.service"),
    *("certificate-enquiry.service", "pcscd.service"),
)
MOST_EXPOSED = 15
"""Tenths of systemd's exposure level (0 is closed, 100 open)."""


@pytest.fixture
def machine(tmp_path: Path) -> Path:
    """A root folder as after installation, except that the programs do nothing."""
    shutil.copytree(DISTRIBUTION, tmp_path / "usr/lib/systemd/system", symlinks=True)
    (tmp_path / "lib").symlink_to("usr/lib")
    shutil.copytree(ROOT / "systemd", tmp_path / "etc/systemd/system")
    for name in PROGRAMS:
        program = tmp_path / name
        program.parent.mkdir(parents=True, exist_ok=True)
        program.write_text("#!/bin/sh\n")
        program.chmod(0o755)
    # Debian's seatd package, whose unit the kiosk needs, is for machines with a screen and is not installed for tests.
    seatd = tmp_path / "usr/lib/systemd/system/seatd.service"
    seatd.write_text("[Service]\nExecStart=/usr/bin/seatd -g video\n")
    return tmp_path


def analyze(machine: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        ["systemd-analyze", "--no-pager", f"--root={machine}", *arguments],
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )


def test_systemd_understands_every_line(machine: Path) -> None:
    units = [path.name for path in (ROOT / "systemd").glob("*.*") if path.suffix in {".service", ".timer"}]
    judged = analyze(machine, "verify", "--man=no", *units, "pcscd.service", "pcscd.socket")
    assert (judged.returncode, judged.stderr) == (0, "")


def test_a_planted_misspelling_is_found(machine: Path) -> None:
    unit = machine / "etc/systemd/system/kiosk.service"
    unit.write_text(unit.read_text().replace("ProtectSystem=", "ProtectSytem="))
    assert "ProtectSytem" in analyze(machine, "verify", "--man=no", "kiosk.service").stderr


def test_a_planted_missing_program_is_found(machine: Path) -> None:
    (machine / "usr/bin/cage").unlink()
    assert "cage" in analyze(machine, "verify", "--man=no", "kiosk.service").stderr


@pytest.mark.parametrize("service", SERVICES)
def test_no_service_is_more_exposed_than_its_bar(machine: Path, service: str) -> None:
    judged = analyze(machine, "security", "--offline=yes", f"--threshold={MOST_EXPOSED}", service)
    assert judged.returncode == 0, judged.stdout + judged.stderr
    assert f"exposure level for {service}" in judged.stdout


@pytest.mark.parametrize("line", ["CapabilityBoundingSet=", "SystemCallFilter=@system-service", "ProtectSystem=strict"])
def test_a_planted_opening_raises_the_exposure(machine: Path, line: str) -> None:
    unit = machine / "etc/systemd/system/kiosk.service"
    before = exposure(analyze(machine, "security", "--offline=yes", "kiosk.service").stdout)
    text = unit.read_text()
    unit.write_text(text.replace(f"\n{line}\n", "\n"))
    assert unit.read_text() != text
    assert exposure(analyze(machine, "security", "--offline=yes", "kiosk.service").stdout) > before


def exposure(table: str) -> float:
    found = re.search(r"exposure level for \S+: ([0-9.]+)", table)
    assert found is not None, table
    return float(found.group(1))


@pytest.mark.parametrize("service", [name for name in SERVICES if name != "pcscd.service"])
def test_a_service_starts_a_command_that_exists(service: str) -> None:
    line = re.search(r"^ExecStart=(.*)$", (ROOT / "systemd" / service).read_text(), re.MULTILINE)
    assert line is not None
    words = shlex.split(line.group(1))
    package, command, *options = words[words.index("-m") + 1 :]
    shown = subprocess.run(
        [sys.executable, "-m", package, command, "--help"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    assert {option for option in options if option.startswith("--")} <= set(re.findall(r"--[a-z-]+", shown.stdout))
