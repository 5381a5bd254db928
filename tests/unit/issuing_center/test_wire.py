"""Messages and the bytes that get signed: one meaning for every byte string, and errors that quote nothing."""

import json
from datetime import UTC, datetime

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from issuing_center import wire

FIELD = st.text(max_size=5) | st.integers(0, 10**6) | st.binary(max_size=5)
ORDER = wire.OrderRequest(kind=wire.Kind.JUMINHYO, scope=wire.Scope.SELF, members=[], items=[], copies=1, fee_yen=200)
DOCUMENT = wire.SealedDocument(
    serial="AAAA-BBBB-CCCC-DDDD", copy_no=1, pages=1, sha256="0" * 64, sealed=b"s", signature=b"g"
)
ANSWER = wire.OrderAnswer(txn="0" * 32, subject="1" * 64, documents=[DOCUMENT])
CHALLENGE = wire.VisitChallenge(
    visit="0" * 32, nonce=bytes(32), kiosk="kiosk-0001", channel="kiosk", expires_at=datetime(2026, 11, 20, tzinfo=UTC)
)
SIGNED_AT = datetime(2026, 11, 20, 3, 4, 5, tzinfo=UTC)


def as_bytes(value: str | int | bytes) -> bytes:
    return value if isinstance(value, bytes) else str(value).encode()


@given(st.lists(FIELD, max_size=4), st.lists(FIELD, max_size=4))
def test_two_lists_have_the_same_bytes_only_if_all_their_fields_have(
    one: list[str | int | bytes], two: list[str | int | bytes]
) -> None:
    same = [as_bytes(value) for value in one] == [as_bytes(value) for value in two]
    assert (wire.canonical("label", *one) == wire.canonical("label", *two)) == same


def test_a_label_is_part_of_what_is_signed() -> None:
    assert len({wire.canonical(label, "x") for label in ("a", "b", "ax", "")}) == 4


def changed(message: wire.Message, **fields: object) -> wire.Message:
    return msgspec.structs.replace(message, **fields)


@pytest.mark.parametrize(
    "other",
    [
        wire.document_binding(changed(ANSWER, txn="f" * 32), ORDER, DOCUMENT),  # type: ignore[arg-type]
        wire.document_binding(changed(ANSWER, subject="f" * 64), ORDER, DOCUMENT),  # type: ignore[arg-type]
        *(
            wire.document_binding(ANSWER, changed(ORDER, **{name: value}), DOCUMENT)  # type: ignore[arg-type]
            for name, value in {
                "scope": wire.Scope.HOUSEHOLD,
                "members": ["0" * 32],
                "items": [wire.ItemName.MY_NUMBER],
                "copies": 2,
                "fee_yen": 201,
            }.items()
        ),
        *(
            wire.document_binding(ANSWER, ORDER, changed(DOCUMENT, **{name: value}))  # type: ignore[arg-type]
            for name, value in {"serial": "EEEE-FFFF", "copy_no": 2, "pages": 2, "sha256": "f" * 64}.items()
        ),
    ],
)
def test_a_document_is_bound_to_everything_that_makes_it_this_one(other: bytes) -> None:
    assert other != wire.document_binding(ANSWER, ORDER, DOCUMENT)


@pytest.mark.parametrize(
    "fields", [{"visit": "1" * 32}, {"nonce": b"1" * 32}, {"kiosk": "kiosk-0002"}, {"channel": "counter"}], ids=str
)
def test_a_statement_is_of_one_challenge_one_time_and_one_key(fields: dict[str, object]) -> None:
    key = bytes(wire.PUBLIC_KEY_BYTES)
    statement = wire.visit_statement(CHALLENGE, SIGNED_AT, key)
    assert wire.visit_statement(changed(CHALLENGE, **fields), SIGNED_AT, key) != statement  # type: ignore[arg-type]
    assert wire.visit_statement(CHALLENGE, SIGNED_AT.replace(second=6), key) != statement
    assert wire.visit_statement(CHALLENGE, SIGNED_AT, b"1" + key[1:]) != statement


def test_a_statement_is_the_same_after_its_way_over_the_wire() -> None:
    proof = wire.VisitProof(
        signed_at=SIGNED_AT, public_key=bytes(wire.PUBLIC_KEY_BYTES), certificate=b"c", signature=b"s"
    )
    there = wire.decode(wire.encode(proof), wire.VisitProof)
    assert wire.visit_statement(CHALLENGE, there.signed_at, there.public_key) == wire.visit_statement(
        CHALLENGE, proof.signed_at, proof.public_key
    )


@pytest.mark.parametrize("message", [ORDER, ANSWER, CHALLENGE], ids=lambda message: type(message).__name__)
def test_a_message_comes_back_as_it_went_and_in_the_same_bytes(message: wire.Message) -> None:
    body = wire.encode(message)
    there = wire.decode(body, type(message))
    assert there == message
    assert wire.encode(there) == body


MARKER = "標識薔薇子"


@pytest.mark.parametrize(
    "body",
    [
        {"municipality": MARKER},
        {"municipality": "990019", MARKER: 1},
        {"municipality": {MARKER: MARKER}},
        [MARKER],
        MARKER,
    ],
    ids=str,
)
def test_an_error_says_where_and_never_what(body: object) -> None:
    with pytest.raises(wire.MalformedMessageError) as caught:
        wire.decode(json.dumps(body, ensure_ascii=False).encode(), wire.VisitRequest)
    assert MARKER not in str(caught.value)
    assert caught.value.__cause__ is None
    assert caught.value.__suppress_context__


@pytest.mark.parametrize(
    "fields",
    [
        {"copies": 0},
        {"copies": 11},
        {"copies": True},
        {"copies": 1.0},
        {"copies": "1"},
        {"fee_yen": -1},
        {"kind": "koseki"},
        {"members": ["x"]},
        {"members": ["0" * 32] * 65},
        {"items": ["address"]},
        {"scope": None},
        {"extra": 1},
    ],
    ids=str,
)
def test_an_order_with_a_field_out_of_its_bounds_is_no_order(fields: dict[str, object]) -> None:
    body = json.loads(wire.encode(ORDER)) | fields
    with pytest.raises(wire.MalformedMessageError):
        wire.decode(json.dumps(body).encode(), wire.OrderRequest)


def test_the_schema_of_every_message_can_be_written() -> None:
    for message in (wire.VisitProof, wire.OrderRequest, wire.OrderAnswer, wire.SignedOutcome, wire.Problem):
        assert wire.schema(message)["$ref"].endswith(message.__name__)
