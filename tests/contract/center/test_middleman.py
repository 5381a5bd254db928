"""Somebody between kiosk and center who may change every answer: nothing but this visit's own document ever opens (INV-1)."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import TYPE_CHECKING

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from issuing_center import wire
from issuing_center.sandbox.center import SHIOMINO
from issuing_center.web import make_app
from kiosk.adapters.center.https import HttpsIssuingCenter, HttpsVisitChannel
from kiosk.domain.certificates import Item, MunicipalityCode, Order, ScopeKind, SerialNumber, TransactionId
from kiosk.ports.center import CenterUnavailable, DocumentMismatch, DocumentRole, Issued, RefusalReason, Refused
from tests.support.center import COUNTER, FEE_YEN, KIOSK, ORDER, OTHER_KIOSK, Center, Visit, new_key, prove

if TYPE_CHECKING:
    from wsgiref.types import StartResponse, WSGIEnvironment

Alter = Callable[[bytes], bytes]
TWO_COPIES = Order(ORDER.kind, ScopeKind.SELF, (), frozenset(), 2, FEE_YEN)


class Middleman:
    """Passes requests on, keeps the answers, and alters those whose path ends as told."""

    def __init__(self, center: Center) -> None:
        self._app = make_app(center.service)
        self.ending = "nothing"
        self.alter: Alter = lambda body: body
        self.answers: list[bytes] = []

    def __call__(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> list[bytes]:
        seen: list[tuple[str, list[tuple[str, str]]]] = []
        told = lambda status, headers, _error=None: seen.append((status, headers))  # noqa: E731
        body = b"".join(self._app(environ, told))  # type: ignore[arg-type]
        status, headers = seen[0]
        if environ["PATH_INFO"].endswith(self.ending):
            self.answers.append(body)
            body = self.alter(body)
        start_response(status, [(name, value) for name, value in headers if name.lower() != "content-length"])
        return [body]


@pytest.fixture
def man(shared_center: Center) -> Middleman:
    return Middleman(shared_center)


@pytest.fixture(params=[KIOSK, COUNTER])
def device(request: pytest.FixtureRequest) -> str:
    """A machine of each channel that residents use: the same rules for all (INV-8)."""
    name: str = request.param
    return name


@pytest.fixture
def kiosk(shared_center: Center, man: Middleman, device: str) -> Iterator[HttpsIssuingCenter]:
    with shared_center.client(device, man) as client:
        yield shared_center.kiosk(device, client)


@pytest.fixture
def visit(shared_center: Center, kiosk: HttpsIssuingCenter) -> Visit:
    return shared_center.visit(kiosk=kiosk)


def of_answer(change: Callable[[wire.OrderAnswer], wire.OrderAnswer]) -> Alter:
    return lambda body: wire.encode(change(wire.decode(body, wire.OrderAnswer)))


def of_document(change: Callable[[wire.SealedDocument], wire.SealedDocument]) -> Alter:
    """Change the first document of an answer."""
    return of_answer(
        lambda answer: msgspec.structs.replace(answer, documents=[change(answer.documents[0]), *answer.documents[1:]])
    )


def flipped(data: bytes, place: int) -> bytes:
    return data[:place] + bytes([data[place] ^ 1]) + data[place + 1 :]


def with_value(name: str, value: object) -> Alter:
    return of_document(lambda document: msgspec.structs.replace(document, **{name: value}))


CHANGES: dict[str, tuple[Alter, str]] = {
    "another transaction": (of_answer(lambda a: msgspec.structs.replace(a, txn="0" * 32)), "signature"),
    "another subject": (of_answer(lambda a: msgspec.structs.replace(a, subject="0" * 64)), "subject"),
    "another serial number": (with_value("serial", "AAAA-BBBB-CCCC-DDDD"), "signature"),
    "more pages": (with_value("pages", 3), "signature"),
    "another digest": (with_value("sha256", "0" * 64), "signature"),
    "no signature": (with_value("signature", b""), "signature"),
    "a flipped bit of the signature": (
        of_document(lambda d: msgspec.structs.replace(d, signature=flipped(d.signature, 20))),
        "signature",
    ),
    "nothing sealed": (with_value("sealed", b""), "signature"),
    "a flipped bit of the key part": (
        of_document(lambda d: msgspec.structs.replace(d, sealed=flipped(d.sealed, 3))),
        "signature",
    ),
    "a flipped bit of the content": (
        of_document(lambda d: msgspec.structs.replace(d, sealed=flipped(d.sealed, -2))),
        "signature",
    ),
    "copies in another order": (
        of_answer(lambda a: msgspec.structs.replace(a, documents=a.documents[::-1])),
        "order",
    ),
    "copies renumbered": (
        of_answer(
            lambda a: msgspec.structs.replace(
                a,
                documents=[
                    msgspec.structs.replace(document, copy_no=number)
                    for number, document in enumerate(a.documents[::-1], start=1)
                ],
            )
        ),
        "signature",
    ),
    "a copy too few": (of_answer(lambda a: msgspec.structs.replace(a, documents=a.documents[:1])), "order"),
    "a copy twice": (of_answer(lambda a: msgspec.structs.replace(a, documents=[a.documents[0]] * 2)), "order"),
    "one copy for both": (
        of_answer(
            lambda a: msgspec.structs.replace(
                a, documents=[a.documents[0], msgspec.structs.replace(a.documents[0], copy_no=2)]
            )
        ),
        "signature",
    ),
    "contents of the copies swapped": (
        of_answer(
            lambda a: msgspec.structs.replace(
                a,
                documents=[
                    msgspec.structs.replace(mine, sealed=other.sealed, signature=other.signature)
                    for mine, other in zip(a.documents, a.documents[::-1], strict=True)
                ],
            )
        ),
        "signature",
    ),
}


@pytest.mark.parametrize("change", CHANGES)
def test_an_answer_that_was_changed_is_a_mismatch(visit: Visit, man: Middleman, change: str) -> None:
    man.ending = "/orders"
    man.alter, check = CHANGES[change]
    outcome = visit.channel.order(TWO_COPIES, new_key())
    assert isinstance(outcome, DocumentMismatch)
    # At a counter each paper has its place, which is looked at before the signature.
    assert outcome.check == check or (visit.channel._challenge.channel == "counter" and outcome.check == "order")


TICKETS: dict[str, Alter] = {
    "no ticket": of_answer(lambda a: msgspec.structs.replace(a, counter=None)),
    "another number": of_answer(lambda a: _with_ticket(a, number=9999)),
    "another slip code": of_answer(lambda a: _with_ticket(a, code="0" * 32)),
    "nothing due": of_answer(lambda a: _with_ticket(a, due_yen=0)),
    "security paper for all": of_answer(lambda a: _with_ticket(a, plain_tray="tray-2")),
    "the receipt in place of the application": of_answer(
        lambda a: msgspec.structs.replace(
            a,
            documents=[
                msgspec.structs.replace(a.documents[-1], role=wire.DocumentRole.APPLICATION),
                *a.documents[1:-1],
                msgspec.structs.replace(a.documents[0], role=wire.DocumentRole.RECEIPT),
            ],
        )
    ),
    "a certificate too few": of_answer(
        lambda a: msgspec.structs.replace(a, documents=[a.documents[0], a.documents[1], a.documents[-1]])
    ),
}


def _with_ticket(answer: wire.OrderAnswer, **fields: object) -> wire.OrderAnswer:
    assert answer.counter is not None
    return msgspec.structs.replace(answer, counter=msgspec.structs.replace(answer.counter, **fields))


@pytest.mark.parametrize("device", [COUNTER], indirect=True)
@pytest.mark.parametrize("change", TICKETS)
def test_a_counters_answer_is_bound_to_its_ticket_and_its_roles(visit: Visit, man: Middleman, change: str) -> None:
    man.ending, man.alter = "/orders", TICKETS[change]
    assert isinstance(visit.channel.order(TWO_COPIES, new_key()), DocumentMismatch)


@pytest.mark.parametrize("device", [KIOSK], indirect=True)
def test_a_ticket_is_nothing_for_a_kiosk(visit: Visit, man: Middleman) -> None:
    ticket = wire.CounterTicket(
        number=1,
        check="2345",
        code="0" * 32,
        office="x",
        waiting_place="x",
        due_yen=0,
        security_tray="a",
        plain_tray="b",
    )
    man.ending, man.alter = "/orders", of_answer(lambda a: msgspec.structs.replace(a, counter=ticket))
    assert isinstance(visit.channel.order(ORDER, new_key()), DocumentMismatch)


def test_an_unchanged_answer_is_none(visit: Visit, man: Middleman) -> None:
    man.ending = "/orders"
    assert isinstance(visit.channel.order(TWO_COPIES, new_key()), Issued)


@pytest.fixture
def others_answer(shared_center: Center, man: Middleman, device: str) -> bytes:
    """A good answer to the same order of somebody else's visit."""
    man.ending, beside = "/orders", OTHER_KIOSK if device == KIOSK else "counter-0002"
    with shared_center.client(beside, man) as client:
        other = shared_center.visit("ichiro", kiosk=shared_center.kiosk(beside, client))
        assert isinstance(other.channel.order(ORDER, new_key()), Issued)
    return man.answers.pop()


