"""利用登録 from the kiosk to the 戸籍 certificate: the five states, and every signature that must not be taken."""

from dataclasses import replace
from datetime import datetime, time, timedelta
from pathlib import Path
from secrets import token_hex

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from sqlalchemy import select

from issuing_center.commands.registrations import add_parser
from issuing_center.database import reading, writing
from issuing_center.ledger import tables as ledger_tables
from issuing_center.municipal.holidays import national_holidays
from issuing_center.municipal.package import JST, Day
from issuing_center.register import tables
from issuing_center.register.ids import record_id_of
from issuing_center.register.records import StopKind
from issuing_center.register.updates import changing
from issuing_center.sandbox import release, revoke
from issuing_center.sandbox.center import SHIOMINO, YAMATE
from issuing_center.sandbox.status import serial_of
from kiosk.adapters.center.https import HttpsVisitChannel
from kiosk.domain.certificates import CertificateKind, IdempotencyKey, MunicipalityCode, Order, ScopeKind
from kiosk.domain.registration import Purpose, RegistrationState, UseApplication
from kiosk.ports.center import (
    ApplicationReceived,
    CenterUnavailable,
    Issued,
    RefusalReason,
    Refused,
    VisitOpened,
)
from tests.support.center import Card, Center, Visit, new_key, prove, texts_of

FAMILY = (CertificateKind.KOSEKI_ZENBU, CertificateKind.KOSEKI_KOJIN, CertificateKind.FUHYO)
APPLICATION = UseApplication("キタガオカ2チョウメ8バンチ", "キタガワ ハルカ", "090-0000-0000")


def visit_honseki(center: Center, persona: str = "applicant", code: str = YAMATE) -> Visit:
    channel = center.kiosk().begin_visit(MunicipalityCode(code), Purpose.HONSEKI)
    assert isinstance(channel, HttpsVisitChannel), channel
    opened = prove(channel, center.card(persona))
    assert isinstance(opened, VisitOpened), opened
    return Visit(channel, opened.menu)


def apply(
    visit: Visit, signer: Card, application: UseApplication = APPLICATION, key: IdempotencyKey | None = None
) -> ApplicationReceived | Refused | CenterUnavailable:
    signature = signer.sign(visit.channel.application_digest(application))
    return visit.channel.apply(application, signer.certificate, signature, key or new_key())


def received(center: Center) -> str:
    outcome = apply(visit_honseki(center), center.signature("applicant"))
    assert isinstance(outcome, ApplicationReceived), outcome
    return outcome.reception_number


def closed(visit: Visit) -> set[str | None]:
    assert {offer.kind for offer in visit.menu.offers} == set(FAMILY)
    return {offer.closed_reason for offer in visit.menu.offers}


def staff(center: Center, act: str, *arguments: str) -> int:
    """Do what `python -m issuing_center registrations` does, on the books of this center."""
    from argparse import ArgumentParser

    parser = ArgumentParser()
    add_parser(parser.add_subparsers())
    data = Path(str(center.engine.url.database)).parent
    books = ["--municipality", YAMATE, "--sandbox", "--data", str(data)]
    by = [] if act == "list" else ["--by", "staff-7"]
    options = parser.parse_args(["registrations", act, *arguments, *by, *books])
    return int(options.command(options))


def order_of(visit: Visit, kind: CertificateKind, scope: ScopeKind) -> Order:
    offer = visit.menu.offer(kind)
    return Order(kind, scope, (), frozenset(), 1, 450 if offer is None else offer.fee_yen)


def test_an_application_goes_through_every_state_to_the_certificate(
    center: Center, capsys: pytest.CaptureFixture[str]
) -> None:
    assert visit_honseki(center).menu.registration is RegistrationState.NONE
    number = received(center)
    waiting = visit_honseki(center)
    assert waiting.menu.registration is RegistrationState.RECEIVED
    assert closed(waiting) == {"pending_registration"}

    assert staff(center, "list", "--state", "received") == 0
    assert capsys.readouterr().out.startswith(f"{number} received ")
    assert staff(center, "review", number) == 0
    assert visit_honseki(center).menu.registration is RegistrationState.REVIEWING
    capsys.readouterr()
    assert staff(center, "show", number) == 0
    shown = capsys.readouterr().out
    assert "キタガワ ハルカ" in shown
    assert "北川　遥" in shown
    assert "1998-07-10" in shown
    assert staff(center, "find", number) == 0
    best = capsys.readouterr().out.splitlines()[0]
    assert best.startswith("--koseki kitagawa --person haruka: ")
    assert best.endswith("honseki-numbers, hittosha, name, birth-date")
    assert staff(center, "register", number, "--koseki", "kitagawa", "--person", "haruka") == 0

    registered = visit_honseki(center)
    assert registered.menu.registration is RegistrationState.REGISTERED
    assert closed(registered) == {None}
    issued = registered.channel.order(order_of(registered, FAMILY[0], ScopeKind.WHOLE), new_key())
    assert isinstance(issued, Issued), issued
    assert any("北川" in text for text in texts_of(issued.documents[0].pdf))


