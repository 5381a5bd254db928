"""What a kiosk may rely on: the port `IssuingCenter`, over real mutual TLS and against the same callable in process."""

from collections.abc import Iterator
from datetime import timedelta

import pytest

from issuing_center.sandbox.center import SHIOMINO
from kiosk.adapters.center.https import HttpsIssuingCenter
from kiosk.domain.certificates import (
    CertificateKind,
    Item,
    MunicipalityCode,
    Order,
    ScopeKind,
    SerialNumber,
    TransactionId,
)
from kiosk.ports.center import (
    CenterUnavailable,
    DocumentFate,
    DocumentMismatch,
    Issued,
    MoneyFate,
    OrderOutcome,
    OrderState,
    RefusalReason,
    Refused,
    Reported,
    ReportRejected,
    VisitOpened,
)
from tests.support.center import FEE_YEN, KIOSK, ORDER, OTHER_KIOSK, Center, Served, Visit, new_key, prove, texts_of


@pytest.fixture(params=["in process", "https"])
def kiosk(request: pytest.FixtureRequest, shared_center: Center) -> Iterator[HttpsIssuingCenter]:
    if request.param == "in process":
        yield shared_center.kiosk()
        return
    served: Served = request.getfixturevalue("served")
    with served.client() as client:
        yield shared_center.kiosk(client=client)


@pytest.fixture
def visit(shared_center: Center, kiosk: HttpsIssuingCenter) -> Visit:
    return shared_center.visit(kiosk=kiosk)


def outcome_of(issued: Issued, fate: DocumentFate = DocumentFate.HANDED_OVER) -> OrderOutcome:
    sheets = 0 if fate is DocumentFate.VOIDED else 1
    kept = fate is DocumentFate.HANDED_OVER
    return OrderOutcome(
        issued.transaction,
        MoneyFate.KEPT if kept else MoneyFate.NONE,
        issued.total_yen if kept else 0,
        tuple((document.serial, fate, sheets) for document in issued.documents),
        None,
    )


def issued_by(visit: Visit, order: Order = ORDER) -> Issued:
    answer = visit.channel.order(order, new_key())
    assert isinstance(answer, Issued), answer
    return answer


def test_the_municipalities_are_listed_with_their_names(kiosk: HttpsIssuingCenter) -> None:
    listed = kiosk.municipalities()
    assert isinstance(listed, tuple)
    assert [(m.code, m.prefecture, m.name, m.kana) for m in listed] == [
        ("990043", "例示県", "小見本町", "こみほんちょう"),
        (SHIOMINO, "見本県", "汐見野市", "しおみのし"),
        ("990035", "例示県", "山手市", "やまてし"),
    ]


def test_a_visit_opens_the_menu_of_who_stands_there(visit: Visit) -> None:
    assert [offer.kind for offer in visit.menu.offers] == list(CertificateKind)
    offer = visit.menu.offers[0]
    assert (offer.kind, offer.fee_yen, offer.copies_limit) == (CertificateKind.JUMINHYO, FEE_YEN, 5)
    assert offer.scopes == (ScopeKind.SELF, ScopeKind.HOUSEHOLD, ScopeKind.SOME)
    assert offer.items == (Item.HEAD_AND_RELATION, Item.DOMICILE, Item.MY_NUMBER)
    assert [member.name for member in visit.household if member.is_applicant] == ["𠮷田　花子"]
    assert len(visit.household) == 5


def test_an_order_gives_every_copy_with_a_serial_number_of_its_own(visit: Visit) -> None:
    order = Order(ORDER.kind, ORDER.scope, (), frozenset({Item.DOMICILE}), 3, FEE_YEN)
    issued = issued_by(visit, order)
    assert issued.total_yen == 3 * FEE_YEN
    assert len({document.serial for document in issued.documents}) == 3
    for document in issued.documents:
        texts = texts_of(document.pdf)
        assert {"𠮷田　花子", f"発行番号　{document.serial}"} <= texts
        assert "𠮷田　太一" in texts  # 筆頭者
        assert visit.channel.recheck(document) is None


