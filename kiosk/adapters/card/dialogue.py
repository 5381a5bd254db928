"""The JPKI dialogue: from an unknown card in the field to a signature of its holder.

It exists so that every reader, real or virtual, runs the same commands in the same order. It refuses to know PC/SC,
X.509 beyond the length of a certificate, and what the signature is for. It never repeats VERIFY or the signing command,
whatever the answer, and every loop in it is bounded, since the card may be a liar.
"""

from kiosk.adapters.card.transport import CardLost, ReaderAway, Transport
from kiosk.ports.card import (
    PIN_LENGTH,
    Authentication,
    CardFault,
    CardRemoved,
    Inspection,
    NoAuthenticationCertificate,
    NotAMyNumberCard,
    OldResidentCard,
    PinBlocked,
    PinBuffer,
    ReaderUnavailable,
    ReadyForPin,
    Signed,
    TokenKind,
    WrongPin,
)

JPKI_AID = bytes.fromhex("D392F000260100000001")
EF_TOKEN_INFO = 0x0006
EF_CERTIFICATES_PRESENT = 0x0008
EF_AUTH_CERTIFICATE = 0x000A
EF_AUTH_KEY = 0x0017
EF_AUTH_PIN = 0x0018

SHA256_DIGEST_INFO = bytes.fromhex("3031300D060960864801650304020105000420")
"""DigestInfo of RFC 8017, section 9.2, note 1, up to the 32 digest bytes; the card only pads."""

SIGNATURE_BYTES = 256
"""RSA-2048, the only key of the 2016 generation."""

MAX_TRIES = 3
"""Limit of the 利用者証明用 PIN; a card that claims more is not believed."""

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
_NEEDS_PIN = 0x6982
_NOT_FOUND = 0x6A82
_PAST_END = 0x6B00
_BLOCKED = (0x6983, 0x6984)
_FIRST_COMMAND_LOST = 0x6F00
_VERIFY = bytes((0x00, 0x20, 0x00, 0x80))


class _Ended(Exception):
    """The dialogue is over early, with this outcome; never leaves the module."""

    def __init__(
        self,
        outcome: PinBlocked | NoAuthenticationCertificate | NotAMyNumberCard | OldResidentCard | CardFault,
    ) -> None:
        super().__init__(type(outcome).__name__)
        self.outcome = outcome


def inspect(transport: Transport) -> Inspection:
    """Find out what lies in the field and how many PIN tries it has left, spending none: seven commands."""
    try:
        _select_application(transport)
        token = _read_token_kind(transport)
        _require_certificate(transport)
        return ReadyForPin(token, _ask_tries_left(transport))
    except _Ended as end:
        return end.outcome
    except CardLost:
        return CardRemoved()
    except ReaderAway as away:
        return ReaderUnavailable(away.code)


def authenticate(transport: Transport, digest: bytes, pin: PinBuffer) -> Authentication:
    """Read the certificate, verify the PIN once and sign a 32-byte SHA-256 digest.

    Twelve commands for a certificate of 1,005 bytes (or any of 773 to 1,028). Of what `inspect` learnt only the tries
    are asked again, directly before VERIFY: another card may lie there by now. A phone shows its certificate only after
    the PIN, so there it is read after the signature, and between VERIFY and the signing command comes nothing but the
    selection of the key. The buffer is empty afterwards on every path. Raises ValueError, before the first command, for
    a digest of another length or an incomplete PIN: both are mistakes of the caller.
    """
    try:
        if len(digest) != 32:
            raise ValueError("a SHA-256 digest has 32 bytes")
        if len(pin) != PIN_LENGTH:
            raise ValueError("the PIN is not complete")
        _select_application(transport)
        certificate = _read_certificate(transport)
        tries_before = _ask_tries_left(transport)
        wrong = _verify(transport, pin, tries_before)
        if wrong is not None:
            return wrong
        signature = _sign(transport, digest)
        if certificate is None:
            certificate = _read_certificate(transport)
            if certificate is None:
                raise _fault("read certificate after PIN", _NEEDS_PIN)
        return Signed(certificate, signature)
    except _Ended as end:
        return end.outcome
    except CardLost:
        return CardRemoved()
    except ReaderAway as away:
        return ReaderUnavailable(away.code)
    finally:
        pin.clear()


# --- steps -----------------------------------------------------------------------------------------------------------


def _select_application(transport: Transport) -> None:
    command = bytes((0x00, 0xA4, 0x04, 0x0C, len(JPKI_AID))) + JPKI_AID
    _, status = _exchange(transport, "select application", command)
    if status == _FIRST_COMMAND_LOST:
        # One real card loses its very first command after power-up; selecting once more costs nothing.
        _, status = _exchange(transport, "select application", command)
    if status == OK:
        return
    if status >> 8 in (0x64, 0x65, 0x66, 0x6F) or not 0x6200 <= status <= 0x6FFF:
        # Execution errors and words outside ISO/IEC 7816-4: a card in trouble, not a card that lacks the application.
        raise _fault("select application", status)
    # Transport, bank and membership cards refuse with whatever their own rules say: 6A82, 6D00, 6E00, 6985, 6300...
    raise _Ended(NotAMyNumberCard())


def _read_token_kind(transport: Transport) -> TokenKind:
    step = "read token label"
    _require(step, _select_file(transport, step, EF_TOKEN_INFO))
    label = _read(transport, step, 0, 32).rstrip(b" \0")
    if label == _OLD_LABEL:
        raise _Ended(OldResidentCard())
    kind = _LABELS.get(label)
    if kind is None:
        raise _fault(step, 0)
    return kind