def test_a_rejected_application_may_be_made_again(center: Center) -> None:
    number = received(center)
    assert staff(center, "review", number) == 0
    assert staff(center, "reject", number) == 0
    again = visit_honseki(center)
    assert again.menu.registration is RegistrationState.REJECTED
    assert closed(again) == {"not_registered"}
    assert received(center) != number


def test_a_second_live_application_is_refused_and_a_repeated_request_is_not(center: Center) -> None:
    visit, key = visit_honseki(center), new_key()
    first = apply(visit, center.signature("applicant"), key=key)
    assert isinstance(first, ApplicationReceived)
    assert apply(visit, center.signature("applicant"), key=key) == first
    refused = Refused(RefusalReason.ALREADY_APPLIED)
    assert apply(visit, center.signature("applicant")) == refused
    other = replace(APPLICATION, telephone="080-0000-0000")
    assert apply(visit, center.signature("applicant"), other, key) == CenterUnavailable("CENTER-03")
    assert apply(visit_honseki(center), center.signature("applicant")) == refused


def test_a_registered_holder_has_family_registers_and_nothing_else(center: Center) -> None:
    visit = visit_honseki(center, "registered")
    assert visit.menu.registration is RegistrationState.REGISTERED
    assert closed(visit) == {None}
    for kind in (CertificateKind.JUMINHYO, CertificateKind.INKAN, CertificateKind.RISAI):
        refused = visit.channel.order(Order(kind, ScopeKind.SELF, (), frozenset(), 1, 300), new_key())
        assert refused == Refused(RefusalReason.NOT_OFFERED)
    assert isinstance(visit.channel.order(order_of(visit, FAMILY[1], ScopeKind.SELF), new_key()), Issued)
    assert isinstance(visit.channel.order(order_of(visit, FAMILY[2], ScopeKind.SELF), new_key()), Issued)
    assert apply(visit, center.signature("registered")) == Refused(RefusalReason.ALREADY_APPLIED)


def test_a_registration_that_ends_during_a_visit_ends_its_orders(center: Center) -> None:
    visit = visit_honseki(center, "registered")
    registration = tables.koseki_registration
    with writing(center.engine) as connection:
        rejected = {"state": "rejected", "holder_id": None}
        connection.execute(registration.update().where(registration.c.state == "registered").values(rejected))
    outcome = visit.channel.order(order_of(visit, FAMILY[0], ScopeKind.WHOLE), new_key())
    assert isinstance(outcome, Refused)
    assert outcome.reason is RefusalReason.COUNTER_ONLY


def test_a_protected_person_of_the_fuhyo_who_lives_elsewhere_hides_the_others(center: Center) -> None:
    record_id = record_id_of(YAMATE, "fuhyo", "yamamoto")
    with changing(center.engine, YAMATE, as_of=center.clock()) as change:
        stop = change.stop_person_of_record(record_id, "kaede", StopKind.PROTECTED, center.clock(), ["fuhyo"])
    kazuo = visit_honseki(center, "kazuo")
    offer = kazuo.menu.offer(CertificateKind.FUHYO)
    assert offer is not None
    assert offer.scopes == (ScopeKind.SELF,)
    kaede = visit_honseki(center, "registered").menu.offer(CertificateKind.FUHYO)
    assert kaede is not None
    assert kaede.closed_reason == "counter_only"
    with changing(center.engine, YAMATE, as_of=center.clock()) as change:
        change.lift_stop_of_record(stop, center.clock())
    lifted = visit_honseki(center, "kazuo").menu.offer(CertificateKind.FUHYO)
    assert lifted is not None
    assert ScopeKind.WHOLE in lifted.scopes


