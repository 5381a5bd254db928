"""The one place that speaks to reportlab: objects in, a finished and byte-stable PDF out.

reportlab numbers the objects, writes cross-references and trailer; what stands inside an object comes as ready bytes
with named references, because everything that does not change between two sheets is kept ready. Knows no form.
"""

import hashlib
import zlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from reportlab.pdfbase import pdfdoc

PAGE_PT: Final = (595.199, 841.919)
"""A4 as a whole number of 600 dpi dots (4960 x 7016): with the true A4 box, renderers shift the dots of patterns."""
MM: Final = 72 / 25.4
"""PDF points in a millimetre."""
DOT_PT: Final = 72 / 600
"""PDF points in a dot of an engine of 600 dpi."""
INSET_PT: Final = 0.01
"""A picture that ends exactly on a dot is drawn one dot too large by pdfium; this little less is exact everywhere."""

Part = bytes | str
"""Bytes as they stand, or the name of another object, written as a reference to it."""


@dataclass(frozen=True, slots=True)
class PdfObject:
    """An indirect object that is ready but for the numbers of the objects it refers to."""

    name: str
    """Name inside one document."""
    parts: tuple[Part, ...] = field(repr=False)
    """Bytes and names of other objects."""

    @property
    def is_picture(self) -> bool:
        """Whether it is an image; what it is stands at its beginning."""
        return any(b"/Subtype /Image" in part for part in self.parts[:2] if isinstance(part, bytes))


def plain(name: str, *parts: Part) -> PdfObject:
    """Make an object that is no stream."""
    return PdfObject(name, parts)


def stream(name: str, content: bytes, *entries: Part) -> PdfObject:
    """Make a stream object; `entries` stand in its dictionary beside Length."""
    return PdfObject(name, (b"<< ", *entries, b" /Length %d >>\nstream\n" % len(content), content, b"\nendstream"))


def picture(name: str, width_px: int, height_px: int, bits: bytes) -> PdfObject:
    """Make a 1-bit picture whose ones are painted in the current colour and whose zeros leave the paper as it is."""
    entries = (
        b"/Type /XObject /Subtype /Image /ImageMask true /Width %d /Height %d /BitsPerComponent 1 /Decode [1 0] %s"
    )
    return stream(name, zlib.compress(bits, 1), entries % (width_px, height_px, b"/Filter /FlateDecode"))


@dataclass(frozen=True, slots=True)
class Page:
    """One page: its content and the named resources it uses."""

    content: bytes = field(repr=False)
    """Encoded content stream."""
    content_filter: bytes
    """``/Filter /FlateDecode`` or nothing."""
    fonts: Mapping[str, str]
    """Font resource name -> object name."""
    forms: Mapping[str, str]
    """XObject resource name -> object name."""


@dataclass(frozen=True, slots=True)
class Parts:
    """A document before it is put together, for whoever adds pages to it."""

    objects: tuple[PdfObject, ...] = field(repr=False)
    """All objects of its pages."""
    pages: tuple[Page, ...] = field(repr=False)
    """The pages in order."""
    title: str
    """For the metadata."""
    txn: str
    """For the metadata."""

    def assembled(self) -> bytes:
        """Put it together."""
        return assemble(self.objects, self.pages, self.title, self.txn)


class _Ready(pdfdoc.PDFObject):  # type: ignore[misc]  # reportlab has no types
    """Lets reportlab number and place a PdfObject."""

    __RefOnly__ = 1

    def __init__(self, parts: Iterable[Part]) -> None:
        self._parts = parts

    def format(self, document: Any) -> bytes:  # noqa: ANN401 - reportlab has no types
        numbers = document.idToObjectNumberAndVersion
        return b"".join([part if isinstance(part, bytes) else b"%d 0 R" % numbers[part][0] for part in self._parts])


class _Info(_Ready):
    """The information dictionary: a neutral title and the transaction, no person, no time."""

    def __init__(self, title: str, txn: str) -> None:
        text = (title.encode("utf-16-be").hex(), txn.encode("utf-16-be").hex())
        super().__init__([f"<< /Title <feff{text[0]}> /DocumentId <feff{text[1]}> >>".encode("ascii")])
        self.invariant = 1

    def digest(self, signature: object) -> None:
        """Keep out of reportlab's own identifier, which is replaced by one over all content."""


def assemble(objects: Sequence[PdfObject], pages: Sequence[Page], title: str, txn: str) -> bytes:
    """Put a document together. The same arguments always give the same bytes.

    The file identifier is a digest of every object and page, so that two different sheets never share one.
    """
    document = pdfdoc.PDFDocument(invariant=1, pdfVersion=(1, 7), lang="ja-JP")
    # Shrunk to fit, a seal is no longer its size and a pattern no longer on the printer's grid.
    document.Catalog.ViewerPreferences = pdfdoc.PDFDictionary({"PrintScaling": pdfdoc.PDFName("None")})
    document.info = _Info(title, txn)
    digest = hashlib.sha256(txn.encode("utf-8"))
    for item in objects:
        document.Reference(_Ready(item.parts), item.name)
        for part in item.parts:
            digest.update(part if isinstance(part, bytes) else part.encode("ascii"))
    for number, page in enumerate(pages):
        digest.update(page.content)
        content = stream(f"Content{number}", page.content, page.content_filter)
        document.Reference(_Ready(content.parts), content.name)
        resources = "Resources%d" % number
        document.Reference(
            _Ready((b"<< /Font << ", *_names(page.fonts), b">> /XObject << ", *_names(page.forms), b">> >>")), resources
        )
        leaf = pdfdoc.PDFPage()
        leaf.MediaBox = pdfdoc.PDFArray([0, 0, *PAGE_PT])
        leaf.Resources = pdfdoc.PDFObjectReference(resources)
        leaf.Contents = pdfdoc.PDFObjectReference(content.name)
        document.addPage(leaf)
    identifier = digest.hexdigest()[:32].encode("ascii")
    # reportlab would digest its own time stamp and the title.
    document._ID = b"[<%s><%s>]" % (identifier, identifier)  # noqa: SLF001 - there is no other way to set it
    data: bytes = document.GetPDFData(None)
    return data


def _names(resources: Mapping[str, str]) -> list[Part]:
    parts: list[Part] = []
    for resource, name in resources.items():
        parts += [f"/{resource} ".encode("ascii"), name, b" "]
    return parts
