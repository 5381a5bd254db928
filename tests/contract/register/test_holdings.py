"""What every register gives for seals, taxes, family registers and damage, whatever it is kept in."""

import re
from dataclasses import replace
from datetime import date

import pytest
from sqlalchemy import update

from issuing_center.register import tables
from issuing_center.register.holdings import (
    AbolishedSeal,
    DamageDegree,
    DateOrWords,
    ImprintScan,
    Koseki,
    KosekiInProcessing,
    OwnFuhyo,
    OwnKoseki,
    SealRegistration,
    TaxPayment,
    TaxRecord,
    UndeclaredYear,
    imprint_from_pbm,
)
from issuing_center.register.holdings_sql import encode_body
from issuing_center.register.ids import record_id_of, resident_id_of
from issuing_center.register.port import InconsistentRegisterError, RegisterSnapshot
from issuing_center.register.records import ResidentId, Sex
from issuing_center.register.updates import UnknownResidentError, changing
from tests.support.municipal_server import FedRegister
from tests.support.registers import AS_OF, REGISTER_FILES, SHIOMINO, YAMATE

NOBODY = ResidentId("0" * 32)
TODAY = AS_OF.date()


def resident(key: str, code: str = SHIOMINO) -> ResidentId:
    return resident_id_of(code, key)


def own_koseki(snapshot: RegisterSnapshot, key: str) -> OwnKoseki:
    found = snapshot.koseki(resident(key))
    assert isinstance(found, OwnKoseki)
    return found


def test_hanako_has_everything_her_municipality_offers(register: FedRegister) -> None:
    hanako = resident("hanako")
    with register.snapshot(SHIOMINO) as snapshot:
        settings = snapshot.municipality(TODAY)
        assert settings is not None
        assert {offer.kind for offer in settings.offers} == {
            *("juminhyo", "kisaijiko", "inkan", "kazei", "shotoku", "nozei"),
            *("koseki-zenbu", "koseki-kojin", "fuhyo", "risai"),
        }
        assert isinstance(snapshot.seal(hanako), SealRegistration)
        assert snapshot.tax_years(hanako) == (2026, 2025)
        kazei = settings.offer("kazei")
        assert kazei is not None
        for year in kazei.years:
            record = snapshot.tax(hanako, year)
            assert isinstance(record, TaxRecord)
            assert record.kinds == {"kazei", "shotoku", "nozei"}
        assert own_koseki(snapshot, "hanako").person_key == "hanako"
        assert isinstance(snapshot.fuhyo(hanako), OwnFuhyo)
        assert len(snapshot.risai(hanako)) == 1


def test_nobody_has_nothing(register: FedRegister) -> None:
    for holder in (NOBODY, resident("umi-who-is-not"), resident("kento")):
        with register.snapshot(SHIOMINO) as snapshot:
            assert snapshot.seal(holder) is None
            assert snapshot.tax(holder, 2026) is None
            assert snapshot.tax_years(holder) == ()
            assert snapshot.koseki(holder) is None
            assert snapshot.fuhyo(holder) is None
            assert snapshot.risai(holder) == ()


def test_another_municipality_has_nothing_of_hers(register: FedRegister) -> None:
    register.load(YAMATE)
    hanako = resident("hanako")
    with register.snapshot(YAMATE) as snapshot:
        assert snapshot.seal(hanako) is None
        assert snapshot.tax(hanako, 2026) is None
        assert snapshot.tax_years(hanako) == ()
        assert (snapshot.koseki(hanako), snapshot.fuhyo(hanako), snapshot.risai(hanako)) == (None, None, ())


def test_a_removed_resident_has_neither_seal_nor_tax_data(register: FedRegister) -> None:
    with changing(register.engine, SHIOMINO, as_of=AS_OF) as change:
        change.remove_resident(resident("hanako"), TODAY)
    with register.snapshot(SHIOMINO) as snapshot:
        assert snapshot.seal(resident("hanako")) is None
        assert snapshot.tax(resident("hanako"), 2026) is None
        assert snapshot.tax_years(resident("hanako")) == ()


