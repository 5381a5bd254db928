"""A virtual IPP printer as a process: python -m printers.virtual.ipp --port 8631 --folder tray."""

import argparse
import sys
from pathlib import Path
from threading import Event

from printers.virtual.ipp.engine import JPEG, PDF, RASTER, Model
from printers.virtual.ipp.faults import Fault
from printers.virtual.ipp.server import VirtualIppPrinter


def main() -> int:
    """Run until it is interrupted."""
    parser = argparse.ArgumentParser(
        prog="python -m printers.virtual.ipp", description="A strict virtual IPP printer on loopback."
    )
    parser.add_argument("--port", type=int, default=8631, help="0 takes any free one")
    parser.add_argument("--folder", type=Path, help="where documents of completed jobs go; else nothing is kept")
    parser.add_argument("--formats", choices=("pdf", "raster", "both", "all"), default="both")
    parser.add_argument("--one-sided", action="store_true", help="without a duplex unit")
    parser.add_argument("--sheet-seconds", type=float, default=0.5, metavar="S", help="time a sheet takes")
    parser.add_argument(
        "--fault", choices=[fault.name.lower().replace("_", "-") for fault in Fault], help="what goes wrong"
    )
    parser.add_argument("--after-sheets", type=int, default=0, metavar="N", help="when it does")
    given = parser.parse_args()
    formats = {"pdf": (PDF,), "raster": (RASTER,), "both": (PDF, RASTER), "all": (PDF, RASTER, JPEG)}[given.formats]
    model = Model(formats=formats, two_sided=not given.one_sided, sheet_s=given.sheet_seconds)
    try:
        printer = VirtualIppPrinter(model, port=given.port, folder=given.folder)
    except OSError as error:
        print(f"port {given.port} cannot be opened: {error.strerror}", file=sys.stderr)
        return 1
    with printer:
        if given.fault is not None:
            printer.befall(Fault[given.fault.upper().replace("-", "_")], given.after_sheets)
        print(printer.uri, flush=True)
        try:
            Event().wait()
        except KeyboardInterrupt:
            return 0
    return 0


if __name__ == "__main__":
    sys.exit(main())
