"""Every state's screen, as data: what to show, never how.

Holds no sentence: texts are keys of assets/strings, literal texts come from a register.
"""

from typing import assert_never

from kiosk.flow import (
    screens_apply,
    screens_attributes,
    screens_choose,
    screens_counter,
    screens_identify,
    screens_issue,
)
from kiosk.flow import states as s
from kiosk.flow.screen_model import Attract, Busy, Button, Picture, ScreenId, ScreenModel, Text
from kiosk.flow.screen_parts import go_on
from kiosk.flow.settings import FlowSettings
from kiosk.ports.clock import Instant


def screen_for(state: s.State, now: Instant, settings: FlowSettings) -> ScreenModel:
    """Give the screen of a state at an instant; only the warning and, in `Idle`, the closing notice depend on time."""
    match state:
        case s.Settling():
            return settling(settings)
        case s.Idle():
            return idle(now, settings)
        case s.OutOfService():
            return out_of_service(state, settings)
        case s.Service():
            return screens_identify.service(state, now, settings)
        case s.Consent():
            return screens_identify.consent(state, now, settings)
        case s.ChoosingMunicipality():
            return screens_identify.choosing_municipality(state, now, settings)
        case s.PlaceCard():
            return screens_identify.place_card(state, now, settings)
        case s.LastTry():
            return screens_identify.last_try(state, now, settings)
        case s.Pin():
            return screens_identify.pin(state, now, settings)
        case s.Verifying():
            return screens_identify.verifying(state, now, settings)
        case s.TakeCard() | s.ReturningCard() | s.Applied():
            return screens_identify.take_card(state, now, settings)
        case s.ChoosingKind():
            return screens_choose.choosing_kind(state, now, settings)
        case s.ChoosingScope():
            return screens_choose.choosing_scope(state, now, settings)
        case s.ChoosingMembers():
            return screens_choose.choosing_members(state, now, settings)
        case s.ChoosingYear():
            return screens_choose.choosing_year(state, now, settings)
        case s.ChoosingItems():
            return screens_choose.choosing_items(state, now, settings)
        case s.ChoosingCopies():
            return screens_choose.choosing_copies(state, now, settings)
        case s.CardAgain():
            return screens_attributes.card_again(state, now, settings)
        case s.AttributesPin():
            return screens_attributes.attributes_pin(state, now, settings)
        case s.ReadingAttributes():
            return screens_attributes.reading_attributes(state, now, settings)
        case s.Unread():
            return screens_attributes.unread(state, now, settings)
        case s.Confirming():
            return screens_choose.confirming(state, now, settings)
        case s.CheckingTrays():
            return screens_counter.checking_trays(state, now, settings)
        case s.Preparing() | s.CheckingDevices():
            return screens_issue.preparing(state, now, settings)
        case s.Paying():
            return screens_issue.paying(state, now, settings)
        case s.Cancelling() | s.Refunding():
            return screens_issue.money_back(state, now, settings)
        case s.Printing():
            return screens_issue.printing(state, now, settings)
        case s.Collect():
            return screens_issue.collect(state, now, settings)
        case s.Another():
            return screens_issue.another(state, now, settings)
        case s.Numbered():
            return screens_counter.numbered(state, now, settings)
        case s.SealCode():
            return screens_counter.seal_code(state, now, settings)
        case s.Message():
            return screens_issue.message(state, now, settings)
        case s.CallingStaff():
            return screens_issue.calling_staff(state, now, settings)
        case s.Writing():
            return screens_apply.writing(state, now, settings)
        case s.CheckingForm():
            return screens_apply.checking_form(state, now, settings)
        case s.InspectingSignature():
            return screens_identify.verifying(state, now, settings)
        case s.LastPassword():
            return screens_apply.last_password(state, now, settings)
        case s.Password():
            return screens_apply.password(state, now, settings)
        case s.Signing() | s.Applying():
            return screens_apply.signing(state, now, settings)
        case s.Unsent():
            return screens_apply.unsent(state, now, settings)
        case s.Reception():
            return screens_apply.reception(state, now, settings)
        case s.Told():
            return screens_apply.told(state, now, settings)
        case _:
            assert_never(state)


def settling(settings: FlowSettings) -> ScreenModel:
    """Start-up."""
    return ScreenModel(
        ScreenId.OUT_OF_SERVICE,
        settings.languages[0],
        Text("screen.out_of_service.title_settling"),
        Busy(Text("screen.out_of_service.settling")),
        language_switch=False,
        announcement=Text("voice.settling"),
    )


def idle(now: Instant, settings: FlowSettings) -> ScreenModel:
    """The first screen; outside hours it invites nobody and says when to come."""
    hours = settings.hours
    closed = settings.hours_enforced and not hours.is_open(now.wall)
    window = (("opens", f"{hours.opens:%H:%M}"), ("closes", f"{hours.closes:%H:%M}"))
    notices = (Text("screen.idle.hours", window),) if settings.hours_enforced else ()
    return ScreenModel(
        ScreenId.IDLE,
        settings.languages[0],
        Text("screen.idle.title"),
        Attract(Text("screen.idle.closed" if closed else "screen.idle.invitation"), notices),
        () if closed else (go_on(Button.START, "screen.idle.start"),),
        language_switch=not closed,
        announcement=Text("voice.idle_closed" if closed else "voice.idle"),
    )


def out_of_service(state: s.OutOfService, settings: FlowSettings) -> ScreenModel:
    """Why, in a word and a code, and whom to call."""
    detail = Text("screen.out_of_service.code", (("code", state.code),))
    if settings.telephone:
        values = (("code", state.code), ("telephone", settings.telephone))
        detail = Text("screen.out_of_service.code_call", values)
    if state.cases:
        numbers = " ".join(state.cases[:4])
        known = (("code", state.code), ("cases", numbers), ("telephone", settings.telephone))
        detail = Text(
            "screen.out_of_service.cases_call" if settings.telephone else "screen.out_of_service.cases", known
        )
    sentence = "screen.out_of_service.stopped" if state.stopped is not None else "screen.out_of_service.sentence"
    return ScreenModel(
        ScreenId.OUT_OF_SERVICE,
        settings.languages[0],
        Text("screen.out_of_service.title"),
        Picture("closed", Text(sentence), detail),
        language_switch=False,
        announcement=Text("voice.out_of_service"),
    )