def test_who_is_not_registered_orders_nothing_whatever_they_ask(center: Center) -> None:
    visit = visit_honseki(center)
    assert visit.menu.registration is RegistrationState.NONE
    for kind in CertificateKind:
        refused = visit.channel.order(Order(kind, ScopeKind.SELF, (), frozenset(), 1, 450), new_key())
        assert refused == Refused(RefusalReason.NOT_REGISTERED)


def test_residents_have_their_own_menu_in_either_visit_and_need_no_registration(center: Center) -> None:
    visit = visit_honseki(center, "kazuo")
    assert visit.menu.registration is None
    assert visit.menu.offer(CertificateKind.JUMINHYO) is not None
    assert apply(visit, center.signature("applicant")) == Refused(RefusalReason.NOT_OFFERED)


def test_without_the_purpose_a_person_from_elsewhere_is_not_linked(center: Center) -> None:
    channel = center.kiosk().begin_visit(MunicipalityCode(YAMATE))
    assert isinstance(channel, HttpsVisitChannel)
    assert prove(channel, center.card("applicant")) == Refused(RefusalReason.NOT_LINKED)


# --- signatures that must not be taken


def test_an_application_signed_for_another_visit_is_refused(center: Center) -> None:
    one, other = visit_honseki(center), visit_honseki(center)
    signer = center.signature("applicant")
    signature = signer.sign(one.channel.application_digest(APPLICATION))
    refused = other.channel.apply(APPLICATION, signer.certificate, signature, new_key())
    assert refused == Refused(RefusalReason.PROOF_REFUSED)


def test_an_application_signed_for_another_municipality_is_refused(center: Center) -> None:
    visit, signer = visit_honseki(center), center.signature("applicant")
    visit.channel._municipality = MunicipalityCode(SHIOMINO)
    assert apply(visit, signer) == Refused(RefusalReason.PROOF_REFUSED)


@pytest.mark.parametrize("changed", ["honseki", "hittosha", "telephone"])
def test_a_field_changed_after_the_signature_is_refused(center: Center, changed: str) -> None:
    visit, signer = visit_honseki(center), center.signature("applicant")
    signature = signer.sign(visit.channel.application_digest(APPLICATION))
    tampered = replace(APPLICATION, **{changed: "0120-000-000"})
    refused = visit.channel.apply(tampered, signer.certificate, signature, new_key())
    assert refused == Refused(RefusalReason.PROOF_REFUSED)


def test_the_authentication_certificate_signs_no_application(center: Center) -> None:
    assert apply(visit_honseki(center), center.card("applicant")) == Refused(RefusalReason.CERTIFICATE_NOT_ACCEPTED)


def test_the_signature_certificate_opens_no_visit(center: Center) -> None:
    channel = center.kiosk().begin_visit(MunicipalityCode(YAMATE), Purpose.HONSEKI)
    assert isinstance(channel, HttpsVisitChannel)
    assert prove(channel, center.signature("applicant")) == Refused(RefusalReason.CERTIFICATE_NOT_ACCEPTED)


def test_a_revoked_signature_certificate_is_refused(center: Center) -> None:
    outcome = apply(visit_honseki(center, "sign-revoked"), center.signature("sign-revoked"))
    assert outcome == Refused(RefusalReason.CERTIFICATE_REVOKED)


def test_a_signature_certificate_revoked_meanwhile_leaves_the_other_certificate_good(center: Center) -> None:
    serial = serial_of(center.folder, "applicant", "sign")
    revoke(center.folder, serial, "affiliationChanged", at=center.clock())
    try:
        outcome = apply(visit_honseki(center), center.signature("applicant"))
    finally:
        release(center.folder, serial, at=center.clock())
    assert outcome == Refused(RefusalReason.CERTIFICATE_REVOKED)


@pytest.mark.expect_log("issuing_center", "WARNING")
def test_an_undetermined_signature_certificate_is_not_accepted(center: Center) -> None:
    visit = visit_honseki(center)
    center.running.responder.faults.add("bad_signature")
    try:
        outcome = apply(visit, center.signature("applicant"))
    finally:
        center.running.responder.faults.clear()
    assert outcome == Refused(RefusalReason.CERTIFICATE_UNDETERMINED)
    assert visit_honseki(center).menu.registration is RegistrationState.NONE


