"""Commands to JPKI-AP, one function a step, shared by the dialogues of its two certificates.

Refuses to know in which order they come, what a signature is for, PC/SC, and X.509 beyond the length of a certificate.
Never repeats VERIFY or the signing command, whatever the answer, and every loop is bounded, since the card may be a liar.
"""

from contextlib import AbstractContextManager
from dataclasses import dataclass
from enum import Enum

from kiosk.adapters.card.transport import Transport
from kiosk.ports.card import CardFault, NotAMyNumberCard, OldResidentCard, TokenKind

JPKI_AID = bytes.fromhex("D392F000260100000001")
EF_TOKEN_INFO = 0x0006
EF_CERTIFICATES_PRESENT = 0x0008

SHA256_DIGEST_INFO = bytes.fromhex("3031300D060960864801650304020105000420")
"""DigestInfo of RFC 8017, section 9.2, note 1, up to the 32 digest bytes; the card only pads."""

SIGNATURE_BYTES = 256
"""RSA-2048, the only key of the 2016 generation."""

MIN_CERTIFICATE_BYTES = 260
"""A certificate with a 256-byte signature cannot be shorter."""

MAX_CERTIFICATE_BYTES = 4096
"""Real ones have about 1,005 bytes (user authentication) to 1,600 (digital signature)."""

MAX_CONTINUATIONS = 32
"""GET RESPONSE commands for one answer of at most 256 bytes; a T=0 reader needs one or two."""

_LABELS = {
    b"JPKIAPICCTOKEN2": TokenKind.CARD,
    b"JPKIAPGPSETOKEN": TokenKind.PHONE,
    b"JPKIAPIOSTOKEN": TokenKind.PHONE,
}
_OLD_LABEL = b"JPKIAPICCTOKEN"

OK = 0x9000
NEEDS_PIN = 0x6982
_NOT_FOUND = 0x6A82
_PAST_END = 0x6B00
_BLOCKED = (0x6983, 0x6984)
_FIRST_COMMAND_LOST = 0x6F00
_VERIFY = bytes((0x00, 0x20, 0x00, 0x80))


class Ended(Exception):
    """The dialogue is over early, with this outcome; never leaves the dialogues."""

    def __init__(self, outcome: NotAMyNumberCard | OldResidentCard | CardFault) -> None:
        super().__init__(type(outcome).__name__)
        self.outcome = outcome


class Unread(Enum):
    """Why a certificate was not read."""

    MISSING = "missing"
    """No such file, or one that was created and never filled."""
    NEEDS_PIN = "needs-pin"


@dataclass(frozen=True, slots=True)
class Wrong:
    """The chip refused what was typed."""

    tries_left: int


@dataclass(frozen=True, slots=True)
class Blocked:
    """The chip takes no more tries."""


# --- steps -----------------------------------------------------------------------------------------------------------


def select_application(transport: Transport) -> None:
    """Select JPKI-AP, or end with what lies there instead."""
    command = bytes((0x00, 0xA4, 0x04, 0x0C, len(JPKI_AID))) + JPKI_AID
    _, status = exchange(transport, "select application", command)
    if status == _FIRST_COMMAND_LOST:
        # One real card loses its very first command after power-up; selecting once more costs nothing.
        _, status = exchange(transport, "select application", command)
    if status == OK:
        return
    if status >> 8 in (0x64, 0x65, 0x66, 0x6F) or not 0x6200 <= status <= 0x6FFF:
        # Execution errors and words outside ISO/IEC 7816-4: a card in trouble, not a card that lacks the application.
        raise fault("select application", status)
    # Transport, bank and membership cards refuse with whatever their own rules say: 6A82, 6D00, 6E00, 6985, 6300...
    raise Ended(NotAMyNumberCard())


def read_token_kind(transport: Transport) -> TokenKind:
    """Read the token label; an old card ends the dialogue."""
    step = "read token label"
    require(step, select_file(transport, step, EF_TOKEN_INFO))
    label = read(transport, step, 0, 32).rstrip(b" \0")
    if label == _OLD_LABEL:
        raise Ended(OldResidentCard())
    kind = _LABELS.get(label)
    if kind is None:
        raise fault(step, 0)
    return kind


def certificate_is_absent(transport: Transport, place: int) -> bool:
    """Tell whether EF 0008 says that there is no certificate at a place: 0 signature, 1 user authentication.

    `00` is the only value read as a no: `8F` is the only yes ever seen, and whatever else comes is settled when the
    certificate itself is read.
    """
    step = "read certificate list"
    status = select_file(transport, step, EF_CERTIFICATES_PRESENT)
    if status == _NOT_FOUND:
        return False
    require(step, status)
    return read(transport, step, 0, 3)[place] == 0x00


