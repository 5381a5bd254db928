"""Pieces that many screens share: buttons, steps, the frame of a page, the warning."""

from math import ceil

from kiosk.flow import states as s
from kiosk.flow.aside import ROWS, Cancel
from kiosk.flow.screen_model import Action, Body, Button, Role, ScreenId, ScreenModel, Text, Touch
from kiosk.flow.settings import FlowSettings
from kiosk.ports.clock import Instant

STEPS = (
    ScreenId.MUNICIPALITY,
    ScreenId.PLACE_CARD,
    ScreenId.PIN,
    ScreenId.KIND,
    ScreenId.SCOPE,
    ScreenId.ITEMS,
    ScreenId.COPIES,
    ScreenId.CONFIRM,
    ScreenId.PAYING,
    ScreenId.PRINTING,
)
"""The numbered part of a visit; without payment it has one step less."""

SAME_STEP = {
    ScreenId.LAST_TRY: ScreenId.PIN,
    ScreenId.VERIFYING: ScreenId.PIN,
    ScreenId.TAKE_CARD: ScreenId.PIN,
    ScreenId.MEMBERS: ScreenId.SCOPE,
    ScreenId.PREPARING: ScreenId.CONFIRM,
}


def step_of(screen: ScreenId, settings: FlowSettings) -> tuple[int, int] | None:
    """Give "step n of m" of a screen; None outside the numbered part."""
    steps = [step for step in STEPS if settings.takes_payment or step is not ScreenId.PAYING]
    step = SAME_STEP.get(screen, screen)
    return (steps.index(step) + 1, len(steps)) if step in steps else None


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
        step=step_of(screen, settings) if numbered else None,
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
