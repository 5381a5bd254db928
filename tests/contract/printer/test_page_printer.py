"""The document printer port on the PDF sink: accepted is not printed, and nothing is ever overwritten."""

import hashlib
from pathlib import Path

import pytest

from kiosk.adapters.printer.page_printer import PagePrinter
from kiosk.domain.certificates import CertificateKind, SerialNumber, TransactionId
from kiosk.ports.center import Document
from kiosk.ports.printer import Printed, PrinterReady, PrinterUnavailable, PrintFailed, PrintUnknown
from printers.absent import AbsentPrinter
from printers.jobs import Trouble
from printers.pdf_sink import PdfSink, SinkFault

PDF = b"%PDF-1.7 made up"
DOCUMENT = Document(
    TransactionId("0" * 32),
    SerialNumber("AAAA-BBBB-CCCC-DDDD"),
    CertificateKind.JUMINHYO,
    2,
    hashlib.sha256(PDF).digest(),
    PDF,
)


def sheets_heard(printer: PagePrinter) -> tuple[object, list[int]]:
    heard: list[int] = []
    return printer.print_document(DOCUMENT, heard.append), heard


def test_a_document_comes_out_sheet_by_sheet_with_the_very_bytes(tmp_path: Path) -> None:
    sink = PdfSink(tmp_path / "tray")
    assert sheets_heard(PagePrinter(sink)) == (Printed(2), [1, 2])
    (file,) = sink.files
    assert file.read_bytes() == PDF
    assert file.name == "AAAA-BBBB-CCCC-DDDD.pdf"
    assert file.stat().st_mode & 0o077 == 0


def test_the_same_serial_number_is_never_printed_over(tmp_path: Path) -> None:
    sink = PdfSink(tmp_path)
    printer = PagePrinter(sink)
    printer.print_document(DOCUMENT, lambda _sheets: None)
    assert sheets_heard(printer)[0] == PrintFailed("PRINT-06", 0)
    assert len(sink.files) == 1


@pytest.mark.parametrize(
    ("fault", "outcome"),
    [
        (SinkFault(Trouble.PAPER, 1), PrintFailed("PRINT-02", 1)),
        (SinkFault(Trouble.JAM, 0), PrintFailed("PRINT-04", 0)),
        (SinkFault(Trouble.COVER, 1), PrintFailed("PRINT-04", 1)),
        (SinkFault(Trouble.TONER, 0), PrintFailed("PRINT-03", 0)),
        (SinkFault(Trouble.AWAY, 0), PrintFailed("PRINT-01", 0)),
        (SinkFault(None, 1), PrintUnknown(1)),
    ],
)
def test_a_fault_during_a_document_is_told_with_the_sheets_that_are_out(
    tmp_path: Path, fault: SinkFault, outcome: object
) -> None:
    sink = PdfSink(tmp_path)
    sink.fault = fault
    told, heard = sheets_heard(PagePrinter(sink))
    assert told == outcome
    assert heard == list(range(1, fault.after_sheets + 1))
    assert sink.files == []


@pytest.mark.parametrize(
    ("trouble", "code"),
    [
        (Trouble.AWAY, "PRINT-01"),
        (Trouble.PAPER, "PRINT-02"),
        (Trouble.TONER, "PRINT-03"),
        (Trouble.COVER, "PRINT-04"),
        (Trouble.JAM, "PRINT-04"),
        (Trouble.REJECTED, "PRINT-06"),
        (Trouble.OFFLINE, "PRINT-01"),
        (Trouble.MEDIA, "PRINT-02"),
        (Trouble.OUTPUT, "PRINT-04"),
        (Trouble.PAUSED, "PRINT-07"),
        (Trouble.STALLED, "PRINT-07"),
        (Trouble.UNKNOWN, "PRINT-07"),
    ],
)
def test_every_trouble_is_known_before_payment_by_its_code(tmp_path: Path, trouble: Trouble, code: str) -> None:
    sink = PdfSink(tmp_path)
    assert PagePrinter(sink).readiness(2) == PrinterReady()
    sink.standing_trouble = trouble
    assert PagePrinter(sink).readiness(2) == PrinterUnavailable(code)


def test_no_trouble_is_without_a_code(tmp_path: Path) -> None:
    sink = PdfSink(tmp_path)
    for trouble in Trouble:
        sink.standing_trouble = trouble
        assert isinstance(PagePrinter(sink).readiness(1), PrinterUnavailable)


def test_a_folder_that_cannot_be_made_is_trouble_before_payment(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    assert PagePrinter(PdfSink(tmp_path / "file" / "tray")).readiness(1) == PrinterUnavailable("PRINT-06")


def test_a_missing_printer_is_away_and_prints_nothing() -> None:
    printer = PagePrinter(AbsentPrinter())
    assert printer.readiness(1) == PrinterUnavailable("PRINT-01")
    assert sheets_heard(printer) == (PrintFailed("PRINT-01", 0), [])
