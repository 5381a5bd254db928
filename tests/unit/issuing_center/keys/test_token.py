"""A key in a token signs what a key in a file signs, never leaves it, and its absence stops issuing."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pkcs11
import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec

from issuing_center import wire
from issuing_center.incidents import incidents_since
from issuing_center.keys import KeyUnusableError
from issuing_center.keys.token import Pkcs11Key, TokenUnavailableError, open_token_key
from issuing_center.problems import No
from issuing_center.visible_seal import Sealer
from tests.support.center import Center
from tests.support.orders import order_at, refusal_of
from tests.support.signing import certificates_of
from tests.unit.issuing_center.keys.conftest import PIN, Token


@pytest.fixture
def key(token: Token) -> Pkcs11Key:
    return open_token_key(token.where)


def test_the_token_signs_and_the_outside_world_agrees(key: Pkcs11Key, token: Token) -> None:
    token.public.verify(key.sign(b"message"), b"message", ec.ECDSA(hashes.SHA256()))
    assert key.public_key() == token.public
    key.close()


def test_many_threads_take_turns(key: Pkcs11Key, token: Token) -> None:
    messages = [bytes([number]) * 40 for number in range(160)]
    with ThreadPoolExecutor(8) as workers:
        for message, signature in zip(messages, workers.map(key.sign, messages), strict=True):
            token.public.verify(signature, message, ec.ECDSA(hashes.SHA256()))
    key.close()


def test_the_secret_cannot_be_taken_out(key: Pkcs11Key) -> None:
    assert key._private[pkcs11.Attribute.SENSITIVE]
    assert not key._private[pkcs11.Attribute.EXTRACTABLE]
    with pytest.raises(pkcs11.PKCS11Error):
        key._private[pkcs11.Attribute.VALUE]
    key.close()


def test_a_token_that_is_not_there_or_not_ours_is_named_without_its_pin(token: Token, tmp_path: Path) -> None:
    wrong_pin = tmp_path / "pin"
    wrong_pin.write_text("11112222\n")
    for where in (
        replace(token.where, token="other"),
        replace(token.where, label="other"),
        replace(token.where, pin_file=wrong_pin),
        replace(token.where, module=tmp_path / "no.so"),
    ):
        with pytest.raises(TokenUnavailableError) as raised:
            open_token_key(where)
        assert PIN not in str(raised.value)
        assert "11112222" not in str(raised.value)


def with_key(center: Center, key: Pkcs11Key) -> Center:
    certificates = certificates_of(key)
    return center.altered(document_key=key, document_certificates=certificates, sealer=Sealer.of(key, certificates[0]))


def test_a_certificate_is_issued_with_a_token(center: Center, key: Pkcs11Key) -> None:
    worker = with_key(center, key)
    answer = order_at(worker, worker.visit())
    assert isinstance(answer, wire.OrderAnswer)
    key.close()


@pytest.mark.expect_log("issuing_center", "ERROR")
def test_nothing_is_issued_when_the_token_is_gone(center: Center, key: Pkcs11Key) -> None:
    worker = with_key(center, key)
    visit = worker.visit()
    key.close()
    assert refusal_of(order_at(worker, visit)) is No.STOPPED
    assert [each.name for each in incidents_since(worker.engine, worker.service.now())] == ["signing-key"]
    assert issubclass(TokenUnavailableError, KeyUnusableError)
