"""Pieces that many screens share: buttons, steps, the frame of a page, the warning."""

from math import ceil

from kiosk.domain.certificates import Municipality, Offer
from kiosk.domain.registration import Purpose
from kiosk.flow import states as s
from kiosk.flow.aside import ROWS, Cancel
from kiosk.flow.questions import Question, asked, first_draft
from kiosk.flow.screen_model import (
    JAPANESE,
    Action,
    Body,
    Button,
    Language,
    Role,
    ScreenId,
    ScreenModel,
    Text,
    Touch,
)
from kiosk.flow.settings import FlowSettings
from kiosk.ports.clock import Instant

APPLYING = (
    *(ScreenId.MUNICIPALITY, ScreenId.HONSEKI, ScreenId.HITTOSHA, ScreenId.TELEPHONE, ScreenId.FORM),
    *(ScreenId.PLACE_CARD, ScreenId.PIN, ScreenId.PASSWORD, ScreenId.SIGNING),
)
ASKING = (ScreenId.MUNICIPALITY, ScreenId.PLACE_CARD, ScreenId.PIN)
BEFORE = (ScreenId.MUNICIPALITY, ScreenId.PLACE_CARD, ScreenId.PIN, ScreenId.KIND)
MOST_ASKED = (ScreenId.SCOPE, ScreenId.ITEMS, ScreenId.COPIES)
"""What a kind asks at most: those who take a year are for oneself alone and have no items."""
ASKED_AT = {
    Question.SCOPE: ScreenId.SCOPE,
    Question.MEMBERS: ScreenId.SCOPE,
    Question.YEAR: ScreenId.YEAR,
    Question.ITEMS: ScreenId.ITEMS,
    Question.COPIES: ScreenId.COPIES,
}
"""Whose entries is one step, whether scope, persons or both are asked: how many pages it takes follows from the answer."""

SAME_STEP = {
    ScreenId.LAST_TRY: ScreenId.PIN,
    ScreenId.VERIFYING: ScreenId.PIN,
    ScreenId.TAKE_CARD: ScreenId.PIN,
    ScreenId.MEMBERS: ScreenId.SCOPE,
    ScreenId.CARD_AGAIN: ScreenId.CONFIRM,
    ScreenId.ATTRIBUTES_PIN: ScreenId.CONFIRM,
    ScreenId.UNREAD: ScreenId.CONFIRM,
    ScreenId.PREPARING: ScreenId.CONFIRM,
    ScreenId.LAST_PASSWORD: ScreenId.PASSWORD,
    ScreenId.UNSENT: ScreenId.SIGNING,
}


def steps(errand: s.Errand, offer: Offer | None, settings: FlowSettings) -> list[ScreenId]:
    """Give the numbered part of a visit.

    Of one for a certificate: exactly what the chosen kind asks, and the longest way before one is chosen.

    So the number of steps may get smaller with the choice, and never grows afterwards.
    """
    match errand:
        case s.Apply():
            return list(APPLYING)
        case s.AskState() | s.UseSealCard():
            return list(ASKING)
        case s.TakeCertificates():
            pass
    questions = MOST_ASKED if offer is None else dict.fromkeys(ASKED_AT[q] for q in asked(first_draft(offer)))
    pays = settings.takes_payment and (offer is None or offer.fee_yen > 0)
    last = ScreenId.PRINTING if settings.hands_over_here else ScreenId.NUMBER
    return [*BEFORE, *questions, ScreenId.CONFIRM, *([ScreenId.PAYING] if pays else []), last]


def step_of(screen: ScreenId, errand: s.Errand, offer: Offer | None, settings: FlowSettings) -> tuple[int, int] | None:
    """Give "step n of m" of a screen; None outside the numbered part."""
    numbered = steps(errand, offer, settings)
    step = SAME_STEP.get(screen, screen)
    return (numbered.index(step) + 1, len(numbered)) if step in numbered else None


