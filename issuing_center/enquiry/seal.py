"""What the signed codes in a pile of scans say. Knows no back: the code is on the front, and speaks for itself."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import zxingcpp
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec

from issuing_center.enquiry.find import Grey
from issuing_center.enquiry.verdict import Seal, Verdict
from issuing_center.visible_seal import MalformedSeal, is_signed_by, read_statement

_BEGINNING = b"\xdc\x03"
"""What every code of ours begins with; other Data Matrix codes on a scan are nobody's business here."""


def load_signers(path: Path) -> tuple[x509.Certificate, ...]:
    """Read the certificates of all who signed codes (PEM). Raises OSError or ValueError."""
    return tuple(x509.load_pem_x509_certificates(path.read_bytes()))


def with_seal(verdict: Verdict, scans: Sequence[Grey], signers: Sequence[x509.Certificate]) -> Verdict:
    """Add to a verdict what the codes on its fronts say: what shows a back has none, and looking there takes long."""
    fronts = [scan for number, scan in enumerate(scans) if number not in verdict.backs]
    return replace(verdict, seal=seal_of(fronts, signers, verdict.document))


def seal_of(scans: Sequence[Grey], signers: Sequence[x509.Certificate], document: str | None) -> Seal:
    """Judge the codes of the fronts among some scans.

    Codes that lie another way than the upright ones of a scan are looked for only where none stands upright.

    VALID if every code found was signed by one of `signers` within its time, all are of one document and it is `document`
    (None if that is unknown); INVALID if one of them was not; ABSENT if none is found or can be read. VALID says
    nothing of what is printed around the code: that is what the comparison with the back is for.
    """
    codes = [code for scan in scans for code in _codes(scan)]
    if not codes:
        return Seal.ABSENT
    numbers = {_number(code, signers) for code in codes}
    return (
        Seal.VALID if len(numbers) == 1 and numbers <= ({document} if document else numbers - {None}) else Seal.INVALID
    )


def _codes(scan: Grey) -> list[bytes]:
    formats, whole = zxingcpp.BarcodeFormats(zxingcpp.BarcodeFormat.DataMatrix), np.ascontiguousarray(scan)
    # Most sheets are laid on the glass upright, and looking for turned codes takes four times as long. Our codes are dark on
    # light: looking for light ones too would double it again.
    for turned in (False, True):
        found = zxingcpp.read_barcodes(whole, formats, try_rotate=turned, try_invert=False)
        codes = [code.bytes for code in found if code.bytes.startswith(_BEGINNING)]
        if codes:
            return codes
    return []


def _number(code: bytes, signers: Sequence[x509.Certificate]) -> str | None:
    """Give the document a code is of, or None if none of the signers made it."""
    try:
        statement, _, _ = read_statement(code)
    except MalformedSeal:
        return None
    for signer in signers:
        key, day = signer.public_key(), statement.signed_on
        in_time = signer.not_valid_before_utc.date() <= day <= signer.not_valid_after_utc.date()
        if in_time and isinstance(key, ec.EllipticCurvePublicKey) and is_signed_by(code, key):
            return statement.number
    return None
