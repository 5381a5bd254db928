"""The clerks' site without its live part: recognise the clerk, route, read, ask the desk, answer.

Every page is a still file; what is on it comes as JSON and is written by its script as text. An act is taken only from a
page of this site: with the clerk's form token, as JSON, from the same origin. Nothing of a number stands in an address.
"""

import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from http import HTTPStatus
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar, assert_never

from werkzeug.exceptions import MethodNotAllowed, NotFound
from werkzeug.routing import Map, RequestRedirect, Rule
from werkzeug.wrappers import Request, Response

from issuing_center import eventlog
from issuing_center.counter.models import ScannedSlip, SheetCode, TypedSlip, Waiting
from issuing_center.counter.refusals import CounterNo, CounterRefusal
from issuing_center.counter.staff import Staff
from issuing_center.counter.totals import totals_csv
from issuing_center.deployment import require_sandbox
from issuing_center.municipal.package import JST
from issuing_center.problems import Refusal
from issuing_center.staff import messages
from issuing_center.staff.desk import Desk, Outcome
from issuing_center.staff.identity import Door, Tokens, Visitor, visitor_of
from issuing_center.staff.live import Listener, Topic
from issuing_center.web import client_certificate, guarded

if TYPE_CHECKING:
    from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

ASSETS = Path(__file__).parent / "assets"
COOKIE = "__Host-clerk"
TOKEN_HEADER = "X-Form-Token"  # noqa: S105 - the name of a header
MAX_BODY_BYTES = 16 * 1024

TYPES = {
    ".html": "text/html; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
}
SECURITY = {
    "Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; "
    "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "Cache-Control": "no-store",
}

NOT_SIGNED_IN = messages.Problem("STAFF-01", "職員として認証されていません。職員証明書を確認してください。")
LOCKED_OUT = messages.Problem("STAFF-09", "この職員証明書は使用を停止されています。管理者に連絡してください。")
NOT_FROM_PAGE = messages.Problem("STAFF-02", "画面の有効期限が切れました。再読み込みしてください。")
NOT_READABLE = messages.Problem("STAFF-03", "入力を読み取れません。")
OTHER_NUMBER = messages.Problem("STAFF-04", "この受付票は、表示中の番号のものではありません。")
TRY_AGAIN = messages.Problem("STAFF-05", "処理できませんでした。画面の状態を確認し、もう一度操作してください。")
NO_OFFICE = messages.Problem("STAFF-08", "番号は窓口ごとに付きます。窓口を選ぶか、受付票のQRを読み取ってください。")
NO_PAGE = messages.Problem("STAFF-06", "ページがありません。")

A = TypeVar("A")


class _NoError(Exception):
    """Carries a no to the one place that answers."""

    def __init__(self, status: int, problem: messages.Problem) -> None:
        super().__init__(problem.code)
        self.status, self.problem = status, problem


@dataclass(frozen=True, slots=True)
class Site:
    """What the site works with."""

    desk: Desk
    tokens: Tokens
    door: Door | None = None
    """A way in without a certificate: in a sandbox alone."""

    def __post_init__(self) -> None:
        if self.door is not None:
            require_sandbox("a sign-in without a certificate")

    def visitor_of(self, request: Request) -> Visitor | None:
        """Tell which clerk asks, locked out or not; None for nobody we know."""
        visitor = visitor_of(client_certificate(request))
        if visitor is None and self.door is not None:
            staff = self.door.clerk(request.cookies.get(COOKIE, ""))
            return None if staff is None else Visitor(staff, "")
        return visitor


def _json(value: object, status: int = 200) -> Response:
    return Response(messages.encode(value), status=status, content_type="application/json")


def _outcome(outcome: Outcome, row: Waiting | None = None) -> Response:
    match outcome:
        case CounterRefusal(no=no, state=state):
            at = f"（現在: {messages.LABEL_TABLES.states[state.value]}）" if state is not None else ""
            return _json(messages.Problem(no.code, no.text + at, row), HTTPStatus.CONFLICT)
        case Waiting():
            return _json(outcome)
        case _:
            assert_never(outcome)


def _read(request: Request, message: type[A]) -> A:
    try:
        return messages.decode(request.get_data(cache=False), message)
    except messages.MalformedError:
        raise _NoError(HTTPStatus.BAD_REQUEST, NOT_READABLE) from None


