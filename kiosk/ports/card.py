"""The My Number card (or phone) as a visit sees it, and the one buffer that ever holds a PIN.

No type of PC/SC crosses this port. The PIN goes from the pad into `PinBuffer`, from there into the chip, and nowhere
else; digits are in no event, log line or exception. The password of the other certificate, which signs applications,
goes the same way through `kiosk.ports.password`.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from enum import Enum
from threading import Event, Lock
from typing import Protocol

from kiosk.ports.attributes import (
    AnotherCard,
    AttributesBlocked,
    CardAttributes,
    NoAttributes,
    ReadyForAttributes,
    WrongAttributesPin,
)
from kiosk.ports.password import PasswordBuffer

PIN_LENGTH = 4
"""Digits of the 利用者証明用 PIN, and of that for 券面事項入力補助."""


class PinBuffer:
    """Four digits, typed on the pad and taken once by the card adapter.

    Thread-safe: the pad fills it on the screen's thread, the card adapter takes it on a worker.
    """

    def __init__(self) -> None:
        self._digits = bytearray(PIN_LENGTH)
        self._typed = 0
        self._lock = Lock()

    def __len__(self) -> int:
        return self._typed

    def __repr__(self) -> str:
        return "PinBuffer()"

    def push(self, digit: int) -> int:
        """Append one digit (0-9) and give the count; a fifth digit is ignored, as pads do."""
        if not 0 <= digit <= 9:
            raise ValueError("a PIN digit is 0 to 9")
        with self._lock:
            if self._typed < PIN_LENGTH:
                self._digits[self._typed] = 0x30 + digit
                self._typed += 1
            return self._typed

    def erase_last(self) -> int:
        """Remove the digit typed last and give the count."""
        with self._lock:
            if self._typed:
                self._typed -= 1
                self._digits[self._typed] = 0
            return self._typed

    def clear(self) -> None:
        """Overwrite every digit."""
        with self._lock:
            self._wipe()

    @contextmanager
    def take(self) -> Iterator[bytearray]:
        """Lend the four ASCII digits for one VERIFY and overwrite them afterwards, whatever happened.

        Raises ValueError when fewer than four digits were typed.
        """
        with self._lock:
            if self._typed != PIN_LENGTH:
                raise ValueError("the PIN is not complete")
            try:
                yield self._digits
            finally:
                self._wipe()

    def _wipe(self) -> None:
        for place in range(PIN_LENGTH):
            self._digits[place] = 0
        self._typed = 0


class TokenKind(Enum):
    """What answers under the JPKI application, read from its token label (EF 0006)."""

    CARD = "card"
    PHONE = "phone"


@dataclass(frozen=True, slots=True)
class CardPlaced:
    """Something answers in the reader's field; nothing is known of it yet."""


@dataclass(frozen=True, slots=True)
class CardGone:
    """The field is empty."""


@dataclass(frozen=True, slots=True)
class WatchStopped:
    """The caller's stop event ended the wait."""


@dataclass(frozen=True, slots=True)
class ReadyForPin:
    """A card that can authenticate its holder."""

    token: TokenKind
    tries_left: int
    """As the chip says, 1 to 3; never our own count."""


@dataclass(frozen=True, slots=True)
class PinBlocked:
    """The PIN counter is at zero; only the holder's municipality can reset it."""


@dataclass(frozen=True, slots=True)
class NoAuthenticationCertificate:
    """A My Number card whose holder has no 利用者証明用電子証明書."""


@dataclass(frozen=True, slots=True)
class NotAMyNumberCard:
    """Some other IC card: the JPKI application is not there."""


@dataclass(frozen=True, slots=True)
class OldResidentCard:
    """A 住民基本台帳カード, no longer accepted."""


@dataclass(frozen=True, slots=True)
class CardRemoved:
    """The card left the field, or was reset, in mid-dialogue."""


@dataclass(frozen=True, slots=True)
class CardFault:
    """The card gave an answer that the dialogue does not provide for."""

    step: str
    """Name of the dialogue's step, for the log."""
    status_word: int
    """SW1 SW2 as one number; 0 where an answer was malformed rather than refused."""


@dataclass(frozen=True, slots=True)
class ReaderUnavailable:
    """No reader, or no PC/SC service. The code tells which and never changes."""

    code: str
    """CARD-01 PC/SC service away, CARD-02 no such reader, CARD-03 reader held by another program."""


@dataclass(frozen=True, slots=True)
class WrongPin:
    """The chip refused the digits."""

    tries_left: int
    """As the chip says, 0 to 2; 0 means the card is blocked now."""


@dataclass(frozen=True, slots=True)
class Signed:
    """Presence and consent of the holder, proved by the chip."""

    certificate_der: bytes = field(repr=False)
    """利用者証明用電子証明書, DER, cut at its own length."""
    signature: bytes = field(repr=False)
    """RSASSA-PKCS1-v1_5 with SHA-256 over the statement; the card makes no other (as of the 2016 generation)."""


