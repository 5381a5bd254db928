"""A machine as a process of its own, whose memory a test can read: it makes visits when told to and stands idle in between.

    idle_machine.py DATA CENTER FOLDER [window]   with the card behind the file descriptors CARD_TO and CARD_FROM

Each line on standard input is one visit; its four digits come one byte at a time from descriptor PIN_FROM, as from the
pad, so that this process never has them together anywhere but in its PIN buffer. `idle` is printed when the machine rests
again, and has heard of time twice since.
"""

import os
import sys
import time
from collections.abc import Callable
from pathlib import Path
from threading import Event, Thread

from kiosk.adapters.card import attributes_dialogue, dialogue, signature_dialogue
from kiosk.adapters.payment.scripted import ScriptedCashier
from kiosk.flow.events import PinTyped
from kiosk.flow.screen_model import Busy, Button, Choices, Language, ScreenId, ScreenModel, Text, Touch
from kiosk.flow.settings import FlowSettings
from kiosk.ports.card import (
    ApplicationSignature,
    AttributesInspection,
    AttributesReading,
    Authentication,
    CardGone,
    CardPlaced,
    Inspection,
    PinBuffer,
    ReaderUnavailable,
    SignatureInspection,
    WatchStopped,
)
from kiosk.ports.password import PasswordBuffer
from kiosk.runner import Runner
from kiosk.settings import sandbox_access
from kiosk.wiring import open_world
from kiosk.world import World
from printers.jobs import Completed, Job, JobOutcome, Trouble, unkept

FLOW = FlowSettings(hours_enforced=False)
TOUCHES = {
    ScreenId.SERVICE: Touch(Button.CERTIFICATES),
    ScreenId.CONSENT: Touch(Button.AGREE),
    ScreenId.MUNICIPALITY: Touch(Button.MUNICIPALITY, "990019"),
    ScreenId.KIND: Touch(Button.KIND, "juminhyo"),
    ScreenId.SCOPE: Touch(Button.SCOPE, "some"),
    ScreenId.ITEMS: Touch(Button.NEXT),
    ScreenId.COPIES: Touch(Button.NEXT),
    ScreenId.CONFIRM: Touch(Button.NEXT),
    ScreenId.COLLECT: Touch(Button.NEXT),
    ScreenId.ANOTHER: Touch(Button.FINISH),
    ScreenId.MESSAGE: Touch(Button.FINISH),
}


class PipeReader:
    """The card port over the shipped dialogue, to a card in another process: a length, a command; a length, an answer."""

    def __init__(self, to_card: int, from_card: int) -> None:
        self._to, self._from = to_card, from_card
        self.lies = Event()

    def unavailable(self) -> ReaderUnavailable | None:
        """Well."""
        return None

    def wait_for_card(self, stop: Event) -> CardPlaced | WatchStopped | ReaderUnavailable:
        """Wait."""
        while not self.lies.wait(0.05):
            if stop.is_set():
                return WatchStopped()
        return CardPlaced()

    def wait_for_removal(self, stop: Event) -> CardGone | WatchStopped | ReaderUnavailable:
        """Wait."""
        while self.lies.is_set():
            if stop.wait(0.02):
                return WatchStopped()
        return CardGone()

    def inspect(self) -> Inspection:
        """Find out what lies there."""
        self._power()
        return dialogue.inspect(self)

    def authenticate(self, digest: bytes, pin: PinBuffer) -> Authentication:
        """Read, verify, sign."""
        self._power()
        return dialogue.authenticate(self, digest, pin)

    def inspect_signature(self) -> SignatureInspection:
        """Find out whether it can sign."""
        self._power()
        return signature_dialogue.inspect(self)

    def sign_application(self, digest: bytes, password: PasswordBuffer) -> ApplicationSignature:
        """Verify, sign, read."""
        self._power()
        return signature_dialogue.sign_application(self, digest, password)

    def inspect_attributes(self, certificate_sha256: bytes) -> AttributesInspection:
        """Find out whether it can be asked."""
        self._power()
        return attributes_dialogue.inspect(self, certificate_sha256)

    def read_attributes(self, pin: PinBuffer, certificate_sha256: bytes) -> AttributesReading:
        """Verify, read."""
        self._power()
        return attributes_dialogue.read_attributes(self, pin, certificate_sha256)

    def transmit(self, command: bytes | bytearray) -> tuple[bytes, int]:
        """Exchange one command."""
        os.write(self._to, bytes((len(command),)))
        os.write(self._to, command)
        length = int.from_bytes(self._take(2))
        answer = self._take(length)
        return answer[:-2], int.from_bytes(answer[-2:])

    def _power(self) -> None:
        os.write(self._to, b"\0")

    def _take(self, length: int) -> bytes:
        data = bytearray()
        while len(data) < length:
            piece = os.read(self._from, length - len(data))
            if not piece:
                raise OSError
            data += piece
        return bytes(data)


