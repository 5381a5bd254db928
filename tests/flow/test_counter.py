"""At a counter: a number at once, papers that come out without anybody waiting for them, and one more try while somebody is there."""

from dataclasses import fields, is_dataclass, replace

import pytest

from kiosk.domain.registration import Purpose
from kiosk.flow import effects as fx
from kiosk.flow import events as ev
from kiosk.flow import states as s
from kiosk.flow.advance import advance
from kiosk.flow.screen_model import Button, Number, ScreenId, ScreenModel, Touch
from kiosk.flow.screens import screen_for
from kiosk.flow.step import Step
from kiosk.ports.center import Document, DocumentFate, DocumentMismatch, MoneyFate, OrderOutcome
from kiosk.ports.printer import Printed, PrinterReady, PrinterUnavailable, PrintFailed, PrintOutcome, PrintUnknown
from kiosk.ports.slips import SlipFailed, SlipPrinted, SlipUnknown
from tests.flow import samples as m
from tests.flow.happenings import CENTER

READY = ev.DevicesChecked(m.ticket(), PrinterReady(), None)
NO_PAPER = ev.DevicesChecked(m.ticket(), PrinterUnavailable("PRINT-02"), None)
ISSUED = m.at_counter(m.issued())


def after(label: str, event: ev.Event) -> Step:
    return advance(m.states()[label], event, m.at(), m.COUNTER)


def touched(label: str, button: Button) -> Step:
    return after(label, ev.Touched(Touch(button)))


def shown(state: s.State) -> ScreenModel:
    return screen_for(state, m.at(), m.COUNTER)


def lines(state: s.State) -> list[str]:
    body = shown(state).body
    assert isinstance(body, Number)
    return [text.key.rpartition(".")[2] for text in body.paragraphs]


def test_the_trays_are_looked_into_before_anything_is_ordered() -> None:
    step = touched("Confirming", Button.NEXT)
    assert isinstance(step.state, s.CheckingTrays)
    assert [type(effect) for effect in step.effects] == [fx.CheckDevices]
    ordered = advance(step.state, replace(READY, ticket=step.state.ticket), m.at(), m.COUNTER)
    assert isinstance(ordered.state, s.Preparing)
    assert [type(effect) for effect in ordered.effects] == [fx.PlaceOrder]


def test_without_paper_in_a_tray_nothing_is_ordered_and_no_number_given() -> None:
    step = after("CheckingTrays", NO_PAPER)
    assert isinstance(step.state, s.Message)
    assert (step.state.code, step.effects) == ("PRINT-02", (fx.ForgetVisit(m.VISIT),))


def test_the_slip_comes_at_once_and_no_money_is_asked_for() -> None:
    step = after("CheckingDevices (counter)", READY)
    assert isinstance(step.state, s.Numbered)
    slip, papers = step.effects
    assert isinstance(slip, fx.PrintCounterSlip)
    assert isinstance(papers, fx.PrintSet)
    assert (slip.counter, slip.municipality, slip.copies) == (ISSUED.ticket, m.SHIOMINO, 2)
    assert papers.issued == ISSUED


def test_no_state_after_the_number_holds_a_document() -> None:
    def holds(part: object) -> bool:
        if isinstance(part, Document):
            return True
        if isinstance(part, tuple):
            return any(holds(each) for each in part)
        return is_dataclass(part) and any(holds(getattr(part, field.name)) for field in fields(part))

    given = after("CheckingDevices (counter)", READY).state
    assert not holds(given)
    assert holds(m.states()["CheckingDevices (counter)"]), "the search finds one where there is one"


def test_who_has_the_number_may_go_while_paper_moves() -> None:
    step = touched("Numbered", Button.FINISH)
    assert step.state == s.Idle()
    assert fx.ForgetVisit(m.VISIT) in step.effects
    late = advance(step.state, ev.SetPrinted(m.ticket(), PrintFailed("PRINT-04", 1)), m.at(), m.COUNTER)
    assert late.ignored


def test_the_screen_has_the_number_the_place_and_what_is_to_be_paid() -> None:
    screen = shown(m.states()["Numbered"])
    assert screen.screen is ScreenId.NUMBER
    assert isinstance(screen.body, Number)
    assert screen.body.number == "23"
    assert lines(m.states()["Numbered"]) == ["slip", "wait", "coming", "pay"]
    assert lines(m.states()["Numbered (out)"]) == ["slip", "wait", "out", "pay"]
    assert {("place", "1階 3番窓口の前"), ("amount", "600")} <= {
        value for text in screen.body.paragraphs for value in text.values
    }