def test_an_imprint_comes_back_bit_by_bit_with_its_size(register: FedRegister) -> None:
    with register.snapshot(SHIOMINO) as snapshot:
        seal = snapshot.seal(resident("hanako"))
    assert isinstance(seal, SealRegistration)
    file = REGISTER_FILES[SHIOMINO].parent / "imprints" / "hanako.pbm"
    assert seal.imprint == imprint_from_pbm(file.read_bytes(), 600)
    assert 13.5 <= seal.imprint.width_mm < 15
    assert (seal.registered_on, seal.former_surname, seal.alias) == (date(2012, 5, 7), "葛\U000e0102城", None)


def test_an_abolished_seal_has_nothing_to_print(register: FedRegister) -> None:
    with register.snapshot(SHIOMINO) as snapshot:
        assert snapshot.seal(resident("taichi")) == AbolishedSeal(date(2026, 2, 16))
        before = snapshot.seal(resident("hanako"))
        assert isinstance(before, SealRegistration)
    with changing(register.engine, SHIOMINO, as_of=AS_OF) as change:
        change.abolish_seals(resident("hanako"), TODAY)
    with register.snapshot(SHIOMINO) as snapshot:
        assert snapshot.seal(resident("hanako")) == AbolishedSeal(TODAY)
    with pytest.raises(UnknownResidentError), changing(register.engine, SHIOMINO, as_of=AS_OF) as change:
        change.abolish_seals(resident("hanako"), TODAY)


def test_two_seals_in_force_are_an_error(register: FedRegister) -> None:
    with changing(register.engine, SHIOMINO, as_of=AS_OF) as change:
        change.connection.execute(
            update(tables.seal_registration)
            .where(tables.seal_registration.c.resident_id == resident("ichiro"))
            .values(resident_id=resident("hanako"))
        )
    with register.snapshot(SHIOMINO) as snapshot, pytest.raises(InconsistentRegisterError):
        snapshot.seal(resident("hanako"))


def test_tax_data_are_of_the_year_that_was_asked_for(register: FedRegister) -> None:
    with register.snapshot(SHIOMINO) as snapshot:
        newest, before = snapshot.tax(resident("hanako"), 2026), snapshot.tax(resident("hanako"), 2025)
        assert snapshot.tax(resident("hanako"), 2024) is None
        assert snapshot.tax(resident("ichiro"), 2026) == UndeclaredYear(2026)
        assert snapshot.tax_years(resident("ichiro")) == (2025,)
        loss, untaxed = snapshot.tax(resident("ichiro"), 2025), snapshot.tax(resident("maria"), 2026)
    assert isinstance(newest, TaxRecord)
    assert isinstance(before, TaxRecord)
    assert (newest.year, newest.levy.total_yen, newest.levy.forest_yen) == (2026, 161_000, 1000)
    assert (before.year, before.levy.total_yen, before.taxed) == (2025, 148_300, True)
    assert [(line.label, line.amount_yen) for line in newest.deductions][3:] == [("医療費", 0), ("基礎", 430_000)]
    assert newest.payments[0].not_yet_due_yen == 80_600
    assert isinstance(loss, TaxRecord)
    assert (loss.total_income_yen, loss.taxed, loss.payments[0].unpaid_yen) == (-120_000, False, 21_000)
    assert isinstance(untaxed, TaxRecord)
    assert not untaxed.taxed
    assert untaxed.kinds == frozenset({"kazei", "shotoku"})


def test_a_tax_record_of_another_year_or_no_record_at_all_is_an_error(register: FedRegister) -> None:
    with register.snapshot(SHIOMINO) as snapshot:
        record = snapshot.tax(resident("hanako"), 2026)
    assert isinstance(record, TaxRecord)
    secret = '{"year": 2026, "address_on_levy_day": "秘密"}'
    for body in (encode_body(replace(record, year=2025)), secret, "[]", ""):
        with changing(register.engine, SHIOMINO, as_of=AS_OF) as change:
            change.put(tables.tax_year, [{"resident_id": resident("hanako"), "year": 2026, "body": body}])
        with register.snapshot(SHIOMINO) as snapshot, pytest.raises(InconsistentRegisterError) as error:
            snapshot.tax(resident("hanako"), 2026)
        assert "秘密" not in str(error.value)
        assert error.value.__cause__ is None


