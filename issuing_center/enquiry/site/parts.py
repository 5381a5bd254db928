"""How the site and its confined processes talk: one head, then numbered pieces of known length. Believed by neither side."""

import struct
from collections.abc import Sequence
from typing import Final

_MOST: Final = 64
"""Pieces in one message."""


class MalformedPartsError(ValueError):
    """The bytes are no message of this form."""


def pack(head: bytes, pieces: Sequence[bytes | memoryview]) -> bytes:
    """Write a message."""
    sizes = [len(head), *(len(piece) for piece in pieces)]
    return b"".join((struct.pack(f">I{len(sizes)}Q", len(sizes), *sizes), head, *pieces))


def unpack(content: bytes) -> tuple[bytes, list[memoryview]]:
    """Read a message: head and pieces. Raises MalformedPartsError."""
    view = memoryview(content)
    if len(view) < 4:
        raise MalformedPartsError
    (count,) = struct.unpack_from(">I", view)
    start = 4 + 8 * count
    if not 1 <= count <= _MOST + 1 or len(view) < start:
        raise MalformedPartsError
    sizes = struct.unpack_from(f">{count}Q", view, 4)
    if start + sum(sizes) != len(view):
        raise MalformedPartsError
    pieces = []
    for size in sizes:
        pieces.append(view[start : start + size])
        start += size
    return bytes(pieces[0]), pieces[1:]
