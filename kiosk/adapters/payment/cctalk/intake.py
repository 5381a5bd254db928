"""Money in: the event buffers of coin slot and note slot, each event booked once and none dropped.

An event is new when the unit's event counter moved beyond the book's meter. Counters run 0 (power-up), 1 to 255, 1...; a
unit that restarted cannot be told by that counter alone, so the counter of pieces in its life is the authority on how many,
and pieces it took that no event tells of become a named unknown. Lines and meter are written at one stroke, before anybody
hears of them: a reading that is repeated, or cut off, changes nothing.
"""

from collections.abc import Callable, Mapping

from kiosk.adapters.payment.cctalk.bus import BusTrouble
from kiosk.adapters.payment.cctalk.devices import NOTE_RETURNED, Buffer, CoinAcceptor, NoteValidator
from kiosk.adapters.payment.tillbook import Line, Meter, Piece, Place, TillBook
from kiosk.ports.cash import Denomination
from kiosk.ports.payment import ChargeKey

LIFE_SIZE = 1 << 24
_READS = 5
"""Readings of a buffer until two agree; a coin takes longer than an exchange."""

_ORDERS = 3
"""Orders to move a note until one is answered."""

Booking = Callable[[], tuple[ChargeKey | None, Line]]
"""Says under which key money that came in is booked, and as what."""


def _steady(buffer: Callable[[], Buffer], life: Callable[[], int]) -> tuple[Buffer, int]:
    """Read a buffer and the life counter of the same moment. Raises BusTrouble."""
    read = buffer()
    for _ in range(_READS):
        pieces = life()
        again = buffer()
        if again.counter == read.counter:
            return again, pieces
        read = again
    raise BusTrouble


class CoinIntake:
    """Books what the coin slot says."""

    unit = "acceptor"

    def __init__(self, acceptor: CoinAcceptor, paths: Mapping[int, Denomination], book: TillBook, to: Booking) -> None:
        """`paths`: which sorter path leads to the hopper of which coin."""
        self._acceptor = acceptor
        self._seen: Buffer | None = None
        self._paths = paths
        self._book = book
        self._to = to
        self.ids: Mapping[int, Denomination] = {}
        self.restarted = False
        """Set when the unit was seen to have lost its power; whoever sets it up again clears it."""

    def read(self, *, thorough: bool) -> bool:
        """Book what is new and tell whether anything was; `thorough` compares the life counter even when nothing seems new.

        Raises BusTrouble.
        """
        known = self._book.meter(self.unit)
        if known is not None and not thorough and self._acceptor.buffer() == self._seen:
            return False
        buffer, life = _steady(self._acceptor.buffer, self._acceptor.accepted)
        self._seen = buffer
        if known is None:
            self._book.write(None, (), self.unit, Meter(buffer.counter, life))
            return False
        if (buffer.counter, life) == (known.counter, known.life):
            return False
        key, line = self._to()
        events, gap = buffer.since(known.counter)
        self.restarted = self.restarted or gap
        lines: list[Piece] = []
        # How many is the life counter's word, which ones the buffer's: the newest. A unit that restarted has emptied its
        # buffer, so every credit in it is new then, whatever its event counter seems to say.
        taken = (life - known.life) % LIFE_SIZE
        credits_ = [event for event in buffer.events if event[0]][:taken]
        for credit, path in reversed(credits_):
            coin = self.ids.get(credit)
            if coin is None:
                lines.append((Line.UNKNOWN, 0, 1, "coin of no known kind"))
            else:
                place = Place.HOPPER if self._paths.get(path) == coin else Place.CASHBOX
                lines.append((line, int(coin), 1, place.value))
        # What it took and no event tells of, or the other way round: neither may be guessed away.
        told = sum(1 for credit, _ in events if credit)
        unread = taken - len(credits_) + max(0, told - taken)
        if unread:
            lines.append((Line.UNKNOWN, 0, unread, "coins unread"))
        self._book.write(key, lines, self.unit, Meter(buffer.counter, life))
        return bool(lines)


class NoteIntake:
    """Books what the note slot says, and knows whether a note is held."""

    unit = "validator"

    def __init__(self, validator: NoteValidator, book: TillBook, to: Booking) -> None:
        self._validator = validator
        self._seen: Buffer | None = None
        self._book = book
        self._to = to
        self.ids: Mapping[int, Denomination] = {}
        self.restarted = False
        """Set when the unit was seen to have lost its power; whoever sets it up again clears it."""

    def held(self) -> Denomination | None:
        """Give the note in escrow by the book."""
        return next(iter(self._book.holdings()[Place.ESCROW]), None)

    def read(self, *, thorough: bool) -> bool:
        """Book what is new and tell whether anything was. Raises BusTrouble."""
        known = self._book.meter(self.unit)
        if known is not None and not thorough and self._validator.buffer() == self._seen:
            return False
        buffer, life = _steady(self._validator.buffer, self._validator.stacked)
        self._seen = buffer
        if known is None:
            self._book.write(None, (), self.unit, Meter(buffer.counter, life))
            return False
        if (buffer.counter, life) == (known.counter, known.life):
            return False
        key, line = self._to()
        events, gap = buffer.since(known.counter)
        self.restarted = self.restarted or gap
        lines: list[Piece] = []
        held, stacked = self.held(), 0
        if held is not None:
            key = self._book.escrow_key()  # what becomes of a note is its own charge's, however late it moves
        for type_, where in events:
            note = self.ids.get(type_)
            if type_ and note is None:
                lines.append((Line.UNKNOWN, 0, 1, "note of no known kind"))
                stacked += where == 0
            elif note is not None and where == 1:
                lines.append((line, int(note), 1, Place.ESCROW.value))
                held = note
            elif note is not None:
                stacked += 1
                lines.append(
                    (Line.STACKED, int(note), 1, Place.ESCROW.value)
                    if held == note
                    else (line, int(note), 1, Place.STACKER.value)
                )
                held = None
            elif where == NOTE_RETURNED and held is not None:
                lines.append((Line.OUT, int(held), 1, Place.ESCROW.value))
                held = None
        unread = (life - known.life) % LIFE_SIZE - stacked
        if unread > 0 and held is not None:
            lines.append((Line.STACKED, int(held), 1, Place.ESCROW.value))
            unread -= 1
            held = None
        if unread:
            lines.append((Line.UNKNOWN, 0, abs(unread), "notes unread"))
        self._book.write(key, lines, self.unit, Meter(buffer.counter, life))
        return bool(lines) or gap

    def send_on(self, *, stack: bool, rounds: int, pause: Callable[[], None]) -> bool:
        """Send the note that is held to the stacker, or back; True once the book has it there.

        The order names a place and no amount, so it may go out again when nobody answered. What became of the note is
        read from events and life counter. Raises BusTrouble.
        """
        held = self.held()
        if held is None:
            return True
        obeyed = False
        for _ in range(_ORDERS):
            answered = True
            try:
                obeyed = self._validator.route(stack=stack)
            except BusTrouble:
                answered = False
            for _ in range(rounds):
                self.read(thorough=True)
                if self.held() is None:
                    return True
                if answered and not obeyed:
                    break
                pause()
            if answered:
                break
        if obeyed or stack or self._validator.faulty():
            return False
        # Not in the stacker by its life counter, not in escrow by its own word, and nothing is stuck: it is out.
        self._book.write(self._book.escrow_key(), [(Line.OUT, int(held), 1, Place.ESCROW.value)])
        return True