def errand_of(state: s.Attended) -> s.Errand:
    """Give what a state is about; a certificate where nothing else is said."""
    match state:
        case s.Consent() | s.ChoosingMunicipality() | s.TakeCard():
            return state.errand
        case s.PlaceCard() | s.LastTry() | s.Pin() | s.Verifying():
            return state.aim.errand
        case (
            s.Writing()
            | s.CheckingForm()
            | s.InspectingSignature()
            | s.LastPassword()
            | s.Password()
            | s.Signing()
            | s.Applying()
            | s.Unsent()
            | s.Applied()
            | s.Reception()
        ):
            return s.Apply()
        case s.Told():
            return s.AskState()
        case s.SealCode():
            return s.UseSealCard()
        case _:
            return s.TakeCertificates(Purpose.RESIDENCE)


def offer_of(state: s.Attended) -> Offer | None:
    """Give the offer that a state is about; None before the choice and after the paper."""
    match state:
        case (
            s.ChoosingScope()
            | s.ChoosingMembers()
            | s.ChoosingYear()
            | s.ChoosingItems()
            | s.ChoosingCopies()
            | s.CardAgain()
            | s.AttributesPin()
            | s.Unread()
            | s.Confirming()
        ):
            return state.draft.offer
        case s.CheckingTrays() | s.Preparing() | s.CheckingDevices() | s.Numbered():
            return state.verified.opened.menu.offer(state.order.kind)
        case s.Paying() | s.Cancelling() | s.Printing():
            return state.verified.opened.menu.offer(state.issued.documents[0].kind)
        case _:
            return None


def warning_s(state: s.State, now: Instant, settings: FlowSettings) -> int | None:
    """Give the seconds left when the warning is due, at least 1; None before that and where nothing warns."""
    limit = settings.deadlines.of(state)
    session = s.session_of(state)
    if limit is None or session is None or session.deadline_s is None or not limit.warning_s:
        return None
    left_s = session.deadline_s - now.steady_s
    return max(1, ceil(left_s)) if left_s <= limit.warning_s else None


def button(which: Button, label: str, role: Role, *, argument: str = "", enabled: bool = True) -> Action:
    """Make a button of the bottom row."""
    return Action(Touch(which, argument), Text(label), role, enabled)


def go_on(which: Button = Button.NEXT, label: str = "common.next", *, enabled: bool = True) -> Action:
    """Make the main button of a page."""
    return button(which, label, Role.PRIMARY, enabled=enabled)


BACK = button(Button.BACK, "common.back", Role.BACK)
CANCEL = button(Button.CANCEL, "common.cancel", Role.CANCEL)


def frame(
    state: s.Attended,
    screen: ScreenId,
    body: Body,
    now: Instant,
    settings: FlowSettings,
    *actions: Action,
    title: str = "",
    voice: str = "",
    numbered: bool = True,
) -> ScreenModel:
    """Put a body into its page: title, cancel where the table of asides allows it, step, warning, spoken line."""
    offered = list(actions)
    present = {action.touch.button for action in offered}
    if ROWS[type(state)].cancel is not Cancel.ABSENT and Button.CANCEL not in present:
        place = 1 if Button.BACK in present else 0
        offered.insert(place, CANCEL)
    return ScreenModel(
        screen=screen,
        language=state.session.language,
        title=Text(title or f"screen.{screen.value}.title"),
        body=body,
        actions=tuple(offered),
        step=step_of(screen, errand_of(state), offer_of(state), settings) if numbered else None,
        warning_s=warning_s(state, now, settings),
        announcement=Text(voice or f"voice.{screen.value}"),
    )


def yen(amount: int) -> str:
    """Write an amount with separators; the unit is the language's."""
    return f"{amount:,}"


def amount_text(key: str, amount: int) -> Text:
    """Make a text that names an amount."""
    return Text(key, (("amount", yen(amount)),))


def literal(text: str) -> Text:
    """Make a text that comes from a register, in its own words."""
    return Text("", (), text)


def place_name(place: Municipality, language: Language) -> str:
    """Give a municipality's name as its reader reads."""
    return place.name if language == JAPANESE else place.name_en
