"""Importing a module defines names and does nothing else: no environment, clock, file, thread, socket or program."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

from tests.architecture.arrows import SANDBOX, inside
from tests.architecture.import_time import effects
from tests.architecture.tree import ROOT, modules

PROBE = Path(__file__).with_name("import_probe.py")
RUN_BY_ALEMBIC = "issuing_center.migrations.env"
"""Alembic runs this file as a script inside a migration; nobody imports it."""


def probe(root: Path, names: list[str]) -> list[str]:
    done = subprocess.run(
        [sys.executable, "-W", "error", str(PROBE), str(root), *names],
        capture_output=True,
        text=True,
        check=False,
        timeout=100,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.splitlines()


def test_no_module_asks_the_system_for_anything_while_it_is_imported() -> None:
    names = [module.name for module in modules(ROOT) if module.name != RUN_BY_ALEMBIC]
    pretend = [name for name in names if inside(name, SANDBOX)]
    assert probe(ROOT, [name for name in names if name not in pretend]) == []
    assert probe(ROOT, pretend) == []


def test_no_module_reads_clock_environment_or_files_at_its_top_level() -> None:
    found = [
        f"{module.name} {line}"
        for module in modules(ROOT)
        if module.name != RUN_BY_ALEMBIC
        for line in effects(module.tree)
    ]
    assert found == []


@pytest.mark.parametrize(
    "text",
    [
        "import threading\nthreading.Thread(target=print).start()",
        "from pathlib import Path\nPath(__file__).with_name('x').write_text('')",
        "from pathlib import Path\nTEXT = Path('/etc/hostname').read_text()",
        "import tempfile\nSPOOL = tempfile.mkdtemp()",
        "import socket\nS = socket.socket()",
        "import subprocess\nsubprocess.run(['true'])",
        "import sqlite3\nsqlite3.connect(':memory:').close()",
    ],
)
def test_a_planted_effect_is_seen_at_run_time(tmp_path: Path, text: str) -> None:
    (tmp_path / "printers").mkdir()
    (tmp_path / "printers" / "__init__.py").write_text("")
    (tmp_path / "printers" / "eager.py").write_text(text)
    assert any("eager.py" in line for line in probe(tmp_path, ["printers.eager"]))


@pytest.mark.parametrize(
    "text",
    [
        "import os\nDEBUG = os.environ.get('DEBUG')",
        "from os import environ\nDEBUG = environ['DEBUG']",
        "from datetime import datetime\nSTARTED = datetime.now()",
        "def late(folder=Path.home()): ...",
        "class Settings:\n    folder = Path('x').read_text()",
        "@register(os.getenv('MODE'))\ndef late(): ...",
        "if True:\n    for name in sys.argv: ...",
    ],
)
def test_a_planted_effect_is_seen_by_reading(text: str) -> None:
    assert len(list(effects(ast.parse(text)))) == 1


@pytest.mark.parametrize(
    "text",
    [
        "def late():\n    return os.environ['HOME']",
        "WHEN = lambda: datetime.now()",
        "if __name__ == '__main__':\n    raise SystemExit(main(sys.argv))",
    ],
)
def test_what_runs_later_is_let_through(text: str) -> None:
    assert list(effects(ast.parse(text))) == []
