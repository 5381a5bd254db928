"""Rooms know only what the design lets them know, and the judge of that is itself judged by planted defects."""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.architecture.arrows import SANDBOX, SANDBOX_DOOR, inside, violations
from tests.architecture.tree import ROOT, ComputedImportError, imports, modules


def plant(root: Path, sources: dict[str, str]) -> Path:
    for name, text in sources.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return root


def test_every_import_follows_the_arrows_of_the_design() -> None:
    assert list(violations(imports(ROOT))) == []


def test_the_tree_that_is_judged_is_the_product() -> None:
    assert {"kiosk.domain.hours", "kiosk.ports.card", "issuing_center.wire"} <= {
        module.name for module in modules(ROOT)
    }


def test_the_sandbox_is_imported_by_the_command_line_alone() -> None:
    importers = {arrow.importer for arrow in imports(ROOT) if inside(arrow.target, SANDBOX)}
    assert {name for name in importers if not inside(name, SANDBOX)} <= {SANDBOX_DOOR}


def test_a_service_without_the_sandbox_never_loads_it() -> None:
    code = f"import sys, {SANDBOX_DOOR}; print(*(name for name in sys.modules if name.startswith({SANDBOX!r})))"
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True, timeout=60
    )
    assert done.stdout.strip() == ""


@pytest.mark.parametrize(
    ("file", "text"),
    [
        ("kiosk/domain/fees.py", "import msgspec"),
        ("kiosk/domain/fees.py", "from kiosk.ports import clock"),
        ("kiosk/domain/fees.py", "import random"),
        ("kiosk/ports/card.py", "from kiosk.adapters.card import pcsc"),
        ("kiosk/flow/advance.py", "import time"),
        ("kiosk/flow/advance.py", "from pathlib import Path"),
        ("kiosk/flow/advance.py", "def late():\n    from PySide6 import QtCore"),
        ("kiosk/flow/advance.py", "from issuing_center import wire"),
        ("kiosk/adapters/card/pcsc.py", "from kiosk.flow import states"),
        ("kiosk/adapters/card/pcsc.py", "from kiosk.adapters.journal import sqlite"),
        ("kiosk/adapters/card/pcsc.py", "from ..journal import sqlite"),
        ("kiosk/adapters/card/pcsc.py", "import sqlalchemy"),
        ("kiosk/adapters/center/https.py", "from issuing_center import web"),
        ("kiosk/adapters/center/https.py", "import issuing_center"),
        ("kiosk/adapters/journal/sqlite.py", "import httpx2"),
        ("kiosk/ui/window.py", "from kiosk.flow import advance"),
        ("kiosk/ui/window.py", "import kiosk.adapters.card.pcsc"),
        ("kiosk/runner.py", "from issuing_center.trust import verifier"),
        ("kiosk/wiring.py", "def late():\n    import importlib\n    importlib.import_module('issuing_center.sandbox')"),
        ("printers/ipp.py", "from kiosk.ports import printer"),
        ("printers/ipp.py", "from issuing_center import wire"),
        ("issuing_center/web.py", "def late():\n    from kiosk.domain import hours"),
        ("issuing_center/web.py", "from issuing_center import sandbox"),
        ("issuing_center/web.py", "from . import sandbox"),
        ("issuing_center/web.py", "import uvicorn"),
        ("issuing_center/issuance.py", "import werkzeug"),
        ("issuing_center/paper/front.py", "import socket"),
        ("issuing_center/enquiry/compare.py", "from issuing_center.register import records"),
        ("issuing_center/visits/store.py", "from issuing_center.register.sql import SqlRegister"),
        ("issuing_center/wire.py", "from issuing_center import visits"),
        ("issuing_center/__main__.py", "import kiosk.headless"),
        ("issuing_center/sandbox/cards.py", "from kiosk.adapters.card import virtual_card"),
        ("kiosk/headless.py", "from tests.support import cards"),
    ],
)
def test_a_planted_arrow_is_found(tmp_path: Path, file: str, text: str) -> None:
    packages = {
        "issuing_center/sandbox/__init__.py": "",
        "issuing_center/visits/__init__.py": "",
        "issuing_center/web.py": "",
        "kiosk/adapters/journal/__init__.py": "",
    }
    assert len(list(violations(imports(plant(tmp_path, {**packages, file: text}))))) == 1


@pytest.mark.parametrize(
    ("file", "text"),
    [
        ("kiosk/adapters/center/https.py", "import httpx2\nfrom issuing_center import wire\nfrom printers import jobs"),
        ("kiosk/adapters/card/pcsc.py", "import smartcard.scard\nfrom . import apdu\nfrom kiosk.ports import card"),
        ("kiosk/ui/window.py", "from PySide6 import QtWidgets\nfrom kiosk.flow.screen_model import Button"),
        ("issuing_center/__main__.py", "def serve():\n    from issuing_center import sandbox"),
    ],
)
def test_an_arrow_of_the_design_is_let_through(tmp_path: Path, file: str, text: str) -> None:
    packages = {"issuing_center/wire.py": "", "issuing_center/sandbox/__init__.py": "", "printers/jobs.py": ""}
    assert list(violations(imports(plant(tmp_path, {**packages, file: text})))) == []


def test_an_import_by_a_computed_name_is_refused(tmp_path: Path) -> None:
    root = plant(tmp_path, {"kiosk/wiring.py": "import importlib\nimportlib.import_module('issuing_' + 'center')"})
    with pytest.raises(ComputedImportError):
        imports(root)
