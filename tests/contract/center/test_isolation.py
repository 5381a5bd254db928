"""Nobody gets anybody else's document: visits interleaved and in crowds, on two workers, through every channel (INV-1, 3, 8, 16).

One harness judges every run. It is shown defects of the historical kind as well, and has to notice each of them.
"""

import hashlib
import threading
from collections import Counter, deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from itertools import combinations
from secrets import token_bytes
from threading import Barrier
from typing import TYPE_CHECKING, Any

import httpx2
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from issuing_center import wire
from issuing_center.availability import JST
from issuing_center.register.loading import resident_id_of
from issuing_center.register.port import Register, RegisterSnapshot
from issuing_center.register.records import CertificateLink, Resident
from issuing_center.register.updates import changing
from issuing_center.sandbox.center import SHIOMINO
from issuing_center.sandbox.certificates import authentication_certificate
from issuing_center.sandbox.files import read_certificate, read_key
from issuing_center.sandbox.folder import SandboxFolder
from issuing_center.sandbox.status import Entry, read_status, write_status
from issuing_center.service import Service
from issuing_center.web import make_app
from kiosk.adapters.center.https import HttpsIssuingCenter, HttpsVisitChannel
from kiosk.domain.certificates import CertificateKind, MunicipalityCode, Order, ScopeKind
from kiosk.ports.center import (
    DocumentFate,
    DocumentMismatch,
    DocumentRole,
    Issued,
    MoneyFate,
    OrderOutcome,
    Refused,
    Reported,
    VisitOpened,
)
from tests.support.center import COUNTER, KIOSK, ORDER, OTHER_KIOSK, Card, Center, InProcess, new_key, prove, texts_of
from tests.support.papers import papers_for

if TYPE_CHECKING:
    from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

RESIDENTS = (
    *("hanako", "taichi", "katsuko", "ichiro", "noriko", "yoshio", "yoshiko", "michiko"),
    *("maria", "li", "tsuji-wife", "one-try", "yamasaki-2", "saito-2", "hirose-2", "hamada-2"),
)
"""Sixteen persons of ten households, Japanese nationals and others."""


@dataclass(frozen=True)
class Crowd:
    """Sixteen residents with unmistakable names and a card each, known to a center."""

    cards: tuple[Card, ...]
    markers: tuple[str, ...]


def _new_cards(folder: SandboxFolder, center: Center) -> tuple[Card, ...]:
    """Issue a card to every resident, good by the responder's word; they share one key, which nothing here looks at."""
    issuer = read_certificate(folder.generation_certificate(3))
    authority = read_key(folder.generation_key(3))
    key = center.card("hanako").key
    assert isinstance(key, rsa.RSAPrivateKey)
    begin, cards, known = center.clock.at - timedelta(days=1), [], read_status(folder)
    for _ in RESIDENTS:
        serial = x509.random_serial_number()
        made = authentication_certificate(
            issuer, authority, key, serial, "00000000SPECIMEN990019A", begin, begin + timedelta(days=30)
        )
        known[serial] = Entry(serial, 3, "good", None, begin)
        cards.append(Card(made.public_bytes(serialization.Encoding.DER), key))
    write_status(folder, known)
    return tuple(cards)


@pytest.fixture
def crowd(either_center: Center) -> Iterator[Crowd]:
    """Sixteen marked residents in the shared center; the register is put back afterwards."""
    center, folder = either_center, either_center.folder
    status = read_status(folder)
    cards = _new_cards(folder, center)
    issuer_key_id = x509.SubjectKeyIdentifier.from_public_key(
        read_certificate(folder.generation_certificate(3)).public_key()
    ).digest
    markers = tuple(f"ZZMARKER{number:02}ZZ" for number in range(len(RESIDENTS)))
    with center.service.register.snapshot(SHIOMINO) as snapshot:
        names = [snapshot.applicant(resident_id_of(SHIOMINO, key)) for key in RESIDENTS]
    with changing(center.engine, SHIOMINO, as_of=center.clock.at) as change:
        for key, marker, card in zip(RESIDENTS, markers, cards, strict=True):
            resident = resident_id_of(SHIOMINO, key)
            change.change_resident(resident, {"name": marker})
            serial = x509.load_der_x509_certificate(card.certificate).serial_number
            change.link([CertificateLink(issuer_key_id, serial, resident)])
    yield Crowd(cards, markers)
    with changing(center.engine, SHIOMINO, as_of=center.clock.at) as change:
        for key, before in zip(RESIDENTS, names, strict=True):
            assert before is not None
            change.change_resident(resident_id_of(SHIOMINO, key), {"name": before.name})
    write_status(folder, status)


# --- the harness


