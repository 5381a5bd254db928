"""Screens from the order to the end, messages included."""

from typing import assert_never

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
    sentence, voice = ("exact", "voice.paying_exact") if state.exact_only else ("sentence", "voice.paying")
    body = Money(state.issued.total_yen, state.inserted_yen, Text(f"screen.paying.{sentence}"))
    return frame(state, ScreenId.PAYING, body, now, settings, voice=voice)


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
    total = sum(document.sheets for document in documents)
    done = sum(end.sheets for end in state.done) + state.sheets_out
    number = min(len(state.done) + 1, len(documents))
    sentence = Text("screen.printing.sentence", (("number", str(number)), ("count", str(len(documents)))))
    body = Progress(min(done, total), total, sentence, Text("screen.printing.stay"))
    return frame(state, ScreenId.PRINTING, body, now, settings)


def collect(state: s.Collect, now: Instant, settings: FlowSettings) -> ScreenModel:
    """Take it, check the name, and say so if it is somebody else's (INV-21)."""
    picture, detail = to_take(state)
    body = Picture(picture, Text("screen.collect.sentence"), detail)
    return frame(
        state,
        ScreenId.COLLECT,
        body,
        now,
        settings,
        button(Button.NOT_MINE, "screen.collect.not_mine", Role.ALARM),
        go_on(Button.NEXT, "screen.collect.mine"),
    )


def to_take(state: s.Collect) -> tuple[str, Text]:
    """Give picture and sentence of what lies there beside the certificate; a receipt that did not come is written out."""
    change = state.change_yen > 0
    match state.receipt:
        case s.ReceiptPlace.NONE:
            return "collect_paper", Text("screen.collect.detail_card")
        case s.ReceiptPlace.COMING | s.ReceiptPlace.OUT if change:
            return "collect", Text("screen.collect.detail")
        case s.ReceiptPlace.COMING | s.ReceiptPlace.OUT:
            return "collect_receipt", Text("screen.collect.detail_receipt")
        case s.ReceiptPlace.MISSING:
            number = state.outcome.transaction[:8].upper()
            values = (("number", number), ("amount", f"{state.outcome.received_yen:,}"))
            if change:
                return "collect_change", Text("screen.collect.no_receipt_change", values)
            return "collect_paper", Text("screen.collect.no_receipt", values)
        case _:
            assert_never(state.receipt)


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