def test_nothing_is_to_be_paid_for_what_was_paid_before_it_was_spoilt() -> None:
    state = m.states()["Numbered (out)"]
    assert isinstance(state, s.Numbered)
    assert "pay" not in lines(replace(state, counter=m.counter_ticket(due_yen=0)))


@pytest.mark.parametrize("outcome", [SlipFailed("SLIP-02"), SlipUnknown()])
def test_a_number_without_a_slip_stays_longer_and_asks_to_be_noted(outcome: SlipFailed | SlipUnknown) -> None:
    step = after("Numbered", ev.SlipAnswered(m.ticket(5), outcome))
    assert isinstance(step.state, s.Numbered)
    assert (lines(step.state)[0], step.effects) == ("note_it", ())
    staff = m.COUNTER.deadlines.staff.total_s
    assert step.state.session.deadline_s == m.START_S + staff
    assert staff > m.COUNTER.deadlines.reading.total_s


def test_a_slip_that_is_out_changes_nothing_else() -> None:
    step = after("Numbered", ev.SlipAnswered(m.ticket(5), SlipPrinted()))
    before = m.states()["Numbered"]
    assert isinstance(before, s.Numbered)
    assert step.state == replace(before, slip=None)
    assert step.effects == ()


def test_spoilt_papers_are_ordered_once_more_and_the_number_keeps_its_one_slip() -> None:
    step = after("Numbered", ev.SetPrinted(m.ticket(), PrintFailed("PRINT-04", 1)))
    state, printing = step.state, step.effects[-1]
    assert isinstance(state, s.CheckingTrays)
    assert isinstance(printing, fx.CheckDevices)
    ordered = advance(state, replace(READY, ticket=state.ticket), m.at(), m.COUNTER).state
    assert isinstance(ordered, s.Preparing)
    came = advance(ordered, ev.OrderAnswered(ordered.ticket, ISSUED), m.at(), m.COUNTER).state
    assert isinstance(came, s.CheckingDevices)
    again = advance(came, replace(READY, ticket=came.ticket), m.at(), m.COUNTER)
    assert isinstance(again.state, s.Numbered)
    assert again.state.repeated
    assert [type(effect) for effect in again.effects] == [fx.PrintSet]


def test_another_number_for_the_second_try_gets_a_slip_of_its_own() -> None:
    state = m.states()["CheckingDevices (again)"]
    assert isinstance(state, s.CheckingDevices)
    step = advance(replace(state, issued=m.at_counter(m.issued(), 24)), READY, m.at(), m.COUNTER)
    assert [type(effect) for effect in step.effects] == [fx.PrintCounterSlip, fx.PrintSet]


@pytest.mark.parametrize(
    ("label", "outcome"),
    [
        ("Numbered (repeated)", PrintFailed("PRINT-04", 0)),
        ("Numbered", PrintUnknown(1)),
        ("Numbered (repeated)", PrintUnknown(0)),
    ],
)
def test_what_is_tried_already_or_would_be_a_guess_is_for_the_clerk(label: str, outcome: PrintOutcome) -> None:
    step = after(label, ev.SetPrinted(m.ticket(), outcome))
    assert isinstance(step.state, s.Numbered)
    assert lines(step.state) == ["trouble", "tell"]
    assert not any(isinstance(effect, fx.PlaceOrder | fx.CheckDevices) for effect in step.effects)
    assert [action.touch.button for action in shown(step.state).actions] == [Button.FINISH]


@pytest.mark.parametrize(
    ("label", "event"),
    [
        ("CheckingTrays (again)", NO_PAPER),
        ("CheckingDevices (again)", NO_PAPER),
        ("Preparing (again)", ev.OrderAnswered(m.ticket(), CENTER)),
    ],
)
def test_whatever_hinders_the_second_try_leaves_the_number_on_the_screen(label: str, event: ev.Event) -> None:
    state = after(label, event).state
    assert isinstance(state, s.Numbered)
    assert state.counter == m.counter_ticket()
    assert state.trouble is not None


