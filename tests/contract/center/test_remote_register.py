"""A whole visit to a municipality that keeps its own register: as any other, and nothing at all when its answers are wrong."""

import json
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

import pytest
from werkzeug.wrappers import Response

from issuing_center.outbound import HttpFetcher
from issuing_center.register.remote.several import SeveralRegisters
from kiosk.adapters.center.https import HttpsVisitChannel
from kiosk.domain.certificates import MunicipalityCode
from kiosk.ports.center import CenterUnavailable, Issued, RefusalReason, Refused
from tests.support.center import ORDER, Center, new_key, prove
from tests.support.municipal_server import MunicipalServer, NoRegister
from tests.support.orders import incidents
from tests.support.registers import SHIOMINO, YAMATE

if TYPE_CHECKING:
    from wsgiref.types import WSGIApplication


@pytest.fixture
def remote(center: Center, municipal_server: MunicipalServer, municipal_fetcher: HttpFetcher) -> Iterator[Center]:
    """A center that keeps no register: what its database has of residents is the municipality's, and asked for over HTTP."""
    municipal_server.serve(center.engine)
    links = {code: municipal_server.link(municipal_fetcher, code, now=center.clock) for code in (SHIOMINO, YAMATE)}
    yield center.altered(register=SeveralRegisters(NoRegister(), links))
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
