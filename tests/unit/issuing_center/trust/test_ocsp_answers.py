"""OCSP answers, one by one and without a network: only an authentic, fresh answer to the very question counts."""

import asyncio
import dataclasses
from datetime import UTC, datetime, timedelta

import pytest
from asn1crypto import ocsp as asn1_ocsp
from asn1crypto import x509 as asn1_x509
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.x509 import ocsp
from pyhanko_certvalidator import ValidationContext
from pyhanko_certvalidator.authority import CertTrustAnchor
from pyhanko_certvalidator.path import ValidationPath
from pyhanko_certvalidator.revinfo.validate_ocsp import verify_ocsp_response

from issuing_center.sandbox import SandboxFolder, links
from issuing_center.sandbox.answers import Answerer
from issuing_center.sandbox.faults import Fault
from issuing_center.sandbox.files import read_key
from issuing_center.trust import (
    AnswerFault,
    NotRevoked,
    OcspOutcome,
    Rejected,
    RevocationMethod,
    Revoked,
    TrustAnchors,
    TrustPolicy,
    UnknownToResponder,
    Unreachable,
)
from issuing_center.trust.ocsp import Question, ask_about, judge_answer
from tests.unit.issuing_center.trust.cards import certificate_of

GOOD = NotRevoked(RevocationMethod.OCSP)
_NOT_AUTHORISED = Rejected(AnswerFault.RESPONDER_NOT_AUTHORISED)
_NOT_FRESH = Rejected(AnswerFault.NOT_FRESH)
_OTHER = Rejected(AnswerFault.OTHER_CERTIFICATE)

BAD_ANSWERS: dict[Fault, OcspOutcome] = {
    Fault.TRY_LATER: Unreachable(),
    Fault.INTERNAL_ERROR: Unreachable(),
    Fault.MALFORMED_REQUEST: Rejected(AnswerFault.REFUSED_BY_RESPONDER),
    Fault.SIG_REQUIRED: Rejected(AnswerFault.REFUSED_BY_RESPONDER),
    Fault.UNAUTHORIZED: Rejected(AnswerFault.REFUSED_BY_RESPONDER),
    Fault.TRUNCATED: Rejected(AnswerFault.MALFORMED),
    Fault.TRAILING: Rejected(AnswerFault.MALFORMED),
    Fault.STALE: _NOT_FRESH,
    Fault.EXPIRED_NEXT_UPDATE: _NOT_FRESH,
    Fault.OLD_WITHOUT_NEXT_UPDATE: _NOT_FRESH,
    Fault.FUTURE: _NOT_FRESH,
    Fault.OTHER_SERIAL: _OTHER,
    Fault.OTHER_ISSUER: _OTHER,
    Fault.OTHER_HASH: _OTHER,
    Fault.WRONG_NONCE: Rejected(AnswerFault.NONCE),
    Fault.NO_NONCE: Rejected(AnswerFault.NONCE),
    Fault.UNKNOWN: UnknownToResponder(),
    Fault.BAD_SIGNATURE: Rejected(AnswerFault.BAD_SIGNATURE),
    Fault.FOREIGN_KEY: Rejected(AnswerFault.BAD_SIGNATURE),
    Fault.SHA1_SIGNATURE: Rejected(AnswerFault.BAD_SIGNATURE),
    Fault.FOREIGN_RESPONDER: _NOT_AUTHORISED,
    Fault.SELF_SIGNED_RESPONDER: _NOT_AUTHORISED,
    Fault.OTHER_GENERATION: _NOT_AUTHORISED,
    Fault.EXPIRED_RESPONDER: _NOT_AUTHORISED,
    Fault.FUTURE_RESPONDER: _NOT_AUTHORISED,
    Fault.RESPONDER_WITHOUT_EXTENDED_USAGE: _NOT_AUTHORISED,
    Fault.RESPONDER_WITHOUT_USAGE: _NOT_AUTHORISED,
    Fault.RESPONDER_WITHOUT_NOCHECK: _NOT_AUTHORISED,
    Fault.RESPONDER_IS_A_CA: _NOT_AUTHORISED,
    Fault.RESPONDER_WITH_UNKNOWN_CRITICAL: _NOT_AUTHORISED,
    Fault.NO_CERTIFICATES: _NOT_AUTHORISED,
}

