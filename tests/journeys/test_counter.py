"""A counter terminal: the number at once, papers by their trays, and residents who do not wait for each other's paper."""

import gc
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path

import pytest

from kiosk.flow.screen_model import Button, Choices, Message, ScreenId, ScreenModel
from kiosk.ports.center import Document, VisitOpened
from kiosk.ports.slips import SlipFailed, SlipUnknown
from kiosk.world import World
from printers.jobs import Trouble
from printers.pdf_sink import SinkFault
from tests.support.counter_terminal import Terminal, lines_on, number_on, text_of
from tests.support.standing import ready, walk
from tests.support.town import Town, until


@pytest.fixture
def terminal(town: Town, tmp_path: Path) -> Terminal:
    return Terminal(town, tmp_path)


def settled(world: World) -> None:
    until(lambda: not world.journal.open_orders(), "the books")


def code_on(screen: ScreenModel) -> str:
    assert isinstance(screen.body, Message)
    return screen.body.code


def test_the_number_is_on_slip_screen_and_papers_and_each_paper_in_its_tray(terminal: Terminal) -> None:
    with terminal.serving() as (standing, world):
        number = number_on(terminal.order(standing))
        settled(world)
        standing.see(ScreenId.NUMBER, where=lambda model: "out" in lines_on(model))
        standing.touch(Button.FINISH)
        standing.see(ScreenId.IDLE)
    (slip,) = terminal.slips.printed
    assert (slip.number, slip.municipality.code, slip.wait_at) == (number, "990019", "1階 3番窓口の前")
    application, receipt = terminal.plain.files
    (certificate,) = terminal.security.files
    assert number in text_of(application)
    assert "申請書" in text_of(application).replace(" ", "")
    assert "領収" in text_of(receipt).replace(" ", "")
    assert "住民票" in text_of(certificate).replace(" ", "")


def test_who_left_is_not_waited_for_and_the_next_ones_papers_wait_on_the_lane(terminal: Terminal) -> None:
    terminal.flowing.clear()
    with terminal.serving() as (standing, world):
        first = number_on(terminal.order(standing, "hanako"))
        assert terminal.plain.waiting.wait(30)
        standing.touch(Button.FINISH)
        standing.see(ScreenId.IDLE)
        second = number_on(terminal.order(standing, "ichiro"))
        standing.touch(Button.FINISH)
        standing.see(ScreenId.IDLE)
        assert terminal.security.files == []
        terminal.flowing.set()
        settled(world)
    assert [slip.number for slip in terminal.slips.printed] == [first, second]
    assert first != second
    assert ["花子" in text_of(file) for file in terminal.security.files] == [True, False]
    assert [
        number in text_of(file) for number, file in zip((first, second), terminal.plain.files[::2], strict=True)
    ] == [
        True,
        True,
    ]


def test_a_terminal_offers_its_own_municipality_and_no_other(terminal: Terminal) -> None:
    with terminal.serving() as (standing, _):
        walk(standing, terminal.steps("hanako")[:3])
        body = standing.see(ScreenId.MUNICIPALITY, where=ready).body
        assert isinstance(body, Choices)
        assert [each.touch.argument for each in body.choices] == ["990019"]


def residents_matter(known: Sequence[object]) -> list[Document | VisitOpened]:
    """Give every document and menu in this process, but for those that other tests made."""
    gc.collect()
    old = {id(each) for each in known}
    return [each for each in gc.get_objects() if isinstance(each, Document | VisitOpened) and id(each) not in old]


def test_while_the_next_resident_is_served_only_the_lane_has_papers_and_afterwards_nothing_has(
    terminal: Terminal,
) -> None:
    known = residents_matter(())
    terminal.flowing.clear()
    with terminal.serving() as (standing, world):
        terminal.order(standing)
        assert terminal.plain.waiting.wait(30)
        standing.touch(Button.FINISH)
        standing.see(ScreenId.IDLE)
        until(lambda: not any(isinstance(each, VisitOpened) for each in residents_matter(known)), "the menu to go")
        roles = [each.role.value for each in residents_matter(known) if isinstance(each, Document)]
        assert sorted(roles) == ["application", "certificate", "receipt"]
        terminal.flowing.set()
        settled(world)
        until(lambda: residents_matter(known) == [], "the lane to be empty")


def test_spoilt_papers_are_made_again_while_the_resident_is_here_and_the_first_ones_are_void(
    terminal: Terminal,
) -> None:
    terminal.security.fault = SinkFault(Trouble.JAM, 0)
    with terminal.serving() as (standing, world):
        terminal.order(standing)
        standing.see(ScreenId.NUMBER, where=lambda model: "out" in lines_on(model))
        settled(world)
        number = number_on(standing.up)
    assert terminal.slips.printed[-1].number == number
    assert len(terminal.security.files) == 1
    assert len({file.name for file in terminal.plain.files}) == 3, "the first 申請書, and both papers of the second try"


