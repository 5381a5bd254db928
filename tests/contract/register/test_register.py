"""What every register gives the center, whatever it is kept in."""

import unicodedata
from collections.abc import Iterator
from dataclasses import asdict
from datetime import UTC, date, datetime, time, timedelta

import pytest

from issuing_center.municipal.package import FormVariant
from issuing_center.register.ids import record_id_of
from issuing_center.register.loading import household_id_of, resident_id_of
from issuing_center.register.port import Register, UnknownMunicipalityError
from issuing_center.register.records import (
    DatePrecision,
    MunicipalityName,
    OpeningWindow,
    Resident,
    ResidentId,
    StopKind,
    StopLevel,
)
from issuing_center.register.updates import changing
from tests.support.municipal_server import FedRegister
from tests.support.registers import AS_OF, ISSUER_KEY_ID, SERIALS, SHIOMINO

TODAY = date(2026, 11, 20)


def resident(key: str) -> ResidentId:
    return resident_id_of(SHIOMINO, key)


def household(register: Register, key: str) -> tuple[Resident, ...]:
    with register.snapshot(SHIOMINO) as snapshot:
        return snapshot.household(resident(key))


def applicant(register: Register, key: str) -> Resident:
    with register.snapshot(SHIOMINO) as snapshot:
        found = snapshot.applicant(resident(key))
    assert found is not None
    return found


def stops(register: Register, key: str, at: datetime = AS_OF) -> set[tuple[StopKind, StopLevel, ResidentId | None]]:
    with register.snapshot(SHIOMINO) as snapshot:
        return {(stop.kind, stop.level, stop.resident_id) for stop in snapshot.stops(resident(key), at)}


def test_the_municipality_is_listed_with_its_names(read_register: FedRegister) -> None:
    assert read_register.municipalities() == (
        MunicipalityName(SHIOMINO, "見本県", "汐見野市", "しおみのし", "Shiomino City"),
    )


@pytest.mark.parametrize("key", list(SERIALS))
def test_a_certificate_leads_to_its_resident(read_register: FedRegister, key: str) -> None:
    assert read_register.find_by_certificate(ISSUER_KEY_ID, SERIALS[key], SHIOMINO) == resident(key)


def test_a_certificate_of_nobody_leads_nowhere(read_register: FedRegister) -> None:
    serial = SERIALS["hanako"]
    assert read_register.find_by_certificate(ISSUER_KEY_ID, serial + 1, SHIOMINO) is None
    assert read_register.find_by_certificate(ISSUER_KEY_ID[::-1], serial, SHIOMINO) is None
    assert read_register.find_by_certificate(ISSUER_KEY_ID, serial, "990027") is None


@pytest.mark.parametrize("serial", [0, -1, 2**160])
def test_a_serial_number_no_certificate_can_have_is_refused(read_register: FedRegister, serial: int) -> None:
    with pytest.raises(ValueError, match="serial number"):
        read_register.find_by_certificate(ISSUER_KEY_ID, serial, SHIOMINO)


def test_an_unlinked_certificate_and_a_removed_resident_lead_nowhere(register: FedRegister) -> None:
    with changing(register.engine, SHIOMINO, as_of=AS_OF) as change:
        change.unlink(ISSUER_KEY_ID, SERIALS["hanako"])
        change.remove_resident(resident("ichiro"), TODAY)
    assert register.find_by_certificate(ISSUER_KEY_ID, SERIALS["hanako"], SHIOMINO) is None
    assert register.find_by_certificate(ISSUER_KEY_ID, SERIALS["ichiro"], SHIOMINO) is None


def test_a_linked_certificate_can_pass_to_another_resident(register: FedRegister) -> None:
    from issuing_center.register.records import CertificateLink

    with changing(register.engine, SHIOMINO, as_of=AS_OF) as change:
        change.link([CertificateLink(ISSUER_KEY_ID, SERIALS["hanako"], resident("taichi"))])
    assert register.find_by_certificate(ISSUER_KEY_ID, SERIALS["hanako"], SHIOMINO) == resident("taichi")