def _today(site: Site) -> date:
    return site.desk.now().astimezone(JST).date()


def _session(site: Site, staff: Staff, _request: Request) -> Response:
    code = staff.municipality_code
    offices = site.desk.offices(code)
    return _json(
        messages.Session(
            staff_id=staff.staff_id,
            municipality_code=code,
            municipality=site.desk.municipality_name(code) or code,
            specimen=site.desk.specimen,
            form_token=site.tokens.form(staff),
            day=_today(site),
            offices=offices,
            displays={each.office_id: f"/display/{site.tokens.display(code, each.office_id)}" for each in offices},
            labels=messages.LABEL_TABLES,
        )
    )


def _list(site: Site, staff: Staff, _request: Request) -> Response:
    # The number first: a change in between is then told again, never missed.
    change = site.desk.latest(staff.municipality_code)
    terminals = messages.terminal_rows(site.desk.terminals(staff), site.desk.now())
    return _json(messages.Rows(change, _today(site), site.desk.waiting_list(staff), terminals))


def _find(site: Site, staff: Staff, request: Request) -> Response:
    ask = _read(request, messages.SlipAsk)
    sheet = messages.sheet_of(ask.slip)
    if sheet is not None:
        return _outcome(site.desk.find_sheet(staff, sheet))
    match messages.slip_of(ask.office, ask.slip):
        case ScannedSlip() as slip:
            return _outcome(site.desk.find_slip(staff, slip))
        case _ if not ask.office:
            # Each office counts from 1.
            return _json(NO_OFFICE, HTTPStatus.CONFLICT)
        case TypedSlip() as slip:
            return _outcome(site.desk.find_slip(staff, slip))
        case number:
            found = [row for row in site.desk.waiting_list(staff) if (row.number, row.office) == (number, ask.office)]
            return _json(found[0]) if found else _outcome(CounterRefusal(CounterNo.UNKNOWN))


def _after(site: Site, staff: Staff, request_id: str, outcome: Outcome) -> Response:
    """Answer an act; a refused one shows the number as somebody else has left it."""
    if isinstance(outcome, Waiting):
        return _json(outcome)
    now = site.desk.waiting_one(staff, request_id)
    return _outcome(outcome, now if isinstance(now, Waiting) else None)


def _call(site: Site, staff: Staff, request: Request) -> Response:
    ask = _read(request, messages.Ask)
    return _after(site, staff, ask.request_id, site.desk.call(staff, ask.request_id))


def _confirm_printed(site: Site, staff: Staff, request: Request) -> Response:
    ask = _read(request, messages.Ask)
    return _after(site, staff, ask.request_id, site.desk.confirm_printed(staff, ask.request_id))


def _permit_reprint(site: Site, staff: Staff, request: Request) -> Response:
    ask = _read(request, messages.Ask)
    return _after(site, staff, ask.request_id, site.desk.permit_reprint(staff, ask.request_id))


def _fee(site: Site, staff: Staff, request: Request) -> Response:
    ask = _read(request, messages.FeeAsk)
    try:
        outcome = site.desk.take_fee(staff, ask.request_id, ask.method, ask.exemption)
    except ValueError:
        raise _NoError(HTTPStatus.BAD_REQUEST, NOT_READABLE) from None
    return _after(site, staff, ask.request_id, outcome)


def _hand_over(site: Site, staff: Staff, request: Request) -> Response:
    ask = _read(request, messages.HandOverAsk)
    match messages.slip_of(ask.office, ask.slip):
        case ScannedSlip() | TypedSlip() as slip:
            found = site.desk.find_slip(staff, slip)
            if isinstance(found, Waiting) and found.request_id != ask.request_id:
                return _json(OTHER_NUMBER, HTTPStatus.CONFLICT)
            scanned = tuple(_sheet(each) for each in ask.sheets)
            return _after(site, staff, ask.request_id, site.desk.hand_over(staff, slip, scanned))
        case _:
            return _outcome(CounterRefusal(CounterNo.WRONG_CHECK))


def _sheet(text: str) -> SheetCode:
    sheet = messages.sheet_of(text)
    if sheet is None:
        raise _NoError(HTTPStatus.BAD_REQUEST, NOT_READABLE)
    return sheet