@dataclass(frozen=True, slots=True)
class ReadyForPassword:
    """A card that can sign an application for its holder."""

    tries_left: int
    """Of the 署名用 password, as the chip says, 1 to 5; never our own count."""


@dataclass(frozen=True, slots=True)
class PasswordBlocked:
    """The password counter is at zero; only the holder's municipality can reset it. The 4-digit PIN is untouched."""


@dataclass(frozen=True, slots=True)
class NoSignatureCertificate:
    """A My Number card whose holder has no 署名用電子証明書, such as a child's."""


@dataclass(frozen=True, slots=True)
class WrongPassword:
    """The chip refused the characters."""

    tries_left: int
    """As the chip says, 0 to 4; 0 means the password is blocked now."""


@dataclass(frozen=True, slots=True)
class SignedApplication:
    """The holder's signature under an application, made by the chip."""

    certificate_der: bytes = field(repr=False)
    """署名用電子証明書, DER, cut at its own length. It carries name, address, birth date and sex."""
    signature: bytes = field(repr=False)
    """RSASSA-PKCS1-v1_5 with SHA-256 over the application's statement."""


Inspection = (
    ReadyForPin
    | PinBlocked
    | NoAuthenticationCertificate
    | NotAMyNumberCard
    | OldResidentCard
    | CardRemoved
    | CardFault
    | ReaderUnavailable
)
Authentication = (
    Signed
    | WrongPin
    | PinBlocked
    | NoAuthenticationCertificate
    | NotAMyNumberCard
    | OldResidentCard
    | CardRemoved
    | CardFault
    | ReaderUnavailable
)

SignatureInspection = (
    ReadyForPassword
    | PasswordBlocked
    | NoSignatureCertificate
    | NotAMyNumberCard
    | OldResidentCard
    | CardRemoved
    | CardFault
    | ReaderUnavailable
)
ApplicationSignature = (
    SignedApplication
    | WrongPassword
    | PasswordBlocked
    | NoSignatureCertificate
    | NotAMyNumberCard
    | OldResidentCard
    | CardRemoved
    | CardFault
    | ReaderUnavailable
)

AttributesInspection = (
    ReadyForAttributes
    | AttributesBlocked
    | NoAttributes
    | AnotherCard
    | NotAMyNumberCard
    | OldResidentCard
    | CardRemoved
    | CardFault
    | ReaderUnavailable
)
AttributesReading = (
    CardAttributes
    | WrongAttributesPin
    | AttributesBlocked
    | NoAttributes
    | AnotherCard
    | NotAMyNumberCard
    | OldResidentCard
    | CardRemoved
    | CardFault
    | ReaderUnavailable
)


class CardReader(Protocol):
    """One reader, used by one worker at a time. Every call may be repeated on the same object after any outcome."""

    def unavailable(self) -> ReaderUnavailable | None:
        """Say why no card could be read now; None when one could. Asked while nobody is served; never touches a card."""
        ...

    def wait_for_card(self, stop: Event) -> CardPlaced | WatchStopped | ReaderUnavailable:
        """Block until something is in the field, or `stop` is set (noticed within 0.5 s), or the reader is away."""
        ...

    def wait_for_removal(self, stop: Event) -> CardGone | WatchStopped | ReaderUnavailable:
        """Block until the field is empty, or `stop` is set (noticed within 0.5 s), or the reader is away."""
        ...

    def inspect(self) -> Inspection:
        """Find out what lies there and how many PIN tries it has left, without spending one."""
        ...

    def authenticate(self, digest: bytes, pin: PinBuffer) -> Authentication:
        """Read the certificate, verify the PIN once and sign a 32-byte SHA-256 digest, then power the card down.

        Spends at most one try. Never sends VERIFY to a card that says it is blocked. The buffer is empty afterwards
        on every path.
        """
        ...

    def inspect_signature(self) -> SignatureInspection:
        """Find out whether the card can sign an application, and how many password tries it has left, spending none."""
        ...

    def sign_application(self, digest: bytes, password: PasswordBuffer) -> ApplicationSignature:
        """Verify the password once, sign a 32-byte SHA-256 digest and read the certificate, then power the card down.

        Spends at most one try. Never sends VERIFY to a card that says it is blocked. The buffer is empty afterwards
        on every path.
        """
        ...

    def inspect_attributes(self, certificate_sha256: bytes) -> AttributesInspection:
        """Find out whether the visit's own card can be asked for its attributes, and how many tries are left, spending none.

        `certificate_sha256` is of the 利用者証明用電子証明書 that opened the visit: another card is `AnotherCard`.
        """
        ...

    def read_attributes(self, pin: PinBuffer, certificate_sha256: bytes) -> AttributesReading:
        """Verify the PIN of 券面事項入力補助 once and read the four attributes, then power the card down.

        Never reads the individual number. Spends at most one try, and none of another card's. Never sends VERIFY to a
        card that says it is blocked. The buffer is empty afterwards on every path.
        """
        ...
