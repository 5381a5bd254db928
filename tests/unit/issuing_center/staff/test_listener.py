"""The clerks' listener as it is shipped: certificates, look-alikes, streams that hold no worker."""

import hashlib
import ssl
from collections.abc import Iterator
from http.client import HTTPConnection, HTTPSConnection

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from tests.support.staff_site import OFFICE, SHIOMINO, PretendDesk, SandboxFolder, Served, a_morning, served


@pytest.fixture(scope="module")
def office(sandbox_folder: SandboxFolder) -> Iterator[Served]:
    with served(a_morning(), sandbox_folder) as running:
        yield running


def connect(office: Served, folder: SandboxFolder, certificate: str | None) -> HTTPSConnection:
    tls = ssl.create_default_context(cafile=str(folder.center_ca_certificate))
    if certificate == "device":
        tls.load_cert_chain(folder.device_certificate("kiosk-0001"), folder.device_key("kiosk-0001"))
    elif certificate is not None:
        tls.load_cert_chain(folder.clerk_certificate(certificate), folder.clerk_key(certificate))
    return HTTPSConnection("127.0.0.1", int(office.url.rpartition(":")[2]), timeout=10, context=tls)


def status(connection: HTTPConnection, path: str, **headers: str) -> int:
    connection.request("GET", path, headers=headers)
    return connection.getresponse().status


def test_a_clerks_certificate_is_the_sign_in(office: Served, sandbox_folder: SandboxFolder) -> None:
    connection = connect(office, sandbox_folder, "mihon-02")
    connection.request("GET", "/api/session")
    assert b'"staff_id":"mihon-02"' in connection.getresponse().read()
    connection.close()


def test_a_kiosks_certificate_opens_no_connection(office: Served, sandbox_folder: SandboxFolder) -> None:
    connection = connect(office, sandbox_folder, "device")
    with pytest.raises((ssl.SSLError, ConnectionError)):
        status(connection, "/")
    connection.close()


def test_without_a_certificate_there_is_the_wall_screen_only(office: Served, sandbox_folder: SandboxFolder) -> None:
    for path, expected in (
        ("/", 401),
        ("/live/console", 401),
        ("/live/display/x", 401),
        (f"/display/{office.site.tokens.display(SHIOMINO, OFFICE)}", 200),
    ):
        connection = connect(office, sandbox_folder, None)
        assert status(connection, path) == expected, path
        connection.close()


@pytest.mark.parametrize("header", ["Client-Cert", "Client_Cert"])
def test_a_header_is_no_certificate(office: Served, sandbox_folder: SandboxFolder, header: str) -> None:
    pem = sandbox_folder.clerk_certificate("mihon-01").read_text("ascii")
    body = "".join(pem.splitlines()[1:-1])
    for path in ("/", "/live/console"):
        connection = connect(office, sandbox_folder, None)
        assert status(connection, path, **{header: f":{body}:"}) == 401
        connection.close()


def test_open_consoles_hold_no_worker(office: Served, sandbox_folder: SandboxFolder) -> None:
    """The site has four workers; three times as many pages listen, and a request is answered all the same."""
    listening = [connect(office, sandbox_folder, "mihon-01") for _ in range(12)]
    for each in listening:
        each.request("GET", "/live/console")
        assert each.getresponse().read1(64).startswith(b"event: hello")
    asking = connect(office, sandbox_folder, "mihon-01")
    assert status(asking, "/api/list") == 200
    for each in [*listening, asking]:
        each.close()


def test_a_lock_holds_at_once_for_one_certificate_and_ends_what_it_listens_to(
    sandbox_folder: SandboxFolder,
) -> None:
    with served(a_morning(), sandbox_folder) as office:
        listening, asking = (connect(office, sandbox_folder, "mihon-02") for _ in range(2))
        listening.request("GET", "/live/console")
        stream = listening.getresponse()
        assert stream.read1(64).startswith(b"event: hello")
        assert status(asking, "/api/list") == 200
        pem = x509.load_pem_x509_certificate(sandbox_folder.clerk_certificate("mihon-02").read_bytes())
        desk = office.site.desk
        assert isinstance(desk, PretendDesk)
        desk.lock("mihon-02", hashlib.sha256(pem.public_bytes(Encoding.DER)).hexdigest())
        assert stream.read().endswith(b"event: out\ndata: {}\n\n")
        for path in ("/", "/api/list", "/api/session", "/totals", "/live/console"):
            again = connect(office, sandbox_folder, "mihon-02")
            again.request("GET", path)
            answer = again.getresponse()
            assert (answer.status, b"STAFF-09" in answer.read()) == ((200, False) if "live" in path else (401, True)), (
                path
            )
            again.close()
        colleague = connect(office, sandbox_folder, "mihon-01")
        assert status(colleague, "/api/list") == 200
        for each in (listening, asking, colleague):
            each.close()
