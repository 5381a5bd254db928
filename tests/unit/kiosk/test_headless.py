"""The scripted resident orders exactly what is wished, of every kind, or says by a code why it is not to be had."""

from collections import deque
from dataclasses import replace
from typing import cast

import pytest

from kiosk.__main__ import main
from kiosk.domain.certificates import CertificateKind, Item, MemberRef, Menu, Order, ScopeKind
from kiosk.flow import effects as fx
from kiosk.flow import states as s
from kiosk.flow.advance import advance
from kiosk.flow.events import Touched
from kiosk.flow.screen_model import JAPANESE, Touch
from kiosk.flow.screens import screen_for
from kiosk.headless import ScriptedResident, Wishes
from kiosk.ports.center import VisitOpened
from kiosk.runner import Runner
from tests.flow import samples as m

K = CertificateKind
FREE_CHOICE = replace(
    m.FUHYO, scopes=(ScopeKind.WHOLE, ScopeKind.SELF, ScopeKind.ONE), members=(*m.FAMILY, *m.MEMBERS[1:])
)


class NoHand:
    """A hand with no card: the visit begins after it."""

    def place(self) -> None:
        raise AssertionError("nobody asked for the card")

    def take_away(self) -> None:
        pass


class Choosing:
    """The part of a visit from the kinds to the order, on the flow alone."""

    def __init__(self, menu: Menu, wishes: Wishes) -> None:
        self.code: str | None = None
        self.order: Order | None = None
        self._touches: deque[Touch] = deque()
        self._state: s.State = s.ChoosingKind(m.session(), s.Verified(m.SHIOMINO, VisitOpened(menu)))
        resident = ScriptedResident(wishes, NoHand())
        # The resident only touches and stops; a whole runner would need devices.
        resident.attach(cast("Runner", self))
        resident.present(screen_for(self._state, m.at(), m.KIOSK))
        while self._touches and self.order is None:
            step = advance(self._state, Touched(self._touches.popleft()), m.at(), m.KIOSK)
            assert not step.ignored, "touched what does nothing"
            self._state = step.state
            self.order = next((effect.order for effect in step.effects if isinstance(effect, fx.PlaceOrder)), None)
            resident.present(screen_for(self._state, m.at(), m.KIOSK))
        if resident.result is not None:
            self.code = resident.result.code

    def touch(self, touch: Touch) -> None:
        self._touches.append(touch)

    def stop(self) -> None:
        pass


def order(
    kind: CertificateKind,
    scope: ScopeKind = ScopeKind.SELF,
    members: tuple[str, ...] = (),
    items: frozenset[Item] = frozenset(),
    copies: int = 1,
    year: int | None = None,
) -> Order:
    offer = m.MENU.offer(kind)
    assert offer is not None
    return Order(kind, scope, tuple(MemberRef(ref) for ref in members), items, copies, offer.fee_yen, year)


def test_without_a_pin_for_it_the_second_reading_of_the_card_is_left_out() -> None:
    chosen = Choosing(replace(m.MENU, asks_attributes=True), Wishes(K.INKAN))
    assert chosen.order == order(K.INKAN)


DEFAULTS = [
    order(K.JUMINHYO),
    order(K.KISAIJIKO),
    order(K.INKAN),
    order(K.KAZEI, year=2026),
    order(K.SHOTOKU, year=2026),
    order(K.NOZEI, year=2025),
    order(K.KOSEKI_ZENBU, ScopeKind.WHOLE),
    order(K.KOSEKI_KOJIN, ScopeKind.ONE, ("k2",)),
    order(K.FUHYO, ScopeKind.WHOLE),
    order(K.RISAI),
]


def test_the_defaults_below_are_those_of_every_kind() -> None:
    assert {wanted.kind for wanted in DEFAULTS} == set(K)


@pytest.mark.parametrize("wanted", DEFAULTS, ids=lambda wanted: str(wanted.kind.value))
def test_every_kind_can_be_had_with_default_options(wanted: Order) -> None:
    assert Choosing(m.MENU, Wishes(wanted.kind)).order == wanted