def test_papers_of_somebody_else_stop_the_machine() -> None:
    state = after("Numbered", ev.SetPrinted(m.ticket(), DocumentMismatch("digest", m.TRANSACTION))).state
    assert isinstance(state, s.Message)
    assert (state.code, state.stops) == ("DOC-01", True)


def test_trays_that_the_office_names_otherwise_are_never_printed_from() -> None:
    state = m.states()["CheckingDevices (counter)"]
    assert isinstance(state, s.CheckingDevices)
    assert ISSUED.ticket is not None
    swapped = replace(ISSUED, ticket=replace(ISSUED.ticket, security_tray="tray-1", plain_tray="tray-2"))
    step = advance(replace(state, issued=swapped), READY, m.at(), m.COUNTER)
    assert isinstance(step.state, s.Message)
    assert step.state.code == "PRINT-02"
    papers = tuple((each.serial, DocumentFate.VOIDED, 0) for each in ISSUED.certificates)
    assert fx.Report(OrderOutcome(m.TRANSACTION, MoneyFate.NONE, 0, papers, None)) in step.effects
    assert not any(isinstance(effect, fx.PrintSet | fx.PrintCounterSlip) for effect in step.effects)


@pytest.mark.parametrize("missing", [0, -1, 1])
def test_an_order_that_lacks_one_of_its_papers_stops_the_machine(missing: int) -> None:
    papers = list(ISSUED.documents)
    del papers[missing]
    step = after("Preparing", ev.OrderAnswered(m.ticket(), replace(ISSUED, documents=tuple(papers))))
    assert isinstance(step.state, s.Message)
    assert (step.state.code, step.state.stops) == ("DOC-01", True)


def test_papers_of_a_counter_stop_a_kiosk_and_an_order_without_a_number_stops_a_counter() -> None:
    for settings, issued in ((m.KIOSK, ISSUED), (m.COUNTER, m.issued())):
        step = advance(m.states()["Preparing"], ev.OrderAnswered(m.ticket(), issued), m.at(), settings)
        assert isinstance(step.state, s.Message)
        assert step.state.code == "DOC-01"


def test_only_a_counter_offers_the_card_as_seal_registration_card() -> None:
    touch = ev.Touched(Touch(Button.SEAL_CARD))
    assert advance(m.states()["Service"], touch, m.at(), m.KIOSK).ignored
    assert after("Service", touch).state == s.Consent(replace(m.session(), deadline_s=m.START_S + 140), s.UseSealCard())


def test_the_code_for_the_clerk_comes_once_the_card_is_gone() -> None:
    state = after("TakeCard (seal)", ev.CardLifted(m.ticket())).state
    assert isinstance(state, s.SealCode)
    body = shown(state).body
    assert isinstance(body, Number)
    assert body.number == "7K3P WX9D"
    assert touched("SealCode", Button.FINISH).state == s.Idle()


def test_a_visit_for_the_seal_is_asked_for_as_such() -> None:
    pad = m.states()["Pin (4 typed)"]
    assert isinstance(pad, s.Pin)
    step = advance(
        replace(pad, aim=s.Aim(s.UseSealCard(), m.SHIOMINO)), ev.Touched(Touch(Button.OK)), m.at(), m.COUNTER
    )
    assert [effect.purpose for effect in step.effects if isinstance(effect, fx.Authenticate)] == [Purpose.SEAL_CARD]


def test_who_has_no_seal_is_told_so() -> None:
    state = after("TakeCard (no seal)", ev.CardLifted(m.ticket())).state
    assert isinstance(state, s.Message)
    assert state.code == "REFUSED-06"


def test_the_residents_screen_never_names_a_person_a_clerk_or_a_fee_taken() -> None:
    """The clerk's part is another machine's: here are only the number, where to wait, and what to tell (U31)."""
    for label in m.of_counter(m.session(), m.ticket()):
        screen = shown(m.states()[label])
        assert "架空" not in repr(screen), label
        assert screen.screen in {
            *(ScreenId.MUNICIPALITY, ScreenId.PREPARING, ScreenId.TAKE_CARD, ScreenId.NUMBER, ScreenId.SEAL_CODE),
        }


def test_printed_papers_only_change_the_words() -> None:
    step = after("Numbered", ev.SetPrinted(m.ticket(), Printed(4)))
    assert isinstance(step.state, s.Numbered)
    assert (step.state.papers, step.effects) == (None, ())
