"""`python -m kiosk.adapters.payment.cctalk_sim --pty LINK`: a coin and note machine on a pseudo terminal, as a process of its own.

Each line on standard input is a piece to put in (100), a fault by name (coin_jam), or `look`, which prints what lies where.
"""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path
from threading import Event, Thread

from kiosk.adapters.payment.cctalk_sim.machine import HOPPERS, MachineFault, SimMachine
from kiosk.adapters.payment.cctalk_sim.wire import pty_bus
from kiosk.ports.cash import Denomination, worth

_EVERY_S = 0.05


def main(arguments: Sequence[str]) -> int:
    """Serve until standard input ends."""
    parser = argparse.ArgumentParser(prog="python -m kiosk.adapters.payment.cctalk_sim", description=__doc__)
    parser.add_argument("--pty", type=Path, required=True, metavar="LINK", help="where the serial port is to be found")
    parser.add_argument("--coins", type=int, default=40, metavar="N", help="coins in each hopper")
    parser.add_argument(
        "--pays",
        type=int,
        choices=[int(money) for money in Denomination],
        help="this piece is put in whenever it is taken",
    )
    options = parser.parse_args(arguments)
    machine = SimMachine(dict.fromkeys(HOPPERS, options.coins))
    ended = Event()
    with pty_bus(machine.wire) as port:
        options.pty.unlink(missing_ok=True)
        options.pty.symlink_to(port)
        hand = Thread(target=_pay, args=(machine, options.pays, ended), name="paying-hand", daemon=True)
        hand.start()
        print(f"見本 SPECIMEN: coin machine on {options.pty}, {options.coins} coins in each hopper", flush=True)
        try:
            for line in sys.stdin:
                print(_obeyed(machine, line.strip()), flush=True)
        except KeyboardInterrupt:
            pass
        finally:
            ended.set()
            hand.join()
            options.pty.unlink(missing_ok=True)
    return 0


def _pay(machine: SimMachine, yen: int | None, ended: Event) -> None:
    while yen is not None and not ended.wait(_EVERY_S):
        machine.insert(Denomination(yen))  # falls through while the slot is shut


def _obeyed(machine: SimMachine, order: str) -> str:
    if order == "look":
        places = {place: worth(counts) for place, counts in machine.inside().items()}
        return f"{places} given {worth(machine.given)} tray {worth(machine.tray())}"
    if order.isdigit() and int(order) in set(Denomination):
        return "taken" if machine.insert(Denomination(int(order))) else "not taken"
    if order in {fault.value for fault in MachineFault}:
        machine.fault(MachineFault(order))
        return "done"
    return f"no such order; faults: {', '.join(fault.value for fault in MachineFault)}"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