OF_THE_LINE = frozenset(
    {Fault.STALL, Fault.RESET, Fault.CUT_BODY, Fault.SLOW_BYTES, Fault.HTTP_500, Fault.EMPTY, Fault.HUGE, Fault.HTML}
    | {each for each in Fault if each.startswith("crl_")}
)
"""Faults that need a network, or concern lists; tested there."""


@pytest.fixture(scope="module")
def answerer(sandbox_folder: SandboxFolder) -> Answerer:
    return Answerer(sandbox_folder)


@pytest.fixture
def question(sandbox_folder: SandboxFolder, anchors: TrustAnchors) -> Question:
    """A question about hanako's certificate."""
    return _question(sandbox_folder, anchors, "hanako")


def _question(folder: SandboxFolder, anchors: TrustAnchors, persona: str, nonce: bytes = b"n" * 32) -> Question:
    link = next(each for each in links(folder) if each.persona.name == persona)
    issuer = anchors.by_key_id(link.issuer_key_id)
    assert issuer is not None
    return ask_about(link.serial, issuer, nonce)


def test_every_fault_the_responder_knows_is_tested_somewhere() -> None:
    assert BAD_ANSWERS.keys() | OF_THE_LINE == set(Fault)


@pytest.mark.parametrize(
    ("persona", "outcome"),
    [
        ("hanako", GOOD),
        ("ichiro", GOOD),
        ("revoked", Revoked(on_hold=False, method=RevocationMethod.OCSP)),
        ("on-hold", Revoked(on_hold=True, method=RevocationMethod.OCSP)),
    ],
)
def test_an_honest_answer_is_believed(
    persona: str,
    outcome: OcspOutcome,
    sandbox_folder: SandboxFolder,
    anchors: TrustAnchors,
    answerer: Answerer,
    policy: TrustPolicy,
    now: datetime,
) -> None:
    question = _question(sandbox_folder, anchors, persona)
    assert judge_answer(answerer.answer(question.der, now), question, policy, now) == outcome


@pytest.mark.parametrize("fault", BAD_ANSWERS)
def test_a_wrong_answer_is_never_good(
    fault: Fault, answerer: Answerer, question: Question, policy: TrustPolicy, now: datetime
) -> None:
    answer = answerer.answer(question.der, now, frozenset({fault}))
    assert judge_answer(answer, question, policy, now) == BAD_ANSWERS[fault]


@pytest.mark.parametrize("fault", [Fault.BAD_SIGNATURE, Fault.STALE, Fault.WRONG_NONCE, Fault.FOREIGN_RESPONDER])
def test_a_wrong_answer_that_says_revoked_does_not_revoke(
    fault: Fault,
    sandbox_folder: SandboxFolder,
    anchors: TrustAnchors,
    answerer: Answerer,
    policy: TrustPolicy,
    now: datetime,
) -> None:
    question = _question(sandbox_folder, anchors, "revoked")
    answer = answerer.answer(question.der, now, frozenset({fault}))
    assert isinstance(judge_answer(answer, question, policy, now), Rejected)


def test_an_answer_to_an_earlier_question_about_the_same_certificate_is_refused(
    sandbox_folder: SandboxFolder, anchors: TrustAnchors, answerer: Answerer, policy: TrustPolicy, now: datetime
) -> None:
    earlier = _question(sandbox_folder, anchors, "hanako", b"e" * 32)
    later = _question(sandbox_folder, anchors, "hanako", b"l" * 32)
    answer = answerer.answer(earlier.der, now)
    assert judge_answer(answer, earlier, policy, now) == GOOD
    assert judge_answer(answer, later, policy, now) == Rejected(AnswerFault.NONCE)


