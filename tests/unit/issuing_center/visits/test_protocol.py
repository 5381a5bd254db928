"""The visit protocol: what the card signed is what the center opens a visit for, once, and every refusal says no more than it must."""

from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from threading import Barrier

import msgspec
import pytest
from sqlalchemy import select

from issuing_center import wire
from issuing_center.database import reading
from issuing_center.ledger.tables import events
from issuing_center.problems import No
from issuing_center.sandbox.faults import Fault
from issuing_center.visits.protocol import begin, close, prove
from kiosk.adapters.center.sealing import VisitKey
from tests.support.cards import certificate_der
from tests.support.center import Center
from tests.support.proofs import KIOSK, OTHER, REQUEST, answer_to, challenged, proof_of, refusal_of


@pytest.fixture
def calm(center: Center) -> Iterator[Center]:
    """A center whose responder is well again afterwards."""
    yield center
    center.running.responder.faults.clear()


# --- one nonce, one statement, one visit


def test_every_visit_has_an_id_and_a_nonce_of_its_own_though_the_clock_stands(shared_center: Center) -> None:
    challenges = [challenged(shared_center) for _ in range(50)]
    assert len({challenge.visit for challenge in challenges}) == 50
    assert len({challenge.nonce for challenge in challenges}) == 50
    assert {challenge.kiosk for challenge in challenges} == {KIOSK.device_id}


def test_a_proof_opens_its_visit_once(shared_center: Center) -> None:
    challenge = challenged(shared_center)
    proof = proof_of(shared_center, challenge)
    assert isinstance(prove(shared_center.service, KIOSK, challenge.visit, proof), wire.VisitAnswer)
    assert refusal_of(prove(shared_center.service, KIOSK, challenge.visit, proof)) is No.VISIT_EXPIRED


def test_a_proof_opens_no_other_visit_of_the_same_kiosk(shared_center: Center) -> None:
    proven, other = challenged(shared_center), challenged(shared_center)
    proof = proof_of(shared_center, proven)
    assert refusal_of(prove(shared_center.service, KIOSK, other.visit, proof)) is No.PROOF_REFUSED


def test_a_proof_for_another_kiosks_visit_is_refused_and_costs_that_visit_nothing(shared_center: Center) -> None:
    challenge = challenged(shared_center)
    proof = proof_of(shared_center, challenge)
    for _ in range(10):
        assert refusal_of(prove(shared_center.service, OTHER, challenge.visit, proof)) is No.VISIT_EXPIRED
    assert isinstance(prove(shared_center.service, KIOSK, challenge.visit, proof), wire.VisitAnswer)


def test_of_many_proofs_at_once_on_two_workers_one_opens_the_visit(two_workers: tuple[Center, Center]) -> None:
    challenge = challenged(two_workers[0])
    proofs = [proof_of(two_workers[0], challenge, persona) for persona in ("hanako", "ichiro") * 4]
    barrier = Barrier(len(proofs))

    def opened(number: int) -> str:
        barrier.wait()
        answer = prove(two_workers[number % 2].service, KIOSK, challenge.visit, proofs[number])
        return answer.subject if isinstance(answer, wire.VisitAnswer) else answer.no.name

    with ThreadPoolExecutor(len(proofs)) as threads:
        outcomes = Counter(threads.map(opened, range(len(proofs))))
    assert outcomes.pop("VISIT_EXPIRED") == len(proofs) - 1
    assert sum(outcomes.values()) == 1


@pytest.mark.parametrize(
    "change",
    [
        {"signed_at": timedelta(seconds=1)},
        {"public_key": b"k" * wire.PUBLIC_KEY_BYTES},
        {"certificate": b"\x30\x00"},
        {"signature": b"s" * 256},
        {"signature": b"s"},
    ],
    ids=lambda change: next(iter(change)),
)
def test_a_proof_with_anything_changed_is_refused(shared_center: Center, change: dict[str, object]) -> None:
    challenge = challenged(shared_center)
    proof = proof_of(shared_center, challenge)
    changed = {
        name: getattr(proof, name) + value if isinstance(value, timedelta) else value for name, value in change.items()
    }
    refused = prove(shared_center.service, KIOSK, challenge.visit, msgspec.structs.replace(proof, **changed))
    assert refusal_of(refused) is No.PROOF_REFUSED


