"""The JPKI dialogue: from an unknown card in the field to a signature of its holder.

It exists so that every reader, real or virtual, runs the same commands in the same order. What the signature is for is
nothing to it; how a command is put and what its answer means is in `commands`.
"""

from typing import assert_never

from kiosk.adapters.card import commands
from kiosk.adapters.card.commands import SHA256_DIGEST_INFO, SIGNATURE_BYTES, Blocked, Ended, Unread, Wrong
from kiosk.adapters.card.transport import CardLost, ReaderAway, Transport
from kiosk.ports.card import (
    PIN_LENGTH,
    Authentication,
    CardRemoved,
    Inspection,
    NoAuthenticationCertificate,
    PinBlocked,
    PinBuffer,
    ReaderUnavailable,
    ReadyForPin,
    Signed,
    WrongPin,
)

__all__ = ["SHA256_DIGEST_INFO", "SIGNATURE_BYTES", "authenticate", "inspect"]

EF_CERTIFICATE = 0x000A
EF_KEY = 0x0017
EF_PIN = 0x0018
_PLACE_IN_LIST = 1

MAX_TRIES = 3
"""Limit of the 利用者証明用 PIN; a card that claims more is not believed."""


def inspect(transport: Transport) -> Inspection:
    """Find out what lies in the field and how many PIN tries it has left, spending none: seven commands."""
    try:
        commands.select_application(transport)
        token = commands.read_token_kind(transport)
        if commands.certificate_is_absent(transport, _PLACE_IN_LIST):
            return NoAuthenticationCertificate()
        tries = commands.ask_tries_left(transport, EF_PIN, MAX_TRIES)
        return ReadyForPin(token, tries) if tries else PinBlocked()
    except Ended as end:
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
        commands.select_application(transport)
        certificate = commands.read_certificate(transport, EF_CERTIFICATE)
        if certificate is Unread.MISSING:
            return _explained(transport)
        tries_before = commands.ask_tries_left(transport, EF_PIN, MAX_TRIES)
        if not tries_before:
            return PinBlocked()
        refused = commands.verify(transport, PIN_LENGTH, pin.take(), tries_before)
        match refused:
            case None:
                pass
            case Wrong(tries_left):
                return WrongPin(tries_left)
            case Blocked():
                return PinBlocked()
            case _:
                assert_never(refused)
        signature = commands.sign(transport, EF_KEY, digest)
        if certificate is Unread.NEEDS_PIN:
            certificate = commands.read_certificate(transport, EF_CERTIFICATE)
        match certificate:
            case bytes():
                return Signed(certificate, signature)
            case Unread.MISSING:
                return _explained(transport)
            case Unread.NEEDS_PIN:
                raise commands.fault("read certificate after PIN", commands.NEEDS_PIN)
            case _:
                assert_never(certificate)
    except Ended as end:
        return end.outcome
    except CardLost:
        return CardRemoved()
    except ReaderAway as away:
        return ReaderUnavailable(away.code)
    finally:
        pin.clear()


def _explained(transport: Transport) -> NoAuthenticationCertificate:
    """Say why there is no certificate; an old card may have been put down since `inspect`, which ends the dialogue."""
    commands.read_token_kind(transport)
    return NoAuthenticationCertificate()