def test_each_scope_shows_exactly_those_it_names(shared_center: Center, kiosk: HttpsIssuingCenter) -> None:
    visit = shared_center.visit("yoshiko", kiosk=kiosk)
    names = [member.name for member in visit.household]
    assert len(names) == 6
    some = tuple(member.ref for member in visit.household[2:4])
    for scope, members, shown in (
        (
            ScopeKind.SELF,
            (),
            [name for member, name in zip(visit.household, names, strict=True) if member.is_applicant],
        ),
        (ScopeKind.HOUSEHOLD, (), names),
        (ScopeKind.SOME, some, names[2:4]),
    ):
        (document,) = issued_by(visit, Order(ORDER.kind, scope, members, frozenset(), 1, FEE_YEN)).documents
        texts = texts_of(document.pdf)
        assert [name for name in names if name in texts] == shown
        assert document.sheets == (2 if scope is ScopeKind.HOUSEHOLD else 1)


def test_the_same_key_with_the_same_order_gives_the_same_documents(visit: Visit) -> None:
    key = new_key()
    first, second = visit.channel.order(ORDER, key), visit.channel.order(ORDER, key)
    assert isinstance(first, Issued)
    assert first == second


def test_the_same_key_with_another_order_is_refused(visit: Visit) -> None:
    key = new_key()
    assert isinstance(visit.channel.order(ORDER, key), Issued)
    other = Order(ORDER.kind, ORDER.scope, (), frozenset({Item.MY_NUMBER}), 1, FEE_YEN)
    assert visit.channel.order(other, key) == CenterUnavailable("CENTER-03")


def test_one_key_serves_one_visit_only(shared_center: Center, kiosk: HttpsIssuingCenter) -> None:
    key = new_key()
    first, second = shared_center.visit(kiosk=kiosk), shared_center.visit(kiosk=kiosk)
    assert isinstance(first.channel.order(ORDER, key), Issued)
    assert second.channel.order(ORDER, key) == CenterUnavailable("CENTER-03")


def test_another_order_of_the_same_visit_is_another_document(visit: Visit) -> None:
    first, second = issued_by(visit), issued_by(visit)
    assert first.transaction != second.transaction
    assert visit.channel.recheck(second.documents[0]) is None


@pytest.mark.parametrize(
    ("persona", "reason"),
    [
        ("expired", RefusalReason.CERTIFICATE_EXPIRED),
        ("revoked", RefusalReason.CERTIFICATE_REVOKED),
        ("on-hold", RefusalReason.CERTIFICATE_ON_HOLD),
        ("unlinked", RefusalReason.NOT_LINKED),
        ("protected", RefusalReason.COUNTER_ONLY),
        ("leaving", RefusalReason.COUNTER_ONLY),
        ("child", RefusalReason.COUNTER_ONLY),
    ],
)
def test_a_refused_card_gets_its_reason_and_no_more(
    shared_center: Center, kiosk: HttpsIssuingCenter, persona: str, reason: RefusalReason
) -> None:
    channel = kiosk.begin_visit(MunicipalityCode(SHIOMINO))
    assert not isinstance(channel, Refused | CenterUnavailable)
    refused = prove(channel, shared_center.card(persona))
    assert isinstance(refused, Refused)
    assert refused.reason is reason
    assert (refused.reference is not None) == (reason is RefusalReason.COUNTER_ONLY)


def test_a_character_without_a_glyph_is_refused_before_anything_is_owed(
    shared_center: Center, kiosk: HttpsIssuingCenter
) -> None:
    visit = shared_center.visit("gaiji", kiosk=kiosk)
    assert visit.channel.order(ORDER, new_key()) == Refused(RefusalReason.GLYPH_MISSING)


def test_an_unknown_municipality_is_not_offered(kiosk: HttpsIssuingCenter) -> None:
    assert kiosk.begin_visit(MunicipalityCode("131016")) == Refused(RefusalReason.NOT_OFFERED)