def test_a_key_swapped_on_the_way_is_refused(shared_center: Center) -> None:
    challenge = challenged(shared_center)
    proof = msgspec.structs.replace(proof_of(shared_center, challenge), public_key=VisitKey().public_bytes)
    assert refusal_of(prove(shared_center.service, KIOSK, challenge.visit, proof)) is No.PROOF_REFUSED


def test_a_statement_for_another_channel_is_refused(shared_center: Center) -> None:
    challenge = challenged(shared_center)
    for lie in ({"channel": "counter"}, {"kiosk": "kiosk-0002"}, {"nonce": bytes(32)}):
        lied = msgspec.structs.replace(challenge, **lie)
        proof = proof_of(shared_center, lied)
        assert refusal_of(prove(shared_center.service, KIOSK, challenge.visit, proof)) is No.PROOF_REFUSED


@pytest.mark.parametrize("low_order", [bytes(32), b"\1" + bytes(31)])
def test_a_key_that_nothing_can_be_sealed_to_opens_no_visit(shared_center: Center, low_order: bytes) -> None:
    challenge = challenged(shared_center)
    key = VisitKey().public_bytes[:-32] + low_order
    proof = proof_of(shared_center, challenge, key=key)
    assert refusal_of(prove(shared_center.service, KIOSK, challenge.visit, proof)) is No.PROOF_REFUSED
    good = proof_of(shared_center, challenge)
    assert isinstance(prove(shared_center.service, KIOSK, challenge.visit, good), wire.VisitAnswer)


@pytest.mark.parametrize("persona", ["hanako", "revoked", "unlinked", "protected"])
def test_five_refused_proofs_use_a_nonce_up_whatever_the_reason(shared_center: Center, persona: str) -> None:
    challenge = challenged(shared_center)
    refused = proof_of(shared_center, challenge, persona)
    if persona == "hanako":
        refused = msgspec.structs.replace(refused, signature=b"x")
    for _ in range(5):
        assert refusal_of(prove(shared_center.service, KIOSK, challenge.visit, refused)) is not No.VISIT_EXPIRED
    good = proof_of(shared_center, challenge)
    assert refusal_of(prove(shared_center.service, KIOSK, challenge.visit, good)) is No.VISIT_EXPIRED


@pytest.mark.parametrize(("late", "opens"), [(-1, True), (0, False), (1, False)])
def test_a_challenge_lasts_five_minutes_and_no_longer(center: Center, late: int, opens: bool) -> None:
    challenge = challenged(center)
    center.clock.advance(timedelta(minutes=5, microseconds=late))
    answer = prove(center.service, KIOSK, challenge.visit, proof_of(center, challenge))
    assert isinstance(answer, wire.VisitAnswer) is opens


@pytest.mark.parametrize(("off", "accepted"), [(300, True), (301, False), (-300, True), (-301, False), (10**9, False)])
def test_a_statement_may_be_five_minutes_off_and_no_more(center: Center, off: int, accepted: bool) -> None:
    challenge = challenged(center)
    center.clock.advance(timedelta(seconds=off))
    proof = proof_of(center, challenge)
    center.clock.advance(timedelta(seconds=-off))
    assert isinstance(prove(center.service, KIOSK, challenge.visit, proof), wire.VisitAnswer) is accepted


def test_a_closed_challenge_is_over(shared_center: Center) -> None:
    challenge = challenged(shared_center)
    close(shared_center.service, OTHER, challenge.visit)  # another kiosk's word ends nothing
    assert isinstance(
        prove(shared_center.service, KIOSK, challenge.visit, proof_of(shared_center, challenge)), wire.VisitAnswer
    )
    second = challenged(shared_center)
    close(shared_center.service, KIOSK, second.visit)
    answer = prove(shared_center.service, KIOSK, second.visit, proof_of(shared_center, second))
    assert refusal_of(answer) is No.VISIT_EXPIRED