def _check_sheet(site: Site, staff: Staff, request: Request) -> Response:
    ask = _read(request, messages.SheetAsk)
    sheet = _sheet(ask.sheet)
    outcome = site.desk.check_sheet(staff, ask.request_id, sheet)
    if isinstance(outcome, Waiting):
        return _json({"row": outcome, "sheet": sheet})
    return _after(site, staff, ask.request_id, outcome)


def _cancel(site: Site, staff: Staff, request: Request) -> Response:
    ask = _read(request, messages.CancelAsk)
    if ask.reason not in messages.OF_CLERKS:
        raise _NoError(HTTPStatus.BAD_REQUEST, NOT_READABLE)
    return _after(site, staff, ask.request_id, site.desk.cancel(staff, ask.request_id, ask.reason))


def _spoil(site: Site, staff: Staff, request: Request) -> Response:
    ask = _read(request, messages.SpoilAsk)
    return _after(site, staff, ask.request_id, site.desk.spoil(staff, ask.request_id, ask.serials, ask.reason))


def _seal(site: Site, staff: Staff, request: Request) -> Response:
    code = _read(request, messages.CodeAsk).code
    answer = site.desk.seal_lookup(staff, messages.folded(code))
    return _outcome(answer) if isinstance(answer, CounterRefusal) else _json(answer)


def _day_and_office(day: str, office: str) -> tuple[date, str | None]:
    try:
        return date.fromisoformat(day), None if office == "all" else office
    except ValueError:
        raise _NoError(HTTPStatus.NOT_FOUND, NO_PAGE) from None


def _totals(site: Site, staff: Staff, _request: Request, day: str, office: str) -> Response:
    found = site.desk.day_totals(staff, *_day_and_office(day, office))
    return _json({"totals": found, "taken_yen": found.taken_yen})


def _csv(site: Site, staff: Staff, _request: Request, day: str, office: str) -> Response:
    text = totals_csv(site.desk.day_totals(staff, *_day_and_office(day, office)))
    # Spreadsheets of the office take UTF-8 only with the mark in front.
    response = Response(text.encode("utf-8-sig"), content_type="text/csv; charset=utf-8")
    response.headers["Content-Disposition"] = f'attachment; filename="totals-{date.fromisoformat(day)}.csv"'
    return response


def _close(site: Site, staff: Staff, request: Request) -> Response:
    ask = _read(request, messages.DayAsk)
    return _json({"left": site.desk.close_day(staff, ask.day, ask.office)})


GET: dict[str, Callable[..., Response]] = {
    "/api/session": _session,
    "/api/list": _list,
    "/api/totals/<day>/<office>": _totals,
    "/api/totals/<day>/<office>/csv": _csv,
}
POST: dict[str, Callable[..., Response]] = {
    "/api/find": _find,
    "/api/call": _call,
    "/api/confirm-printed": _confirm_printed,
    "/api/fee": _fee,
    "/api/check-sheet": _check_sheet,
    "/api/hand-over": _hand_over,
    "/api/cancel": _cancel,
    "/api/spoil": _spoil,
    "/api/permit-reprint": _permit_reprint,
    "/api/seal": _seal,
    "/api/close": _close,
}
PAGES = {"/": "console.html", "/totals": "totals.html", "/seal": "seal.html"}
"""Pages for clerks."""

_ROUTES = Map(
    [
        *(Rule(path, methods=["GET"], endpoint=("GET", path)) for path in (*GET, *PAGES)),
        *(Rule(path, methods=["POST"], endpoint=("POST", path)) for path in POST),
        *(
            Rule(path, methods=["GET"], endpoint=("GET", path))
            for path in ("/assets/<name>", "/display/<token>", "/sign-in/<token>")
        ),
    ]
).bind("staff")


