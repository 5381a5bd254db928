"""The one buffer that ever holds the password of the signature certificate.

The password goes from the keys on the screen into `PasswordBuffer`, from there into the chip, and nowhere else; it is in
no event, log line or exception.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from threading import Lock

MIN_PASSWORD_LENGTH = 6
MAX_PASSWORD_LENGTH = 16
"""Limits of the 署名用 password; the chip compares byte for byte, so small letters are never sent."""

ALLOWED_CHARACTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"


class PasswordBuffer:
    """6 to 16 characters, typed on the screen and taken once by the card adapter.

    Thread-safe: the screen's thread fills it, the card adapter takes it on a worker.
    """

    def __init__(self) -> None:
        self._characters = bytearray(MAX_PASSWORD_LENGTH)
        self._typed = 0
        self._lock = Lock()

    def __len__(self) -> int:
        return self._typed

    def __repr__(self) -> str:
        return "PasswordBuffer()"

    @property
    def is_complete(self) -> bool:
        """Whether enough was typed to ask the chip."""
        return self._typed >= MIN_PASSWORD_LENGTH

    def push(self, character: str) -> int:
        """Append one of A-Z, 0-9 and give the count; a seventeenth is ignored, as pads do.

        Raises ValueError, without the character, for any other.
        """
        if len(character) != 1 or character not in ALLOWED_CHARACTERS:
            raise ValueError("a password character is A to Z or 0 to 9")
        with self._lock:
            if self._typed < MAX_PASSWORD_LENGTH:
                self._characters[self._typed] = ord(character)
                self._typed += 1
            return self._typed

    def erase_last(self) -> int:
        """Remove the character typed last and give the count."""
        with self._lock:
            if self._typed:
                self._typed -= 1
                self._characters[self._typed] = 0
            return self._typed

    def clear(self) -> None:
        """Overwrite every character."""
        with self._lock:
            self._wipe()

    @contextmanager
    def take(self) -> Iterator[bytearray]:
        """Lend the typed ASCII characters, no more and no less, for one VERIFY; everything is overwritten afterwards.

        Raises ValueError when fewer than six characters were typed.
        """
        with self._lock:
            if not self.is_complete:
                raise ValueError("the password is not complete")
            lent = bytearray(self._typed)
            try:
                for place in range(self._typed):
                    lent[place] = self._characters[place]
                yield lent
            finally:
                for place in range(len(lent)):
                    lent[place] = 0
                self._wipe()

    def _wipe(self) -> None:
        for place in range(MAX_PASSWORD_LENGTH):
            self._characters[place] = 0
        self._typed = 0
