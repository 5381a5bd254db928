"""Choosing: pages that offer no choice are left out both ways, and the order says exactly what was chosen."""

from dataclasses import replace

import pytest

from kiosk.domain.certificates import CertificateKind, Item, Offer, Order, ScopeKind
from kiosk.flow import effects as fx
from kiosk.flow import states as s
from kiosk.flow.advance import advance
from kiosk.flow.events import Touched
from kiosk.flow.screen_model import Button, Touch
from tests.flow import samples as m

SELF_ONLY = (ScopeKind.SELF,)
BOTH = (ScopeKind.SELF, ScopeKind.HOUSEHOLD)


def touch(state: s.State, button: Button, argument: str = "") -> s.State:
    step = advance(state, Touched(Touch(button, argument)), m.at(), m.KIOSK)
    assert not step.ignored
    return step.state


def chosen(offer: Offer) -> s.State:
    return touch(s.ChoosingKind(m.session(), m.with_menu(offer)), Button.KIND, "juminhyo")


@pytest.mark.parametrize(
    ("scopes", "items", "limit", "pages"),
    [
        (BOTH, (Item.DOMICILE,), 3, [s.ChoosingScope, s.ChoosingItems, s.ChoosingCopies, s.Confirming]),
        (SELF_ONLY, (Item.DOMICILE,), 3, [s.ChoosingItems, s.ChoosingCopies, s.Confirming]),
        (BOTH, (), 3, [s.ChoosingScope, s.ChoosingCopies, s.Confirming]),
        (BOTH, (Item.DOMICILE,), 1, [s.ChoosingScope, s.ChoosingItems, s.Confirming]),
        (SELF_ONLY, (), 1, [s.Confirming]),
    ],
)
def test_only_pages_with_a_choice_are_shown_forwards_and_backwards(
    scopes: tuple[ScopeKind, ...], items: tuple[Item, ...], limit: int, pages: list[type[s.State]]
) -> None:
    state = chosen(replace(m.OFFER, scopes=scopes, items=items, copies_limit=limit))
    forwards: list[type[s.State]] = [type(state)]
    while not isinstance(state, s.Confirming):
        scope = isinstance(state, s.ChoosingScope)
        state = touch(state, Button.SCOPE, "self") if scope else touch(state, Button.NEXT)
        forwards.append(type(state))
    backwards: list[type[s.State]] = [type(state)]
    while not isinstance(state, s.ChoosingKind):
        state = touch(state, Button.BACK)
        backwards.append(type(state))
    assert forwards == pages
    assert backwards == [*reversed(pages), s.ChoosingKind]


def test_members_are_chosen_only_for_a_part_of_the_household_and_kept_in_the_order_of_the_list() -> None:
    state = touch(chosen(m.OFFER), Button.SCOPE, "some")
    for member in ("m3", "m1", "m2", "m1"):
        state = touch(state, Button.MEMBER, member)
    assert isinstance(state, s.ChoosingMembers)
    assert state.draft.members == ("m2", "m3")


def test_going_back_keeps_what_was_chosen() -> None:
    state = touch(m.states()["Confirming"], Button.BACK)
    for _ in range(3):
        state = touch(state, Button.BACK)
    assert isinstance(state, s.ChoosingScope)
    assert state.draft == m.draft()


def test_members_chosen_before_another_scope_are_not_ordered() -> None:
    state = touch(m.states()["ChoosingScope"], Button.SCOPE, "household")
    assert isinstance(state, s.ChoosingItems)
    leftover = replace(state.draft, members=(m.MEMBERS[0].ref,))
    assert leftover.order().members == ()


def test_the_order_says_what_was_chosen_at_the_fee_that_was_shown() -> None:
    step = advance(m.states()["Confirming"], Touched(Touch(Button.NEXT)), m.at(), m.KIOSK)
    placed = [effect.order for effect in step.effects if isinstance(effect, fx.PlaceOrder)]
    refs = (m.MEMBERS[1].ref,)
    assert placed == [Order(CertificateKind.JUMINHYO, ScopeKind.SOME, refs, frozenset({Item.DOMICILE}), 2, 300)]


@pytest.mark.parametrize(
    "offer",
    [
        replace(m.OFFER, closed_reason="closed_hours"),
        replace(m.OFFER, closed_reason="a word of a later version"),
        replace(m.OFFER, scopes=()),
        replace(m.OFFER, copies_limit=0),
    ],
)
def test_an_offer_that_cannot_be_had_cannot_be_chosen(offer: Offer) -> None:
    state = s.ChoosingKind(m.session(), m.with_menu(offer))
    assert advance(state, Touched(Touch(Button.KIND, "juminhyo")), m.at(), m.KIOSK).ignored


@pytest.mark.parametrize(("copies", "button"), [(1, Button.FEWER), (3, Button.MORE)])
def test_the_number_of_copies_stays_within_the_offer(copies: int, button: Button) -> None:
    state = s.ChoosingCopies(m.session(), m.VERIFIED, replace(m.draft(), copies=copies))
    assert advance(state, Touched(Touch(button)), m.at(), m.KIOSK).ignored
