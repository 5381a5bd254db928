"""A page of 300 kB over IPP: from the order to its acceptance by the printer, against one bare Print-Job of the same file.

The printer is the virtual one in a process of its own. The bare job is what cannot be done with less: a connection, one request
with ready-made bytes, one answer. Ours asks how the printer stands, opens a job and then sends, so that a line that breaks can
be settled; the raster is what a printer costs that takes no PDF. In the product the intention is durable before the document
goes: once more with the journal, against the bare job after a bare fsynced insert.
"""

import http.client
import sqlite3
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from io import BytesIO
from pathlib import Path
from time import perf_counter
from urllib.parse import urlsplit

from reportlab.pdfgen.canvas import Canvas

from kiosk.adapters.journal.sqlite import SqliteJournal
from kiosk.domain.certificates import TransactionId
from kiosk.ports.journal import Act, Intent
from kiosk.ports.printer import PrintTicket
from printers.ipp import IppPrinter, IppSettings
from printers.ipp.client import PRINT_JOB, Client
from printers.ipp.codec import Message, Tag, encode, keywords, text
from printers.jobs import Completed, Job, unkept
from printers.raster import raster_for

ROOT = Path(__file__).resolve().parents[2]
ROUNDS = 60
RASTER_ROUNDS = 3
DOCUMENT_BYTES = 300_000


def _document() -> bytes:
    target = BytesIO()
    canvas = Canvas(target, pagesize=(595.276, 841.89), pageCompression=0, invariant=True)
    line = 0
    while line * 60 < DOCUMENT_BYTES:
        canvas.drawString(40 + line % 7, 800 - line % 760, f"line {line:06} of a made-up sheet")
        line += 1
    canvas.showPage()
    canvas.save()
    return target.getvalue()


def _bare_request(uri: str, document: bytes) -> bytes:
    head = {
        "attributes-charset": text(Tag.CHARSET, "utf-8"),
        "attributes-natural-language": text(Tag.LANGUAGE, "en"),
        "printer-uri": text(Tag.URI, uri),
        "requesting-user-name": text(Tag.NAME, "bare"),
        "job-name": text(Tag.NAME, "bare"),
        "document-format": text(Tag.MIME_TYPE, "application/pdf"),
    }
    job = {"sides": keywords("one-sided"), "media": keywords("iso_a4_210x297mm")}
    return encode(Message(PRINT_JOB, 1, ((Tag.OPERATION, head), (Tag.JOB, job)), document))


def _bare(uri: str, request: bytes) -> float:
    place = urlsplit(uri)
    begin = perf_counter()
    connection = http.client.HTTPConnection(place.hostname or "", place.port)
    connection.request("POST", place.path, request, {"Content-Type": "application/ipp"})
    answer = connection.getresponse().read()
    took = perf_counter() - begin
    connection.close()
    if answer[2:4] != b"\0\0":
        raise ValueError("the bare job was refused")
    return took * 1000


@contextmanager
def _books() -> Iterator[tuple[Callable[[str], None], Callable[[], None]]]:
    """Give what writes a print's intention into a journal, and what writes one row into a bare file, both durably."""
    with tempfile.TemporaryDirectory(prefix="bench-") as name:
        journal, bare = SqliteJournal(Path(name) / "journal.db"), sqlite3.connect(Path(name) / "bare.db")
        bare.isolation_level = None
        for statement in ("PRAGMA journal_mode=WAL", "PRAGMA synchronous=FULL", "CREATE TABLE line (word TEXT) STRICT"):
            bare.execute(statement)

        def keep(ticket: str) -> None:
            journal.intend(Intent(Act.PRINT, TransactionId("0" * 32), sheets=1), PrintTicket(ticket))

        def insert() -> None:
            bare.execute("INSERT INTO line VALUES (?)", ("printed",))

        try:
            yield keep, insert
        finally:
            journal.close()
            bare.close()


def run() -> dict[str, object]:
    """Measure; times in milliseconds, medians of interleaved rounds."""
    command = [sys.executable, "-m", "printers.virtual.ipp", "--port", "0", "--sheet-seconds", "0"]
    process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)
    try:
        assert process.stdout is not None
        return _measured(process.stdout.readline().strip(), _document())
    finally:
        process.terminate()
        process.wait()


def _measured(uri: str, document: bytes) -> dict[str, object]:
    accepted: list[float] = []
    send = Client.send

    def timed(self: Client, job_id: int, document_format: str, document: bytes) -> None:
        send(self, job_id, document_format, document)
        accepted.append(perf_counter())

    setattr(Client, "send", timed)  # noqa: B010  # a stopwatch in the one place that knows when the document was taken
    printer = IppPrinter(IppSettings(uri))
    trouble = printer.trouble(1)
    if trouble is not None:
        raise ValueError(f"the printer is not ready: {trouble}")
    request = _bare_request(uri, document)
    ours: list[float] = []
    bare: list[float] = []
    kept: list[float] = []
    least: list[float] = []

    def print_one(name: str, opened: Callable[[str], None]) -> float:
        begin = perf_counter()
        outcome = printer.run(Job(name, document, 1), lambda _sheet: None, opened)
        if outcome != Completed(1):
            raise ValueError(f"not printed: {outcome}")
        return (accepted[-1] - begin) * 1000

    with _books() as (keep, insert):
        for number in range(ROUNDS):
            ours.append(print_one(f"bench-{number:06}", unkept))
            bare.append(_bare(uri, request))
            kept.append(print_one(f"kept-{number:06}", keep))
            begin = perf_counter()
            insert()
            least.append((perf_counter() - begin) * 1000 + _bare(uri, request))
    drawn: list[float] = []
    for _ in range(RASTER_ROUNDS):
        begin = perf_counter()
        raster_for(document, "iso_a4_210x297mm", resolutions_dpi=(600,), types=("sgray_8",))
        drawn.append((perf_counter() - begin) * 1000)
    mine, floor = statistics.median(ours), statistics.median(bare)
    whole, whole_floor = statistics.median(kept), statistics.median(least)
    return {
        "rounds": ROUNDS,
        "document_bytes": len(document),
        "figures": [
            {
                "name": "IPP: order to acceptance, against a bare Print-Job",
                "unit": "ms",
                "ours": mine,
                "floor": floor,
                "ratio": mine / floor,
                "target": "<= 3",
            },
            {
                "name": "IPP: the same with its intention in the journal, against a bare fsynced insert and a bare Print-Job",
                "unit": "ms",
                "ours": whole,
                "floor": whole_floor,
                "ratio": whole / whole_floor,
                "target": "<= 3",
            },
            {
                "name": "PWG raster of a full page, 600 dpi grey",
                "unit": "ms",
                "ours": statistics.median(drawn),
                "floor": None,
                "ratio": None,
                "target": None,
            },
        ],
    }
