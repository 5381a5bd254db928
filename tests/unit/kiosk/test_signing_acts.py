"""The acts of an application: the password buffer is empty after every one, and one visit sends under one key."""

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest

from kiosk.acts import Acts
from kiosk.domain.certificates import MunicipalityCode
from kiosk.domain.registration import Purpose, ReceptionNumber
from kiosk.flow import effects as fx
from kiosk.flow import events as ev
from kiosk.flow.session import Ticket, VisitKey
from kiosk.ports.card import CardRemoved, PinBuffer, Signed, WrongPassword
from kiosk.ports.center import ApplicationReceived, CenterUnavailable, VisitOpened
from kiosk.ports.password import PasswordBuffer
from tests.flow import samples as m

VISIT = VisitKey("d4" * 16)
APPLICATION = m.FORM.application()


class Channel:
    """An open visit that notes what is sent."""

    statement_digest = b"s" * 32

    def __init__(self) -> None:
        self.keys: list[str] = []
        self.forgotten = self.closed = False

    def application_digest(self, _application: object) -> bytes:
        return b"a" * 32

    def prove(self, _certificate: bytes, _signature: bytes) -> VisitOpened:
        return m.OPENED

    def apply(self, _application: object, _certificate: bytes, _signature: bytes, key: str) -> object:
        self.keys.append(key)
        return CenterUnavailable("CENTER-01") if len(self.keys) == 1 else ApplicationReceived(ReceptionNumber("N"))

    def forget(self) -> None:
        self.forgotten = True

    def close(self) -> None:
        self.closed = True


class Bench:
    """Acts with everything around them made up; lanes do their jobs at once."""

    def __init__(self, sign: Callable[[], Any] = CardRemoved) -> None:
        self.told: list[ev.Event] = []
        self.channels: list[Channel] = []
        self.asked: list[tuple[MunicipalityCode, Purpose]] = []
        reader = SimpleNamespace(
            sign_application=lambda _digest, _password: sign(),
            authenticate=lambda _digest, _pin: Signed(b"c", b"s"),
        )
        world: Any = SimpleNamespace(reader=reader, center=SimpleNamespace(begin_visit=self.begin_visit))
        self.password = PasswordBuffer()
        self.pin = PinBuffer()
        self.acts = Acts(
            world, self.told.append, lambda _lane, job: job(), lambda _outcome: None, None, self.pin, self.password
        )
        self.acts.admit(VISIT)

    def begin_visit(self, municipality: MunicipalityCode, purpose: Purpose) -> Channel:
        self.asked.append((municipality, purpose))
        self.channels.append(Channel())
        return self.channels[-1]

    def open(self, number: int = 1) -> None:
        for digit in (1, 2, 3, 4):
            self.pin.push(digit)
        self.acts.authenticate(fx.Authenticate(Ticket(VISIT, number), m.SHIOMINO.code, Purpose.HONSEKI))

    def type_password(self, text: str = "ABC123") -> None:
        for character in text:
            self.password.push(character)

    def sign(self, number: int = 2) -> None:
        self.acts.sign_application(fx.SignApplication(Ticket(VISIT, number), APPLICATION))

    def send(self, number: int) -> None:
        self.acts.send_application(fx.SendApplication(Ticket(VISIT, number), APPLICATION, m.SIGNED))


@pytest.mark.parametrize("outcome", [m.SIGNED, WrongPassword(4), CardRemoved()])
def test_the_buffer_is_empty_after_every_answer_of_the_card(outcome: object) -> None:
    bench = Bench(lambda: outcome)
    bench.open()
    bench.type_password()
    bench.sign()
    assert len(bench.password) == 0
    assert bench.told[-1] == ev.ApplicationSigned(Ticket(VISIT, 2), outcome)  # type: ignore[arg-type]


def test_the_buffer_is_empty_after_a_mistake_of_ours() -> None:
    def mistaken() -> object:
        raise LookupError

    bench = Bench(mistaken)
    bench.open()
    bench.type_password()
    with pytest.raises(LookupError):
        bench.sign()
    assert len(bench.password) == 0


def test_too_few_characters_and_a_visit_that_is_over_spend_no_try() -> None:
    bench = Bench(lambda: pytest.fail("the card was asked"))
    bench.type_password()
    bench.sign()
    assert bench.told[-1] == ev.ApplicationSigned(Ticket(VISIT, 2), ev.VisitGone())
    bench.open()
    bench.type_password("ABC12")
    bench.sign(3)
    assert bench.told[-1] == ev.ApplicationSigned(Ticket(VISIT, 3), ev.PasswordIncomplete())
    assert len(bench.password) == 0


def test_forgetting_and_ending_empty_the_buffer() -> None:
    for over in (False, True):
        bench = Bench()
        bench.open()
        bench.type_password()
        if over:
            bench.acts.drop()
        else:
            bench.acts.forget(VISIT)
        assert len(bench.password) == 0
        assert bench.channels[0].forgotten


def test_what_is_sent_again_in_one_visit_has_the_same_key_and_another_visit_has_another() -> None:
    bench = Bench()
    bench.open()
    bench.send(3)
    bench.send(4)
    (channel,) = bench.channels
    assert len(channel.keys) == 2
    assert len(set(channel.keys)) == 1
    assert bench.told[-1] == ev.ApplicationAnswered(Ticket(VISIT, 4), ApplicationReceived(ReceptionNumber("N")))
    bench.acts.forget(VISIT)
    bench.acts.admit(VISIT)
    bench.open(5)
    bench.send(6)
    assert bench.channels[1].keys[0] not in channel.keys


def test_a_second_proof_in_one_visit_lets_the_first_conversation_go() -> None:
    bench = Bench()
    bench.open()
    bench.open(2)
    first, second = bench.channels
    assert (first.forgotten, first.closed, second.forgotten) == (True, True, False)
    assert bench.asked == [(m.SHIOMINO.code, Purpose.HONSEKI)] * 2
