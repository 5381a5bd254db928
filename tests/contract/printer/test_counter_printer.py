"""Printers behind a counter, on strict virtual IPP printers: each paper in its tray, or no paper at all."""

import hashlib
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest

from kiosk.adapters.printer.counter import CounterPrinter, ipp_trays
from kiosk.domain.certificates import CertificateKind, SerialNumber, TransactionId
from kiosk.ports.center import Document, DocumentRole
from kiosk.ports.printer import Printed, PrinterReady, PrinterUnavailable, PrintFailed
from printers.ipp import IppSettings
from printers.virtual.ipp import Model, VirtualIppPrinter
from tests.support.laser import QUICK, pdf_of

TRAYS = ("tray-2", "tray-1")


def paper(role: DocumentRole, number: int, transaction: str = "0") -> Document:
    pdf = pdf_of(1)
    serial = SerialNumber(f"AAAA-BBBB-CCCC-DD{transaction}{number}")
    digest = hashlib.sha256(pdf).digest()
    return Document(TransactionId(transaction * 32), serial, CertificateKind.JUMINHYO, 1, digest, pdf, role)


def a_set(transaction: str = "0") -> list[Document]:
    roles = (DocumentRole.APPLICATION, DocumentRole.CERTIFICATE, DocumentRole.RECEIPT)
    return [paper(role, number, transaction) for number, role in enumerate(roles)]


def behind(*printers: VirtualIppPrinter, user: str = "certificate-kiosk") -> CounterPrinter:
    settings = [IppSettings(each.uri, user=user, limits=QUICK) for each in printers]
    return CounterPrinter(tuple(ipp_trays(each, TRAYS) for each in settings), TRAYS)


def sources(printer: VirtualIppPrinter) -> list[str]:
    """Read from which tray each job was asked for."""
    found = []
    for job in printer.engine.jobs.values():
        (media,) = job.template["media-col"].values
        assert isinstance(media, Mapping)
        found.append(str(media["media-source"].values[0]))
    return found


def test_certificates_come_from_the_security_tray_and_the_papers_around_them_from_the_other() -> None:
    with VirtualIppPrinter(Model()) as printer:
        counter = behind(printer)
        assert counter.readiness(3) == PrinterReady()
        assert [counter.print_document(each, lambda _sheets: None) for each in a_set()] == [Printed(1)] * 3
        assert sources(printer) == ["tray-1", "tray-2", "tray-1"]


@pytest.mark.parametrize(
    "model",
    [
        Model(trays=("tray-1", "manual"), levels=(250, 100)),
        Model(trays=("tray-1", "tray-2"), levels=(250, 0)),
        Model(trays=("tray-1", "tray-2"), levels=(1, 100)),
        Model(trays=(), levels=()),
    ],
    ids=["no such tray", "security tray empty", "plain tray short", "trays without names"],
)
def test_a_tray_that_is_empty_or_has_no_name_is_found_before_anything_is_ordered(model: Model) -> None:
    with VirtualIppPrinter(model) as printer:
        counter = behind(printer)
        assert counter.readiness(3) == PrinterUnavailable("PRINT-02")
        assert counter.print_document(a_set()[1], lambda _sheets: None) == PrintFailed("PRINT-02", 0)
        assert printer.engine.jobs == {}


def test_a_set_stays_on_one_printer_and_the_next_one_goes_where_there_is_paper() -> None:
    empty, full = Model(levels=(250, 0)), Model()
    with VirtualIppPrinter(empty) as first, VirtualIppPrinter(full) as second:
        counter = behind(first, second)
        assert counter.readiness(3) == PrinterReady()
        for each in a_set():
            assert counter.print_document(each, lambda _sheets: None) == Printed(1)
        assert sources(first) == []
        assert sources(second) == ["tray-1", "tray-2", "tray-1"]


def test_the_code_is_that_of_the_printer_that_is_preferred() -> None:
    with VirtualIppPrinter(Model(levels=(250, 0))) as first, VirtualIppPrinter(Model(toner=0)) as second:
        assert behind(first, second).readiness(3) == PrinterUnavailable("PRINT-02")


def test_two_terminals_on_one_printer_leave_each_others_papers_alone() -> None:
    """One job a document; what another terminal has waiting is not a leftover of ours."""
    with VirtualIppPrinter(Model()) as printer:
        shared = IppSettings(printer.uri, alone=False, limits=QUICK)
        terminals = [
            CounterPrinter((ipp_trays(replace(shared, user=f"certificate-kiosk-{name}"), TRAYS),), TRAYS)
            for name in ("counter-0001", "counter-0002")
        ]
        first, second = (a_set(transaction) for transaction in "12")
        for one, other in zip(first, second, strict=True):
            assert terminals[0].print_document(one, lambda _sheets: None) == Printed(1)
            assert terminals[1].readiness(3) == PrinterReady()
            assert terminals[1].print_document(other, lambda _sheets: None) == Printed(1)
        assert sources(printer) == ["tray-1", "tray-1", "tray-2", "tray-2", "tray-1", "tray-1"]


def test_a_printer_at_work_is_not_spoken_to_beside_its_work() -> None:
    with VirtualIppPrinter(Model(levels=(250, 0))) as printer:
        trays = ipp_trays(IppSettings(printer.uri, limits=QUICK), TRAYS)
        counter = CounterPrinter((trays,), TRAYS)
        with trays.busy:
            assert counter.readiness(3) == PrinterReady()
        assert counter.readiness(3) == PrinterUnavailable("PRINT-02")


def test_two_looks_at_once_both_see_what_is_there() -> None:
    """The one that finds the printer busy with the other's question must not take that for work."""
    with VirtualIppPrinter(Model(levels=(250, 0))) as printer, ThreadPoolExecutor(4) as eyes:
        counter = behind(printer)
        assert set(eyes.map(lambda _: counter.readiness(3), range(8))) == {PrinterUnavailable("PRINT-02")}
