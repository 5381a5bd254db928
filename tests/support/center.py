"""A whole center inside the test: real OCSP responder, real database, its WSGI callable, and the shipped HTTPS server.

Loaded by the conftest of whoever needs it. Cards are the sandbox's own; their private keys sign directly, because what is
tested here begins where the reader ends.
"""

import base64
import json
import shutil
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from functools import cache
from http.client import HTTPSConnection
from pathlib import Path
from secrets import token_hex
from typing import TYPE_CHECKING, Any

import httpx2
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import Prehashed
from sqlalchemy import Engine

from issuing_center import wire
from issuing_center.database import make_engine
from issuing_center.deployment import Mode, declare
from issuing_center.incidents import close_incident, incidents_since

declare(Mode.SANDBOX)

from issuing_center.paper.completeness import _File  # noqa: E402
from issuing_center.register.port import Register, RegisterSnapshot  # noqa: E402
from issuing_center.register.records import MunicipalitySettings  # noqa: E402
from issuing_center.sandbox import SandboxFolder, ensure_sandbox  # noqa: E402
from issuing_center.sandbox.center import SHIOMINO, SandboxCenter, sandbox_center  # noqa: E402
from issuing_center.server import listen, make_server, server_tls  # noqa: E402
from issuing_center.service import Service  # noqa: E402
from issuing_center.web import make_app  # noqa: E402
from kiosk.adapters.center.http import CenterHttp, Timeouts, client_tls, connect  # noqa: E402
from kiosk.adapters.center.https import HttpsIssuingCenter, HttpsVisitChannel  # noqa: E402
from kiosk.domain.certificates import (  # noqa: E402
    CertificateKind,
    IdempotencyKey,
    Member,
    Menu,
    MunicipalityCode,
    Order,
    ScopeKind,
)
from kiosk.ports.center import VisitOpened  # noqa: E402
from kiosk.ports.clock import Instant  # noqa: E402
from tests.support.databases import Cluster  # noqa: E402

if TYPE_CHECKING:
    from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

KIOSK, OTHER_KIOSK, COUNTER = "kiosk-0001", "kiosk-0002", "counter-0001"
FEE_YEN = 200
ORDER = Order(CertificateKind.JUMINHYO, ScopeKind.SELF, (), frozenset(), 1, FEE_YEN)
"""Her own certificate, once, nothing more than the law puts on it."""
ORDER_REQUEST = wire.OrderRequest(
    kind=wire.Kind.JUMINHYO, scope=wire.Scope.SELF, members=[], items=[], copies=1, fee_yen=FEE_YEN
)


class HandClock:
    """Both clocks, moved by hand: the center's `now()` and the kiosk's port."""

    def __init__(self, at: datetime) -> None:
        self.at = at
        self.kiosk = self._Kiosk(self)

    def __call__(self) -> datetime:
        """Give the center's time."""
        return self.at

    def advance(self, by: timedelta) -> None:
        """Let time pass, or step back."""
        self.at += by

    @dataclass
    class _Kiosk:
        hand: "HandClock"
        ahead: timedelta = timedelta()
        """How far the kiosk's clock is off."""

        def now(self) -> Instant:
            """Give the kiosk's time."""
            return Instant(0.0, self.hand.at + self.ahead)


@dataclass(frozen=True)
class Card:
    """What a card gives to the visit: its certificate, and its key without the chip around it."""

    certificate: bytes
    key: rsa.RSAPrivateKey = field(repr=False)

    def sign(self, digest: bytes) -> bytes:
        """Sign as the chip does."""
        return self.key.sign(digest, padding.PKCS1v15(), Prehashed(hashes.SHA256()))


@cache
def _card_of(file: Path, part: str = "auth") -> Card:
    found = json.loads(file.read_text(encoding="utf-8"))[part]
    key = serialization.load_der_private_key(base64.b64decode(found["private_key"]), None)
    assert isinstance(key, rsa.RSAPrivateKey)
    return Card(base64.b64decode(found["certificate"]), key)


class InProcess(httpx2.WSGITransport):
    """The WSGI callable with the header that the real server adds, and no other spelling of it."""

    def __init__(self, app: "WSGIApplication", certificate: bytes | None) -> None:
        def with_certificate(environ: "WSGIEnvironment", start_response: "StartResponse") -> Any:  # noqa: ANN401
            environ.pop("HTTP_CLIENT_CERT", None)
            if certificate is not None:
                environ["HTTP_CLIENT_CERT"] = f":{base64.b64encode(certificate).decode()}:"
            return app(environ, start_response)

        super().__init__(with_certificate)


