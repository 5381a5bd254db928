"""Screens of the choice: kind, scope, members, year, items, copies, confirmation."""

from collections.abc import Iterator

from kiosk.domain import era
from kiosk.domain.certificates import CertificateKind, Item, Offer, ScopeKind
from kiosk.domain.registration import RegistrationState
from kiosk.flow import states as s
from kiosk.flow.apply import can_apply
from kiosk.flow.questions import can_be_had, open_scopes
from kiosk.flow.screen_model import (
    JAPANESE,
    Button,
    Choice,
    Choices,
    Language,
    Row,
    ScreenId,
    ScreenModel,
    Stepper,
    Summary,
    Text,
    Touch,
)
from kiosk.flow.screen_parts import BACK, amount_text, frame, go_on, literal, place_name, yen
from kiosk.flow.settings import FlowSettings
from kiosk.ports.clock import Instant

CLOSED_REASONS = frozenset(
    {
        "closed_hours",
        "maintenance",
        "counter_only",
        "changeover",
        "not_registered",
        "pending_registration",
        "no_record",
    }
)
"""Words of the wire that have a sentence; any other shows the general one."""
FAMILY = frozenset({CertificateKind.KOSEKI_ZENBU, CertificateKind.KOSEKI_KOJIN, CertificateKind.FUHYO})
"""Issued of a 戸籍, whose people need not live in one household."""
TAX = frozenset({CertificateKind.KAZEI, CertificateKind.SHOTOKU, CertificateKind.NOZEI})
OF_INCOME = frozenset({CertificateKind.KAZEI, CertificateKind.SHOTOKU})
"""Their 年度 goes by the income of the calendar year before it; that of a 納税証明書 is the year of the payments."""


def choosing_kind(state: s.ChoosingKind, now: Instant, settings: FlowSettings) -> ScreenModel:
    """Kinds with fee; a closed one is greyed and says why (U23)."""
    tiles = tuple(
        Choice(Touch(Button.KIND, offer.kind.value), Text(f"kind.{offer.kind.value}"), detail(offer), can_be_had(offer))
        for offer in state.verified.opened.menu.offers
    )
    registration = state.verified.opened.menu.registration
    if registration is None or registration is RegistrationState.REGISTERED:
        note = None if tiles else Text("screen.kind.none")
        return frame(state, ScreenId.KIND, Choices(tiles, note), now, settings)
    note = Text(f"registration.{registration.value}", (("municipality", place_of(state)),))
    may = can_apply(registration, state.verified.municipality)
    apply = (go_on(Button.APPLICATION, "registration.apply"),) if may else ()
    return frame(state, ScreenId.KIND, Choices(tiles, note), now, settings, *apply)


def place_of(state: s.ChoosingKind | s.Confirming) -> str:
    """Name the municipality that the visit is about."""
    return place_name(state.verified.municipality, state.session.language)


def detail(offer: Offer) -> Text:
    """Say the fee of an offer, or why it cannot be had now."""
    if can_be_had(offer):
        return amount_text("screen.kind.fee", offer.fee_yen) if offer.fee_yen else Text("screen.kind.free")
    match offer.closed_reason:
        case "no_record" if offer.kind is CertificateKind.INKAN:
            return Text("closed.no_record_seal")
        case "no_record" if offer.kind in TAX:
            return Text("closed.no_record_tax")
        case "counter_only" if offer.reference is not None:
            return Text("closed.counter_only_reference", (("reference", offer.reference),))
        case reason:
            return closed_text(reason)


def closed_text(reason: str | None) -> Text:
    """Give the sentence of a word of the center for what is closed."""
    return Text(f"closed.{reason if reason in CLOSED_REASONS else 'other'}")


def year_text(kind: CertificateKind, year: int, language: Language) -> Text:
    """Name a 年度, and for an income the year of that income too: by the era in Japanese, else by the calendar year."""
    japanese = language == JAPANESE
    fiscal = ("year", era.fiscal_year(year) if japanese else str(year))
    if kind not in OF_INCOME:
        return Text("year.fiscal", (fiscal,))
    return Text("year.of_income", (fiscal, ("income", era.income_year(year) if japanese else str(year - 1))))


