"""The site as an ASGI callable: route, count, take in files with every limit held, analyse, answer. Keeps nothing.

No cookie, no script of others, no word of the uploaded files in an address, a log or an error.
"""

import asyncio
import re
import time
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial
from io import BytesIO
from typing import Any, Final, assert_never

from werkzeug.exceptions import RequestEntityTooLarge
from werkzeug.formparser import MultiPartParser
from werkzeug.http import parse_options_header

from issuing_center.enquiry.site.analysis import Answer, Trusted, enquire
from issuing_center.enquiry.site.html import Html
from issuing_center.enquiry.site.limits import RETRY_AFTER_S, Limits, No
from issuing_center.enquiry.site.pages import form_page, problem_page, result_page
from issuing_center.enquiry.site.rate import Buckets
from issuing_center.enquiry.site.texts import ASSETS, Language, load_texts, preferred

SECURITY: Final = {
    "content-security-policy": "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
    "base-uri 'none'; form-action 'self'; frame-ancestors 'none'",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "permissions-policy": "camera=(), geolocation=(), microphone=()",
    "referrer-policy": "no-referrer",
    "x-content-type-options": "nosniff",
    "cache-control": "no-store",
}
_TYPES: Final = {".css": "text/css; charset=utf-8", ".js": "text/javascript; charset=utf-8", ".svg": "image/svg+xml"}
_PATH: Final = re.compile(r"/(ja|en)(/check)?\Z")
_FIELDS: Final = ("front", "back")
_FORM_BYTES: Final = 256 * 1024
"""Of what is not a file; the parser's own buffer, 64 KiB, counts too."""