def test_a_broken_generator_of_randomness_overwrites_nothing(shared_center: Center) -> None:
    challenge = challenged(shared_center)
    stuck = replace(
        shared_center.service, random=lambda length: bytes.fromhex(challenge.visit) if length == 16 else b"n" * length
    )
    with pytest.raises(Exception, match="UNIQUE"):
        begin(stuck, KIOSK, REQUEST)
    answer = prove(shared_center.service, KIOSK, challenge.visit, proof_of(shared_center, challenge))
    assert isinstance(answer, wire.VisitAnswer)


# --- who stands there


def test_everything_of_the_person_is_sealed_to_the_key_that_was_signed_for(shared_center: Center) -> None:
    challenge, key = challenged(shared_center), VisitKey()
    answer = prove(
        shared_center.service, KIOSK, challenge.visit, proof_of(shared_center, challenge, key=key.public_bytes)
    )
    assert isinstance(answer, wire.VisitAnswer)
    menu = wire.decode(
        key.open(answer.sealed_menu, wire.menu_binding(challenge.visit, answer.subject)), wire.MenuPayload
    )
    members = next(offer for offer in menu.offers if offer.kind is wire.Kind.JUMINHYO).members
    assert [member.name for member in members if member.applicant] == ["𠮷田　花子"]
    outside = wire.encode(answer)
    for member in members:
        assert member.name.encode() not in outside
        assert member.ref.encode() not in outside


def test_a_members_handle_means_nothing_in_another_visit(shared_center: Center) -> None:
    first, second = shared_center.visit(), shared_center.visit()
    assert {m.name for m in first.menu.members} == {m.name for m in second.menu.members}
    assert not {m.ref for m in first.menu.members} & {m.ref for m in second.menu.members}


@pytest.mark.parametrize(
    ("persona", "no"),
    [
        ("expired", No.CERTIFICATE_EXPIRED),
        ("revoked", No.CERTIFICATE_REVOKED),
        ("on-hold", No.CERTIFICATE_ON_HOLD),
        ("unlinked", No.NOT_LINKED),
    ],
)
def test_a_certificate_that_is_no_good_gets_its_own_answer(shared_center: Center, persona: str, no: No) -> None:
    assert refusal_of(answer_to(shared_center, persona)) is no


def test_a_forged_certificate_is_not_accepted(shared_center: Center) -> None:
    challenge = challenged(shared_center)
    proof = proof_of(shared_center, challenge)
    forged = msgspec.structs.replace(proof, certificate=certificate_der("auth"))
    assert refusal_of(prove(shared_center.service, KIOSK, challenge.visit, forged)) is No.PROOF_REFUSED


def opened_by(center: Center) -> list[str]:
    """Give the recorded methods of all opened visits."""
    with reading(center.engine) as connection:
        rows = connection.execute(select(events.c.detail).where(events.c.event == "visit-opened")).scalars()
        return [detail.split()[1] for detail in rows]


def test_how_the_status_was_learned_is_on_record(calm: Center) -> None:
    assert isinstance(answer_to(calm), wire.VisitAnswer)
    calm.running.responder.faults.add(Fault.HTTP_500)
    assert isinstance(answer_to(calm), wire.VisitAnswer)
    assert opened_by(calm) == ["ocsp", "crl"]


def test_a_revoked_certificate_is_refused_by_the_list_too(calm: Center) -> None:
    calm.running.responder.faults.add(Fault.HTTP_500)
    assert refusal_of(answer_to(calm, "revoked")) is No.CERTIFICATE_REVOKED
    assert refusal_of(answer_to(calm, "on-hold")) is No.CERTIFICATE_ON_HOLD


@pytest.mark.expect_log("issuing_center")
@pytest.mark.parametrize("fault", [Fault.UNKNOWN, Fault.BAD_SIGNATURE, Fault.STALE, Fault.WRONG_NONCE, Fault.HTML])
def test_an_undetermined_status_opens_nothing_and_costs_the_resident_nothing(calm: Center, fault: Fault) -> None:
    challenge = challenged(calm)
    proof = proof_of(calm, challenge)
    calm.running.responder.faults.add(fault)
    for _ in range(6):
        assert refusal_of(prove(calm.service, KIOSK, challenge.visit, proof)) is No.CERTIFICATE_UNDETERMINED
    assert opened_by(calm) == []
    calm.running.responder.faults.clear()
    assert isinstance(prove(calm.service, KIOSK, challenge.visit, proof), wire.VisitAnswer)
