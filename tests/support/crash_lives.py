"""Machines and centers that are there to be killed: a program that forks one life after the other, all imports done.

crash_lives.py kiosk|center    each line on standard input is an order (JSON) and begins a life; `born PID` and `ended STATUS`
                               frame it on standard output. Orders of a kiosk are Life's fields; of a center, its arguments.

A kiosk's life settles its books, says `settled N` (passings of its seam so far), waits for a line, makes one visit, and so on until it is killed. Its devices
are other processes', so what it leaves behind is what a power cut leaves behind.
"""

import ctypes
import json
import os
import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from threading import Event, Thread
from time import monotonic
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import sqlite3


@dataclass(frozen=True, slots=True)
class Life:
    """One life of a kiosk."""

    data: str
    center: str
    folder: str
    """Its journal, till book and settings of devices."""
    device: str = "kiosk-0001"
    copies: int = 1
    seam: str = ""
    """journal, till, wire, paper or slip: it dies by its own hand there; empty leaves it to others."""
    at: int = 0
    """At which passing of the seam; each write, exchange or look is one before and one after."""
    hold: bool = False
    """Waits for a line before it opens its books."""
    fails_at: int = 0
    """Which call of the kernel for its books fails; 0 for none. Wants the library of failing_calls.c."""
    fails_with: int = 0
    """The error's number."""
    fails_for_good: bool = False
    """Whether all calls after it fail too."""
    fails_to_open: bool = False
    """Whether only opening is counted."""
    plant: str = ""
    """A defect to be found out: refunds_blindly, repeats_job, forgets_intent, forgets_slip."""


def say(line: str) -> None:
    """Tell whoever watches, at one stroke."""
    os.write(1, f"{line}\n".encode())


def heard() -> str:
    """Wait for a line; empty at the end."""
    line = bytearray()
    while (byte := os.read(0, 1)) not in {b"", b"\n"}:
        line += byte
    return line.decode()


