"""What may be ordered at all, whatever machine orders it."""

from kiosk.domain.certificates import Order, ScopeKind
from tests.flow import samples as m


def check_offered(order: Order) -> None:
    """Check that an order is one of those that the menu of these tests allows."""
    offer = m.MENU.offer(order.kind)
    assert offer is not None, "ordered a kind that is not offered"
    assert order.scope in offer.scopes, "ordered a scope that is not offered"
    assert order.items <= set(offer.items), "ordered an item that is not offered"
    assert order.year in (offer.years or (None,)), "ordered a year that is not offered"
    assert 1 <= order.copies <= offer.copies_limit
    assert order.fee_yen == offer.fee_yen, "ordered at another fee"
    assert set(order.members) <= {member.ref for member in offer.members}, "named somebody of another list"
    named = len(order.members)
    right = {ScopeKind.ONE: named == 1, ScopeKind.SOME: named >= 1}
    assert right.get(order.scope, named == 0), "named too many or too few"
