"""What is sealed to a visit opens for that visit under that binding, and for nobody and nothing else."""

from secrets import token_bytes

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from hypothesis import given
from hypothesis import strategies as st

from issuing_center.keys import FileKey
from issuing_center.sealing import BadPublicKeyError, seal, sign_document, verify_outcome, visit_key
from kiosk.adapters.center.sealing import NotForThisVisitError, VisitKey, signed_by_center

BINDING, PLAIN = b"binding", b"a certificate"
KEY = VisitKey()
SEALED = seal(PLAIN, visit_key(KEY.public_bytes), BINDING)
CENTER = ec.generate_private_key(ec.SECP256R1())


def test_the_visit_opens_what_was_sealed_to_it() -> None:
    assert KEY.open(SEALED, BINDING) == PLAIN


def test_another_visit_opens_nothing() -> None:
    with pytest.raises(NotForThisVisitError):
        VisitKey().open(SEALED, BINDING)


@pytest.mark.parametrize("binding", [b"", b"bindin", b"binding ", b"Binding", b"binding" * 999])
def test_another_binding_opens_nothing(binding: bytes) -> None:
    with pytest.raises(NotForThisVisitError):
        KEY.open(SEALED, binding)


@given(st.integers(0, len(SEALED) * 8 - 1))
def test_one_flipped_bit_opens_nothing(bit: int) -> None:
    flipped = bytearray(SEALED)
    flipped[bit // 8] ^= 1 << bit % 8
    with pytest.raises(NotForThisVisitError):
        KEY.open(bytes(flipped), BINDING)


@given(st.integers(0, len(SEALED) - 1))
def test_a_part_opens_nothing(length: int) -> None:
    with pytest.raises(NotForThisVisitError):
        KEY.open(SEALED[:length], BINDING)


def test_a_forgotten_key_opens_nothing() -> None:
    key = VisitKey()
    sealed = seal(PLAIN, visit_key(key.public_bytes), BINDING)
    assert key.open(sealed, BINDING) == PLAIN
    key.forget()
    with pytest.raises(NotForThisVisitError) as caught:
        key.open(sealed, BINDING)
    assert str(caught.value) == ""


def test_the_same_document_is_never_sealed_the_same_way_twice() -> None:
    assert len({seal(PLAIN, visit_key(KEY.public_bytes), BINDING) for _ in range(20)}) == 20


@pytest.mark.parametrize(
    "raw",
    [b"", KEY.public_bytes[:-1], KEY.public_bytes + b"\0", b"\xff" * 1184 + KEY.public_bytes[1184:]],
    ids=["nothing", "short", "long", "out of range"],
)
def test_bytes_that_are_no_key_are_refused(raw: bytes) -> None:
    with pytest.raises(BadPublicKeyError):
        visit_key(raw)


@pytest.mark.parametrize("point", [bytes(32), b"\1" + bytes(31)])
def test_a_point_that_leads_to_no_secret_is_refused(point: bytes) -> None:
    with pytest.raises(BadPublicKeyError):
        seal(PLAIN, visit_key(KEY.public_bytes[:-32] + point), BINDING)


def test_a_documents_signature_is_over_binding_and_sealed_form() -> None:
    signature = sign_document(FileKey(CENTER), BINDING, SEALED)
    public = CENTER.public_key()
    assert signed_by_center(public, BINDING, SEALED, signature)
    assert not signed_by_center(public, BINDING + SEALED[:1], SEALED[1:], signature)
    assert not signed_by_center(public, BINDING, SEALED[:-1], signature)
    assert not signed_by_center(public, BINDING, SEALED, b"")
    assert not signed_by_center(ec.generate_private_key(ec.SECP256R1()).public_key(), BINDING, SEALED, signature)
    # A signature for one purpose is worthless for another.
    assert not verify_outcome(public, SEALED, signature)


@given(st.binary(max_size=80))
def test_no_bytes_are_by_chance_a_signature(signature: bytes) -> None:
    assert not signed_by_center(CENTER.public_key(), BINDING, SEALED, signature)
    assert not verify_outcome(CENTER.public_key(), token_bytes(8), signature)
