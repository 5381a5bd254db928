"""A slip printer at the far end of a real pseudo terminal and of a real TCP connection, with our adapter at the near end."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from threading import Thread

import pytest
from PIL import Image

from kiosk.adapters.slips.escpos import EscposSlips
from kiosk.ports.slips import SlipContent
from printers.escpos.commands import CLEAR, CUT, INITIALISE, Marks, bands, mark
from printers.escpos.drawing import draw
from printers.escpos.line import NetworkPlace, Place, SerialPlace, open_line
from printers.escpos.printer import EscposPrinter, Limits
from printers.slip import Width
from printers.virtual.escpos.device import VirtualPrinter
from printers.virtual.escpos.faults import FaultKind, parse_fault
from printers.virtual.escpos.serving import PtyCable, TcpCable
from tests.support.slips import composer, lettering

PATIENT = Limits(answer_s=5.0, write_s=5.0, poll_s=0.05, band_s=10.0)
HASTY = Limits(answer_s=0.2, write_s=1.0, poll_s=0.05, band_s=1.0)
"""Where no answer is expected to come."""
BEFORE = len(CLEAR) + 12
"""Bytes before the first slip: throw away what is left of old, and four questions."""


@dataclass(frozen=True)
class Desk:
    device: VirtualPrinter
    place: Place
    printers: list[EscposPrinter] = field(default_factory=list)

    def printer(self, limits: Limits = PATIENT, marks: Marks = Marks.PROCESS_ID) -> EscposPrinter:
        printer = EscposPrinter(lambda: open_line(self.place, 2.0), lettering(), Width.MM80, marks, limits)
        self.printers.append(printer)
        return printer

    def slips(self, limits: Limits = PATIENT, marks: Marks = Marks.PROCESS_ID) -> EscposSlips:
        return EscposSlips(self.printer(limits, marks), composer())

    def order(self, fault: str) -> None:
        self.device.order(parse_fault(fault))

    def order_when(self, fault: str, condition: Callable[[], bool]) -> Thread:
        """Order a fault as soon as something is so; join the thread afterwards."""

        def wait() -> None:
            assert self.device.wait_until(condition)
            self.order(fault)

        thread = Thread(target=wait)
        thread.start()
        return thread

    def settled(self) -> None:
        """Wait until the device has done all it was told."""
        assert self.device.wait_until(lambda: self.device.idle)

    def pieces(self) -> list[Image.Image]:
        """Give what was cut off, without the empty piece that the first slip of a process is cut off from."""
        self.settled()
        return [piece for piece in self.device.roll.pieces if piece.getextrema() != (255, 255)]


def picture_of(content: SlipContent) -> Image.Image:
    picture = draw(composer().slip(content), Width.MM80, lettering())
    assert isinstance(picture, Image.Image)
    return picture


def bytes_of(content: SlipContent) -> int:
    """Count what goes out for the first slip."""
    parts = [INITIALISE + CUT, *bands(picture_of(content)), CUT]
    return BEFORE + sum(len(part) + len(mark(Marks.PROCESS_ID, 0)) for part in parts)


@pytest.fixture(params=["tcp", "pty"])
def desk(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Desk]:
    device = VirtualPrinter(Width.MM80)
    cable: TcpCable | PtyCable
    place: Place
    if request.param == "tcp":
        cable = TcpCable(device)
        place = NetworkPlace("127.0.0.1", cable.port)
    else:
        cable = PtyCable(device, tmp_path / "printer")
        place = SerialPlace(str(cable.link))
    cable.start()
    made = Desk(device, place)
    yield made
    for printer in made.printers:
        printer.close()
    cable.stop()
    if FaultKind.DROPS_BYTES not in device.faults:
        assert device.complaints == []
