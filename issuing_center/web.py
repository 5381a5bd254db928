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
from issuing_center.counter.card_attributes import take_in
from issuing_center.counter.terminals import tell_status
from issuing_center.database import UNAVAILABLE
from issuing_center.devices import Peer
from issuing_center.incidents import of_municipality, raise_incident
from issuing_center.problems import No, Refusal, problem
from issuing_center.register.port import (
    InconsistentRegisterError,
    RegisterIncidentError,
    RegisterUnavailableError,
    UnknownMunicipalityError,
)
from issuing_center.service import Service
from issuing_center.visits import protocol as visits
from issuing_center.visits import registration

if TYPE_CHECKING:
    from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

Answer = wire.Message | Refusal | None
"""None is an empty 204."""

M = TypeVar("M", bound=wire.Message)
A = TypeVar("A")

_RANDOM_ID = re.compile(r"[0-9a-f]{32}\Z")


class NoError(Exception):
    """Carries a refusal of the request itself to the one place that answers."""

    def __init__(self, no: No) -> None:
        super().__init__(no.name)
        self.no = no


def _message(request: Request, message: type[M]) -> M:
    if request.mimetype != wire.JSON_TYPE:
        raise NoError(No.MEDIA_TYPE)
    try:
        return wire.decode(request.get_data(cache=False), message)
    except wire.MalformedMessageError as error:
        raise NoError(No.MALFORMED) from error


def _health(service: Service, _peer: Peer, _request: Request) -> Answer:
    return wire.Health(build=service.build_id, now=service.now())


def _municipalities(service: Service, peer: Peer, _request: Request) -> Answer:
    return visits.municipalities(service, peer.device)


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


def _apply(service: Service, peer: Peer, request: Request, visit: str) -> Answer:
    key = request.headers.get(wire.IDEMPOTENCY_HEADER, "")
    if not _RANDOM_ID.match(key):
        return Refusal(No.IDEMPOTENCY_KEY)
    return registration.apply(service, peer.device, visit, key, _message(request, wire.RegistrationRequest))


def _attributes(service: Service, peer: Peer, request: Request, visit: str) -> Answer:
    return take_in(service, peer.device, visit, _message(request, wire.SealedAttributes))


def _order_state(service: Service, peer: Peer, _request: Request, txn: str) -> Answer:
    return outcomes.state_of(service, peer.device, txn)


def _outcome(service: Service, peer: Peer, request: Request, txn: str) -> Answer:
    return outcomes.accept(service, peer, txn, _message(request, wire.SignedOutcome))


def _counter_status(service: Service, peer: Peer, request: Request) -> Answer:
    return tell_status(service, peer.device, _message(request, wire.CounterStatus))


@dataclass(frozen=True, slots=True)
class Endpoint:
    """One act of the API: who performs it, and what openapi.py tells the world of it."""

    call: Callable[..., Answer]
    summary: str
    answer: type[wire.Message] | None
    """None is an empty 204."""
    body: type[wire.Message] | None = None
    """What `call` decodes."""
    keyed: bool = False
    """Whether it wants an Idempotency-Key."""
    refusals: tuple[No, ...] = ()
    """What it may say beside the refusals that any request can meet."""


_PRIVATE = (No.COUNTER_ONLY, No.STOPPED)
ENDPOINTS: dict[tuple[str, str], Endpoint] = {
    ("GET", "/v1/health"): Endpoint(_health, "Tell that the center serves", wire.Health),
    ("GET", "/v1/municipalities"): Endpoint(_municipalities, "List who issues here", wire.Municipalities),
    ("POST", "/v1/visits"): Endpoint(
        _begin_visit, "Begin a visit", wire.VisitChallenge, wire.VisitRequest, refusals=(No.NOT_OFFERED,)
    ),
    ("DELETE", "/v1/visits/<visit>"): Endpoint(_close_visit, "End a visit", None),
    ("POST", "/v1/visits/<visit>/proof"): Endpoint(
        _prove,
        "Prove who stands there, and get the menu",
        wire.VisitAnswer,
        wire.VisitProof,
        refusals=(
            *(No.CERTIFICATE_EXPIRED, No.CERTIFICATE_REVOKED, No.CERTIFICATE_ON_HOLD, No.CERTIFICATE_NOT_ACCEPTED),
            *(No.CERTIFICATE_UNDETERMINED, No.NOT_LINKED, No.VISIT_EXPIRED, No.PROOF_REFUSED, *_PRIVATE),
        ),
    ),
    ("POST", "/v1/visits/<visit>/orders"): Endpoint(
        _order,
        "Order a certificate",
        wire.OrderAnswer,
        wire.OrderRequest,
        keyed=True,
        refusals=(
            *(No.KEY_REUSED, No.VISIT_EXPIRED, No.CLOSED, No.NOT_OFFERED, No.GLYPH_MISSING, No.FEE_CHANGED),
            *(No.NO_SEAL, No.NO_TAX_RECORD, No.NOT_REGISTERED, *_PRIVATE),
        ),
    ),
    ("POST", "/v1/visits/<visit>/registration"): Endpoint(
        _apply,
        "Apply for 利用登録",
        wire.RegistrationAnswer,
        wire.RegistrationRequest,
        keyed=True,
        refusals=(
            *(No.CERTIFICATE_EXPIRED, No.CERTIFICATE_REVOKED, No.CERTIFICATE_ON_HOLD, No.CERTIFICATE_NOT_ACCEPTED),
            *(No.CERTIFICATE_UNDETERMINED, No.VISIT_EXPIRED, No.PROOF_REFUSED, No.NOT_OFFERED),
            *(No.ALREADY_APPLIED, No.KEY_REUSED),
        ),
    ),
    ("POST", "/v1/visits/<visit>/attributes"): Endpoint(
        _attributes,
        "Tell what the card says of its holder, where the office asks for it",
        None,
        wire.SealedAttributes,
        refusals=(No.VISIT_EXPIRED, No.NOT_OFFERED, No.PROOF_REFUSED),
    ),
    ("POST", "/v1/counter/status"): Endpoint(
        _counter_status,
        "Tell the clerks how a terminal's printers are",
        None,
        wire.CounterStatus,
        refusals=(No.NOT_FOUND,),
    ),
    ("GET", "/v1/orders/<txn>"): Endpoint(_order_state, "Ask how far an order is", wire.OrderStatus),
    ("POST", "/v1/orders/<txn>/outcome"): Endpoint(
        _outcome, "Report what became of an order", None, wire.SignedOutcome, refusals=(No.OUTCOME_CONFLICT,)
    ),
}