def live(order: dict[str, Any]) -> None:
    """Be a kiosk until killed."""
    # Loaded by the program before it forks; a center has no use for them.
    from kiosk.adapters.card.virtual import VirtualCardReader
    from kiosk.adapters.payment.cctalk.line import Line, SerialLine
    from kiosk.adapters.payment.settings import cashier_on
    from kiosk.adapters.payment.tillbook import TillBook
    from kiosk.cardproc import load_persona
    from kiosk.device_settings import load_devices
    from kiosk.domain.certificates import CertificateKind, ScopeKind
    from kiosk.flow.screen_model import Language, ScreenModel, Text
    from kiosk.flow.settings import FlowSettings
    from kiosk.headless import FieldHand, Wishes, run_visit
    from kiosk.ports.journal import Journal, OpenOrder
    from kiosk.ports.payment import ChargeKey, PaymentDevice, PaymentUnavailable
    from kiosk.runner import Runner, RunnerCrashedError
    from kiosk.settings import sandbox_access
    from kiosk.wiring import open_world
    from kiosk.world import World
    from printers.escpos.line import Line as Cable
    from printers.escpos.line import open_line
    from printers.escpos.printer import EscposPrinter
    from printers.ipp import IppPrinter, Limits
    from printers.ipp.follow import Pace
    from printers.jobs import Job, JobOutcome, Printer, Trouble, unkept
    from tests.support.crash_slips import WrittenDownSlips
    from tests.support.slips import composer, lettering

    life = Life(**order)
    folder = Path(life.folder)
    passed = 0

    def burn(seam: str) -> None:
        nonlocal passed
        if seam == life.seam:
            passed += 1
            if passed == life.at:
                os.kill(os.getpid(), signal.SIGKILL)

    class Books:
        """Hands on every call to the journal, with a seam around each write."""

        def __init__(self, journal: Journal) -> None:
            self._journal = journal

        def __getattr__(self, name: str) -> Any:  # noqa: ANN401 - whatever the journal has
            method: Callable[..., Any] = getattr(self._journal, name)
            if name == "open_orders" and life.plant == "refunds_blindly":
                return self._without_sheets
            if name == "cases_untold" and life.plant == "forgets_slip":
                return tuple
            if name not in {"intend", "note", "conclude", "decide", "settle"}:
                return method

            def write(*arguments: object, **named: object) -> object:
                burn("journal")
                result = method(*arguments, **named)
                burn("journal")
                return result

            return write

        def _without_sheets(self) -> tuple[OpenOrder, ...]:
            orders = self._journal.open_orders()
            return tuple(
                replace(each, entries=tuple(entry for entry in each.entries if entry.intent.act.value != "print"))
                for each in orders
            )

    class Till(TillBook):
        """A till book with a seam around each write."""

        @contextmanager
        def _writing(self) -> "Iterator[sqlite3.Connection]":
            burn("till")
            with super()._writing() as db:
                yield db
            burn("till")

        def set_charge(self, key: ChargeKey, due_yen: int, state: str, yen: int) -> None:
            if life.plant != "forgets_intent" or state not in {"open", "refunding"}:
                super().set_charge(key, due_yen, state, yen)

    class Wire:
        """The wire of the coin machine with a seam around each exchange."""

        def __init__(self, line: SerialLine) -> None:
            self._line: Line = line
            self.read, self.drop_input = line.read, line.drop_input

        def write(self, data: bytes) -> None:
            burn("wire")
            self._line.write(data)
            burn("wire")

    class Paper:
        """The page printer, with a seam around each job."""

        def __init__(self, printer: Printer) -> None:
            self._printer = printer
            self._spool = folder / "spool"

        def trouble(self, sheets: int) -> Trouble | None:
            if life.plant == "repeats_job" and self._spool.exists():
                again = Job(self._spool.read_text(), (folder / "spool.pdf").read_bytes(), 1)
                self._spool.unlink()
                self._printer.run(again, lambda _sheets: None)
            return self._printer.trouble(sheets)

        def run(self, job: Job, sheet_out: Callable[[int], None], opened: Callable[[str], None] = unkept) -> JobOutcome:
            if life.plant == "repeats_job":
                (folder / "spool.pdf").write_bytes(job.pdf)
                self._spool.write_text(job.job_id)
            burn("paper")
            outcome = self._printer.run(job, sheet_out, opened)
            burn("paper")
            return outcome

        def recall(self, ticket: str) -> JobOutcome | None:
            burn("paper")
            return self._printer.recall(ticket)

    class Desk:
        """The cable of the slip printer, with a seam around each write."""

        def __init__(self, line: Cable) -> None:
            self._line = line
            self.read, self.close = line.read, line.close

        def write(self, data: bytes, timeout_s: float) -> None:
            burn("slip")
            self._line.write(data, timeout_s)
            burn("slip")

    class Money:
        """Hands on every call; knows when the machine was last asked how it is."""

        def __init__(self, money: PaymentDevice) -> None:
            self._money = money
            self.asked = Event()

        def __getattr__(self, name: str) -> Any:  # noqa: ANN401 - whatever the port has
            return getattr(self._money, name)

        def unavailable(self, due_yen: int) -> PaymentUnavailable | None:
            answer = self._money.unavailable(due_yen)
            self.asked.set()
            return answer

    class Onlooker:
        def present(self, model: ScreenModel) -> None:
            """See nothing."""

        def announce(self, line: Text, language: Language, level: int) -> None:
            """Hear nothing."""

    def settle(world: World) -> None:
        """Let the machine settle its books, print what it owes, and look once at its devices, as it does before anybody comes."""
        money.asked.clear()
        runner = Runner(world, flow, Onlooker())
        crashed: list[RunnerCrashedError] = []

        def run() -> None:
            try:
                runner.run()
            except RunnerCrashedError as error:
                crashed.append(error)

        running = Thread(target=run)
        running.start()
        pause = Event()
        while running.is_alive() and (
            world.journal.open_orders() or world.journal.cases_untold() or not money.asked.is_set()
        ):
            pause.wait(0.005)
        runner.stop()
        running.join()
        if crashed:
            raise crashed[0]

    wait = Event().wait

    def look(seconds: float) -> None:
        burn("paper")
        wait(seconds)

    if life.hold:
        heard()
    if life.fails_at:
        how = life.fails_at, life.fails_with, int(life.fails_for_good), int(life.fails_to_open)
        ctypes.CDLL(None).arm_failure(os.fsencode(folder), *how)
    settings = load_devices(folder / "devices.toml")
    assert settings.printer is not None
    assert settings.cash is not None
    place = None if settings.slips is None else settings.slips.place
    assert settings.slips is not None
    assert place is not None
    flow = FlowSettings(hours_enforced=False, needs_slips=True)
    limits = Limits(stopped_s=0.3, stall_s=5, settle_s=3, first_poll_s=0.005, poll_s=0.02, counter_s=0.2)
    with ExitStack() as opened:
        paper = Paper(IppPrinter(replace(settings.printer, limits=limits), Pace(monotonic, look)))
        book = Till(settings.cash.book)
        opened.callback(book.close)
        line = SerialLine(settings.cash.port, settings.cash.silence_s)
        opened.callback(line.close)
        money: Any = Money(cashier_on(Wire(line), settings.cash, book))
        desk = EscposPrinter(
            lambda: Desk(open_line(place, 2.0)),
            lettering(),
            settings.slips.width,
            settings.slips.marks,
            settings.slips.limits,
        )
        opened.callback(desk.close)
        reader = VirtualCardReader()
        access = sandbox_access(Path(life.data), life.center, life.device)
        plain = opened.enter_context(
            open_world(
                access,
                reader,
                money,
                paper,
                folder / "journal.db",
                slips=WrittenDownSlips(desk, composer(), folder),
            )
        )
        journal: Any = Books(plain.journal)
        world = replace(plain, journal=journal)
        hand = FieldHand(reader, load_persona(Path(life.data), "hanako"))
        wishes = Wishes(CertificateKind.JUMINHYO, ScopeKind.SELF, copies=life.copies, pin="1234")
        settle(world)
        say(f"settled {passed}")
        while heard() == "go":
            result, _ = run_visit(world, flow, wishes, hand)
            say(f"visited {result.code or 'handed_over'}")
            settle(world)
            say(f"settled {passed}")