def test_a_koseki_is_whole_and_those_who_left_are_in_it(register: FedRegister) -> None:
    with register.snapshot(SHIOMINO) as snapshot:
        takahashi = own_koseki(snapshot, "yoshio")
        assert own_koseki(snapshot, "michiko").koseki == takahashi.koseki
        assert own_koseki(snapshot, "michiko").person_key == "michiko"
        yoshida = own_koseki(snapshot, "hanako").koseki
    assert [(person.key, person.removed) for person in takahashi.koseki.persons] == [
        ("yoshio", False),
        ("michiko", False),
        ("makoto", True),
    ]
    assert takahashi.koseki.persons[0].birth_date == DateOrWords(words="昭和二十三年月日不詳")
    assert (yoshida.honseki, yoshida.hittosha) == ("見本県汐見野市みなと通一丁目2番", "𠮷田　太一")
    marriage = yoshida.persons[1].entries[1]
    assert [line.label for line in marriage.lines] == ["婚姻日", "配偶者氏名", "従前戸籍"]
    assert marriage.lines[0].value == DateOrWords(on=date(2012, 3, 20))
    assert marriage.lines[2].value.words == "架空\ufa26南町七丁目8番　葛\U000e0102城正"


def test_a_koseki_in_processing_gives_nothing_until_it_is_done(register: FedRegister) -> None:
    record_id = record_id_of(SHIOMINO, "koseki", "saito")
    with register.snapshot(SHIOMINO) as snapshot:
        assert snapshot.koseki(resident("expired")) == KosekiInProcessing()
    with changing(register.engine, SHIOMINO, as_of=AS_OF) as change:
        change.process_koseki(record_id, in_processing=False)
    with register.snapshot(SHIOMINO) as snapshot:
        assert isinstance(snapshot.koseki(resident("expired")), OwnKoseki)
    with pytest.raises(UnknownResidentError), changing(register.engine, SHIOMINO, as_of=AS_OF) as change:
        change.process_koseki(NOBODY, in_processing=True)


def test_whoever_left_a_koseki_takes_nothing_from_it(register: FedRegister) -> None:
    with register.snapshot(SHIOMINO) as snapshot:
        koseki = own_koseki(snapshot, "sora").koseki
    left = tuple(replace(person, removed=person.key == "sora") for person in koseki.persons)
    with changing(register.engine, SHIOMINO, as_of=AS_OF) as change:
        body = encode_body(replace(koseki, persons=left))
        change.connection.execute(
            update(tables.record)
            .where(tables.record.c.record_id == record_id_of(SHIOMINO, "koseki", "yoshida"))
            .values(body=body)
        )
    with register.snapshot(SHIOMINO) as snapshot:
        assert snapshot.koseki(resident("sora")) is None
        assert own_koseki(snapshot, "hanako").koseki.persons[2].removed


def test_a_holder_who_does_not_stand_in_the_register_is_an_error(register: FedRegister) -> None:
    with changing(register.engine, SHIOMINO, as_of=AS_OF) as change:
        for kind in ("koseki", "fuhyo"):
            row = {"record_id": record_id_of(SHIOMINO, kind, "yoshida"), "holder_id": resident("ichiro")}
            change.put(tables.record_holder, [{**row, "person_key": "ichiro"}])
    with register.snapshot(SHIOMINO) as snapshot:
        with pytest.raises(InconsistentRegisterError):
            snapshot.koseki(resident("ichiro"))
        with pytest.raises(InconsistentRegisterError):
            snapshot.fuhyo(resident("ichiro"))


def test_one_person_in_two_registers_is_an_error(register: FedRegister) -> None:
    with changing(register.engine, SHIOMINO, as_of=AS_OF) as change:
        row = {"record_id": record_id_of(SHIOMINO, "koseki", "takahashi"), "holder_id": resident("hanako")}
        change.put(tables.record_holder, [{**row, "person_key": "yoshio"}])
    with register.snapshot(SHIOMINO) as snapshot, pytest.raises(InconsistentRegisterError):
        snapshot.koseki(resident("hanako"))


