"""A page printer that is reached through a queue of CUPS, for sites that allow nothing else.

The queue carries the job; what became of it, the printer itself is asked. The queue's own word is not believed: CUPS 2.4 counts
a sheet as soon as the document is handed over, and calls a job completed when the printer loses its power.
"""

from collections.abc import Callable
from dataclasses import replace

from printers.ipp.client import ENDED, Client, Refused
from printers.ipp.codec import keywords
from printers.ipp.follow import Pace, Watched, follow, forgotten, is_fed
from printers.ipp.printer import IppPrinter, Sending
from printers.ipp.recall import ticket_from
from printers.ipp.settings import BadPrinterSettings, IppSettings
from printers.ipp.transport import Away, Nonsense
from printers.jobs import Completed, JobOutcome, Trouble, Unknown


class CupsPrinter(IppPrinter):
    """One printer and its queue: `uri` is the printer's, `queue` that of its queue."""

    def __init__(self, settings: IppSettings, pace: Pace | None = None) -> None:
        """Check the settings; nothing is sent yet. Raises BadPrinterSettings."""
        super().__init__(settings, pace)
        if settings.queue is None:
            raise BadPrinterSettings("queue: no queue is named")
        self._queue = replace(settings, uri=settings.queue, queue=None, certificate_sha256=None, ca_file=None)

    def recall(self, ticket: str) -> JobOutcome | None:
        """Take a job of an earlier life out of the queue, and ask the printer what became of it."""
        wanted = ticket_from(ticket)
        if wanted is None or wanted.uri != self.settings.address().uri:
            return None
        until = self._pace.now() + self.settings.limits.settle_s
        with self._busy:
            queue = Client(self._queue)
            try:
                while not self._emptied_by_now(queue):
                    if self._pace.now() >= until:
                        return Unknown(0)
                    self._pace.wait(self.settings.limits.poll_s)
            finally:
                queue.close()
        return super().recall(ticket)

    def _emptied_by_now(self, queue: Client) -> bool:
        try:
            return self._emptied(queue)
        except (Away, Nonsense, Refused):
            return False  # CUPS may be starting as we are

    def _trouble(self, client: Client, sheets: int) -> Trouble | None:
        queue = Client(self._queue)
        try:
            if not self._emptied(queue):
                return Trouble.REJECTED
            if not queue.accepts():
                return Trouble.PAUSED
        finally:
            queue.close()
        return super()._trouble(client, sheets)

    def _emptied(self, queue: Client) -> bool:
        """Take back what is left of ours in the queue; nothing may come to the printer later. False when something stays."""
        until = self._pace.now() + self.settings.limits.stopped_s
        while True:
            left = [number for number, (_name, user) in queue.waiting().items() if user == self.settings.user]
            # A job is cancelled before the program that carries it has ended; of others' jobs on the queue nothing is known.
            if not left and not (self.settings.alone and queue.standing().processing):
                return True
            for number in left:
                _cancel(queue, number)
            if self._pace.now() >= until:
                return False
            self._pace.wait(self.settings.limits.first_poll_s)

    def _carried(self, watched: Watched, sending: Sending, keep: Callable[[int], None]) -> JobOutcome:
        """Put a job into the queue and wait for it at the printer; what does not come there is taken out of the queue again."""
        queue = Client(self._queue)
        template = {**sending.template, "job-sheets": keywords("none")}
        template.pop("job-retain-until", None)
        try:
            try:
                number = self._patiently(lambda: queue.create(watched.job.job_id, template))
            except (Away, Nonsense, Refused) as error:
                return self._unsent(error)
            keep(0)
            try:
                self._patiently(lambda: queue.send(number, sending.document_format, sending.document))
            except (Away, Nonsense, Refused):
                self._withdraw(queue, number, at_once=True)
            return self._arrived(watched, queue, number)
        finally:
            queue.close()

    def _arrived(self, watched: Watched, queue: Client, number: int) -> JobOutcome:
        """Follow a job at the printer as soon as it is there; when it is nowhere any more, the printer's counter decides."""
        pace, limits = self._pace, watched.limits
        heard = begun = pace.now()
        while True:
            at_printer: int | None = None
            try:
                gone = _let_go(queue, number)  # asked first: what the queue has let go of is at the printer, or nowhere
                at_printer = _found(watched)
                heard = pace.now()
            except (Away, Nonsense, Refused):
                gone = False
            if at_printer is not None:
                outcome = follow(watched, at_printer, refused=None, lost=False)
                self._withdraw(queue, number, at_once=not isinstance(outcome, Completed))
                return outcome
            if gone:
                return forgotten(watched)
            now = pace.now()
            if now - heard >= limits.settle_s or now - begun >= limits.stall_s + limits.settle_s:
                return Unknown(0)
            if now - begun >= limits.stall_s:
                _cancel(queue, number)
            pace.wait(limits.first_poll_s)

    def _withdraw(self, queue: Client, number: int, *, at_once: bool) -> None:
        """See to it that the queue lets a job go, and its file with it; what stays is taken back before the next order."""
        pace, begun = self._pace, self._pace.now()
        while pace.now() - begun < self.settings.limits.settle_s:
            try:
                if at_once:
                    _cancel(queue, number)
                if _let_go(queue, number):
                    return
            except (Away, Nonsense, Refused):
                pass  # asked again until time is up
            at_once = at_once or pace.now() - begun >= self.settings.limits.stopped_s
            pace.wait(self.settings.limits.first_poll_s)


def _cancel(queue: Client, number: int) -> None:
    try:
        queue.cancel(number)
    except Refused:
        return  # at its end already


def _let_go(queue: Client, number: int) -> bool:
    """Tell whether a job is at its end in the queue, and what carried it as well."""
    try:
        ended = queue.job(number).state in ENDED
    except Refused as refused:
        if not refused.forgotten:
            raise
        ended = True
    return ended and not queue.standing().processing


def _found(watched: Watched) -> int | None:
    """Find the job at the printer: of those with its name, the latest that got its document."""
    jobs = watched.client.waiting() | watched.client.ended()
    for number in sorted(jobs, reverse=True):
        if jobs[number][0] == watched.job.job_id and is_fed(watched.client.job(number)):
            return number
    return None
