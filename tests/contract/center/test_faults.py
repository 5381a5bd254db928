"""A bad line between kiosk and center: every request ends in time, in words of the port, and is never half an answer."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import count
from socket import socket
from threading import Event, Thread
from time import monotonic

import httpx2
import pytest

from issuing_center.sandbox.center import SHIOMINO
from kiosk.adapters.center.http import Timeouts
from kiosk.adapters.center.https import HttpsIssuingCenter, HttpsVisitChannel
from kiosk.domain.certificates import MunicipalityCode, TransactionId
from kiosk.ports.center import CenterUnavailable, Issued, MoneyFate, OrderOutcome, RefusalReason, Refused, VisitOpened
from tests.support.center import KIOSK, ORDER, Center, Served, Visit, new_key, prove
from tests.support.fault_proxy import FaultProxy

SOON = Timeouts(connect_s=0.3, answer_s=0.3, order_s=0.3)
"""For requests that are meant to wait in vain; the others have all the time that a busy machine may need."""
CODES = {
    "refuse": {"CENTER-01"},
    "reset": {"CENTER-01", "CENTER-03"},
    "cut": {"CENTER-01", "CENTER-03"},
    "stall": {"CENTER-02"},
    "trickle": {"CENTER-02"},
}
"""What a kiosk may call each fault. A handshake that breaks is unreachable, an answer that breaks is malformed."""


@dataclass(frozen=True)
class Line:
    """A kiosk, the line that it speaks over, and the center behind it."""

    center: Center
    proxy: FaultProxy
    kiosk: HttpsIssuingCenter
    client: httpx2.Client

    def fail(self, fault: str) -> None:
        """Let the line fail from now on; a fault that only time can tell is waited for no longer than it must be."""
        self.proxy.fault = fault
        self.kiosk._http._timeouts = SOON if fault in {"stall", "trickle"} else Timeouts()

    def heal(self) -> None:
        """Hang up and dial over a good line."""
        self.proxy.fault = "pass"
        self.client._transport.close()
        self.kiosk._http._timeouts = Timeouts()


@pytest.fixture
def line(served: Served) -> Iterator[Line]:
    proxy = FaultProxy(served.port)
    client = served.client(KIOSK, proxy.port)
    yield Line(served.center, proxy, served.center.kiosk(client=client), client)
    client.close()
    proxy.close()


STEPS = ("municipalities", "begin", "prove", "order", "report", "state")


def take(line: Line, step: str, fault: str) -> object:
    """Come up to a step over a good line, and take it over a bad one."""
    kiosk = line.kiosk
    visit: Visit | None = None
    channel: object = None
    if step == "order":
        visit = line.center.visit(kiosk=kiosk)
    if step == "prove":
        channel = kiosk.begin_visit(MunicipalityCode(SHIOMINO))
    line.fail(fault)
    match step:
        case "municipalities":
            return kiosk.municipalities()
        case "begin":
            return kiosk.begin_visit(MunicipalityCode(SHIOMINO))
        case "prove":
            assert isinstance(channel, HttpsVisitChannel)
            return prove(channel, line.center.card("hanako"))
        case "order":
            assert visit is not None
            return visit.channel.order(ORDER, new_key())
        case "report":
            return kiosk.report(OrderOutcome(TransactionId("0" * 32), MoneyFate.NONE, 0, (), None))
        case _:
            return kiosk.order_state(TransactionId("0" * 32))


@pytest.mark.parametrize("fault", ["reset", "cut", "stall", "trickle"])
@pytest.mark.parametrize("step", STEPS)
def test_a_line_that_fails_during_the_answer_is_told_in_time(line: Line, step: str, fault: str) -> None:
    line.kiosk.municipalities()  # the connection is open already, so the fault meets the answer itself
    began = monotonic()
    outcome = take(line, step, fault)
    assert isinstance(outcome, CenterUnavailable)
    assert outcome.code in CODES[fault]
    assert monotonic() - began < 6


# CPython 3.11 forgets to close a socket that is reset between connecting and shaking hands (SSLSocket._create).
@pytest.mark.filterwarnings("ignore:Exception ignored in. <ssl.SSLSocket:pytest.PytestUnraisableExceptionWarning")
@pytest.mark.parametrize("fault", ["refuse", "reset", "cut", "stall", "trickle"])
def test_a_line_that_fails_while_it_is_opened_is_told_in_time(line: Line, fault: str) -> None:
    line.fail(fault)
    began = monotonic()
    outcome = line.kiosk.municipalities()
    assert isinstance(outcome, CenterUnavailable)
    assert outcome.code in CODES[fault] | {"CENTER-01", "CENTER-02"}
    assert monotonic() - began < 6


def test_the_line_is_good_again_as_soon_as_it_is(line: Line) -> None:
    line.fail("cut")
    assert isinstance(line.kiosk.municipalities(), CenterUnavailable)
    line.heal()
    assert isinstance(line.kiosk.municipalities(), tuple)


def test_an_order_whose_answer_was_lost_is_had_by_its_key(line: Line) -> None:
    visit, key = line.center.visit(kiosk=line.kiosk), new_key()
    line.fail("cut")
    assert isinstance(visit.channel.order(ORDER, key), CenterUnavailable)
    line.heal()
    first, second = visit.channel.order(ORDER, key), visit.channel.order(ORDER, key)
    assert isinstance(first, Issued)
    assert first == second


def test_a_proof_whose_answer_was_lost_opens_nothing_twice(line: Line) -> None:
    channel = line.kiosk.begin_visit(MunicipalityCode(SHIOMINO))
    assert isinstance(channel, HttpsVisitChannel)
    card = line.center.card("hanako")
    line.fail("cut")
    assert isinstance(prove(channel, card), CenterUnavailable)
    line.heal()
    assert prove(channel, card) == Refused(RefusalReason.VISIT_EXPIRED)
    assert not isinstance(prove(channel, card), VisitOpened)


def test_nobody_at_home_is_unreachable(served: Served) -> None:
    with socket() as taken:
        taken.bind(("127.0.0.1", 0))
        with served.client(KIOSK, taken.getsockname()[1]) as client:
            assert served.center.kiosk(client=client, timeouts=SOON).municipalities() == CenterUnavailable("CENTER-01")


class Dripping(httpx2.BaseTransport):
    """An answer that never ends and is never silent for long."""

    def handle_request(self, request: httpx2.Request) -> httpx2.Response:
        """Answer at once, and then in drops."""

        def drops() -> Iterator[bytes]:
            pause = Event()
            while True:
                yield b" "
                pause.wait(0.01)

        return httpx2.Response(200, headers={"Content-Type": "application/json"}, content=drops())


def test_an_answer_in_drops_fails_as_a_whole_when_its_time_is_over(served: Served) -> None:
    with httpx2.Client(transport=Dripping(), base_url="https://center") as client:
        began = monotonic()
        assert served.center.kiosk(client=client, timeouts=SOON).municipalities() == CenterUnavailable("CENTER-02")
    assert monotonic() - began < 3


class Endless(httpx2.BaseTransport):
    """An answer larger than any honest one."""

    def handle_request(self, request: httpx2.Request) -> httpx2.Response:
        """Answer with a megabyte, for ever."""
        megabytes = (b" " * 2**20 for _ in count())
        return httpx2.Response(200, headers={"Content-Type": "application/json"}, content=megabytes)


def test_an_answer_without_an_end_is_malformed(served: Served) -> None:
    with httpx2.Client(transport=Endless(), base_url="https://center") as client:
        kiosk = served.center.kiosk(client=client, timeouts=Timeouts(5, 10, 10))
        assert kiosk.municipalities() == CenterUnavailable("CENTER-03")


@contextmanager
def in_the_background(act: Callable[[], object]) -> Iterator[Thread]:
    thread = Thread(target=act)
    thread.start()
    yield thread
    thread.join(timeout=10)
    assert not thread.is_alive()


def test_a_visit_closed_while_its_order_hangs_leaves_the_channel_empty(line: Line) -> None:
    visit = line.center.visit(kiosk=line.kiosk)
    line.fail("stall")
    outcomes: list[object] = []
    with in_the_background(lambda: outcomes.append(visit.channel.order(ORDER, new_key()))):
        visit.channel.forget()
    assert outcomes == [CenterUnavailable("CENTER-02")]
    assert visit.channel._expected == {}