_ROUTES = Map([Rule(path, methods=[method], endpoint=(method, path)) for method, path in ENDPOINTS]).bind("center")
"""Bound to a name of our own: what a client writes into its Host header decides nothing."""


def client_certificate(request: Request) -> bytes:
    """Give the certificate (DER) that the connection was opened with; empty when there is none."""
    header = request.headers.get("Client-Cert", "")
    try:
        return base64.b64decode(header[1:-1], validate=True) if header[:1] == header[-1:] == ":" else b""
    except ValueError:
        return b""


def _peer(service: Service, request: Request) -> Peer:
    peer = service.devices.find(client_certificate(request))
    if peer is None:
        raise NoError(No.UNKNOWN_KIOSK)
    return peer


@dataclass(slots=True)
class _Seen:
    """What is known of a request so far, for the log: names of ours, nothing that a client wrote."""

    endpoint: str = ""
    kiosk: str = ""


def _answer(service: Service, request: Request, seen: _Seen) -> Answer:
    peer = _peer(service, request)
    seen.kiosk = peer.device.device_id
    if (request.content_length or 0) > wire.MAX_BODY_BYTES:
        return Refusal(No.TOO_LARGE)
    endpoint, arguments = _ROUTES.match(request.path, method=request.method)
    if not all(_RANDOM_ID.match(value) for value in arguments.values()):
        return Refusal(No.NOT_FOUND)
    seen.endpoint = " ".join(endpoint)
    try:
        return ENDPOINTS[endpoint].call(service, peer, request, **arguments)
    except RegisterIncidentError as error:
        raise_incident(service, error.incident, of_municipality(error.municipality_code), service.now())
        return Refusal(No.STOPPED)


def guarded(answer: Callable[[], A]) -> A | Refusal:
    """Give an answer, or the refusal that stands for what went wrong with it."""
    try:
        return answer()
    except NoError as error:
        return Refusal(error.no)
    except MethodNotAllowed:
        return Refusal(No.METHOD)
    except (NotFound, RequestRedirect):
        return Refusal(No.NOT_FOUND)
    except (InconsistentRegisterError, UnknownMunicipalityError) as error:
        eventlog.write(eventlog.Crashed(type(error).__name__, eventlog.place_of(error)))
        return Refusal(No.STOPPED)
    except RegisterUnavailableError:
        # Written down where it was noticed, with the municipality it concerns.
        return Refusal(No.OVERLOADED)
    except UNAVAILABLE as error:
        eventlog.write(eventlog.Crashed(type(error).__name__, eventlog.place_of(error)))
        return Refusal(No.OVERLOADED)
    except Exception as error:  # noqa: BLE001 - the boundary: whatever is not foreseen is an opaque 500
        eventlog.write(eventlog.Crashed(type(error).__name__, eventlog.place_of(error)))
        return Refusal(No.INTERNAL)


def make_app(service: Service) -> "WSGIApplication":
    """Make the WSGI callable of one worker."""

    def app(environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        began_s, seen, request = time.perf_counter(), _Seen(), Request(environ)
        answer = guarded(lambda: _answer(service, request, seen))
        match answer:
            case None:
                status, code, response = 204, "", Response(status=204)
            case Refusal():
                details = problem(answer)
                status, code = details.status, details.code
                response = Response(wire.encode(details), status=status, content_type=wire.PROBLEM_TYPE)
                if answer.no is No.METHOD:
                    response.headers["Allow"] = ", ".join(sorted(_ROUTES.allowed_methods(request.path)))
            case _:
                status, code, response = 200, "", Response(wire.encode(answer), content_type=wire.JSON_TYPE)
        response.headers["Cache-Control"] = "no-store"
        ms = round((time.perf_counter() - began_s) * 1000)
        eventlog.write(eventlog.Answered(seen.endpoint, seen.kiosk, status, code, ms))
        return response(environ, start_response)

    return app
