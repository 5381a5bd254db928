"""R13: back in `Idle`, the memory of the process holds nothing of the resident who left: names, numbers, card, PIN."""

import os
import subprocess
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Thread

import numpy as np
import pytest

from kiosk.adapters.card.virtual_card import VirtualCard
from kiosk.privacy import WIPING
from tests.support import marked
from tests.support.marked import ROOT, Judge

PAGE = 4096
MACHINE = ROOT / "tests" / "support" / "idle_machine.py"


class IdleMachine:
    """The process, its memory, and the card before it."""

    def __init__(self, process: subprocess.Popen[str], pin_to: int) -> None:
        self.process, self._pin_to = process, pin_to

    def rests(self) -> None:
        """Wait until it is idle."""
        assert self.process.stdout is not None
        assert self.process.stdout.readline() == "idle\n"

    def visit(self, pin: str) -> None:
        """Let it make one visit, and wait until it is over."""
        assert self.process.stdin is not None
        os.write(self._pin_to, pin.encode())
        self.process.stdin.write("visit\n")
        self.process.stdin.flush()
        self.rests()

    def memory(self) -> Iterator[bytes]:
        """Give every writable part of its memory, long stretches of one and the same byte cut short."""
        folder = Path("/proc") / str(self.process.pid)
        with (folder / "mem").open("rb", buffering=0) as memory:
            for line in (folder / "maps").read_text().splitlines():
                span, rights, *_ = line.split()
                if "w" in rights and "[vvar]" not in line:
                    begin, end = (int(place, 16) for place in span.split("-"))
                    memory.seek(begin)
                    yield shortened(memory.read(end - begin))

    def holds(self, needles: Iterable[bytes]) -> set[bytes]:
        """Tell which of these its memory holds."""
        found: set[bytes] = set()
        for part in self.memory():
            found |= {needle for needle in needles if needle in part}
        return found


def shortened(part: bytes) -> bytes:
    """Leave out pages between pages that all hold nothing but the same byte: most of what was wiped, or never used.

    The first and the last page of such a stretch stay, so whatever stands in the part, across its edges too, still does.
    """
    pages = np.frombuffer(part, np.uint8).reshape(-1, PAGE)
    plain = np.where((pages == pages[:, :1]).all(axis=1), pages[:, 0].astype(np.int16), -1)
    inner = np.zeros(len(plain), np.bool_)
    inner[1:-1] = (plain[1:-1] >= 0) & (plain[1:-1] == plain[:-2]) & (plain[1:-1] == plain[2:])
    return pages[~inner].tobytes()


