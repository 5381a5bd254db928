"""A My Number card that exists only as answers to APDUs, so that everything above them is the shipped code.

Strict where the real card is, with its status words; unkind when ordered. It knows JPKI-AP and 券面事項入力補助AP: the other
applications answer "not found". It refuses to know how its commands travel. Source of every number: the sources named in
the README of this folder, ISO/IEC 7816-4 for the rest.
"""

import secrets
import time
from dataclasses import dataclass
from enum import Enum
from pathlib import Path
from threading import RLock

from cryptography.hazmat.primitives.asymmetric import padding
from cryptography.hazmat.primitives.asymmetric.utils import NoDigestInfo

from kiosk.adapters.card import card_faults
from kiosk.adapters.card.apdu import Command, NotACommand
from kiosk.adapters.card.card_faults import Fault, FaultName, Pulled, Silent
from kiosk.adapters.card.card_file import CardFile, read_card_file
from kiosk.adapters.card.card_memory import Data, File, Key, Pin, personalise, personalise_attributes

JPKI_AID = bytes.fromhex("D392F000260100000001")
ATTRIBUTES_AID = bytes.fromhex("D3921000310001010408")
"""券面事項入力補助AP."""
ISSUER_DOMAIN_AID = bytes.fromhex("A0000001510000")
"""GlobalPlatform; brings back the power-on state."""


class Answering(Enum):
    """How the card and its reader hand over data."""

    DIRECT = "direct"
    MORE = "61xx"
    """In pieces, by GET RESPONSE, as T=0 readers do."""
    EXACT = "6Cxx"
    """READ BINARY only with the exact Le, after having told it."""


@dataclass(frozen=True, slots=True)
class Habits:
    """Where real cards differ from each other, or where nobody knows."""

    answering: Answering = Answering.DIRECT
    reset_clears_pin: bool = False
    """Reported not to, on a real card; power-off always does."""
    select_clears_pin: bool = False
    """Whether selecting the application again forgets a verified PIN."""
    blocked_word: int = 0x6984
    """Answer to VERIFY on a blocked PIN; one source expects 6983."""
    first_command_lost: bool = False
    """Answer 6F00 to the first command after power-up, as one real card does."""
    delay_s: float = 0.0
    """Time per command; a real card takes 10 to 50 ms, and longer to sign."""


@dataclass(frozen=True, slots=True)
class Exchange:
    """One command as the card saw it, without its data."""

    header: bytes
    sent: int
    """Bytes of the command."""
    status_word: int | None
    """None when the command was never answered."""


class _Refused(Exception):
    def __init__(self, status: int) -> None:
        super().__init__(f"{status:04X}")
        self.status = status