def read_certificate(transport: Transport, file_id: int) -> bytes | Unread:
    """Read a certificate up to the length that its DER header tells."""
    step = "read certificate"
    status = select_file(transport, step, file_id)
    if status == _NOT_FOUND:
        return Unread.MISSING
    require(step, status)
    header, status = exchange(transport, step, _read_command(0, 4), most=4)
    if status == NEEDS_PIN:
        return Unread.NEEDS_PIN
    if status == _PAST_END:
        return Unread.MISSING
    require(step, status)
    if header in (b"\xff" * 4, b"\0" * 4):
        return Unread.MISSING
    if len(header) != 4 or header[:2] != b"\x30\x82":
        raise fault(step, 0)
    length = int.from_bytes(header[2:]) + 4
    if not MIN_CERTIFICATE_BYTES <= length <= MAX_CERTIFICATE_BYTES:
        raise fault(step, 0)
    content = bytearray(header)
    while len(content) < length:
        content += read(transport, step, len(content), min(256, length - len(content)))
    return bytes(content)


def ask_tries_left(transport: Transport, file_id: int, most: int) -> int:
    """Ask a PIN's counter, spending none; 0 when blocked. A card that claims more than `most` is not believed."""
    step = "ask tries left"
    require("select PIN", select_file(transport, "select PIN", file_id))
    _, status = exchange(transport, step, _VERIFY)
    tries = _tries_in(status)
    if tries is None or tries > most:
        raise fault(step, status)
    return tries


def verify(
    transport: Transport, length: int, typed: AbstractContextManager[bytearray], tries_before: int
) -> Wrong | Blocked | None:
    """Send the only VERIFY of a dialogue to the current PIN file; None means that it was right.

    The `length` characters are copied once, into a command that exists already, so that no concatenation leaves a
    second copy.
    """
    step = "verify PIN"
    command = bytearray(len(_VERIFY) + 1 + length)
    command[: len(_VERIFY)] = _VERIFY
    command[len(_VERIFY)] = length
    try:
        with typed as characters:
            if len(characters) != length:
                raise ValueError("what was typed changed under the dialogue")
            for place in range(length):
                command[len(_VERIFY) + 1 + place] = characters[place]
        data, status = transport.transmit(command)
    finally:
        for place in range(len(command)):
            command[place] = 0
    if data:
        raise fault(step, 0)
    if status == OK:
        return None
    if status in _BLOCKED:
        return Blocked()
    tries = _tries_in(status)
    if tries is None or tries >= tries_before:
        raise fault(step, status)
    return Wrong(tries)


def sign(transport: Transport, file_id: int, digest: bytes) -> bytes:
    """Let a key sign a 32-byte SHA-256 digest."""
    require("select key", select_file(transport, "select key", file_id))
    step = "sign"
    told = SHA256_DIGEST_INFO + digest
    command = bytes((0x80, 0x2A, 0x00, 0x80, len(told))) + told + b"\0"
    signature, status = exchange(transport, step, command, most=SIGNATURE_BYTES)
    require(step, status)
    if len(signature) != SIGNATURE_BYTES:
        raise fault(step, 0)
    return signature


# --- commands --------------------------------------------------------------------------------------------------------


def select_file(transport: Transport, step: str, file_id: int) -> int:
    """Select an EF and give the status word."""
    _, status = exchange(transport, step, bytes((0x00, 0xA4, 0x02, 0x0C, 0x02)) + file_id.to_bytes(2))
    return status


def _read_command(offset: int, length: int) -> bytes:
    return bytes((0x00, 0xB0)) + offset.to_bytes(2) + bytes((length & 0xFF,))


def read(transport: Transport, step: str, offset: int, length: int) -> bytes:
    """Read exactly `length` (1 to 256) bytes of the current EF; a shorter answer is a fault."""
    data, status = exchange(transport, step, _read_command(offset, length), most=length)
    require(step, status)
    if len(data) != length:
        raise fault(step, 0)
    return data


def exchange(transport: Transport, step: str, command: bytes, most: int = 0) -> tuple[bytes, int]:
    """Send one command and gather its answer of at most `most` bytes, whatever a T=0 reader makes of it.

    61xx is followed by GET RESPONSE, for an answer that is due (`most` > 0), a bounded number of times. 6Cxx is
    followed by the same command with the Le asked for, once, and only for READ BINARY: repeating any other command
    could cost a try or make a second signature.
    """
    data, status = transport.transmit(command)
    if status >> 8 == 0x6C and command[1] == 0xB0:
        data, status = transport.transmit(command[:-1] + bytes((status & 0xFF,)))
    gathered = bytearray(data)
    continuations = 0
    while status >> 8 == 0x61 and most:
        continuations += 1
        if continuations > MAX_CONTINUATIONS or len(gathered) > most:
            raise fault(step, 0)
        data, status = transport.transmit(bytes((0x00, 0xC0, 0x00, 0x00, status & 0xFF)))
        gathered += data
    if len(gathered) > most:
        raise fault(step, 0)
    return bytes(gathered), status


def require(step: str, status: int) -> None:
    """End the dialogue unless the status word is 9000."""
    if status != OK:
        raise fault(step, status)


def _tries_in(status: int) -> int | None:
    """Read the PIN counter out of a status word: 0 when blocked, None when it says nothing of a counter."""
    if status in _BLOCKED:
        return 0
    if status & 0xFFF0 == 0x63C0:
        return status & 0x0F
    return None


def fault(step: str, status: int) -> Ended:
    """Make the end of a dialogue whose step went wrong."""
    return Ended(CardFault(step, status))
