"""The fictitious register in a test's database, with a certificate for every resident."""

from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import Engine

from issuing_center.register.loading import load_register
from issuing_center.register.sql import SqlRegister

SHIOMINO = "990019"
REGISTER_FILE = Path(__file__).resolve().parents[2] / "assets" / "registers" / "shiomino.toml"
AS_OF = datetime(2026, 11, 20, 3, 0, tzinfo=UTC)
ISSUER_KEY_ID = bytes.fromhex("00112233445566778899aabbccddeeff00112233")
SERIALS = {"hanako": 0xFEDC_BA98_7654_3210, "ichiro": 1, "yoshiko": 2**160 - 1, "protected": 77}
"""Serial numbers of certificates: above 63 bits, the smallest and the largest a certificate can have."""


def load(engine: Engine) -> None:
    """Load the fictitious register with its links."""
    load_register(engine, REGISTER_FILE, [(key, ISSUER_KEY_ID, serial) for key, serial in SERIALS.items()], as_of=AS_OF)


@pytest.fixture
def register(engine: Engine) -> SqlRegister:
    """The fictitious register on a fresh database of each kind."""
    load(engine)
    return SqlRegister(engine)