class VirtualCard:
    """One card with its PIN counters, which outlive power and insertion as a chip's do. Thread-safe."""

    def __init__(self, file: CardFile, habits: Habits = Habits(), fault: Fault | None = None) -> None:
        """Personalise a card; it is without power."""
        self.persona = file.persona
        self.atr = bytes.fromhex(file.atr)
        self._habits = habits
        self._lock = RLock()
        self._files = personalise(file)
        self._applications = {} if file.kind == "foreign" else {JPKI_AID: self._files}
        if file.attributes is not None:
            self._applications[ATTRIBUTES_AID] = personalise_attributes(file.attributes)
        self._application: bytes | None = None
        self._opened: set[tuple[bytes, int]] = set()
        self._current: File | None = None
        self._pending = b""
        self._exact_le_told = False
        self._fresh = True
        self._exchanges: list[Exchange] = []
        self._arithmetic_s = 0.0
        self._fault = fault
        self._since_armed = 0

    @classmethod
    def from_file(cls, path: Path, habits: Habits = Habits(), fault: Fault | None = None) -> "VirtualCard":
        """Personalise a card from its file. Raises CardFileError."""
        return cls(read_card_file(path), habits, fault)

    def __repr__(self) -> str:
        return f"VirtualCard({self.persona!r})"

    # --- what a test or a demonstration may know ---------------------------------------------------------------------

    @property
    def exchanges(self) -> tuple[Exchange, ...]:
        """Every command so far, without data."""
        with self._lock:
            return tuple(self._exchanges)

    @property
    def verify_count(self) -> int:
        """VERIFY commands that carried a PIN, answered or not."""
        return sum(1 for exchange in self.exchanges if exchange.header[1] == 0x20 and exchange.sent > 5)

    @property
    def tries_left(self) -> int | None:
        """Counter of the 利用者証明用 PIN; None for a card that has none."""
        with self._lock:
            pin = self._files.get(0x0018)
            return pin.tries_left if isinstance(pin, Pin) else None

    @property
    def password_tries_left(self) -> int | None:
        """Counter of the 署名用 password; None for a card that has none."""
        with self._lock:
            pin = self._files.get(0x001B)
            return pin.tries_left if isinstance(pin, Pin) else None

    @property
    def attributes_tries_left(self) -> int | None:
        """Counter of the PIN for 券面事項入力補助; None for a card that has none."""
        with self._lock:
            pin = self._applications.get(ATTRIBUTES_AID, {}).get(0x0011)
            return pin.tries_left if isinstance(pin, Pin) else None

    @property
    def opened(self) -> frozenset[tuple[bytes, int]]:
        """Every file that was ever made current: application and file id. What is not here was never read."""
        with self._lock:
            return frozenset(self._opened)

    @property
    def arithmetic_s(self) -> float:
        """Seconds spent so far on RSA, which a benchmark of the dialogue subtracts."""
        return self._arithmetic_s

    def arm(self, fault: Fault | None) -> None:
        """Order a fault; its command number counts from here. None takes an unspent order back."""
        with self._lock:
            self._fault = fault
            self._since_armed = 0

    # --- power -------------------------------------------------------------------------------------------------------

    def power_on(self) -> None:
        """Cold start: no selection, no PIN."""
        self.power_off()

    def power_off(self) -> None:
        """Forget selection and PIN; counters stay."""
        with self._lock:
            self._forget(pins=True)

    def reset(self) -> None:
        """Warm reset: no selection; whether a verified PIN survives is a habit."""
        with self._lock:
            self._forget(pins=self._habits.reset_clears_pin)

    def _forget(self, *, pins: bool) -> None:
        self._application = None
        self._current = None
        self._pending = b""
        self._exact_le_told = False
        self._fresh = True
        if pins:
            for file in (file for files in self._applications.values() for file in files.values()):
                if isinstance(file, Pin):
                    file.verified = False

    # --- commands ----------------------------------------------------------------------------------------------------

    def process(self, command: bytes | bytearray) -> bytes:
        """Carry out one command and give data and status word.

        Raises Pulled or Silent when such a fault was ordered.
        """
        if self._habits.delay_s:
            time.sleep(self._habits.delay_s)
        with self._lock:
            try:
                answer = self._answer(command)
            except (Pulled, Silent):
                self._exchanges.append(Exchange(bytes(command[:4]), len(command), None))
                raise
            self._exchanges.append(Exchange(bytes(command[:4]), len(command), int.from_bytes(answer[-2:])))
            return answer

    def _answer(self, command: bytes | bytearray) -> bytes:
        fault = self._due_fault()
        match fault.name if fault is not None else None:
            case FaultName.PULL_BEFORE:
                self.power_off()
                raise Pulled
            case FaultName.PULL_AFTER:
                self._carry_out(command)
                self.power_off()
                raise Pulled
            case FaultName.MUTE:
                raise Silent
            case FaultName.GARBAGE:
                return card_faults.GARBAGE
            case FaultName.ENDLESS:
                return card_faults.ENDLESS
            case FaultName.HOLLOW:
                return card_faults.HOLLOW
            case FaultName.ANSWER:
                return fault.answer if fault is not None else b""
            case FaultName.TRUNCATE:
                answer = self._carry_out(command)
                return answer[: (len(answer) - 2) // 2] + answer[-2:]
            case FaultName.EXTEND:
                answer = self._carry_out(command)
                return answer[:-2] + card_faults.EXTENSION + answer[-2:]
            case None:
                return self._carry_out(command)

    def _due_fault(self) -> Fault | None:
        self._since_armed += 1
        fault = self._fault
        if fault is None or self._since_armed < fault.at:
            return None
        if fault.name not in (FaultName.ENDLESS, FaultName.HOLLOW):
            self._fault = None
        return fault

    def _carry_out(self, raw: bytes | bytearray) -> bytes:
        if self._fresh:
            self._fresh = False
            if self._habits.first_command_lost:
                return b"\x6f\x00"
        try:
            command = Command.parse(raw)
            if (command.cla, command.ins) == (0x00, 0xC0):
                return self._get_response(command)
            self._pending = b""
            data = self._dispatch(command)
        except NotACommand:
            return b"\x67\x00"
        except _Refused as refused:
            self._exact_le_told = False
            return refused.status.to_bytes(2)
        if data and self._habits.answering is Answering.MORE:
            self._pending = data
            return self._more()
        if command.ins == 0xB0 and self._habits.answering is Answering.EXACT:
            self._exact_le_told = not self._exact_le_told
            if self._exact_le_told:
                return bytes((0x6C, len(data) & 0xFF))
        return data + b"\x90\x00"

    def _more(self) -> bytes:
        return bytes((0x61, min(len(self._pending), 128))) if self._pending else b"\x90\x00"

    def _get_response(self, command: Command) -> bytes:
        if not self._pending or command.le is None:
            return b"\x69\x85"
        piece, self._pending = self._pending[: command.le], self._pending[command.le :]
        return piece + self._more()

    def _dispatch(self, command: Command) -> bytes:
        if command.cla & 0x0C and not command.cla & 0x80:
            raise _Refused(0x6882)  # secure messaging
        match command.cla, command.ins:
            case 0x00, 0xA4:
                return self._select(command)
            case 0x00, 0xB0:
                return self._read(command)
            case 0x00, 0x20:
                return self._verify(command)
            case 0x00, 0x24:
                return self._change_pin(command)
            case 0x00, 0x84:
                if command.le is None:
                    raise _Refused(0x6700)
                return secrets.token_bytes(min(command.le, 256))
            case 0x80, 0x2A:
                return self._sign(command)
            case ((0x00 | 0x80), _):
                raise _Refused(0x6D00)
            case _:
                raise _Refused(0x6E00)

    def _select(self, command: Command) -> bytes:
        match command.p1:
            case 0x04:
                if command.data == ISSUER_DOMAIN_AID and self._applications:
                    self._forget(pins=self._habits.select_clears_pin)
                    return b""
                if command.data not in self._applications:
                    raise _Refused(0x6A82)
                self._forget(pins=self._habits.select_clears_pin)
                self._fresh = False
                self._application = command.data
                return b""
            case 0x02 if command.p2 == 0x0C and len(command.data) == 2:
                self._current = self._file(int.from_bytes(command.data))
                return b""
            case 0x00 if command.data == b"\x3f\x00":
                raise _Refused(0x6A82)
            case 0x00 if self._application is not None and not command.data:
                return b""
            case _:
                raise _Refused(0x6A86)

    def _file(self, file_id: int) -> File:
        if self._application is None or (file := self._applications[self._application].get(file_id)) is None:
            raise _Refused(0x6A82)
        self._opened.add((self._application, file_id))
        return file

    def _addressed(self, p2: int) -> File:
        """Give the file that P2 means: the current one for 80, or one by short id, which becomes current."""
        if not p2 & 0x80 or p2 & 0x60:
            raise _Refused(0x6A86)
        if p2 & 0x1F:
            self._current = self._file(p2 & 0x1F)
        if self._current is None:
            raise _Refused(0x6986)
        return self._current

    def _read(self, command: Command) -> bytes:
        if command.le is None or command.data:
            raise _Refused(0x6700)
        if command.p1 & 0x80:
            file = self._addressed(command.p1)
            offset = command.p2
        else:
            if self._current is None:
                raise _Refused(0x6986)
            file = self._current
            offset = command.p1 << 8 | command.p2
        if not isinstance(file, Data):
            raise _Refused(0x6981)
        if file.pin is not None and not file.pin.verified:
            raise _Refused(0x6982)
        if offset >= len(file.content):
            raise _Refused(0x6B00)
        return file.content[offset : offset + command.le]

    def _verify(self, command: Command) -> bytes:
        if command.p1 != 0x00:
            raise _Refused(0x6A86)
        pin = self._addressed(command.p2)
        if not isinstance(pin, Pin):
            raise _Refused(0x6981)
        if not command.data:  # asks for the counter, and is never told 9000, not even after a right PIN
            raise _Refused(0x63C0 | pin.tries_left)
        if pin.tries_left == 0:
            raise _Refused(self._habits.blocked_word)
        if pin.value is None or not secrets.compare_digest(command.data, pin.value):
            pin.tries_left -= 1
            pin.verified = False
            raise _Refused(0x63C0 | pin.tries_left)
        pin.tries_left = pin.tries_max
        pin.verified = True
        return b""

    def _change_pin(self, command: Command) -> bytes:
        if command.p1 != 0x01:
            raise _Refused(0x6A86)
        pin = self._addressed(command.p2)
        if not isinstance(pin, Pin):
            raise _Refused(0x6981)
        if not pin.verified:
            raise _Refused(0x6982)
        shortest, longest = pin.lengths
        if not shortest <= len(command.data) <= longest:
            raise _Refused(0x6700)
        pin.value = command.data
        return b""

    def _sign(self, command: Command) -> bytes:
        if command.p1 != 0x00:  # the schemes 01 to 05 of the real card are used by nobody and left out
            raise _Refused(0x6A86)
        key = self._addressed(command.p2)
        if not isinstance(key, Key) or key.key is None:
            raise _Refused(0x6981)
        if key.pin is not None and not key.pin.verified:
            raise _Refused(0x6982)
        if not command.data or command.le is None:
            raise _Refused(0x6700)
        if len(command.data) > 245:
            raise _Refused(0x6985)
        begin = time.perf_counter()
        signature = key.key.sign(command.data, padding.PKCS1v15(), NoDigestInfo())
        self._arithmetic_s += time.perf_counter() - begin
        return signature
