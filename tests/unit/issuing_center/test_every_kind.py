"""Every kind through the center on both databases: the menu, the paper, and a register that changes in between."""

from collections.abc import Callable

import msgspec
import pytest

from issuing_center import wire
from issuing_center.ledger import store as ledger
from issuing_center.problems import No, Refusal, problem
from issuing_center.register.ids import record_id_of
from issuing_center.register.loading import resident_id_of
from issuing_center.register.records import StopKind
from issuing_center.register.updates import RegisterChange, changing
from issuing_center.sandbox.center import SHIOMINO
from kiosk.domain.certificates import CertificateKind, Offer, Order, ScopeKind
from kiosk.ports.center import Issued
from tests.support.center import Center, Visit, new_key, texts_of
from tests.support.orders import order_at, refusal_of, rows

HANAKO = resident_id_of(SHIOMINO, "hanako")
NAMES = {
    CertificateKind.KOSEKI_ZENBU: "花子",
    CertificateKind.KOSEKI_KOJIN: "花子",
    CertificateKind.RISAI: "𠮷田　花子",
}


def offer_of(visit: Visit, kind: CertificateKind) -> Offer:
    offer = visit.menu.offer(kind)
    assert offer is not None
    return offer


def default_order(offer: Offer) -> Order:
    """Order what is had when nothing is chosen."""
    scope = ScopeKind.SELF if ScopeKind.SELF in offer.scopes else offer.scopes[0]
    return Order(offer.kind, scope, (), frozenset(), 1, offer.fee_yen, offer.years[0] if offer.years else None)


def request_of(order: Order) -> wire.OrderRequest:
    return wire.OrderRequest(
        kind=wire.Kind(order.kind.value),
        scope=wire.Scope(order.scope.value),
        members=list(order.members),
        items=[],
        copies=order.copies,
        fee_yen=order.fee_yen,
        year=order.year,
    )


@pytest.mark.parametrize("kind", list(CertificateKind))
def test_every_kind_of_the_menu_can_be_had_on_either_database(either_center: Center, kind: CertificateKind) -> None:
    visit = either_center.visit()
    offer = offer_of(visit, kind)
    assert offer.closed_reason is None
    issued = visit.channel.order(default_order(offer), new_key())
    assert isinstance(issued, Issued)
    (document,) = issued.documents
    assert document.kind is kind
    assert NAMES.get(kind, "𠮷田　花子") in texts_of(document.pdf)


@pytest.mark.parametrize(
    ("persona", "kind", "reason"),
    [
        ("taichi", CertificateKind.INKAN, "no_record"),
        ("yoshiko", CertificateKind.KAZEI, "no_record"),
        ("ichiro", CertificateKind.NOZEI, None),
        ("ichiro", CertificateKind.KOSEKI_ZENBU, "not_registered"),
        ("ichiro", CertificateKind.FUHYO, "not_registered"),
        ("ichiro", CertificateKind.RISAI, "no_record"),
    ],
)
def test_a_menu_says_why_there_is_nothing(
    shared_center: Center, persona: str, kind: CertificateKind, reason: str | None
) -> None:
    offer = offer_of(shared_center.visit(persona), kind)
    assert offer.closed_reason == reason
    assert bool(offer.scopes) is (reason is None)


def test_years_without_data_are_not_offered(shared_center: Center) -> None:
    hanako, ichiro = shared_center.visit(), shared_center.visit("ichiro")
    newest, before = offer_of(hanako, CertificateKind.KAZEI).years
    assert newest == before + 1
    assert offer_of(ichiro, CertificateKind.KAZEI).years == (before,)
    order = request_of(default_order(offer_of(ichiro, CertificateKind.KAZEI)))
    assert isinstance(order_at(shared_center, ichiro, order), wire.OrderAnswer)
    undeclared = msgspec.structs.replace(order, year=newest)
    assert refusal_of(order_at(shared_center, ichiro, undeclared)) is No.NOT_OFFERED


