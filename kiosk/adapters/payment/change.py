"""Change: which coins make an amount, and which money can be taken without owing what cannot be given. Pure."""

from collections import Counter
from collections.abc import Set as AbstractSet

from kiosk.ports.cash import Counts, Denomination
from kiosk.ports.payment import ChangeAdvice


def change_for(yen: int, pool: Counts) -> Counts | None:
    """Give the fewest coins of the pool that make an amount; None when it cannot be made.

    Each yen coin's worth divides that of every larger one, so taking the largest first finds a way whenever there is one.
    """
    taken: dict[Denomination, int] = {}
    for coin in sorted(pool, reverse=True):
        count = min(yen // coin, pool[coin]) if pool[coin] > 0 and not coin.is_note else 0
        if count:
            taken[coin] = count
            yen -= count * coin
    return taken if yen == 0 else None


def acceptable(remaining_yen: int, pool: Counts, wanted: AbstractSet[Denomination]) -> frozenset[Denomination]:
    """Give the money that may come in next: it is no more than is owed, or there is change for what it is too much."""
    return frozenset(
        money for money in wanted if money <= remaining_yen or change_for(money - remaining_yen, pool) is not None
    )


def advice(due_yen: int, pool: Counts, wanted: AbstractSet[Denomination]) -> ChangeAdvice:
    """Say whether change will be there for an amount, however it is paid.

    Looks at every payment that is some pieces of one kind and then one larger piece, with the coins put in at hand as
    change: what residents do. Stranger mixtures are dealt with while they are put in, by `acceptable`.
    """
    if not wanted:
        return ChangeAdvice.NONE
    for first in sorted(wanted):
        for pieces in range(-(-due_yen // first)):
            at_hand = Counter(pool)
            if not first.is_note:
                at_hand[first] += pieces
            if acceptable(due_yen - pieces * first, at_hand, wanted) != wanted:
                return ChangeAdvice.EXACT_ONLY
    return ChangeAdvice.ANY
