"""The responder as a service, judged by OpenSSL's client; revoking and releasing."""

import json
import subprocess
from base64 import b64decode, b64encode
from collections.abc import Iterator
from http.client import HTTPConnection
from pathlib import Path
from threading import enumerate as all_threads
from urllib.parse import quote, urlsplit

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.x509 import ocsp

from issuing_center.sandbox import SandboxFolder, release, revoke
from issuing_center.sandbox.faults import Fault
from issuing_center.sandbox.ocsp import OcspResponder
from issuing_center.sandbox.status import read_status, serial_of


@pytest.fixture
def responder(own: SandboxFolder) -> Iterator[OcspResponder]:
    with OcspResponder(own) as running:
        yield running


def _leaf(folder: SandboxFolder, persona: str, to: Path) -> Path:
    der = b64decode(json.loads(folder.card(persona).read_text("utf-8"))["auth"]["certificate"])
    to.write_bytes(x509.load_der_x509_certificate(der).public_bytes(serialization.Encoding.PEM))
    return to


def _openssl(
    folder: SandboxFolder, responder: OcspResponder, persona: str, generation: int, to: Path, *more: str
) -> str:
    """Ask with OpenSSL's client; gives all that it says."""
    issuer = str(folder.generation_certificate(generation))
    command = [
        "openssl", "ocsp", "-issuer", issuer, "-cert", str(_leaf(folder, persona, to / "leaf.pem")),
        "-url", responder.url, "-CAfile", issuer, "-no-CApath", "-no-CAstore", *more,
    ]  # fmt: skip
    run = subprocess.run(command, capture_output=True, text=True, timeout=20, check=False)
    return run.stdout + run.stderr


@pytest.mark.parametrize("digest", ["-sha1", "-sha256"])
@pytest.mark.parametrize(
    ("persona", "generation", "said"),
    [
        ("hanako", 3, "leaf.pem: good"),
        ("ichiro", 2, "leaf.pem: good"),
        ("revoked", 3, "Reason: keyCompromise"),
        ("on-hold", 2, "Reason: certificateHold"),
    ],
)
def test_openssl_verifies_the_answer(
    persona: str, generation: int, said: str, digest: str, own: SandboxFolder, responder: OcspResponder, tmp_path: Path
) -> None:
    # the digest of the CertID must stand before the certificate it is for
    issuer = str(own.generation_certificate(generation))
    command = [
        "openssl", "ocsp", "-issuer", issuer, digest, "-cert", str(_leaf(own, persona, tmp_path / "leaf.pem")),
        "-url", responder.url, "-CAfile", issuer, "-no-CApath", "-no-CAstore",
    ]  # fmt: skip
    run = subprocess.run(command, capture_output=True, text=True, timeout=20, check=False)
    output = run.stdout + run.stderr
    assert "Response verify OK" in output
    assert said in output
    assert "Nonce" not in output  # it would warn of a missing or wrong one


@pytest.mark.parametrize(
    ("fault", "said"),
    [
        (Fault.BAD_SIGNATURE, "Response Verify Failure"),
        (Fault.FOREIGN_RESPONDER, "Response Verify Failure"),
        (Fault.NO_NONCE, "no nonce in response"),
        (Fault.WRONG_NONCE, "Nonce Verify error"),
        (Fault.STALE, "Status times invalid"),
        (Fault.FUTURE, "Status times invalid"),
        (Fault.OTHER_SERIAL, "No Status found"),
        (Fault.TRY_LATER, "trylater"),
        (Fault.UNKNOWN, "leaf.pem: unknown"),
    ],
)
def test_a_fault_is_what_its_name_says_in_the_eyes_of_openssl(
    fault: Fault, said: str, own: SandboxFolder, responder: OcspResponder, tmp_path: Path
) -> None:
    responder.faults.add(fault)
    assert said in _openssl(own, responder, "hanako", 3, tmp_path)


def test_revoking_and_releasing_shows_at_once_in_answers_and_lists(
    own: SandboxFolder, responder: OcspResponder, tmp_path: Path
) -> None:
    serial = serial_of(own, "hanako")
    assert "leaf.pem: good" in _openssl(own, responder, "hanako", 3, tmp_path)
    revoke(own.root, "hanako", "cessationOfOperation")
    assert "Reason: cessationOfOperation" in _openssl(own, responder, "hanako", 3, tmp_path)
    crl = x509.load_der_x509_crl(own.crl(3).read_bytes())
    assert crl.get_revoked_certificate_by_serial_number(serial) is not None
    release(own.root, serial)
    assert "leaf.pem: good" in _openssl(own, responder, "hanako", 3, tmp_path)
    crl = x509.load_der_x509_crl(own.crl(3).read_bytes())
    assert crl.get_revoked_certificate_by_serial_number(serial) is None


