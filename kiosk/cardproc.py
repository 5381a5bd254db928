"""The command `python -m kiosk card`: a virtual card as a process of its own, in a reader that vpcd pretends.

Works on the sandbox's personas only and announces itself; a kiosk in service does not start it. Errors are one line
each on standard error, opening with a code that never changes: CARD-11 no such card, CARD-12 no vpcd reader there,
CARD-13 the slot is taken, CARD-14 the reader is gone, CARD-15 no sandbox data.
"""

import json
import re
import signal
import sys
from pathlib import Path
from types import FrameType

from kiosk.adapters.card.card_faults import parse_fault
from kiosk.adapters.card.card_file import CardFileError, read_card_files
from kiosk.adapters.card.virtual_card import VirtualCard
from kiosk.adapters.card.vpcd import DEFAULT_PORT, Ended, VpcdLink
from kiosk.sandbox_data import DEFAULT_DATA, SandboxUnavailableError, cards_folder, ensure_sandbox_data

DEFAULT_HOST = "127.0.0.1"
PERSONA = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")


def run_card(
    persona: str,
    host: str = DEFAULT_HOST,
    port: int = DEFAULT_PORT,
    data: Path = DEFAULT_DATA,
    fault: str | None = None,
) -> int:
    """Insert a persona's card into a vpcd slot and answer for it until SIGTERM, SIGINT, or the reader is gone.

    Prints one line when the reader has taken notice of the card. `fault` is an order as `parse_fault` reads it. Gives
    the exit status: 0 after a signal or an ordered pull, 1 with a line on standard error. Raises ValueError for a fault
    that does not exist. Call it on the main thread, for the signals.
    """
    try:
        ensure_sandbox_data(data)
        card = load_persona(data, persona, fault)
    except SandboxUnavailableError as error:
        return _fail("CARD-15", str(error))
    except CardFileError as error:
        return _fail("CARD-11", f"{error}; `python -m kiosk card --list` names the cards there are")
    try:
        link = VpcdLink.join(card, host, port)
    except OSError:
        return _fail("CARD-12", f"no vpcd reader listens on {host}:{port}; is pcscd running, with vpcd configured?")

    def take_out(_signal: int, _frame: FrameType | None) -> None:
        link.close()

    before = {number: signal.signal(number, take_out) for number in (signal.SIGTERM, signal.SIGINT)}
    try:
        if not link.wait_for_reader():
            link.close()
            return _fail("CARD-13", f"another card holds the slot on {host}:{port}")
        print(f"見本 SPECIMEN: virtual card {persona!r} lies in the vpcd reader on {host}:{port}", flush=True)
        ended = link.serve()
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
    if ended is Ended.READER_GONE:
        return _fail("CARD-14", "the reader closed the connection")
    return 0


def load_persona(data: Path, persona: str, fault: str | None = None) -> VirtualCard:
    """Take a persona's card out of the sandbox folder. Raises CardFileError for one that is not there."""
    if PERSONA.fullmatch(persona) is None:
        raise CardFileError("the name of a persona has small letters, digits and hyphens")
    return VirtualCard.from_file(
        cards_folder(data) / f"{persona}.json", fault=parse_fault(fault) if fault is not None else None
    )


def list_cards(data: Path = DEFAULT_DATA, *, as_json: bool = False) -> int:
    """Print the personas of the sandbox, as a table or as a JSON list; gives the exit status."""
    try:
        ensure_sandbox_data(data)
        files = read_card_files(cards_folder(data))
    except SandboxUnavailableError as error:
        return _fail("CARD-15", str(error))
    except CardFileError as error:
        return _fail("CARD-11", str(error))
    rows = [
        {
            "persona": file.persona,
            "title_ja": file.title_ja,
            "title_en": file.title_en,
            "kind": file.kind,
            "pin": file.auth.pin if file.auth is not None else None,
        }
        for file in files
    ]
    if as_json:
        print(json.dumps(rows, ensure_ascii=False, indent=2))
    else:
        for row in rows:
            print(f"{row['persona']:<12} {row['kind']:<8} {row['pin'] or '-':<5} {row['title_en']} / {row['title_ja']}")
    return 0


def _fail(code: str, sentence: str) -> int:
    print(f"{code} {sentence}", file=sys.stderr)
    return 1
