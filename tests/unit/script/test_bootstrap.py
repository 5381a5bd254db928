"""The set-up says in one line what it cannot do. Its world (apt, sudo, Python) is made of stand-ins on PATH."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[3]

STAND_INS = {
    "id": "echo 1000",
    "sudo": "exit 1",
    "dpkg-query": "exit 0",
    "apt-get": "echo 'E: Unable to locate package'; exit 100",
}


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A copy of the set-up alone, and stand-ins that install nothing."""
    shutil.copytree(ROOT / "script", tmp_path / "project" / "script", ignore=shutil.ignore_patterns("__pycache__"))
    (tmp_path / "bin").mkdir()
    for name, line in STAND_INS.items():
        stand_in(tmp_path / "project", name, line)
    return tmp_path / "project"


def stand_in(project: Path, name: str, line: str) -> None:
    program = project.parent / "bin" / name
    program.write_text(f"#!/bin/sh\n{line}\n")
    program.chmod(0o755)


def all_packages_installed(project: Path) -> None:
    # A release after Debian 12 renames a library and provides the old name.
    names = [
        line.split()[0]
        for line in (project / "script" / "debian-packages.txt").read_text().splitlines()
        if line and line[0] != "#"
    ]
    listed = "".join(f"installed, {name}, \n" for name in names if name != "libglib2.0-0")
    listing = project.parent / "listing"
    listing.write_text(listed + "installed, libglib2.0-0t64, libglib2.0-0 (= 2.84.0-1), libglib2.0-0-other\n")
    stand_in(project, "dpkg-query", f"cat '{listing}'")


def bootstrap(project: Path, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    path = f"{project.parent / 'bin'}:/usr/sbin:/usr/bin:/sbin:/bin"
    return subprocess.run(
        ["/bin/sh", str(project / "script" / "bootstrap"), *arguments],
        env={"PATH": path, **environment},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )


def test_without_root_it_prints_the_line_that_root_must_run(project: Path) -> None:
    done = bootstrap(project)
    assert done.returncode == 1
    (line,) = done.stderr.splitlines()
    assert line.startswith("SETUP-02 ")
    assert "apt-get update && apt-get install --yes --no-install-recommends python3 python3-venv " in line
    assert "postgresql" not in line


def test_the_tests_need_more_packages_than_the_product(project: Path) -> None:
    assert " postgresql " in bootstrap(project, "--dev").stderr


def test_a_machine_in_service_gets_no_virtual_reader(project: Path) -> None:
    assert " vsmartcard-vpcd" in bootstrap(project).stderr
    assert " vsmartcard-vpcd" not in bootstrap(project, "--service").stderr


def test_only_what_is_missing_is_named(project: Path) -> None:
    all_packages_installed(project)
    listing = project.parent / "listing"
    listing.write_text(listing.read_text().replace("installed, swig,", "config-files, swig,"))
    assert bootstrap(project).stderr.splitlines()[0].endswith("--no-install-recommends swig")


def test_a_failure_of_apt_is_one_line_with_its_own_words(project: Path) -> None:
    stand_in(project, "sudo", "shift; case $1 in true) ;; *) apt-get ;; esac")
    done = bootstrap(project)
    assert done.returncode == 1
    assert done.stderr.splitlines()[-1].startswith(
        "SETUP-03 Debian packages could not be installed; is the network there? apt says: E: Unable to locate package"
    )


@pytest.mark.parametrize("python", ["/bin/false", "/nonexistent/python3"])
def test_a_python_that_cannot_serve_is_refused_before_anything_is_installed(project: Path, python: str) -> None:
    done = bootstrap(project, PYTHON=python)
    assert done.returncode == 1
    (line,) = done.stderr.splitlines()
    assert line.startswith("SETUP-01 ")
    assert not (project / ".venv").exists()


def test_a_python_too_old_is_refused_by_name(project: Path) -> None:
    stand_in(project, "python-old", "case $1 in -V) echo Python 3.9.2 ;; esac")
    assert "(Python 3.9.2)" in bootstrap(project, PYTHON=str(project.parent / "bin" / "python-old")).stderr


def test_an_unreachable_index_is_one_line_and_leaves_nothing_that_looks_finished(project: Path) -> None:
    all_packages_installed(project)
    nowhere = {"PIP_INDEX_URL": "http://127.0.0.1:9/", "PIP_NO_CACHE_DIR": "1", "PIP_CONFIG_FILE": os.devnull}
    done = bootstrap(project, PYTHON=sys.executable, **nowhere)
    assert done.returncode == 1
    assert done.stderr.splitlines()[-1].startswith(
        "SETUP-04 Python packages could not be installed; is the network there? pip says: ERROR: "
    )
    assert not (project / ".venv" / "bootstrap.stamp").exists()


def test_an_unknown_option_shows_how_it_is_used(project: Path) -> None:
    done = bootstrap(project, "--frob")
    assert done.returncode == 2
    assert "script/bootstrap --dev" in done.stdout
