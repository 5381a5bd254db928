"""Choosing: pages that offer no choice are left out both ways, and the order says exactly what was chosen."""

from dataclasses import replace

import pytest

from kiosk.domain.certificates import CertificateKind, Item, Member, Offer, Order, ScopeKind
from kiosk.flow import effects as fx
from kiosk.flow import states as s
from kiosk.flow.advance import advance
from kiosk.flow.events import Touched
from kiosk.flow.screen_model import Button, Choices, Touch
from kiosk.flow.screens import screen_for
from kiosk.flow.settings import FlowSettings
from tests.flow import samples as m

BOTH = (ScopeKind.SELF, ScopeKind.HOUSEHOLD)
COPIES_ONLY = [s.ChoosingCopies, s.Confirming]


def touch(state: s.State, button: Button, argument: str = "") -> s.State:
    step = advance(state, Touched(Touch(button, argument)), m.at(), m.KIOSK)
    assert not step.ignored
    return step.state


def chosen(offer: Offer) -> s.State:
    return touch(s.ChoosingKind(m.session(), m.with_menu(offer)), Button.KIND, offer.kind.value)


def onward(state: s.State, settings: FlowSettings = m.KIOSK) -> s.State:
    """Give the first answer to whatever is asked."""
    body = screen_for(state, m.at(), settings).body
    if isinstance(body, Choices) and body.choices[0].selected is None:
        first = body.choices[0].touch
        return touch(state, first.button, first.argument)
    return touch(state, Button.NEXT)


def offer(
    scopes: tuple[ScopeKind, ...] = m.SELF_ONLY,
    items: tuple[Item, ...] = (),
    limit: int = 3,
    *,
    years: tuple[int, ...] = (),
    members: tuple[Member, ...] = (),
) -> Offer:
    return Offer(CertificateKind.JUMINHYO, 300, limit, scopes, items, None, years, members)


@pytest.mark.parametrize(
    ("asking", "pages"),
    [
        (
            offer(BOTH, (Item.DOMICILE,)),
            [s.ChoosingScope, s.ChoosingItems, s.ChoosingCopies, s.Confirming],
        ),
        (offer(items=(Item.DOMICILE,)), [s.ChoosingItems, s.ChoosingCopies, s.Confirming]),
        (offer(BOTH), [s.ChoosingScope, s.ChoosingCopies, s.Confirming]),
        (offer(BOTH, (Item.DOMICILE,), 1), [s.ChoosingScope, s.ChoosingItems, s.Confirming]),
        (offer(limit=1), [s.Confirming]),
        (offer(years=m.YEARS), [s.ChoosingYear, s.ChoosingCopies, s.Confirming]),
        (offer(years=(2026,)), COPIES_ONLY),
        (offer((ScopeKind.ONE,), members=m.FAMILY), [s.ChoosingMembers, s.ChoosingCopies, s.Confirming]),
        (offer((ScopeKind.ONE,), members=m.FAMILY[:1]), COPIES_ONLY),
        (offer((ScopeKind.SOME,), members=m.FAMILY[:1]), COPIES_ONLY),
        (offer((ScopeKind.SELF, ScopeKind.SOME)), COPIES_ONLY),
        (m.FUHYO, [s.ChoosingScope, s.ChoosingItems, s.ChoosingCopies, s.Confirming]),
        (
            replace(m.FUHYO, scopes=(ScopeKind.ONE, ScopeKind.WHOLE)),
            [s.ChoosingScope, s.ChoosingMembers, s.ChoosingItems, s.ChoosingCopies, s.Confirming],
        ),
        (
            offer((ScopeKind.ONE, ScopeKind.WHOLE), (Item.DOMICILE,), years=m.YEARS, members=m.FAMILY),
            [s.ChoosingScope, s.ChoosingMembers, s.ChoosingYear, s.ChoosingItems, s.ChoosingCopies, s.Confirming],
        ),
    ],
)
def test_only_pages_with_a_choice_are_shown_forwards_and_backwards(asking: Offer, pages: list[type[s.State]]) -> None:
    state = chosen(asking)
    forwards: list[type[s.State]] = [type(state)]
    while not isinstance(state, s.Confirming):
        state = onward(state)
        forwards.append(type(state))
    backwards: list[type[s.State]] = [type(state)]
    while not isinstance(state, s.ChoosingKind):
        state = touch(state, Button.BACK)
        backwards.append(type(state))
    assert forwards == pages
    assert backwards == [*reversed(pages), s.ChoosingKind]


