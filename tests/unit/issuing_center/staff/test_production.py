"""A production process has no way in without a certificate."""

import subprocess
import sys

SITE = """
from issuing_center.deployment import Mode, SandboxForbiddenError, declare
from issuing_center.staff.app import Site
from issuing_center.staff.identity import Tokens
declare(Mode.PRODUCTION)
class Door: pass
Site(None, Tokens(b""))
for way in (lambda: Site(None, Tokens(b""), Door()), lambda: __import__("issuing_center.sandbox.clerks")):
    try:
        way()
    except SandboxForbiddenError:
        continue
    raise SystemExit(1)
"""


def test_a_production_process_makes_no_site_with_another_door() -> None:
    assert subprocess.run([sys.executable, "-c", SITE], check=False, capture_output=True).returncode == 0


def test_the_port_of_the_sandbox_is_no_setting_of_production() -> None:
    answer = subprocess.run(
        [sys.executable, "-m", "issuing_center", "serve", "--config", "x.toml", "--staff-port", "0"],
        check=False,
        capture_output=True,
        text=True,
    )
    assert answer.returncode == 1
    assert "CONFIG-01" in answer.stderr
