"""Trust anchors: what may be pinned, and that a production center refuses the sandbox's."""

import subprocess
import sys
from collections.abc import Callable
from datetime import timedelta
from hashlib import sha1
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization

from issuing_center.sandbox import SandboxFolder
from issuing_center.trust import AnchorError, TrustAnchors, TrustPolicy
from tests.unit.issuing_center.trust import chains
from tests.unit.issuing_center.trust.chains import Leaf, generation

ROOT = Path(__file__).resolve().parents[4]


def test_generations_of_one_name_are_told_apart_by_their_keys(tmp_path: Path) -> None:
    both = chains.write_pem(tmp_path / "both.pem", generation(1).certificate, generation(2).certificate)
    third = chains.write_pem(tmp_path / "third.pem", generation(3).certificate)
    anchors = TrustAnchors.from_pem_files([both, third])
    assert len({each.key_id for each in anchors.generations}) == 3
    assert len({each.name_der for each in anchors.generations}) == 1
    leaf = x509.load_der_x509_certificate(Leaf(issuer=generation(2)).der())
    issuer = anchors.issuer_of(leaf)
    assert issuer is anchors.generations[1]
    assert anchors.by_key_id(issuer.key_id) is issuer


def test_the_key_id_is_the_sha1_of_the_subject_public_key() -> None:
    der = generation(1).key.public_key().public_bytes(serialization.Encoding.DER, serialization.PublicFormat.PKCS1)
    anchors = TrustAnchors.from_certificates([generation(1).certificate])
    assert anchors.generations[0].key_id == sha1(der).digest()  # noqa: S324  RFC 5280 names keys by SHA-1


BAD: dict[str, Callable[[], x509.Certificate]] = {
    "not self-signed": lambda: x509.load_der_x509_certificate(Leaf().der()),
    "signed by another key of that name": lambda: chains.authority("1", signer=chains.rsa_key("other")).certificate,
    "no CA": lambda: chains.authority("1", constraints=x509.BasicConstraints(ca=False, path_length=None)).certificate,
    "signs no CRLs": lambda: chains.authority("1", bits=("key_cert_sign",)).certificate,
    "signs no certificates": lambda: chains.authority("1", bits=("crl_sign",)).certificate,
    "weak hash": lambda: chains.authority("1", digest=hashes.SHA224()).certificate,
    "short key": lambda: chains.authority("1", key=chains.rsa_key("short", 1024)).certificate,
}


@pytest.mark.parametrize("case", BAD)
def test_an_unsound_anchor_is_refused_at_start(case: str) -> None:
    with pytest.raises(AnchorError):
        TrustAnchors.from_certificates([generation(1).certificate, BAD[case]()])


def test_no_anchor_and_no_certificate_in_the_file_are_refused(tmp_path: Path) -> None:
    with pytest.raises(AnchorError):
        TrustAnchors.from_pem_files([])
    (tmp_path / "empty.pem").write_bytes(b"")
    with pytest.raises(AnchorError, match=r"empty\.pem"):
        TrustAnchors.from_pem_files([tmp_path / "empty.pem"])


@pytest.mark.parametrize("declaration", ["", "declare(Mode.PRODUCTION)"])
def test_a_production_process_refuses_the_sandbox_as_anchor(declaration: str, sandbox_folder: SandboxFolder) -> None:
    program = f"""
from pathlib import Path
from issuing_center.deployment import Mode, declare
{declaration}
from issuing_center.trust import AnchorError, TrustAnchors
try:
    TrustAnchors.from_pem_files([Path({str(sandbox_folder.generation_certificate(3))!r})])
except AnchorError as error:
    print(error)
"""
    run = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, timeout=60, check=True
    )
    assert run.stdout == "trust anchor 1 belongs to the sandbox\n"


@pytest.mark.parametrize(
    "wrong",
    [
        {"required_policy_oid": ""},
        {"signature_algorithms": frozenset()},
        {"minimum_rsa_bits": 1024},
        {"ocsp_timeout_s": 0.0},
        {"clock_skew": timedelta(seconds=-1)},
        {"crl_grace": timedelta(seconds=-1)},
    ],
    ids=str,
)
def test_a_policy_that_would_check_nothing_is_refused(wrong: dict[str, object]) -> None:
    settings: dict[str, object] = {"required_policy_oid": "2.999.1", **wrong}
    with pytest.raises(ValueError, match=r"policy|minimum|times"):
        TrustPolicy(**settings)  # type: ignore[arg-type]  # the point of the test
