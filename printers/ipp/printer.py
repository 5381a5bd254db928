"""A page printer over IPP, with no spooler between: opens a job, gives it the document, and follows it to its end.

Knows jobs and counters; whose document it is, it cannot know. Three rules decide every outcome: a job is opened before its
document is sent, so that it can be asked for when the line breaks; a job that will not be followed further is taken back, so
that no sheet comes out later; and sheets are counted twice, by the job and by the printer.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from threading import Lock
from time import monotonic, sleep
from typing import TypeVar

from printers.ipp.attributes import Capabilities, Standing
from printers.ipp.client import CREATE_JOB, GET_JOBS, NOT_ACCEPTING, SEND_DOCUMENT, VALIDATE_JOB, Client, Refused
from printers.ipp.codec import Group
from printers.ipp.follow import Pace, Watched, follow, settle_unnumbered
from printers.ipp.recall import recall, ticket_from, ticket_of
from printers.ipp.settings import FORMATS, IppSettings
from printers.ipp.template import template_for
from printers.ipp.transport import Away, Nonsense
from printers.jobs import Failed, Job, JobOutcome, Trouble, unkept
from printers.raster import BadDocument, raster_for

_JOB_ID = re.compile(r"[A-Za-z0-9-]{8,64}\Z")
_PDF, _RASTER = FORMATS
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Sending:
    """What is sent of a job."""

    template: Group
    document_format: str
    document: bytes = field(repr=False)


class IppPrinter:
    """One printer. Calls may come from several threads; while a job runs, nothing else is asked of the printer."""

    def __init__(self, settings: IppSettings, pace: Pace | None = None) -> None:
        """Check the settings; nothing is sent yet. Raises BadPrinterSettings."""
        settings.address()
        self.settings = settings
        self._pace = pace or Pace(monotonic, sleep)
        self._busy = Lock()
        self._capabilities: Capabilities | None = None
        self._agreed = False
        """The printer said that it would take such a job."""

    def capabilities(self) -> Capabilities | Trouble:
        """Ask the printer what it can do, or say why it cannot be asked."""
        with self._busy:
            return self._asking(self._known)

    def trouble(self, sheets: int) -> Trouble | None:
        """Say what would keep that many sheets from coming out now, and take back whatever an earlier job left behind."""
        if not self._busy.acquire(blocking=False):
            return None
        try:
            return self._asking(lambda client: self._trouble(client, sheets))
        finally:
            self._busy.release()

    def run(self, job: Job, sheet_out: Callable[[int], None], opened: Callable[[str], None] = unkept) -> JobOutcome:
        """Print a job to its end; `sheet_out` hears the sheets out so far, `opened` the ticket before the document goes."""
        if not _JOB_ID.match(job.job_id):
            raise ValueError("a job id is 8 to 64 letters, digits and hyphens")
        with self._busy:
            client = Client(self.settings)
            try:
                return self._run(client, job, sheet_out, opened)
            finally:
                client.close()

    def recall(self, ticket: str) -> JobOutcome | None:
        """Ask what became of a job of an earlier life, having taken it back unless it is at its end."""
        wanted = ticket_from(ticket)
        if wanted is None or wanted.uri != self.settings.address().uri:
            return None
        with self._busy:
            client = Client(self.settings)
            try:
                return recall(client, wanted, self.settings.limits, self._pace)
            finally:
                client.close()

    def _asking(self, ask: Callable[[Client], T]) -> T | Trouble:
        client = Client(self.settings)
        try:
            return ask(client)
        except (Away, Nonsense, Refused) as error:
            self._forget()
            return _meaning(error)
        finally:
            client.close()

    def _forget(self) -> None:
        self._capabilities, self._agreed = None, False

    def _known(self, client: Client) -> Capabilities:
        if self._capabilities is None:
            self._capabilities = client.capabilities()
        return self._capabilities

    def _trouble(self, client: Client, sheets: int) -> Trouble | None:
        capabilities = self._known(client)
        left = self._clear(client, capabilities)
        found = left or self._obstacle(capabilities, client.standing(), sheets)
        if found is None and not self._agreed and VALIDATE_JOB in capabilities.operations:
            template = template_for(self.settings, capabilities, two_sided=self.settings.two_sided)
            client.validate("readiness", self._format(capabilities) or _PDF, template)
            self._agreed = True
        return found

    def _clear(self, client: Client, capabilities: Capabilities) -> Trouble | None:
        """Take back jobs that are not at their end: after a power cut, a printer goes on with what it had."""
        if GET_JOBS not in capabilities.operations:
            return None
        until = self._pace.now() + self.settings.limits.stopped_s
        while True:
            waiting = client.waiting()
            ours = [
                number for number, (_name, user) in waiting.items() if self.settings.alone or user == self.settings.user
            ]
            if not ours:
                return None
            for number in ours:
                try:
                    client.cancel(number)
                except Refused:
                    continue  # at its end meanwhile, or not ours to end: asked again until time is up
            if self._pace.now() >= until:
                return Trouble.REJECTED
            self._pace.wait(self.settings.limits.first_poll_s)

    def _obstacle(self, capabilities: Capabilities, standing: Standing, sheets: int) -> Trouble | None:
        settings = self.settings
        if standing.trouble is not None:
            return standing.trouble
        if standing.toner_out:
            return Trouble.TONER
        if self._format(capabilities) is None or (settings.two_sided and not capabilities.two_sided):
            return Trouble.REJECTED
        sizes = (capabilities.media, standing.media_ready)
        if any(known and settings.media not in known for known in sizes):
            return Trouble.MEDIA
        if settings.tray is not None and capabilities.trays and settings.tray not in capabilities.trays:
            return Trouble.MEDIA
        levels = standing.tray_levels
        if settings.tray is not None:
            levels = {name: level for name, level in levels.items() if name == settings.tray}
        if levels and all(level is not None and level < sheets for level in levels.values()):
            return Trouble.PAPER
        return None

    def _format(self, capabilities: Capabilities) -> str | None:
        if self.settings.format is not None:
            return self.settings.format if self.settings.format in capabilities.formats else None
        return next((name for name in FORMATS if name in capabilities.formats), None)

    def _run(
        self, client: Client, job: Job, sheet_out: Callable[[int], None], opened: Callable[[str], None]
    ) -> JobOutcome:
        limits = self.settings.limits
        try:
            capabilities = self._known(client)
            before = client.standing()
            obstacle = self._obstacle(capabilities, before, job.sheets)
            if obstacle is None and job.two_sided and not capabilities.two_sided:
                obstacle = Trouble.REJECTED
            document_format = self._format(capabilities)
            if obstacle is not None or document_format is None:
                return Failed(obstacle or Trouble.REJECTED, 0)
            document = job.pdf
            if document_format == _RASTER:
                document = raster_for(
                    job.pdf,
                    self.settings.media,
                    resolutions_dpi=capabilities.raster_dpi,
                    types=capabilities.raster_types,
                    color=self.settings.color,
                    two_sided=job.two_sided,
                    sheet_back=capabilities.sheet_back,
                )
            template = template_for(self.settings, capabilities, two_sided=job.two_sided)
            watched = Watched(client, job, before, limits, self._pace, sheet_out)
        except (Away, Nonsense, Refused) as error:
            return self._unsent(error)
        except BadDocument:
            return Failed(Trouble.REJECTED, 0)

        def keep(number: int) -> None:
            opened(ticket_of(job, client.transport.address.uri, capabilities.uuid, number, before).text())

        return self._carried(watched, Sending(template, document_format, document), keep)

    def _carried(self, watched: Watched, sending: Sending, keep: Callable[[int], None]) -> JobOutcome:
        """Bring a job to the printer and follow it; `keep` hears its number, 0 for none yet, before the document goes."""
        client = watched.client
        if not {CREATE_JOB, SEND_DOCUMENT} <= self._known(client).operations:
            keep(0)
            return self._print_at_once(watched, sending)
        try:
            number = self._patiently(lambda: client.create(watched.job.job_id, sending.template))
        except (Away, Nonsense, Refused) as error:
            return self._unsent(error)
        keep(number)
        return self._followed(watched, number, lambda: client.send(number, sending.document_format, sending.document))

    def _unsent(self, error: Away | Nonsense | Refused) -> Failed:
        """Judge a job whose document was not sent. An empty one that may have stayed is taken back by the next look."""
        self._forget()
        return Failed(_meaning(error), 0)

    def _followed(self, watched: Watched, number: int, send: Callable[[], None]) -> JobOutcome:
        refused: Trouble | None = None
        lost = False
        try:
            self._patiently(send)
        except Refused as error:
            refused = _meaning(error)
        except (Away, Nonsense):
            lost = True
        return follow(watched, number, refused=refused, lost=lost)

    def _print_at_once(self, watched: Watched, sending: Sending) -> JobOutcome:
        """Print-Job, for a printer that cannot open a job first: if the line breaks now, only its name can find it."""
        client, name = watched.client, watched.job.job_id
        try:
            number = self._patiently(
                lambda: client.print(name, sending.document_format, sending.template, sending.document)
            )
        except Refused as error:
            return Failed(_meaning(error), 0)
        except (Away, Nonsense) as error:
            if isinstance(error, Away) and not error.sent:
                client.close()
            return settle_unnumbered(watched)
        return self._followed(watched, number, lambda: None)

    def _patiently(self, ask: Callable[[], T]) -> T:
        """Ask again as long as the printer says that it is busy, which it says before it takes anything."""
        until = self._pace.now() + self.settings.limits.busy_s
        while True:
            try:
                return ask()
            except Refused as refused:
                if not refused.busy or self._pace.now() >= until:
                    raise
            self._pace.wait(self.settings.limits.poll_s)


def _meaning(error: Away | Nonsense | Refused) -> Trouble:
    match error:
        case Away():
            return Trouble.AWAY
        case Nonsense():
            return Trouble.UNKNOWN
        case Refused(status=status):
            return Trouble.PAUSED if status == NOT_ACCEPTING else Trouble.REJECTED
