"""A copy of a book that a running kiosk holds, to read in: the journal, the till book.

A kiosk locks its books for itself, so that two machines never share one. Who only reads takes the bytes: the file, then its
write-ahead log, which has every page that may be half written in the file, as long as it was not begun anew meanwhile.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

_LOG_HEAD_BYTES = 32
"""The head of the write-ahead log; its salts change when the log is begun anew (SQLite's file format, section 4.1)."""
_TRIES = 20


class BookMovesError(OSError):
    """The book was written to so fast that no copy agreed with itself."""


@contextmanager
def copied(path: Path) -> Iterator[Path]:
    """Give a copy that agrees with itself, kept as long as the block. Raises OSError, of which BookMovesError is one.

    Never to be called by the process that holds the book: closing any file of it would let go of its locks.
    """
    log = path.with_name(f"{path.name}-wal")
    with TemporaryDirectory(prefix="book-") as folder:
        copy = Path(folder) / path.name
        for _ in range(_TRIES):
            before = _read(log)[:_LOG_HEAD_BYTES]
            copy.write_bytes(path.read_bytes())
            after = _read(log)
            if after[:_LOG_HEAD_BYTES] == before == _read(log)[:_LOG_HEAD_BYTES]:
                copy.with_name(log.name).write_bytes(after)
                yield copy
                return
        raise BookMovesError


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except FileNotFoundError:
        return b""