def choosing_scope(state: s.ChoosingScope, now: Instant, settings: FlowSettings) -> ScreenModel:
    """Whose entries."""
    family = state.draft.offer.kind in FAMILY
    words = {scope: "several" if family and scope is ScopeKind.SOME else scope.value for scope in ScopeKind}
    tiles = tuple(
        Choice(Touch(Button.SCOPE, scope.value), Text(f"scope.{words[scope]}"), Text(f"scope.{words[scope]}_detail"))
        for scope in open_scopes(state.draft.offer)
    )
    return frame(state, ScreenId.SCOPE, Choices(tiles), now, settings, BACK)


def choosing_members(state: s.ChoosingMembers, now: Instant, settings: FlowSettings) -> ScreenModel:
    """Which persons; the names are the register's. Where one is wanted, a touch leads on."""
    alone = state.draft.scope is ScopeKind.ONE
    tiles = tuple(
        Choice(
            Touch(Button.MEMBER, member.ref),
            literal(member.name),
            Text("screen.members.applicant") if member.is_applicant else None,
            selected=None if alone else member.ref in state.draft.members,
        )
        for member in state.draft.offer.members
    )
    if alone:
        title, voice = "screen.members.title_one", "voice.members_one"
        return frame(state, ScreenId.MEMBERS, Choices(tiles), now, settings, BACK, title=title, voice=voice)
    body = Choices(tiles, Text("screen.members.note"))
    return frame(state, ScreenId.MEMBERS, body, now, settings, BACK, go_on(enabled=bool(state.draft.members)))


def choosing_year(state: s.ChoosingYear, now: Instant, settings: FlowSettings) -> ScreenModel:
    """Which 年度, the newest first."""
    offer, language = state.draft.offer, state.session.language
    tiles = tuple(Choice(Touch(Button.YEAR, str(year)), year_text(offer.kind, year, language)) for year in offer.years)
    return frame(state, ScreenId.YEAR, Choices(tiles), now, settings, BACK)


def choosing_items(state: s.ChoosingItems, now: Instant, settings: FlowSettings) -> ScreenModel:
    """Which entries beyond the usual ones; none is a good answer, and a My Number comes with a warning."""
    tiles = tuple(
        Choice(
            Touch(Button.ITEM, item.value),
            Text(f"item.{item.value}"),
            Text(f"item.{item.value}_detail"),
            selected=item in state.draft.items,
        )
        for item in state.draft.offer.items
    )
    warned = Item.MY_NUMBER in state.draft.items
    note = Text("screen.items.my_number" if warned else "screen.items.note")
    return frame(state, ScreenId.ITEMS, Choices(tiles, note), now, settings, BACK, go_on())


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
    total = amount_text("screen.confirm.total", offer.fee_yen * draft.copies)
    note = Text(money_note(offer, settings) + ("_my_number" if Item.MY_NUMBER in draft.items else ""))
    body = Summary(tuple(chosen(state)), total, note)
    return frame(state, ScreenId.CONFIRM, body, now, settings, BACK, go_on(Button.NEXT, "screen.confirm.order"))


def chosen(state: s.Confirming) -> Iterator[Row]:
    """Give a row for everything that this kind of certificate lets choose, and the fee beside the copies."""
    draft, offer = state.draft, state.draft.offer
    language = state.session.language
    yield Row(Text("screen.confirm.municipality"), (literal(place_of(state)),))
    yield Row(Text("screen.confirm.kind"), (Text(f"kind.{offer.kind.value}"),))
    whose: tuple[Text, ...] = (Text(f"scope.{draft.scope.value}"),)
    if draft.scope.names_members:
        whose = tuple(literal(member.name) for member in offer.members if member.ref in draft.members)
    yield Row(Text("screen.confirm.scope"), whose)
    if draft.year is not None:
        yield Row(Text("screen.confirm.year"), (year_text(offer.kind, draft.year, language),))
    if offer.items:
        items = tuple(Text(f"item.{item.value}") for item in offer.items if item in draft.items)
        yield Row(Text("screen.confirm.items"), items or (Text("screen.confirm.no_items"),))
    values = (("copies", str(draft.copies)), ("amount", yen(offer.fee_yen)))
    how_many = (
        Text("screen.confirm.copies_value", values) if offer.fee_yen else Text("screen.confirm.copies_free", values[:1])
    )
    yield Row(Text("screen.confirm.copies"), (how_many,))


def money_note(offer: Offer, settings: FlowSettings) -> str:
    """Give the key of what to know about money before going on."""
    if not offer.fee_yen:
        return "screen.confirm.free"
    return "screen.confirm.no_refund" if settings.takes_payment else "screen.confirm.pay_staff"
