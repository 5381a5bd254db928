"""The fictitious registers in a test's database, with certificates for some residents, and changes of their rules."""

import hashlib
import re
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy import Engine, func, select

from issuing_center.municipal.folder import SignedPackage
from issuing_center.municipal.parsing import parse_package
from issuing_center.municipal.signature import sign
from issuing_center.register import tables
from issuing_center.register.loading import load_register
from issuing_center.register.settings_sql import publish_in
from issuing_center.register.sql import SqlRegister
from issuing_center.register.updates import RegisterChange, changing

SHIOMINO, YAMATE, KOMIHON = "990019", "990035", "990043"
ASSETS = Path(__file__).resolve().parents[2] / "assets"
REGISTER_FILE = ASSETS / "registers" / "shiomino.toml"
REGISTER_FILES = {
    SHIOMINO: REGISTER_FILE,
    YAMATE: ASSETS / "registers" / "yamate.toml",
    KOMIHON: ASSETS / "registers" / "komihon.toml",
}
AS_OF = datetime(2026, 11, 20, 3, 0, tzinfo=UTC)
_LONG_AGO = datetime(2000, 1, 1, tzinfo=UTC)
"""An instant that makes no register fresher than it is."""
ISSUER_KEY_ID = bytes.fromhex("00112233445566778899aabbccddeeff00112233")
SERIALS = {"hanako": 0xFEDC_BA98_7654_3210, "ichiro": 1, "yoshiko": 2**160 - 1, "protected": 77}
"""Serial numbers of certificates: above 63 bits, the smallest and the largest a certificate can have."""


def load(engine: Engine) -> None:
    """Load the fictitious register with its links."""
    load_register(engine, REGISTER_FILE, [(key, ISSUER_KEY_ID, serial) for key, serial in SERIALS.items()], as_of=AS_OF)


def package_folder(municipality_code: str) -> Path:
    """Give the folder of a sample settings package."""
    return ASSETS / "municipalities" / municipality_code


def signed(text: str, municipality_code: str = SHIOMINO) -> SignedPackage:
    """Check and sign the text of a settings.toml that uses the sample's seal."""
    content = text.encode()
    seal = (package_folder(municipality_code) / "mayor-seal.toml").read_bytes()
    return SignedPackage(
        parse_package(content),
        content,
        sign(content, Ed25519PrivateKey.generate()),
        ((hashlib.sha256(seal).hexdigest(), seal),),
    )


def publish_rules(
    target: Engine | RegisterChange, changes: Mapping[str, str], municipality_code: str = SHIOMINO
) -> None:
    """Publish the sample package under the next version, with the first occurrence of each text replaced."""
    if isinstance(target, Engine):
        with changing(target, municipality_code, as_of=_LONG_AGO) as change:
            publish_rules(change, changes, municipality_code)
        return
    text = (package_folder(municipality_code) / "settings.toml").read_text(encoding="utf-8")
    for old, new in changes.items():
        assert old in text
        text = text.replace(old, new, 1)
    known = tables.settings_version.c
    last = target.connection.execute(
        select(func.max(known.version)).where(known.municipality_code == municipality_code)
    )
    numbered = re.sub(r"^version = [0-9]+$", f"version = {(last.scalar() or 0) + 1}", text, count=1, flags=re.MULTILINE)
    assert publish_in(target, signed(numbered, municipality_code))


@pytest.fixture
def register(engine: Engine) -> SqlRegister:
    """The fictitious register on a fresh database of each kind."""
    load(engine)
    return SqlRegister(engine)
