"""Orders and what they may not show."""

from kiosk.domain.certificates import CertificateKind, Item, Member, MemberRef, Menu, Offer, Order, ScopeKind


def test_the_total_is_the_fee_times_the_copies() -> None:
    order = Order(CertificateKind.JUMINHYO, ScopeKind.SELF, (), frozenset(), 3, 250)
    assert order.total_yen == 750


def test_orders_are_equal_by_what_is_asked() -> None:
    one = Order(CertificateKind.JUMINHYO, ScopeKind.SELF, (), frozenset({Item.DOMICILE, Item.MY_NUMBER}), 1, 300)
    other = Order(CertificateKind.JUMINHYO, ScopeKind.SELF, (), frozenset({Item.MY_NUMBER, Item.DOMICILE}), 1, 300)
    assert one == other
    assert hash(one) == hash(other)


def test_representations_name_nobody() -> None:
    member = Member(MemberRef("marker-ref"), "印 目印", True)
    order = Order(CertificateKind.JUMINHYO, ScopeKind.SOME, (member.ref,), frozenset(), 1, 300)
    offer = Offer(CertificateKind.JUMINHYO, 300, 1, (ScopeKind.SOME,), (), None, members=(member,))
    shown = repr(order) + repr(Menu((offer,)))
    assert "marker-ref" not in shown
    assert "目印" not in shown
    assert "目印" not in repr(member)


def test_another_year_is_another_order() -> None:
    one = Order(CertificateKind.KAZEI, ScopeKind.SELF, (), frozenset(), 1, 300, 2026)
    other = Order(CertificateKind.KAZEI, ScopeKind.SELF, (), frozenset(), 1, 300, 2025)
    assert one != other


def test_only_some_and_one_name_persons() -> None:
    assert {scope for scope in ScopeKind if scope.names_members} == {ScopeKind.SOME, ScopeKind.ONE}


def test_a_menu_gives_the_offer_of_a_kind_and_everybody_once() -> None:
    members = tuple(Member(MemberRef(ref), "印 目印", False) for ref in ("a", "b"))
    some = Offer(CertificateKind.JUMINHYO, 300, 1, (ScopeKind.SOME,), (), None, members=members)
    one = Offer(CertificateKind.FUHYO, 300, 1, (ScopeKind.ONE,), (), None, members=members[:1])
    menu = Menu((some, one))
    assert menu.offer(CertificateKind.FUHYO) is one
    assert menu.offer(CertificateKind.INKAN) is None
    assert menu.members == members