def test_an_address_history_has_what_is_known_and_no_more(register: FedRegister) -> None:
    with register.snapshot(SHIOMINO) as snapshot:
        hanako, yoshio = snapshot.fuhyo(resident("hanako")), snapshot.fuhyo(resident("yoshio"))
    assert hanako is not None
    assert yoshio is not None
    person = hanako.fuhyo.persons[1]
    assert (person.key, person.sex, person.overseas_election) == (hanako.person_key, Sex.FEMALE, "見本県汐見野市")
    assert [line.since for line in person.addresses] == [
        DateOrWords(on=date(2012, 3, 20)),
        DateOrWords(on=date(2012, 4, 1)),
        DateOrWords(on=date(2019, 3, 21)),
    ]
    removed = yoshio.fuhyo.persons[1]
    assert (removed.birth_date, removed.sex, removed.removed) == (None, None, True)
    assert yoshio.fuhyo.persons[0].addresses[0].since is None


def test_damage_is_given_latest_first_to_whom_it_belongs(register: FedRegister) -> None:
    with register.snapshot(SHIOMINO) as snapshot:
        (risai,) = snapshot.risai(resident("taichi"))
        assert snapshot.risai(resident("katsuko")) == ()
    later = replace(risai, reference="令8-00001", occurred_on=date(2026, 8, 1), degree=DamageDegree.HALF)
    with changing(register.engine, SHIOMINO, as_of=AS_OF) as change:
        record_id = record_id_of(SHIOMINO, "risai", later.reference)
        row = {"record_id": record_id, "municipality_code": SHIOMINO, "kind": "risai", "in_processing": False}
        change.put(tables.record, [{**row, "body": encode_body(later)}])
        holder = {"record_id": record_id, "holder_id": resident("taichi"), "person_key": "taichi"}
        change.put(tables.record_holder, [holder])
    with register.snapshot(SHIOMINO) as snapshot:
        assert snapshot.risai(resident("taichi")) == (later, risai)
        assert snapshot.risai(resident("hanako")) == (risai,)


def test_a_repr_says_nothing_of_a_holding(register: FedRegister) -> None:
    hanako = resident("hanako")
    with register.snapshot(SHIOMINO) as snapshot:
        shown = repr(
            [
                *(snapshot.seal(hanako), snapshot.tax(hanako, 2026), snapshot.koseki(hanako), snapshot.fuhyo(hanako)),
                *(snapshot.risai(hanako), snapshot.seal(resident("taichi"))),
            ]
        )
    assert shown.isascii()
    assert set(re.findall(r"[0-9]+", shown)) == {"321", "600", "2026"}


@pytest.mark.parametrize(
    ("width", "height", "dpi", "bits"),
    [
        (8, 1, 399, b"\x01"),
        (0, 1, 600, b""),
        (8, 2, 600, b"\x01"),
        (8, 1, 600, b"\x00"),
        (709, 1, 600, b"\x01" * 89),
    ],
)
def test_an_imprint_that_could_not_be_printed_right_is_refused(width: int, height: int, dpi: int, bits: bytes) -> None:
    with pytest.raises(ValueError, match="an imprint"):
        ImprintScan(width, height, dpi, bits)


def test_an_imprint_at_its_limits_is_taken() -> None:
    assert ImprintScan(708, 1, 600, b"\x01" * 89).width_mm <= 30
    assert ImprintScan(1, 1, 400, b"\x80").height_mm == pytest.approx(0.0635)


@pytest.mark.parametrize(
    "content", [b"", b"P1\n1 1\n1", b"P4\n8\n\x01", b"P4\n8 -1\n\x01", b"P4\n999999 1\n\x01", b"P4 8 1\n"]
)
def test_what_is_no_bitmap_is_refused(content: bytes) -> None:
    with pytest.raises(ValueError, match=r"not a binary PBM|an imprint"):
        imprint_from_pbm(content, 600)


def test_values_that_contradict_themselves_do_not_exist() -> None:
    with pytest.raises(ValueError, match="what is due"):
        TaxPayment("固定資産税", 10, 5, 4, 0)
    for on, words in ((None, None), (date(2026, 1, 1), "x"), (None, "")):
        with pytest.raises(ValueError, match="a date or words"):
            DateOrWords(on, words)
    with pytest.raises(ValueError, match="at least one person"):
        Koseki("x", "y", None, (), ())
