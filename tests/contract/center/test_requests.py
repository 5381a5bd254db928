"""Requests nobody should send: each gets problem details with a stable code, and takes nothing from the others."""

import json
import socket
from collections.abc import Iterable

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from issuing_center import server, wire
from issuing_center.web import make_app
from kiosk.adapters.center.http import client_tls
from kiosk.domain.certificates import IdempotencyKey
from tests.support.center import KIOSK, ORDER_REQUEST, Center, Served, Visit, new_key
from tests.support.requests import BEGIN, CODES, JSON, NOBODY, asked, problem_of


@pytest.mark.parametrize(
    "path",
    [
        "/",
        "/v1",
        "/v1/",
        "/v2/visits",
        "/v1/visits/",
        "/v1/Visits",
        "/v1/visits/%00/proof",
        "/v1/visits/..%2f../proof",
        "/v1/visits/%ff%fe/proof",
        "/v1/%f0%9f%92%a9",
        "/v1/orders/" + "g" * 32 + "/outcome",
        "/v1/orders/" + "A" * 32 + "/outcome",
        "/v1/orders/" + "0" * 31 + "/outcome",
        "/v1/orders/" + "0" * 32 + "%0a/outcome",
        "/" + "a" * 4000,
    ],
)
def test_a_path_that_is_none_is_not_found(served: Served, path: str) -> None:
    assert asked(served, "POST", path, b"{}") == (404, "REQUEST-04")


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("POST", "/v1/health"),
        ("GET", "/v1/visits"),
        ("PUT", f"/v1/visits/{NOBODY}"),
        ("OPTIONS", "/v1/visits"),
        ("PATCH", f"/v1/orders/{NOBODY}/outcome"),
        ("DELETE", "/v1/municipalities"),
        ("TRACE", "/v1/health"),
    ],
)
def test_a_method_that_is_none_is_refused(served: Served, method: str, path: str) -> None:
    assert asked(served, method, path) == (405, "REQUEST-05")


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"[]",
        b"null",
        b"\xff\xfe",
        b'{"municipality":990019}',
        b'{"municipality":"99001"}',
        b'{"municipality":"990019\\n"}',
        b'{"municipality":"990019","extra":1}',
        b'{"Municipality":"990019"}',
        b'{"municipality":"990019"}x',
        b'{"municipality":"\\ud800"}',
        b'{"municipality":' + b"[" * 30000,
        b'{"a":' * 10000 + b"1" + b"}" * 10000,
    ],
)
def test_a_body_that_is_not_the_message_is_refused(served: Served, body: bytes) -> None:
    assert asked(served, "POST", "/v1/visits", body) == (400, "REQUEST-01")


@pytest.mark.parametrize(
    "kind", ["", "text/plain", "application/x-www-form-urlencoded", "application/jsonx", "json", "\x80"]
)
def test_another_content_type_is_refused(served: Served, kind: str) -> None:
    assert asked(served, "POST", "/v1/visits", BEGIN, {"Content-Type": kind}) == (415, "REQUEST-15")


@pytest.mark.parametrize("host", ["", "x" * 300, "[::1", "a b", "..", "\x80", "center:99999999", "xn--\x80"])
def test_what_a_client_calls_the_host_decides_nothing(served: Served, host: str) -> None:
    connection = served.raw()
    connection.putrequest("GET", "/v1/health", skip_host=True)
    connection.putheader("Host", host)
    connection.endheaders()
    response = connection.getresponse()
    assert response.status == 200
    wire.decode(response.read(), wire.Health)
    connection.close()


@pytest.mark.parametrize("query", ["", "a=b", "%zz", "a=%ff&&&", "=" * 2000])
def test_a_query_is_ignored(served: Served, query: str) -> None:
    connection = served.raw()
    connection.request("GET", f"/v1/health?{query}")
    wire.decode(connection.getresponse().read(), wire.Health)
    connection.close()


