"""Screens from the order to the end, messages included."""

from kiosk.flow import states as s
from kiosk.flow.codes import TONES, sentence_code
from kiosk.flow.screen_model import (
    Action,
    Busy,
    Button,
    Choice,
    Choices,
    Message,
    Money,
    Picture,
    Progress,
    Role,
    ScreenId,
    ScreenModel,
    Text,
    Tone,
    Touch,
)
from kiosk.flow.screen_parts import button, frame, go_on
from kiosk.flow.settings import FlowSettings
from kiosk.ports.clock import Instant


def preparing(state: s.Preparing | s.CheckingDevices, now: Instant, settings: FlowSettings) -> ScreenModel:
    """The order is on its way, then the machine checks itself."""
    if isinstance(state, s.Preparing):
        body = Busy(Text("screen.preparing.sentence"), 1, 2)
    else:
        body = Busy(Text("screen.preparing.checking"), 2, 2)
    return frame(state, ScreenId.PREPARING, body, now, settings)


def paying(state: s.Paying, now: Instant, settings: FlowSettings) -> ScreenModel:
    """Due and inserted; the last place to cancel."""
    body = Money(state.issued.total_yen, state.inserted_yen, Text("screen.paying.sentence"))
    return frame(state, ScreenId.PAYING, body, now, settings)


def money_back(state: s.Cancelling | s.Refunding, now: Instant, settings: FlowSettings) -> ScreenModel:
    """Money is on its way back."""
    stopping = isinstance(state, s.Cancelling)
    body = Busy(Text("screen.paying.stopping" if stopping else "screen.paying.refunding"))
    title = "screen.paying.title_stopping" if stopping else "screen.paying.title_refunding"
    voice = "voice.paying_stopping" if stopping else "voice.refunding"
    # Money that goes back is no step of the way, and the state that refunds no longer knows the way.
    return frame(state, ScreenId.PAYING, body, now, settings, title=title, voice=voice, numbered=stopping)


def printing(state: s.Printing, now: Instant, settings: FlowSettings) -> ScreenModel:
    """Sheets out of sheets, and that it takes a while (U25)."""
    documents = state.issued.documents
    total = sum(settings.sheets(document.pages) for document in documents)
    done = sum(end.sheets for end in state.done) + state.sheets_out
    number = min(len(state.done) + 1, len(documents))
    sentence = Text("screen.printing.sentence", (("number", str(number)), ("count", str(len(documents)))))
    detail = Text("screen.printing.stay" if settings.hands_over_here else "screen.printing.stay_counter")
    return frame(state, ScreenId.PRINTING, Progress(min(done, total), total, sentence, detail), now, settings)


def collect(state: s.Collect, now: Instant, settings: FlowSettings) -> ScreenModel:
    """Take it, check the name, and say so if it is somebody else's (INV-21); at a counter, go to staff."""
    if not settings.hands_over_here:
        body = Picture("clerk", Text("screen.collect.counter"), Text("screen.collect.counter_detail"))
        return frame(
            state,
            ScreenId.COLLECT,
            body,
            now,
            settings,
            go_on(),
            title="screen.collect.title_counter",
            voice="voice.collect_counter",
        )
    body = Picture("collect", Text("screen.collect.sentence"), Text("screen.collect.detail"))
    return frame(
        state,
        ScreenId.COLLECT,
        body,
        now,
        settings,
        button(Button.NOT_MINE, "screen.collect.not_mine", Role.ALARM),
        go_on(Button.NEXT, "screen.collect.mine"),
    )


def another(state: s.Another, now: Instant, settings: FlowSettings) -> ScreenModel:
    """Once more, or the end."""
    tiles = (
        Choice(Touch(Button.ANOTHER), Text("screen.another.another"), Text("screen.another.another_detail")),
        Choice(Touch(Button.FINISH), Text("screen.another.finish"), Text("screen.another.finish_detail")),
    )
    return frame(state, ScreenId.ANOTHER, Choices(tiles), now, settings)


def message(state: s.Message, now: Instant, settings: FlowSettings) -> ScreenModel:
    """What happened, what to do, where card and money are (U27); staff read the reference beside the code."""
    code = sentence_code(state.code)
    shown = state.code if state.reference is None else f"{state.code} {state.reference}"
    body = Message(
        TONES[code],
        Text(f"code.{code}.happened"),
        Text(f"code.{code}.to_do"),
        shown,
        Text(f"where.{state.card.value}_{state.money.value}"),
    )
    actions: tuple[Action, ...] = (go_on(Button.FINISH, "common.finish"),)
    if state.resume is not None:
        actions = (button(Button.ANOTHER, "screen.message.choose_again", Role.SECONDARY), *actions)
    voice = "voice.message_take_card" if state.card is not s.CardPlace.AWAY else "voice.message"
    return frame(state, ScreenId.MESSAGE, body, now, settings, *actions, voice=voice)


def calling_staff(state: s.CallingStaff, now: Instant, settings: FlowSettings) -> ScreenModel:
    """The number of the case, large in the sentence, and that nothing is lost."""
    code = sentence_code(state.code)
    values = (("case", state.case), ("telephone", settings.telephone))
    to_do = Text("screen.calling_staff.to_do_call", values) if settings.telephone else case_text(state)
    body = Message(
        Tone.STOP,
        Text(f"code.{code}.happened"),
        to_do,
        f"{state.code} {state.case}",
        Text("screen.calling_staff.money" if settings.takes_payment else "screen.calling_staff.no_money"),
    )
    return frame(
        state, ScreenId.CALLING_STAFF, body, now, settings, button(Button.FINISH, "common.finish", Role.SECONDARY)
    )


def case_text(state: s.CallingStaff) -> Text:
    """Ask the resident to tell staff the number."""
    return Text("screen.calling_staff.to_do", (("case", state.case),))
