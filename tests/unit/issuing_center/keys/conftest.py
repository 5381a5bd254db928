"""A software token: SoftHSM with a P-256 key that was put in from outside, so that its public half is known."""

import os
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec

from issuing_center.keys import TokenKey

MODULE = Path("/usr/lib/softhsm/libsofthsm2.so")
PIN = "84719302"


@dataclass(frozen=True)
class Token:
    where: TokenKey
    public: ec.EllipticCurvePublicKey


@pytest.fixture(scope="session")
def token(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Token]:
    folder = tmp_path_factory.mktemp("token")
    (folder / "tokens").mkdir()
    (folder / "softhsm2.conf").write_text(f"directories.tokendir = {folder / 'tokens'}\nobjectstore.backend = file\n")
    key = ec.generate_private_key(ec.SECP256R1())
    pem = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    (folder / "key.pem").write_bytes(pem)
    (folder / "pin").write_text(f"{PIN}\n")
    with pytest.MonkeyPatch.context() as patch:
        # The library reads it when it is first loaded.
        patch.setitem(os.environ, "SOFTHSM2_CONF", str(folder / "softhsm2.conf"))
        _tool("--init-token", "--free", "--label", "center", "--so-pin", "0000", "--pin", PIN)
        _tool(
            "--import", str(folder / "key.pem"), "--token", "center", "--label", "document", "--id", "A1", "--pin", PIN
        )
        (folder / "key.pem").unlink()
        yield Token(TokenKey(MODULE, "center", "document", folder / "pin"), key.public_key())


def _tool(*arguments: str) -> None:
    subprocess.run(["softhsm2-util", *arguments], check=True, timeout=30, capture_output=True)
