"""The locks say exactly what is installed, wherever it comes from, and the tests run on the product's own versions."""

import re
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement

ROOT = Path(__file__).resolve().parents[3]
LOCKS = ("requirements-build.lock", "requirements.lock", "requirements-dev.lock")


def entries(name: str) -> dict[str, tuple[str, frozenset[str]]]:
    """Give version and hashes of each package that a lock names."""
    text = (ROOT / "script" / name).read_text(encoding="utf-8").replace("\\\n", " ")
    found = {}
    for line in text.splitlines():
        package, version = re.match(r"([a-z0-9-]+)(?:\[[a-z,]+\])?==([^ ;]+)", line).groups()  # type: ignore[union-attr]  # a line of another shape fails here
        found[package] = (version, frozenset(re.findall(r"--hash=(sha256:[0-9a-f]{64})\b", line)))
    return found


@pytest.mark.parametrize("name", LOCKS)
def test_every_package_is_pinned_by_version_and_hash(name: str) -> None:
    assert entries(name)
    assert [package for package, (_, hashes) in entries(name).items() if not hashes] == []


@pytest.mark.parametrize("name", LOCKS)
def test_no_lock_names_where_packages_come_from(name: str) -> None:
    text = (ROOT / "script" / name).read_text(encoding="utf-8")
    assert re.findall(r"://|--index|--extra|--find-links|--trusted|@ ", text) == []


def test_tests_run_on_the_versions_of_the_product() -> None:
    product, development = entries("requirements.lock"), entries("requirements-dev.lock")
    assert {package: development.get(package) for package in product} == product


def test_the_locks_are_of_the_requirements_that_the_project_states() -> None:
    stated = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    for lines, name in (
        (stated["project"]["dependencies"], "requirements.lock"),
        (stated["dependency-groups"]["dev"], "requirements-dev.lock"),
        (stated["dependency-groups"]["build"], "requirements-build.lock"),
    ):
        locked = entries(name)
        for requirement in map(Requirement, lines):
            package = re.sub(r"[-_.]+", "-", requirement.name).lower()
            assert package in locked, f"{name} lacks {package}: script/lock"
            assert locked[package][0] in requirement.specifier, f"{package}: script/lock"
