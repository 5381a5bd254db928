"""A whole visit to a municipality that keeps its own register: as any other, and nothing at all when its answers are wrong."""

import json
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

import pytest
from werkzeug.wrappers import Response

from issuing_center.database import reading, writing
from issuing_center.outbound import HttpFetcher
from issuing_center.register.port import RegistrationState as RegisteredState
from issuing_center.register.registrations import begin_review, register_use
from issuing_center.register.remote.registrations import SeveralRegistrations
from issuing_center.register.remote.several import SeveralRegisters
from issuing_center.register.review import find_case, list_cases
from kiosk.adapters.center.https import HttpsVisitChannel
from kiosk.domain.certificates import IdempotencyKey, MunicipalityCode
from kiosk.domain.registration import Purpose, RegistrationState, UseApplication
from kiosk.ports.center import ApplicationReceived, CenterUnavailable, Issued, RefusalReason, Refused, VisitOpened
from tests.support.center import ORDER, Center, new_key, prove
from tests.support.municipal_server import MunicipalServer, NoRegister, NoRegistrations
from tests.support.orders import incidents
from tests.support.registers import SHIOMINO, YAMATE

if TYPE_CHECKING:
    from wsgiref.types import WSGIApplication


@pytest.fixture
def remote(center: Center, municipal_server: MunicipalServer, municipal_fetcher: HttpFetcher) -> Iterator[Center]:
    """A center that keeps no register: what its database has of residents is the municipality's, and asked for over HTTP."""
    municipal_server.serve(center.engine)
    links = {code: municipal_server.link(municipal_fetcher, code, now=center.clock) for code in (SHIOMINO, YAMATE)}
    registrations = SeveralRegistrations(NoRegistrations(), links)
    yield center.altered(register=SeveralRegisters(NoRegister(), links), registrations=registrations)
    municipal_server.app = None


def swapped(honest: "WSGIApplication", change: Callable[[dict[str, Any]], None]) -> "WSGIApplication":
    def app(environ: Any, start_response: Any) -> Any:  # noqa: ANN401
        body = b"".join(honest(environ, lambda *_answer: lambda _data: None))
        answer = json.loads(body) if body[:1] == b"{" else {}
        if answer.get("person"):
            change(answer)
            body = json.dumps(answer).encode()
        return Response(body)(environ, start_response)

    return app


def test_a_document_of_the_resident_comes_out(remote: Center, municipal_server: MunicipalServer) -> None:
    before = municipal_server.requests
    visit = remote.visit("hanako")
    issued = visit.channel.order(ORDER, new_key())
    assert isinstance(issued, Issued)
    # Whose card it is, what she may have, and what she ordered; the settings package and its seal once.
    assert municipal_server.requests - before <= 5


def test_an_answer_about_somebody_else_stops_the_municipality_until_a_cause_is_found(
    remote: Center, municipal_server: MunicipalServer, caplog: pytest.LogCaptureFixture
) -> None:
    visit = remote.visit("hanako")
    honest = municipal_server.app
    assert honest is not None

    def other(answer: dict[str, Any]) -> None:
        answer["person"]["resident"] = answer["person"]["resident"][::-1]

    municipal_server.app = swapped(honest, other)
    refused = visit.channel.order(ORDER, new_key())
    assert isinstance(refused, Refused)
    assert refused.reason is RefusalReason.STOPPED
    assert incidents(remote) == ["register-other-answer"]
    municipal_server.app = honest
    again = visit.channel.order(ORDER, new_key())
    assert isinstance(again, Refused)
    assert again.reason is RefusalReason.STOPPED
    caplog.clear()


def test_a_register_that_is_away_refuses_before_payment_and_the_list_stays(
    remote: Center, municipal_server: MunicipalServer, caplog: pytest.LogCaptureFixture
) -> None:
    visit = remote.visit("hanako")
    municipal_server.app = Response(b"", status=503)
    assert isinstance(visit.channel.order(ORDER, new_key()), Refused | CenterUnavailable)
    kiosk = remote.kiosk()
    channel = kiosk.begin_visit(MunicipalityCode(SHIOMINO))
    assert isinstance(channel, HttpsVisitChannel)
    assert isinstance(prove(channel, remote.card("hanako")), Refused | CenterUnavailable)
    assert [name.code for name in remote.service.register.municipalities()] == [SHIOMINO, YAMATE]
    caplog.clear()


def apply(center: Center, key: IdempotencyKey) -> ApplicationReceived | Refused | CenterUnavailable:
    """Apply for 利用登録 at the municipality, in a visit of its own."""
    channel = center.kiosk().begin_visit(MunicipalityCode(YAMATE), Purpose.HONSEKI)
    assert isinstance(channel, HttpsVisitChannel)
    opened = prove(channel, center.card("applicant"))
    assert isinstance(opened, VisitOpened), opened
    signer = center.signature("applicant")
    return channel.apply(APPLICATION, signer.certificate, signer.sign(channel.application_digest(APPLICATION)), key)


APPLICATION = UseApplication("キタガオカ2チョウメ8バンチ", "キタガワ ハルカ", "090-0000-0000")


def test_an_application_goes_to_the_municipality_and_its_staff_decide(remote: Center) -> None:
    received = apply(remote, new_key())
    assert isinstance(received, ApplicationReceived), received
    assert apply(remote, new_key()) == Refused(RefusalReason.ALREADY_APPLIED)
    with writing(remote.engine) as connection:  # which here is the municipality's
        case = find_case(connection, YAMATE, received.reception_number)
        assert case is not None
        begin_review(connection, case.registration_id)
        register_use(connection, case.registration_id, "kitagawa", "haruka", remote.clock.at)
    channel = remote.kiosk().begin_visit(MunicipalityCode(YAMATE), Purpose.HONSEKI)
    assert isinstance(channel, HttpsVisitChannel)
    opened = prove(channel, remote.card("applicant"))
    assert isinstance(opened, VisitOpened)
    assert opened.menu.registration is RegistrationState.REGISTERED
    assert {offer.closed_reason for offer in opened.menu.offers} == {None}


def test_an_application_whose_answer_was_lost_is_one_when_it_is_sent_again(
    remote: Center, municipal_server: MunicipalServer, caplog: pytest.LogCaptureFixture
) -> None:
    channel = remote.kiosk().begin_visit(MunicipalityCode(YAMATE), Purpose.HONSEKI)
    assert isinstance(channel, HttpsVisitChannel)
    assert isinstance(prove(channel, remote.card("applicant")), VisitOpened)
    signer, key = remote.signature("applicant"), new_key()
    signature = signer.sign(channel.application_digest(APPLICATION))
    honest = municipal_server.app
    assert honest is not None

    def deaf(environ: Any, start_response: Any) -> Any:  # noqa: ANN401
        if not environ["PATH_INFO"].endswith("/applications"):
            return honest(environ, start_response)
        b"".join(honest(environ, lambda *_answer: lambda _data: None))
        return Response(b"", status=503)(environ, start_response)

    municipal_server.app = deaf
    assert isinstance(channel.apply(APPLICATION, signer.certificate, signature, key), CenterUnavailable)
    municipal_server.app = honest
    received = channel.apply(APPLICATION, signer.certificate, signature, key)
    assert isinstance(received, ApplicationReceived)
    with reading(remote.engine) as connection:
        waiting = list_cases(connection, YAMATE, RegisteredState.RECEIVED)
    assert [number for number, _, _ in waiting] == [received.reception_number]
    caplog.clear()
