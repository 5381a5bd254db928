"""The slow, the silent and the many: they are refused in time, and nobody else waits for them (INV-4)."""

import socket
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from statistics import median
from time import perf_counter

import pytest

from issuing_center import server, wire
from kiosk.adapters.center.http import client_tls
from tests.support.center import KIOSK, Center, Served, serving
from tests.support.requests import BEGIN, JSON, problem_of


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Make the limits of time short enough to wait for."""
    for name in ("HEAD_TIMEOUT_S", "BODY_TIMEOUT_S"):
        monkeypatch.setattr(server, name, 0.3)


@pytest.mark.usefixtures("impatient")
def test_a_body_that_does_not_come_is_refused_in_time(served: Served) -> None:
    connection = served.raw()
    connection.putrequest("POST", "/v1/visits")
    for name, value in {**JSON, "Content-Length": "24"}.items():
        connection.putheader(name, value)
    connection.endheaders(BEGIN[:5])
    assert problem_of(connection) == (408, "REQUEST-08")


@pytest.mark.usefixtures("impatient")
@pytest.mark.parametrize("begun", [b"", b"GET /v1/health HTT"])
def test_a_request_that_does_not_come_ends_the_connection(served: Served, begun: bytes) -> None:
    connection = served.raw()
    connection.connect()
    connection.sock.sendall(begun)
    assert connection.sock.recv(1) == b""
    connection.close()


@pytest.mark.usefixtures("impatient")
def test_the_second_request_of_a_connection_is_waited_for_no_longer(served: Served) -> None:
    connection = served.raw()
    connection.request("GET", "/v1/health")
    connection.getresponse().read()
    connection.sock.sendall(b"GET /v1/health HTT")
    assert connection.sock.recv(1) == b""
    connection.close()


@pytest.fixture
def silent_crowd(served: Served) -> Iterator[None]:
    """Thirty connections that shake hands, and thirty that do not even do that; none says a word."""
    folder = served.center.folder
    tls = client_tls(folder.device_certificate(KIOSK), folder.device_key(KIOSK), folder.center_ca_certificate)
    crowd: list[socket.socket] = []
    for number in range(60):
        plain = socket.create_connection(("127.0.0.1", served.port), timeout=10)
        crowd.append(tls.wrap_socket(plain, server_hostname="127.0.0.1") if number % 2 else plain)
    yield
    for each in crowd:
        each.close()


def times_of(served: Served) -> list[float]:
    times = []
    with served.client() as client:
        for _ in range(15):
            began = perf_counter()
            assert client.get("/v1/municipalities").status_code == 200
            times.append(perf_counter() - began)
    return times


def test_those_who_are_silent_stall_nobody(served: Served, request: pytest.FixtureRequest) -> None:
    alone = median(times_of(served))
    request.getfixturevalue("silent_crowd")
    # On a quiet machine the difference is a few per cent; on a busy one it is enough that nobody waits for the crowd.
    assert median(times_of(served)) < 5 * alone + 0.02


class Turnstile:
    """A WSGI callable that counts who is inside and lets nobody out before it is told."""

    def __init__(self) -> None:
        self.inside = 0
        self.open = threading.Event()
        self.entered = threading.Semaphore(0)

    def __call__(self, _environ: object, start_response: Callable[..., object]) -> list[bytes]:
        self.inside += 1
        self.entered.release()
        assert self.open.wait(20)
        body = b"{}"
        start_response("200 OK", [("Content-Type", wire.JSON_TYPE), ("Content-Length", str(len(body)))])
        return [body]


def test_above_the_limit_everybody_is_refused_at_once(shared_center: Center) -> None:
    turnstile = Turnstile()
    with (
        serving(shared_center, turnstile, threads=2, waiting=5) as served,
        ThreadPoolExecutor(40) as crowd,
        served.client() as client,
    ):
        waiting = [crowd.submit(client.get, "/v1/health") for _ in range(5)]
        for _ in range(2):
            assert turnstile.entered.acquire(timeout=10)
        refused = [crowd.submit(client.get, "/v1/health") for _ in range(30)]
        codes: list[str] = []
        # All thirty are sent beside the five, in whatever order the pool connects: five get in, thirty are refused.
        done = [*waiting, *refused]
        pending = threading.Event()
        while len(codes) < 30 and not pending.wait(0.01):
            codes = [each.result().json()["code"] for each in done if each.done()]
        turnstile.open.set()
        answers = [each.result() for each in done]
    assert codes == ["CENTER-05"] * 30
    assert sorted(answer.status_code for answer in answers) == [200] * 5 + [503] * 30
    assert turnstile.inside == 5


def test_who_waited_too_long_for_a_thread_is_refused_and_not_begun(
    shared_center: Center, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(server, "QUEUE_TIMEOUT_S", 0.0)
    turnstile = Turnstile()
    turnstile.open.set()
    with serving(shared_center, turnstile) as served, served.client() as client:
        answer = client.get("/v1/health")
    assert (answer.status_code, answer.json()["code"], turnstile.inside) == (503, "CENTER-05", 0)