def test_an_unknown_municipality_has_no_snapshot(read_register: FedRegister) -> None:
    with pytest.raises(UnknownMunicipalityError), read_register.snapshot("990027"):
        pass


def test_a_resident_who_is_not_here_has_no_record(read_register: FedRegister) -> None:
    with read_register.snapshot(SHIOMINO) as snapshot:
        assert snapshot.applicant(ResidentId("0" * 32)) is None
        assert snapshot.household(ResidentId("0" * 32)) == ()
        assert snapshot.stops(ResidentId("0" * 32), AS_OF) == ()


def test_a_household_has_its_head_first_and_nobody_who_was_removed(read_register: FedRegister) -> None:
    members = household(read_register, "hanako")
    assert [member.name for member in members] == [
        "𠮷田　太一",
        "𠮷田　花子",
        "葛\U000e0103葉　カツ子",
        "𠮷田　そら",
        "𠮷田　うみ",
    ]
    assert [member.relation for member in members] == ["世帯主", "妻", "妻の母", "子", "子"]
    assert {member.head_name for member in members} == {"𠮷田　太一"}
    assert household(read_register, "sora") == members


def test_a_removed_resident_has_neither_record_nor_household(read_register: FedRegister) -> None:
    with read_register.snapshot(SHIOMINO) as snapshot:
        assert snapshot.applicant(resident("yoshida-removed-1")) is None
        assert snapshot.household(resident("yoshida-removed-1")) == ()


def test_a_record_is_complete(read_register: FedRegister) -> None:
    katsuko = applicant(read_register, "katsuko")
    assert katsuko.address == "見本県汐見野市みなと通一丁目2番3号"
    assert (katsuko.furigana.surname, katsuko.furigana.surname_notarised) == ("クズハ", True)
    assert (katsuko.furigana.given, katsuko.furigana.given_notarised) == ("カツコ", False)
    assert (katsuko.domicile, katsuko.family_head) == ("架空\ufa26南町七丁目8番", "葛\U000e0103葉　正")
    assert (katsuko.became_resident_on, katsuko.address_since, katsuko.notified_on) == (
        date(2018, 10, 1),
        None,
        date(2018, 10, 3),
    )
    assert katsuko.previous_address == "架空\ufa26南町七丁目8番9号"
    assert katsuko.former_surname is None
    assert katsuko.foreign is None
    assert applicant(read_register, "yoshio").birth_precision is DatePrecision.YEAR
    former = applicant(read_register, "hanako").former_surname
    assert former is not None
    assert (former.surname, former.reading) == ("葛\U000e0102城", "カツラギ")


def test_a_foreign_record_has_its_status_and_no_domicile(read_register: FedRegister) -> None:
    maria = applicant(read_register, "maria")
    assert (maria.domicile, maria.family_head) == (None, None)
    assert maria.foreign is not None
    assert (maria.foreign.alias, maria.foreign.alias_recorded_on) == ("見本　まりあ", date(2020, 2, 3))
    assert maria.foreign.residence_expires_on == date(2029, 4, 1)
    li = applicant(read_register, "li").foreign
    assert li is not None
    assert (li.residence_status, li.residence_expires_on, li.kanji_name) == (None, None, "鄧　侊")


@pytest.mark.parametrize("key", ["leaving", "tono-1", "hanako", "ichiro", "blocked", "gaiji", "revoked"])
def test_names_survive_storage_code_point_by_code_point(read_register: FedRegister, key: str) -> None:
    expected = {
        "leaving": "\ufa19　剛",
        "tono-1": "\ufa26築　港",
        "hanako": "𠮷田　花子",
        "ichiro": "渡邉\U000e010f　一郎",
        "blocked": "辻\U000e0103　誠",
        "gaiji": "\ue000木　明",
        "revoked": "廣瀨　徹",
    }[key]
    assert applicant(read_register, key).name == expected
    if key in ("leaving", "tono-1"):
        assert unicodedata.normalize("NFC", expected) != expected  # the test would notice a normalising store