@pytest.mark.parametrize(
    ("wishes", "wanted"),
    [
        (
            Wishes(K.JUMINHYO, ScopeKind.SOME, (3, 1), frozenset({Item.MY_NUMBER, Item.DOMICILE}), 3),
            order(K.JUMINHYO, ScopeKind.SOME, ("m1", "m3"), frozenset({Item.MY_NUMBER, Item.DOMICILE}), 3),
        ),
        (Wishes(K.KISAIJIKO, ScopeKind.HOUSEHOLD), order(K.KISAIJIKO, ScopeKind.HOUSEHOLD)),
        (Wishes(K.KAZEI, year=2024), order(K.KAZEI, year=2024)),
        (Wishes(K.NOZEI, year=2025, language=JAPANESE), order(K.NOZEI, year=2025)),
        (Wishes(K.KOSEKI_KOJIN, members=(1,)), order(K.KOSEKI_KOJIN, ScopeKind.ONE, ("k1",))),
        (
            Wishes(K.FUHYO, ScopeKind.ONE, (1,), frozenset({Item.OVERSEAS_VOTING})),
            order(K.FUHYO, ScopeKind.ONE, ("k1",), frozenset({Item.OVERSEAS_VOTING})),
        ),
        (Wishes(K.FUHYO, ScopeKind.ONE), order(K.FUHYO, ScopeKind.ONE, ("k2",))),
        (Wishes(K.RISAI, ScopeKind.SELF, copies=3), order(K.RISAI, copies=3)),
    ],
)
def test_what_is_wished_is_what_is_ordered(wishes: Wishes, wanted: Order) -> None:
    assert Choosing(m.MENU, wishes).order == wanted


def test_oneself_is_the_default_wherever_it_is_offered() -> None:
    found = Choosing(Menu((FREE_CHOICE,)), Wishes(K.FUHYO)).order
    assert found is not None
    assert found.scope is ScopeKind.SELF


@pytest.mark.parametrize(
    "wishes",
    [
        Wishes(K.INKAN, ScopeKind.HOUSEHOLD),
        Wishes(K.INKAN, year=2026),
        Wishes(K.INKAN, items=frozenset({Item.DOMICILE})),
        Wishes(K.INKAN, members=(1,)),
        Wishes(K.INKAN, copies=4),
        Wishes(K.KAZEI, year=2019),
        Wishes(K.NOZEI, year=2026),
        Wishes(K.JUMINHYO, ScopeKind.WHOLE),
        Wishes(K.JUMINHYO, ScopeKind.SELF, (2,)),
        Wishes(K.JUMINHYO, ScopeKind.SOME),
        Wishes(K.JUMINHYO, ScopeKind.SOME, (4,)),
        Wishes(K.JUMINHYO, items=frozenset({Item.OVERSEAS_VOTING})),
        Wishes(K.KOSEKI_ZENBU, ScopeKind.ONE, (1,)),
        Wishes(K.KOSEKI_KOJIN, ScopeKind.SELF),
        Wishes(K.KOSEKI_KOJIN, members=(1, 2)),
        Wishes(K.KOSEKI_KOJIN, members=(3,)),
    ],
)
def test_a_wish_that_is_not_offered_is_refused_and_nothing_else_is_ordered(wishes: Wishes) -> None:
    found = Choosing(m.MENU, wishes)
    assert (found.order, found.code) == (None, "REFUSED-02")


@pytest.mark.parametrize(
    ("kind", "reason", "code"),
    [
        (K.JUMINHYO, "closed_hours", "HOURS-01"),
        (K.JUMINHYO, "maintenance", "HOURS-01"),
        (K.KAZEI, "changeover", "REFUSED-02"),
        (K.JUMINHYO, "counter_only", "REFUSED-01"),
        (K.JUMINHYO, "a word of a later version", "REFUSED-01"),
        (K.INKAN, "no_record", "REFUSED-06"),
        (K.KAZEI, "no_record", "REFUSED-07"),
        (K.SHOTOKU, "no_record", "REFUSED-07"),
        (K.NOZEI, "no_record", "REFUSED-07"),
        (K.RISAI, "no_record", "REFUSED-02"),
        (K.KOSEKI_ZENBU, "not_registered", "REFUSED-08"),
        (K.FUHYO, "pending_registration", "REFUSED-08"),
    ],
)
def test_a_closed_kind_says_by_its_code_why(kind: CertificateKind, reason: str, code: str) -> None:
    closed = replace(m.INKAN, kind=kind, closed_reason=reason)
    found = Choosing(Menu((closed,)), Wishes(kind))
    assert (found.order, found.code) == (None, code)


def test_the_help_tells_the_options_of_every_kind(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["visit", "--help"])
    said = capsys.readouterr().out
    rows = {line.split()[0]: line for line in said.partition("options by kind")[2].splitlines()[1:] if line.strip()}
    assert {kind.value for kind in CertificateKind} <= rows.keys()
    assert all("--year" in rows[kind] for kind in ("kazei", "shotoku", "nozei"))
    assert all("--member" in rows[kind] for kind in ("koseki-kojin", "fuhyo"))
