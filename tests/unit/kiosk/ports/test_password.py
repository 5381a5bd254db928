"""The buffer of the signature password: its limits, and that nothing stays in it."""

from contextlib import ExitStack

import pytest

from kiosk.ports.password import PasswordBuffer
from tests.support.cards import holds_nothing, typed_password


def test_six_to_sixteen_characters_are_complete_and_a_seventeenth_is_ignored() -> None:
    assert not typed_password("ABC12").is_complete
    assert typed_password("ABC123").is_complete
    password = typed_password("ABCDEFGH12345678")
    assert password.push("9") == 16
    with password.take() as characters:
        assert characters == b"ABCDEFGH12345678"


@pytest.mark.parametrize("character", ["a", "-", " ", "", "AB", "Ａ", "é", "\n"])
def test_other_characters_are_refused_without_being_named(character: str) -> None:
    password = PasswordBuffer()
    with pytest.raises(ValueError, match="A to Z") as refused:
        password.push(character)
    assert len(password) == 0
    assert not character or repr(character) not in str(refused.value)


def test_the_characters_are_lent_once_and_overwritten_whatever_happens() -> None:
    password = typed_password("ABC123")
    with ExitStack() as stack:
        lent = stack.enter_context(password.take())
        assert bytes(lent) == b"ABC123"
    assert not any(lent)
    assert holds_nothing(password)
    with pytest.raises(ValueError, match="not complete"), password.take():
        pass


def test_erasing_and_clearing_leave_nothing() -> None:
    password = typed_password("ABC1234")
    assert password.erase_last() == 6
    password.clear()
    assert password.erase_last() == 0
    assert holds_nothing(password)
    assert repr(typed_password("ABC123")) == "PasswordBuffer()"
