"""Puts a machine together: settings to adapters to world. The only module that knows every part of the kiosk.

A mode is a set of adapters and a table of differences; a missing device is out of service and never becomes a virtual one.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec

from kiosk.adapters.center.http import CenterHttp, client_tls, connect
from kiosk.adapters.center.https import HttpsIssuingCenter
from kiosk.adapters.clock.system import SystemClock
from kiosk.adapters.journal.sqlite import SqliteJournal
from kiosk.adapters.printer.page_printer import PagePrinter
from kiosk.ports.card import CardReader
from kiosk.ports.payment import PaymentDevice
from kiosk.runner import World
from kiosk.settings import CenterAccess
from printers.jobs import Printer


@contextmanager
def open_world(
    access: CenterAccess,
    reader: CardReader,
    money: PaymentDevice,
    printer: Printer,
    journal: Path,
    starts_at: datetime | None = None,
) -> Iterator[World]:
    """Open what a machine needs, and close it with the block.

    Raises OSError or ValueError for files that are not there or not what they should be, and JournalUnavailableError.
    """
    clock = SystemClock(starts_at)
    http = CenterHttp(connect(access.url, client_tls(access.device_certificate, access.device_key, access.center_ca)))
    center = HttpsIssuingCenter(http, _public_key(access.document_certificate), _private_key(access.device_key), clock)
    machine_journal = SqliteJournal(journal)
    try:
        yield World(reader, center, money, PagePrinter(printer), machine_journal, clock)
    finally:
        machine_journal.close()
        http.close()


def _public_key(certificate: Path) -> ec.EllipticCurvePublicKey:
    key = x509.load_pem_x509_certificate(certificate.read_bytes()).public_key()
    if not isinstance(key, ec.EllipticCurvePublicKey):
        raise ValueError(f"{certificate.name} holds no P-256 key")
    return key


def _private_key(path: Path) -> ec.EllipticCurvePrivateKey:
    key = serialization.load_pem_private_key(path.read_bytes(), None)
    if not isinstance(key, ec.EllipticCurvePrivateKey):
        raise ValueError(f"{path.name} holds no P-256 key")
    return key
