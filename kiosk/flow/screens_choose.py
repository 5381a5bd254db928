"""Screens of the choice: kind, scope, members, items, copies, confirmation."""

from kiosk.domain.certificates import Offer, ScopeKind
from kiosk.flow import states as s
from kiosk.flow.choose import can_be_had
from kiosk.flow.screen_model import (
    Button,
    Choice,
    Choices,
    Row,
    ScreenId,
    ScreenModel,
    Stepper,
    Summary,
    Text,
    Touch,
)
from kiosk.flow.screen_parts import BACK, amount_text, frame, go_on, literal, yen
from kiosk.flow.settings import FlowSettings
from kiosk.ports.clock import Instant

CLOSED_REASONS = frozenset({"closed_hours", "maintenance"})
"""Words of the wire that have a sentence; any other shows the general one."""


def choosing_kind(state: s.ChoosingKind, now: Instant, settings: FlowSettings) -> ScreenModel:
    """Kinds with fee; a closed one is greyed and says why (U23)."""
    tiles = tuple(
        Choice(Touch(Button.KIND, offer.kind.value), Text(f"kind.{offer.kind.value}"), detail(offer), can_be_had(offer))
        for offer in state.verified.opened.menu.offers
    )
    note = None if tiles else Text("screen.kind.none")
    return frame(state, ScreenId.KIND, Choices(tiles, note), now, settings)


def detail(offer: Offer) -> Text:
    """Say the fee of an offer, or why it cannot be had now."""
    if can_be_had(offer):
        return amount_text("screen.kind.fee", offer.fee_yen)
    known = offer.closed_reason in CLOSED_REASONS
    return Text(f"closed.{offer.closed_reason}" if known else "closed.other")


def choosing_scope(state: s.ChoosingScope, now: Instant, settings: FlowSettings) -> ScreenModel:
    """Whose entries."""
    tiles = tuple(
        Choice(Touch(Button.SCOPE, scope.value), Text(f"scope.{scope.value}"), Text(f"scope.{scope.value}_detail"))
        for scope in state.draft.offer.scopes
    )
    return frame(state, ScreenId.SCOPE, Choices(tiles), now, settings, BACK)


def choosing_members(state: s.ChoosingMembers, now: Instant, settings: FlowSettings) -> ScreenModel:
    """Which members; the names are the register's."""
    tiles = tuple(
        Choice(
            Touch(Button.MEMBER, member.ref),
            literal(member.name),
            Text("screen.members.applicant") if member.is_applicant else None,
            selected=member.ref in state.draft.members,
        )
        for member in state.verified.opened.menu.members
    )
    ready = bool(state.draft.members)
    body = Choices(tiles, Text("screen.members.note"))
    return frame(state, ScreenId.MEMBERS, body, now, settings, BACK, go_on(enabled=ready))


def choosing_items(state: s.ChoosingItems, now: Instant, settings: FlowSettings) -> ScreenModel:
    """Which entries beyond the usual ones; none is a good answer."""
    tiles = tuple(
        Choice(
            Touch(Button.ITEM, item.value),
            Text(f"item.{item.value}"),
            Text(f"item.{item.value}_detail"),
            selected=item in state.draft.items,
        )
        for item in state.draft.offer.items
    )
    return frame(state, ScreenId.ITEMS, Choices(tiles, Text("screen.items.note")), now, settings, BACK, go_on())


def choosing_copies(state: s.ChoosingCopies, now: Instant, settings: FlowSettings) -> ScreenModel:
    """How many, with the running total."""
    draft = state.draft
    body = Stepper(
        draft.copies,
        1,
        draft.offer.copies_limit,
        Text("screen.copies.unit"),
        amount_text("screen.copies.summary", draft.copies * draft.offer.fee_yen),
    )
    return frame(state, ScreenId.COPIES, body, now, settings, BACK, go_on())


def confirming(state: s.Confirming, now: Instant, settings: FlowSettings) -> ScreenModel:
    """Everything chosen, fee and total, and that money does not come back afterwards (U23)."""
    draft = state.draft
    offer = draft.offer
    japanese = state.session.language == "ja"
    place = state.verified.municipality
    whose: tuple[Text, ...] = (Text(f"scope.{draft.scope.value}"),)
    if draft.scope is ScopeKind.SOME:
        chosen = [member for member in state.verified.opened.menu.members if member.ref in draft.members]
        whose = tuple(literal(member.name) for member in chosen)
    items = tuple(Text(f"item.{item.value}") for item in offer.items if item in draft.items)
    rows = (
        Row(Text("screen.confirm.municipality"), (literal(place.name if japanese else place.name_en),)),
        Row(Text("screen.confirm.kind"), (Text(f"kind.{offer.kind.value}"),)),
        Row(Text("screen.confirm.scope"), whose),
        Row(Text("screen.confirm.items"), items or (Text("screen.confirm.no_items"),)),
        Row(Text("screen.confirm.fee"), (amount_text("screen.confirm.fee_each", offer.fee_yen),)),
        Row(Text("screen.confirm.copies"), (Text("screen.confirm.copies_value", (("copies", str(draft.copies)),)),)),
    )
    total = Text("screen.confirm.total", (("amount", yen(offer.fee_yen * draft.copies)),))
    note = Text("screen.confirm.no_refund" if settings.takes_payment else "screen.confirm.pay_staff")
    body = Summary(rows, total, note)
    return frame(state, ScreenId.CONFIRM, body, now, settings, BACK, go_on(Button.NEXT, "screen.confirm.order"))