def test_an_application_outside_an_open_visit_is_refused(center: Center) -> None:
    visit, signer = visit_honseki(center), center.signature("applicant")
    signature = signer.sign(visit.channel.application_digest(APPLICATION))
    center.kiosk()._http.send("DELETE", f"/visits/{visit.id}")
    refused = visit.channel.apply(APPLICATION, signer.certificate, signature, new_key())
    assert refused == Refused(RefusalReason.VISIT_EXPIRED)


# --- what is kept, and where


def test_the_signed_statement_is_kept_and_can_be_verified_without_the_center(center: Center) -> None:
    from issuing_center.trust import verify_card_signature

    received(center)
    with reading(center.engine) as connection:
        row = connection.execute(select(tables.koseki_application)).one()
    assert x509.load_der_x509_certificate(row.certificate).public_bytes(Encoding.DER) == row.certificate
    assert verify_card_signature(row.certificate, row.statement, row.signature)
    for text in (APPLICATION.honseki, APPLICATION.hittosha, APPLICATION.telephone, YAMATE):
        assert text.encode() in row.statement


def test_nothing_of_the_applicant_is_in_the_ledger_and_every_act_is_with_who(center: Center) -> None:
    number = received(center)
    for act in ("show", "find", "review", "reject"):
        assert staff(center, act, number) == 0
    with reading(center.engine) as connection:
        events = connection.execute(select(ledger_tables.events)).all()
    written = "\n".join(f"{event.event} {event.detail}" for event in events)
    for word in ("キタガワ", "キタガオカ", "090", "北川", "遥"):
        assert word not in written
    for act in ("show", "find", "review", "reject"):
        assert f"registration-{act} {number} staff-7" in written


def test_the_end_of_a_visit_forgets_the_certificate(center: Center) -> None:
    from issuing_center.visits.tables import visit as visits

    visit = visit_honseki(center)
    visit.channel.close()
    with reading(center.engine) as connection:
        row = connection.execute(select(visits).where(visits.c.visit_id == visit.id)).one()
    assert (row.certificate_serial, row.resident_id, row.serial_hash) == (None, None, None)


def test_staff_cannot_skip_a_step_nor_decide_for_another_municipality(
    center: Center, capsys: pytest.CaptureFixture[str]
) -> None:
    number = received(center)
    assert staff(center, "register", number, "--koseki", "kitagawa", "--person", "haruka") == 1
    assert "REGISTRATION-02" in capsys.readouterr().err
    assert staff(center, "review", number) == 0
    assert staff(center, "register", number, "--koseki", "kitagawa", "--person", "nobody") == 1
    assert "REGISTRATION-03" in capsys.readouterr().err
    assert staff(center, "show", f"NO-{token_hex(2)}") == 1
    assert "REGISTRATION-01" in capsys.readouterr().err
    assert visit_honseki(center).menu.registration is RegistrationState.REVIEWING


def next_weekday(center: Center, hour: int) -> datetime:
    """Give an hour of the next Tuesday that is no holiday of the service."""
    day = center.clock.at.astimezone(JST).date() + timedelta(days=1)
    while day.weekday() != 1 or national_holidays().readings(day, frozenset()) != (Day.TUE,) or day.month in (1, 12):
        day += timedelta(days=1)
    return datetime.combine(day, time(hour), JST)


def application_words(center: Center) -> dict[str, str | None]:
    listed = center.kiosk().municipalities()
    assert isinstance(listed, tuple)
    return {each.code: each.application_closed for each in listed}


def test_outside_its_hours_an_application_is_closed_before_a_card_and_refused_all_the_same(center: Center) -> None:
    strict = center.altered(enforce_hours=True)
    center.clock.at = next_weekday(center, 19) - timedelta(seconds=1)
    assert application_words(strict)[YAMATE] is None
    visit = visit_honseki(strict)
    center.clock.at += timedelta(seconds=1)
    assert application_words(strict) == {"990043": "closed_hours", SHIOMINO: None, YAMATE: "closed_hours"}
    assert application_words(center)[YAMATE] is None, "a sandbox keeps no hours"
    assert apply(visit, center.signature("applicant")) == Refused(RefusalReason.CLOSED)
    center.clock.at -= timedelta(seconds=1)
    assert isinstance(apply(visit, center.signature("applicant")), ApplicationReceived)
