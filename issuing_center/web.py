"""The HTTP face of the center: route, recognise the device, decode, call, encode; problem details for every no.

Knows no rule of issuing. What it does not foresee becomes an opaque 500.
"""

import base64
import re
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar

from werkzeug.exceptions import MethodNotAllowed, NotFound
from werkzeug.routing import Map, RequestRedirect, Rule
from werkzeug.wrappers import Request, Response

from issuing_center import eventlog, issuance, outcomes, wire
from issuing_center.database import UNAVAILABLE
from issuing_center.devices import Peer
from issuing_center.problems import No, Refusal, problem
from issuing_center.register.port import InconsistentRegisterError, UnknownMunicipalityError
from issuing_center.service import Service
from issuing_center.visits import protocol as visits

if TYPE_CHECKING:
    from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

Answer = wire.Message | Refusal | None
"""None is an empty 204."""

M = TypeVar("M", bound=wire.Message)

_RANDOM_ID = re.compile(r"[0-9a-f]{32}\Z")


class _NoError(Exception):
    """Carries a refusal of the request itself to the one place that answers."""

    def __init__(self, no: No) -> None:
        super().__init__(no.name)
        self.no = no


def _message(request: Request, message: type[M]) -> M:
    if request.mimetype != wire.JSON_TYPE:
        raise _NoError(No.MEDIA_TYPE)
    try:
        return wire.decode(request.get_data(cache=False), message)
    except wire.MalformedMessageError as error:
        raise _NoError(No.MALFORMED) from error


def _health(service: Service, _peer: Peer, _request: Request) -> Answer:
    return wire.Health(build=service.build_id, now=service.now())


def _municipalities(service: Service, _peer: Peer, _request: Request) -> Answer:
    return visits.municipalities(service)


def _begin_visit(service: Service, peer: Peer, request: Request) -> Answer:
    return visits.begin(service, peer.device, _message(request, wire.VisitRequest))


def _prove(service: Service, peer: Peer, request: Request, visit: str) -> Answer:
    return visits.prove(service, peer.device, visit, _message(request, wire.VisitProof))


def _close_visit(service: Service, peer: Peer, _request: Request, visit: str) -> Answer:
    visits.close(service, peer.device, visit)
    return None


def _order(service: Service, peer: Peer, request: Request, visit: str) -> Answer:
    key = request.headers.get(wire.IDEMPOTENCY_HEADER, "")
    if not _RANDOM_ID.match(key):
        return Refusal(No.IDEMPOTENCY_KEY)
    return issuance.issue(service, peer.device, visit, key, _message(request, wire.OrderRequest))


def _order_state(service: Service, peer: Peer, _request: Request, txn: str) -> Answer:
    return outcomes.state_of(service, peer.device, txn)


def _outcome(service: Service, peer: Peer, request: Request, txn: str) -> Answer:
    return outcomes.accept(service, peer, txn, _message(request, wire.SignedOutcome))


_ENDPOINTS: dict[tuple[str, str], Callable[..., Answer]] = {
    ("GET", "/v1/health"): _health,
    ("GET", "/v1/municipalities"): _municipalities,
    ("POST", "/v1/visits"): _begin_visit,
    ("DELETE", "/v1/visits/<visit>"): _close_visit,
    ("POST", "/v1/visits/<visit>/proof"): _prove,
    ("POST", "/v1/visits/<visit>/orders"): _order,
    ("GET", "/v1/orders/<txn>"): _order_state,
    ("POST", "/v1/orders/<txn>/outcome"): _outcome,
}

_ROUTES = Map([Rule(path, methods=[method], endpoint=(method, path)) for method, path in _ENDPOINTS]).bind("center")
"""Bound to a name of our own: what a client writes into its Host header decides nothing."""


def _peer(service: Service, request: Request) -> Peer:
    header = request.headers.get("Client-Cert", "")
    try:
        der = base64.b64decode(header[1:-1], validate=True) if header[:1] == header[-1:] == ":" else b""
    except ValueError:
        der = b""
    peer = service.devices.find(der)
    if peer is None:
        raise _NoError(No.UNKNOWN_KIOSK)
    return peer


@dataclass(slots=True)
class _Seen:
    """What is known of a request so far, for the log: names of ours, nothing that a client wrote."""

    endpoint: str = ""
    kiosk: str = ""


def _answer(service: Service, request: Request, seen: _Seen) -> Answer:
    try:
        peer = _peer(service, request)
        seen.kiosk = peer.device.device_id
        if (request.content_length or 0) > wire.MAX_BODY_BYTES:
            return Refusal(No.TOO_LARGE)
        endpoint, arguments = _ROUTES.match(request.path, method=request.method)
        if not all(_RANDOM_ID.match(value) for value in arguments.values()):
            return Refusal(No.NOT_FOUND)
        seen.endpoint = " ".join(endpoint)
        return _ENDPOINTS[endpoint](service, peer, request, **arguments)
    except _NoError as error:
        return Refusal(error.no)
    except MethodNotAllowed:
        return Refusal(No.METHOD)
    except (NotFound, RequestRedirect):
        return Refusal(No.NOT_FOUND)
    except (InconsistentRegisterError, UnknownMunicipalityError) as error:
        eventlog.write(eventlog.Crashed(type(error).__name__, eventlog.place_of(error)))
        return Refusal(No.STOPPED)
    except UNAVAILABLE as error:
        eventlog.write(eventlog.Crashed(type(error).__name__, eventlog.place_of(error)))
        return Refusal(No.OVERLOADED)
    except Exception as error:  # noqa: BLE001 - the boundary: whatever is not foreseen is an opaque 500
        eventlog.write(eventlog.Crashed(type(error).__name__, eventlog.place_of(error)))
        return Refusal(No.INTERNAL)


def make_app(service: Service) -> "WSGIApplication":
    """Make the WSGI callable of one worker."""

    def app(environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        began_s, seen = time.perf_counter(), _Seen()
        answer = _answer(service, Request(environ), seen)
        match answer:
            case None:
                status, code, response = 204, "", Response(status=204)
            case Refusal():
                details = problem(answer)
                status, code = details.status, details.code
                response = Response(wire.encode(details), status=status, content_type=wire.PROBLEM_TYPE)
            case _:
                status, code, response = 200, "", Response(wire.encode(answer), content_type=wire.JSON_TYPE)
        response.headers["Cache-Control"] = "no-store"
        ms = round((time.perf_counter() - began_s) * 1000)
        eventlog.write(eventlog.Answered(seen.endpoint, seen.kiosk, status, code, ms))
        return response(environ, start_response)

    return app