@dataclass(frozen=True)
class Center:
    """One worker of a center, and what a test needs to visit it."""

    running: SandboxCenter
    clock: HandClock

    @property
    def folder(self) -> SandboxFolder:
        """The sandbox's files."""
        return self.running.folder

    @property
    def service(self) -> Service:
        """The worker's tools."""
        return self.running.service

    @property
    def engine(self) -> Engine:
        """The worker's database."""
        return self.service.engine

    def altered(self, **changes: Any) -> "Center":  # noqa: ANN401
        """Give the same worker with some tools replaced."""
        return replace(self, running=replace(self.running, service=replace(self.service, **changes)))

    def card(self, persona: str) -> Card:
        """Give a persona's card."""
        return _card_of(self.folder.card(persona))

    def signature(self, persona: str) -> Card:
        """Give the certificate and key of a persona that sign applications."""
        return _card_of(self.folder.card(persona), "sign")

    def device_certificate(self, device: str) -> bytes:
        """Give a device's certificate, DER."""
        pem = x509.load_pem_x509_certificate(self.folder.device_certificate(device).read_bytes())
        return pem.public_bytes(serialization.Encoding.DER)

    def device_key(self, device: str) -> ec.EllipticCurvePrivateKey:
        """Give a device's key."""
        return _private_key(self.folder.device_key(device))

    def client(self, device: str | None = KIOSK, app: "WSGIApplication | None" = None) -> httpx2.Client:
        """Give a bare client of the callable in this process, as this device; None has no certificate."""
        certificate = None if device is None else self.device_certificate(device)
        transport = InProcess(app or make_app(self.service), certificate)
        return httpx2.Client(transport=transport, base_url="https://center")

    def kiosk(
        self, device: str = KIOSK, client: httpx2.Client | None = None, timeouts: Timeouts | None = None
    ) -> HttpsIssuingCenter:
        """Give the shipped adapter as this device speaks it, in process unless a client is given."""
        document_key = x509.load_pem_x509_certificate(
            self.folder.document_signing_certificate.read_bytes()
        ).public_key()
        assert isinstance(document_key, ec.EllipticCurvePublicKey)
        http = CenterHttp(client or self.client(device), timeouts or Timeouts())
        return HttpsIssuingCenter(http, document_key, self.device_key(device), self.clock.kiosk)

    def close_incidents(self) -> None:
        """Find the cause of every open incident, as staff would: it was planted."""
        now = self.service.now()
        for found in incidents_since(self.engine, now):
            if found.cause is None:
                close_incident(self.engine, found.incident_id, "planted by a test", "tests", now)

    def visit(self, persona: str = "hanako", device: str = KIOSK, kiosk: HttpsIssuingCenter | None = None) -> "Visit":
        """Open a visit; fails unless the center agrees."""
        channel = (kiosk or self.kiosk(device)).begin_visit(MunicipalityCode(SHIOMINO))
        assert isinstance(channel, HttpsVisitChannel), channel
        opened = prove(channel, self.card(persona))
        assert isinstance(opened, VisitOpened), opened
        return Visit(channel, opened.menu)


@dataclass(frozen=True)
class Visit:
    """An open visit."""

    channel: HttpsVisitChannel
    menu: Menu

    @property
    def household(self) -> tuple[Member, ...]:
        """Whom a 住民票の写し may show."""
        offer = self.menu.offer(CertificateKind.JUMINHYO)
        assert offer is not None
        return offer.members

    @property
    def id(self) -> str:
        """Its id on the wire."""
        return self.channel._visit


def prove(channel: HttpsVisitChannel, card: Card) -> Any:  # noqa: ANN401
    """Let a card prove its presence; gives the port's outcome."""
    return channel.prove(card.certificate, card.sign(channel.statement_digest))


class Decreed:
    """A register whose municipality decided otherwise: `decree` gives the settings of a day instead of those on record."""

    def __init__(
        self, register: Register, decree: Callable[[MunicipalitySettings, date], MunicipalitySettings | None]
    ) -> None:
        self._register, self._decree = register, decree

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401
        return getattr(self._register, name)

    @contextmanager
    def snapshot(self, municipality_code: str, *about: Any) -> Iterator[RegisterSnapshot]:  # noqa: ANN401
        """Open a snapshot of the register on record, with the other settings."""
        with self._register.snapshot(municipality_code, *about) as snapshot:
            yield _DecreedSnapshot(snapshot, self._decree)


class _DecreedSnapshot:
    def __init__(
        self,
        snapshot: RegisterSnapshot,
        decree: Callable[[MunicipalitySettings, date], MunicipalitySettings | None],
    ) -> None:
        self._snapshot, self._decree = snapshot, decree

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401
        return getattr(self._snapshot, name)

    def municipality(self, on: date) -> MunicipalitySettings | None:
        settings = self._snapshot.municipality(on)
        return None if settings is None else self._decree(settings, on)


def with_fee(settings: MunicipalitySettings, fee_yen: int) -> MunicipalitySettings:
    """Give the same settings with another fee."""
    return replace(settings, offers=tuple(replace(offer, fee_yen=fee_yen) for offer in settings.offers))


def new_key() -> IdempotencyKey:
    """Make an idempotency key."""
    return IdempotencyKey(token_hex(16))


