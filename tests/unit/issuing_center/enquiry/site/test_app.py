"""The site without a browser: routes, headers, every limit of a request, and nothing left behind."""

import asyncio
import tempfile
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from issuing_center.enquiry.site.analysis import Trusted
from issuing_center.enquiry.site.app import App
from issuing_center.enquiry.site.limits import Limits
from tests.unit.issuing_center.enquiry.site.test_confinement import saved

LIMITS = Limits()
NOTHING = Trusted(Path("no-keys"), Path("no-certificates"))
BOUNDARY = b"a-boundary"


def form(*files: tuple[str, bytes]) -> bytes:
    parts = [
        b'--%s\r\nContent-Disposition: form-data; name="%s"; filename="name of somebody.png"\r\n\r\n%s\r\n'
        % (BOUNDARY, name.encode(), content)
        for name, content in files
    ]
    return b"".join(parts) + b"--%s--\r\n" % BOUNDARY


class Told:
    """What a client is told."""

    def __init__(self) -> None:
        self.status, self.headers, self.body = 0, dict[str, str](), ""

    async def send(self, event: dict[str, Any]) -> None:
        if event["type"] == "http.response.start":
            self.status = event["status"]
            self.headers = {name.decode(): value.decode() for name, value in event["headers"]}
        else:
            self.body += event["body"].decode()


async def told(app: App, method: str, path: str, body: bytes = b"", **headers: str) -> Told:
    events = [
        {"type": "http.request", "body": body[start : start + 65536], "more_body": start + 65536 < len(body)}
        for start in range(0, max(len(body), 1), 65536)
    ]
    fields = {"content-type": f"multipart/form-data; boundary={BOUNDARY.decode()}"} | headers
    scope = {
        "method": method,
        "path": path,
        "client": ("192.0.2.1", 1),
        "headers": [(name.replace("_", "-").encode(), value.encode()) for name, value in fields.items()],
    }

    async def receive() -> dict[str, Any]:
        return events.pop(0) if events else {"type": "http.disconnect"}

    answer = Told()
    await app(scope, receive, answer.send)
    return answer


def ask(app: App, method: str, path: str, body: bytes = b"", **headers: str) -> Told:
    return asyncio.run(told(app, method, path, body, **headers))


def site(**limits: float) -> App:
    chosen = replace(LIMITS, **limits)  # type: ignore[arg-type]  # whole numbers where those are due
    return App(NOTHING, specimen=True, limits=chosen, clock_s=lambda: 0.0)


def code(answer: Told) -> str:
    return answer.body.partition("ENQUIRY-")[2][:2]


@pytest.mark.parametrize(
    ("language", "sentence"), [("ja", "原本かどうかはわかりません"), ("en", "cannot tell whether")]
)
def test_the_form_says_what_a_check_can_tell(language: str, sentence: str) -> None:
    page = ask(site(), "GET", f"/{language}")
    assert page.status == 200
    assert f'lang="{language}"' in page.body
    assert sentence in page.body
    assert "style=" not in page.body
    assert page.body.count("<script") == 1


def test_every_answer_carries_the_policy_and_no_cookie() -> None:
    app = site()
    for method, path in (("GET", "/ja"), ("GET", "/nowhere"), ("POST", "/en/check"), ("GET", "/assets/site.css")):
        headers = ask(app, method, path).headers
        assert "unsafe" not in headers["content-security-policy"]
        assert headers["cache-control"] == "no-store"
        assert "set-cookie" not in headers


def test_unknown_addresses_and_ways_are_told() -> None:
    app = site()
    for method, path in (("GET", "/nowhere"), ("PUT", "/ja"), ("GET", "/assets/../app.py"), ("POST", "/ja")):
        assert ask(app, method, path).status == 404


def test_the_language_of_the_browser_is_taken_and_a_reload_of_a_result_leads_back() -> None:
    assert ask(site(), "GET", "/", accept_language="en").headers["location"] == "/en"
    assert ask(site(), "GET", "/ja/check").headers["location"] == "/ja"