@pytest.mark.parametrize(
    ("length", "expected"),
    [
        (wire.MAX_BODY_BYTES - 1, (400, "REQUEST-01")),
        (wire.MAX_BODY_BYTES, (400, "REQUEST-01")),
        (wire.MAX_BODY_BYTES + 1, (413, "REQUEST-13")),
        (wire.MAX_BODY_BYTES * 40, (413, "REQUEST-13")),
    ],
)
@pytest.mark.parametrize("chunked", [False, True])
def test_the_largest_body_is_the_limit_and_not_one_byte_more(
    served: Served, length: int, expected: tuple[int, str], chunked: bool
) -> None:
    body: bytes | Iterable[bytes] = b" " * length
    if chunked:
        body = iter([b" " * 8192] * (length // 8192) + [b" " * (length % 8192)] * bool(length % 8192))
    connection = served.raw()
    connection.request("POST", "/v1/visits", body, JSON, encode_chunked=chunked)
    assert problem_of(connection) == expected


def test_a_chunked_body_is_as_good_as_a_counted_one(served: Served) -> None:
    connection = served.raw()
    connection.request("POST", "/v1/visits", iter([BEGIN[:5], BEGIN[5:]]), JSON, encode_chunked=True)
    wire.decode(connection.getresponse().read(), wire.VisitChallenge)
    connection.close()


def test_a_declared_length_too_large_is_refused_before_the_body_comes_in_full(served: Served) -> None:
    connection = served.raw()
    connection.putrequest("POST", "/v1/visits")
    for name, value in {**JSON, "Content-Length": str(10**9)}.items():
        connection.putheader(name, value)
    connection.endheaders(b" " * (wire.MAX_BODY_BYTES + 1))
    assert problem_of(connection) == (413, "REQUEST-13")


@pytest.mark.expect_log("uvicorn.error")
@pytest.mark.parametrize(
    "request_bytes",
    [
        b"\0\1\2\3\r\n\r\n",
        b"GET\r\n\r\n",
        b"GET /v1/health HTTP/9.9\r\n\r\n",
        b"GET /v1/health HTTP/1.1\r\nContent-Length: -1\r\n\r\n",
        b"GET /v1/health HTTP/1.1\r\nContent-Length: x\r\n\r\n",
        b"POST /v1/visits HTTP/1.1\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n ",
        b"POST /v1/visits HTTP/1.1\r\nTransfer-Encoding: chunked\r\nContent-Length: 3\r\n\r\n0\r\n\r\n",
        b"POST /v1/visits HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
        b"GET /v1/health HTTP/1.1\r\nbad header\r\n\r\n",
        b"GET /v1/health HTTP/1.1\r\n\0: x\r\n\r\n",
        b"GET /v1/health?\xe9 HTTP/1.1\r\n\r\n",
        b"GET /\xe9 HTTP/1.1\r\n\r\n",
    ],
)
def test_what_is_not_http_gets_problem_details_too(served: Served, request_bytes: bytes) -> None:
    connection = served.raw()
    connection.connect()
    connection.sock.sendall(request_bytes)
    connection._HTTPConnection__state = "Request-sent"  # type: ignore[attr-defined]
    connection._method = "GET"  # type: ignore[attr-defined]
    assert problem_of(connection) == (400, "REQUEST-01")


def test_a_head_without_an_end_is_refused(served: Served) -> None:
    connection = served.raw()
    connection.connect()
    connection.sock.sendall(b"GET /v1/health HTTP/1.1\r\nX-Long: ")
    for _ in range(server.MAX_HEAD_BYTES // 4096 + 1):
        connection.sock.sendall(b"a" * 4096)
    connection._HTTPConnection__state = "Request-sent"  # type: ignore[attr-defined]
    connection._method = "GET"  # type: ignore[attr-defined]
    assert problem_of(connection) == (431, "REQUEST-14")


@pytest.mark.parametrize("key", ["", "x", "0" * 31, "0" * 33, "0" * 31 + "G", "A" * 32, "0" * 32 + ",0"])
def test_an_order_needs_a_key_of_128_random_bits(served: Served, key: str) -> None:
    body = wire.encode(ORDER_REQUEST)
    headers = {**JSON, wire.IDEMPOTENCY_HEADER: key}
    assert asked(served, "POST", f"/v1/visits/{NOBODY}/orders", body, headers) == (400, "REQUEST-02")


def test_an_order_without_a_visit_is_refused(served: Served) -> None:
    headers = {**JSON, wire.IDEMPOTENCY_HEADER: new_key()}
    body = wire.encode(ORDER_REQUEST)
    assert asked(served, "POST", f"/v1/visits/{NOBODY}/orders", body, headers) == (409, "VISIT-02")


_PATHS = st.sampled_from(
    ["/v1/visits", f"/v1/visits/{NOBODY}", f"/v1/visits/{NOBODY}/proof", f"/v1/visits/{NOBODY}/orders", "/v1/health",
     "/v1/municipalities", f"/v1/orders/{NOBODY}", f"/v1/orders/{NOBODY}/outcome"]
)  # fmt: skip
_VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text()
    | st.sampled_from(["990019", NOBODY, "self"]),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["municipality", "kind", "signed_at", "outcome"]) | st.text(), inner, max_size=4
        )
    ),
    max_leaves=12,
)
_BODIES = st.binary(max_size=200) | _VALUES.map(lambda value: json.dumps(value).encode())