def test_what_is_spoilt_when_nobody_is_here_any_more_is_told_to_the_center_and_not_repeated(terminal: Terminal) -> None:
    terminal.flowing.clear()
    terminal.security.fault = SinkFault(Trouble.JAM, 0)
    with terminal.serving() as (standing, world):
        terminal.order(standing)
        standing.touch(Button.FINISH)
        standing.see(ScreenId.IDLE)
        terminal.flowing.set()
        settled(world)
        assert standing.up.screen is ScreenId.IDLE
    assert terminal.security.files == []


def test_papers_that_nobody_can_tell_of_are_for_the_clerk(terminal: Terminal, caplog: pytest.LogCaptureFixture) -> None:
    terminal.security.fault = SinkFault(None, 0)
    with terminal.serving() as (standing, world):
        terminal.order(standing)
        standing.see(ScreenId.NUMBER, where=lambda model: "trouble" in lines_on(model))
        settled(world)
    assert terminal.security.files == []
    caplog.clear()


@pytest.mark.parametrize("outcome", [SlipFailed("SLIP-02"), SlipUnknown()])
def test_without_a_slip_the_number_is_to_be_noted_and_the_papers_come_all_the_same(
    terminal: Terminal, outcome: SlipFailed | SlipUnknown
) -> None:
    terminal.slips.outcome = outcome
    with terminal.serving() as (standing, world):
        terminal.order(standing)
        standing.see(ScreenId.NUMBER, where=lambda model: "note_it" in lines_on(model))
        settled(world)
    assert len(terminal.security.files) == 1


@pytest.mark.parametrize("trouble", ["empty tray", "tray without a name"])
def test_a_tray_that_is_empty_or_unknown_keeps_everything_from_being_ordered(terminal: Terminal, trouble: str) -> None:
    with terminal.serving() as (standing, world):
        standing.see(ScreenId.IDLE)
        *before, last = terminal.steps("hanako")
        for screen, do in before:
            do(standing, standing.see(screen, where=ready))
        if trouble == "empty tray":
            terminal.security.standing_trouble = Trouble.PAPER
        else:
            terminal.names = frozenset({"tray-1", "auto"})
        last[1](standing, standing.see(ScreenId.CONFIRM))
        assert code_on(standing.see(ScreenId.MESSAGE)) == "PRINT-02"
        assert world.journal.open_orders() == ()
    assert terminal.slips.printed == []


@pytest.mark.expect_log("kiosk", "CRITICAL")
def test_a_paper_that_changed_on_the_lane_is_not_printed_and_stops_the_machine(terminal: Terminal) -> None:
    """The last look is at the very bytes that go to the printer, long after the visit."""
    known = residents_matter(())
    terminal.flowing.clear()
    with terminal.serving() as (standing, world):
        terminal.order(standing)
        assert terminal.plain.waiting.wait(30)
        standing.touch(Button.FINISH)
        standing.see(ScreenId.IDLE)
        (certificate,) = [
            each for each in residents_matter(known) if isinstance(each, Document) and each.role.value == "certificate"
        ]
        object.__setattr__(certificate, "pdf", certificate.pdf + b"%")
        terminal.flowing.set()
        standing.see(ScreenId.OUT_OF_SERVICE)
        assert world.journal.open_incident() == "DOC-01"
    assert terminal.security.files == []


def test_two_terminals_of_one_office_give_different_numbers_and_mix_nothing(town: Town, tmp_path: Path) -> None:
    people = {"counter-0001": ("hanako", "花子"), "counter-0002": ("ichiro", "一郎")}
    terminals = {device: Terminal(town, tmp_path / device, device) for device in people}
    with ExitStack() as stack:
        served = {device: stack.enter_context(each.serving()) for device, each in terminals.items()}
        walks = {device: iter(terminals[device].steps(people[device][0])) for device in people}
        for _ in range(12):
            for device, (standing, _) in served.items():
                screen, do = next(walks[device])
                do(standing, standing.see(screen, where=ready))
        numbers = [number_on(standing.see(ScreenId.NUMBER)) for standing, _ in served.values()]
        for _, world in served.values():
            settled(world)
    assert len(set(numbers)) == 2
    for device, (_, name) in people.items():
        (sheet,) = terminals[device].security.files
        others = {other for _, other in people.values()} - {name}
        assert name in text_of(sheet)
        assert not any(other in text_of(sheet) for other in others)
