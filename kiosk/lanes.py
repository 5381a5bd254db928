"""Worker threads of the runner: one lane a device, so that a device is used by one worker at a time and in order.

A lane never decides anything; a mistake on a lane ends the program, and the journal settles at the next start.
"""

import threading
from collections.abc import Callable
from enum import Enum
from queue import SimpleQueue

Job = Callable[[], None]


class Lane(Enum):
    """One thread each."""

    CARD = "card"
    CENTER = "center"
    MONEY = "money"
    PAPER = "paper"
    BOOKS = "books"
    """Outcome reports and settlement; repeats until the center has them, so nothing else waits behind it."""


class Lanes:
    """The only threads of the kiosk besides the flow's own and the screen's."""

    def __init__(self, crashed: Callable[[BaseException], None]) -> None:
        """Start the threads; `crashed` hears of a mistake on any of them."""
        self._crashed = crashed
        self._queues: dict[Lane, SimpleQueue[Job | None]] = {lane: SimpleQueue() for lane in Lane}
        self._threads = [
            threading.Thread(target=self._work, args=(queue,), name=f"lane-{lane.value}", daemon=True)
            for lane, queue in self._queues.items()
        ]
        for thread in self._threads:
            thread.start()

    def do(self, lane: Lane, job: Job) -> None:
        """Do a job on a lane, after everything given to it before."""
        self._queues[lane].put(job)

    def stop(self, timeout_s: float) -> None:
        """End the lanes after their present jobs; what a device still holds up is left behind after the time-out."""
        for queue in self._queues.values():
            queue.put(None)
        for thread in self._threads:
            thread.join(timeout_s)

    def _work(self, queue: SimpleQueue[Job | None]) -> None:
        while (job := queue.get()) is not None:
            try:
                job()
            except Exception as error:  # noqa: BLE001 - the effect boundary: any mistake stops the machine
                self._crashed(error)
                return
