"""The dialogue with the other certificate of the card: from a typed password to a signed application.

The 署名用 certificate carries name and address and is readable only after its password, so it is read last; between VERIFY
and the signing command comes nothing but the selection of the key.
"""

from typing import assert_never

from kiosk.adapters.card import commands
from kiosk.adapters.card.commands import Blocked, Ended, Unread, Wrong
from kiosk.adapters.card.transport import CardLost, ReaderAway, Transport
from kiosk.ports.card import (
    ApplicationSignature,
    CardRemoved,
    NoSignatureCertificate,
    PasswordBlocked,
    ReaderUnavailable,
    ReadyForPassword,
    SignatureInspection,
    SignedApplication,
    WrongPassword,
)
from kiosk.ports.password import PasswordBuffer

EF_CERTIFICATE = 0x0001
EF_KEY = 0x001A
EF_PASSWORD = 0x001B
_PLACE_IN_LIST = 0

MAX_TRIES = 5
"""Limit of the 署名用 password; a card that claims more is not believed."""


def inspect(transport: Transport) -> SignatureInspection:
    """Find out whether the card can sign an application and how many tries are left, spending none: seven commands."""
    try:
        tries = _begin(transport)
        return ReadyForPassword(tries) if isinstance(tries, int) else tries
    except Ended as end:
        return end.outcome
    except CardLost:
        return CardRemoved()
    except ReaderAway as away:
        return ReaderUnavailable(away.code)


def sign_application(transport: Transport, digest: bytes, password: PasswordBuffer) -> ApplicationSignature:
    """Verify the password once, sign a 32-byte SHA-256 digest and read the certificate.

    Everything that `inspect` learnt is asked again: another card may lie there by now. The buffer is empty afterwards on
    every path. Raises ValueError, before the first command, for a digest of another length or an incomplete password.
    """
    try:
        if len(digest) != 32:
            raise ValueError("a SHA-256 digest has 32 bytes")
        if not password.is_complete:
            raise ValueError("the password is not complete")
        tries_before = _begin(transport)
        if not isinstance(tries_before, int):
            return tries_before
        refused = commands.verify(transport, len(password), password.take(), tries_before)
        match refused:
            case None:
                pass
            case Wrong(tries_left):
                return WrongPassword(tries_left)
            case Blocked():
                return PasswordBlocked()
            case _:
                assert_never(refused)
        signature = commands.sign(transport, EF_KEY, digest)
        certificate = commands.read_certificate(transport, EF_CERTIFICATE)
        match certificate:
            case bytes():
                return SignedApplication(certificate, signature)
            case Unread.MISSING:
                return NoSignatureCertificate()
            case Unread.NEEDS_PIN:
                raise commands.fault("read certificate after password", commands.NEEDS_PIN)
            case _:
                assert_never(certificate)
    except Ended as end:
        return end.outcome
    except CardLost:
        return CardRemoved()
    except ReaderAway as away:
        return ReaderUnavailable(away.code)
    finally:
        password.clear()


def _begin(transport: Transport) -> int | NoSignatureCertificate | PasswordBlocked:
    """Recognise the card and ask its counter; ends with the password file current."""
    commands.select_application(transport)
    commands.read_token_kind(transport)
    if commands.certificate_is_absent(transport, _PLACE_IN_LIST):
        return NoSignatureCertificate()
    return commands.ask_tries_left(transport, EF_PASSWORD, MAX_TRIES) or PasswordBlocked()
