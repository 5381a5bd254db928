"""A job followed to its end, and the verdict on how many sheets of it are out.

"Completed" is believed when the counters agree; whatever contradicts itself is unknown. A job in trouble is taken back and then
followed on, until the printer says that it ended: only then is it certain that no further sheet comes.
"""

from collections.abc import Callable
from dataclasses import dataclass, field

from printers.ipp.attributes import Standing
from printers.ipp.client import COMPLETED, ENDED, HELD, STOPPED, Client, JobView, Refused
from printers.ipp.settings import Limits
from printers.ipp.transport import Away, Nonsense
from printers.jobs import Completed, Failed, Job, JobOutcome, Trouble, Unknown

_UNFED = frozenset({"job-incoming", "job-data-insufficient"})
_BY_SOMEBODY = frozenset({"job-canceled-by-user", "job-canceled-by-operator", "job-canceled-at-device"})


@dataclass(frozen=True, slots=True)
class Pace:
    """The clock of waiting."""

    now: Callable[[], float]
    wait: Callable[[float], None]


@dataclass(slots=True)
class Watched:
    """A job and what is known of it."""

    client: Client
    job: Job
    before: Standing
    limits: Limits
    pace: Pace
    sheet_out: Callable[[int], None]
    recalled: bool = False
    """It is a job of an earlier life: what happened to the printer since `before` is not known."""
    number: int = field(default=0, init=False)
    """job-id, once the printer gave one."""
    heard: int = field(default=0, init=False)
    taken_back: Trouble | None = field(default=None, init=False)
    """Why we cancel it."""
    asked_back: bool = field(default=False, init=False)
    """The printer has heard that we do."""

    def sheets_in(self, sheets: int | None, impressions: int | None) -> int | None:
        """Turn counters into sheets; sides of a two-sided job are halves."""
        if sheets is not None:
            return sheets
        if impressions is None:
            return None
        return (impressions + 1) // 2 if self.job.two_sided else impressions

    def hear(self, view: JobView) -> None:
        """Pass progress on, sheet by sheet."""
        counted = self.counted(view) or 0
        while self.heard < min(counted, self.job.sheets):
            self.heard += 1
            self.sheet_out(self.heard)

    def counted(self, view: JobView) -> int | None:
        """Give the sheets that the job counted; None when it does not."""
        return self.sheets_in(view.sheets, view.impressions) if self.client.settings.job_counter else None

    def take_back(self) -> None:
        """Cancel; the printer is asked again at the next look if it cannot be reached now."""
        try:
            self.client.cancel(self.number)
        except Refused:
            pass  # at its end already: the next look says so
        except (Away, Nonsense):
            return
        self.asked_back = True


def follow(watched: Watched, number: int, *, refused: Trouble | None, lost: bool) -> JobOutcome:
    """Follow a job whose document was sent. `refused`: it was not taken; `lost`: whether it was is not known."""
    watched.number = number
    watched.taken_back = refused
    pace, limits = watched.pace, watched.limits
    poll, progress, last_seen, troubled, told = limits.first_poll_s, pace.now(), pace.now(), None, None
    while True:
        now = pace.now()
        view: JobView | None = None
        standing: Standing | None = None
        try:
            if watched.taken_back is not None and not watched.asked_back:
                watched.take_back()
            view = watched.client.job(number)
            standing = None if view.state in ENDED else watched.client.standing()
        except Refused as error:
            if error.forgotten:
                return forgotten(watched)
        except (Away, Nonsense):
            view = None
        if view is not None:
            last_seen = now
            watched.hear(view)
            if view.state in ENDED and "processing-to-stop-point" not in view.reasons:
                return _ended(watched, view)
            if (view.state, watched.heard) != told:
                told, progress = (view.state, watched.heard), now
        elif now - last_seen > limits.settle_s:
            return Unknown(watched.heard)
        if view is not None and standing is not None and watched.taken_back is None:
            obstacle = standing.trouble or (Trouble.STALLED if view.state == STOPPED else None)
            troubled = None if obstacle is None else now if troubled is None else troubled
            if troubled is not None and now - troubled >= limits.stopped_s:
                watched.taken_back = obstacle
            elif lost and (view.state == HELD or not is_fed(view)):
                watched.taken_back = Trouble.AWAY
            elif now - progress >= limits.stall_s:
                watched.taken_back = standing.hint or Trouble.STALLED
            if watched.taken_back is not None:
                progress = now
                continue
        elif watched.taken_back is not None and now - progress > limits.settle_s:
            return Unknown(watched.heard)
        pace.wait(poll)
        poll = min(poll * 1.5, limits.poll_s)


