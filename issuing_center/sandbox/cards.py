"""The virtual card file: everything the kiosk ever reads of a persona, and nothing more.

It holds the private key that a real card would never give away; that is why it is marked fictitious and kept 0600.
"""

from base64 import b64encode
from dataclasses import asdict, dataclass, field

from cryptography import x509
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from issuing_center.sandbox.holders import holder_of
from issuing_center.sandbox.personas import Persona, PersonaKind, Signature

CARD_FORMAT = 1
TRIES_MAX = 3
SIGN_TRIES_MAX = 5

_ATR = "3B888001000005E0B381A1007F"
"""An answer to reset that contactless readers have been seen to give for such a card."""

_TOKEN_LABELS = {
    PersonaKind.CARD: "JPKIAPICCTOKEN2",
    PersonaKind.PHONE: "JPKIAPGPSETOKEN",
    PersonaKind.FOREIGN: "",
}
"""What the token information file says answers."""


@dataclass(frozen=True, slots=True)
class AuthenticationPart:
    """Content of the authentication files; without a certificate the CA certificate is there all the same."""

    issuer: x509.Certificate = field(repr=False)
    certificate: x509.Certificate | None = field(repr=False)
    key: rsa.RSAPrivateKey | None = field(repr=False)


@dataclass(frozen=True, slots=True)
class SignaturePart:
    """Content of the signature files, likewise."""

    issuer: x509.Certificate = field(repr=False)
    certificate: x509.Certificate | None = field(repr=False)
    key: rsa.RSAPrivateKey | None = field(repr=False)


def card_file(persona: Persona, part: AuthenticationPart | None, sign: SignaturePart) -> dict[str, object]:
    """Give the content of a virtual card file; `part` None makes a card on which no JPKI application answers."""
    return {
        "format": CARD_FORMAT,
        "persona": persona.name,
        "fictitious": True,
        "title_ja": persona.title_ja,
        "title_en": persona.title_en,
        "kind": persona.kind.value,
        "atr": _ATR,
        "token_label": _TOKEN_LABELS[persona.kind],
        "auth": None if part is None else _authentication(persona, part),
        "sign": None if part is None else _signature(persona.signature, sign),
        "attributes": _attributes(persona),
    }


def _authentication(persona: Persona, part: AuthenticationPart) -> dict[str, object]:
    return {
        "certificate": None if part.certificate is None else _certificate(part.certificate),
        "ca_certificate": _certificate(part.issuer),
        "private_key": None if part.key is None else _key(part.key),
        "pin": None if part.certificate is None else persona.pin,
        "tries_left": persona.tries_left,
        "tries_max": TRIES_MAX,
        "certificate_needs_pin": persona.kind is PersonaKind.PHONE,
    }


def _signature(signature: Signature | None, part: SignaturePart) -> dict[str, object]:
    return {
        "certificate": None if part.certificate is None else _certificate(part.certificate),
        "ca_certificate": _certificate(part.issuer),
        "private_key": None if part.key is None else _key(part.key),
        "password": None if signature is None else signature.password,
        "tries_left": SIGN_TRIES_MAX if signature is None else signature.tries_left,
        "tries_max": SIGN_TRIES_MAX,
    }


def _attributes(persona: Persona) -> dict[str, object] | None:
    """Give what 券面事項入力補助AP has: only a card has that, and only of a resident is it known here."""
    holder = holder_of(persona)
    if persona.kind is not PersonaKind.CARD or holder is None:
        return None
    return {**asdict(holder), "pin": persona.pin, "tries_left": TRIES_MAX, "tries_max": TRIES_MAX}


def _certificate(certificate: x509.Certificate) -> str:
    return b64encode(certificate.public_bytes(serialization.Encoding.DER)).decode("ascii")


def _key(key: rsa.RSAPrivateKey) -> str:
    der = key.private_bytes(serialization.Encoding.DER, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    return b64encode(der).decode("ascii")
