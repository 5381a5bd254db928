"""Orders and what they may not show."""

from kiosk.domain.certificates import CertificateKind, Item, Member, MemberRef, Menu, Order, ScopeKind


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
    shown = repr(order) + repr(Menu((), (member,)))
    assert "marker-ref" not in shown
    assert "目印" not in shown
    assert "目印" not in repr(member)
