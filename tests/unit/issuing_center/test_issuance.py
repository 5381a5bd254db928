"""One order, from the visit to the ledger: what is decided when, what is refused, and that nothing half-done stays behind."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from hashlib import sha256
from threading import Barrier
from typing import Any

import msgspec
import pytest
from sqlalchemy import update

from issuing_center import issuance, wire
from issuing_center.database import writing
from issuing_center.ledger import store as ledger
from issuing_center.ledger.entries import RepeatedIdentifierError, TransactionId
from issuing_center.ledger.tables import documents
from issuing_center.paper import draw
from issuing_center.paper.fonts import PaperFonts
from issuing_center.paper.sheet import JuminhyoSheet, Scope
from issuing_center.pdf_signature import with_signature
from issuing_center.problems import No
from issuing_center.register.loading import resident_id_of
from issuing_center.register.port import Register, RegisterSnapshot
from issuing_center.register.records import ResidentId
from issuing_center.sandbox.center import SHIOMINO
from issuing_center.visits import store as visits
from issuing_center.visits.protocol import close
from issuing_center.visits.store import VisitId
from issuing_center.visits.tables import visit as visit_table
from kiosk.ports.center import Issued, RefusalReason, Refused
from tests.support.center import (
    COUNTER,
    KIOSK,
    ORDER,
    ORDER_REQUEST,
    OTHER_KIOSK,
    Center,
    new_key,
    texts_of,
)
from tests.support.orders import device_of, incidents, order_at, refusal_of, rows


def during_the_drawing(center: Center, act: Callable[[], object]) -> Center:
    """Let something happen after the decision and before the ledger: when the order gets its identities."""
    random, pending = center.service.random, [act]

    def then_random(length: int) -> bytes:
        while pending:
            pending.pop()()
        return random(length)

    return center.altered(random=then_random)


# --- the same request again


def test_the_same_key_and_order_give_the_same_bytes_at_every_worker(two_workers: tuple[Center, Center]) -> None:
    visit, key = two_workers[0].visit(), new_key()
    before = rows(two_workers[0])
    barrier = Barrier(16)

    def ordered(number: int) -> bytes:
        barrier.wait()
        answer = order_at(two_workers[number % 2], visit, key=key)
        assert isinstance(answer, wire.OrderAnswer), answer
        return wire.encode(answer)

    with ThreadPoolExecutor(16) as threads:
        answers = set(threads.map(ordered, range(16)))
    assert len(answers) == 1
    assert rows(two_workers[1]) == before + 1


def test_of_two_orders_under_one_key_at_once_one_is_refused(two_workers: tuple[Center, Center]) -> None:
    requests = ORDER_REQUEST, msgspec.structs.replace(ORDER_REQUEST, items=[wire.ItemName.DOMICILE])
    visit, key, barrier = two_workers[0].visit(), new_key(), Barrier(8)

    def ordered(number: int) -> tuple[int, str]:
        barrier.wait()
        answer = order_at(two_workers[number % 2], visit, requests[number % 2], key=key)
        return number % 2, answer.txn if isinstance(answer, wire.OrderAnswer) else answer.no.name

    with ThreadPoolExecutor(8) as threads:
        outcomes = set(threads.map(ordered, range(8)))
    assert len(outcomes) == 2
    assert [name for _, name in outcomes].count("KEY_REUSED") == 1


def test_a_key_is_the_kiosks_own(shared_center: Center) -> None:
    key = new_key()
    first, second = shared_center.visit(), shared_center.visit("ichiro", OTHER_KIOSK)
    one = order_at(shared_center, first, key=key)
    two = order_at(shared_center, second, key=key, device=OTHER_KIOSK)
    assert isinstance(one, wire.OrderAnswer)
    assert isinstance(two, wire.OrderAnswer)
    assert one.txn != two.txn


def test_another_kiosk_cannot_order_in_a_visit(shared_center: Center) -> None:
    visit, key = shared_center.visit(), new_key()
    assert isinstance(order_at(shared_center, visit, key=key), wire.OrderAnswer)
    for device in (OTHER_KIOSK, COUNTER):
        assert refusal_of(order_at(shared_center, visit, device=device)) is No.VISIT_EXPIRED
        assert refusal_of(order_at(shared_center, visit, key=key, device=device)) is No.VISIT_EXPIRED


def test_a_repeat_after_the_visit_gets_nothing(center: Center) -> None:
    visit, key = center.visit(), new_key()
    assert isinstance(order_at(center, visit, key=key), wire.OrderAnswer)
    center.clock.advance(center.service.limits.visit)
    assert refusal_of(order_at(center, visit, key=key)) is No.VISIT_EXPIRED


# --- INV-2: what ended in the meantime leaves nothing


@pytest.mark.parametrize("end", ["closed", "closed by another worker", "expired"])
def test_a_visit_that_ends_during_the_drawing_leaves_no_document(two_workers: tuple[Center, Center], end: str) -> None:
    center, other = two_workers
    visit = center.visit()
    before = rows(center), rows(center, documents)
    worker = other if end == "closed by another worker" else center
    act: Callable[[], object] = lambda: close(worker.service, device_of(center), visit.id)  # noqa: E731
    if end == "expired":
        long_after = center.clock.at + center.service.limits.visit
        act = lambda: visits.expire(worker.engine, long_after)  # noqa: E731
    assert refusal_of(order_at(during_the_drawing(center, act), visit)) is No.VISIT_EXPIRED
    assert (rows(center), rows(center, documents)) == before


@pytest.mark.parametrize(("late", "issued"), [(-1, True), (0, False), (1, False)])
def test_a_visit_that_runs_out_during_the_drawing_leaves_no_document(center: Center, late: int, issued: bool) -> None:
    visit = center.visit()
    end = center.clock.at + center.service.limits.visit + timedelta(microseconds=late)
    center.clock.advance(center.service.limits.visit - timedelta(seconds=1))
    slow = during_the_drawing(center, lambda: setattr(center.clock, "at", end))
    answer = order_at(slow, visit)
    assert isinstance(answer, wire.OrderAnswer) is issued
    assert rows(center) == issued


@pytest.mark.parametrize(("late", "issued"), [(-1, True), (0, True), (1, False)])
def test_an_order_that_takes_longer_than_a_kiosk_waits_leaves_no_document(
    center: Center, late: int, issued: bool
) -> None:
    visit = center.visit()
    by = center.service.limits.order + timedelta(microseconds=late)
    answer = order_at(during_the_drawing(center, lambda: center.clock.advance(by)), visit)
    if issued:
        assert isinstance(answer, wire.OrderAnswer)
    else:
        assert refusal_of(answer) is No.OVERLOADED
    assert rows(center) == issued


# --- INV-9: identities


def test_a_generator_that_repeats_itself_is_an_error_and_overwrites_nothing(two_workers: tuple[Center, Center]) -> None:
    center, other = two_workers
    first, second = center.visit(), center.visit("ichiro")
    salt = center.service.random(8)
    stuck = [each.altered(random=lambda length: sha256(salt).digest()[:length]) for each in (center, other)]
    key = new_key()
    answer = order_at(stuck[0], first, key=key)
    assert isinstance(answer, wire.OrderAnswer)
    before = rows(center), rows(center, documents)
    for worker in stuck:
        with pytest.raises(RepeatedIdentifierError):
            order_at(worker, second)
        with pytest.raises(RepeatedIdentifierError):
            order_at(worker, first)
    assert (rows(center), rows(center, documents)) == before
    assert order_at(center, first, key=key) == answer


def test_many_orders_under_a_clock_that_stands_have_nothing_in_common(shared_center: Center) -> None:
    visit = shared_center.visit()
    answers = [order_at(shared_center, visit, msgspec.structs.replace(ORDER_REQUEST, copies=2)) for _ in range(5)]
    found = [answer for answer in answers if isinstance(answer, wire.OrderAnswer)]
    assert len({answer.txn for answer in found}) == 5
    assert len({document.serial for answer in found for document in answer.documents}) == 10


# --- what is drawn


class LyingRegister:
    """A register that answers with another resident than it was asked for (a planted defect)."""

    def __init__(self, register: Register, other: ResidentId) -> None:
        self._register, self._other = register, other

    def __getattr__(self, name: str) -> object:
        return getattr(self._register, name)

    @contextmanager
    def snapshot(self, municipality_code: str, *about: Any) -> Iterator[RegisterSnapshot]:  # noqa: ANN401
        with self._register.snapshot(municipality_code, *about) as snapshot:
            yield _Lying(snapshot, self._other)  # type: ignore[misc]


class _Lying:
    def __init__(self, snapshot: RegisterSnapshot, other: ResidentId) -> None:
        self._snapshot, self._other = snapshot, other

    def __getattr__(self, name: str) -> object:
        return getattr(self._snapshot, name)

    def household(self, _resident: ResidentId) -> object:
        return self._snapshot.household(self._other)


def test_a_register_that_answers_with_somebody_else_issues_nothing(center: Center) -> None:
    visit = center.visit()
    lying = center.altered(register=LyingRegister(center.service.register, resident_id_of(SHIOMINO, "ichiro")))
    assert refusal_of(order_at(lying, visit)) is No.COUNTER_ONLY
    assert rows(center) == 0


@pytest.mark.expect_log("issuing_center", "ERROR")
def test_a_visit_that_was_given_another_resident_by_force_is_an_incident(center: Center) -> None:
    visit = center.visit()
    with writing(center.engine) as connection:
        connection.execute(update(visit_table).values(resident_id=resident_id_of(SHIOMINO, "ichiro")))
    assert refusal_of(order_at(center, visit)) is No.STOPPED
    assert incidents(center) == ["other-subject"]
    assert rows(center) == 0


DEFECTS: dict[str, Callable[[JuminhyoSheet], JuminhyoSheet]] = {
    "the mayor before": lambda sheet: replace(sheet, issuer=replace(sheet.issuer, mayor_name="仮名　一郎")),
    "the sentence of another scope": lambda sheet: replace(sheet, scope=Scope.WHOLE_HOUSEHOLD),
    "another issue number": lambda sheet: replace(sheet, issue_number="ZZZZ-ZZZZ-ZZZZ-ZZZZ"),
    "no mark of a specimen": lambda sheet: replace(sheet, specimen=False),
    "a page too many": lambda sheet: replace(sheet, persons=sheet.persons * 5),
}


@pytest.mark.expect_log("issuing_center", "ERROR")
@pytest.mark.parametrize("defect", DEFECTS)
def test_a_file_that_is_not_the_whole_certificate_never_leaves(
    center: Center, monkeypatch: pytest.MonkeyPatch, defect: str
) -> None:
    """Defects are planted where the sheet becomes a file; the check reads the file."""
    monkeypatch.setattr(issuance, "draw", lambda sheet, fonts: draw(DEFECTS[defect](sheet), fonts))
    assert refusal_of(order_at(center, center.visit())) is No.STOPPED
    assert incidents(center) == ["incomplete"]
    assert rows(center) == 0


@pytest.mark.expect_log("issuing_center", "ERROR")
@pytest.mark.parametrize("kept_bytes", [0, 100, 4000])
def test_a_file_that_breaks_off_never_leaves(center: Center, monkeypatch: pytest.MonkeyPatch, kept_bytes: int) -> None:
    monkeypatch.setattr(issuance, "with_signature", lambda *arguments: with_signature(*arguments)[:kept_bytes])
    assert refusal_of(order_at(center, center.visit())) is No.STOPPED
    assert incidents(center) == ["incomplete"]


@pytest.mark.expect_log("issuing_center", "ERROR")
def test_the_file_of_the_order_before_is_noticed(center: Center, monkeypatch: pytest.MonkeyPatch) -> None:
    """The defect of a printer's "last document": the sheet is right, the file is the previous one's."""
    kept: list[object] = []

    def late(sheet: JuminhyoSheet, fonts: PaperFonts) -> object:
        kept.append(draw(sheet, fonts))
        return kept[max(0, len(kept) - 2)]

    monkeypatch.setattr(issuance, "draw", late)
    first, second = center.visit("hanako"), center.visit("ichiro", OTHER_KIOSK)
    assert isinstance(order_at(center, first), wire.OrderAnswer)
    assert refusal_of(order_at(center, second, device=OTHER_KIOSK)) is No.STOPPED
    assert incidents(center) == ["incomplete"]


def test_the_ledger_says_what_a_document_was_made_from(shared_center: Center) -> None:
    visit = shared_center.visit()
    answer = order_at(shared_center, visit)
    assert isinstance(answer, wire.OrderAnswer)
    stored = ledger.find_order(shared_center.engine, KIOSK, TransactionId(answer.txn))
    assert stored is not None
    with shared_center.service.register.snapshot(SHIOMINO) as snapshot:
        assert (stored.order.as_of, stored.order.register_version) == (snapshot.as_of, snapshot.version)
    assert stored.order.build_id == shared_center.service.build_id
    assert stored.order.config_id == shared_center.service.config_id
    assert (stored.order.kiosk_id, stored.order.channel, stored.order.visit_id) == (KIOSK, "kiosk", visit.id)
    (kept,) = ledger.load_documents(shared_center.engine, TransactionId(answer.txn))
    assert kept.sealed == answer.documents[0].sealed
    assert visits.load_open(shared_center.engine, VisitId(visit.id), KIOSK, shared_center.clock.at) is not None


@pytest.mark.parametrize("device", [KIOSK, COUNTER])
def test_the_same_rules_and_the_same_sheet_hold_for_every_channel(shared_center: Center, device: str) -> None:
    issued = shared_center.visit(device=device).channel.order(ORDER, new_key())
    assert isinstance(issued, Issued)
    assert {"𠮷田　花子", "見本県汐見野市みなと通一丁目2番3号"} <= texts_of(issued.documents[0].pdf)
    refused = shared_center.visit("gaiji", device).channel.order(ORDER, new_key())
    assert refused == Refused(RefusalReason.GLYPH_MISSING)