def test_an_answer_about_another_persona_is_refused(
    sandbox_folder: SandboxFolder, anchors: TrustAnchors, answerer: Answerer, policy: TrustPolicy, now: datetime
) -> None:
    about_other = answerer.answer(_question(sandbox_folder, anchors, "yoshiko").der, now)
    question = _question(sandbox_folder, anchors, "hanako")
    assert judge_answer(about_other, question, policy, now) == _OTHER


def test_a_responder_without_nonces_is_accepted_only_by_a_policy_that_says_so(
    answerer: Answerer, question: Question, policy: TrustPolicy, now: datetime
) -> None:
    lenient = dataclasses.replace(policy, ocsp_nonce_required=False)
    silent = answerer.answer(question.der, now, frozenset({Fault.NO_NONCE}))
    wrong = answerer.answer(question.der, now, frozenset({Fault.WRONG_NONCE}))
    assert judge_answer(silent, question, lenient, now) == GOOD
    assert judge_answer(wrong, question, lenient, now) == Rejected(AnswerFault.NONCE)


@pytest.mark.parametrize(
    ("age", "outcome"),
    [
        (timedelta(seconds=-61), _NOT_FRESH),
        (timedelta(seconds=-59), GOOD),
        (timedelta(minutes=9), GOOD),
        (timedelta(minutes=10, seconds=2), _NOT_FRESH),
    ],
    ids=str,
)
def test_an_answer_lives_from_the_allowed_skew_to_its_next_update(
    age: timedelta, outcome: OcspOutcome, answerer: Answerer, question: Question, policy: TrustPolicy, now: datetime
) -> None:
    # an honest answer dates itself one second back
    answer = answerer.answer(question.der, now + timedelta(seconds=1))
    assert judge_answer(answer, question, policy, now + age) == outcome


def test_an_old_answer_is_refused_though_its_own_next_update_would_allow_it(
    answerer: Answerer, question: Question, policy: TrustPolicy, now: datetime
) -> None:
    strict = dataclasses.replace(policy, ocsp_max_age=timedelta(minutes=5))
    answer = answerer.answer(question.der, now)
    assert judge_answer(answer, question, strict, now + timedelta(minutes=4)) == GOOD
    assert judge_answer(answer, question, strict, now + timedelta(minutes=6)) == _NOT_FRESH


def _answer_by_generation(
    folder: SandboxFolder, number: int, question: Question, encoding: ocsp.OCSPResponderEncoding, at: datetime
) -> bytes:
    """Answer "good" with the key of a generation itself, without any delegated responder."""
    signer = x509.load_pem_x509_certificate(folder.generation_certificate(number).read_bytes())
    asked = ocsp.load_der_ocsp_request(question.der)
    return (
        ocsp.OCSPResponseBuilder()
        .add_response_by_hash(
            asked.issuer_name_hash,
            asked.issuer_key_hash,
            asked.serial_number,
            hashes.SHA256(),
            ocsp.OCSPCertStatus.GOOD,
            at,
            at + timedelta(minutes=1),
            None,
            None,
        )
        .responder_id(encoding, signer)
        .add_extension(x509.OCSPNonce(question.nonce), critical=False)
        .sign(read_key(folder.generation_key(number)), hashes.SHA256())
        .public_bytes(serialization.Encoding.DER)
    )


_BY_NAME, _BY_KEY = ocsp.OCSPResponderEncoding.NAME, ocsp.OCSPResponderEncoding.HASH


