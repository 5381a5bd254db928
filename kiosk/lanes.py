"""Worker threads of the runner: one lane a device, so that a device is used by one worker at a time and in order.

A lane never decides anything and keeps nothing of a job that is done; a mistake on a lane ends the program, and the journal
settles at the next start.
"""

import threading
import time
from collections.abc import Callable, Mapping
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
    """Outcome reports and settlement."""
    DESK = "desk"
    """At a counter: the 受付票 and the look into the trays, while papers of earlier residents move on their own lane."""
    STATUS = "status"
    """At a counter: the word to the clerks that the terminal is there; nothing ever waits for it."""


class Lanes:
    """The only threads of the kiosk besides the flow's own and the screen's."""

    def __init__(self, crashed: Callable[[BaseException], None]) -> None:
        """Start the threads; `crashed` hears of a mistake on any of them."""
        self._crashed = crashed
        self._queues: dict[Lane, SimpleQueue[Job | None]] = {lane: SimpleQueue() for lane in Lane}
        self._began_s: dict[Lane, float | None] = dict.fromkeys(Lane)
        self._left_behind = False
        self._threads = {
            lane: threading.Thread(target=self._work, args=(lane,), name=f"lane-{lane.value}", daemon=True)
            for lane in Lane
        }
        for thread in self._threads.values():
            thread.start()

    def do(self, lane: Lane, job: Job) -> None:
        """Do a job on a lane, after everything given to it before."""
        self._queues[lane].put(job)

    def busy_s(self, lane: Lane) -> float:
        """Tell how long a lane has been at its present job; 0.0 when it has none."""
        began_s = self._began_s[lane]
        return 0.0 if began_s is None else max(time.monotonic() - began_s, 1e-9)

    def stop(self, patience_s: Mapping[Lane, float]) -> None:
        """End the lanes after what they were given; a job that outlasts its lane's patience is left behind, unheard."""
        for queue in self._queues.values():
            queue.put(None)
        began_s = time.monotonic()
        for lane, thread in self._threads.items():
            thread.join(max(0.0, began_s + patience_s[lane] - time.monotonic()))
        self._left_behind = True

    def _work(self, lane: Lane) -> None:
        queue = self._queues[lane]
        while (job := queue.get()) is not None:
            self._began_s[lane] = time.monotonic()
            try:
                job()
            except Exception as error:  # noqa: BLE001 - the effect boundary: any mistake stops the machine
                if not self._left_behind:
                    self._crashed(error)
                return
            finally:
                self._began_s[lane] = None
                # A job holds what it was given, documents too; it must not wait here for the next visit's (INV-13).
                del job
