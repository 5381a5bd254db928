"""The bytes we send. Few, so that old and cheap printers know them all.

Real-time commands work wherever their bytes stand, inside a picture too: 10 04 02 in somebody's strokes would ask for a
status, 10 14 01 .. would open the cash drawer. Pictures are therefore sent without such pairs (`harmless`).
Source: Epson's ESC/POS reference.
"""

import re
from collections.abc import Iterator
from enum import Enum

from PIL import Image, ImageChops

BAND_ROWS = 48
"""Rows of a picture sent at once: 3.4 kB of 576 dots, below the smallest receive buffer in use (4 kB)."""

INITIALISE = b"\x1b@"
CUT = b"\x1dVB\0"
"""Feed to the cutter and cut (GS V 66 0), whatever the distance from head to cutter is."""
CLEAR = b"\x10\x14\x08\x01\x03\x14\x01\x06\x02\x08"
"""Real-time: throw away what is not printed yet. Without it a printer goes on when somebody puts paper in, an hour later."""
KICK_DRAWER = b"\x1bp\0\x32\x32"
"""Pulse of 100 ms on pin 2 of the drawer plug."""

_ALIVE = re.compile(rb"\x10(?=[\x04\x05\x14])")


class Marks(Enum):
    """How a printer tells that it has carried out what came before."""

    PROCESS_ID = "process-id"
    """GS ( H: the answer carries our number. The better way, known by printers since about 2010."""
    IN_ORDER = "in-order"
    """GS r 1: the answer comes in its turn, without a number."""


def mark(marks: Marks, number: int) -> bytes:
    """Ask to be told when everything before it is carried out."""
    match marks:
        case Marks.PROCESS_ID:
            return b"\x1d(H\x06\0\x30\x30%04d" % (number % 10_000)
        case Marks.IN_ORDER:
            return b"\x1dr1"


def harmless(raster: bytes) -> bytes:
    """Give the same dots without a pair of bytes that begins a real-time command: one dot beside another is added."""
    return _ALIVE.sub(b"\x18", raster)


def bands(picture: Image.Image) -> Iterator[bytes]:
    """Cut a picture of mode "1" (0 black) into GS v 0 commands."""
    # By way of grey: Pillow keeps white of mode "1" as 1 or 255, and the inverse of 1 would be white again.
    ink = ImageChops.invert(picture.convert("L")).convert("1", dither=Image.Dither.NONE)
    width, height = picture.size
    for top in range(0, height, BAND_ROWS):
        rows = min(BAND_ROWS, height - top)
        raster = ink.crop((0, top, width, top + rows)).tobytes()
        header = b"\x1dv0\0" + ((width + 7) // 8).to_bytes(2, "little") + rows.to_bytes(2, "little")
        yield header + harmless(raster)
