"""The slip port on an ESC/POS printer that fails in every way it can: printed is what the printer confirms."""

import socket
from dataclasses import replace
from time import monotonic

import pytest
import zxingcpp
from PIL import ImageChops

from kiosk.adapters.slips.absent import AbsentSlips
from kiosk.adapters.slips.escpos import EscposSlips
from kiosk.ports.slips import SlipFailed, SlipPrinted, SlipPrinterReady, SlipPrinterUnavailable, SlipUnknown
from printers.escpos.commands import Marks
from printers.escpos.line import NetworkPlace, SerialPlace, UsbPlace, open_line
from printers.escpos.printer import EscposPrinter
from printers.escpos.status import SlipTrouble, StatusUnknown
from printers.slip import Width
from tests.contract.slips.conftest import HASTY, Desk, bytes_of, picture_of
from tests.support.slips import CASE, COUNTER, RECEIPT, RECEPTION, SAMPLES, SETTLEMENT, composer, lettering

FEW = 20
"""Dots added so that a picture holds no command."""


def is_picture(piece_of: Desk, number: int) -> bool:
    expected = picture_of(RECEIPT)
    piece = piece_of.pieces()[number].crop((0, 0, *expected.size))
    return ImageChops.logical_xor(piece, expected).histogram()[255] <= FEW


def wait_until_ready(slips: EscposSlips) -> None:
    end = monotonic() + 10
    while slips.readiness() != SlipPrinterReady(near_end=False):
        assert monotonic() < end


@pytest.mark.parametrize("content", SAMPLES.values(), ids=SAMPLES)
def test_every_slip_comes_out_dot_for_dot(desk: Desk, content: object) -> None:
    assert desk.slips().print_slip(content) == SlipPrinted()  # type: ignore[arg-type]  # parametrized
    (piece,) = desk.pieces()
    expected = picture_of(content)  # type: ignore[arg-type]  # the same
    assert ImageChops.logical_xor(piece.crop((0, 0, *expected.size)), expected).histogram()[255] <= FEW


def test_the_qr_of_a_printed_counter_slip_can_be_read(desk: Desk) -> None:
    desk.slips().print_slip(COUNTER)
    assert zxingcpp.read_barcodes(desk.pieces()[0].convert("L"))[0].text == COUNTER.qr


@pytest.mark.parametrize(
    ("fault", "code"),
    [
        ("paper-end", "SLIP-02"),
        ("cover-open", "SLIP-03"),
        ("offline", "SLIP-01"),
        ("mute", "SLIP-01"),
    ],
)
def test_a_trouble_is_told_before_payment_and_nothing_is_sent(desk: Desk, fault: str, code: str) -> None:
    desk.order(fault)
    slips = desk.slips(HASTY)
    assert slips.readiness() == SlipPrinterUnavailable(code)
    assert slips.print_slip(RECEIPT) == SlipFailed(code)
    desk.device.mend()
    assert desk.pieces() == []
    assert desk.device.roll.rows == 0


def test_a_roll_nearly_used_up_is_told_and_still_prints(desk: Desk) -> None:
    desk.order("near-end")
    slips = desk.slips()
    assert slips.readiness() == SlipPrinterReady(near_end=True)
    assert slips.print_slip(RECEIPT) == SlipPrinted()


def test_paper_that_ends_in_the_middle_is_noticed_and_the_rest_never_comes_out(desk: Desk) -> None:
    slips = desk.slips()
    desk.order("paper-end-after:300")
    assert slips.print_slip(RECEIPT) == SlipFailed("SLIP-02")
    desk.device.mend()
    desk.settled()
    assert desk.device.roll.rows == 300
    assert slips.print_slip(RECEIPT) == SlipPrinted()
    assert len(desk.pieces()) == 2  # the half slip is cut off from the next
    assert is_picture(desk, 1)


@pytest.mark.parametrize("marks", list(Marks))
def test_both_ways_to_confirm_notice_the_end_of_paper(desk: Desk, marks: Marks) -> None:
    slips = desk.slips(marks=marks)
    assert slips.print_slip(RECEIPT) == SlipPrinted()
    desk.order("paper-end-after:100")
    assert slips.print_slip(RECEIPT) == SlipFailed("SLIP-02")


def test_a_stuck_cutter_fails_the_slip(desk: Desk) -> None:
    slips = desk.slips()
    desk.order("cutter-error")
    assert slips.print_slip(RECEIPT) == SlipFailed("SLIP-04")
    desk.device.mend()
    assert slips.print_slip(RECEIPT) == SlipPrinted()
    assert is_picture(desk, -1)


