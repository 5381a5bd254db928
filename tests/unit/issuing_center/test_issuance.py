"""One order, from the visit to the ledger: what is decided when, what is refused, and that nothing half-done stays behind."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from hashlib import sha256
from threading import Barrier

import msgspec
import pytest
from sqlalchemy import func, select

from issuing_center import issuance, wire
from issuing_center.availability import JST, YEAR_END
from issuing_center.database import reading
from issuing_center.ledger import store as ledger
from issuing_center.ledger.entries import RepeatedIdentifierError, TransactionId
from issuing_center.ledger.tables import documents, events, orders
from issuing_center.paper.fonts import PaperFonts
from issuing_center.paper.juminhyo import DrawnDocument, draw_juminhyo
from issuing_center.paper.sheet import JuminhyoSheet, Scope
from issuing_center.problems import No, Refusal
from issuing_center.register import tables
from issuing_center.register.loading import resident_id_of
from issuing_center.register.port import Register, RegisterSnapshot
from issuing_center.register.records import ResidentId, StopKind
from issuing_center.register.updates import changing
from issuing_center.sandbox.center import SHIOMINO
from issuing_center.visits import store as visits
from issuing_center.visits.protocol import close
from issuing_center.visits.store import VisitId
from kiosk.ports.center import Issued, Refused, RefusalReason
from tests.support.center import COUNTER, KIOSK, ORDER, ORDER_REQUEST, OTHER_KIOSK, Center, Visit, new_key, texts_of


def device_of(center: Center, device: str = KIOSK) -> issuance.Device:
    peer = center.service.devices.find(center.device_certificate(device))
    assert peer is not None
    return peer.device


def order_at(
    center: Center,
    visit: Visit,
    request: wire.OrderRequest = ORDER_REQUEST,
    *,
    key: str | None = None,
    device: str = KIOSK,
) -> wire.OrderAnswer | Refusal:
    return issuance.issue(center.service, device_of(center, device), visit.id, key or new_key(), request)


def refusal_of(answer: wire.OrderAnswer | Refusal) -> No:
    assert isinstance(answer, Refusal), answer
    return answer.no


def rows(center: Center, table: object = orders) -> int:
    with reading(center.engine) as connection:
        return connection.execute(select(func.count()).select_from(table)).scalar_one()  # type: ignore[arg-type]


def incidents(center: Center) -> list[str]:
    with reading(center.engine) as connection:
        found = connection.execute(select(events.c.event).where(events.c.event.like("incident-%")))
        return list(found.scalars())


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


# --- eligibility, live


@pytest.mark.parametrize("kind", list(StopKind))
def test_a_stop_that_comes_after_the_menu_stops_the_order(center: Center, kind: StopKind) -> None:
    visit = center.visit()
    with changing(center.engine, SHIOMINO, as_of=center.clock.at) as change:
        change.stop_resident(resident_id_of(SHIOMINO, "hanako"), kind, center.clock.at)
    answer = order_at(center, visit)
    assert isinstance(answer, Refusal)
    assert answer.no is No.COUNTER_ONLY
    assert answer.reference is not None
    found = ledger.find_refusal(center.engine, answer.reference)
    assert found is not None
    assert (found.reason, found.visit_id) == (kind.value, visit.id)
    assert rows(center) == 0


def test_a_stop_on_a_member_stops_the_copies_that_show_that_member(center: Center) -> None:
    visit = center.visit()
    with changing(center.engine, SHIOMINO, as_of=center.clock.at) as change:
        change.stop_resident(resident_id_of(SHIOMINO, "sora"), StopKind.PROTECTED, center.clock.at)
    refs = {member.name: member.ref for member in visit.menu.members}
    sora = next(ref for name, ref in refs.items() if "そら" in name)
    taichi = next(ref for name, ref in refs.items() if "太一" in name)

    def of(scope: wire.Scope, *members: str) -> wire.OrderAnswer | Refusal:
        return order_at(center, visit, msgspec.structs.replace(ORDER_REQUEST, scope=scope, members=list(members)))

    assert refusal_of(of(wire.Scope.HOUSEHOLD)) is No.COUNTER_ONLY
    assert refusal_of(of(wire.Scope.SOME, sora)) is No.COUNTER_ONLY
    assert isinstance(of(wire.Scope.SOME, taichi), wire.OrderAnswer)
    assert isinstance(of(wire.Scope.SELF), wire.OrderAnswer)


def test_a_resident_removed_after_the_menu_gets_nothing(center: Center) -> None:
    visit = center.visit()
    with changing(center.engine, SHIOMINO, as_of=center.clock.at) as change:
        change.remove_resident(resident_id_of(SHIOMINO, "hanako"), on=center.clock.at.date())
    assert refusal_of(order_at(center, visit)) is No.COUNTER_ONLY


@pytest.mark.parametrize(
    "change",
    [
        {"copies": 6},
        {"items": [wire.ItemName.DOMICILE, wire.ItemName.DOMICILE]},
        {"items": [wire.ItemName.FOREIGN_STATUS]},
        {"scope": wire.Scope.SOME},
        {"members": ["0" * 32]},
        {"scope": wire.Scope.SOME, "members": ["0" * 32]},
    ],
    ids=str,
)
def test_a_choice_that_the_menu_does_not_have_is_refused(shared_center: Center, change: dict[str, object]) -> None:
    visit = shared_center.visit()
    assert (
        refusal_of(order_at(shared_center, visit, msgspec.structs.replace(ORDER_REQUEST, **change))) is No.NOT_OFFERED
    )


def test_a_members_handle_of_another_visit_is_refused(shared_center: Center) -> None:
    first, second = shared_center.visit(), shared_center.visit()
    some = msgspec.structs.replace(ORDER_REQUEST, scope=wire.Scope.SOME, members=[first.menu.members[0].ref])
    assert isinstance(order_at(shared_center, first, some), wire.OrderAnswer)
    assert refusal_of(order_at(shared_center, second, some)) is No.NOT_OFFERED
    twice = msgspec.structs.replace(some, members=[first.menu.members[0].ref] * 2)
    assert refusal_of(order_at(shared_center, first, twice)) is No.NOT_OFFERED


@pytest.mark.expect_log("issuing_center")
@pytest.mark.parametrize(("late", "issued"), [(0, True), (1, False)])
def test_a_feed_that_falls_behind_after_the_menu_stops_the_order(center: Center, late: int, issued: bool) -> None:
    limits = replace(center.service.limits, register_age=timedelta(minutes=5))
    strict, visit = center.altered(limits=limits), center.visit()
    center.clock.advance(timedelta(minutes=5, microseconds=late))
    answer = order_at(strict, visit)
    assert isinstance(answer, wire.OrderAnswer) is issued
    if issued:
        strict = center.altered(limits=replace(limits, register_age=timedelta(0)))
        answer = order_at(strict, visit)
    assert refusal_of(answer) is No.STOPPED


# --- hours and fees


@contextmanager
def open_until(center: Center, closing: datetime) -> Iterator[Visit]:
    """Open a visit a minute before an instant and stand at that instant."""
    center.clock.at = closing - timedelta(minutes=1)
    visit = center.visit()
    center.clock.at = closing
    yield visit


def next_closing(center: Center) -> datetime:
    """Give eleven at night of some day to come that is no holiday of the service."""
    closing = datetime.combine(center.clock.at.astimezone(JST).date() + timedelta(days=1), time(23), JST)
    while (closing.month, closing.day) in YEAR_END:
        closing += timedelta(days=1)
    return closing


def test_a_visit_that_reaches_closing_time_ends_before_the_order(center: Center) -> None:
    strict, closing = center.altered(enforce_hours=True), next_closing(center)
    with open_until(strict, closing) as visit:
        assert refusal_of(order_at(strict, visit)) is No.CLOSED
        center.clock.at = closing - timedelta(microseconds=1)
        assert isinstance(order_at(strict, visit), wire.OrderAnswer)


def test_an_order_repeated_after_closing_time_gets_what_it_got_before(center: Center) -> None:
    strict, closing, key = center.altered(enforce_hours=True), next_closing(center), new_key()
    with open_until(strict, closing - timedelta(seconds=1)) as visit:
        answer = order_at(strict, visit, key=key)
        assert isinstance(answer, wire.OrderAnswer)
        center.clock.at = closing
        assert order_at(strict, visit, key=key) == answer


def test_the_fee_is_the_one_of_the_day_the_visit_was_opened(center: Center) -> None:
    midnight = datetime.combine(center.clock.at.astimezone(JST).date() + timedelta(days=1), time(0), JST)
    with changing(center.engine, SHIOMINO, as_of=center.clock.at) as change:
        row = {"municipality_code": SHIOMINO, "kind": "juminhyo", "copies_limit": 5, "scopes": "self", "entries": ""}
        change.put(
            tables.offer,
            [
                {
                    **row,
                    "valid_from": date(2024, 4, 1),
                    "valid_until": (midnight - timedelta(1)).date(),
                    "fee_yen": 200,
                },
                {**row, "valid_from": midnight.date(), "fee_yen": 250},
            ],
        )
    with open_until(center, midnight) as visit:
        assert visit.menu.offers[0].fee_yen == 200
        assert isinstance(order_at(center, visit), wire.OrderAnswer)
        dearer = msgspec.structs.replace(ORDER_REQUEST, fee_yen=250)
        assert refusal_of(order_at(center, visit, dearer)) is No.FEE_CHANGED


def test_a_municipality_without_mayor_or_seal_issues_nothing(center: Center) -> None:
    visit = center.visit()
    assert refusal_of(order_at(center.altered(seals={}), visit)) is No.STOPPED
    with changing(center.engine, SHIOMINO, as_of=center.clock.at) as change:
        change.connection.execute(tables.mayor.delete())
    assert refusal_of(order_at(center, visit)) is No.STOPPED


@pytest.mark.expect_log("issuing_center", "ERROR")
def test_a_register_that_contradicts_itself_issues_nothing(center: Center) -> None:
    visit = center.visit()
    with changing(center.engine, SHIOMINO, as_of=center.clock.at) as change:
        change.change_resident(resident_id_of(SHIOMINO, "hanako"), {"is_head": True})
    with center.client() as client:
        headers = {"Content-Type": wire.JSON_TYPE, wire.IDEMPOTENCY_HEADER: new_key()}
        answer = client.post(f"/v1/visits/{visit.id}/orders", content=wire.encode(ORDER_REQUEST), headers=headers)
    assert (answer.status_code, answer.json()["code"]) == (503, "REFUSED-05")


# --- what is drawn


class LyingRegister:
    """A register that answers with another resident than it was asked for (a planted defect)."""

    def __init__(self, register: Register, other: ResidentId) -> None:
        self._register, self._other = register, other

    def __getattr__(self, name: str) -> object:
        return getattr(self._register, name)

    @contextmanager
    def snapshot(self, municipality_code: str) -> Iterator[RegisterSnapshot]:
        with self._register.snapshot(municipality_code) as snapshot:
            yield _Lying(snapshot, self._other)  # type: ignore[misc]


class _Lying:
    def __init__(self, snapshot: RegisterSnapshot, other: ResidentId) -> None:
        self._snapshot, self._other = snapshot, other

    def __getattr__(self, name: str) -> object:
        return getattr(self._snapshot, name)

    def applicant(self, _resident: ResidentId) -> object:
        return self._snapshot.applicant(self._other)

    def household(self, _resident: ResidentId) -> object:
        return self._snapshot.household(self._other)


@pytest.mark.expect_log("issuing_center", "ERROR")
def test_a_register_that_answers_with_somebody_else_is_an_incident(center: Center) -> None:
    visit = center.visit()
    lying = center.altered(register=LyingRegister(center.service.register, resident_id_of(SHIOMINO, "ichiro")))
    assert refusal_of(order_at(lying, visit)) is No.STOPPED
    assert incidents(center) == ["incident-other-subject"]
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
    monkeypatch.setattr(issuance, "draw_juminhyo", lambda sheet, fonts: draw_juminhyo(DEFECTS[defect](sheet), fonts))
    assert refusal_of(order_at(center, center.visit())) is No.STOPPED
    assert incidents(center) == ["incident-incomplete"]
    assert rows(center) == 0


@pytest.mark.expect_log("issuing_center", "ERROR")
@pytest.mark.parametrize("kept_bytes", [0, 100, 4000])
def test_a_file_that_breaks_off_never_leaves(center: Center, monkeypatch: pytest.MonkeyPatch, kept_bytes: int) -> None:
    def cut(sheet: JuminhyoSheet, fonts: PaperFonts) -> DrawnDocument:
        drawn = draw_juminhyo(sheet, fonts)
        assert isinstance(drawn, DrawnDocument)
        return replace(drawn, pdf=drawn.pdf[:kept_bytes])

    monkeypatch.setattr(issuance, "draw_juminhyo", cut)
    assert refusal_of(order_at(center, center.visit())) is No.STOPPED
    assert incidents(center) == ["incident-incomplete"]


@pytest.mark.expect_log("issuing_center", "ERROR")
def test_the_file_of_the_order_before_is_noticed(center: Center, monkeypatch: pytest.MonkeyPatch) -> None:
    """The defect of a printer's "last document": the sheet is right, the file is the previous one's (I1, I6)."""
    kept: list[object] = []

    def late(sheet: JuminhyoSheet, fonts: PaperFonts) -> object:
        kept.append(draw_juminhyo(sheet, fonts))
        return kept[max(0, len(kept) - 2)]

    monkeypatch.setattr(issuance, "draw_juminhyo", late)
    first, second = center.visit("hanako"), center.visit("ichiro", OTHER_KIOSK)
    assert isinstance(order_at(center, first), wire.OrderAnswer)
    assert refusal_of(order_at(center, second, device=OTHER_KIOSK)) is No.STOPPED
    assert incidents(center) == ["incident-incomplete"]


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
