"""The signature of a PDF against the bare signature of the same key, and against pyHanko with its key kept."""

import io
import statistics
import time
from collections.abc import Callable
from datetime import UTC, datetime

from asn1crypto import x509 as asn1
from cryptography.hazmat.primitives import serialization
from pyhanko.keys.internal import translate_pyca_cryptography_key_to_asn1
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign.fields import SigSeedSubFilter
from pyhanko.sign.signers import PdfSignatureMetadata, PdfSigner, SimpleSigner
from pyhanko_certvalidator.registry import SimpleCertificateStore

from issuing_center.paper import DrawnDocument, draw, shared_fonts
from issuing_center.pdf_signature import is_whole, with_signature
from tests.golden.sheets import SHEETS
from tests.support.signing import KEY, certificates_of

ROUNDS = 60


def median_ms(act: Callable[[], object], rounds: int = ROUNDS) -> float:
    """Give the median of some rounds after five to warm up."""
    times = []
    for number in range(rounds + 5):
        start = time.perf_counter()
        act()
        if number >= 5:
            times.append((time.perf_counter() - start) * 1000)
    return statistics.median(times)


def _figure(name: str, ours: float, floor: float | None = None, target: str | None = None) -> dict[str, object]:
    ratio = None if floor is None else ours / floor
    return {"name": name, "unit": "ms", "ours": ours, "floor": floor, "ratio": ratio, "target": target}


def _rival(pdf: bytes) -> Callable[[], object]:
    """Give pyHanko as fast as it goes: key and certificates kept, room for the signature given."""
    der = serialization.Encoding.DER
    own, root = (asn1.Certificate.load(each.public_bytes(der)) for each in certificates_of(KEY))
    store = SimpleCertificateStore()  # type: ignore[no-untyped-call]  # theirs
    store.register(root)
    signer = SimpleSigner(own, translate_pyca_cryptography_key_to_asn1(KEY.key), store)
    metadata = PdfSignatureMetadata(field_name="Center", subfilter=SigSeedSubFilter.PADES, md_algorithm="sha256")

    def sign() -> object:
        return PdfSigner(metadata, signer).sign_pdf(IncrementalPdfFileWriter(io.BytesIO(pdf)), bytes_reserved=8192)

    return sign


def run() -> dict[str, object]:
    """Measure on the sheet of one person."""
    drawn, certificates, now = draw(SHEETS["self"], shared_fonts()), certificates_of(KEY), datetime.now(UTC)
    if not isinstance(drawn, DrawnDocument):
        raise TypeError(drawn)
    bare = median_ms(lambda: KEY.sign(bytes(180)))
    ours = median_ms(lambda: with_signature(drawn.pdf, KEY, certificates, now))
    signed = with_signature(drawn.pdf, KEY, certificates, now)
    rival = median_ms(_rival(drawn.pdf), 20)
    return {
        "rounds": ROUNDS,
        "figures": [
            _figure("PDF signed, against the bare signature of the key", ours, bare, "<= 45"),
            _figure("the same, good (a file of 50 kB is hashed as well)", ours, bare, "<= 3"),
            _figure("the same with pyHanko, key kept", rival, bare),
            _figure("last look at the signed file", median_ms(lambda: is_whole(signed, certificates))),
        ],
    }
