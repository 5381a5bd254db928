"""What others say of a signed sheet: pdfsig, qpdf, openssl and pyHanko's validator. Neither they nor the kiosk take an altered one."""

import io
import random
import re
import subprocess
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from asn1crypto import x509 as asn1
from cryptography.hazmat.primitives import serialization
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.validation import validate_pdf_signature
from pyhanko_certvalidator import ValidationContext

from issuing_center.paper import DrawnDocument, draw, shared_fonts
from issuing_center.paper.front_seal import with_front_seals
from issuing_center.pdf_signature import with_signature
from issuing_center.visible_seal import Sealer
from kiosk.domain.certificates import IdempotencyKey
from kiosk.ports.center import DocumentMismatch, Issued
from tests.golden.sheets import SHEETS
from tests.support.center import ORDER, Center, new_key
from tests.support.signing import KEY, certificates_of

CERTIFICATES = certificates_of(KEY)
DER, PEM = serialization.Encoding.DER, serialization.Encoding.PEM
ROOT = asn1.Certificate.load(CERTIFICATES[1].public_bytes(DER))


@pytest.fixture(scope="module")
def signed() -> bytes:
    sheet = SHEETS["household-of-six"]
    drawn, now = draw(sheet, shared_fonts()), datetime.now(UTC)
    assert isinstance(drawn, DrawnDocument)
    coded = with_front_seals(drawn, sheet, Sealer.of(KEY, CERTIFICATES[0]), now.date())
    return with_signature(coded.pdf, KEY, CERTIFICATES, now)


def pyhanko_accepts(pdf: bytes) -> bool:
    """Any complaint is a refusal; a validator may fall over a broken file in any way it likes."""
    try:
        (found,) = PdfFileReader(io.BytesIO(pdf)).embedded_signatures
        status = validate_pdf_signature(found, ValidationContext(trust_roots=[ROOT]))
        return bool(status.bottom_line)
    except Exception:  # noqa: BLE001 - the judge's own
        return False


def pdfsig(pdf: bytes, folder: Path) -> str:
    (folder / "sheet.pdf").write_bytes(pdf)
    done = subprocess.run(
        ["pdfsig", str(folder / "sheet.pdf")], check=False, timeout=30, capture_output=True, text=True
    )
    return done.stdout


def test_pyhanko_accepts_the_sheet(signed: bytes) -> None:
    assert pyhanko_accepts(signed)
    (found,) = PdfFileReader(io.BytesIO(signed)).embedded_signatures
    attributes = {each["type"].native for each in found.signer_info["signed_attrs"]}
    assert attributes == {"content_type", "message_digest", "signing_certificate_v2"}
    assert found.sig_object["/SubFilter"] == "/ETSI.CAdES.detached"


def test_pdfsig_accepts_the_sheet_as_a_whole(signed: bytes, tmp_path: Path) -> None:
    said = pdfsig(signed, tmp_path)
    assert "Signature is Valid" in said
    assert "Total document signed" in said
    assert "ETSI.CAdES.detached" in said


def test_qpdf_finds_no_fault(signed: bytes, tmp_path: Path) -> None:
    (tmp_path / "sheet.pdf").write_bytes(signed)
    done = subprocess.run(
        ["qpdf", "--check", str(tmp_path / "sheet.pdf")], check=False, timeout=30, capture_output=True
    )
    assert (done.returncode, done.stderr) == (0, b"")


def test_openssl_verifies_the_cms(signed: bytes, tmp_path: Path) -> None:
    before, after = (int(each) for each in re.findall(rb"/ByteRange \[0 (\d+) (\d+)", signed)[0])
    files = {
        "cms": bytes.fromhex(signed[before + 1 : after - 1].decode()),
        "content": signed[:before] + signed[after:],
        "root": CERTIFICATES[1].public_bytes(PEM),
    }
    for name, content in files.items():
        (tmp_path / name).write_bytes(content)
    command = ["openssl", "cms", "-verify", "-cades", "-binary", "-inform", "DER", "-in", "cms", "-content", "content"]
    command += ["-CAfile", "root", "-purpose", "any", "-out", "out"]
    done = subprocess.run(command, check=False, timeout=30, capture_output=True, text=True, cwd=tmp_path)
    assert done.returncode == 0, done.stderr


def flipped(pdf: bytes, chance: random.Random) -> bytes:
    """Flip one bit outside the digits of the signature itself, of which a few carry nothing."""
    before, after = (int(each) for each in re.findall(rb"/ByteRange \[0 (\d+) (\d+)", pdf)[0])
    place = chance.choice([*range(before), *range(after, len(pdf))])
    broken = bytearray(pdf)
    broken[place] ^= 1 << chance.randrange(8)
    return bytes(broken)


def drop_complaints(caplog: pytest.LogCaptureFixture) -> None:
    """Drop what pyHanko says of a signature whose own words were hit: a refusal as well."""
    assert {record.name.partition(".")[0] for record in caplog.records} <= {"pyhanko"}
    caplog.clear()


def test_no_judge_takes_an_altered_sheet(signed: bytes, tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    chance = random.Random(11)
    for _ in range(30):
        assert not pyhanko_accepts(flipped(signed, chance))
    drop_complaints(caplog)
    for _ in range(15):
        said = pdfsig(flipped(signed, chance), tmp_path)
        assert not ("Signature is Valid" in said and "Total document signed" in said)


@pytest.mark.heavy
@pytest.mark.timeout(3600)
def test_ten_thousand_flips_are_all_refused(signed: bytes, caplog: pytest.LogCaptureFixture) -> None:
    chance = random.Random(13)
    for _ in range(10_000):
        assert not pyhanko_accepts(flipped(signed, chance))
    drop_complaints(caplog)


@pytest.mark.parametrize("flips", [300, pytest.param(10_000, marks=[pytest.mark.heavy, pytest.mark.timeout(600)])])
def test_the_kiosk_refuses_every_flipped_bit_before_the_first_sheet(
    shared_center: Center, flips: int, tmp_path: Path
) -> None:
    visit = shared_center.visit()
    issued = visit.channel.order(ORDER, IdempotencyKey(new_key()))
    assert isinstance(issued, Issued), issued
    (document,) = issued.documents
    assert visit.channel.recheck(document) is None
    assert "Signature is Valid" in pdfsig(document.pdf, tmp_path)
    chance = random.Random(17)
    for _ in range(flips):
        broken = bytearray(document.pdf)
        broken[chance.randrange(len(broken))] ^= 1 << chance.randrange(8)
        assert isinstance(visit.channel.recheck(replace(document, pdf=bytes(broken))), DocumentMismatch)