@dataclass
class Judge:
    """What became of each visit: own, refused (by either side, nothing printed), or foreign."""

    markers: tuple[str, ...]
    found: Counter[str]

    def judge(self, marker: str, outcome: object) -> None:
        """Look at an order's outcome as the kiosk would print it."""
        if not isinstance(outcome, Issued):
            self.found["refused"] += 1
            return
        for document in outcome.documents:
            shown = {each for each in self.markers if any(each in text for text in texts_of(document.pdf))}
            # A counter's receipt bears nobody's name, its 申請書 the resident's own.
            if shown != (set() if document.role is DocumentRole.RECEIPT else {marker}):
                self.found["foreign"] += 1
            elif document.role is DocumentRole.CERTIFICATE:
                self.found["own"] += 1


def visit_of(kiosk: HttpsIssuingCenter, card: Card) -> HttpsVisitChannel | None:
    """Open a visit; None when the center does not."""
    channel = kiosk.begin_visit(MunicipalityCode(SHIOMINO))
    if not isinstance(channel, HttpsVisitChannel):
        return None
    return channel if isinstance(prove(channel, card), VisitOpened) else None


def run_crowd(
    workers: tuple[Center, ...],
    crowd: Crowd,
    times: int,
    wrap: "Callable[[WSGIApplication], WSGIApplication]",
    orders: Sequence[Order] = (ORDER,),
) -> Judge:
    """Let all residents order at one barrier, several times over, spread over the workers and the devices."""
    center = workers[0]
    apps = [wrap(make_app(worker.service)) for worker in workers]
    clients = [
        httpx2.Client(transport=InProcess(app, center.device_certificate(device)), base_url="https://center")
        for app in apps
        for device in (KIOSK, OTHER_KIOSK, COUNTER)
    ]
    kiosks = [
        center.kiosk(device, client)
        for client, device in zip(clients, (KIOSK, OTHER_KIOSK, COUNTER) * len(apps), strict=True)
    ]
    count = len(crowd.cards) * times
    judge, barrier, guard = Judge(crowd.markers, Counter()), Barrier(count), threading.Lock()

    def visit(number: int) -> None:
        who = number % len(crowd.cards)
        channel = visit_of(kiosks[number % len(kiosks)], crowd.cards[who])
        barrier.wait(timeout=60)
        outcome = None if channel is None else channel.order(orders[number % len(orders)], new_key())
        with guard:
            judge.judge(crowd.markers[who], outcome)

    with ThreadPoolExecutor(count) as threads:
        for done in [threads.submit(visit, number) for number in range(count)]:
            done.result()
    for client in clients:
        client.close()
    return judge


def sound(app: "WSGIApplication") -> "WSGIApplication":
    return app


NIGHT = [pytest.mark.heavy]


@pytest.mark.parametrize("times", [2, pytest.param(4, marks=NIGHT)])
def test_of_many_orders_at_once_each_gets_its_own(two_workers: tuple[Center, Center], crowd: Crowd, times: int) -> None:
    assert run_crowd(two_workers, crowd, times, sound).found == {"own": times * len(RESIDENTS)}


@pytest.mark.parametrize("times", [2, pytest.param(5, marks=NIGHT)])
def test_of_orders_of_every_kind_at_once_each_gets_its_own(
    two_workers: tuple[Center, Center], crowd: Crowd, times: int
) -> None:
    """Every kind at the same time: each reads another register, none may read another's person."""
    with two_workers[0].service.register.snapshot(SHIOMINO) as snapshot:
        rules = snapshot.municipality(two_workers[0].clock.at.astimezone(JST).date())
    assert rules is not None
    orders = []
    for kind in CertificateKind:
        offer = rules.offer(kind.value)
        assert offer is not None
        scope = ScopeKind.WHOLE if kind is CertificateKind.KOSEKI_ZENBU else ScopeKind.SELF
        orders.append(replace(ORDER, kind=kind, scope=scope, fee_yen=offer.fee_yen, year=next(iter(offer.years), None)))
    year = next(order.year for order in orders if order.year is not None)
    marked = [(resident_id_of(SHIOMINO, key), marker) for key, marker in zip(RESIDENTS, crowd.markers, strict=True)]
    with papers_for(two_workers[0], marked, year):
        assert run_crowd(two_workers, crowd, times, sound, orders).found == {"own": times * len(RESIDENTS)}
        found = run_crowd(two_workers, crowd, 1, LastDocumentWins, orders).found
    assert found["foreign"] == 0
    assert found["refused"] > 0


# --- planted defects


