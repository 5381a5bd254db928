"""What a 署名用 certificate says of its holder, for the staff who compare it with the 戸籍.

Reads and judges nothing: the certificate was verified when the application came.
"""

from dataclasses import dataclass, field

from cryptography import x509

_ARC = "1.2.392.200149.8.5.5"
"""Other names of the alternative name: 1 name, 3 sex, 4 birth date, 5 address; 2 and 6 tell of substituted characters."""
_ERAS = frozenset("12345")
"""First digit of a birth date: 明治, 大正, 昭和, 平成, 令和; the year after it is of the common era."""
_UTF8_STRING = 0x0C


@dataclass(frozen=True, slots=True)
class Signer:
    """The holder of a certificate; None where it says nothing that can be read."""

    name: str | None = field(repr=False)
    """氏名; characters outside JIS X 0208 are substituted in it."""
    sex: str | None = field(repr=False)
    """1 male, 2 female, 3 other or not known."""
    birth_date: str | None = field(repr=False)
    """ISO 8601, as far as it is one."""
    address: str | None = field(repr=False)


def signer_of(certificate_der: bytes) -> Signer:
    """Read the four items of a verified certificate (DER)."""
    names = (
        x509.load_der_x509_certificate(certificate_der)
        .extensions.get_extension_for_class(x509.SubjectAlternativeName)
        .value
    )
    texts = {
        other.type_id.dotted_string.removeprefix(f"{_ARC}."): _text(other.value)
        for other in names
        if isinstance(other, x509.OtherName)
    }
    return Signer(texts.get("1"), texts.get("3"), _birth_date(texts.get("4")), texts.get("5"))


def _text(der: bytes) -> str | None:
    """Read a DER UTF8String of up to 65,535 bytes (X.690, 8.23); None for anything else."""
    if len(der) < 2 or der[0] != _UTF8_STRING:
        return None
    more = der[1] & 0x7F if der[1] & 0x80 else 0
    length = int.from_bytes(der[2 : 2 + more]) if more else der[1]
    content = der[2 + more :]
    if more > 2 or len(content) != length:
        return None
    try:
        text = content.decode()
    except UnicodeDecodeError:
        return None
    # U+3000 parts the names; anything else that is not to be seen could command the terminal it is shown on.
    return text if text.replace("\u3000", "").isprintable() else None


def _birth_date(text: str | None) -> str | None:
    if text is None or len(text) != 9 or not text.isdigit() or text[0] not in _ERAS:
        return None
    return f"{text[1:5]}-{text[5:7]}-{text[7:]}"
