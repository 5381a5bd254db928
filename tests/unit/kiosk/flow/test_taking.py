"""What there is to take after paying: sheets, receipt and change, each told of, and nothing left there without a word."""

from dataclasses import replace

import pytest

from kiosk.flow import effects as fx
from kiosk.flow import events as ev
from kiosk.flow import states as s
from kiosk.flow.advance import advance
from kiosk.flow.screen_model import Button, Picture, Text, Touch
from kiosk.flow.screens import screen_for
from kiosk.ports.payment import ChangeAdvice, Paid
from kiosk.ports.printer import Printed, PrinterReady
from kiosk.ports.slips import SlipFailed, SlipOutcome, SlipPrinted, SlipPrinterUnavailable, SlipUnknown
from tests.flow import samples as m

STATES = m.states()
COMING = STATES["Collect (receipt coming)"]


def collecting(**changes: object) -> s.Collect:
    state = STATES["Collect"]
    assert isinstance(state, s.Collect)
    timed = replace(state.session, deadline_s=m.START_S + m.KIOSK.deadlines.reading.total_s)
    return replace(state, session=timed, **changes)  # type: ignore[arg-type]  # the names are the fields'


def test_change_is_spoken_of_at_once_and_again_where_it_is_taken() -> None:
    paying = STATES["Paying"]
    assert isinstance(paying, s.Paying)
    step = advance(replace(paying, inserted_yen=1000), ev.PaymentAnswered(m.ticket(), Paid(600)), m.at(), m.KIOSK)
    assert step.effects[0] == fx.Announce(Text("voice.take_change"))
    assert isinstance(step.state, s.Printing)
    for _ in range(2):
        assert isinstance(step.state, s.Printing)
        serial = step.state.issued.documents[len(step.state.done)].serial
        step = advance(step.state, ev.DocumentPrinted(step.state.ticket, serial, Printed(1)), m.at(), m.KIOSK)
    assert isinstance(step.state, s.Collect)
    assert step.state.change_yen == 400
    (receipt,) = (effect for effect in step.effects if isinstance(effect, fx.PrintReceipt))
    assert (receipt.fee_yen, receipt.copies, receipt.inserted_yen) == (300, 2, 1000)
    body = screen_for(step.state, m.at(), m.KIOSK).body
    assert isinstance(body, Picture)
    assert (body.name, body.detail) == ("collect", Text("screen.collect.detail"))


@pytest.mark.parametrize(
    ("said", "place"),
    [
        (SlipPrinted(), s.ReceiptPlace.OUT),
        (SlipFailed("SLIP-02"), s.ReceiptPlace.MISSING),
        (SlipUnknown(), s.ReceiptPlace.MISSING),
    ],
)
def test_a_receipt_is_out_or_written_on_the_screen(said: SlipOutcome, place: s.ReceiptPlace) -> None:
    assert isinstance(COMING, s.Collect)
    step = advance(COMING, ev.SlipAnswered(m.ticket(), said), m.at(), m.KIOSK)
    assert isinstance(step.state, s.Collect)
    assert step.state.receipt is place
    body = screen_for(step.state, m.at(), m.KIOSK).body
    assert isinstance(body, Picture)
    assert body.detail is not None
    assert (("amount", "600") in body.detail.values) is (place is s.ReceiptPlace.MISSING)


def test_the_resident_is_reminded_more_urgently_up_to_the_third_time() -> None:
    state: s.State = collecting()
    heard = []
    for seconds in range(0, 120, 5):
        step = advance(state, ev.Tick(), m.at(float(seconds)), m.KIOSK)
        state = step.state
        heard += [
            effect.level for effect in step.effects if effect.__class__ is fx.Announce and "papers" in effect.line.key
        ]
    assert heard == [1, 2, 3, 3]


def test_what_nobody_said_was_taken_is_handed_over_and_staff_look_at_the_tray() -> None:
    told, left = fx.Report(m.outcome()), fx.NotePapersLeft(m.outcome().transaction)
    left_alone = advance(collecting(), ev.Tick(), m.at(200.0), m.KIOSK)
    taken = advance(collecting(), ev.Touched(Touch(Button.NEXT)), m.at(), m.KIOSK)
    for step, expected in ((left_alone, [told, left]), (taken, [told])):
        assert [effect for effect in step.effects if isinstance(effect, fx.Report | fx.NotePapersLeft)] == expected


def test_little_change_is_said_before_the_first_coin() -> None:
    ready = ev.DevicesChecked(m.ticket(), PrinterReady(), None, None, ChangeAdvice.EXACT_ONLY)
    step = advance(STATES["CheckingDevices"], ready, m.at(), m.KIOSK)
    screen = screen_for(step.state, m.at(), m.KIOSK)
    assert (screen.body.sentence, screen.announcement) == (Text("screen.paying.exact"), Text("voice.paying_exact"))  # type: ignore[union-attr]


@pytest.mark.parametrize(("needed", "code"), [(True, "SLIP-02"), (False, None)])
def test_without_receipts_nothing_is_sold_where_they_are_needed(needed: bool, code: str | None) -> None:
    ready = ev.DevicesChecked(m.ticket(), PrinterReady(), None, SlipPrinterUnavailable("SLIP-02"))
    step = advance(STATES["CheckingDevices"], ready, m.at(), replace(m.KIOSK, needs_slips=needed))
    assert getattr(step.state, "code", None) == code


def test_without_any_change_nothing_is_sold() -> None:
    ready = ev.DevicesChecked(m.ticket(), PrinterReady(), None, None, ChangeAdvice.NONE)
    step = advance(STATES["CheckingDevices"], ready, m.at(), m.KIOSK)
    assert isinstance(step.state, s.Message)
    assert step.state.code == "PAY-03"


def test_cases_of_a_power_cut_get_their_slips_at_the_start() -> None:
    found = ev.SettledCase(m.TRANSACTION, s.CaseNumber("0F1E2D3C"), None)
    step = advance(s.Settling(), ev.Settled((found,), "DOC-01"), m.at(), m.KIOSK)
    assert step.effects[0] == fx.PrintCaseSlip(found.case, "CASE-01", m.TRANSACTION, None, None)
    assert step.state == s.OutOfService(frozenset(), "DOC-01", (found.case,))