def test_somebody_elses_answer_is_a_mismatch(visit: Visit, man: Middleman, others_answer: bytes) -> None:
    man.alter = lambda _body: others_answer
    outcome = visit.channel.order(ORDER, new_key())
    assert isinstance(outcome, DocumentMismatch)
    assert outcome.check == "subject"


@pytest.mark.parametrize(
    ("fields", "check"),
    [
        (("documents",), "signature"),
        (("documents", "txn"), "signature"),
        (("documents", "txn", "subject"), "subject"),
        (("txn",), "signature"),
    ],
)
def test_parts_of_somebody_elses_answer_are_a_mismatch(
    visit: Visit, man: Middleman, others_answer: bytes, fields: tuple[str, ...], check: str
) -> None:
    other = wire.decode(others_answer, wire.OrderAnswer)
    man.alter = of_answer(lambda a: msgspec.structs.replace(a, **{name: getattr(other, name) for name in fields}))
    outcome = visit.channel.order(ORDER, new_key())
    assert isinstance(outcome, DocumentMismatch)
    assert outcome.check == check


def test_the_same_persons_document_of_another_visit_does_not_open(
    shared_center: Center, visit: Visit, kiosk: HttpsIssuingCenter, man: Middleman
) -> None:
    man.ending = "/orders"
    before = shared_center.visit(kiosk=kiosk)
    assert isinstance(before.channel.order(ORDER, new_key()), Issued)
    old = man.answers[-1]
    man.alter = lambda _body: old
    outcome = visit.channel.order(ORDER, new_key())
    assert isinstance(outcome, DocumentMismatch)
    assert outcome.check == "opening"


