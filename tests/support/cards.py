"""Throw-away virtual cards for tests: fictitious holders, real cryptography, certificates of a real one's size.

Keys are made once a process, since making RSA keys is the slow part; every call gives a new card file.
"""

from datetime import UTC, datetime, timedelta
from functools import cache

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.x509.oid import NameOID

from kiosk.adapters.card.card_file import AttributesPart, AuthPart, CardFile, SignPart
from kiosk.ports.card import PinBuffer
from kiosk.ports.password import PasswordBuffer

ATR = "3B888001000005E0B381A1007F"
PIN = "1234"
ATTRIBUTES_PIN = "5678"
"""Another one than that of 利用者証明用, so that a mix-up shows."""
MY_NUMBER = "990000000019"
SIGN_PASSWORD = "SPECIMEN1"
CERTIFICATE_BYTES = 1005
"""Size of a real 利用者証明用 certificate, which makes the dialogue twelve commands long."""


@cache
def _key(_purpose: str) -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


def _name(unit: str) -> x509.Name:
    return x509.Name(
        [
            x509.NameAttribute(NameOID.COUNTRY_NAME, "JP"),
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, "Sandbox Public Key Service (fictitious)"),
            x509.NameAttribute(NameOID.ORGANIZATIONAL_UNIT_NAME, unit),
        ]
    )


def _certificate(purpose: str, filler_bytes: int) -> x509.Certificate:
    begin = datetime(2026, 1, 1, tzinfo=UTC)
    return (
        x509.CertificateBuilder()
        .issuer_name(_name(f"{purpose} test authority"))
        .subject_name(
            x509.Name(
                [
                    x509.NameAttribute(NameOID.COUNTRY_NAME, "JP"),
                    x509.NameAttribute(NameOID.COMMON_NAME, "00000000SPECIMEN990019A"),
                ]
            )
        )
        .public_key(_key(purpose).public_key())
        .serial_number(0x5EC1_3E11_5EC1_3E11)
        .not_valid_before(begin)
        .not_valid_after(begin + timedelta(days=1826))
        .add_extension(
            x509.UnrecognizedExtension(x509.ObjectIdentifier("2.999.1"), bytes(filler_bytes)), critical=False
        )
        .sign(_key("authority"), hashes.SHA256())
    )


@cache
def certificate_der(purpose: str, length: int = CERTIFICATE_BYTES) -> bytes:
    """Make the certificate of one purpose ("auth" or "sign"), with a filler extension to an exact length."""
    filler_bytes, der = 200, b""
    while len(der) != length:  # two rounds, or three when a DER length grows by a byte
        der = _certificate(purpose, filler_bytes).public_bytes(serialization.Encoding.DER)
        filler_bytes += length - len(der)
    return der


@cache
def authority_der() -> bytes:
    """Make a self-signed certificate to lie in the place of the authority's."""
    return certificate_der("authority", 900)


def _pkcs8(purpose: str) -> bytes:
    return _key(purpose).private_bytes(
        serialization.Encoding.DER, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )


def card_file(
    *,
    kind: str = "card",
    tries_left: int = 3,
    certificate: bool = True,
    certificate_length: int = CERTIFICATE_BYTES,
    with_sign: bool = True,
    sign_tries_left: int = 5,
    attributes_tries_left: int | None = 3,
    name: str = "見本　花子",
    address: str = "見本県汐見野市みなと通一丁目２番３号",
) -> CardFile:
    """Make a card file: `kind` is card, phone, juki or foreign; `certificate` False for a holder who declined one.

    `attributes_tries_left` None for a card without 券面事項入力補助AP.
    """
    labels = {
        "card": "JPKIAPICCTOKEN2",
        "phone": "JPKIAPGPSETOKEN",
        "juki": "JPKIAPICCTOKEN",
        "foreign": "",
    }
    auth = AuthPart(
        certificate=certificate_der("auth", certificate_length) if certificate else None,
        ca_certificate=authority_der(),
        private_key=_pkcs8("auth") if certificate else None,
        pin=PIN,
        tries_left=tries_left,
        tries_max=3,
        certificate_needs_pin=kind == "phone",
    )
    sign = SignPart(
        certificate=certificate_der("sign", 1500) if with_sign else None,
        ca_certificate=authority_der(),
        private_key=_pkcs8("sign") if with_sign else None,
        password=SIGN_PASSWORD if with_sign else None,
        tries_left=sign_tries_left,
        tries_max=5,
    )
    attributes = AttributesPart(
        name=name,
        address=address,
        birth_date="19880512",
        sex="2",
        my_number=MY_NUMBER,
        pin=ATTRIBUTES_PIN,
        tries_left=attributes_tries_left or 0,
        tries_max=3,
    )
    return CardFile(
        format=1,
        persona=f"test-{kind}",
        fictitious=True,
        title_ja="試験用の見本",
        title_en="specimen for tests",
        kind=kind,  # type: ignore[arg-type]  # a caller's typo fails in the label table below
        atr=ATR,
        token_label=labels[kind],
        auth=auth if kind in ("card", "phone") else None,
        sign=sign if kind in ("card", "juki", "phone") else None,
        attributes=attributes if kind == "card" and attributes_tries_left is not None else None,
    )


def typed(digits: str) -> PinBuffer:
    """Fill a PIN buffer as the pad does."""
    pin = PinBuffer()
    for digit in digits:
        pin.push(int(digit))
    return pin


def typed_password(characters: str) -> PasswordBuffer:
    """Fill a password buffer as the keys on the screen do."""
    password = PasswordBuffer()
    for character in characters:
        password.push(character)
    return password


def holds_nothing(typed: PinBuffer | PasswordBuffer) -> bool:
    """Say whether nothing is left in a buffer, neither counted nor in memory."""
    return len(typed) == 0 and not any(typed._digits if isinstance(typed, PinBuffer) else typed._characters)


def signature_is_good(certificate: bytes, signature: bytes, digest: bytes) -> bool:
    """Check a signature against the public key of a certificate, with a library that is not the card's code."""
    from cryptography.exceptions import InvalidSignature
    from cryptography.hazmat.primitives.asymmetric.utils import Prehashed

    key = x509.load_der_x509_certificate(certificate).public_key()
    assert isinstance(key, rsa.RSAPublicKey)
    try:
        key.verify(signature, digest, padding.PKCS1v15(), Prehashed(hashes.SHA256()))
    except InvalidSignature:
        return False
    return True
