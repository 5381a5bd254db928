"""The till's figures for a settlement (精算, 締め): what came in, went out, lies there, and does not agree. Pure reading.

What a slip prints and what `python -m kiosk till` says; staff's own count of the drawers is compared with the book here.
"""

from collections import Counter
from dataclasses import dataclass

from kiosk.adapters.payment.tillbook import Line, Place, TillBook
from kiosk.ports.cash import Counts, Denomination, worth


@dataclass(frozen=True, slots=True)
class DenominationFigures:
    """One kind of coin or note, in pieces."""

    denomination: Denomination
    opening: int
    """In the machine at the last closing."""
    came_in: int
    went_out: int
    """Change, repayments and notes handed back."""
    filled: int
    taken: int
    """Taken out by staff."""
    hopper: int
    """In the hopper now, by the book."""
    cashbox: int
    stacker: int
    escrow: int
    counted: int | None
    """What staff counted in all places together; None when they did not."""

    @property
    def expected(self) -> int:
        """What must be in the machine now."""
        return self.hopper + self.cashbox + self.stacker + self.escrow

    @property
    def discrepancy(self) -> int | None:
        """Pieces too many (positive) or missing; None when nobody counted."""
        return None if self.counted is None else self.counted - self.expected


@dataclass(frozen=True, slots=True)
class NotCertain:
    """A movement that the units could not prove."""

    key: str | None
    """The charge; None when it belongs to none."""
    word: str
    denomination: int
    """0 when not even that is known."""
    pieces: int


@dataclass(frozen=True, slots=True)
class TillFigures:
    """The till from one closing to the next."""

    since: str | None
    """UTC, ISO 8601, of the last closing; None before the first."""
    until: str
    denominations: tuple[DenominationFigures, ...]
    paid: int
    """Charges that ended paid."""
    paid_yen: int
    refunded: int
    refunded_yen: int
    cancelled: int
    unsettled: int
    """Charges that ended with money whose place is not certain, or were cut off."""
    surplus_yen: int
    """Came in when no charge was open, and was not given back."""
    not_certain: tuple[NotCertain, ...]

    @property
    def expected_yen(self) -> int:
        """What must be in the machine now."""
        return sum(each.denomination * each.expected for each in self.denominations)

    @property
    def agrees(self) -> bool:
        """Whether the pieces add up, nothing is unsettled or uncertain, and the count, where there is one, is the book's."""
        sums = all(
            each.opening + each.came_in - each.went_out + each.filled - each.taken == each.expected
            for each in self.denominations
        )
        counted = not any(each.discrepancy for each in self.denominations)
        return sums and counted and not self.unsettled and not self.not_certain


def till_figures(book: TillBook, counted: Counts | None = None) -> TillFigures:
    """Give the figures since the last closing; `counted` is what staff found, kinds not named count as none."""
    closing = book.latest_closing()
    start, since = (0, None) if closing is None else closing
    moved: dict[Line, Counter[int]] = {line: Counter() for line in Line}
    not_certain: list[NotCertain] = []
    for entry in book.entries(start):
        moved[entry.line][entry.denomination] += entry.pieces
        if entry.line is Line.UNKNOWN:
            not_certain.append(NotCertain(entry.key, entry.place, entry.denomination, entry.pieces))
    not_certain += [NotCertain(p.key, "payout not ended", int(p.denomination), p.wanted) for p in book.open_payouts()]
    opening, now = book.holdings(start), book.holdings()
    charges = book.charges_since(since)
    paid = [charge.yen for charge in charges if charge.state == "paid"]
    refunded = [charge.yen for charge in charges if charge.state == "refunded"]
    return TillFigures(
        since=since,
        until=book.now().isoformat(),
        denominations=tuple(
            DenominationFigures(
                denomination=kind,
                opening=sum(counts.get(kind, 0) for counts in opening.values()),
                came_in=moved[Line.IN][kind] + moved[Line.LATE][kind],
                went_out=moved[Line.OUT][kind],
                filled=moved[Line.FILLED][kind],
                taken=moved[Line.TAKEN][kind],
                hopper=now[Place.HOPPER].get(kind, 0),
                cashbox=now[Place.CASHBOX].get(kind, 0),
                stacker=now[Place.STACKER].get(kind, 0),
                escrow=now[Place.ESCROW].get(kind, 0),
                counted=None if counted is None else counted.get(kind, 0),
            )
            for kind in Denomination
        ),
        paid=len(paid),
        paid_yen=sum(paid),
        refunded=len(refunded),
        refunded_yen=sum(refunded),
        cancelled=sum(charge.state == "cancelled" for charge in charges),
        unsettled=sum(charge.state in ("open", "unknown", "refunding") for charge in charges),
        surplus_yen=worth({Denomination(kind): n for kind, n in moved[Line.LATE].items()}),
        not_certain=tuple(not_certain),
    )
