"""CRL files are followed: a new list counts from the next question on, a broken one changes nothing."""

import shutil
from datetime import timedelta
from pathlib import Path

import pytest
from cryptography import x509

from issuing_center.crl_files import CrlFiles
from issuing_center.sandbox import SandboxFolder, revoke, trust_anchors, trust_policy
from issuing_center.sandbox.status import serial_of
from issuing_center.trust import CrlShelf, ListedStatus
from tests.support.center import Center


@pytest.fixture
def folder(sandbox_folder: SandboxFolder, tmp_path: Path) -> SandboxFolder:
    return SandboxFolder(Path(shutil.copytree(sandbox_folder.root, tmp_path / "own")))


def test_a_list_is_followed_and_a_broken_one_is_not(
    folder: SandboxFolder, shared_center: Center, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO")
    anchors, now = trust_anchors(folder), shared_center.clock.at + timedelta(hours=1)
    file, serial = folder.crl(3), serial_of(folder, "hanako")
    third = x509.load_pem_x509_certificate(folder.generation_certificate(3).read_bytes())
    issuer = next(each for each in anchors.generations if each.certificate == third)
    lists = CrlFiles(CrlShelf(anchors, trust_policy()), (file, folder.root / "none.crl"), lambda: now)
    assert lists.look_up(serial, issuer, now) is ListedStatus.NOT_LISTED
    assert "none.crl" in caplog.text
    revoke(folder, "hanako", at=now)
    assert lists.look_up(serial, issuer, now) is ListedStatus.REVOKED
    beside = file.with_suffix(".new")
    beside.write_bytes(b"no list")
    beside.replace(file)
    assert lists.look_up(serial, issuer, now) is ListedStatus.REVOKED
    assert '"fault":"malformed"' in caplog.text