class NoPaper:
    """A printer that lets every sheet out and keeps none."""

    def trouble(self, sheets: int) -> Trouble | None:
        """None."""
        return None

    def run(self, job: Job, sheet_out: object, opened: Callable[[str], None] = unkept) -> JobOutcome:
        """Print."""
        opened(job.job_id)
        return Completed(job.sheets)

    def recall(self, ticket: str) -> None:
        """Remember nothing."""


class Resident:
    """Makes visits; keeps nothing of what it reads."""

    def __init__(self, reader: PipeReader, pin_from: int) -> None:
        self.runner: Runner | None = None
        self._reader, self._pin_from = reader, pin_from
        self.idle = Event()
        self.draw: Callable[[ScreenModel], None] = lambda _model: None

    def present(self, model: ScreenModel) -> None:
        """Do what a resident does on this screen."""
        assert self.runner is not None
        self.draw(model)
        waits = isinstance(model.body, Busy) or (isinstance(model.body, Choices) and not model.body.choices)
        if model.screen is ScreenId.IDLE:
            self.idle.set()
        elif model.screen is ScreenId.PLACE_CARD:
            self._reader.lies.set()
        elif model.screen is ScreenId.TAKE_CARD:
            self._reader.lies.clear()
        elif model.screen is ScreenId.PIN and not len(self.runner.pin):
            for _ in range(4):
                self.runner.post(PinTyped(self.runner.pin.push(os.read(self._pin_from, 1)[0] - 0x30)))
            self.runner.touch(Touch(Button.OK))
        elif model.screen is ScreenId.MEMBERS and isinstance(model.body, Choices):
            named = model.body.choices[0]
            self.runner.touch(Touch(Button.NEXT) if named.selected else named.touch)
        elif model.screen in TOUCHES and not waits:
            self.runner.touch(TOUCHES[model.screen])

    def announce(self, line: Text, language: Language, level: int) -> None:
        """Hear nothing."""


def serve(runner: Runner, resident: Resident, world: World) -> None:
    """Make a visit for each line on standard input."""
    running = Thread(target=runner.run, name="flow")
    running.start()
    while resident.idle.wait(30):
        at_rest = Event()
        while world.journal.open_orders():
            at_rest.wait(0.02)
        at_rest.wait(1.2)  # two ticks
        sys.stdout.write("idle\n")
        sys.stdout.flush()
        if not sys.stdin.readline():
            break
        resident.idle.clear()
        runner.touch(Touch(Button.START))
    runner.stop()
    running.join(30)


def serve_with_window(runner: Runner, resident: Resident, world: World) -> None:
    """Do the same while a window draws every screen."""
    from PySide6.QtCore import Qt, QTimer
    from PySide6.QtWidgets import QApplication

    from kiosk.run_command import ASSETS, _Seen
    from kiosk.ui.bridge import Bridge
    from kiosk.ui.geometry import ScreenGeometry
    from kiosk.ui.strings import Strings, available_languages
    from kiosk.ui.window import KioskWindow

    application = QApplication([])
    window = KioskWindow(
        assets_dir=ASSETS,
        strings={language: Strings.load(ASSETS, language) for language in available_languages(ASSETS)},
        pin=PinBuffer(),
        password=PasswordBuffer(),
        geometry=ScreenGeometry(),
        now_s=time.monotonic,
    )
    bridge = Bridge(window)
    bridge.models.connect(_Seen(runner, application).note, Qt.ConnectionType.QueuedConnection)
    resident.draw = bridge.present
    window.show()

    def behind() -> None:
        serve(runner, resident, world)
        QTimer.singleShot(0, application, application.quit)

    serving = Thread(target=behind)
    serving.start()
    application.exec()
    serving.join(30)


def main() -> None:
    """Open the machine and serve."""
    data, center, folder = Path(sys.argv[1]), sys.argv[2], Path(sys.argv[3])
    to_card, from_card, pin_from = (int(os.environ[name]) for name in ("CARD_TO", "CARD_FROM", "PIN_FROM"))
    reader = PipeReader(to_card, from_card)
    resident = Resident(reader, pin_from)
    access = sandbox_access(data, center, "kiosk-0001")
    with open_world(access, reader, ScriptedCashier(pays_by_itself=True), NoPaper(), folder / "journal.db") as world:
        resident.runner = Runner(world, FLOW, resident)
        (serve_with_window if "window" in sys.argv[4:] else serve)(resident.runner, resident, world)


main()