def test_another_fee_than_the_one_shown_is_refused(visit: Visit) -> None:
    dearer = Order(ORDER.kind, ORDER.scope, (), frozenset(), 1, FEE_YEN + 100)
    assert visit.channel.order(dearer, new_key()) == Refused(RefusalReason.FEE_CHANGED)


def test_a_closed_visit_orders_nothing_and_opens_nothing(visit: Visit) -> None:
    (document,) = issued_by(visit).documents
    visit.channel.close()
    assert visit.channel.order(ORDER, new_key()) == Refused(RefusalReason.VISIT_EXPIRED)
    assert visit.channel.recheck(document) == DocumentMismatch("transaction", document.transaction)


def test_the_outcome_is_taken_once_and_repeats_harmlessly(visit: Visit, kiosk: HttpsIssuingCenter) -> None:
    issued = issued_by(visit)
    assert kiosk.order_state(issued.transaction) is OrderState.ISSUED
    assert kiosk.report(outcome_of(issued)) == Reported()
    assert kiosk.report(outcome_of(issued)) == Reported()
    assert kiosk.order_state(issued.transaction) is OrderState.REPORTED


@pytest.mark.expect_log("issuing_center", "ERROR")
def test_another_outcome_for_the_same_order_is_rejected_and_stops_the_kiosk(
    shared_center: Center, visit: Visit, kiosk: HttpsIssuingCenter
) -> None:
    issued = issued_by(visit)
    assert kiosk.report(outcome_of(issued)) == Reported()
    assert kiosk.report(outcome_of(issued, DocumentFate.VOIDED)) == ReportRejected()
    assert kiosk.begin_visit(MunicipalityCode(SHIOMINO)) == Refused(RefusalReason.STOPPED)
    shared_center.close_incidents()  # the center is shared by the tests of this worker


def test_an_order_that_never_was_is_unknown(kiosk: HttpsIssuingCenter) -> None:
    nobody = TransactionId("0" * 32)
    assert kiosk.order_state(nobody) is OrderState.UNKNOWN
    outcome = OrderOutcome(
        nobody, MoneyFate.NONE, 0, ((SerialNumber("AAAA-BBBB-CCCC-DDDD"), DocumentFate.VOIDED, 0),), None
    )
    assert kiosk.report(outcome) == ReportRejected()


def test_what_is_another_kiosks_does_not_exist(shared_center: Center, visit: Visit) -> None:
    issued = issued_by(visit)
    stranger = shared_center.kiosk(OTHER_KIOSK)
    assert stranger.order_state(issued.transaction) is OrderState.UNKNOWN
    assert stranger.report(outcome_of(issued)) == ReportRejected()
    assert shared_center.kiosk(KIOSK).order_state(issued.transaction) is OrderState.ISSUED


def test_a_proof_with_a_wrong_signature_is_refused(shared_center: Center, kiosk: HttpsIssuingCenter) -> None:
    channel = kiosk.begin_visit(MunicipalityCode(SHIOMINO))
    assert not isinstance(channel, Refused | CenterUnavailable)
    hanako, ichiro = shared_center.card("hanako"), shared_center.card("ichiro")
    assert channel.prove(hanako.certificate, ichiro.sign(channel.statement_digest)) == Refused(
        RefusalReason.PROOF_REFUSED
    )
    assert isinstance(prove(channel, hanako), VisitOpened)


def test_a_kiosk_whose_clock_is_off_is_told_so(center: Center) -> None:
    for off in (timedelta(minutes=5, seconds=1), timedelta(minutes=-5, seconds=-1)):
        center.clock.kiosk.ahead = off
        channel = center.kiosk().begin_visit(MunicipalityCode(SHIOMINO))
        assert prove(channel, center.card("hanako")) == Refused(RefusalReason.PROOF_REFUSED)  # type: ignore[arg-type]
    center.clock.kiosk.ahead = timedelta(minutes=5)
    center.visit()
