"""Whom the center believes to be at the other end: the certificate of the TLS connection, and no word of the client."""

import base64
import json
import shutil
import ssl
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from http.client import HTTPSConnection
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from issuing_center import wire
from issuing_center.sandbox import SandboxFolder
from issuing_center.web import make_app
from tests.support.center import COUNTER, KIOSK, OTHER_KIOSK, Center, Served, running_center, serving

BODY = wire.encode(wire.VisitRequest(municipality="990019"))


def certificate(folder: SandboxFolder, into: Path, name: str, *, by_device_ca: bool) -> ssl.SSLContext:
    """Make a client's TLS context with a fresh certificate, signed by the center's device CA or by itself."""
    key = ec.generate_private_key(ec.SECP256R1())
    authority = x509.load_pem_x509_certificate(folder.device_ca_certificate.read_bytes())
    signer = serialization.load_pem_private_key((folder.tls / "device-ca.key").read_bytes(), None)
    assert isinstance(signer, ec.EllipticCurvePrivateKey)
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)]))
        .issuer_name(authority.subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .sign(signer if by_device_ca else key, hashes.SHA256())
    )
    file = into / "client.pem"
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    file.write_bytes(made.public_bytes(serialization.Encoding.PEM) + private)
    tls = ssl.create_default_context(cafile=str(folder.center_ca_certificate))
    tls.load_cert_chain(file)
    return tls


def code_of(connection: HTTPSConnection) -> str:
    connection.request("GET", "/v1/municipalities")
    response = connection.getresponse()
    problem = json.loads(response.read())
    assert response.headers["content-type"] == wire.PROBLEM_TYPE
    assert response.status == 403
    connection.close()
    return str(problem["code"])


def test_without_a_certificate_there_is_no_conversation(served: Served) -> None:
    tls = ssl.create_default_context(cafile=str(served.center.folder.center_ca_certificate))
    connection = HTTPSConnection("127.0.0.1", served.port, timeout=10, context=tls)
    # An alert of TLS, or the connection reset behind it.
    with pytest.raises((ssl.SSLError, ConnectionError)):
        code_of(connection)
    connection.close()


def test_a_certificate_of_another_authority_is_refused_in_the_handshake(served: Served, tmp_path: Path) -> None:
    tls = certificate(served.center.folder, tmp_path, KIOSK, by_device_ca=False)
    connection = HTTPSConnection("127.0.0.1", served.port, timeout=10, context=tls)
    with pytest.raises((ssl.SSLError, ConnectionError)):
        code_of(connection)
    connection.close()


def test_a_certificate_of_the_device_authority_alone_opens_nothing(served: Served, tmp_path: Path) -> None:
    tls = certificate(served.center.folder, tmp_path, KIOSK, by_device_ca=True)
    assert code_of(HTTPSConnection("127.0.0.1", served.port, timeout=10, context=tls)) == "CENTER-04"


def test_old_versions_of_tls_are_refused(served: Served) -> None:
    folder = served.center.folder
    tls = ssl.create_default_context(cafile=str(folder.center_ca_certificate))
    tls.load_cert_chain(folder.device_certificate(KIOSK), folder.device_key(KIOSK))
    tls.maximum_version = ssl.TLSVersion.TLSv1_2
    connection = HTTPSConnection("127.0.0.1", served.port, timeout=10, context=tls)
    with pytest.raises(ssl.SSLError):
        connection.connect()
    connection.close()


SPELLINGS = ("Client-Cert", "client-cert", "CLIENT-CERT", "client_cert", "Client_Cert", "CLIENT_CERT", "cLiEnT_cErT")


@pytest.mark.parametrize("spelling", SPELLINGS)
@pytest.mark.parametrize("times", [1, 2])
def test_no_spelling_of_the_header_makes_one_device_into_another(served: Served, spelling: str, times: int) -> None:
    claimed = f":{base64.b64encode(served.center.device_certificate(COUNTER)).decode()}:"
    connection = served.raw(KIOSK)
    connection.putrequest("POST", "/v1/visits")
    for _ in range(times):
        connection.putheader(spelling, claimed)
    connection.putheader("Content-Type", wire.JSON_TYPE)
    connection.putheader("Content-Length", str(len(BODY)))
    connection.endheaders(BODY)
    response = connection.getresponse()
    challenge = wire.decode(response.read(), wire.VisitChallenge)
    assert (challenge.kiosk, challenge.channel) == (KIOSK, "kiosk")
    connection.close()


