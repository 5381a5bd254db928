"""CRL files that somebody else keeps fresh: taken into use at the start, and again whenever a file was replaced.

Looked at only when a list is needed, which is when the responder cannot be reached. Fetches nothing and judges nothing:
the shelf does.
"""

from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from threading import Lock

from issuing_center import eventlog
from issuing_center.trust import CrlRefused, CrlShelf, Generation, ListedStatus

_Version = tuple[int, int]


class CrlFiles:
    """A shelf that follows its files. Implements RevocationLists; thread-safe."""

    def __init__(self, shelf: CrlShelf, files: tuple[Path, ...], now: Callable[[], datetime]) -> None:
        """Import every file that is there; a list that is refused is logged and leaves its generation without one."""
        self._shelf = shelf
        self._files = files
        self._imported: dict[Path, _Version] = {}
        self._lock = Lock()
        self._follow(now())

    def look_up(self, serial: int, issuer: Generation, now: datetime) -> ListedStatus | None:
        """Look a serial number up in the newest lists; None when none of this generation is fresh at `now`."""
        self._follow(now)
        return self._shelf.look_up(serial, issuer, now)

    def _follow(self, now: datetime) -> None:
        with self._lock:
            for file in self._files:
                try:
                    status = file.stat()
                    version = status.st_mtime_ns, status.st_ino
                    if self._imported.get(file) == version:
                        continue
                    taken = self._shelf.import_crl(file.read_bytes(), now)
                except OSError as error:
                    eventlog.write(eventlog.CrlRefused(file.name, type(error).__name__))
                    continue
                self._imported[file] = version
                if isinstance(taken, CrlRefused):
                    eventlog.write(eventlog.CrlRefused(file.name, taken.fault.value))
