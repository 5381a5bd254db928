"""The sandbox cannot be loaded by a process that was not declared one. Each case is a process of its own."""

import subprocess
import sys
from pathlib import Path
from pkgutil import iter_modules

import pytest

import issuing_center.sandbox
from issuing_center.deployment import AlreadyDeclaredError, Mode, current_mode, declare

ROOT = Path(__file__).resolve().parents[4]
MODULES = ["issuing_center.sandbox"] + [
    f"issuing_center.sandbox.{each.name}"
    for each in iter_modules(issuing_center.sandbox.__path__)
    if each.name != "register"
]


def _run(program: str, *options: str) -> str:
    """Run a program in a new interpreter; gives what it printed."""
    command = [sys.executable, *options, "-c", program]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=60, check=True).stdout


def test_no_module_of_the_sandbox_can_be_imported_without_the_declaration() -> None:
    program = f"""
from importlib import import_module
from issuing_center.deployment import SandboxForbiddenError
for each in {MODULES!r} * 2:  # the second try must not find what the first left behind
    try:
        import_module(each)
    except SandboxForbiddenError:
        print("forbidden")
"""
    assert _run(program).split() == ["forbidden"] * len(MODULES) * 2


@pytest.mark.parametrize("options", [(), ("-O",), ("-OO",)], ids=["plain", "O", "OO"])
def test_production_forbids_it_also_where_assertions_are_off(options: tuple[str, ...]) -> None:
    program = """
from issuing_center.deployment import Mode, SandboxForbiddenError, declare
declare(Mode.PRODUCTION)
try:
    import issuing_center.sandbox.jpki
except SandboxForbiddenError as error:
    print(error)
"""
    assert _run(program, *options) == "issuing_center.sandbox exists in a process declared as sandbox only\n"


def test_a_process_that_once_counted_as_production_cannot_become_a_sandbox() -> None:
    program = """
from issuing_center.deployment import AlreadyDeclaredError, Mode, SandboxForbiddenError, declare
try:
    import issuing_center.sandbox
except SandboxForbiddenError:
    print("forbidden")
try:
    declare(Mode.SANDBOX)
except AlreadyDeclaredError:
    print("too late")
"""
    assert _run(program).split("\n")[:2] == ["forbidden", "too late"]


def test_a_declared_sandbox_may_import_it() -> None:
    program = """
from issuing_center.deployment import Mode, declare
declare(Mode.SANDBOX)
import issuing_center.sandbox.ocsp
print("there")
"""
    assert _run(program) == "there\n"


def test_declaring_twice_is_harmless_and_otherwise_is_refused() -> None:
    declare(Mode.SANDBOX)
    with pytest.raises(AlreadyDeclaredError):
        declare(Mode.PRODUCTION)
    assert current_mode() is Mode.SANDBOX


def test_the_other_rooms_of_the_center_do_not_load_it_by_themselves() -> None:
    program = """
import sys
import issuing_center.trust, issuing_center.deployment
print([each for each in sys.modules if each.startswith("issuing_center.sandbox")])
"""
    assert _run(program) == "[]\n"