@pytest.mark.parametrize(
    ("encoding", "number", "outcome"),
    [
        (_BY_KEY, 3, GOOD),
        (_BY_NAME, 3, GOOD),
        (_BY_KEY, 2, _NOT_AUTHORISED),
        (_BY_NAME, 2, Rejected(AnswerFault.BAD_SIGNATURE)),  # the name is right, the key is not
    ],
)
def test_the_issuing_generation_may_answer_itself_and_no_other_may(
    encoding: ocsp.OCSPResponderEncoding,
    number: int,
    outcome: OcspOutcome,
    sandbox_folder: SandboxFolder,
    question: Question,
    policy: TrustPolicy,
    now: datetime,
) -> None:
    answer = _answer_by_generation(sandbox_folder, number, question, encoding, now)
    assert judge_answer(answer, question, policy, now) == outcome


def test_a_generation_that_has_ended_answers_no_more(
    sandbox_folder: SandboxFolder, question: Question, policy: TrustPolicy
) -> None:
    end = question.issuer.certificate.not_valid_after_utc
    for at, outcome in ((end, GOOD), (end + timedelta(seconds=1), _NOT_AUTHORISED)):
        answer = _answer_by_generation(sandbox_folder, 3, question, _BY_KEY, at)
        assert judge_answer(answer, question, policy, at) == outcome


def test_no_changed_octet_and_no_cut_makes_a_revoked_certificate_good(
    sandbox_folder: SandboxFolder, anchors: TrustAnchors, answerer: Answerer, policy: TrustPolicy, now: datetime
) -> None:
    question = _question(sandbox_folder, anchors, "revoked")
    answer = bytearray(answerer.answer(question.der, now))
    for at in range(len(answer)):
        answer[at] ^= 0x01
        assert not isinstance(judge_answer(bytes(answer), question, policy, now), NotRevoked), f"octet {at}"
        answer[at] ^= 0x01
        assert isinstance(judge_answer(bytes(answer[:at]), question, policy, now), Rejected), f"cut at {at}"


def test_the_question_and_its_repr_keep_the_serial_number_to_themselves(question: Question) -> None:
    assert f"{question.serial}" not in repr(question)
    assert f"{question.serial:x}" not in repr(question).lower()


def _certvalidator_accepts(answer_der: bytes, leaf_der: bytes, issuer_der: bytes) -> bool:
    """Ask the other library. It has no time of its own here: the answers of this test are made for the real present."""
    try:
        issuer = asn1_x509.Certificate.load(issuer_der)
        leaf = asn1_x509.Certificate.load(leaf_der)
        context = ValidationContext(
            trust_roots=[issuer],
            ocsps=[asn1_ocsp.OCSPResponse.load(answer_der)],
            allow_fetching=False,
            revocation_mode="hard-fail",
        )
        asyncio.run(verify_ocsp_response(leaf, ValidationPath(CertTrustAnchor(issuer), [], leaf), context))
    except Exception:  # noqa: BLE001  the outside judge has many ways to say no, an AssertionError among them
        return False
    return True


OURS_ALONE = {
    Fault.TRAILING,
    Fault.WRONG_NONCE,
    Fault.NO_NONCE,
    Fault.SHA1_SIGNATURE,
    Fault.RESPONDER_WITHOUT_USAGE,
    Fault.RESPONDER_WITHOUT_NOCHECK,
    Fault.RESPONDER_IS_A_CA,
}
"""What certvalidator lets pass and we do not."""


@pytest.mark.parametrize("fault", [None, *BAD_ANSWERS])
def test_certvalidator_judges_alike_except_where_we_are_stricter(
    fault: Fault | None, sandbox_folder: SandboxFolder, answerer: Answerer, question: Question
) -> None:
    answer = answerer.answer(question.der, datetime.now(UTC), frozenset({fault} if fault else ()))
    issuer_der = question.issuer.certificate.public_bytes(serialization.Encoding.DER)
    accepted = _certvalidator_accepts(answer, certificate_of(sandbox_folder, "hanako"), issuer_der)
    assert accepted == (fault is None or fault in OURS_ALONE)
