"""The signature over a file: over all of it, by one certificate, and only on files of our own making."""

import random
from datetime import UTC, datetime

import pytest
from cryptography.hazmat.primitives.asymmetric import ec

from issuing_center.keys import FileKey
from issuing_center.paper import DrawnDocument, draw, shared_fonts
from issuing_center.pdf_signature import UnsignableError, is_whole, with_signature
from issuing_center.pdf_signature.cms import cms_form, signature_of
from tests.golden.sheets import SELF
from tests.support.signing import KEY, certificates_of

CERTIFICATES = certificates_of(KEY)
NOW = datetime(2026, 11, 21, 4, 0, tzinfo=UTC)


@pytest.fixture(scope="module")
def drawn() -> bytes:
    document = draw(SELF, shared_fonts())
    assert isinstance(document, DrawnDocument)
    return document.pdf


@pytest.fixture(scope="module")
def signed(drawn: bytes) -> bytes:
    return with_signature(drawn, KEY, CERTIFICATES, NOW)


def test_the_drawn_file_stays_as_it_was_and_is_whole(drawn: bytes, signed: bytes) -> None:
    assert signed.startswith(drawn)
    assert is_whole(signed, CERTIFICATES)
    assert b"/M (D:20261121040000Z)" in signed


def test_neither_an_unsigned_nor_a_cut_nor_a_longer_file_is_whole(drawn: bytes, signed: bytes) -> None:
    for broken in (drawn, b"", signed[:-1], signed + b"\n", signed[: len(drawn)], signed + signed):
        assert not is_whole(broken, CERTIFICATES)


def test_every_changed_byte_is_noticed(drawn: bytes, signed: bytes) -> None:
    chance = random.Random(5)
    for place in [*chance.sample(range(len(signed)), 300), *range(len(drawn), len(signed), 13)]:
        broken = bytearray(signed)
        broken[place] ^= 1 << chance.randrange(8)
        assert not is_whole(bytes(broken), CERTIFICATES) or _same_hexadecimal(signed, place), place


def _same_hexadecimal(signed: bytes, place: int) -> bool:
    """A letter of the signature's hexadecimal digits may be a capital: it stays the same signature."""
    return chr(signed[place]).isalpha() and signed.rindex(b"<30") < place


def test_another_certificate_did_not_sign_it(signed: bytes) -> None:
    other = FileKey(ec.derive_private_key(0x07E4, ec.SECP256R1()))
    assert not is_whole(signed, certificates_of(other))
    assert not is_whole(signed, certificates_of(KEY, serial=7))
    assert not is_whole(signed, CERTIFICATES[:1])


def test_what_is_not_of_our_making_or_signed_already_is_not_signed(drawn: bytes, signed: bytes) -> None:
    for file in (signed, drawn[:-10], b"%PDF-1.7\n%%EOF\n"):
        with pytest.raises(ValueError):  # noqa: PT011 - UnsignableError, or what a cut number gives
            with_signature(file, KEY, CERTIFICATES, NOW)
    assert issubclass(UnsignableError, ValueError)


def test_room_is_kept_for_the_longest_signature() -> None:
    form = cms_form(CERTIFICATES)
    lengths = {len(signature_of(bytes([each]) * 32, KEY, form)) for each in range(60)}
    assert max(lengths) <= form.longest
    assert len(lengths) > 1
