"""Live updates: one watcher a worker asks the feed for news, and every open page is told; no page holds a thread.

A page that connects is told the number of the last change and reads its list after that, so nothing falls between. A page
that cannot keep up is let go; it connects anew by itself and reads its list again.
"""

import asyncio
from collections.abc import AsyncGenerator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

from issuing_center import eventlog
from issuing_center.counter import locks
from issuing_center.counter.models import Waiting
from issuing_center.counter.staff import Staff, StaffId
from issuing_center.counter.states import Act
from issuing_center.database import UNAVAILABLE
from issuing_center.municipal.package import JST
from issuing_center.staff import messages
from issuing_center.staff.desk import Desk
from issuing_center.staff.identity import Visitor

POLL_S = 0.1
"""From a commit to its notice: half of it on average."""
HEARTBEAT_S = 15.0
"""How often a page hears something even when nothing happens; also when terminals that went silent are noticed."""
BACKLOG = 64
"""Messages that may wait for one page."""
MAX_CHANGES = 200
"""More changes at once than this, and pages read their list anew."""

OUT = b"event: out\ndata: {}\n\n"
"""A page that hears this leaves what it shows."""
_READER = StaffId("feed")
"""Reads in nobody's name; it never acts."""


@dataclass(frozen=True, slots=True)
class Topic:
    """What a page wants to hear of: a municipality's console, or one office's wall screen."""

    municipality_code: str
    office: str | None = None
    """None: the console."""


@dataclass(frozen=True, slots=True)
class Listener:
    """What a page may hear, and whose it is."""

    topic: Topic
    visitor: Visitor | None = None
    """None: a screen on a wall."""


@dataclass(eq=False, slots=True)
class _Page:
    topic: Topic
    visitor: Visitor | None
    waiting: asyncio.Queue[bytes | None] = field(default_factory=lambda: asyncio.Queue(BACKLOG))


@dataclass(frozen=True, slots=True)
class _News:
    """What one look at a municipality found."""

    told: Mapping[Topic, tuple[bytes, ...]] = field(default_factory=dict)
    out: frozenset[Visitor] = frozenset()
    """Clerks who are locked out."""


