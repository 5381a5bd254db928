"""`python -m printers.virtual.escpos`: a virtual slip printer as a process of its own.

Faults are ordered at the start or, line by line, on standard input: a name, `name:number`, or `mend`.
"""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from printers.slip import Width
from printers.virtual.escpos.device import VirtualPrinter
from printers.virtual.escpos.faults import Fault, parse_fault
from printers.virtual.escpos.serving import PtyCable, TcpCable


def _fault(text: str) -> Fault:
    try:
        return parse_fault(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(str(error)) from error


def main(arguments: Sequence[str]) -> int:
    """Serve until standard input ends."""
    parser = argparse.ArgumentParser(prog="python -m printers.virtual.escpos", description=__doc__)
    place = parser.add_mutually_exclusive_group(required=True)
    place.add_argument("--pty", type=Path, metavar="LINK", help="a pseudo terminal, found under this name")
    place.add_argument("--tcp", type=int, metavar="PORT", help="a port of this machine; 0 takes a free one")
    parser.add_argument("--folder", type=Path, required=True, help="where cut slips are written as pictures")
    parser.add_argument("--width", type=int, default=int(Width.MM80), choices=[int(each) for each in Width])
    parser.add_argument("--fault", type=_fault, action="append", default=[], metavar="NAME[:NUMBER]")
    options = parser.parse_args(arguments)
    printer = VirtualPrinter(options.width, options.folder)
    for fault in options.fault:
        printer.order(fault)
    try:
        cable = PtyCable(printer, options.pty) if options.pty else TcpCable(printer, options.tcp)
    except OSError as error:
        print(f"no place to listen: {error.strerror}", file=sys.stderr)
        return 1
    where = options.pty if isinstance(cable, PtyCable) else f"127.0.0.1:{cable.port}"
    cable.start()
    print(
        f"見本 SPECIMEN: virtual slip printer on {where}, {options.width} dots, slips in {options.folder}", flush=True
    )
    try:
        for line in sys.stdin:
            _obey(printer, line.strip())
    except KeyboardInterrupt:
        pass
    finally:
        cable.stop()
    for complaint in printer.complaints:
        print(f"not understood: {complaint}", file=sys.stderr)
    return 1 if printer.complaints else 0


def _obey(printer: VirtualPrinter, order: str) -> None:
    if order == "mend":
        printer.mend()
    elif order:
        try:
            printer.order(parse_fault(order))
        except ValueError as error:
            print(error, file=sys.stderr)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
