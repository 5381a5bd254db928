"""Bytes out and bytes in: pictures without hidden commands, answers told apart however they are split."""

import subprocess
import sys
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from printers.escpos.commands import BAND_ROWS, CLEAR, CUT, INITIALISE, KICK_DRAWER, Marks, bands, harmless, mark
from printers.escpos.status import (
    Automatic,
    Cleared,
    Marked,
    PrinterStatus,
    RealTime,
    Replies,
    Reply,
    SlipTrouble,
    read_status,
)
from printers.virtual.escpos.device import VirtualPrinter
from printers.virtual.escpos.faults import FaultKind, parse_fault
from printers.virtual.escpos.parsing import Cut, Raster, RealTimeScanner, Request, Stray, next_command

LIVELY = st.lists(st.sampled_from([0x10, 0x04, 0x05, 0x14, 0x01, 0x08, 0x00, 0xFF]), max_size=200).map(bytes)


@given(LIVELY)
def test_no_picture_holds_a_real_time_command(raster: bytes) -> None:
    assert list(RealTimeScanner().feed(harmless(raster) + b"\x1d")) == []


@given(LIVELY)
def test_a_picture_keeps_all_its_dots_and_gains_few(raster: bytes) -> None:
    for before, after in zip(raster, harmless(raster), strict=True):
        assert before & ~after == 0
        assert before == after or (before, after) == (0x10, 0x18)


def test_a_picture_sent_as_it_is_would_open_the_drawer_or_throw_the_slip_away() -> None:
    assert list(RealTimeScanner().feed(b"\0" * 9 + CLEAR)) == [Request.CLEAR]


@given(st.integers(1, 200), st.integers(8, 576))
def test_bands_carry_every_row_once(height: int, width: int) -> None:
    commands = list(bands(Image.new("1", (width, height), 1)))
    rasters = [next_command(command) for command in commands]
    assert all(taken is not None and taken[1] == len(command) for taken, command in zip(rasters, commands, strict=True))
    rows = [len(taken[0].rows) // taken[0].row_bytes for taken in rasters if taken and isinstance(taken[0], Raster)]
    assert sum(rows) == height
    assert max(rows) <= BAND_ROWS


def test_black_is_a_one() -> None:
    picture = Image.new("1", (16, 1), 1)
    picture.putpixel((0, 0), 0)
    assert next(bands(picture)).endswith(b"\x80\0")
    assert next(bands(picture.convert("L").convert("1"))).endswith(b"\x80\0")


@pytest.mark.parametrize("command", [INITIALISE, CUT, KICK_DRAWER, mark(Marks.PROCESS_ID, 7), mark(Marks.IN_ORDER, 7)])
def test_the_device_knows_every_command_whole_and_waits_for_the_rest_of_a_part(command: bytes) -> None:
    taken = next_command(command)
    assert taken is not None
    assert not isinstance(taken[0], Stray)
    assert taken[1] == len(command)
    assert all(next_command(command[:length]) is None for length in range(len(command)))


@pytest.mark.parametrize(
    "data", [b"\x1b\x7f", b"\x1c&", b"\x80", b"\x1dV\x09", b"\x1d(A\x02\0", b"\x1dv0\x07", b"\x1dr\x09"]
)
def test_the_device_is_strict(data: bytes) -> None:
    taken = next_command(data + bytes(8))
    assert taken is not None
    assert isinstance(taken[0], Stray)


def test_a_device_keeps_what_it_did_not_understand() -> None:
    device = VirtualPrinter()
    device.start()
    device.receive(b"\x1b\x7fHello\n" + CUT)
    assert device.wait_until(lambda: len(device.roll.pieces) == 1)
    device.stop()
    assert device.complaints == ["command 1b 7f"]
    assert device.roll.pieces[0].getextrema() == (0, 255)
    assert next_command(CUT) == (Cut(), 4)


ANSWERS = (
    b"\x12" + b"\x37\x220042\0" + b"\x14\x00\x0c\x0f".replace(b"\x14", b"\x38"[:0] + b"\x30") + b"\x37\x25\0" + b"\x1e"
)


@given(st.lists(st.integers(0, len(ANSWERS)), max_size=6))
def test_answers_are_told_apart_however_they_are_split(cuts: list[int]) -> None:
    found: list[Reply] = []
    replies, places = Replies(), sorted({0, *cuts, len(ANSWERS)})
    for start, end in pairwise(places):
        found += replies.feed(ANSWERS[start:end])
    assert found == [
        RealTime(0x12),
        Marked(42),
        Automatic(PrinterStatus(near_end=False, trouble=SlipTrouble.COVER)),
        Cleared(),
        RealTime(0x1E),
    ]


@given(st.binary(max_size=60))
def test_no_noise_on_the_line_is_an_error(noise: bytes) -> None:
    list(Replies().feed(noise))


@pytest.mark.parametrize(
    ("answers", "near_end", "trouble"),
    [
        ("12 12 12 12", False, None),
        ("16 12 12 12", False, None),
        ("12 12 12 1e", True, None),
        ("1a 32 12 7e", True, SlipTrouble.PAPER),
        ("1a 16 12 12", False, SlipTrouble.COVER),
        ("1a 36 12 7e", True, SlipTrouble.COVER),
        ("1a 52 1a 12", False, SlipTrouble.CUTTER),
        ("1a 52 32 12", False, SlipTrouble.FAULT),
        ("1a 52 52 12", False, SlipTrouble.FAULT),
        ("1a 12 12 12", False, SlipTrouble.OFFLINE),
    ],
)
def test_a_status_says_what_its_bits_say(answers: str, near_end: bool, trouble: SlipTrouble | None) -> None:
    assert read_status(bytes.fromhex(answers)) == PrinterStatus(near_end, trouble)


def test_faults_are_ordered_by_name() -> None:
    assert parse_fault("paper-end-after:12").number == 12
    assert {parse_fault(kind.value).kind for kind in FaultKind} == set(FaultKind)
    for text in ("on-fire", "mute:3", "slow:fast"):
        with pytest.raises(ValueError, match=r"no fault|takes"):
            parse_fault(text)


def test_the_library_leaves_no_folder_and_no_log_handler_behind(tmp_path: Path) -> None:
    program = (
        "import logging\n"
        "from printers.escpos.line import LineLostError, SerialPlace, open_line\n"
        "try:\n    open_line(SerialPlace('/dev/no-such-printer'), 1)\n"
        "except LineLostError:\n    print(logging.root.handlers)\n"
    )
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", program],
        env={"TMPDIR": str(tmp_path), "PYTHONPATH": str(Path(__file__).parents[4])},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert (done.stdout, done.stderr) == ("[]\n", "")
    assert list(tmp_path.iterdir()) == []
