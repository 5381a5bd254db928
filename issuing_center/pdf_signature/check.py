"""Whether a file is signed, whole, by one certificate: the last look of the center at what it is about to deliver.

Not a validator for files of others: it demands exactly the signature this center writes.
"""

import hashlib
import re
from typing import Final

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec

from issuing_center.pdf_signature.cms import LONGEST_ECDSA, cms_form, rebuilt, signed_bytes

_RANGE: Final = re.compile(rb"/ByteRange \[0 (\d{10}) (\d{10}) (\d{10})\] /Contents ")


def is_whole(pdf: bytes, certificates: tuple[x509.Certificate, ...]) -> bool:
    """Tell whether the first certificate's key signed the file from its first byte to its last. Total."""
    found = [*_RANGE.finditer(pdf)]
    form, key = cms_form(certificates), certificates[0].public_key()
    if len(found) != 1 or not isinstance(key, ec.EllipticCurvePublicKey):
        return False
    before, after, length = (int(part) for part in found[0].groups())
    if before != found[0].end() or after != before + form.longest * 2 + 2 or after + length != len(pdf):
        return False
    hole = pdf[before:after]
    digest = hashlib.sha256(pdf[:before] + pdf[after:]).digest()
    try:
        contents = bytes.fromhex(hole[1:-1].decode("ascii"))
        signature = _signature(contents, form.longest)
        # Everything around the signature must be what we would write; only then is the signature worth a look.
        expected = rebuilt(digest, signature, form)
        if hole[:1] + hole[-1:] != b"<>" or contents != expected.ljust(form.longest, b"\0"):
            return False
        key.verify(signature, signed_bytes(digest, form), ec.ECDSA(hashes.SHA256()))
    except (InvalidSignature, ValueError, IndexError):
        return False
    return True


def _signature(contents: bytes, longest: int) -> bytes:
    """Cut the signature out: it ends the structure, whose length its head says."""
    size = int.from_bytes(contents[2:4], "big") + 4
    for length in range(LONGEST_ECDSA, 7, -1):
        at = size - length - 2
        if contents[at : at + 4] == bytes((0x04, length, 0x30, length - 2)) and size <= longest:
            return contents[at + 2 : size]
    raise ValueError("no signature")