@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    method=st.sampled_from(["GET", "POST", "DELETE", "PUT", "HEAD"]),
    path=_PATHS,
    body=_BODIES,
    key=st.sampled_from([NOBODY, "x"]),
    kind=st.sampled_from([wire.JSON_TYPE, "text/plain"]),
)
def test_no_request_makes_the_center_fail(
    shared_center: Center, method: str, path: str, body: bytes, key: IdempotencyKey, kind: str
) -> None:
    with shared_center.client() as client:
        answer = client.request(
            method, path, content=body, headers={"Content-Type": kind, wire.IDEMPOTENCY_HEADER: key}
        )
    assert answer.status_code < 500
    if answer.status_code >= 400 and method != "HEAD":
        assert CODES[wire.decode(answer.content, wire.Problem).code] == answer.status_code


_FIELDS = st.fixed_dictionaries(
    {
        "kind": st.sampled_from(["juminhyo", "koseki"]),
        "scope": st.sampled_from(["self", "household", "some"]),
        "members": st.lists(st.sampled_from([NOBODY, "f" * 32]), max_size=3),
        "items": st.lists(
            st.sampled_from(["domicile", "my_number", "foreign_status", "head_and_relation"]), max_size=5
        ),
        "copies": st.integers(0, 11),
        "fee_yen": st.sampled_from([-1, 0, 200, 100_000, 100_001, 10**30]),
    }
)


@pytest.fixture(scope="module")
def open_visit(shared_center: Center) -> Visit:
    return shared_center.visit("maria")


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(fields=_FIELDS)
def test_no_order_makes_the_center_fail(shared_center: Center, open_visit: Visit, fields: dict[str, object]) -> None:
    with shared_center.client() as client:
        answer = client.post(
            f"/v1/visits/{open_visit.id}/orders",
            content=json.dumps(fields),
            headers={**JSON, wire.IDEMPOTENCY_HEADER: new_key()},
        )
    assert answer.status_code < 500
    if answer.status_code == 200:
        answered = wire.decode(answer.content, wire.OrderAnswer)
        assert len(answered.documents) == fields["copies"]
    else:
        assert CODES[wire.decode(answer.content, wire.Problem).code] == answer.status_code


def test_the_callable_of_a_worker_needs_no_server_of_ours(shared_center: Center) -> None:
    with shared_center.client(app=make_app(shared_center.service)) as client:
        assert client.get("/v1/health").status_code == 200
    with shared_center.client(None) as client:
        assert client.get("/v1/health").json()["code"] == "CENTER-04"


def test_the_agreed_form_says_nothing_of_the_request(served: Served) -> None:
    connection = served.raw()
    connection.request("POST", "/v1/visits", b'{"municipality":"MARKER-7f"}', JSON)
    body = connection.getresponse().read()
    assert b"MARKER" not in body
    connection.close()


def test_a_closed_connection_is_ended_in_good_order(served: Served) -> None:
    folder = served.center.folder
    tls = client_tls(folder.device_certificate(KIOSK), folder.device_key(KIOSK), folder.center_ca_certificate)
    with (
        socket.create_connection(("127.0.0.1", served.port), timeout=10) as plain,
        tls.wrap_socket(plain, server_hostname="127.0.0.1") as connection,
    ):
        connection.sendall(b"GET /v1/health HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
        answer = b""
        while chunk := connection.recv(4096):
            answer += chunk
    assert answer.startswith(b"HTTP/1.1 200 ")
