"""Outside judges of a finished PDF: poppler, pdfium, qpdf. None of them shares code with the paper room.

Also a knife that plants defects into a finished file, stream by stream.
"""

import re
import subprocess
import zlib
from collections.abc import Callable
from pathlib import Path

import pypdfium2
from PIL import Image

from issuing_center.paper import AnySheet, DrawnDocument, PaperFonts, draw


def drawn(sheet: AnySheet, fonts: PaperFonts) -> DrawnDocument:
    """Draw a sheet that must succeed."""
    document = draw(sheet, fonts)
    assert isinstance(document, DrawnDocument), document
    return document


def poppler_text(pdf: bytes) -> str:
    """Give the text pdftotext finds, in drawing order. It turns the ideographic space into a plain one by itself."""
    command = ["pdftotext", "-enc", "UTF-8", "-raw", "-", "-"]
    return subprocess.run(command, input=pdf, capture_output=True, check=True, timeout=30).stdout.decode("utf-8")


def as_poppler(text: str) -> str:
    """Give a text with the spaces poppler makes of it; pdfium is the judge of the spaces themselves."""
    return text.strip().replace("\u3000", " ")


def pdfium_text(pdf: bytes) -> str:
    """Give the text pdfium finds, page after page."""
    document = pypdfium2.PdfDocument(pdf)
    try:
        return "\n".join(page.get_textpage().get_text_range() for page in document)
    finally:
        document.close()


def picture(pdf: bytes, dpi: int, page: int = 0) -> Image.Image:
    """Give a page as pdfium renders it, in grey."""
    document = pypdfium2.PdfDocument(pdf)
    try:
        image: Image.Image = document[page].render(scale=dpi / 72, grayscale=True).to_pil()
        return image.convert("L")
    finally:
        document.close()


def qpdf_complaints(pdf: bytes, folder: Path) -> str:
    """Give what qpdf --check has to say; empty when nothing."""
    file = folder / "sheet.pdf"
    file.write_bytes(pdf)
    done = subprocess.run(["qpdf", "--check", str(file)], capture_output=True, text=True, check=False, timeout=30)
    return "" if done.returncode == 0 else done.stdout + done.stderr


def edited(pdf: bytes, change: Callable[[bytes, bytes], bytes]) -> bytes:
    """Rebuild a file with every object passed through `change(head, decoded stream)`; heads stay, offsets are renewed."""
    result = bytearray(pdf[: pdf.index(b"1 0 obj")])
    offsets: dict[int, int] = {}
    position = len(result)
    while match := re.compile(rb"(\d+) 0 obj\n").match(pdf, position):
        stop = pdf.index(b"endobj\n", position)
        cut = pdf.find(b"stream\n", position, stop)
        offsets[int(match[1])] = len(result)
        if cut < 0:
            result += change(pdf[position:stop], b"") or pdf[position:stop]
        else:
            head = pdf[position:cut]
            length_match = re.search(rb"/Length (\d+) >>", head)
            assert length_match
            length = int(length_match[1])
            data = pdf[cut + 7 : cut + 7 + length]
            stop = pdf.index(b"endobj\n", cut + 7 + length)
            packed = b"/FlateDecode" in head
            new = change(head, zlib.decompress(data) if packed else data)
            new = zlib.compress(new) if packed else new
            result += head.replace(length_match[0], b"/Length %d >>" % len(new)) + b"stream\n" + new + b"\nendstream\n"
        result += b"endobj\n"
        position = stop + 7
    start = len(result)
    rows = b"".join(b"%010d 00000 n \n" % offsets[number] for number in sorted(offsets))
    trailer = pdf[pdf.index(b"trailer") : pdf.rindex(b"startxref")]
    result += b"xref\n0 %d\n0000000000 65535 f \n" % (len(offsets) + 1) + rows
    return bytes(result + trailer + b"startxref\n%d\n%%%%EOF\n" % start)


def unchanged(_head: bytes, content: bytes) -> bytes:
    """Change nothing."""
    return content


def replaced(old: bytes, new: bytes) -> Callable[[bytes, bytes], bytes]:
    """Make a change of one string in all streams."""
    return lambda _head, content: content.replace(old, new)