def load_kiosk() -> None:
    """Load everything that `live` names, once for all lives: half of a short life would go into it."""
    import kiosk.adapters.payment.settings
    import kiosk.adapters.slips.escpos
    import kiosk.cardproc
    import kiosk.device_settings
    import kiosk.headless
    import kiosk.runner
    import kiosk.settings
    import kiosk.wiring  # noqa: F401 - loaded for the lives
    import printers.ipp  # noqa: F401 - loaded for the lives
    from tests.support.slips import composer, lettering

    composer()
    lettering()


def serve(order: dict[str, Any]) -> None:
    """Be a center until killed, or until standard input ends."""
    from issuing_center.__main__ import main

    main(order["arguments"])


def forge(kind: str) -> None:
    """Fork a life for each order."""
    if kind == "kiosk":
        load_kiosk()
    else:
        from issuing_center.deployment import Mode, declare

        declare(Mode.SANDBOX)  # before anything of it may be loaded
        import issuing_center.__main__
        import issuing_center.sandbox.center
        import issuing_center.server
        import issuing_center.web  # noqa: F401 - loaded once, for all lives
        from issuing_center.backs.layout import Setting
        from issuing_center.backs.screens import PLAIN
        from issuing_center.paper.back.drawing import _kept
        from issuing_center.paper.fonts import shared_fonts

        _kept(Setting.STANDARD, False, PLAIN, shared_fonts())  # what every back shares
    say("ready")
    while order := heard():
        if not order.startswith("{"):
            continue  # meant for a life that did not hear it any more
        child = os.fork()
        if child == 0:
            status = 70
            try:
                (live if kind == "kiosk" else serve)(json.loads(order))
                status = 0
            finally:
                os._exit(status)
        say(f"born {child}")
        _, ended = os.waitpid(child, 0)
        say(f"ended {os.waitstatus_to_exitcode(ended)}")


if __name__ == "__main__":
    forge(sys.argv[1])
