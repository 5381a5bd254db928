"""The command `python -m kiosk register`: one application for 利用登録, or where one stands, without a screen."""

import argparse
import json
import tempfile
from pathlib import Path

from kiosk.adapters.payment.scripted import ScriptedCashier
from kiosk.domain.certificates import MunicipalityCode
from kiosk.flow.screen_model import Language
from kiosk.flow.settings import FlowSettings
from kiosk.headless_apply import ApplicationWishes, run_application
from kiosk.sandbox_data import ensure_sandbox_data
from kiosk.settings import sandbox_access
from kiosk.visit_command import center_of, fail, laid_card
from kiosk.wiring import open_world
from printers.pdf_sink import PdfSink


def run(options: argparse.Namespace) -> int:
    """Make the visit and print the reception number or the state, or a code and one line why there is none."""
    ensure_sandbox_data(options.data)
    reader, hand = laid_card(options)
    lines = None if options.state else (options.honseki_address, options.hittosha, options.telephone)
    wishes = ApplicationWishes(
        municipality=MunicipalityCode(options.municipality),
        lines=lines,
        pin=options.pin,
        password=options.password or "",
        language=Language(options.language),
    )
    settings = FlowSettings(hours_enforced=options.at is not None)
    with center_of(options) as url, tempfile.TemporaryDirectory(prefix="kiosk-journal-") as folder:
        access = sandbox_access(options.data, url, "kiosk-0001")
        # Nothing is printed or paid; a machine without printer and till would not serve.
        cashier, paper = ScriptedCashier(pays_by_itself=True), PdfSink(Path(folder))
        with open_world(access, reader, cashier, paper, Path(folder) / "journal.db", options.at) as world:
            result, applicant = run_application(world, settings, wishes, hand)
    told = {} if applicant.state is None else {"state": applicant.state}
    if result.code is not None:
        return fail(options, result.code, told)
    if applicant.number is not None:
        told = {"reception_number": applicant.number}
    if options.json:
        print(json.dumps(told, ensure_ascii=False))
    else:
        print(*told.values(), sep="\n")
    return 0
