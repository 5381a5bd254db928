"""印鑑登録証としての利用: by a verified card, for some minutes, in its own municipality, and never by a name."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from issuing_center.counter import tables
from issuing_center.counter.refusals import CounterNo
from issuing_center.counter.seal_lookup import SealAnswer, SealStanding, seal_lookup
from issuing_center.database import reading
from issuing_center.sandbox.center import SHIOMINO
from kiosk.adapters.center.https import HttpsVisitChannel
from kiosk.domain.certificates import MunicipalityCode
from kiosk.domain.registration import Purpose
from kiosk.ports.center import RefusalReason, Refused, VisitOpened
from tests.support.center import COUNTER, KIOSK, ORDER, Center, new_key, prove
from tests.support.clerks import CLERK, FOREIGN_CLERK, no


def code_of(center: Center, persona: str) -> str:
    channel = center.kiosk(COUNTER).begin_visit(MunicipalityCode(SHIOMINO), Purpose.SEAL_CARD)
    assert isinstance(channel, HttpsVisitChannel)
    opened = prove(channel, center.card(persona))
    assert isinstance(opened, VisitOpened)
    assert opened.menu.offers == ()
    assert channel.order(ORDER, new_key()) == Refused(RefusalReason.NOT_OFFERED)
    assert opened.menu.seal_code is not None
    return opened.menu.seal_code


@pytest.mark.parametrize(
    ("persona", "standing"), [("hanako", SealStanding.REGISTERED), ("taichi", SealStanding.ABOLISHED)]
)
def test_a_verified_card_shows_how_the_seal_stands(center: Center, persona: str, standing: SealStanding) -> None:
    answer = seal_lookup(center.service, CLERK, code_of(center, persona).lower())
    assert isinstance(answer, SealAnswer)
    assert (answer.standing, answer.method) == (standing, "ocsp")
    assert (answer.registered_on is not None) is (standing is SealStanding.REGISTERED)


def test_a_code_is_good_for_minutes_and_in_its_municipality_alone(center: Center) -> None:
    code = code_of(center, "hanako")
    assert no(seal_lookup(center.service, FOREIGN_CLERK, code)) is CounterNo.SEAL_CODE
    assert no(seal_lookup(center.service, CLERK, "ABCDEFGH")) is CounterNo.SEAL_CODE
    center.clock.advance(timedelta(minutes=5))
    assert no(seal_lookup(center.service, CLERK, code)) is CounterNo.SEAL_CODE


def test_a_code_is_kept_as_a_hash(center: Center) -> None:
    code = code_of(center, "hanako")
    with reading(center.engine) as connection:
        (kept,) = connection.execute(select(tables.seal_codes)).all()
    assert code not in repr(kept)


def test_a_kiosk_gives_no_such_code(center: Center) -> None:
    outcome = center.kiosk(KIOSK).begin_visit(MunicipalityCode(SHIOMINO), Purpose.SEAL_CARD)
    assert outcome == Refused(RefusalReason.NOT_OFFERED)
