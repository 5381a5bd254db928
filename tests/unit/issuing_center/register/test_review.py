"""How staff find the person an application means: what is compared, and what a certificate says of its holder."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Engine, select, text

from issuing_center.database import reading, writing
from issuing_center.register import tables
from issuing_center.register.folding import HIGHEST, folded, lookup_keys, numbers_in
from issuing_center.register.holdings import Koseki
from issuing_center.register.holdings_sql import decode_body, encode_body
from issuing_center.register.loading import load_register
from issuing_center.register.port import RegistrationState
from issuing_center.register.registrations import RegistrationId
from issuing_center.register.review import MOST_OF_A_PLACE, Case, candidates
from issuing_center.register.signer import Signer, signer_of
from issuing_center.register.updates import put_rows
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


def test_a_place_that_says_nothing_finds_nobody(engine: Engine) -> None:
    load_register(engine, REGISTER_FILES[YAMATE], [], as_of=AS_OF)
    with reading(engine) as connection:
        for nothing in ("・", "ー", "　"):
            assert candidates(connection, YAMATE, case(nothing, "ー")) == []


@pytest.fixture
def crowded(engine: Engine) -> Engine:
    """The register of Yamate, and seven hundred copies of one family at numbers of one street."""
    load_register(engine, REGISTER_FILES[YAMATE], [], as_of=AS_OF)
    record = tables.record
    with writing(engine) as connection:
        own = record.c.record_key == "yamamoto", record.c.kind == "koseki"
        row = connection.execute(select(record).where(*own)).one()
        family = decode_body(row.body, Koseki)
        rows = []
        for number in range(1, MOST_OF_A_PLACE + 201):
            there = replace(family, honseki=f"例示県山手市大通{number}番", hittosha=f"大通　{number}郎")
            keys = {"record_id": f"{number:032}", "record_key": f"k{number}", "body": encode_body(there)}
            rows.append({**row._asdict(), **keys, **lookup_keys(there)})
        put_rows(connection, record, rows)
    return engine


def test_among_many_families_of_a_place_the_one_of_the_name_is_never_left_out(crowded: Engine) -> None:
    with reading(crowded) as connection:
        found = candidates(connection, YAMATE, case("番", "大通　７００郎"))
        assert found[0].koseki_key == "k700"
        assert len({each.koseki_key for each in found}) <= MOST_OF_A_PLACE + 1
        exact = candidates(connection, YAMATE, case("大通7番", "ダレカ"))
    assert {each.koseki_key for each in exact} == {"k7"}
    assert all("honseki" in each.agrees for each in exact)


def test_a_family_register_is_looked_up_by_its_indexes(crowded: Engine) -> None:
    if crowded.dialect.name != "sqlite":
        return  # which plan PostgreSQL takes depends on its statistics; the indexes are the same
    with reading(crowded) as connection:
        for condition in ("head_key = 'x'", "head_reading_key = 'x'", "place_key >= 'x' AND place_key < 'y'"):
            query = f"SELECT body FROM record WHERE municipality_code = '1' AND {condition}"  # noqa: S608  no value from outside
            plan = f"EXPLAIN QUERY PLAN {query}"
            assert "USING INDEX ix_record_municipality_code_" in str(connection.execute(text(plan)).all())


@given(st.text(), st.integers(1, 9))
def test_a_place_is_found_by_how_it_ends(written: str, end: int) -> None:
    place = folded(written)[::-1]
    assert not place or place[end:].startswith(HIGHEST) or place[:end] <= place < place[:end] + HIGHEST


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