Scope = dict[str, Any]
Receive = Callable[[], Awaitable[dict[str, Any]]]
Send = Callable[[dict[str, Any]], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Reply:
    """A complete answer."""

    status: int
    kind: str
    content: bytes = field(repr=False)
    headers: tuple[tuple[str, str], ...] = ()


class App:
    """The site of one process."""

    def __init__(
        self,
        trusted: Trusted,
        *,
        specimen: bool,
        behind_proxy: bool = False,
        limits: Limits | None = None,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
        clock_s: Callable[[], float] = time.monotonic,
    ) -> None:
        """Take what is trusted. Behind a proxy the last address of `X-Forwarded-For` is believed, else it is ignored."""
        self._limits = limits or Limits()
        self._trusted, self._specimen, self._behind_proxy, self._now = trusted, specimen, behind_proxy, now
        self._texts = load_texts(self._limits)
        self._buckets = Buckets(self._limits, clock_s)
        self._threads = ThreadPoolExecutor(self._limits.at_once, thread_name_prefix="enquiry")
        self._in_hand = 0
        self._files = {
            f"/assets/{file.name}": Reply(200, _TYPES[file.suffix], file.read_bytes())
            for file in ASSETS.iterdir()
            if file.suffix in _TYPES
        }

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request (ASGI 3)."""
        headers = {name.decode("latin-1").lower(): value.decode("latin-1") for name, value in scope["headers"]}
        reply = await self._reply(scope, headers, receive)
        if reply is None:
            return
        fields = {**SECURITY, "content-type": reply.kind, "content-length": str(len(reply.content))} | dict(
            reply.headers
        )
        raw = [(name.encode(), value.encode()) for name, value in fields.items()]
        await send({"type": "http.response.start", "status": reply.status, "headers": raw})
        await send({"type": "http.response.body", "body": b"" if scope["method"] == "HEAD" else reply.content})

    async def _reply(self, scope: Scope, headers: dict[str, str], receive: Receive) -> Reply | None:
        method, path = scope["method"], scope["path"]
        wished = preferred(headers.get("accept-language", ""))
        found = _PATH.match(path)
        if found is not None and found[2] and method == "POST":
            return await self._check(Language(found[1]), scope, headers, receive)
        if method in {"GET", "HEAD"}:
            if path == "/":
                return Reply(303, "text/plain", b"", (("location", f"/{wished.value}"), ("vary", "accept-language")))
            if found is not None and found[2]:
                # A reload of the result: nothing was kept of it.
                return Reply(303, "text/plain", b"", (("location", f"/{found[1]}"),))
            if found is not None:
                return _html(200, form_page(self._texts[Language(found[1])], self._limits, specimen=self._specimen))
            if path in self._files:
                return self._files[path]
        return _html(No.NO_PAGE.status, problem_page(self._texts[wished], No.NO_PAGE, specimen=self._specimen))

    async def _check(self, language: Language, scope: Scope, headers: dict[str, str], receive: Receive) -> Reply | None:
        body = await self._taken(scope, headers, receive)
        if body is None:
            return None
        answer = body if isinstance(body, No) else await self._analysed(headers, body)
        texts = self._texts[language]
        match answer:
            case No():
                again = (("retry-after", str(RETRY_AFTER_S)),) if answer in {No.TOO_OFTEN, No.BUSY} else ()
                page = form_page(texts, self._limits, specimen=self._specimen, no=answer)
                return _html(answer.status, page, again)
            case Answer():
                return _html(200, result_page(texts, answer, specimen=self._specimen))
            case _:
                assert_never(answer)

    async def _taken(self, scope: Scope, headers: dict[str, str], receive: Receive) -> bytes | No | None:
        """Take in a body; None is a client that went away. What is given counts as in hand until the caller is done."""
        refused = self._refusal(scope, headers)
        if refused is not None:
            await self._drained(receive)
            return refused
        body, whole = bytearray(), False
        self._in_hand += 1
        try:
            async with asyncio.timeout(self._limits.upload_s):
                while not whole:
                    event = await receive()
                    if event["type"] == "http.disconnect":
                        return None
                    body += event.get("body", b"")
                    if len(body) > self._limits.request_bytes:
                        break
                    whole = not event.get("more_body", False)
        except TimeoutError:
            return No.TOO_SLOW
        finally:
            if not whole:
                self._in_hand -= 1
        if whole:
            return bytes(body)
        body.clear()
        await self._drained(receive)
        return No.TOO_LARGE

    async def _drained(self, receive: Receive) -> None:
        """Let a refused sender finish (closing on it would lose the sentence), for as long as an upload may take, and keep nothing."""
        try:
            async with asyncio.timeout(self._limits.upload_s):
                while (await receive()).get("more_body", False):
                    pass
        except TimeoutError:
            return

    def _refusal(self, scope: Scope, headers: dict[str, str]) -> No | None:
        address = (scope.get("client") or ("", 0))[0]
        if self._behind_proxy:
            address = headers.get("x-forwarded-for", address).rpartition(",")[2].strip()
        if not self._buckets.take(address):
            return No.TOO_OFTEN
        if self._in_hand >= self._limits.in_hand:
            return No.BUSY
        length = headers.get("content-length", "")
        if length.isascii() and length.isdigit() and int(length) > self._limits.request_bytes:
            return No.TOO_LARGE
        return None

    async def _analysed(self, headers: dict[str, str], body: bytes) -> Answer | No:
        """Analyse, and give the place in hand back."""
        try:
            files = _files(headers.get("content-type", ""), body, self._limits)
            if isinstance(files, No):
                return files
            work = partial(enquire, files, self._trusted, self._now(), self._limits)
            return await asyncio.get_running_loop().run_in_executor(self._threads, work)
        finally:
            self._in_hand -= 1

    def close(self) -> None:
        """Wait for what is being analysed."""
        self._threads.shutdown()


def _files(content_type: str, body: bytes, limits: Limits) -> list[bytes] | No:
    """Take the files out of a form; their names and types are not looked at. Nothing touches a disk."""
    kind, options = parse_options_header(content_type)
    boundary = options.get("boundary", "")
    if kind != "multipart/form-data" or not boundary:
        return No.NO_FILE
    parser = MultiPartParser(
        stream_factory=lambda *_, **__: BytesIO(), max_form_memory_size=_FORM_BYTES, max_form_parts=8
    )
    try:
        _, sent = parser.parse(BytesIO(body), boundary.encode("latin-1"), len(body))
    except (RequestEntityTooLarge, ValueError):
        return No.NO_FILE
    files = [content for name in _FIELDS for file in sent.getlist(name) if (content := file.stream.read())]
    if not files:
        return No.NO_FILE
    return No.TOO_LARGE if max(map(len, files)) > limits.file_bytes else files


def _html(status: int, page: Html, headers: tuple[tuple[str, str], ...] = ()) -> Reply:
    return Reply(status, "text/html; charset=utf-8", page.encode("utf-8"), headers)
