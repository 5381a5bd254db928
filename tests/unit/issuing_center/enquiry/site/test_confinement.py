"""What a confined process can no longer do, and what becomes of hostile files in one."""

import io
import struct
import zlib
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from issuing_center.enquiry.site import analysis, process
from issuing_center.enquiry.site.analysis import Trusted, enquire
from issuing_center.enquiry.site.limits import Limits, No
from issuing_center.enquiry.site.parts import MalformedPartsError
from tests.unit.issuing_center.enquiry.conftest import ISSUE, two_sided_sheet

LIMITS = Limits()
NOW = datetime(2026, 11, 20, tzinfo=UTC)

CONFINED = """
import os, socket, subprocess, sys, threading
sys.path.insert(0, sys.argv[1])
from issuing_center.enquiry.site.confinement import confine, limit
limit(1 << 30, 20)
confine()
def tried(act):
    try:
        act()
    except (OSError, RuntimeError, MemoryError) as error:
        return type(error).__name__
    return "done"
acts = (
    lambda: open("/etc/passwd"),
    lambda: os.open("written", os.O_WRONLY | os.O_CREAT),
    lambda: os.mkdir("made"),
    lambda: os.listdir("/"),
    lambda: socket.socket(),
    lambda: os.fork(),
    lambda: os.execv("/bin/true", ["true"]),
    lambda: threading.Thread(target=print).start(),
    lambda: os.kill(os.getppid(), 0),
    lambda: bytearray(2 << 30),
)
print([tried(act) for act in acts], end="", flush=True)
"""


def test_a_confined_process_can_open_start_and_reach_nothing() -> None:
    answer = process.ask(b"", LIMITS, 60, start=CONFINED)
    assert isinstance(answer, bytes)
    assert answer.decode() == str(["PermissionError"] * 7 + ["RuntimeError", "PermissionError", "MemoryError"])


def test_a_process_gets_nothing_of_our_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("A_SECRET", "x")
    answer = process.ask(b"", LIMITS, 60, start="import os; print(sorted(os.environ), end='')")
    assert isinstance(answer, bytes)
    assert b"A_SECRET" not in answer


def test_a_process_that_does_not_end_is_killed() -> None:
    assert process.ask(b"", LIMITS, 0.3, start="while True: pass") is No.TOO_LONG


def test_a_process_that_dies_without_an_answer_is_told() -> None:
    assert process.ask(b"x" * 1_000_000, LIMITS, 60, start="import os; os.abort()") is No.FAILED


@pytest.mark.parametrize(("more", "whole"), [(-1, True), (0, True), (1, False)])
def test_an_answer_without_end_is_not_taken(more: int, whole: bool) -> None:
    start = f"import sys; sys.stdout.buffer.write(bytes({1000 + more}))"
    answer = process.ask(b"", replace(LIMITS, answer_bytes=1000), 60, start=start)
    assert (answer == bytes(1000 + more)) if whole else (answer is No.FAILED)


def saved(kind: str = "PNG", frames: int = 1) -> bytes:
    picture = Image.fromarray(np.full((1000, 900), 200, np.uint8))
    target = io.BytesIO()
    more = {"save_all": True, "append_images": [picture] * (frames - 1)} if frames > 1 else {}
    picture.save(target, kind, **more)
    return target.getvalue()


def bomb(width: int, height: int) -> bytes:
    """A PNG of any size that unpacks to nothing but zeros, small as a file."""

    def chunk(name: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

    head = struct.pack(">IIBBBBB", width, height, 1, 0, 0, 0, 0)
    rows = zlib.compress(bytes(min(height * (1 + width // 8), 20_000_000)), 9)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


PDF_WITH_SCRIPT = (
    b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R/OpenAction<</S/JavaScript/JS(while(1){})>>>>endobj\n"
    b"2 0 obj<</Type/Pages/Kids[]/Count 0>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF"
)


def read(files: list[bytes], limits: Limits = LIMITS) -> No | str:
    answer = enquire(files, Trusted(Path("no-keys"), Path("no-certificates")), NOW, limits)
    return answer if isinstance(answer, No) else "read"


@pytest.mark.parametrize(
    ("content", "no"),
    [
        (bomb(60000, 60000), No.NOT_A_SCAN),
        (saved()[:-200], No.NOT_A_SCAN),
        (PDF_WITH_SCRIPT, No.NOT_A_SCAN),
        (b"%PDF-1.7\n" + saved(), No.NOT_A_SCAN),
        (b"GIF89a" + bytes(2000), No.NOT_A_SCAN),
        (saved("TIFF", 21), No.NOT_A_SCAN),
    ],
    ids=["bomb", "cut off", "script in an empty PDF", "polyglot", "gif", "21 pages in one file"],
)
def test_hostile_files_are_refused_with_a_reason(content: bytes, no: No) -> None:
    assert read([content]) is no


@pytest.mark.parametrize(("most", "no"), [(1, No.TOO_MANY_PAGES), (2, No.FAILED), (3, No.FAILED)])
def test_the_pages_of_all_files_are_counted(most: int, no: No) -> None:
    # Past this limit comes the second process, which here finds no keys and says nothing.
    assert read([saved(), saved()], replace(LIMITS, pages=most)) is no


@pytest.mark.parametrize(("more", "no"), [(-1, No.TOO_MANY_PIXELS), (0, No.FAILED), (1, No.FAILED)])
def test_the_pixels_of_all_files_are_counted(more: int, no: No) -> None:
    assert read([saved()], replace(LIMITS, pixels=900_000 + more)) is no


def test_a_page_that_is_drawn_is_drawn_in_there_as_well() -> None:
    pdf = two_sided_sheet("juminhyo/self", ISSUE).pdf
    # One pixel too few for both pages, so they were drawn, and enough for the first.
    assert read([pdf], replace(LIMITS, pixels=2 * 4678 * 3307 - 1)) is No.TOO_MANY_PIXELS
    assert read([pdf], replace(LIMITS, pixels=2 * 4678 * 3307)) is No.FAILED


def test_a_reader_without_memory_says_so_or_dies_alone() -> None:
    assert read([bomb(6000, 7000)], replace(LIMITS, memory_bytes=140 * 1024 * 1024)) in {No.TOO_MANY_PIXELS, No.FAILED}


def test_a_lying_process_is_not_believed() -> None:
    head = b'{"result":"genuine","reason":"agrees","document":"<script>","seal":"valid","pages":[]}'
    with pytest.raises(MalformedPartsError):
        analysis._answer(head, [])
    short = head.replace(b"<script>", b"TEST-0001").replace(
        b"[]", b'[{"page":1,"size":[9,9],"regions":[],"scanned":false}]'
    )
    with pytest.raises(MalformedPartsError):
        analysis._answer(short, [memoryview(bytes(80))])
