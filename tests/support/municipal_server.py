"""A municipality's own register behind its real server, and the center's line to it: over mutual TLS on this machine.

One server runs for a test process and answers from whatever callable the test gives it; so a test costs no handshake of its
own, unless it wants one.
"""

import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import Engine

from issuing_center.municipal.package import SettingsPackage
from issuing_center.municipal_server.app import MunicipalRegister, make_app
from issuing_center.outbound import Gate, HttpFetcher, mutual_tls
from issuing_center.register.loading import load_register
from issuing_center.register.port import (
    Received,
    Register,
    RegisterSnapshot,
    RegistrationState,
    UnknownMunicipalityError,
    UseRegistrations,
)
from issuing_center.register.records import MunicipalityName, ResidentId
from issuing_center.register.registrations import SqlUseRegistrations
from issuing_center.register.remote.link import RegisterLink
from issuing_center.register.remote.registrations import SeveralRegistrations
from issuing_center.register.remote.several import SeveralRegisters
from issuing_center.register.sql import SqlRegister
from issuing_center.server import listen, make_server, server_tls
from tests.support.register_tls import Credentials, make_credentials
from tests.support.registers import AS_OF, REGISTER_FILES, SHIOMINO, load

if TYPE_CHECKING:
    from wsgiref.types import WSGIApplication

NAMES = {
    "990019": MunicipalityName("990019", "見本県", "汐見野市", "しおみのし", "Shiomino City"),
    "990035": MunicipalityName("990035", "例示県", "山手市", "やまてし", "Yamate City"),
}
PATIENT_S = 20.0
"""Limit of an exchange that works, on a busy machine."""


class MunicipalServer:
    """A running server whose application can be exchanged."""

    def __init__(self, credentials: Credentials) -> None:
        self.credentials = credentials
        self.app: WSGIApplication | None = None
        self.requests = 0
        tls = server_tls(credentials.server.certificate, credentials.server.key, credentials.authority.certificate)
        self._listener = listen("127.0.0.1", 0)
        self.port: int = self._listener.getsockname()[1]
        self._server = make_server(self._answer, tls, threads=8)
        self._thread = threading.Thread(target=self._server.run, kwargs={"sockets": [self._listener]}, name="register")
        self._thread.start()

    def _answer(self, environ: Any, start_response: Any) -> Any:  # noqa: ANN401
        self.requests += 1
        assert self.app is not None
        return self.app(environ, start_response)

    def serve(self, engine: Engine, *codes: str) -> None:
        """Answer from a database from now on."""
        self.app = make_app(
            MunicipalRegister(engine, frozenset(codes or NAMES), frozenset({self.credentials.center.sha256}))
        )

    def fetcher(self, timeout_s: float = PATIENT_S, gate: Gate | None = None) -> HttpFetcher:
        """Give the center's own HTTP client, with the center's certificate."""
        own = self.credentials.center
        tls = mutual_tls(self.credentials.authority.certificate, own.certificate, own.key)
        return HttpFetcher(timeout_s, tls=tls, gate=gate)

    def link(
        self,
        fetcher: HttpFetcher,
        code: str = SHIOMINO,
        *,
        port: int | None = None,
        now: Callable[[], datetime] = lambda: AS_OF,
    ) -> RegisterLink:
        """Give the center's line to a municipality."""
        return RegisterLink(NAMES[code], f"https://127.0.0.1:{port or self.port}", fetcher, now)

    def close(self) -> None:
        """End the server."""
        self._server.should_exit = True
        self._thread.join(timeout=20)
        self._listener.close()
        assert not self._thread.is_alive()


@dataclass(frozen=True)
class FedRegister:
    """A register as the center sees it, and the database behind it, into which a test feeds."""

    engine: Engine
    embedded: Register
    links: dict[str, RegisterLink] = field(default_factory=dict)
    """Empty where the center keeps the register itself."""
    connect: Callable[[str], RegisterLink] | None = None

    @property
    def port(self) -> Register:
        """The register's port."""
        return SeveralRegisters(self.embedded, self.links) if self.connect else self.embedded

    @property
    def registrations(self) -> UseRegistrations:
        """Applications for 利用登録 to the same register."""
        embedded = SqlUseRegistrations(self.engine)
        return SeveralRegistrations(NoRegistrations(), self.links) if self.connect else embedded

    def rules(self, on: date) -> Mapping[str, SettingsPackage]:
        """As the port."""
        return self.port.rules(on)

    def load(self, code: str) -> None:
        """Load the register file of another municipality."""
        load_register(self.engine, REGISTER_FILES[code], [], as_of=AS_OF)
        if self.connect:
            self.links[code] = self.connect(code)

    def municipalities(self) -> tuple[MunicipalityName, ...]:
        """As the port."""
        return self.port.municipalities()

    def find_by_certificate(self, issuer_key_id: bytes, serial: int, municipality_code: str) -> ResidentId | None:
        """As the port."""
        return self.port.find_by_certificate(issuer_key_id, serial, municipality_code)

    def find_registered(self, issuer_key_id: bytes, serial: int, municipality_code: str) -> ResidentId | None:
        """As the port."""
        return self.port.find_registered(issuer_key_id, serial, municipality_code)

    def snapshot(
        self, municipality_code: str, about: ResidentId | None = None, at: datetime | None = None
    ) -> AbstractContextManager[RegisterSnapshot]:
        """As the port."""
        return self.port.snapshot(municipality_code, about, at)


@pytest.fixture(scope="session")
def municipal_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[MunicipalServer]:
    """The one server of this test process."""
    server = MunicipalServer(make_credentials(tmp_path_factory.mktemp("register-tls") / "credentials"))
    yield server
    server.close()


@pytest.fixture(scope="session")
def municipal_fetcher(municipal_server: MunicipalServer) -> Iterator[HttpFetcher]:
    """The center's client for everything that works; its connections last as long as the server."""
    with municipal_server.fetcher() as fetcher:
        yield fetcher


@contextmanager
def fed_register(kind: str, engine: Engine, request: pytest.FixtureRequest) -> Iterator[FedRegister]:
    """Give the fictitious register over a fresh database, kept by the center or by the municipality."""
    load(engine)
    with connected(kind, engine, request) as fed:
        yield fed


@contextmanager
def connected(kind: str, engine: Engine, request: pytest.FixtureRequest) -> Iterator[FedRegister]:
    """Give the register that a database holds already."""
    if kind == "embedded":
        yield FedRegister(engine, SqlRegister(engine))
        return
    server: MunicipalServer = request.getfixturevalue("municipal_server")
    fetcher: HttpFetcher = request.getfixturevalue("municipal_fetcher")
    server.serve(engine)
    yield FedRegister(engine, NoRegister(), {SHIOMINO: server.link(fetcher)}, lambda code: server.link(fetcher, code))
    server.app = None


class NoRegister:
    """The center's own register, in which nothing is: whatever is answered came from the municipality."""

    def municipalities(self) -> tuple[MunicipalityName, ...]:
        return ()

    def rules(self, _on: date) -> Mapping[str, SettingsPackage]:
        return {}

    def find_by_certificate(self, *_question: object) -> None:
        return None

    find_registered = find_by_certificate

    def snapshot(self, *_question: object) -> AbstractContextManager[RegisterSnapshot]:
        raise UnknownMunicipalityError


class NoRegistrations:
    """The center's own book of applications, in which nothing may be written."""

    def state(self, *_question: object) -> RegistrationState:
        raise UnknownMunicipalityError

    def apply(self, *_question: object) -> Received:
        raise UnknownMunicipalityError
