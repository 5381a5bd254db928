"""What the JPKI dialogue needs of whatever carries its commands: one exchange, and two ways to be let down."""

from typing import Protocol


class CardLost(Exception):
    """The card left the field, was reset, or stopped answering: its selection and PIN state are gone."""


class ReaderAway(Exception):
    """The reader or the PC/SC service went away under the dialogue."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code
        """Stable code of `ReaderUnavailable`."""


class Transport(Protocol):
    """A powered card, used by one dialogue at a time."""

    def transmit(self, command: bytes | bytearray) -> tuple[bytes, int]:
        """Send one short command APDU and give the answer's data and its status word, SW1 SW2 as one number.

        Does not interpret the status word and never repeats a command. Keeps no copy of the command that it can
        avoid, since it may hold a PIN. Raises CardLost, or ReaderAway.
        """
        ...
