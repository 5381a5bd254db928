"""A counter whose office asks for the card's own attributes: read, refused, left out, another card, and never the individual number."""

import gc
import json
import logging
from collections.abc import Sequence
from pathlib import Path

import pytest

from kiosk.adapters.card.card_faults import Fault, FaultName
from kiosk.adapters.card.virtual_card import ATTRIBUTES_AID, VirtualCard
from kiosk.cardproc import load_persona
from kiosk.flow.screen_model import Button, Message, PinPad, ScreenId, ScreenModel
from kiosk.headless import FieldHand
from kiosk.ports.attributes import CardAttributes
from tests.support.counter_terminal import Terminal, text_of
from tests.support.standing import Standing, ready, steps, walk
from tests.support.town import Town, until

ASKING = "counter-0003"
MY_NUMBER_FILE = (ATTRIBUTES_AID, 0x0001)
ATTRIBUTES_FILE = (ATTRIBUTES_AID, 0x0002)
KIND, CHOSEN = 7, 11
"""Places in the steps of a visit: the choice of a kind, and the confirmation."""


class Resident:
    """Somebody at the terminal, with a card in the hand."""

    def __init__(self, terminal: Terminal, standing: Standing, persona: str) -> None:
        self.terminal, self.standing = terminal, standing
        self.card: VirtualCard = load_persona(terminal.town.data, persona)
        self.hand = FieldHand(terminal.machine.reader, self.card)

    def choose(self) -> None:
        """Do everything up to the second reading of the card."""
        walk(self.standing, steps(self.hand)[:CHOSEN])
        self.standing.see(ScreenId.CARD_AGAIN, where=ready)

    def lay_again(self) -> None:
        """Lay the card down once more and see the pad."""
        self.hand.place()
        self.standing.see(ScreenId.ATTRIBUTES_PIN)

    def type(self, pin: str) -> None:
        """Type a PIN and confirm it."""
        self.standing.type_pin(pin)
        self.standing.touch(Button.OK)

    def take_card(self) -> None:
        """Take it away when asked to."""
        self.standing.see(ScreenId.TAKE_CARD)
        self.hand.take_away()

    def order(self) -> str:
        """Confirm, get the number, and read the 申請書 once it is out."""
        self.standing.see(ScreenId.CONFIRM)
        self.standing.touch(Button.NEXT)
        self.standing.see(ScreenId.NUMBER)
        until(lambda: len(self.terminal.plain.files) == 2, "the papers")
        return text_of(self.terminal.plain.files[0]).replace(" ", "")


@pytest.fixture
def terminal(town: Town, tmp_path: Path) -> Terminal:
    return Terminal(town, tmp_path, ASKING)


def said_by_cards(known: Sequence[object]) -> list[CardAttributes]:
    """Give everything that cards said and this process still has, but for what other tests keep."""
    gc.collect()
    old = {id(each) for each in known}
    return [each for each in gc.get_objects() if isinstance(each, CardAttributes) and id(each) not in old]