def texts_of(pdf: bytes) -> frozenset[str]:
    """Give every text shown on a certificate, read out of the file."""
    file = _File(pdf)
    return frozenset(text for page in file.pages() for text in file.seen(page).texts)


def _private_key(path: Path) -> ec.EllipticCurvePrivateKey:
    key = serialization.load_pem_private_key(path.read_bytes(), None)
    assert isinstance(key, ec.EllipticCurvePrivateKey)
    return key


@pytest.fixture(scope="session")
def sandbox_folder(tmp_path_factory: pytest.TempPathFactory) -> SandboxFolder:
    """One sandbox for this process; tests that change files copy it first."""
    return ensure_sandbox(tmp_path_factory.mktemp("center") / "sandbox")


def _now() -> datetime:
    return datetime.now(UTC).replace(microsecond=0)


@contextmanager
def running_center(folder: SandboxFolder, database_url: str, *, enforce_hours: bool = False) -> Iterator[Center]:
    """Run a center on a database, with a clock of its own that stands at the present."""
    clock = HandClock(_now())
    with sandbox_center(folder.root, now=clock, database_url=database_url, enforce_hours=enforce_hours) as running:
        yield Center(running, clock)


@pytest.fixture(scope="session")
def shared_center(sandbox_folder: SandboxFolder, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Center]:
    """A center for tests that change neither its register nor its clock, on SQLite."""
    with running_center(sandbox_folder, f"sqlite:///{tmp_path_factory.mktemp('shared') / 'center.db'}") as center:
        yield center


@pytest.fixture
def center(sandbox_folder: SandboxFolder, sqlite_template: Path, tmp_path: Path) -> Iterator[Center]:
    """A center of the test's own, on SQLite."""
    file = tmp_path / "center.db"
    shutil.copyfile(sqlite_template, file)
    with running_center(sandbox_folder, f"sqlite:///{file}") as center:
        yield center


@pytest.fixture(scope="session")
def shared_postgresql_center(sandbox_folder: SandboxFolder, postgresql_cluster: Cluster) -> Iterator[Center]:
    """The same as `shared_center`, on PostgreSQL."""
    name = f"center_{token_hex(4)}"
    postgresql_cluster.administer(f"CREATE DATABASE {name}")
    with running_center(sandbox_folder, postgresql_cluster.url(name)) as center:
        yield center
    postgresql_cluster.administer(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture(params=["sqlite", "postgresql"])
def either_center(request: pytest.FixtureRequest) -> Center:
    """A shared center on each kind of database."""
    name = "shared_center" if request.param == "sqlite" else "shared_postgresql_center"
    center: Center = request.getfixturevalue(name)
    return center


@pytest.fixture
def two_workers(either_center: Center) -> Iterator[tuple[Center, Center]]:
    """Two workers of one center, with nothing in common but the database (INV-16)."""
    engine = make_engine(either_center.engine.url.render_as_string(hide_password=False))
    register = type(either_center.service.register)(engine)  # type: ignore[call-arg]  # the SQL one takes its engine
    yield either_center, either_center.altered(engine=engine, register=register)
    engine.dispose()


@dataclass(frozen=True)
class Served:
    """A center behind its real server."""

    center: Center
    port: int

    @property
    def url(self) -> str:
        """Its address."""
        return f"https://127.0.0.1:{self.port}"

    def client(self, device: str = KIOSK, port: int | None = None) -> httpx2.Client:
        """Give the kiosk's own HTTP client, with this device's certificate."""
        folder = self.center.folder
        tls = client_tls(folder.device_certificate(device), folder.device_key(device), folder.center_ca_certificate)
        return connect(f"https://127.0.0.1:{port or self.port}", tls)

    def raw(self, device: str = KIOSK) -> HTTPSConnection:
        """Give a connection that sends whatever it is told."""
        folder = self.center.folder
        tls = client_tls(folder.device_certificate(device), folder.device_key(device), folder.center_ca_certificate)
        return HTTPSConnection("127.0.0.1", self.port, timeout=10, context=tls)


@contextmanager
def serving(center: Center, app: "WSGIApplication | None" = None, **options: int) -> Iterator[Served]:
    """Serve a center, or another callable in its name, over mutual TLS for the block."""
    folder = center.folder
    tls = server_tls(folder.server_certificate, folder.server_key, folder.device_ca_certificate)
    listener = listen("127.0.0.1", 0)
    server = make_server(app or make_app(center.service), tls, **{"threads": 8, **options})
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, name="center")
    thread.start()
    try:
        yield Served(center, listener.getsockname()[1])
    finally:
        server.should_exit = True
        thread.join(timeout=20)
        listener.close()
        assert not thread.is_alive()


@pytest.fixture(scope="session")
def served(shared_center: Center) -> Iterator[Served]:
    """The shared center behind its real server."""
    with serving(shared_center) as served:
        yield served
