"""The HTTP face of a municipality's register: route, recognise the center, decode, read, encode.

Knows no rule of issuing. Who may ask is decided by the certificate of the connection and a list of fingerprints: a
certificate of the right authority alone opens nothing.
"""

import hashlib
import re
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeVar

from sqlalchemy import Engine
from werkzeug.routing import Map, Rule
from werkzeug.wrappers import Request, Response

from issuing_center import eventlog, wire
from issuing_center.database import reading
from issuing_center.municipal_server import applications
from issuing_center.municipal_server.dossier import dossier_for, file_of
from issuing_center.problems import No, Refusal, problem
from issuing_center.register.port import UnknownMunicipalityError
from issuing_center.register.records import ResidentId
from issuing_center.register.remote import messages
from issuing_center.register.remote.messages import Apply, Ask, AskState, Find, Found, MalformedAnswerError, Message
from issuing_center.register.sql import SqlRegister
from issuing_center.web import NoError, client_certificate, guarded

if TYPE_CHECKING:
    from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

MOVED = wire.Problem(
    type=wire.PROBLEM_URN + "register-moved",
    title="The register has changed since the version asked for",
    status=messages.MOVED_STATUS,
    code="REGISTER-01",
)
MessageT = TypeVar("MessageT", bound=Message)
Answer = Message | bytes | Refusal | wire.Problem
"""bytes are a file."""
_SHA256 = re.compile(r"[0-9a-f]{64}\Z")


@dataclass(frozen=True, slots=True)
class MunicipalRegister:
    """What one worker answers from, and whom."""

    engine: Engine
    served: frozenset[str]
    """Municipality codes; any other does not exist here."""
    centers: frozenset[str] = field(repr=False)
    """SHA-256 fingerprints of the certificates of the centers that may ask, in hexadecimal."""


def _message(request: Request, kind: type[MessageT]) -> MessageT:
    if request.mimetype != wire.JSON_TYPE:
        raise NoError(No.MEDIA_TYPE)
    try:
        return messages.decode(request.get_data(cache=False), kind)
    except MalformedAnswerError as error:
        raise NoError(No.MALFORMED) from error


def _need_served(served: MunicipalRegister, code: str) -> None:
    if code not in served.served:
        raise UnknownMunicipalityError


def _find(register: MunicipalRegister, request: Request) -> Answer:
    question = _message(request, Find)
    _need_served(register, question.municipality)
    sql = SqlRegister(register.engine)
    look_up = sql.find_registered if question.registered else sql.find_by_certificate
    resident: ResidentId | None = look_up(question.issuer_key_id, int(question.serial, 16), question.municipality)
    return Found(request=question.request, municipality=question.municipality, resident=resident)


def _dossier(register: MunicipalRegister, request: Request) -> Answer:
    question = _message(request, Ask)
    _need_served(register, question.municipality)
    with reading(register.engine) as connection:
        return dossier_for(connection, question) or MOVED


def _apply(register: MunicipalRegister, request: Request) -> Answer:
    application = _message(request, Apply)
    _need_served(register, application.municipality)
    return applications.take(register.engine, application)


def _state(register: MunicipalRegister, request: Request) -> Answer:
    question = _message(request, AskState)
    _need_served(register, question.municipality)
    return applications.tell_state(register.engine, question)


def _file(register: MunicipalRegister, _request: Request, code: str, sha256: str) -> Answer:
    _need_served(register, code)
    if not _SHA256.match(sha256):
        return Refusal(No.NOT_FOUND)
    with reading(register.engine) as connection:
        return file_of(connection, code, sha256) or Refusal(No.NOT_FOUND)


_ENDPOINTS: dict[tuple[str, str], Callable[..., Answer]] = {
    ("POST", messages.FIND_PATH): _find,
    ("POST", messages.DOSSIER_PATH): _dossier,
    ("POST", messages.APPLY_PATH): _apply,
    ("POST", messages.STATE_PATH): _state,
    ("GET", messages.file_path("<code>", "<sha256>")): _file,
}
_ROUTES = Map([Rule(path, methods=[method], endpoint=(method, path)) for method, path in _ENDPOINTS]).bind("register")
"""Bound to a name of our own: what a client writes into its Host header decides nothing."""


def _answer(register: MunicipalRegister, request: Request, seen: list[str]) -> Answer:
    if hashlib.sha256(client_certificate(request)).hexdigest() not in register.centers:
        return Refusal(No.UNKNOWN_KIOSK)
    endpoint, arguments = _ROUTES.match(request.path, method=request.method)
    seen.append(" ".join(endpoint))
    try:
        return _ENDPOINTS[endpoint](register, request, **arguments)
    except UnknownMunicipalityError:
        return Refusal(No.NOT_FOUND)


def make_app(register: MunicipalRegister) -> "WSGIApplication":
    """Make the WSGI callable of one worker."""

    def app(environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        began_s, seen = time.perf_counter(), list[str]()
        answer = guarded(lambda: _answer(register, Request(environ), seen))
        status, code = 200, ""
        match answer:
            case bytes():
                response = Response(answer, content_type="application/octet-stream")
            case Message():
                response = Response(messages.encode(answer), content_type=wire.JSON_TYPE)
            case _:
                details = problem(answer) if isinstance(answer, Refusal) else answer
                status, code = details.status, details.code
                response = Response(wire.encode(details), status=status, content_type=wire.PROBLEM_TYPE)
        response.headers["Cache-Control"] = "no-store"
        ms = round((time.perf_counter() - began_s) * 1000)
        eventlog.write(eventlog.Answered("".join(seen), "center", status, code, ms))
        return response(environ, start_response)

    return app