class Live:
    """The open pages of one worker. Used on the thread of its event loop alone; reads run on a thread of their own."""

    def __init__(self, desk: Desk, poll_s: float = POLL_S, heartbeat_s: float = HEARTBEAT_S) -> None:
        """Take the desk, how often to look, and how often to speak."""
        self._desk, self._poll_s, self._heartbeat_s = desk, poll_s, heartbeat_s
        self._pages: set[_Page] = set()
        self._seen: dict[str, int] = {}
        self._threads = ThreadPoolExecutor(1, thread_name_prefix="live")
        self._watcher: asyncio.Task[None] | None = None
        self._closed = False

    @property
    def pages(self) -> int:
        """How many pages are open."""
        return len(self._pages)

    async def stream(self, topic: Topic, visitor: Visitor | None = None) -> AsyncGenerator[bytes, None]:
        """Give what one page hears, as Server-Sent Events, until it goes, its clerk is locked out, or the service ends."""
        if self._closed:
            return
        page, code, loop = _Page(topic, visitor), topic.municipality_code, asyncio.get_running_loop()
        latest = await loop.run_in_executor(self._threads, self._desk.latest, code)
        # Among the listeners first, and the present state after that: what changes in between is told again.
        if not any(other.topic.municipality_code == code for other in self._pages):
            self._seen[code] = latest
        self._pages.add(page)
        try:
            # A lock that comes after this look is in the feed, which is watched from here on.
            if visitor is not None and await loop.run_in_executor(self._threads, self._is_locked, visitor):
                yield OUT
                return
            if self._watcher is None or self._watcher.done():
                self._watcher = asyncio.create_task(self._watch())
            if topic.office is None:
                yield _event("hello", messages.encode({"change": latest}))
            else:
                yield await loop.run_in_executor(self._threads, self._display, code, topic.office)
            while (message := await page.waiting.get()) is not None:
                yield message
        finally:
            self._pages.discard(page)

    def close(self) -> None:
        """Let every page go, so that the service can end."""
        self._closed = True
        for page in self._pages:
            _tell(page, None)
        if self._watcher is not None:
            self._watcher.cancel()
        self._threads.shutdown(wait=False)

    async def _watch(self) -> None:
        loop = asyncio.get_running_loop()
        spoke_s = loop.time()
        try:
            while self._pages:
                await asyncio.sleep(self._poll_s)
                beat = loop.time() - spoke_s >= self._heartbeat_s
                spoke_s = loop.time() if beat else spoke_s
                for code in {page.topic.municipality_code for page in self._pages}:
                    listeners = frozenset(
                        Listener(page.topic, page.visitor)
                        for page in self._pages
                        if page.topic.municipality_code == code
                    )
                    news = await loop.run_in_executor(self._threads, self._looked, code, listeners, beat)
                    for page in tuple(self._pages):
                        for message in news.told.get(page.topic, ()) if page.visitor not in news.out else (OUT, None):
                            _tell(page, message)
        finally:
            # Only a mistake of ours leaves pages behind: they connect anew, and that starts another watcher.
            for page in self._pages:
                _tell(page, None)

    def _looked(self, code: str, listeners: frozenset[Listener], beat: bool) -> "_News":
        try:
            return self._news(code, listeners, beat)
        except UNAVAILABLE as error:
            # Pages notice that nothing comes; the next look may succeed.
            eventlog.write(eventlog.Crashed(type(error).__name__, eventlog.place_of(error)))
            return _News()

    def _news(self, code: str, listeners: frozenset[Listener], beat: bool) -> "_News":
        """Look once for a municipality; each message is made once, however many pages hear it."""
        changes = self._desk.changes_since(code, self._seen[code])
        if not (changes or beat):
            return _News()
        out: frozenset[Visitor] = frozenset()
        if any(change.act == locks.ACT for change in changes):
            visitors = {listener.visitor for listener in listeners if listener.visitor is not None}
            out = frozenset(visitor for visitor in visitors if self._is_locked(visitor))
        number = changes[-1].number if changes else self._seen[code]
        told: dict[Topic, tuple[bytes, ...]] = {}
        for topic in {listener.topic for listener in listeners}:
            if topic.office is not None:
                call = any(change.act == Act.CALL.value and change.office == topic.office for change in changes)
                told[topic] = (self._display(code, topic.office, call=call),)
            elif len(changes) > MAX_CHANGES:
                told[topic] = (_event("hello", messages.encode({"change": number})),)
            else:
                told[topic] = (_event("rows", self._rows(code, messages.changed(changes), number)),)
        self._seen[code] = number
        return _News(told, out)

    def _is_locked(self, visitor: Visitor) -> bool:
        return self._desk.is_locked(visitor.staff, visitor.certificate_sha256)

    def _rows(self, code: str, request_ids: tuple[str, ...], number: int) -> bytes:
        reader, now = Staff(_READER, code), self._desk.now()
        found = (self._desk.waiting_one(reader, each) for each in request_ids)
        rows = tuple(row for row in found if isinstance(row, Waiting))
        terminals = messages.terminal_rows(self._desk.terminals(reader), now)
        return messages.encode(messages.Rows(number, now.astimezone(JST).date(), rows, terminals))

    def _display(self, code: str, office: str, *, call: bool = False) -> bytes:
        shown = self._desk.call_display(code, office)
        return _event("display", messages.encode({"specimen": self._desk.specimen, "call": call, "shown": shown}))


def _tell(page: _Page, message: bytes | None) -> None:
    try:
        page.waiting.put_nowait(message)
    except asyncio.QueueFull:
        while not page.waiting.empty():
            page.waiting.get_nowait()
        page.waiting.put_nowait(None)


def _event(name: str, data: bytes) -> bytes:
    return b"event: " + name.encode() + b"\ndata: " + data + b"\n\n"
