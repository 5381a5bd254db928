"""The CMS structure of a PAdES-B-B signature (RFC 5652, RFC 5035, ETSI EN 319 142-1), for one certificate and P-256.

Everything but two values is the same in every signature of a certificate, so it is written once in DER and kept; a general
library takes twenty times longer for the same bytes. Three judges that are not ours read it in tests/outside/pdf.
Signing-time is not among the signed attributes: PAdES has it in the signature dictionary.
"""

import hashlib
from dataclasses import dataclass, field
from functools import lru_cache

from cryptography import x509
from cryptography.hazmat.primitives import serialization

from issuing_center.keys import SigningKey

_SIGNED_DATA = bytes.fromhex("06092a864886f70d010702")
_DATA = bytes.fromhex("06092a864886f70d010701")
_CONTENT_TYPE = bytes.fromhex("06092a864886f70d010903")
_MESSAGE_DIGEST = bytes.fromhex("06092a864886f70d010904")
_SIGNING_CERTIFICATE_V2 = bytes.fromhex("060b2a864886f70d010910022f")
_SHA256 = bytes.fromhex("300b0609608648016503040201")
_ECDSA_WITH_SHA256 = bytes.fromhex("300a06082a8648ce3d040302")
_SEQUENCE, _SET, _OCTETS, _INTEGER = 0x30, 0x31, 0x04, 0x02
LONGEST_ECDSA = 72
"""A P-256 signature in DER: SEQUENCE and two integers of at most 33 bytes."""


@dataclass(frozen=True, slots=True)
class CmsForm:
    """What is the same in every signature of one certificate."""

    certificates: bytes = field(repr=False)
    signer: bytes = field(repr=False)
    """Issuer and serial number, and before them the version."""
    attributes: tuple[bytes, bytes] = field(repr=False)
    """Signed attributes before and after the message digest, in the order of DER."""
    longest: int
    """Bytes a signature may take."""


def signature_of(digest: bytes, key: SigningKey, form: CmsForm) -> bytes:
    """Sign a file by its SHA-256; gives the CMS structure in DER."""
    # Signed as a SET, carried as an implicit [0] (RFC 5652, 5.4).
    return rebuilt(digest, key.sign(signed_bytes(digest, form)), form)


def _attributes(digest: bytes, form: CmsForm) -> bytes:
    before, after = form.attributes
    return before + _attribute(_MESSAGE_DIGEST, der(_OCTETS, digest)) + after


def _content(form: CmsForm, attributes: bytes, signature: bytes) -> bytes:
    info = der(_SEQUENCE, form.signer, _SHA256, der(0xA0, attributes), _ECDSA_WITH_SHA256, der(_OCTETS, signature))
    version = der(_INTEGER, b"\x01")
    data = der(
        _SEQUENCE,
        version,
        der(_SET, _SHA256),
        der(_SEQUENCE, _DATA),
        der(0xA0, form.certificates),
        der(_SET, info),
    )
    return der(_SEQUENCE, _SIGNED_DATA, der(0xA0, data))


def signed_bytes(digest: bytes, form: CmsForm) -> bytes:
    """Give what the key signs for a file of this SHA-256."""
    return der(_SET, _attributes(digest, form))


def rebuilt(digest: bytes, signature: bytes, form: CmsForm) -> bytes:
    """Write the CMS structure around a signature that is there already."""
    return _content(form, _attributes(digest, form), signature)


@lru_cache(maxsize=8)
def cms_form(certificates: tuple[x509.Certificate, ...]) -> CmsForm:
    """Make the kept form for a signing certificate and those of its authorities."""
    encoded = [each.public_bytes(serialization.Encoding.DER) for each in certificates]
    own = certificates[0]
    issuer, serial = own.issuer.public_bytes(), der(_INTEGER, _integer(own.serial_number))
    named = der(_SEQUENCE, der(_SEQUENCE, der(0xA4, issuer)), serial)
    identifier = der(_SEQUENCE, der(_OCTETS, hashlib.sha256(encoded[0]).digest()), named)
    # SigningCertificateV2 with one ESSCertIDv2; its hash algorithm is the default, which DER leaves out.
    certificate = _attribute(_SIGNING_CERTIFICATE_V2, der(_SEQUENCE, der(_SEQUENCE, identifier)))
    before = _attribute(_CONTENT_TYPE, _DATA)
    form = CmsForm(
        # DER sorts a SET OF by the encodings themselves.
        b"".join(sorted(encoded)),
        der(_INTEGER, b"\x01") + der(_SEQUENCE, issuer, serial),
        (before, certificate),
        0,
    )
    digest = _attribute(_MESSAGE_DIGEST, der(_OCTETS, bytes(32)))
    if sorted((before, digest, certificate)) != [before, digest, certificate]:
        raise ValueError("the signed attributes are not in the order of DER")
    longest = len(_content(form, _attributes(bytes(32), form), bytes(LONGEST_ECDSA)))
    return CmsForm(form.certificates, form.signer, form.attributes, longest)


def _attribute(kind: bytes, value: bytes) -> bytes:
    return der(_SEQUENCE, kind, der(_SET, value))


def _integer(value: int) -> bytes:
    return value.to_bytes(value.bit_length() // 8 + 1, "big")


def der(tag: int, *parts: bytes) -> bytes:
    """Write one DER value (X.690, definite length)."""
    content = b"".join(parts)
    size = len(content)
    if size < 0x80:
        return bytes((tag, size)) + content
    length = size.to_bytes((size.bit_length() + 7) // 8, "big")
    return bytes((tag, 0x80 | len(length))) + length + content
