"""Bare requests to a served center, and the one form that every refusal must have."""

from http.client import HTTPSConnection

from issuing_center import wire
from issuing_center.problems import No
from issuing_center.sandbox.center import SHIOMINO
from tests.support.center import Served

BEGIN = wire.encode(wire.VisitRequest(municipality=SHIOMINO))
JSON = {"Content-Type": wire.JSON_TYPE}
NOBODY = "0" * 32
CODES = {no.code: no.status for no in No}


def problem_of(connection: HTTPSConnection) -> tuple[int, str]:
    """Read an answer, which must be problem details as documented."""
    response = connection.getresponse()
    body = response.read()
    assert response.headers["content-type"] == wire.PROBLEM_TYPE, body
    problem = wire.decode(body, wire.Problem)
    assert problem.status == response.status == CODES[problem.code]
    connection.close()
    return response.status, problem.code


def asked(
    served: Served, method: str, path: str, body: bytes | None = None, headers: dict[str, str] | None = None
) -> tuple[int, str]:
    connection = served.raw()
    connection.request(method, path, body, JSON if headers is None else headers)
    return problem_of(connection)