def test_stop_signals_of_resident_household_and_municipality_reach_whom_they_concern(register: FedRegister) -> None:
    assert stops(register, "hanako") == set()
    protected = (StopKind.PROTECTED, StopLevel.RESIDENT, resident("protected"))
    assert stops(register, "protected") == {protected}
    assert stops(register, "tokunaga-2") == {protected}  # a member's signal counts for whoever asks
    leaving = (StopKind.LEAVING, StopLevel.HOUSEHOLD, None)
    assert stops(register, "leaving") == stops(register, "leaving-2") == {leaving}
    with changing(register.engine, SHIOMINO, as_of=AS_OF) as change:
        stop_id = change.stop_municipality(StopKind.STOPPED, since=AS_OF)
    stopped = (StopKind.STOPPED, StopLevel.MUNICIPALITY, None)
    assert stops(register, "hanako") == {stopped}
    assert stops(register, "leaving") == {leaving, stopped}
    with changing(register.engine, SHIOMINO, as_of=AS_OF) as change:
        change.lift_stop(stop_id, at=AS_OF)
    assert stops(register, "hanako") == set()


def test_a_stop_signal_is_in_force_from_its_instant_until_the_one_it_is_lifted(register: FedRegister) -> None:
    since, until = AS_OF + timedelta(hours=1), AS_OF + timedelta(hours=2)
    with changing(register.engine, SHIOMINO, as_of=AS_OF) as change:
        household_stop = change.stop_household(household_id_of(SHIOMINO, "yoshida"), StopKind.LEAVING, since)
        change.lift_stop(household_stop, at=until)
    tick = timedelta(microseconds=1)
    in_force = {(StopKind.LEAVING, StopLevel.HOUSEHOLD, None)}
    assert stops(register, "hanako", since - tick) == set()
    assert stops(register, "hanako", since) == in_force
    assert stops(register, "hanako", until - tick) == in_force
    assert stops(register, "hanako", until) == set()


def test_a_stop_signal_may_be_for_some_certificates(register: FedRegister) -> None:
    with changing(register.engine, SHIOMINO, as_of=AS_OF) as change:
        change.stop_resident(resident("hanako"), StopKind.SEAL_ABOLISHED, since=AS_OF, kinds=["inkan"])
        change.stop_municipality(StopKind.STOPPED, since=AS_OF)
    with register.snapshot(SHIOMINO) as snapshot:
        found = {stop.kind: stop for stop in snapshot.stops(resident("hanako"), AS_OF)}
    abolished, stopped = found[StopKind.SEAL_ABOLISHED], found[StopKind.STOPPED]
    assert (abolished.kinds, stopped.kinds) == (frozenset({"inkan"}), None)
    assert (abolished.concerns("inkan"), abolished.concerns("juminhyo")) == (True, False)
    assert stopped.concerns("juminhyo")


def test_a_new_stop_signal_counts_at_the_next_snapshot(register: FedRegister) -> None:
    with changing(register.engine, SHIOMINO, as_of=AS_OF) as change:
        change.stop_resident(resident("sora"), StopKind.DIED, since=AS_OF)
    assert stops(register, "hanako") == {(StopKind.DIED, StopLevel.RESIDENT, resident("sora"))}


@pytest.mark.parametrize(
    ("on", "mayor", "fee_yen"),
    [
        (date(2023, 4, 29), "仮名　一郎", 300),
        (date(2023, 4, 30), "架空　太郎", 300),
        (date(2024, 3, 31), "架空　太郎", 300),
        (date(2024, 4, 1), "架空　太郎", 200),
        (TODAY, "架空　太郎", 200),
    ],
)
def test_settings_are_those_valid_on_the_day(read_register: FedRegister, on: date, mayor: str, fee_yen: int) -> None:
    with read_register.snapshot(SHIOMINO) as snapshot:
        settings = snapshot.municipality(on)
    assert settings is not None
    offer = settings.offer("juminhyo")
    assert offer is not None
    assert (settings.mayor_title, settings.mayor_name, offer.fee_yen) == ("汐見野市長", mayor, fee_yen)
    assert offer.items == ("head_and_relation", "domicile", "my_number", "foreign_status")
    assert (offer.scopes, offer.form, offer.years) == (("self", "household", "some"), FormVariant.RENKISHIKI, ())
    assert settings.offer("passport") is None


