"""States of the choice: one question a state, all answers so far in the draft."""

from dataclasses import dataclass, field

from kiosk.domain.certificates import Item, MemberRef, Offer, Order, ScopeKind
from kiosk.flow.session import Session
from kiosk.flow.states.matter import Verified


@dataclass(frozen=True, slots=True)
class Draft:
    """Choices made so far; going back keeps them."""

    offer: Offer
    scope: ScopeKind
    members: tuple[MemberRef, ...] = field(default=(), repr=False)
    items: frozenset[Item] = frozenset()
    copies: int = 1
    year: int | None = None

    def order(self) -> Order:
        """Make the order that these choices mean; members count only with a scope that names them."""
        members = self.members if self.scope.names_members else ()
        return Order(self.offer.kind, self.scope, members, self.items, self.copies, self.offer.fee_yen, self.year)


@dataclass(frozen=True, slots=True)
class ChoosingKind:
    """Which certificate."""

    session: Session
    verified: Verified


@dataclass(frozen=True, slots=True)
class ChoosingScope:
    """Whose entries."""

    session: Session
    verified: Verified
    draft: Draft


@dataclass(frozen=True, slots=True)
class ChoosingMembers:
    """Which persons: at least one of a scope SOME, exactly one of a scope ONE."""

    session: Session
    verified: Verified
    draft: Draft


@dataclass(frozen=True, slots=True)
class ChoosingYear:
    """Which 年度."""

    session: Session
    verified: Verified
    draft: Draft


@dataclass(frozen=True, slots=True)
class ChoosingItems:
    """Which entries beyond the usual ones."""

    session: Session
    verified: Verified
    draft: Draft


@dataclass(frozen=True, slots=True)
class ChoosingCopies:
    """How many."""

    session: Session
    verified: Verified
    draft: Draft


@dataclass(frozen=True, slots=True)
class Confirming:
    """Everything chosen, with fee, total and the rule about refunds."""

    session: Session
    verified: Verified
    draft: Draft