def test_an_old_answer_of_the_same_visit_is_no_answer_to_a_new_order(visit: Visit, man: Middleman) -> None:
    """It opens, and it is hers; but it was printed once, and one serial number is never on two papers."""
    man.ending = "/orders"
    key = new_key()
    first = visit.channel.order(ORDER, key)
    old = man.answers[-1]
    man.alter = lambda _body: old
    outcome = visit.channel.order(ORDER, new_key())
    assert isinstance(outcome, DocumentMismatch)
    assert outcome.check == "transaction"
    assert visit.channel.order(ORDER, key) == first


def test_the_answer_to_another_choice_of_the_same_visit_is_a_mismatch(visit: Visit, man: Middleman) -> None:
    man.ending = "/orders"
    assert isinstance(visit.channel.order(ORDER, new_key()), Issued)
    old = man.answers[-1]
    man.alter = lambda _body: old
    with_domicile = replace(ORDER, items=frozenset({Item.DOMICILE}))
    outcome = visit.channel.order(with_domicile, new_key())
    assert isinstance(outcome, DocumentMismatch)


def test_what_is_printed_is_checked_once_more(visit: Visit) -> None:
    issued = visit.channel.order(TWO_COPIES, new_key())
    assert isinstance(issued, Issued)
    one, two = (document for document in issued.documents if document.role is DocumentRole.CERTIFICATE)
    assert visit.channel.recheck(one) is None
    for changed, check in (
        (replace(one, pdf=flipped(one.pdf, 500)), "digest"),
        (replace(one, pdf=two.pdf), "digest"),
        (replace(one, serial=two.serial), "digest"),
        (replace(one, serial=SerialNumber("AAAA-BBBB-CCCC-DDDD")), "transaction"),
        (replace(one, transaction=TransactionId("0" * 32)), "transaction"),
    ):
        mismatch = visit.channel.recheck(changed)
        assert mismatch is not None
        assert mismatch.check == check


