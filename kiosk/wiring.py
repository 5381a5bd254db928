"""Puts a machine together: settings to adapters to world. The only module that knows every part of the kiosk.

A mode is a set of adapters and a table of differences; a missing device is out of service and never becomes a virtual one.
"""

from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import datetime
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from kiosk.adapters.center.http import CenterHttp, client_tls, connect
from kiosk.adapters.center.https import HttpsIssuingCenter
from kiosk.adapters.clock.system import SystemClock
from kiosk.adapters.journal.sqlite import SqliteJournal
from kiosk.adapters.printer.page_printer import PagePrinter
from kiosk.adapters.slips.absent import AbsentSlips
from kiosk.ports.card import CardReader
from kiosk.ports.payment import PaymentDevice
from kiosk.ports.slips import SlipPrinter
from kiosk.settings import CenterAccess
from kiosk.world import World
from printers.jobs import Printer


@contextmanager
def open_world(
    access: CenterAccess,
    reader: CardReader,
    money: PaymentDevice,
    printer: Printer,
    journal: Path,
    starts_at: datetime | None = None,
    *,
    slips: SlipPrinter | None = None,
) -> Iterator[World]:
    """Open what a machine needs, and close it with the block.

    Without `slips` there is no slip printer. Raises OSError or ValueError for files that are not there or not what
    they should be, and JournalUnavailableError.
    """
    clock = SystemClock(starts_at)
    tls = client_tls(access.device_certificate, access.device_key, access.center_ca)
    document_key, device_key = _public_key(access.document_certificate), _private_key(access.device_key)
    with closing(SqliteJournal(journal)) as own_journal, closing(CenterHttp(connect(access.url, tls))) as http:
        center = HttpsIssuingCenter(http, document_key, device_key, clock)
        pages = PagePrinter(printer)
        own_slips = AbsentSlips() if slips is None else slips
        yield World(reader, center, money, pages, own_slips, own_journal, clock, _own_name(access.device_certificate))


def _own_name(certificate: Path) -> str:
    names = x509.load_pem_x509_certificate(certificate.read_bytes()).subject.get_attributes_for_oid(NameOID.COMMON_NAME)
    if not names:
        raise ValueError(f"{certificate.name} names no device")
    return str(names[0].value)


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
