"""What every register does with applications for 利用登録, whatever it is kept in; and what each says of its rules."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta, timezone
from hashlib import sha256
from secrets import token_hex

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID
from sqlalchemy import Engine, select

from issuing_center.database import reading, writing
from issuing_center.register import tables
from issuing_center.register.port import (
    AlreadyApplied,
    Application,
    Evidence,
    KeyReused,
    Received,
    RegisterUnavailableError,
    RegistrationState,
    UnknownMunicipalityError,
)
from issuing_center.register.registrations import begin_review, register_use, reject
from issuing_center.register.review import find_case
from tests.support.municipal_server import FedRegister, fed_register
from tests.support.registers import AS_OF, ISSUER_KEY_ID, SHIOMINO, YAMATE

SERIAL = 2**159 + 7
APPLICATION = Application(YAMATE, ISSUER_KEY_ID, SERIAL, "桜台四丁目5番", "山本　和夫", "000-0000-0000")
NUMBER = "ABCDE-23456"


@pytest.fixture(scope="module")
def signer() -> tuple[rsa.RSAPrivateKey, bytes]:
    """Make a key and a certificate that it signed itself: whose it is, is not asked here."""
    key = rsa.generate_private_key(65537, 2048)
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "見本")])
    begins = datetime(2026, 1, 1, tzinfo=UTC)
    builder = x509.CertificateBuilder(name, name, key.public_key(), 1, begins, begins + timedelta(days=365))
    builder = builder.add_extension(x509.SubjectAlternativeName([x509.DNSName("mihon.example")]), critical=False)
    return key, builder.sign(key, hashes.SHA256()).public_bytes(Encoding.DER)


@pytest.fixture
def evidence(signer: tuple[rsa.RSAPrivateKey, bytes]) -> Evidence:
    key, certificate = signer
    statement = b"statement of " + token_hex(8).encode()
    signature = key.sign(statement, padding.PKCS1v15(), hashes.SHA256())
    return Evidence("kiosk-0001", token_hex(16), sha256(statement).hexdigest(), statement, certificate, signature)


@pytest.fixture
def yamate(register: FedRegister) -> FedRegister:
    register.load(YAMATE)
    return register


def state(register: FedRegister, code: str = YAMATE) -> RegistrationState:
    return register.registrations.state(ISSUER_KEY_ID, SERIAL, code)


def test_an_application_is_kept_whole_and_only_where_it_belongs(yamate: FedRegister, evidence: Evidence) -> None:
    assert state(yamate) is RegistrationState.NONE
    at = AS_OF.astimezone(timezone(timedelta(hours=9)))
    assert yamate.registrations.apply(APPLICATION, evidence, NUMBER, at) == Received(NUMBER)
    assert state(yamate) is RegistrationState.RECEIVED
    with reading(yamate.engine) as connection:
        case = find_case(connection, YAMATE, NUMBER)
        kept = connection.execute(select(tables.koseki_application)).one()
    assert case is not None
    assert (case.honseki, case.hittosha, case.telephone) == (
        APPLICATION.honseki,
        APPLICATION.hittosha,
        APPLICATION.telephone,
    )
    assert case.received_at == AS_OF
    assert (kept.kiosk_id, kept.idempotency_key, kept.request_sha256) == (
        evidence.kiosk_id,
        evidence.idempotency_key,
        evidence.request_sha256,
    )
    assert (kept.statement, kept.certificate, kept.signature) == (
        evidence.statement,
        evidence.certificate,
        evidence.signature,
    )


def test_what_staff_there_decide_is_told(yamate: FedRegister, evidence: Evidence) -> None:
    apply = yamate.registrations.apply
    assert apply(APPLICATION, evidence, NUMBER, AS_OF) == Received(NUMBER)
    with writing(yamate.engine) as connection:
        case = find_case(connection, YAMATE, NUMBER)
        assert case is not None
        begin_review(connection, case.registration_id)
    assert state(yamate) is RegistrationState.REVIEWING
    with writing(yamate.engine) as connection:
        reject(connection, case.registration_id, AS_OF)
    assert state(yamate) is RegistrationState.REJECTED
    again = replace(evidence, idempotency_key=token_hex(16))
    assert apply(APPLICATION, again, "BBBBB-22222", AS_OF) == Received("BBBBB-22222")
    with writing(yamate.engine) as connection:
        case = find_case(connection, YAMATE, "BBBBB-22222")
        assert case is not None
        begin_review(connection, case.registration_id)
        handle = register_use(connection, case.registration_id, "yamamoto", "kaede", AS_OF)
    assert state(yamate) is RegistrationState.REGISTERED
    assert yamate.find_registered(ISSUER_KEY_ID, SERIAL, YAMATE) == handle


def test_the_same_application_again_keeps_its_number_and_another_is_told_so(
    yamate: FedRegister, evidence: Evidence
) -> None:
    apply = yamate.registrations.apply
    assert apply(APPLICATION, evidence, NUMBER, AS_OF) == Received(NUMBER)
    assert apply(APPLICATION, evidence, "BBBBB-22222", AS_OF + timedelta(minutes=1)) == Received(NUMBER)
    other = replace(APPLICATION, telephone="000-0000-0001")
    changed = replace(evidence, request_sha256="0" * 64)
    assert apply(other, changed, "BBBBB-22222", AS_OF) == KeyReused()
    assert (
        apply(APPLICATION, replace(evidence, idempotency_key=token_hex(16)), "CCCCC-33333", AS_OF) == AlreadyApplied()
    )
    elsewhere = replace(evidence, kiosk_id="kiosk-0002")
    assert apply(replace(APPLICATION, serial=1), elsewhere, "DDDDD-44444", AS_OF) == Received("DDDDD-44444")


def test_the_same_application_many_times_at_once_is_one(yamate: FedRegister, evidence: Evidence) -> None:
    def attempt(number: int) -> object:
        return yamate.registrations.apply(APPLICATION, evidence, f"AAAAA-{number:05}", AS_OF)

    with ThreadPoolExecutor(6) as pool:
        outcomes = set(pool.map(attempt, range(6)))
    assert len(outcomes) == 1
    assert isinstance(outcomes.pop(), Received)


def test_an_application_to_nobody_is_refused(register: FedRegister, evidence: Evidence) -> None:
    with pytest.raises(UnknownMunicipalityError):
        register.registrations.apply(APPLICATION, evidence, NUMBER, AS_OF)


@pytest.mark.expect_log("issuing_center", "WARNING")
def test_a_municipality_keeps_no_application_that_does_not_prove_itself(
    engine: Engine, evidence: Evidence, request: pytest.FixtureRequest
) -> None:
    forged = replace(evidence, statement=evidence.statement + b".")
    with fed_register("remote", engine, request) as far:
        far.load(YAMATE)
        with pytest.raises(RegisterUnavailableError):
            far.registrations.apply(APPLICATION, forged, NUMBER, AS_OF)
        assert state(far) is RegistrationState.NONE


def test_rules_are_told_without_asking_anybody_far_away(yamate: FedRegister) -> None:
    on = date(2026, 11, 20)
    if yamate.connect is not None:
        assert yamate.rules(on) == {}, "nothing is known of them yet"
    for code in (SHIOMINO, YAMATE):
        with yamate.snapshot(code) as snapshot:
            assert snapshot.municipality(on) is not None
    rules = yamate.rules(on)
    assert {code: each.name.code for code, each in rules.items()} == {SHIOMINO: SHIOMINO, YAMATE: YAMATE}
    assert yamate.rules(date(2000, 1, 1)) == {}
