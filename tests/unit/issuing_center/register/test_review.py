"""How staff find the person an application means: what is compared, and what a certificate says of its holder."""

from datetime import UTC, datetime, timedelta

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Engine

from issuing_center.database import reading
from issuing_center.register.loading import load_register
from issuing_center.register.port import RegistrationState
from issuing_center.register.registrations import RegistrationId
from issuing_center.register.review import Case, candidates, folded, numbers_in
from issuing_center.register.signer import Signer, signer_of
from issuing_center.sandbox.certificates import authority, generation_name, signature_certificate
from tests.support.registers import AS_OF, REGISTER_FILES, YAMATE

KAEDE = Signer("山本　楓", "2", "2001-10-01", "見本県汐見野市灯台前9番1号")


def case(honseki: str, hittosha: str, signer: Signer | None = KAEDE) -> Case:
    number = RegistrationId("1" * 32)
    return Case(number, "AAAAA-BBBBB", RegistrationState.REVIEWING, AS_OF, honseki, hittosha, "090-0000-0000", signer)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("サクラダイ４チョウメ５バンチ", "さくらだい 4ちょうめ 5ばんち"),
        ("桜台四丁目5番", "桜台４丁目５番地"),
        ("ヤマモト　カズオ", "ﾔﾏﾓﾄｶｽﾞｵ"),
        ("キョウ", "キヨウ"),
        ("百二十三番", "１２３番"),
    ],
)
def test_what_is_the_same_to_a_clerk_is_the_same(one: str, other: str) -> None:
    assert folded(one) == folded(other)


def test_numbers_are_read_in_whatever_they_are_written() -> None:
    assert numbers_in("桜台四丁目5番") == numbers_in("サクラダイ４チョウメ５バンチ") == (4, 5)
    assert numbers_in("二十一番百三号") == (21, 103)
    assert numbers_in("三郎町") == ()


@given(st.text())
def test_no_text_breaks_the_comparison(text: str) -> None:
    assert " " not in folded(text)
    assert all(number >= 0 for number in numbers_in(text))


def test_the_person_who_signed_is_the_first_of_the_candidates(engine: Engine) -> None:
    load_register(engine, REGISTER_FILES[YAMATE], [], as_of=AS_OF)
    with reading(engine) as connection:
        found = candidates(connection, YAMATE, case("サクラダイ4チョウメ5バン", "ヤマモトカズオ"))
    assert (found[0].koseki_key, found[0].person_key) == ("yamamoto", "kaede")
    assert found[0].agrees == ("honseki-numbers", "hittosha", "name", "birth-date")
    assert {each.person_key for each in found} == {"kazuo", "yumi", "kaede"}


def test_nobody_is_found_by_numbers_alone(engine: Engine) -> None:
    load_register(engine, REGISTER_FILES[YAMATE], [], as_of=AS_OF)
    with reading(engine) as connection:
        assert candidates(connection, YAMATE, case("ヨソノマチ4チョウメ5バン", "ベツノ ヒト")) == []


def certificate(*holder: str) -> bytes:
    key = rsa.generate_private_key(65537, 2048)
    begin, end = datetime(2026, 1, 1, tzinfo=UTC), datetime(2026, 1, 1, tzinfo=UTC) + timedelta(days=99)
    issuer = authority(generation_name("digital signature"), key, 7, begin, end)
    name, sex, birth, address = holder
    made = signature_certificate(issuer, key, key, 8, "N" * 23, begin, end, holder=(name, sex, birth, address))
    return made.public_bytes(Encoding.DER)


def test_a_certificate_tells_name_birth_and_address_of_any_length() -> None:
    address = "架空県海辺市" + "浜通" * 30
    assert signer_of(certificate("山本　楓", "2", "420011001", address)) == Signer(
        "山本　楓", "2", "2001-10-01", address
    )


def test_what_could_command_a_terminal_is_not_shown() -> None:
    odd = signer_of(certificate("\x1b[2J楓", "2", "999999999", "a\u202eb"))
    assert odd == Signer(None, "2", None, None)


def test_a_certificate_without_a_holder_is_an_error() -> None:
    key = rsa.generate_private_key(65537, 2048)
    plain = authority(generation_name("x"), key, 7, datetime(2026, 1, 1, tzinfo=UTC), datetime(2027, 1, 1, tzinfo=UTC))
    with pytest.raises(x509.ExtensionNotFound):
        signer_of(plain.public_bytes(Encoding.DER))
