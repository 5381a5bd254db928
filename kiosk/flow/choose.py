"""Choosing the certificate: kind, scope, members, year, items, copies, and the confirmation before the order.

Pages that offer no choice are left out, forwards and backwards alike.
"""

from dataclasses import replace
from typing import assert_never

from kiosk.domain.certificates import ScopeKind
from kiosk.flow import attributes
from kiosk.flow.apply import after_form, can_apply
from kiosk.flow.codes import CLOSED
from kiosk.flow.counter import check_trays
from kiosk.flow.effects import PlaceOrder
from kiosk.flow.events import Event, Touched
from kiosk.flow.questions import Question, asked, can_be_had, first_draft, open_scopes, with_scope
from kiosk.flow.screen_model import Button
from kiosk.flow.session import Session
from kiosk.flow.settings import FlowSettings
from kiosk.flow.states import (
    ChoosingCopies,
    ChoosingItems,
    ChoosingKind,
    ChoosingMembers,
    ChoosingScope,
    ChoosingYear,
    Confirming,
    Draft,
    Form,
    Preparing,
    Verified,
)
from kiosk.flow.step import Step, ignore, tell
from kiosk.ports.clock import Instant

Asking = ChoosingScope | ChoosingMembers | ChoosingYear | ChoosingItems | ChoosingCopies


def choosing_kind(state: ChoosingKind, event: Event) -> Step:
    """Choose an offer that is open; where the 戸籍 wants a 利用登録, apply for it."""
    menu = state.verified.opened.menu
    match event:
        case Touched(touch) if touch.button is Button.APPLICATION and can_apply(
            menu.registration, state.verified.municipality
        ):
            return after_form(state.session, state.verified.municipality, Form())
        case Touched(touch) if touch.button is Button.KIND:
            for offer in menu.offers:
                if offer.kind.value == touch.argument and can_be_had(offer):
                    draft = first_draft(offer)
                    return go_on(next(asked(draft), None), state.session, state.verified, draft)
            return ignore(state)
        case _:
            return ignore(state)


def choosing_scope(state: ChoosingScope, event: Event) -> Step:
    """Choose whose entries."""
    match event:
        case Touched(touch) if touch.button is Button.SCOPE:
            for scope in open_scopes(state.draft.offer):
                if scope.value == touch.argument:
                    return onward(state, with_scope(state.draft, scope))
            return ignore(state)
        case Touched(touch) if touch.button is Button.BACK:
            return backward(state)
        case _:
            return ignore(state)


def choosing_members(state: ChoosingMembers, event: Event) -> Step:
    """Tick members, at least one to go on; of a scope ONE the first touch leads on."""
    match event:
        case Touched(touch) if touch.button is Button.MEMBER:
            known = [member.ref for member in state.draft.offer.members]
            if touch.argument not in known:
                return ignore(state)
            alone = state.draft.scope is ScopeKind.ONE
            chosen = {touch.argument} if alone else set(state.draft.members) ^ {touch.argument}
            # The order of the list is kept, whatever the order of touches.
            draft = replace(state.draft, members=tuple(ref for ref in known if ref in chosen))
            return onward(state, draft) if alone else Step(replace(state, draft=draft))
        case Touched(touch) if touch.button is Button.NEXT:
            ready = state.draft.scope is not ScopeKind.ONE and state.draft.members
            return onward(state, state.draft) if ready else ignore(state)
        case Touched(touch) if touch.button is Button.BACK:
            return backward(state)
        case _:
            return ignore(state)


def choosing_year(state: ChoosingYear, event: Event) -> Step:
    """Choose the 年度."""
    match event:
        case Touched(touch) if touch.button is Button.YEAR:
            for year in state.draft.offer.years:
                if str(year) == touch.argument:
                    return onward(state, replace(state.draft, year=year))
            return ignore(state)
        case Touched(touch) if touch.button is Button.BACK:
            return backward(state)
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
            return onward(state, state.draft)
        case Touched(touch) if touch.button is Button.BACK:
            return backward(state)
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
            return onward(state, state.draft)
        case Touched(touch) if touch.button is Button.BACK:
            return backward(state)
        case _:
            return ignore(state)


def confirming(state: Confirming, event: Event, now: Instant, settings: FlowSettings) -> Step:
    """Place the order, unless the service closed meanwhile; at a counter paper is looked for first."""
    match event:
        case Touched(touch) if touch.button is Button.NEXT:
            if settings.hours_enforced and not settings.hours.is_open(now.wall):
                return tell(state.session, CLOSED)
            order = state.draft.order()
            if not settings.hands_over_here:
                return check_trays(state.session, state.verified, order)
            session, ticket = state.session.next_ticket()
            return Step(Preparing(session, state.verified, order, ticket), (PlaceOrder(ticket, order),))
        case Touched(touch) if touch.button is Button.BACK:
            return backward(state)
        case _:
            return ignore(state)


def question_of(state: Asking) -> Question:
    """Name the question that a state asks."""
    match state:
        case ChoosingScope():
            return Question.SCOPE
        case ChoosingMembers():
            return Question.MEMBERS
        case ChoosingYear():
            return Question.YEAR
        case ChoosingItems():
            return Question.ITEMS
        case ChoosingCopies():
            return Question.COPIES
        case _:
            assert_never(state)


def page(question: Question | None, session: Session, verified: Verified, draft: Draft) -> Asking | Confirming:
    """Give the state that asks a question; with none left, the confirmation."""
    match question:
        case None:
            return Confirming(session, verified, draft)
        case Question.SCOPE:
            return ChoosingScope(session, verified, draft)
        case Question.MEMBERS:
            return ChoosingMembers(session, verified, draft)
        case Question.YEAR:
            return ChoosingYear(session, verified, draft)
        case Question.ITEMS:
            return ChoosingItems(session, verified, draft)
        case Question.COPIES:
            return ChoosingCopies(session, verified, draft)
        case _:
            assert_never(question)


def onward(state: Asking, draft: Draft) -> Step:
    """Go on to the next question that is asked."""
    here = question_of(state)
    following = next((question for question in asked(draft) if question > here), None)
    return go_on(following, state.session, state.verified, draft)


def go_on(question: Question | None, session: Session, verified: Verified, draft: Draft) -> Step:
    """Ask a question; with none left, ask for what the card says where the office wants it, and have all confirmed."""
    if question is None and attributes.is_due(verified):
        return attributes.ask(session, verified, draft)
    return Step(page(question, session, verified, draft))


def backward(state: Asking | Confirming) -> Step:
    """Go back to the question that was asked before, or to the kinds."""
    before = [
        question for question in asked(state.draft) if isinstance(state, Confirming) or question < question_of(state)
    ]
    if not before:
        return Step(ChoosingKind(state.session, state.verified))
    return Step(page(before[-1], state.session, state.verified, state.draft))
