"""The gate before a partner: few wait for it at once, and nobody for one that has stopped answering."""

from threading import Event, Thread

import pytest

from issuing_center.outbound import Gate, NotAskedError, StatusError, TooLargeError, UnreachableError

PAUSE_S = 5.0


class Hand:
    """A clock moved by hand."""

    at = 100.0

    def __call__(self) -> float:
        return self.at


def silent(gate: Gate) -> None:
    with pytest.raises(UnreachableError), gate.passage():
        raise UnreachableError


def let_through(gate: Gate) -> bool:
    try:
        with gate.passage():
            return True
    except NotAskedError:
        return False


@pytest.fixture
def clock() -> Hand:
    """The gate's clock."""
    return Hand()


@pytest.fixture
def gate(clock: Hand) -> Gate:
    """A gate that closes after three silences for five seconds."""
    return Gate(2, wait_s=0.01, silences=3, pause_s=PAUSE_S, clock=clock)


def test_it_closes_after_the_last_silence_and_not_before(gate: Gate) -> None:
    silent(gate)
    silent(gate)
    assert let_through(gate)
    for _ in range(3):
        silent(gate)
    assert not let_through(gate)


@pytest.mark.parametrize("answer", [StatusError(500), StatusError(404), TooLargeError()])
def test_an_answer_of_any_kind_is_no_silence(gate: Gate, answer: Exception) -> None:
    for _ in range(9):
        silent(gate)
        silent(gate)
        with pytest.raises(type(answer)), gate.passage():
            raise answer
    assert let_through(gate)


def test_after_the_pause_one_goes_ahead_and_its_luck_decides(gate: Gate, clock: Hand) -> None:
    for _ in range(3):
        silent(gate)
    clock.at += PAUSE_S - 0.001
    assert not let_through(gate)
    clock.at += 0.001
    silent(gate)
    assert not let_through(gate)
    clock.at += PAUSE_S
    with gate.passage():
        assert not let_through(gate)
    assert let_through(gate)


def test_whoever_finds_no_room_is_turned_away_and_costs_no_silence(gate: Gate) -> None:
    leave, inside = Event(), [Event(), Event()]

    def wait(entered: Event) -> None:
        with gate.passage():
            entered.set()
            assert leave.wait(timeout=20)

    threads = [Thread(target=wait, args=(entered,)) for entered in inside]
    for thread in threads:
        thread.start()
    assert all(entered.wait(timeout=20) for entered in inside)
    assert [let_through(gate) for _ in range(5)] == [False] * 5
    leave.set()
    for thread in threads:
        thread.join(timeout=20)
    assert let_through(gate)