class _Answers:
    def __init__(self, site: Site) -> None:
        self._site = site
        self._files = {
            file.name: (file.read_bytes(), TYPES[file.suffix]) for file in ASSETS.iterdir() if file.suffix in TYPES
        }

    def answer(self, request: Request, seen: list[str]) -> Response:
        try:
            endpoint, arguments = _ROUTES.match(request.path, method=request.method)
            seen[0] = " ".join(endpoint)
            return self._routed(endpoint, arguments, request)
        except (NotFound, RequestRedirect):
            return self._no(request, _NoError(HTTPStatus.NOT_FOUND, NO_PAGE))
        except MethodNotAllowed:
            return self._no(request, _NoError(HTTPStatus.METHOD_NOT_ALLOWED, NO_PAGE))
        except _NoError as no:
            return self._no(request, no)

    def _routed(self, endpoint: tuple[str, str], arguments: Mapping[str, str], request: Request) -> Response:
        method, path = endpoint
        match path:
            case "/assets/<name>":
                return self._file(arguments["name"])
            case "/display/<token>":
                if self._site.tokens.office_of(arguments["token"]) is None:
                    raise _NoError(HTTPStatus.NOT_FOUND, NO_PAGE)
                return self._file("display.html")
            case "/sign-in/<token>":
                return self._enter(arguments["token"])
            case _:
                pass
        visitor = self._site.visitor_of(request)
        if visitor is None:
            raise _NoError(HTTPStatus.UNAUTHORIZED, NOT_SIGNED_IN)
        staff = visitor.staff
        if self._site.desk.is_locked(staff, visitor.certificate_sha256):
            raise _NoError(HTTPStatus.UNAUTHORIZED, LOCKED_OUT)
        if path in PAGES:
            return self._file(PAGES[path])
        if method == "GET":
            return GET[path](self._site, staff, request, **arguments)
        self._require_page(staff, request)
        return POST[path](self._site, staff, request)

    def _require_page(self, staff: Staff, request: Request) -> None:
        """Refuse what does not come from a page of ours."""
        origin, token = request.headers.get("Origin"), request.headers.get(TOKEN_HEADER, "")
        same = origin is None or origin.split("://", 1)[-1] == request.headers.get("Host")
        fetched = request.headers.get("Sec-Fetch-Site", "same-origin") == "same-origin"
        if not (same and fetched and self._site.tokens.is_form(staff, token)):
            raise _NoError(HTTPStatus.FORBIDDEN, NOT_FROM_PAGE)
        if request.mimetype != "application/json" or (request.content_length or 0) > MAX_BODY_BYTES:
            raise _NoError(HTTPStatus.BAD_REQUEST, NOT_READABLE)

    def _enter(self, token: str) -> Response:
        session = self._site.door.enter(token) if self._site.door is not None else None
        if session is None:
            raise _NoError(HTTPStatus.UNAUTHORIZED, NOT_SIGNED_IN)
        response = Response(status=HTTPStatus.SEE_OTHER, headers={"Location": "/"})
        response.set_cookie(COOKIE, session, secure=True, httponly=True, samesite="Strict", path="/")
        return response

    def _file(self, name: str, status: int = 200) -> Response:
        if name not in self._files:
            raise _NoError(HTTPStatus.NOT_FOUND, NO_PAGE)
        content, kind = self._files[name]
        return Response(content, status=status, content_type=kind)

    def _no(self, request: Request, no: _NoError) -> Response:
        if request.path.startswith("/api/") or request.method != "GET":
            return _json(no.problem, no.status)
        pages = {NO_PAGE: "no-page.html", LOCKED_OUT: "locked-out.html"}
        return self._file(pages.get(no.problem, "sign-in.html"), no.status)


def make_app(site: Site) -> "WSGIApplication":
    """Make the WSGI callable of one worker. Reads the pages' files."""
    answers = _Answers(site)

    def app(environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        began_s, seen, request = time.perf_counter(), [""], Request(environ)
        response = guarded(lambda: answers.answer(request, seen))
        if isinstance(response, Refusal):
            response = _json(TRY_AGAIN, response.no.status)
        for name, value in SECURITY.items():
            response.headers[name] = value
        ms = round((time.perf_counter() - began_s) * 1000)
        eventlog.write(eventlog.Answered(seen[0], "staff", response.status_code, "", ms))
        return response(environ, start_response)

    return app


def listener_of(site: Site, path: str, headers: Iterable[tuple[bytes, bytes]]) -> Listener | None:
    """Tell what a live address may hear: `/live/console` for a clerk, `/live/display/TOKEN` for a screen; None: nothing."""
    if path == "/live/console":
        fields = [(f"HTTP_{name.decode('latin-1').upper().replace('-', '_')}", value) for name, value in headers]
        environ = {name: value.decode("latin-1") for name, value in fields}
        visitor = site.visitor_of(Request({"REQUEST_METHOD": "GET", **environ}))
        return None if visitor is None else Listener(Topic(visitor.staff.municipality_code), visitor)
    found = site.tokens.office_of(path.removeprefix("/live/display/"))
    return None if found is None else Listener(Topic(*found))