def test_a_stretch_of_memory_that_is_cut_short_holds_what_it_held() -> None:
    full, empty = bytes(range(256)) * (PAGE // 256), bytes(PAGE)
    for pages in ((full, empty, empty, full), (empty,) * 5, (full,), (empty, full, empty)):
        assert len(shortened(b"".join(pages))) == PAGE * min(len(pages), 4 if full in pages else 2)
    secret = b"1\0\0\0" * 4
    for place in (0, PAGE - 9, PAGE * 3 - 1, PAGE * 8 - len(secret)):
        part = bytearray(PAGE * 8)
        part[place : place + len(secret)] = secret
        assert secret in shortened(bytes(part))


def pin_forms(pin: str) -> set[bytes]:
    """Give a PIN as bytes and as every kind of string may hold it."""
    return {pin.encode(coding) for coding in ("ascii", "utf-16-le", "utf-32-le")}


def answer(card: VirtualCard, commands: int, answers: int) -> None:
    """Be the card at the other end of the pipes, until they close."""
    while header := os.read(commands, 1):
        length = header[0]
        if not length:
            card.power_on()
            continue
        data = bytearray()
        while len(data) < length:
            data += os.read(commands, length - len(data))
        said = card.process(data)
        os.write(answers, len(said).to_bytes(2) + said)


@contextmanager
def idle_machine(
    data: Path, center: str, folder: Path, card: VirtualCard, environment: dict[str, str], *options: str
) -> Iterator[IdleMachine]:
    commands, to_card = os.pipe()
    from_card, answers = os.pipe()
    pin_from, pin_to = os.pipe()
    mine = (to_card, from_card, pin_from)
    names = dict(zip(("CARD_TO", "CARD_FROM", "PIN_FROM"), map(str, mine), strict=True))
    process = subprocess.Popen(
        [sys.executable, str(MACHINE), str(data), center, str(folder), *options],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        pass_fds=mine,
        env={**os.environ, **names, **environment, "QT_QPA_PLATFORM": "offscreen", "PYTHONPATH": str(ROOT)},
    )
    for descriptor in mine:
        os.close(descriptor)
    Thread(target=answer, args=(card, commands, answers), daemon=True).start()
    with process:
        yield IdleMachine(process, pin_to)
        assert process.stdin is not None
        process.stdin.close()
        assert process.wait(30) == 0
    for descriptor in (answers, pin_to):
        os.close(descriptor)


@pytest.fixture(scope="module")
def center(data: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with marked.talkative_center(data, tmp_path_factory.mktemp("marked")) as url:
        yield url


@pytest.mark.parametrize(
    "options", [pytest.param((), marks=[pytest.mark.heavy]), ("window",)], ids=["headless", "window"]
)
def test_after_a_visit_memory_holds_nothing_of_it(
    data: Path, center: str, tmp_path: Path, options: tuple[str, ...]
) -> None:
    card = marked.card(data)
    needles = tuple(Judge.of(marked.card_file(data)).needles())
    with idle_machine(data, center, tmp_path, card, WIPING, *options) as machine:
        machine.rests()
        machine.visit(marked.PIN)
        assert machine.holds(needles) == set()
        # Four bytes may come about by chance, but not twice: each time a PIN is typed that was not there before.
        kept = [keeps_pin(machine, card, data, candidates) for candidates in (range(7100, 7103), range(8200, 8203))]
    assert card.verify_count == 1, "the last chip, the last PIN, once"
    assert not all(kept)


def keeps_pin(machine: IdleMachine, card: VirtualCard, data: Path, candidates: Iterable[int]) -> bool:
    """Make a visit with a PIN that memory does not hold by chance; tell whether it holds it afterwards."""
    pins = {str(candidate): pin_forms(str(candidate)) for candidate in candidates}
    there = machine.holds([form for forms in pins.values() for form in forms])
    pin = next(pin for pin, forms in pins.items() if not forms & there)
    card.__init__(marked.card_file(data, pin=pin))  # type: ignore[misc]  # the same place, another chip
    machine.visit(pin)
    return bool(machine.holds(pins[pin]))


def test_the_judge_finds_what_an_allocator_that_does_not_wipe_leaves(data: Path, center: str, tmp_path: Path) -> None:
    needles = tuple(Judge.of(marked.card_file(data)).needles())
    with idle_machine(data, center, tmp_path, marked.card(data), {}) as machine:
        machine.rests()
        machine.visit(marked.PIN)
        assert machine.holds(needles[:10])


BEGINS_AGAIN = """
import os, resource, sys
from kiosk.privacy import begin_again_wiping, forbid_dumps
begin_again_wiping()
forbid_dumps()
import ctypes
assert ctypes.CDLL(None).prctl(3, 0, 0, 0, 0) == 0  # PR_GET_DUMPABLE
print(os.environ["PYTHONMALLOC"], resource.getrlimit(resource.RLIMIT_CORE), sys.argv[1:], sys.flags.safe_path)
"""


def test_a_machine_begins_again_with_an_allocator_that_wipes_and_lets_nobody_dump_it(tmp_path: Path) -> None:
    program = tmp_path / "program.py"
    program.write_text(BEGINS_AGAIN)
    done = subprocess.run(
        [sys.executable, "-P", str(program), "--mode", "x"],
        capture_output=True,
        text=True,
        check=True,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )
    assert (done.stdout, done.stderr) == ("malloc (0, 0) ['--mode', 'x'] True\n", "")