def test_a_day_without_a_mayor_has_no_settings(read_register: FedRegister) -> None:
    with read_register.snapshot(SHIOMINO) as snapshot:
        assert snapshot.municipality(date(2019, 4, 29)) is None


def test_opening_hours_are_data(read_register: FedRegister) -> None:
    with read_register.snapshot(SHIOMINO) as snapshot:
        settings = snapshot.municipality(TODAY)
    assert settings is not None
    offer = settings.offer("juminhyo")
    assert offer is not None
    assert offer.hours == tuple(OpeningWindow(weekday, time(6, 30), time(23, 0)) for weekday in range(7))
    assert offer.closed == ()
    assert offer.copies_limit == 5


def test_the_snapshot_tells_age_and_version(register: FedRegister) -> None:
    with register.snapshot(SHIOMINO) as snapshot:
        first = snapshot.version
        assert snapshot.as_of == AS_OF
        assert snapshot.as_of.tzinfo is UTC
    later = AS_OF + timedelta(minutes=5)
    with changing(register.engine, SHIOMINO, as_of=later):
        pass
    with register.snapshot(SHIOMINO) as snapshot:
        assert (snapshot.version, snapshot.as_of) == (first + 1, later)


def texts(value: object) -> Iterator[str]:
    if isinstance(value, dict):
        for inner in value.values():
            yield from texts(inner)
    elif isinstance(value, str):
        yield value


def test_a_repr_says_nothing_of_a_person(read_register: FedRegister) -> None:
    for member in (*household(read_register, "hanako"), *household(read_register, "maria")):
        shown = repr(member)
        assert not [text for text in texts(asdict(member)) if text and text != SHIOMINO and text in shown]
        assert str(member.birth_date.year) not in shown


def record_stops(
    register: FedRegister, kind: str, key: str, code: str = SHIOMINO
) -> set[tuple[StopKind, StopLevel, str | None]]:
    person = resident_id_of(code, key)
    with register.snapshot(code, person, AS_OF) as snapshot:
        found = snapshot.stops_of_record(kind, person, AS_OF)
    return {(stop.signal.kind, stop.signal.level, stop.person_key) for stop in found}


def test_stop_signals_of_everybody_in_a_family_register_are_told_to_each_of_them(register: FedRegister) -> None:
    assert record_stops(register, "fuhyo", "hanako") == set()
    with changing(register.engine, SHIOMINO, as_of=AS_OF) as change:
        change.stop_resident(resident("taichi"), StopKind.PROTECTED, since=AS_OF)
        elsewhere = change.stop_person_of_record(
            record_id_of(SHIOMINO, "fuhyo", "yoshida"), "ken", StopKind.GAIJI, since=AS_OF
        )
        change.stop_municipality(StopKind.STOPPED, since=AS_OF, kinds=["fuhyo"])
    protected = (StopKind.PROTECTED, StopLevel.RESIDENT, "taichi")
    stopped = (StopKind.STOPPED, StopLevel.MUNICIPALITY, None)
    gaiji = (StopKind.GAIJI, StopLevel.RECORD, "ken")
    assert record_stops(register, "koseki", "hanako") == {protected, stopped}
    assert record_stops(register, "fuhyo", "hanako") == {protected, stopped, gaiji}
    assert record_stops(register, "fuhyo", "ichiro") == {stopped}
    with changing(register.engine, SHIOMINO, as_of=AS_OF) as change:
        change.lift_stop_of_record(elsewhere, at=AS_OF)
    assert record_stops(register, "fuhyo", "hanako") == {protected, stopped}