def _require_certificate(transport: Transport) -> None:
    """End the dialogue if EF 0008 says that there is no 利用者証明用 certificate.

    `00` is the only value read as a no: `8F` is the only yes ever seen, and whatever else comes is settled when the
    certificate itself is read.
    """
    step = "read certificate list"
    status = _select_file(transport, step, EF_CERTIFICATES_PRESENT)
    if status == _NOT_FOUND:
        return
    _require(step, status)
    if _read(transport, step, 0, 3)[1] == 0x00:
        raise _Ended(NoAuthenticationCertificate())


def _read_certificate(transport: Transport) -> bytes | None:
    """Read EF 000A up to the length that the DER header tells; None means that the card wants the PIN first."""
    step = "read certificate"
    status = _select_file(transport, step, EF_AUTH_CERTIFICATE)
    if status == _NOT_FOUND:
        _explain_missing_certificate(transport)
    _require(step, status)
    header, status = _exchange(transport, step, _read_command(0, 4), most=4)
    if status == _NEEDS_PIN:
        return None
    if status == _PAST_END:
        _explain_missing_certificate(transport)
    _require(step, status)
    if header in (b"\xff" * 4, b"\0" * 4):  # an EF that was created and never filled
        _explain_missing_certificate(transport)
    if len(header) != 4 or header[:2] != b"\x30\x82":
        raise _fault(step, 0)
    length = int.from_bytes(header[2:]) + 4
    if not MIN_CERTIFICATE_BYTES <= length <= MAX_CERTIFICATE_BYTES:
        raise _fault(step, 0)
    content = bytearray(header)
    while len(content) < length:
        content += _read(transport, step, len(content), min(256, length - len(content)))
    return bytes(content)


def _explain_missing_certificate(transport: Transport) -> None:
    """End the dialogue of a card without certificate; an old card may have been put down since `inspect`."""
    _read_token_kind(transport)
    raise _Ended(NoAuthenticationCertificate())


def _ask_tries_left(transport: Transport) -> int:
    step = "ask tries left"
    _require("select PIN", _select_file(transport, "select PIN", EF_AUTH_PIN))
    _, status = _exchange(transport, step, _VERIFY)
    tries = _tries_in(status)
    if tries is None or tries > MAX_TRIES:
        raise _fault(step, status)
    if tries == 0:
        raise _Ended(PinBlocked())
    return tries


def _verify(transport: Transport, pin: PinBuffer, tries_before: int) -> WrongPin | None:
    """Send the only VERIFY of this dialogue; None means that the PIN was right.

    The digits are copied once, into a command that exists already, so that no concatenation leaves a second copy.
    """
    step = "verify PIN"
    command = bytearray(len(_VERIFY) + 1 + PIN_LENGTH)
    command[: len(_VERIFY)] = _VERIFY
    command[len(_VERIFY)] = PIN_LENGTH
    try:
        with pin.take() as digits:
            for place in range(PIN_LENGTH):
                command[len(_VERIFY) + 1 + place] = digits[place]
        data, status = transport.transmit(command)
    finally:
        for place in range(len(command)):
            command[place] = 0
    if data:
        raise _fault(step, 0)
    if status == OK:
        return None
    if status in _BLOCKED:
        raise _Ended(PinBlocked())
    tries = _tries_in(status)
    if tries is None or tries >= tries_before:
        raise _fault(step, status)
    return WrongPin(tries)


def _sign(transport: Transport, digest: bytes) -> bytes:
    _require("select key", _select_file(transport, "select key", EF_AUTH_KEY))
    step = "sign"
    told = SHA256_DIGEST_INFO + digest
    command = bytes((0x80, 0x2A, 0x00, 0x80, len(told))) + told + b"\0"
    signature, status = _exchange(transport, step, command, most=SIGNATURE_BYTES)
    _require(step, status)
    if len(signature) != SIGNATURE_BYTES:
        raise _fault(step, 0)
    return signature


# --- commands --------------------------------------------------------------------------------------------------------


def _select_file(transport: Transport, step: str, file_id: int) -> int:
    _, status = _exchange(transport, step, bytes((0x00, 0xA4, 0x02, 0x0C, 0x02)) + file_id.to_bytes(2))
    return status


def _read_command(offset: int, length: int) -> bytes:
    return bytes((0x00, 0xB0)) + offset.to_bytes(2) + bytes((length & 0xFF,))


def _read(transport: Transport, step: str, offset: int, length: int) -> bytes:
    """Read exactly `length` (1 to 256) bytes of the current EF; a shorter answer is a fault."""
    data, status = _exchange(transport, step, _read_command(offset, length), most=length)
    _require(step, status)
    if len(data) != length:
        raise _fault(step, 0)
    return data


def _exchange(transport: Transport, step: str, command: bytes, most: int = 0) -> tuple[bytes, int]:
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
            raise _fault(step, 0)
        data, status = transport.transmit(bytes((0x00, 0xC0, 0x00, 0x00, status & 0xFF)))
        gathered += data
    if len(gathered) > most:
        raise _fault(step, 0)
    return bytes(gathered), status


def _require(step: str, status: int) -> None:
    if status != OK:
        raise _fault(step, status)


def _tries_in(status: int) -> int | None:
    """Read the PIN counter out of a status word: 0 when blocked, None when it says nothing of a counter."""
    if status in _BLOCKED:
        return 0
    if status & 0xFFF0 == 0x63C0:
        return status & 0x0F
    return None


def _fault(step: str, status: int) -> _Ended:
    return _Ended(CardFault(step, status))
