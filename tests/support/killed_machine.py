"""A machine as a process of its own that is there to be killed: it serves one visit after the other until then.

killed_machine.py DATA CENTER FOLDER    journal, till and tray lie in FOLDER; `open` is printed when the first visit begins,
                                        `served` after each that was served
"""

import sys
from itertools import count
from pathlib import Path

from kiosk.cardproc import load_persona
from kiosk.headless import FieldHand, run_visit
from tests.support.till import FileTill
from tests.support.town import FLOW, WISHES, Machine, Town


def main() -> None:
    """Serve until killed."""
    data, center, folder = Path(sys.argv[1]), sys.argv[2], Path(sys.argv[3])
    machine = Machine(Town(data, center), folder, money=FileTill(folder / "till"))
    with machine.started() as world:
        sys.stdout.write("open\n")
        sys.stdout.flush()
        for _ in count():
            result, _ = run_visit(world, FLOW, WISHES, FieldHand(machine.reader, load_persona(data, "hanako")))
            sys.stdout.write("served\n" if result.code is None else f"{result.code}\n")
            sys.stdout.flush()


main()
