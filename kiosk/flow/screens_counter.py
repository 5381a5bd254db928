"""Screens that only a counter has. They show the resident's part alone: nothing of the clerk's, and no name."""

from kiosk.flow import states as s
from kiosk.flow.screen_model import Busy, Button, Number, Role, ScreenId, ScreenModel, Text
from kiosk.flow.screen_parts import amount_text, button, frame, go_on
from kiosk.flow.settings import FlowSettings
from kiosk.ports.clock import Instant

SEAL_CODE_HALF = 4


def checking_trays(state: s.CheckingTrays, now: Instant, settings: FlowSettings) -> ScreenModel:
    """Before the order, the first time or again."""
    sentence = "screen.preparing.checking" if state.again is None else "screen.preparing.again"
    return frame(state, ScreenId.PREPARING, Busy(Text(sentence)), now, settings)


def numbered(state: s.Numbered, now: Instant, settings: FlowSettings) -> ScreenModel:
    """The number, large; whether the slip is out, where to wait, who hands over and what it costs."""
    counter = state.counter
    if state.trouble is not None:
        trouble = Text("screen.number.trouble", (("code", state.trouble),))
        lines = (trouble, Text("screen.number.tell", (("check", counter.check),)))
    else:
        slip = Text("screen.number.slip")
        if state.unslipped:
            slip = Text("screen.number.note_it", (("check", counter.check),))
        out = "screen.number.coming" if state.papers is not None else "screen.number.out"
        wait = Text("screen.number.wait", (("place", counter.waiting_place),))
        pay = (amount_text("screen.number.pay", counter.due_yen),) if counter.due_yen else ()
        lines = (slip, wait, Text(out), *pay)
    actions = [go_on(Button.FINISH, "common.finish")]
    if state.trouble is None:
        actions.insert(0, button(Button.ANOTHER, "screen.number.another", Role.SECONDARY))
    title, voice = "", "voice.number_unslipped" if state.unslipped else ""
    if state.trouble is not None:
        title, voice = "screen.number.title_trouble", "voice.number_trouble"
    return frame(
        state,
        ScreenId.NUMBER,
        Number(Text("screen.number.caption"), str(counter.number), lines),
        now,
        settings,
        *actions,
        title=title,
        voice=voice,
    )


def seal_code(state: s.SealCode, now: Instant, settings: FlowSettings) -> ScreenModel:
    """What to tell the clerk, in two halves that are easy to say."""
    code = f"{state.code[:SEAL_CODE_HALF]} {state.code[SEAL_CODE_HALF:]}"
    lines = tuple(Text(f"screen.seal_code.{key}") for key in ("tell", "soon", "card"))
    body = Number(Text("screen.seal_code.caption"), code, lines)
    return frame(state, ScreenId.SEAL_CODE, body, now, settings, go_on(Button.FINISH, "common.finish"))
