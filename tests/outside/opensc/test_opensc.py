"""OpenSC judges the virtual card: a program that knows nothing of ours must find a JPKI card in it and sign with it.

OpenSC's exit status is no proof (it has answered 0 with a signature of zeros), so openssl checks every signature.
"""

import os
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from kiosk.adapters.card.virtual_card import Habits, VirtualCard
from tests.support.cards import PIN, card_file, certificate_der
from tests.support.pcsc import READER, Insertion, shared_host, until

TOKEN = "JPKI (User Authentication PIN)"
MODULES = sorted(Path("/usr/lib").glob("*/opensc-pkcs11.so"))


def run(*command: str, pin: str | None = None) -> subprocess.CompletedProcess[str]:
    environment = os.environ | {"PIN": pin} if pin is not None else dict(os.environ)
    return subprocess.run(
        command, env=environment, capture_output=True, text=True, check=False, timeout=30, stdin=subprocess.DEVNULL
    )


@pytest.fixture
def insert() -> Iterator[list[Insertion]]:
    """Collect what was inserted, and take it out afterwards."""
    inserted: list[Insertion] = []
    yield inserted
    for insertion in inserted:
        insertion.remove()
    until(lambda: "No card present" in status_of_the_field(), "the reader is empty")


def status_of_the_field() -> str:
    told = run("opensc-tool", "--reader", READER, "--atr")
    return "No card present" if told.returncode else told.stdout


def lay(inserted: list[Insertion], card: VirtualCard) -> VirtualCard:
    inserted.append(shared_host().insert(card))
    until(lambda: "3b:88" in status_of_the_field(), "the reader has the card")
    return card


def sign(pin: str, folder: Path) -> subprocess.CompletedProcess[str]:
    (folder / "data").write_bytes(b"a statement to sign")
    return run(
        "pkcs11-tool",
        "--module",
        str(MODULES[0]),
        "--token-label",
        TOKEN,
        "--login",
        "--pin",
        "env:PIN",
        "--sign",
        "--mechanism",
        "SHA256-RSA-PKCS",
        "--id",
        "01",
        "--input-file",
        str(folder / "data"),
        "--output-file",
        str(folder / "signature"),
        pin=pin,
    )


def openssl_accepts(folder: Path) -> bool:
    key = x509.load_der_x509_certificate(certificate_der("auth")).public_key()
    (folder / "key.pem").write_bytes(key.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo))
    told = run(
        "openssl",
        "dgst",
        "-sha256",
        "-verify",
        str(folder / "key.pem"),
        "-signature",
        str(folder / "signature"),
        str(folder / "data"),
    )
    return told.stdout.strip() == "Verified OK"


def test_opensc_takes_the_card_for_jpki_and_reads_the_same_certificate(insert: list[Insertion]) -> None:
    lay(insert, VirtualCard(card_file()))
    assert run("opensc-tool", "--reader", READER, "--name").stdout.strip() == "jpki"
    told = run("pkcs15-tool", "--reader", READER, "--read-certificate", "01")
    assert told.returncode == 0, told.stderr
    certificate = x509.load_pem_x509_certificate(told.stdout.encode())
    assert certificate.public_bytes(Encoding.DER) == certificate_der("auth")


@pytest.mark.parametrize("select_clears_pin", [False, True])
def test_a_signature_made_through_opensc_satisfies_openssl(
    insert: list[Insertion], tmp_path: Path, select_clears_pin: bool
) -> None:
    lay(insert, VirtualCard(card_file(), Habits(select_clears_pin=select_clears_pin)))
    told = sign(PIN, tmp_path)
    assert told.returncode == 0, told.stderr
    assert openssl_accepts(tmp_path)
    (tmp_path / "data").write_bytes(b"another statement")
    assert not openssl_accepts(tmp_path)


def test_wrong_pins_through_opensc_are_counted_and_three_lock_the_card(insert: list[Insertion], tmp_path: Path) -> None:
    card = lay(insert, VirtualCard(card_file()))
    for tries_left in (2, 1, 0):
        told = sign("9999", tmp_path)
        assert told.returncode != 0
        assert "CKR_PIN_" in told.stderr
        assert card.tries_left == tries_left
    told = run("pkcs15-tool", "--reader", READER, "--list-pins")
    tries = re.findall(r"Tries left\s*: (\d+)", told.stdout)
    assert tries[0] == "0"
    assert sign(PIN, tmp_path).returncode != 0
    assert card.tries_left == 0
    assert not (tmp_path / "signature").exists()


def test_a_phone_shows_opensc_its_certificate_only_after_the_pin(insert: list[Insertion]) -> None:
    lay(insert, VirtualCard(card_file(kind="phone")))
    read = ["pkcs15-tool", "--reader", READER, "--read-certificate", "01"]
    assert "BEGIN CERTIFICATE" not in run(*read).stdout
    told = run(*read, "--verify-pin", "--auth-id", "01", "--pin", PIN)
    assert "BEGIN CERTIFICATE" in told.stdout, told.stderr


def test_another_ic_card_is_not_taken_for_jpki(insert: list[Insertion]) -> None:
    lay(insert, VirtualCard(card_file(kind="foreign")))
    assert run("opensc-tool", "--reader", READER, "--name").stdout.strip() != "jpki"