def test_an_order_that_comes_back_after_the_visit_was_forgotten_opens_nothing(visit: Visit, man: Middleman) -> None:
    man.ending = "/orders"

    def meanwhile(body: bytes) -> bytes:
        visit.channel.forget()
        return body

    man.alter = meanwhile
    assert visit.channel.order(ORDER, new_key()) == Refused(RefusalReason.VISIT_EXPIRED)


def changed_challenge(**fields: object) -> Alter:
    return lambda body: wire.encode(msgspec.structs.replace(wire.decode(body, wire.VisitChallenge), **fields))


@pytest.mark.parametrize(
    "fields", [{"nonce": bytes(32)}, {"kiosk": OTHER_KIOSK}, {"channel": "headless"}, {"visit": "0" * 32}], ids=str
)
def test_a_challenge_that_was_changed_opens_no_visit(
    shared_center: Center, kiosk: HttpsIssuingCenter, man: Middleman, fields: dict[str, object]
) -> None:
    man.ending, man.alter = "/visits", changed_challenge(**fields)
    channel = kiosk.begin_visit(MunicipalityCode(SHIOMINO))
    assert isinstance(channel, HttpsVisitChannel)
    assert isinstance(prove(channel, shared_center.card("hanako")), Refused)


def of_visit(change: Callable[[wire.VisitAnswer], wire.VisitAnswer]) -> Alter:
    return lambda body: wire.encode(change(wire.decode(body, wire.VisitAnswer)))


@pytest.mark.parametrize(
    "alter",
    [
        of_visit(lambda answer: msgspec.structs.replace(answer, subject="0" * 64)),
        of_visit(lambda answer: msgspec.structs.replace(answer, sealed_menu=b"")),
        of_visit(lambda answer: msgspec.structs.replace(answer, sealed_menu=flipped(answer.sealed_menu, 0))),
        of_visit(lambda answer: msgspec.structs.replace(answer, sealed_menu=flipped(answer.sealed_menu, -2))),
        lambda body: body[:-1],
        lambda _body: b"{}",
    ],
    ids=["subject", "no menu", "key part", "content", "cut", "empty"],
)
def test_a_menu_that_was_changed_does_not_open(
    shared_center: Center, kiosk: HttpsIssuingCenter, man: Middleman, alter: Alter
) -> None:
    man.ending, man.alter = "/proof", alter
    channel = kiosk.begin_visit(MunicipalityCode(SHIOMINO))
    assert isinstance(channel, HttpsVisitChannel)
    assert prove(channel, shared_center.card("hanako")) == CenterUnavailable("CENTER-03")


def test_the_menu_of_another_visit_does_not_open(
    shared_center: Center, kiosk: HttpsIssuingCenter, man: Middleman
) -> None:
    man.ending = "/proof"
    shared_center.visit("hanako", kiosk=kiosk)
    old = man.answers[-1]
    man.alter = lambda _body: old
    channel = kiosk.begin_visit(MunicipalityCode(SHIOMINO))
    assert isinstance(channel, HttpsVisitChannel)
    assert prove(channel, shared_center.card("hanako")) == CenterUnavailable("CENTER-03")


@settings(max_examples=120, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(somewhere=st.integers(0, 2**32))
def test_any_flipped_bit_of_an_answer_gives_the_own_document_or_none(
    visit: Visit, man: Middleman, somewhere: int
) -> None:
    man.ending = "/orders"
    man.alter = lambda body: body
    key = new_key()
    first = visit.channel.order(ORDER, key)
    assert isinstance(first, Issued)
    place = somewhere % (len(man.answers[-1]) * 8)
    bit = 1 << place % 8
    man.alter = lambda body: body[: place // 8] + bytes([body[place // 8] ^ bit]) + body[place // 8 + 1 :]
    outcome = visit.channel.order(ORDER, key)
    match outcome:
        case Issued():
            # The last digits of base64 have bits that mean nothing.
            assert outcome == first
        case DocumentMismatch():
            pass
        case _:
            assert outcome == CenterUnavailable("CENTER-03")