Change = Callable[[RegisterChange, Center], object]
AFTER_THE_MENU: list[tuple[str, CertificateKind, Change, No, str | None]] = [
    (
        "the seal is abolished",
        CertificateKind.INKAN,
        lambda change, center: change.abolish_seals(HANAKO, center.clock.at.date()),
        No.NO_SEAL,
        None,
    ),
    (
        "the seal is announced as abolished",
        CertificateKind.INKAN,
        lambda change, center: change.stop_resident(HANAKO, StopKind.SEAL_ABOLISHED, center.clock.at, ["inkan"]),
        No.NO_SEAL,
        None,
    ),
    (
        "a notification is being entered",
        CertificateKind.KOSEKI_ZENBU,
        lambda change, _center: change.process_koseki(record_id_of(SHIOMINO, "koseki", "yoshida"), True),
        No.COUNTER_ONLY,
        "koseki_pending",
    ),
    (
        "taxes are stopped",
        CertificateKind.NOZEI,
        lambda change, center: change.stop_municipality(StopKind.STOPPED, center.clock.at, ["nozei"]),
        No.COUNTER_ONLY,
        "stopped",
    ),
    *[
        (
            f"protected: {kind.value}",
            kind,
            lambda change, center: change.stop_resident(HANAKO, StopKind.PROTECTED, center.clock.at),
            No.COUNTER_ONLY,
            "protected",
        )
        for kind in CertificateKind
    ],
]


@pytest.mark.parametrize(
    ("kind", "act", "no", "reason"), [case[1:] for case in AFTER_THE_MENU], ids=[case[0] for case in AFTER_THE_MENU]
)
def test_what_changes_after_the_menu_is_refused_by_the_order(
    center: Center, kind: CertificateKind, act: Change, no: No, reason: str | None
) -> None:
    visit = center.visit()
    order = request_of(default_order(offer_of(visit, kind)))
    with changing(center.engine, SHIOMINO, as_of=center.clock.at) as change:
        act(change, center)
    answer = order_at(center, visit, order)
    assert refusal_of(answer) is no
    assert rows(center) == 0
    assert isinstance(answer, Refusal)
    found = None if answer.reference is None else ledger.find_refusal(center.engine, answer.reference)
    assert (None if found is None else found.reason) == reason
    # To the outside, one private reason is as another: byte by byte, but for the random reference.
    if reason is not None:
        shown = msgspec.structs.replace(problem(answer), reference=None)
        assert wire.encode(shown) == wire.encode(problem(Refusal(No.COUNTER_ONLY)))


def test_a_stop_on_one_kind_greys_that_kind_and_no_other(center: Center) -> None:
    with changing(center.engine, SHIOMINO, as_of=center.clock.at) as change:
        change.stop_resident(HANAKO, StopKind.STOPPED, center.clock.at, ["inkan"])
        change.process_koseki(record_id_of(SHIOMINO, "koseki", "yoshida"), True)
    closed = {offer.kind.value: offer.closed_reason for offer in center.visit().menu.offers if offer.closed_reason}
    # Two private reasons, one word.
    assert closed == {"inkan": "counter_only", "koseki-zenbu": "counter_only", "koseki-kojin": "counter_only"}


@pytest.mark.parametrize("kind", [StopKind.LEAVING, StopKind.NOTIFIED_TODAY])
def test_a_member_who_moves_stops_the_record_of_the_household_and_nothing_else(center: Center, kind: StopKind) -> None:
    visit = center.visit()
    with changing(center.engine, SHIOMINO, as_of=center.clock.at) as change:
        change.stop_resident(resident_id_of(SHIOMINO, "sora"), kind, center.clock.at)
    closed = {offer.kind.value: offer.closed_reason for offer in center.visit().menu.offers if offer.closed_reason}
    assert closed == {"juminhyo": "counter_only", "kisaijiko": "counter_only"}
    alone = request_of(default_order(offer_of(visit, CertificateKind.JUMINHYO)))
    assert refusal_of(order_at(center, visit, alone)) is No.COUNTER_ONLY
    seal = request_of(default_order(offer_of(visit, CertificateKind.INKAN)))
    assert isinstance(order_at(center, visit, seal), wire.OrderAnswer)


def test_a_handle_of_one_register_names_nobody_in_another(shared_center: Center) -> None:
    visit = shared_center.visit()
    family = offer_of(visit, CertificateKind.KOSEKI_KOJIN).members
    of_juminhyo = wire.OrderRequest(
        kind=wire.Kind.JUMINHYO, scope=wire.Scope.SOME, members=[family[0].ref], items=[], copies=1, fee_yen=200
    )
    assert refusal_of(order_at(shared_center, visit, of_juminhyo)) is No.NOT_OFFERED
    of_koseki = wire.OrderRequest(
        kind=wire.Kind.KOSEKI_KOJIN,
        scope=wire.Scope.ONE,
        members=[visit.household[0].ref],
        items=[],
        copies=1,
        fee_yen=450,
    )
    assert refusal_of(order_at(shared_center, visit, of_koseki)) is No.NOT_OFFERED
