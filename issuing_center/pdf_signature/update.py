"""The signature as an incremental update (ISO 32000-2, 7.5.6 and 12.8): the drawn file stays as it is, byte by byte.

Appended are: signature dictionary, an invisible field for it, the first page with that field, the catalog with its form,
a cross-reference section. Reads files as `paper.pdf` writes them and nothing else.
"""

import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

from cryptography import x509

from issuing_center.keys import SigningKey
from issuing_center.pdf_signature.cms import cms_form, signature_of


class UnsignableError(ValueError):
    """The file is not one this center writes, or is signed already."""


@dataclass(frozen=True, slots=True)
class _Drawn:
    """What an update must know of the file before it."""

    catalog: int
    page: int
    """Object number of the first page."""
    size: int
    """Objects there are."""
    start: int
    """Where the cross-references begin."""
    kept: bytes = field(repr=False)
    """Entries of the trailer that go on: Info and ID."""
    bodies: tuple[bytes, bytes] = field(repr=False)
    """The dictionaries of catalog and page, after their opening."""


def with_signature(pdf: bytes, key: SigningKey, certificates: Sequence[x509.Certificate], signed_at: datetime) -> bytes:
    """Append a signature over the whole file by the key of the first certificate; the others are carried along.

    `signed_at` is aware and stands in the signature dictionary. Raises UnsignableError. Waits for the key's turn.
    """
    form = cms_form(tuple(certificates))
    drawn = _drawn(pdf)
    value, widget = drawn.size, drawn.size + 1
    room = form.longest * 2
    moment = signed_at.astimezone(UTC).strftime("D:%Y%m%d%H%M%SZ").encode()
    head = (
        b"%d 0 obj\n<< /Type /Sig /Filter /Adobe.PPKLite /SubFilter /ETSI.CAdES.detached /M (%s)"
        b" /ByteRange [0 %%010d %%010d %%010d] /Contents " % (value, moment)
    )
    before = len(pdf) + len(head % (0, 0, 0))
    after = before + room + 2
    objects = {value: len(pdf)}
    tail = [b" >>\nendobj\n"]
    for number, body in (
        (
            widget,
            b"<< /Type /Annot /Subtype /Widget /FT /Sig /T (Center) /F 132 /Rect [0 0 0 0] /V %d 0 R /P %d 0 R >>"
            % (value, drawn.page),
        ),
        (drawn.page, b"<< /Annots [%d 0 R] " % widget + drawn.bodies[1]),
        (drawn.catalog, b"<< /AcroForm << /Fields [%d 0 R] /SigFlags 3 >> " % widget + drawn.bodies[0]),
    ):
        objects[number] = after + sum(map(len, tail))
        tail.append(b"%d 0 obj\n%s\nendobj\n" % (number, body))
    references = after + sum(map(len, tail))
    tail.append(_references(objects, drawn, references))
    end = b"".join(tail)
    head %= (before, after, len(end))
    digest = hashlib.sha256(pdf)
    digest.update(head)
    digest.update(end)
    signature = signature_of(digest.digest(), key, form).hex().encode()
    return b"".join((pdf, head, b"<", signature.ljust(room, b"0"), b">", end))


def _references(objects: dict[int, int], drawn: _Drawn, start: int) -> bytes:
    rows = [b"%d 1\n%010d 00000 n \n" % (number, at) for number, at in sorted(objects.items())]
    trailer = (drawn.size + 2, drawn.catalog, drawn.kept, drawn.start)
    return b"xref\n%strailer\n<< /Size %d /Root %d 0 R %s /Prev %d >>\nstartxref\n%d\n%%%%EOF\n" % (
        b"".join(rows),
        *trailer,
        start,
    )


def _drawn(pdf: bytes) -> _Drawn:
    if b"/ByteRange" in pdf or not pdf.endswith((b"%%EOF\n", b"%%EOF")):
        raise UnsignableError("signed already, or not ended")
    tail = pdf.rindex(b"startxref")
    start = int(pdf[tail + 9 :].split()[0])
    section = pdf[start:tail]
    rows, _, trailer = section.partition(b"trailer")
    size = int(_found(rb"/Size (\d+)", trailer))
    catalog = int(_found(rb"/Root (\d+) 0 R", trailer))
    kept = b" ".join((_found(rb"(/Info \d+ 0 R)", trailer), _found(rb"(/ID\s+\[[^\]]*\])", trailer)))
    offsets = [int(row[:10]) for row in rows.split(b"\n")[2:] if row]
    root = _dictionary(pdf, offsets, catalog)
    pages = _dictionary(pdf, offsets, int(_found(rb"/Pages (\d+) 0 R", root)))
    page = int(_found(rb"/Kids \[\s*(\d+) 0 R", pages))
    return _Drawn(catalog, page, size, start, kept, (root, _dictionary(pdf, offsets, page)))


def _dictionary(pdf: bytes, offsets: list[int], number: int) -> bytes:
    """Give an object that is a dictionary, after its opening."""
    start = offsets[number]
    opening = b"%d 0 obj\n<<" % number
    if not pdf.startswith(opening, start):
        raise UnsignableError("a cross-reference leads elsewhere")
    return pdf[start + len(opening) : pdf.index(b"endobj", start)].strip()


def _found(pattern: bytes, text: bytes) -> bytes:
    match = re.search(pattern, text)
    if match is None:
        raise UnsignableError("an entry is missing")
    return match[1]
