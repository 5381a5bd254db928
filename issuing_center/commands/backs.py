"""`backs`: what an operator needs for the backs of sheets: master keys, and the adjustment sheet of an engine."""

import argparse
import os
import secrets
import sys
from datetime import UTC, datetime
from pathlib import Path

from issuing_center.commands.books import DEFAULT_DATA
from issuing_center.commands.verify import KEYS_FILE


def add_parser(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the command."""
    backs = subparsers.add_parser("backs", help="keys and adjustment of the anti-forgery back")
    acts = backs.add_subparsers(required=True, metavar="ACT")
    rotate = acts.add_parser(
        "rotate-keys", help="add a master key that draws from now on; drop those whose time is over"
    )
    rotate.add_argument("--data", type=Path, default=DEFAULT_DATA, metavar="DIR", help="data folder of the center")
    rotate.set_defaults(command=_rotate)
    sheet = acts.add_parser("adjustment-sheet", help="write the sheet from which an engine's ground pattern is chosen")
    sheet.add_argument("file", type=Path, metavar="FILE.pdf")
    sheet.add_argument("--dpi", type=int, choices=(300, 600), default=600, help="dots of the engine")
    sheet.set_defaults(command=_adjustment_sheet)


def _rotate(options: argparse.Namespace) -> int:
    from issuing_center.backs.keys import KeyRing, KeysUnusableError, load_keys, new_key, written

    file: Path = options.data / KEYS_FILE
    now = datetime.now(UTC)
    try:
        kept = load_keys(file).kept(now) if file.exists() else ()
    except KeysUnusableError as error:
        print(f"SCRAMBLE-01: {error}", file=sys.stderr)
        return 2
    added = new_key(now, secrets.token_bytes)
    ring = KeyRing((*kept, added))
    file.parent.mkdir(parents=True, exist_ok=True)
    # Whole or not at all, and never readable by others, not even for a moment.
    fresh = file.with_name(f"{file.name}.{secrets.token_hex(8)}")
    with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as target:
        target.write("\n".join(written(key) for key in ring.kept(now)))
        target.flush()
        os.fsync(target.fileno())
    fresh.replace(file)
    print(f"{added.key_id} draws until {added.draws_until:%Y-%m-%d}, reads until {added.reads_until:%Y-%m-%d}")
    return 0


def _adjustment_sheet(options: argparse.Namespace) -> int:
    from issuing_center.backs.screens import COARSE, PLAIN
    from issuing_center.paper.back.drawing import adjustment_pdf
    from issuing_center.paper.fonts import shared_fonts

    options.file.write_bytes(adjustment_pdf(PLAIN if options.dpi == 600 else COARSE, shared_fonts()))
    print("print at full size, without toner saving; take the field whose word cannot be seen")
    return 0
