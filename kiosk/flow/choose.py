"""Choosing the certificate: kind, scope, members, items, copies, and the confirmation before the order.

Pages that offer no choice are left out, forwards and backwards alike.
"""

from dataclasses import replace

from kiosk.domain.certificates import Offer, ScopeKind
from kiosk.flow.codes import CLOSED
from kiosk.flow.effects import PlaceOrder
from kiosk.flow.events import Event, Touched
from kiosk.flow.screen_model import Button
from kiosk.flow.session import Session
from kiosk.flow.settings import FlowSettings
from kiosk.flow.states import (
    ChoosingCopies,
    ChoosingItems,
    ChoosingKind,
    ChoosingMembers,
    ChoosingScope,
    Confirming,
    Draft,
    Preparing,
    Verified,
)
from kiosk.flow.step import Step, ignore, tell
from kiosk.ports.clock import Instant


def can_be_had(offer: Offer) -> bool:
    """Tell whether an offer may be chosen now."""
    return offer.closed_reason is None and bool(offer.scopes) and offer.copies_limit >= 1


def choosing_kind(state: ChoosingKind, event: Event) -> Step:
    """Choose an offer that is open."""
    match event:
        case Touched(touch) if touch.button is Button.KIND:
            for offer in state.verified.opened.menu.offers:
                if offer.kind.value == touch.argument and can_be_had(offer):
                    draft = Draft(offer, offer.scopes[0])
                    if len(offer.scopes) > 1 or draft.scope is ScopeKind.SOME:
                        return Step(ChoosingScope(state.session, state.verified, draft))
                    return after_scope(state.session, state.verified, draft)
            return ignore(state)
        case _:
            return ignore(state)


def choosing_scope(state: ChoosingScope, event: Event) -> Step:
    """Choose whose entries."""
    match event:
        case Touched(touch) if touch.button is Button.SCOPE:
            for scope in state.draft.offer.scopes:
                if scope.value == touch.argument:
                    draft = replace(state.draft, scope=scope)
                    if scope is ScopeKind.SOME:
                        return Step(ChoosingMembers(state.session, state.verified, draft))
                    return after_scope(state.session, state.verified, draft)
            return ignore(state)
        case Touched(touch) if touch.button is Button.BACK:
            return Step(ChoosingKind(state.session, state.verified))
        case _:
            return ignore(state)


def choosing_members(state: ChoosingMembers, event: Event) -> Step:
    """Tick members; at least one to go on. The order of the list is kept, whatever the order of touches."""
    match event:
        case Touched(touch) if touch.button is Button.MEMBER:
            known = [member.ref for member in state.verified.opened.menu.members]
            if touch.argument not in known:
                return ignore(state)
            chosen = set(state.draft.members) ^ {touch.argument}
            members = tuple(ref for ref in known if ref in chosen)
            return Step(replace(state, draft=replace(state.draft, members=members)))
        case Touched(touch) if touch.button is Button.NEXT and state.draft.members:
            return after_scope(state.session, state.verified, state.draft)
        case Touched(touch) if touch.button is Button.BACK:
            return Step(ChoosingScope(state.session, state.verified, state.draft))
        case _:
            return ignore(state)


def choosing_items(state: ChoosingItems, event: Event) -> Step:
    """Switch entries on and off."""
    match event:
        case Touched(touch) if touch.button is Button.ITEM:
            for item in state.draft.offer.items:
                if item.value == touch.argument:
                    draft = replace(state.draft, items=state.draft.items ^ {item})
                    return Step(replace(state, draft=draft))
            return ignore(state)
        case Touched(touch) if touch.button is Button.NEXT:
            return after_items(state.session, state.verified, state.draft)
        case Touched(touch) if touch.button is Button.BACK:
            return before_items(state.session, state.verified, state.draft)
        case _:
            return ignore(state)


def choosing_copies(state: ChoosingCopies, event: Event) -> Step:
    """Raise and lower the number within the offer's limit."""
    match event:
        case Touched(touch) if touch.button in (Button.MORE, Button.FEWER):
            copies = state.draft.copies + (1 if touch.button is Button.MORE else -1)
            if not 1 <= copies <= state.draft.offer.copies_limit:
                return ignore(state)
            return Step(replace(state, draft=replace(state.draft, copies=copies)))
        case Touched(touch) if touch.button is Button.NEXT:
            return Step(Confirming(state.session, state.verified, state.draft))
        case Touched(touch) if touch.button is Button.BACK:
            return before_copies(state.session, state.verified, state.draft)
        case _:
            return ignore(state)


def confirming(state: Confirming, event: Event, now: Instant, settings: FlowSettings) -> Step:
    """Place the order, unless the service closed meanwhile."""
    match event:
        case Touched(touch) if touch.button is Button.NEXT:
            if settings.hours_enforced and not settings.hours.is_open(now.wall):
                return tell(state.session, CLOSED)
            session, ticket = state.session.next_ticket()
            order = state.draft.order()
            return Step(Preparing(session, state.verified, order, ticket), (PlaceOrder(ticket, order),))
        case Touched(touch) if touch.button is Button.BACK:
            if state.draft.offer.copies_limit > 1:
                return Step(ChoosingCopies(state.session, state.verified, state.draft))
            return before_copies(state.session, state.verified, state.draft)
        case _:
            return ignore(state)


def after_scope(session: Session, verified: Verified, draft: Draft) -> Step:
    """Go on to the items, or past them."""
    if draft.offer.items:
        return Step(ChoosingItems(session, verified, draft))
    return after_items(session, verified, draft)


def after_items(session: Session, verified: Verified, draft: Draft) -> Step:
    """Go on to the copies, or past them."""
    if draft.offer.copies_limit > 1:
        return Step(ChoosingCopies(session, verified, draft))
    return Step(Confirming(session, verified, draft))


def before_copies(session: Session, verified: Verified, draft: Draft) -> Step:
    """Go back to the items, or past them."""
    if draft.offer.items:
        return Step(ChoosingItems(session, verified, draft))
    return before_items(session, verified, draft)


def before_items(session: Session, verified: Verified, draft: Draft) -> Step:
    """Go back to members, scope or kind, whichever was the choice before."""
    if draft.scope is ScopeKind.SOME:
        return Step(ChoosingMembers(session, verified, draft))
    if len(draft.offer.scopes) > 1:
        return Step(ChoosingScope(session, verified, draft))
    return Step(ChoosingKind(session, verified))