def test_a_hold_is_a_status_of_its_own(own: SandboxFolder) -> None:
    revoke(own, "hanako", "certificateHold")
    assert read_status(own)[serial_of(own, "hanako")].status == "hold"
    revoke(own, "hanako")
    assert read_status(own)[serial_of(own, "hanako")].status == "revoked"


def test_revoking_what_does_not_exist_is_refused_without_naming_serials(own: SandboxFolder) -> None:
    for who in ("nobody", "foreign", "no-auth"):
        with pytest.raises(KeyError, match="no certificate"):
            revoke(own, who)
    with pytest.raises(KeyError) as caught:
        revoke(own, 987654321)
    assert "987654321" not in str(caught.value)
    with pytest.raises(ValueError, match="bad mood"):
        revoke(own, "hanako", "bad mood")


def _get(responder: OcspResponder, method: str, path: str, body: bytes | None = None) -> tuple[int, bytes]:
    connection = HTTPConnection("127.0.0.1", responder.port, timeout=20)
    try:
        connection.request(method, path, body)
        answer = connection.getresponse()
        return answer.status, answer.read()
    finally:
        connection.close()


def test_a_question_may_come_by_get(own: SandboxFolder, responder: OcspResponder) -> None:
    issuer = x509.load_pem_x509_certificate(own.generation_certificate(3).read_bytes())
    leaf = x509.load_der_x509_certificate(
        b64decode(json.loads(own.card("hanako").read_text("utf-8"))["auth"]["certificate"])
    )
    request = ocsp.OCSPRequestBuilder().add_certificate(leaf, issuer, hashes.SHA1()).build()  # noqa: S303  names only
    encoded = quote(b64encode(request.public_bytes(serialization.Encoding.DER)), safe="")
    status, body = _get(responder, "GET", f"{urlsplit(responder.url).path}/{encoded}")
    assert status == 200
    assert ocsp.load_der_ocsp_response(body).certificate_status is ocsp.OCSPCertStatus.GOOD


@pytest.mark.parametrize(
    ("method", "path", "body", "status"),
    [
        ("GET", "/", None, 404),
        ("GET", "/ocsp/%%%", None, 400),
        ("GET", "/crl/generation-4.crl", None, 404),
        ("POST", "/ocsp", bytes(5000), 413),
    ],
)
def test_nonsense_gets_a_plain_refusal(
    method: str, path: str, body: bytes | None, status: int, responder: OcspResponder
) -> None:
    assert _get(responder, method, path, body)[0] == status


def test_a_body_that_is_no_question_and_a_foreign_issuer_are_refused_in_ocsp(responder: OcspResponder) -> None:
    status, body = _get(responder, "POST", "/ocsp", b"\x30\x00")
    assert status == 200
    assert ocsp.load_der_ocsp_response(body).response_status is ocsp.OCSPResponseStatus.MALFORMED_REQUEST
    foreign = ocsp.OCSPRequestBuilder().add_certificate_by_hash(bytes(32), bytes(32), 1, hashes.SHA256()).build()
    status, body = _get(responder, "POST", "/ocsp", foreign.public_bytes(serialization.Encoding.DER))
    assert ocsp.load_der_ocsp_response(body).response_status is ocsp.OCSPResponseStatus.UNAUTHORIZED


def test_a_fault_that_does_not_exist_is_noticed(responder: OcspResponder) -> None:
    responder.faults.add("no_such_fault")
    assert _get(responder, "POST", "/ocsp", b"\x30\x00")[0] == 500
    assert _get(responder, "GET", urlsplit(responder.crl_url(3)).path)[0] == 500


def test_the_served_list_is_fresh_and_signed(own: SandboxFolder, responder: OcspResponder) -> None:
    issuer = x509.load_pem_x509_certificate(own.generation_certificate(3).read_bytes())
    status, body = _get(responder, "GET", urlsplit(responder.crl_url(3)).path)
    assert status == 200
    assert x509.load_der_x509_crl(body).is_signature_valid(issuer.public_key())  # type: ignore[arg-type]


def test_stopping_leaves_no_thread_though_a_client_hangs_on(own: SandboxFolder) -> None:
    before = set(all_threads())
    responder = OcspResponder(own).start()
    hanging = HTTPConnection("127.0.0.1", responder.port, timeout=20)
    hanging.request("POST", "/ocsp", b"\x30\x00")
    hanging.getresponse().read()
    responder.faults.add(Fault.STALL)
    hanging.request("POST", "/ocsp", b"\x30\x00")
    responder.stop()
    responder.stop()
    hanging.close()
    assert set(all_threads()) == before