@pytest.mark.parametrize(("fault", "code"), [("cover-open", "SLIP-03"), ("offline", "SLIP-01"), ("mute", "SLIP-01")])
def test_a_trouble_in_the_middle_fails_the_slip(desk: Desk, fault: str, code: str) -> None:
    desk.order("slow:60")
    slips = desk.slips(HASTY)
    thread = desk.order_when(fault, lambda: desk.device.roll.rows > 60)
    assert slips.print_slip(SETTLEMENT) == SlipFailed(code)
    thread.join()
    desk.device.mend()
    assert slips.print_slip(RECEIPT) == SlipPrinted()
    assert is_picture(desk, -1)


@pytest.mark.parametrize("fault", ["line-cut-after:9000", "power-off-after:9000"])
def test_a_cable_or_a_plug_pulled_in_the_middle_fails_the_slip(desk: Desk, fault: str) -> None:
    slips = desk.slips()
    desk.order(fault)
    assert slips.print_slip(RECEIPT) == SlipFailed("SLIP-01")
    assert slips.readiness() == SlipPrinterUnavailable("SLIP-01")
    desk.device.mend()
    wait_until_ready(slips)
    assert slips.print_slip(RECEIPT) == SlipPrinted()
    assert is_picture(desk, -1)


def test_a_cable_pulled_after_the_last_byte_leaves_it_unknown(desk: Desk) -> None:
    slips = desk.slips(replace(HASTY, poll_s=5.0, answer_s=5.0))
    desk.order("slow:100")
    desk.order(f"line-cut-after:{bytes_of(RECEIPT)}")
    assert slips.print_slip(RECEIPT) == SlipUnknown()
    assert desk.device.wait_until(lambda: len(desk.device.roll.pieces) == 2)  # and so it was right not to say failed


def test_a_cable_pulled_between_slips_is_away_until_it_is_back(desk: Desk) -> None:
    slips = desk.slips(HASTY)
    assert slips.print_slip(RECEIPT) == SlipPrinted()
    desk.order("line-cut-after:1")
    assert slips.readiness() == SlipPrinterUnavailable("SLIP-01")
    desk.device.mend()
    wait_until_ready(slips)


@pytest.mark.parametrize("every", [700, 3001, 7000])
def test_lost_bytes_are_never_taken_for_a_printed_slip(desk: Desk, every: int) -> None:
    slips = desk.slips(HASTY)
    assert slips.readiness() == SlipPrinterReady(near_end=False)
    desk.order(f"drops-bytes:{every}")
    assert slips.print_slip(CASE) in (SlipFailed("SLIP-01"), SlipUnknown())


def test_a_slow_printer_is_waited_for(desk: Desk) -> None:
    desk.order("slow:30")
    assert desk.slips().print_slip(RECEPTION) == SlipPrinted()


def test_a_printer_that_reports_by_itself_confuses_nobody(desk: Desk) -> None:
    desk.order("reports-by-itself")
    slips = desk.slips()
    assert slips.print_slip(RECEIPT) == SlipPrinted()
    desk.order("near-end")
    assert slips.readiness() == SlipPrinterReady(near_end=True)
    desk.order("cover-open")
    assert slips.readiness() == SlipPrinterUnavailable("SLIP-03")


def test_a_slip_with_a_character_that_no_font_has_is_refused_before_anything_is_sent(desk: Desk) -> None:
    content = replace(COUNTER, wait_at="3番\ue000口")
    assert desk.slips().print_slip(content) == SlipFailed("SLIP-05")
    assert desk.device.roll.rows == 0


def test_the_cash_drawer_opens_once(desk: Desk) -> None:
    printer = desk.printer()
    assert printer.kick_drawer() is None
    assert desk.device.drawer_pulses == 1
    desk.order("cover-open")
    assert printer.kick_drawer() is SlipTrouble.COVER
    assert desk.device.drawer_pulses == 1


def test_a_listener_that_never_answers_takes_no_longer_than_the_limits() -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        place = NetworkPlace("127.0.0.1", silent.getsockname()[1])
        printer = EscposPrinter(lambda: open_line(place, 0.5), lettering(), Width.MM80, limits=HASTY)
        begin = monotonic()
        assert EscposSlips(printer, composer()).print_slip(RECEIPT) == SlipFailed("SLIP-01")
        assert monotonic() - begin < 3
        printer.close()


@pytest.mark.parametrize(
    "place",
    [NetworkPlace("127.0.0.1", 9), SerialPlace("/dev/no-such-printer"), UsbPlace(0x04B8, 0x0FFF)],
    ids=lambda place: type(place).__name__,
)
def test_a_printer_that_is_not_there_is_unknown(place: NetworkPlace | SerialPlace | UsbPlace) -> None:
    printer = EscposPrinter(lambda: open_line(place, 0.5), lettering(), Width.MM80, limits=HASTY)
    assert printer.status() == StatusUnknown()


def test_a_machine_without_a_slip_printer_says_so() -> None:
    slips = AbsentSlips()
    assert slips.readiness() == SlipPrinterUnavailable("SLIP-01")
    assert slips.print_slip(RECEIPT) == SlipFailed("SLIP-01")