def test_a_trailer_after_the_body_makes_no_difference_either(served: Served) -> None:
    claimed = base64.b64encode(served.center.device_certificate(COUNTER))
    connection = served.raw(KIOSK)
    connection.putrequest("POST", "/v1/visits")
    connection.putheader("Content-Type", wire.JSON_TYPE)
    connection.putheader("Transfer-Encoding", "chunked")
    connection.endheaders()
    for trailer in (b"Client-Cert", b"client_cert"):
        connection.send(b"%x\r\n%s\r\n" % (len(BODY), BODY) if trailer == b"Client-Cert" else b"0\r\n")
        connection.send(b"%s: :%s:\r\n" % (trailer, claimed) if trailer == b"client_cert" else b"")
    connection.send(b"Client-Cert: :" + claimed + b":\r\n\r\n")
    challenge = wire.decode(connection.getresponse().read(), wire.VisitChallenge)
    assert challenge.kiosk == KIOSK
    connection.close()


@pytest.mark.parametrize(
    "header", ["", ":", "::", ":AAAA:", ":é:", "AAAA", ":{0}:,:{0}:", ":{0}", "{0}:", ":{0}A:", ":{0}: "]
)
def test_a_header_that_is_not_one_certificate_is_no_device(shared_center: Center, header: str) -> None:
    value = header.format(base64.b64encode(shared_center.device_certificate(KIOSK)).decode())
    app = make_app(shared_center.service)
    environ = {"REQUEST_METHOD": "GET", "PATH_INFO": "/v1/health", "HTTP_CLIENT_CERT": value}
    environ |= {"SERVER_NAME": "center", "SERVER_PORT": "443", "wsgi.url_scheme": "https"}
    seen: list[str] = []
    app(environ, lambda status, _headers, _error=None: seen.append(status))  # type: ignore[arg-type]
    assert seen == ["403 FORBIDDEN"]


@pytest.fixture
def own_list(sandbox_folder: SandboxFolder, tmp_path: Path) -> Iterator[tuple[Served, Path]]:
    """Serve from a sandbox whose list of devices a test may change."""
    folder = SandboxFolder(Path(shutil.copytree(sandbox_folder.root, tmp_path / "own")))
    with (
        running_center(folder, f"sqlite:///{tmp_path / 'own.db'}") as center,
        serving(center) as served,
    ):
        yield served, folder.device_list


def replace_file(file: Path, text: str) -> None:
    """Replace a file as an operator's tool does."""
    beside = file.with_suffix(".new")
    beside.write_text(text, encoding="utf-8")
    beside.replace(file)


def test_a_device_taken_off_the_list_is_refused_at_its_next_request(own_list: tuple[Served, Path]) -> None:
    served, file = own_list
    with served.client(KIOSK) as first, served.client(OTHER_KIOSK) as second:
        assert first.get("/v1/health").status_code == 200
        listed = json.loads(file.read_text(encoding="utf-8"))
        del listed[KIOSK]
        replace_file(file, json.dumps(listed))
        assert first.get("/v1/health").json()["code"] == "CENTER-04"  # on the connection that was open already
        assert second.get("/v1/health").status_code == 200


@pytest.mark.parametrize("text", ["", "{", "[]", '{"kiosk-0001": {}}', '{"kiosk-0001": null}'])
def test_a_list_that_cannot_be_read_serves_nobody_until_it_can(own_list: tuple[Served, Path], text: str) -> None:
    served, file = own_list
    whole = file.read_text(encoding="utf-8")
    with served.client(KIOSK) as client:
        assert client.get("/v1/health").status_code == 200
        replace_file(file, text)
        assert client.get("/v1/health").json()["code"] == "CENTER-04"
        replace_file(file, whole)
        assert client.get("/v1/health").status_code == 200