@pytest.mark.parametrize("settings", [m.KIOSK, m.COUNTER], ids=["kiosk", "counter"])
@pytest.mark.parametrize("asking", m.MENU.offers, ids=lambda offer: str(offer.kind.value))
def test_the_steps_of_a_kind_count_up_one_by_one_to_the_last(asking: Offer, settings: FlowSettings) -> None:
    state = chosen(asking)
    steps = [screen_for(state, m.at(), settings).step]
    while not isinstance(state, s.Confirming):
        state = onward(state, settings)
        steps.append(screen_for(state, m.at(), settings).step)
    verified = m.with_menu(asking)
    issued = m.issued(1, fee_yen=asking.fee_yen, kind=asking.kind)
    preparing = s.Preparing(m.session(), verified, state.draft.order(), m.ticket())
    assert screen_for(preparing, m.at(), settings).step == steps[-1]
    if settings.takes_payment and asking.fee_yen:
        steps.append(screen_for(s.Paying(m.session(), verified, issued, m.ticket()), m.at(), settings).step)
    last_state: s.State = s.Printing(m.session(), verified, issued, s.NoPaymentHere(), m.ticket())
    if not settings.hands_over_here:
        last_state = s.Numbered(m.session(), verified, state.draft.order(), m.counter_ticket(), m.ticket())
    steps.append(screen_for(last_state, m.at(), settings).step)
    kind = screen_for(s.ChoosingKind(m.session(), verified), m.at(), settings).step
    assert kind is not None
    last = 4 + len(steps)
    assert steps == [(number, last) for number in range(5, last + 1)]
    assert last <= kind[1], "more steps than were told before the choice"


def test_whose_entries_is_one_step_however_many_pages_it_takes() -> None:
    scope = chosen(replace(m.FUHYO, scopes=(ScopeKind.ONE, ScopeKind.WHOLE)))
    members = touch(scope, Button.SCOPE, "one")
    assert isinstance(members, s.ChoosingMembers)
    assert screen_for(scope, m.at(), m.KIOSK).step == screen_for(members, m.at(), m.KIOSK).step == (5, 10)


def test_of_one_person_the_touch_leads_on_and_another_touch_later_replaces_it() -> None:
    state = touch(chosen(m.KOJIN), Button.MEMBER, "k1")
    assert isinstance(state, s.ChoosingCopies)
    assert state.draft.members == ("k1",)
    again = touch(touch(state, Button.BACK), Button.MEMBER, "k2")
    assert isinstance(again, s.ChoosingCopies)
    assert again.draft.order().members == ("k2",)


def test_next_does_not_lead_past_the_choice_of_one_person() -> None:
    state = s.ChoosingMembers(m.session(), m.VERIFIED, m.draft(ScopeKind.ONE, m.KOJIN))
    assert advance(state, Touched(Touch(Button.NEXT)), m.at(), m.KIOSK).ignored


def test_the_only_person_there_is_to_name_is_named_without_being_asked_for() -> None:
    state = chosen(replace(m.KOJIN, members=m.FAMILY[1:]))
    assert isinstance(state, s.ChoosingCopies)
    assert state.draft.order().members == ("k2",)


def test_a_scope_that_nobody_can_be_named_for_is_not_offered() -> None:
    state = chosen(replace(m.FUHYO, members=()))
    assert isinstance(state, s.ChoosingItems)
    assert state.draft.scope is ScopeKind.WHOLE


def test_the_year_that_was_chosen_is_ordered_and_the_newest_where_none_is_asked() -> None:
    state = touch(chosen(m.KAZEI), Button.YEAR, "2024")
    assert isinstance(state, s.ChoosingCopies)
    assert state.draft.order().year == 2024
    newest = chosen(replace(m.KAZEI, years=(2026,)))
    assert isinstance(newest, s.ChoosingCopies)
    assert newest.draft.order().year == 2026
    none = chosen(m.INKAN)
    assert isinstance(none, s.ChoosingCopies)
    assert none.draft.order().year is None


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
        replace(m.OFFER, scopes=(ScopeKind.ONE,), members=()),
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