def test_the_application_says_that_the_card_agrees_and_nobody_read_the_individual_number(
    terminal: Terminal, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    known = said_by_cards(())
    with terminal.serving() as (standing, _world):
        resident = Resident(terminal, standing, "hanako")
        resident.choose()
        resident.lay_again()
        resident.type("1234")
        resident.take_card()
        assert "券面事項入力補助で確認" in resident.order()
        standing.touch(Button.FINISH)
        standing.see(ScreenId.IDLE)
        assert said_by_cards(known) == []
    assert ATTRIBUTES_FILE in resident.card.opened
    assert MY_NUMBER_FILE not in resident.card.opened
    part = json.loads((terminal.town.data / "cards" / "hanako.json").read_text("utf-8"))["attributes"]
    ours = "\n".join(record.getMessage() for record in caplog.records)
    assert [name for name in ("name", "address", "birth_date", "my_number") if part[name] in ours] == []


def test_an_old_address_on_the_card_is_told_to_the_clerk_and_not_to_the_resident(terminal: Terminal) -> None:
    with terminal.serving() as (standing, _world):
        resident = Resident(terminal, standing, "noriko")
        resident.choose()
        resident.lay_again()
        resident.type("1234")
        resident.take_card()
        application = resident.order()
        shown = repr(standing.seen)
    assert "相違あり：住所" in application
    assert "海辺市灯台" not in application
    assert "相違" not in shown


def test_left_out_the_visit_goes_on_and_the_card_is_not_asked(terminal: Terminal) -> None:
    with terminal.serving() as (standing, _world):
        resident = Resident(terminal, standing, "hanako")
        resident.choose()
        standing.touch(Button.SKIP)
        assert "読み取りなし" in resident.order()
    assert not any(application == ATTRIBUTES_AID for application, _ in resident.card.opened)


def note_of(screen: ScreenModel) -> str:
    assert isinstance(screen.body, PinPad)
    assert screen.body.note is not None
    return screen.body.note.key


def test_two_wrong_pins_leave_the_last_try_to_its_holder_and_the_certificate_comes_all_the_same(
    terminal: Terminal,
) -> None:
    with terminal.serving() as (standing, _world):
        resident = Resident(terminal, standing, "hanako")
        resident.choose()
        resident.lay_again()
        resident.type("0000")
        standing.see(ScreenId.ATTRIBUTES_PIN, where=lambda model: note_of(model) == "screen.attributes_pin.wrong")
        resident.type("0000")
        assert code_on(standing.see(ScreenId.UNREAD)) == "PIN-05"
        standing.touch(Button.NEXT)
        resident.take_card()
        assert "読み取りなし" in resident.order()
    assert (resident.card.attributes_tries_left, resident.card.tries_left) == (1, 3)


def code_on(screen: ScreenModel) -> str:
    assert isinstance(screen.body, Message)
    return screen.body.code


def test_somebody_elses_card_loses_no_try_and_the_right_one_may_be_laid_down_instead(terminal: Terminal) -> None:
    with terminal.serving() as (standing, _world):
        resident = Resident(terminal, standing, "hanako")
        resident.choose()
        other = load_persona(terminal.town.data, "ichiro")
        terminal.machine.reader.place(other)
        assert code_on(standing.see(ScreenId.UNREAD)) == "CARD-10"
        terminal.machine.reader.take_away()
        standing.touch(Button.RETRY)
        standing.see(ScreenId.CARD_AGAIN, where=ready)
        resident.lay_again()
        resident.type("1234")
        resident.take_card()
        assert "券面事項入力補助で確認" in resident.order()
    assert (other.verify_count, other.attributes_tries_left) == (0, 3)


def test_a_card_that_answers_nonsense_does_not_end_the_visit(terminal: Terminal) -> None:
    with terminal.serving() as (standing, _world):
        resident = Resident(terminal, standing, "hanako")
        resident.choose()
        resident.lay_again()
        resident.card.arm(Fault(FaultName.TRUNCATE, 14))
        resident.type("1234")
        assert code_on(standing.see(ScreenId.UNREAD)) == "CARD-08"
        standing.touch(Button.NEXT)
        resident.take_card()
        assert "読み取りなし" in resident.order()


def test_a_second_certificate_of_the_same_visit_does_not_ask_again(terminal: Terminal) -> None:
    with terminal.serving() as (standing, _world):
        resident = Resident(terminal, standing, "hanako")
        resident.choose()
        resident.lay_again()
        resident.type("1234")
        resident.take_card()
        resident.order()
        standing.touch(Button.ANOTHER)
        walk(standing, steps(resident.hand)[KIND : CHOSEN + 1])
        standing.see(ScreenId.NUMBER)
        until(lambda: len(terminal.plain.files) == 4, "the second papers")
        assert "券面事項入力補助で確認" in text_of(terminal.plain.files[2]).replace(" ", "")


def test_an_office_that_does_not_ask_shows_none_of_it(town: Town, tmp_path: Path) -> None:
    terminal = Terminal(town, tmp_path)
    with terminal.serving() as (standing, _world):
        resident = Resident(terminal, standing, "hanako")
        walk(standing, steps(resident.hand)[:CHOSEN])
        application = resident.order()
    assert "券面事項＊＊＊" in application
    assert ScreenId.CARD_AGAIN not in {model.screen for model in standing.seen}