class LastDocumentWins:
    """Keeps "the" answer to an order where every request can see it, and gives whoever asks the latest one (I6)."""

    def __init__(self, app: "WSGIApplication") -> None:
        self._app = app
        self._last: list[bytes] = []
        self._guard = threading.Lock()
        self._asked = 0

    def __call__(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> list[bytes]:
        status, headers, body = _answer(self._app, environ)
        if environ["PATH_INFO"].endswith("/orders") and status.startswith("200"):
            with self._guard:
                self._asked += 1
                self._last.append(body)
                body = self._last[-1 if self._asked % 3 else max(0, len(self._last) - 2)]
            headers = [(name, value) for name, value in headers if name.lower() != "content-length"]
        start_response(status, headers)
        return [body]


class OrderLockFreedOnTimeout:
    """Matches answers to requests by their order, and goes on without the slow one after a time-out (I1)."""

    def __init__(self, app: "WSGIApplication") -> None:
        self._app = app
        self._queue: deque[bytes] = deque()
        self._guard = threading.Lock()

    def __call__(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> list[bytes]:
        status, headers, body = _answer(self._app, environ)
        if environ["PATH_INFO"].endswith("/orders") and status.startswith("200"):
            with self._guard:
                self._queue.append(body)
                # The first request has "timed out": its document stays in the queue, and everybody's slips by one.
                body = self._queue.popleft() if len(self._queue) > 1 else b'{"late":true}'
            headers = [(name, value) for name, value in headers if name.lower() != "content-length"]
        start_response(status, headers)
        return [body]


def _answer(app: "WSGIApplication", environ: "WSGIEnvironment") -> tuple[str, list[tuple[str, str]], bytes]:
    seen: list[tuple[str, list[tuple[str, str]]]] = []
    body = b"".join(app(environ, lambda status, headers, _error=None: seen.append((status, headers))))  # type: ignore[arg-type]
    return *seen[0], body


@pytest.mark.parametrize("defect", [LastDocumentWins, OrderLockFreedOnTimeout])
def test_an_answer_to_somebody_else_is_opened_by_nobody(
    two_workers: tuple[Center, Center], crowd: Crowd, defect: "Callable[[WSGIApplication], WSGIApplication]"
) -> None:
    found = run_crowd(two_workers, crowd, 1, defect).found
    assert found["foreign"] == 0
    assert found["refused"] > 0
    assert found.total() == len(RESIDENTS)


@pytest.mark.expect_log("issuing_center", "ERROR")
def test_identities_made_of_the_time_collide_and_are_refused(two_workers: tuple[Center, Center], crowd: Crowd) -> None:
    salt = token_bytes(8)

    def by_the_second(worker: Center) -> Center:
        # Visits keep their randomness; the serial (10 bytes) is made of an instant, and the clock stands (I4).
        random = worker.service.random
        second = str(worker.clock.at).encode() + salt
        return worker.altered(random=lambda n: hashlib.sha256(second).digest()[:n] if n == 10 else random(n))

    found = run_crowd((by_the_second(two_workers[0]), by_the_second(two_workers[1])), crowd, 1, sound).found
    assert found == {"own": 1, "refused": len(RESIDENTS) - 1}


class SharedSheet:
    """A register adapter that fills one record for all and forgets whose it was: the right handle, another's data."""

    def __init__(self, register: Register, shared: list[Resident]) -> None:
        self._register, self._shared = register, shared

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401
        return getattr(self._register, name)

    @contextmanager
    def snapshot(self, municipality_code: str, *about: Any) -> Iterator[RegisterSnapshot]:  # noqa: ANN401
        with self._register.snapshot(municipality_code, *about) as snapshot:
            yield _SharedSnapshot(snapshot, self._shared)


class _SharedSnapshot:
    def __init__(self, snapshot: RegisterSnapshot, shared: list[Resident]) -> None:
        self._snapshot, self._shared = snapshot, shared

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401
        return getattr(self._snapshot, name)

    def household(self, resident: Any) -> tuple[Resident, ...]:  # noqa: ANN401
        members = self._snapshot.household(resident)
        self._shared.extend(members)
        return tuple(replace(member, name=self._shared[len(self._shared) // 2].name) for member in members)


def test_the_harness_has_eyes(two_workers: tuple[Center, Center], crowd: Crowd) -> None:
    """No seal helps against a register that mixes up its own records; the harness must at least see it."""
    shared: list[Resident] = []

    def mixed(worker: Center) -> Service:
        return replace(worker.service, register=SharedSheet(worker.service.register, shared))

    workers = tuple(worker.altered(register=mixed(worker).register) for worker in two_workers)
    assert run_crowd(workers, crowd, 1, sound).found["foreign"] > 0


# --- every interleaving of two visits


STEPS = ("begin", "prove", "order", "report")
INTERLEAVINGS = [
    [0 if place in chosen else 1 for place in range(2 * len(STEPS))]
    for chosen in combinations(range(2 * len(STEPS)), len(STEPS))
]
"""All 70 ways to shuffle the steps of two visits; the second half is the first with the two changed over."""


class Stepwise:
    """One visit, one step at a time."""

    def __init__(self, kiosk: HttpsIssuingCenter, card: Card) -> None:
        self._kiosk, self._card, self._step = kiosk, card, 0
        self.channel: HttpsVisitChannel | None = None
        self.issued: Issued | None = None

    def advance(self) -> None:
        """Take the next step, which must succeed."""
        step, self._step = STEPS[self._step], self._step + 1
        if step == "begin":
            channel = self._kiosk.begin_visit(MunicipalityCode(SHIOMINO))
            assert isinstance(channel, HttpsVisitChannel)
            self.channel = channel
            return
        assert self.channel is not None
        if step == "prove":
            assert isinstance(prove(self.channel, self._card), VisitOpened)
        elif step == "order":
            issued = self.channel.order(ORDER, new_key())
            assert isinstance(issued, Issued), issued
            self.issued = issued
        else:
            assert self.issued is not None
            fates = tuple(
                (document.serial, DocumentFate.VOIDED, 0)
                for document in self.issued.documents
                if document.role is DocumentRole.CERTIFICATE
            )
            outcome = OrderOutcome(self.issued.transaction, MoneyFate.NONE, 0, fates, None)
            assert self._kiosk.report(outcome) == Reported()


class Tap:
    """Keeps the answers to orders as they pass."""

    def __init__(self, app: "WSGIApplication") -> None:
        self._app = app
        self.answers: list[wire.OrderAnswer] = []

    def __call__(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> list[bytes]:
        status, headers, body = _answer(self._app, environ)
        if environ["PATH_INFO"].endswith("/orders"):
            self.answers.append(wire.decode(body, wire.OrderAnswer))
        start_response(status, headers)
        return [body]


REQUEST = wire.OrderRequest(
    kind=wire.Kind.JUMINHYO, scope=wire.Scope.SELF, members=[], items=[], copies=1, fee_yen=ORDER.fee_yen
)


@pytest.mark.parametrize("thorough", [False, pytest.param(True, marks=NIGHT)], ids=["some", "all"])
@pytest.mark.parametrize(("first", "second"), [(KIOSK, OTHER_KIOSK), (KIOSK, COUNTER), (COUNTER, "counter-0002")])
def test_two_visits_cannot_open_each_others_documents_however_they_interleave(
    two_workers: tuple[Center, Center], first: str, second: str, thorough: bool
) -> None:
    center, other = two_workers
    taps = Tap(make_app(center.service)), Tap(make_app(other.service))
    with center.client(first, taps[0]) as one, center.client(second, taps[1]) as two:
        kiosks = center.kiosk(first, one), center.kiosk(second, two)
        # By day every pattern once, whoever of the two is first; elsewhere some, spread over all.
        here = (center.engine.dialect.name, second) == ("sqlite", OTHER_KIOSK)
        by_day = INTERLEAVINGS[: len(INTERLEAVINGS) // 2] if here else INTERLEAVINGS[::11]
        shuffles = INTERLEAVINGS if thorough else by_day
        for shuffle in shuffles:
            visits = Stepwise(kiosks[0], center.card("hanako")), Stepwise(kiosks[1], center.card("ichiro"))
            for whose in shuffle:
                visits[whose].advance()
            for number, name in enumerate(("𠮷田　花子", "渡邉\U000e010f　一郎")):
                mine, theirs = visits[number], visits[1 - number]
                assert mine.issued is not None
                assert mine.channel is not None
                assert theirs.channel is not None
                document, *others = mine.issued.documents
                assert len(others) == (0 if mine.issued.ticket is None else 2)
                assert name in texts_of(document.pdf)
                assert theirs.channel.recheck(document) == DocumentMismatch("transaction", document.transaction)
                answer = taps[number].answers[-1]
                assert isinstance(theirs.channel._checked(answer, REQUEST, ORDER, new_key()), DocumentMismatch)
                opened = theirs.channel._opened(answer, REQUEST, answer.documents[0], ORDER.kind)
                assert opened == DocumentMismatch("opening", document.transaction)


def test_a_visit_begun_at_one_worker_goes_on_at_another(two_workers: tuple[Center, Center]) -> None:
    center, other = two_workers
    turn = [0]
    apps = make_app(center.service), make_app(other.service)

    def round_robin(environ: "WSGIEnvironment", start_response: "StartResponse") -> Any:  # noqa: ANN401
        turn[0] += 1
        return apps[turn[0] % 2](environ, start_response)

    with center.client(KIOSK, round_robin) as client:
        visit = center.visit(kiosk=center.kiosk(client=client))
        key = new_key()
        first, second = visit.channel.order(ORDER, key), visit.channel.order(ORDER, key)
        assert isinstance(first, Issued)
        assert first == second
        visit.channel.close()
        assert isinstance(visit.channel.order(ORDER, key), Refused)