@pytest.mark.parametrize(
    "body",
    [b"", b"nonsense", form(), form(("front", b"")), form(("other", b"x"))],
    ids=["", "no form", "none", "empty", "other"],
)
def test_without_a_picture_one_is_asked_for(body: bytes) -> None:
    answer = ask(site(), "POST", "/ja/check", body)
    assert (answer.status, code(answer)) == (400, "01")


@pytest.mark.parametrize(("more", "no"), [(-1, "03"), (0, "03"), (1, "02")])
def test_a_file_may_be_so_large_and_no_larger(more: int, no: str) -> None:
    answer = ask(site(file_bytes=1000), "POST", "/ja/check", form(("front", b"x" * (1000 + more))))
    assert code(answer) == no
    assert "name of somebody" not in answer.body


@pytest.mark.parametrize(("more", "no"), [(-1, "02"), (0, "03"), (1, "03")])
@pytest.mark.parametrize("told_before", [True, False])
def test_a_request_may_be_so_large_and_no_larger(more: int, no: str, told_before: bool) -> None:
    body = form(("front", b"x" * 2000))
    length = {"content_length": str(len(body))} if told_before else {}
    assert code(ask(site(request_bytes=len(body) + more), "POST", "/ja/check", body, **length)) == no


def test_who_asks_too_often_is_told_when_to_come_again() -> None:
    app = site(burst=1)
    assert code(ask(app, "POST", "/ja/check", form())) == "01"
    answer = ask(app, "POST", "/ja/check", form())
    assert (answer.status, code(answer)) == (429, "06")
    assert int(answer.headers["retry-after"]) > 0


@pytest.mark.parametrize(("behind_proxy", "codes"), [(True, ["01", "01"]), (False, ["01", "06"])])
def test_a_forwarded_address_counts_behind_a_proxy_only(behind_proxy: bool, codes: list[str]) -> None:
    limits = replace(LIMITS, burst=1)
    app = App(NOTHING, specimen=True, behind_proxy=behind_proxy, limits=limits, clock_s=lambda: 0.0)
    seen = [ask(app, "POST", "/ja/check", form(), x_forwarded_for=f"8.8.8.8, 192.0.2.{n}") for n in (5, 6)]
    assert [code(answer) for answer in seen] == codes


def test_more_than_can_be_held_are_told_to_wait_and_a_lost_client_gives_its_place_back() -> None:
    app = site(in_hand=1)

    async def both() -> tuple[str, str]:
        never: asyncio.Future[dict[str, Any]] = asyncio.get_running_loop().create_future()
        scope: dict[str, Any] = {"method": "POST", "path": "/ja/check", "client": ("192.0.2.9", 1), "headers": []}
        lost = Told()
        first = asyncio.create_task(app(scope, lambda: never, lost.send))
        await asyncio.sleep(0)
        busy = await told(app, "POST", "/ja/check", form())
        never.set_result({"type": "http.disconnect"})
        await first
        return code(busy), code(await told(app, "POST", "/ja/check", form()))

    assert asyncio.run(both()) == ("07", "01")


def test_a_slow_upload_ends() -> None:
    app = site(upload_s=0.05)

    async def slow() -> str:
        never: asyncio.Future[dict[str, Any]] = asyncio.get_running_loop().create_future()
        answer = Told()
        scope: dict[str, Any] = {"method": "POST", "path": "/en/check", "client": None, "headers": []}
        await app(scope, lambda: never, answer.send)
        return code(answer)

    assert asyncio.run(slow()) == "11"


def test_nothing_is_left_on_disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    monkeypatch.chdir(tmp_path)
    answer = ask(site(), "POST", "/ja/check", form(("front", saved() + bytes(2_000_000))))
    assert answer.status == 422
    assert list(tmp_path.iterdir()) == []
