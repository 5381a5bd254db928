"""Questions and answers on the bus: the echo is checked, the answer is whole and from whom it was asked, or there is none.

`ask` repeats and is for what may be done twice; `order` sends once and is for what moves money. Refuses to know devices.
"""

from kiosk.adapters.payment.cctalk.frames import ACK, MASTER, Checksum, Frame, FrameError, decode, encode
from kiosk.adapters.payment.cctalk.line import Line, LineAway

ATTEMPTS = 3


class BusTrouble(Exception):
    """An exchange did not succeed."""


class NoAnswer(BusTrouble):
    """No valid answer came: the device may or may not have heard."""


class Refused(BusTrouble):
    """The device answered and did not do it."""


class Bus:
    """The master's side of one bus."""

    def __init__(self, line: Line, checksum: Checksum = Checksum.SIMPLE, *, echo: bool = True) -> None:
        """`echo`: whether the wire gives back what we send; some converters swallow it."""
        self._line = line
        self._checksum = checksum
        self._echo = echo

    def ask(self, address: int, header: int, data: bytes = b"", *, expect: int | None = None) -> bytes:
        """Ask, and ask again when no valid answer comes: only for what may be done twice.

        `expect` is the length of the answer's data, None for any. Raises NoAnswer, Refused.
        """
        for attempt in range(1, ATTEMPTS + 1):
            try:
                return self.order(address, header, data, expect=expect)
            except NoAnswer:
                if attempt == ATTEMPTS:
                    raise
        raise NoAnswer

    def order(self, address: int, header: int, data: bytes = b"", *, expect: int | None = None) -> bytes:
        """Send once. Raises NoAnswer when nobody can say whether it was heard, Refused when it was not done."""
        sent = encode(Frame(address, header, data), self._checksum)
        try:
            self._line.drop_input()
            self._line.write(sent)
            if self._echo and self._line.read(len(sent)) != sent:
                raise NoAnswer
            answer = self._answer()
        except (LineAway, FrameError) as error:
            raise NoAnswer from error
        foreign = self._checksum is Checksum.SIMPLE and answer.source != address
        if answer.destination != MASTER or foreign:
            raise NoAnswer
        if answer.header != ACK:
            raise Refused
        if expect is not None and len(answer.data) != expect:
            raise NoAnswer
        return answer.data

    def _answer(self) -> Frame:
        head = self._line.read(2)
        if len(head) < 2:
            raise FrameError("silence")
        return decode(head + self._line.read(head[1] + 3), self._checksum)