def is_fed(view: JobView) -> bool:
    """Tell whether a job has its document, or had it."""
    return view.state in ENDED or not _UNFED.intersection(view.reasons)


def settle_unnumbered(watched: Watched) -> JobOutcome:
    """Settle a job whose number never came, by its name, then by the printer's counters."""
    pace, limits = watched.pace, watched.limits
    until = pace.now() + limits.settle_s
    while True:
        try:
            waiting = watched.client.waiting()
        except (Away, Nonsense, Refused):
            if pace.now() >= until:
                return Unknown(0)
            pace.wait(limits.poll_s)
            continue
        number = next((number for number, (name, _user) in waiting.items() if name == watched.job.job_id), None)
        return forgotten(watched) if number is None else follow(watched, number, refused=None, lost=True)


def _ended(watched: Watched, view: JobView) -> JobOutcome:
    """Judge a job that its printer calls ended."""
    wanted = watched.job.sheets
    resting, printer = _at_rest(watched, wanted if view.state == COMPLETED else None)
    counts = [count for count in (watched.counted(view), printer) if count is not None]
    if watched.recalled and _restarted(watched.before, resting) and (view.state != COMPLETED or not counts):
        # Sheets from before the restart may be missing in what the job counts.
        return Unknown(max(counts, default=watched.heard))
    if view.state == COMPLETED:
        if all(count == wanted for count in counts) and "job-completed-with-errors" not in view.reasons:
            _hear_all(watched)
            return Completed(wanted)
        return Unknown(max(counts, default=watched.heard))
    if not counts or len(set(counts)) > 1 or counts[0] >= wanted:
        return Unknown(max(counts, default=watched.heard))
    trouble = watched.taken_back or (resting.trouble if resting is not None else None)
    if trouble is None:
        trouble = Trouble.PAUSED if _BY_SOMEBODY.intersection(view.reasons) else Trouble.REJECTED
    return Failed(trouble, counts[0])


def forgotten(watched: Watched) -> JobOutcome:
    """Judge a job that its printer does not know any more: nothing further comes of it, what came tell the counters alone."""
    _resting, printer = _at_rest(watched, watched.job.sheets)
    if printer == watched.job.sheets and not watched.recalled:
        _hear_all(watched)
        return Completed(printer)
    if printer == 0 and watched.heard == 0:
        return Failed(watched.taken_back or Trouble.OFFLINE, 0)
    return Unknown(watched.heard if printer is None else max(printer, watched.heard))


def _hear_all(watched: Watched) -> None:
    while watched.heard < watched.job.sheets:
        watched.heard += 1
        watched.sheet_out(watched.heard)


def _at_rest(watched: Watched, wanted: int | None) -> tuple[Standing | None, int | None]:
    """Wait until the engine rests and give how it stands and the sheets by its own counter.

    `wanted` ends the waiting when it is reached; without it, a sheet in the path has the whole time to come out. None instead
    of a number: it does not count, others print on it, or it was switched off meanwhile.
    """
    pace, limits = watched.pace, watched.limits
    until = pace.now() + limits.counter_s
    standing: Standing | None = None
    while True:
        try:
            standing = watched.client.standing()
        except (Away, Nonsense, Refused):
            standing = None
        counted = None if standing is None else _counted(watched, standing)
        settled = standing is not None and not standing.processing
        if (settled and (counted is None or counted == wanted)) or pace.now() >= until:
            return standing, counted
        pace.wait(limits.first_poll_s)


def _restarted(before: Standing, after: Standing | None) -> bool:
    """Tell whether the printer was switched off meanwhile, or may have been."""
    then, now = before.up_time_s, None if after is None else after.up_time_s
    return then is None or now is None or now < then


def _counted(watched: Watched, after: Standing) -> int | None:
    before = watched.before
    if not watched.client.settings.alone or before.queued or _restarted(before, after):
        return None
    then = watched.sheets_in(before.sheets, before.impressions)
    now = watched.sheets_in(after.sheets, after.impressions)
    if then is None or now is None or now < then:
        return None
    if watched.job.two_sided and before.sheets is None:
        return ((after.impressions or 0) - (before.impressions or 0) + 1) // 2
    return now - then
