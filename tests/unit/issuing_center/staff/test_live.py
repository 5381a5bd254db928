"""The live part: who hears what, once a worker, and nobody waits for a slow page."""

import asyncio
import json
from collections.abc import AsyncGenerator, Callable, Coroutine
from typing import Any

from sqlalchemy.exc import OperationalError

from issuing_center.counter.feed import Change
from issuing_center.staff.identity import Visitor
from issuing_center.staff.live import BACKLOG, Live, Topic
from tests.support.staff_site import CLERK, OFFICE, SHIOMINO, YAMATE, PretendDesk, a_morning

CONSOLE, WALL = Topic(SHIOMINO), Topic(SHIOMINO, OFFICE)
PRINTED = f"{8:032x}"


def told(message: bytes) -> tuple[str, Any]:
    name, data, *_ = message.decode().splitlines()
    return name.removeprefix("event: "), json.loads(data.removeprefix("data: "))


async def heard(stream: AsyncGenerator[bytes, None]) -> tuple[str, Any]:
    return told(await asyncio.wait_for(anext(stream), 5))


def run(test: Callable[[Live, PretendDesk], Coroutine[Any, Any, None]], desk: PretendDesk | None = None) -> None:
    async def whole() -> None:
        found = desk or a_morning()
        live = Live(found, poll_s=0.005, heartbeat_s=30)
        try:
            await test(live, found)
        finally:
            live.close()

    asyncio.run(whole())


def test_a_console_hears_of_a_change_and_nothing_else() -> None:
    async def test(live: Live, desk: PretendDesk) -> None:
        stream = live.stream(CONSOLE)
        assert await heard(stream) == ("hello", {"change": desk.latest(SHIOMINO)})
        desk.call(CLERK, PRINTED)
        name, rows = await heard(stream)
        assert (name, [row["number"] for row in rows["rows"]]) == ("rows", [8])
        assert rows["change"] == desk.latest(SHIOMINO)
        await stream.aclose()

    run(test)


def test_another_municipality_hears_nothing_of_it() -> None:
    async def test(live: Live, desk: PretendDesk) -> None:
        other, own = live.stream(Topic(YAMATE)), live.stream(CONSOLE)
        await heard(other)
        await heard(own)
        desk.call(CLERK, PRINTED)
        await heard(own)
        waiting = asyncio.ensure_future(anext(other))
        done, _ = await asyncio.wait([waiting], timeout=0.05)
        assert not done
        live.close()
        assert await asyncio.gather(waiting, return_exceptions=True)

    run(test)


def test_a_wall_screen_sees_numbers_and_hears_a_call() -> None:
    async def test(live: Live, desk: PretendDesk) -> None:
        stream = live.stream(WALL)
        _, first = await heard(stream)
        assert (first["shown"]["called"], first["call"]) == ([9, 8, 7], False)
        desk.call(CLERK, f"{10:032x}")
        _, second = await heard(stream)
        assert (second["shown"]["called"][0], second["call"]) == (10, True)
        assert set(second["shown"]) == {"office", "called", "preparing"}
        await stream.aclose()

    run(test)


def test_the_feed_is_asked_once_however_many_pages_are_open() -> None:
    class Counting(PretendDesk):
        rows_read = 0

        def waiting_one(self, *about: Any) -> Any:  # noqa: ANN401
            self.rows_read += 1
            return super().waiting_one(*about)

    async def test(live: Live, desk: PretendDesk) -> None:
        assert isinstance(desk, Counting)
        row = desk.add()
        streams = [live.stream(CONSOLE) for _ in range(20)]
        for stream in streams:
            await heard(stream)
        desk.put(row, "call", "")
        for stream in streams:
            assert (await heard(stream))[0] == "rows"
        assert desk.rows_read == 1
        for stream in streams:
            await stream.aclose()
        assert live.pages == 0

    run(test, Counting())


def test_a_page_that_does_not_listen_is_let_go() -> None:
    async def test(live: Live, desk: PretendDesk) -> None:
        slow, quick = live.stream(CONSOLE), live.stream(CONSOLE)
        await heard(slow)
        await heard(quick)
        for _ in range(BACKLOG + 2):
            desk.call(CLERK, PRINTED)
            await heard(quick)
        assert [message async for message in slow] == []
        await quick.aclose()

    run(test)


def test_closing_lets_every_page_go() -> None:
    async def test(live: Live, _desk: PretendDesk) -> None:
        stream = live.stream(CONSOLE)
        await heard(stream)
        live.close()
        assert [message async for message in stream] == []
        assert [message async for message in live.stream(CONSOLE)] == []

    run(test)


def test_a_database_that_was_away_for_a_moment_is_asked_again(caplog: Any) -> None:  # noqa: ANN401
    class Away(PretendDesk):
        failures = 3

        def changes_since(self, code: str, number: int) -> tuple[Change, ...]:
            if self.failures:
                self.failures -= 1
                raise OperationalError("", {}, Exception())
            return super().changes_since(code, number)

    async def test(live: Live, desk: PretendDesk) -> None:
        row = desk.add()
        stream = live.stream(CONSOLE)
        await heard(stream)
        desk.put(row, "call", "")
        assert (await heard(stream))[0] == "rows"
        await stream.aclose()

    run(test, Away())
    caplog.clear()


def test_a_clerk_who_is_locked_out_hears_nothing_more_and_the_others_go_on() -> None:
    async def test(live: Live, desk: PretendDesk) -> None:
        lost, other = Visitor(CLERK, "old card"), Visitor(CLERK, "new card")
        first, second, wall = live.stream(CONSOLE, lost), live.stream(CONSOLE, other), live.stream(WALL)
        for stream in (first, second, wall):
            await heard(stream)
        desk.lock(CLERK.staff_id, "old card")
        assert [told(message)[0] async for message in first] == ["out"]
        assert (await heard(second))[0] == "rows"
        assert (await heard(wall))[0] == "display"
        assert [told(message)[0] async for message in live.stream(CONSOLE, lost)] == ["out"]
        assert live.pages == 2

    run(test)
