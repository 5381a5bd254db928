"""What the wire says is what the kiosk understands: the same words on both sides, and no offer loses a part on the way."""

import pytest

from issuing_center import wire
from kiosk.adapters.center.https import _menu
from kiosk.domain.certificates import CertificateKind, Item, Member, MemberRef, Menu, Offer, ScopeKind
from kiosk.flow.screens_choose import CLOSED_REASONS

FIRST = "0" * 31 + "1"


def offer(kind: wire.Kind, members: list[wire.MemberInfo]) -> wire.OfferInfo:
    return wire.OfferInfo(
        kind=kind,
        fee_yen=300,
        copies_limit=5,
        scopes=[wire.Scope.WHOLE, wire.Scope.ONE],
        items=[wire.ItemName.OVERSEAS_VOTING],
        closed=wire.Closed.NO_RECORD,
        years=[2026, 2025],
        members=members,
    )


def test_both_sides_have_the_same_words() -> None:
    assert {kind.value for kind in CertificateKind} == {kind.value for kind in wire.Kind}
    assert {scope.value for scope in ScopeKind} == {scope.value for scope in wire.Scope}
    assert {item.value for item in Item} == {item.value for item in wire.ItemName}
    assert {reason.value for reason in wire.Closed} == CLOSED_REASONS


def test_every_part_of_an_offer_arrives() -> None:
    sent = wire.MenuPayload(
        offers=[offer(wire.Kind.FUHYO, [wire.MemberInfo(ref=FIRST, name="架空 花子", applicant=True)])]
    )
    arrived = _menu(wire.decode(wire.encode(sent), wire.MenuPayload))
    members = (Member(MemberRef(FIRST), "架空 花子", True),)
    scopes = (ScopeKind.WHOLE, ScopeKind.ONE)
    items = (Item.OVERSEAS_VOTING,)
    assert arrived == Menu((Offer(CertificateKind.FUHYO, 300, 5, scopes, items, "no_record", (2026, 2025), members),))


def request(year: int | None) -> wire.OrderRequest:
    return wire.OrderRequest(
        kind=wire.Kind.KAZEI, scope=wire.Scope.SELF, members=[], items=[], copies=1, fee_yen=300, year=year
    )


def test_an_order_without_a_year_says_nothing_of_years() -> None:
    assert b"year" not in wire.encode(request(None))
    assert b'"year":2026' in wire.encode(request(2026))
    for year in (None, 2026):
        assert wire.decode(wire.encode(request(year)), wire.OrderRequest) == request(year)


@pytest.mark.parametrize(("year", "accepted"), [(1988, False), (1989, True), (2100, True), (2101, False)])
def test_a_year_has_limits(year: int, accepted: bool) -> None:
    body = wire.encode(request(2026)).replace(b"2026", str(year).encode())
    if accepted:
        assert wire.decode(body, wire.OrderRequest).year == year
    else:
        with pytest.raises(wire.MalformedMessageError, match=r"\$\.year"):
            wire.decode(body, wire.OrderRequest)
