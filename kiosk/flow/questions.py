"""Which questions an offer leaves open, and in which order: what has only one answer is not asked."""

from collections.abc import Iterator
from dataclasses import replace
from enum import IntEnum

from kiosk.domain.certificates import Offer, ScopeKind
from kiosk.flow.states import Draft


class Question(IntEnum):
    """What is asked between the kind and the confirmation, in this order."""

    SCOPE = 1
    MEMBERS = 2
    YEAR = 3
    ITEMS = 4
    COPIES = 5


def open_scopes(offer: Offer) -> tuple[ScopeKind, ...]:
    """Give the scopes that can be ordered: one that names persons needs somebody to name."""
    return tuple(scope for scope in offer.scopes if offer.members or not scope.names_members)


def can_be_had(offer: Offer) -> bool:
    """Tell whether an offer may be chosen now."""
    return offer.closed_reason is None and bool(open_scopes(offer)) and offer.copies_limit >= 1


def first_draft(offer: Offer) -> Draft:
    """Begin with the first answer to every question; `offer` can be had."""
    scope = open_scopes(offer)[0]
    return with_scope(Draft(offer, scope, year=offer.years[0] if offer.years else None), scope)


def with_scope(draft: Draft, scope: ScopeKind) -> Draft:
    """Take a scope; the only person there is to name is named by it."""
    if scope.names_members and len(draft.offer.members) == 1:
        return replace(draft, scope=scope, members=(draft.offer.members[0].ref,))
    return replace(draft, scope=scope)


def asked(draft: Draft) -> Iterator[Question]:
    """Give the questions of an offer in their order; whom to name depends on the scope chosen so far."""
    offer = draft.offer
    if len(open_scopes(offer)) > 1:
        yield Question.SCOPE
    if draft.scope.names_members and len(offer.members) > 1:
        yield Question.MEMBERS
    if len(offer.years) > 1:
        yield Question.YEAR
    if offer.items:
        yield Question.ITEMS
    if offer.copies_limit > 1:
        yield Question.COPIES
