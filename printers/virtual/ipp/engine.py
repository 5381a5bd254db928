"""The machine inside the virtual printer: jobs in memory, sheets that come out one by one, counters, and faults that strike."""

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from threading import Condition, Thread
from time import monotonic

import pypdfium2

from printers.ipp.client import ABORTED, CANCELED, COMPLETED, ENDED, PENDING, PROCESSING, STOPPED
from printers.ipp.codec import Group
from printers.virtual.ipp.faults import STOPS, Fault, Mishap

PDF, RASTER, JPEG, ANY = "application/pdf", "image/pwg-raster", "image/jpeg", "application/octet-stream"
_MAGIC = {PDF: b"%PDF-", RASTER: b"RaS2", JPEG: b"\xff\xd8\xff"}
_TOTAL_PAGES_AT = 4 + 452
_BRIEF_S = 0.03
_BUSY_TIMES = 2


@dataclass(frozen=True, slots=True)
class Model:
    """What a printer is built to do."""

    formats: tuple[str, ...] = (PDF, RASTER)
    two_sided: bool = True
    color: bool = False
    media_ready: tuple[str, ...] = ("iso_a4_210x297mm",)
    trays: tuple[str, ...] = ("tray-1", "tray-2")
    levels: tuple[int, ...] = (250, 100)
    toner: int = 70
    raster_dpi: tuple[int, ...] = (300, 600)
    raster_types: tuple[str, ...] = ("sgray_8", "srgb_8")
    sheet_back: str = "normal"
    two_steps: bool = True
    """It knows Create-Job and Send-Document."""
    sheet_s: float = 0.0


@dataclass(slots=True)
class PrinterJob:
    """A job as the printer keeps it: in memory, its document only until it ends."""

    number: int
    name: str
    user: str
    template: Group
    created: int
    state: int = PENDING
    reasons: tuple[str, ...] = ("job-incoming",)
    document: bytes | None = field(default=None, repr=False)
    document_format: str = ANY
    sheets: int = 0
    printed: int = 0
    """What its counter says."""
    started: int | None = None
    ended: int | None = None
    cancel: bool = False

    @property
    def two_sided(self) -> bool:
        """Tell whether it prints backs."""
        sides = self.template.get("sides")
        return sides is not None and sides.values[0] != "one-sided"


@dataclass(frozen=True, slots=True)
class Sheet:
    """A sheet that lies in the tray."""

    job: str
    number: int


class Engine:
    """Prints one job after the other on a thread of its own."""

    def __init__(self, model: Model, folder: Path | None = None) -> None:
        """`folder` gets a copy of every document of a job that completed; None keeps nothing."""
        self.model = model
        self.folder = folder
        self.changed = Condition()
        self.jobs: dict[int, PrinterJob] = {}
        self.paper: list[Sheet] = []
        """Every sheet that ever came out: the truth, whatever the counters say."""
        self.received: list[bytes] = []
        """Documents as they came, for tests."""
        self.counter = 1000
        self.reasons: tuple[str, ...] = ("none",)
        self.accepting = True
        self.powered = True
        self.mishap: Mishap | None = None
        self.busy_times = _BUSY_TIMES
        self.counts = True
        self.paused = False
        self._started = monotonic() - 100
        self._next = 1
        self._closing = False
        self._thread = Thread(target=self._print_for_ever, name="virtual printer", daemon=True)
        self._thread.start()

    def up_time(self) -> int:
        """Give the seconds since power came; at least 1."""
        return int(monotonic() - self._started) + 1

    def open_job(self, name: str, user: str, template: Group) -> PrinterJob:
        """Make a job that waits for its document."""
        with self.changed:
            job = PrinterJob(self._next, name, user, template, self.up_time())
            self.jobs[job.number] = job
            self._next += 1
            return job

    def feed(self, job: PrinterJob, document: bytes, document_format: str) -> None:
        """Give a job its document; it is printed when its turn comes."""
        with self.changed:
            self.received.append(document)
            job.document, job.document_format, job.reasons = document, document_format, ("none",)
            self.changed.notify_all()

    def cancel(self, job: PrinterJob) -> bool:
        """End a job; a sheet in the path still comes out. False when it is at its end or does not obey."""
        with self.changed:
            if job.state in ENDED or self.strikes(Fault.IGNORES_CANCEL):
                return False
            job.cancel = True
            if job.state in {PENDING, STOPPED}:
                self._end(job, CANCELED, "job-canceled-by-user")
            self.changed.notify_all()
            return True

    def strikes(self, *faults: Fault) -> bool:
        """Tell whether one of these faults is due."""
        return self.mishap is not None and self.mishap.fault in faults

    def repair(self) -> None:
        """End every fault, as somebody does who clears the jam, fills the tray and closes the cover."""
        with self.changed:
            self.mishap, self.reasons, self.accepting, self.counts, self.paused = None, ("none",), True, True, False
            self.changed.notify_all()

    def power_on(self, *, forgets: bool, warming: bool = False) -> None:
        """Bring power back after a cut; a printer that is warming up does not print before it is repaired."""
        with self.changed:
            self.paused = warming
            if forgets:
                self.jobs.clear()
            self._started = monotonic()
            self.mishap, self.reasons, self.powered = None, ("none",), True
            for job in self.jobs.values():
                if job.state not in ENDED:
                    job.state = PENDING
            self.changed.notify_all()

    def wait_for(self, condition: Callable[[], bool], limit_s: float = 10) -> bool:
        """Wait until something is so."""
        with self.changed:
            return self.changed.wait_for(condition, limit_s)

    def idle(self) -> bool:
        """Tell whether no job is left that could print."""
        return all(job.state in ENDED for job in self.jobs.values())

    def close(self) -> None:
        """Stop for good."""
        with self.changed:
            self._closing = True
            self.changed.notify_all()
        self._thread.join()

    def _ready(self) -> PrinterJob | None:
        if not self.powered or self.paused:
            return None
        return next((job for job in self.jobs.values() if job.state == PENDING and job.document is not None), None)

    def _print_for_ever(self) -> None:
        with self.changed:
            while True:
                self.changed.wait_for(lambda: self._closing or self._ready() is not None)
                if self._closing:
                    return
                job = self._ready()
                assert job is not None
                self._print(job)
                self.changed.notify_all()

    def _print(self, job: PrinterJob) -> None:
        assert job.document is not None
        job.state, job.reasons, job.started = PROCESSING, ("job-printing",), self.up_time()
        pages = pages_of(job.document)
        if pages is None:
            self._end(job, ABORTED, "document-format-error")
            return
        job.sheets = (pages + 1) // 2 if job.two_sided else pages
        self.counts = self.counts and not self.strikes(Fault.NO_COUNTERS)
        last = (
            job.sheets - 1
            if self.strikes(Fault.LIES_ABOUT_PAGES)
            else 0
            if self.strikes(Fault.NEVER_PRINTS)
            else job.sheets
        )
        while job.printed < last:
            if self.mishap is not None and job.printed == self.mishap.after_sheets and not self._survives(job):
                return
            if not self._pass(job):
                return
            self._sheet(job)
        if self.mishap is not None and job.printed == self.mishap.after_sheets and not self._survives(job):
            return
        self._finish(job)

    def _pass(self, job: PrinterJob) -> bool:
        """Let the time of a sheet go by; False when the job ended meanwhile."""
        slow = _BRIEF_S if self.strikes(Fault.SLOW) else 0
        self.changed.wait_for(lambda: job.cancel or not self.powered or self._closing, self.model.sheet_s + slow)
        if job.cancel and job.state not in ENDED:
            self._end(job, CANCELED, "job-canceled-by-user")
        return job.state not in ENDED and self.powered and not self._closing

    def _sheet(self, job: PrinterJob) -> None:
        job.printed += 1
        self.paper.append(Sheet(job.name, job.printed))
        if not self.strikes(Fault.LATE_COUNTER):
            self.counter += 1
        self.changed.notify_all()

    def _survives(self, job: PrinterJob) -> bool:
        """Let the mishap strike in mid-job; True when printing goes on."""
        assert self.mishap is not None
        fault = self.mishap.fault
        if fault in STOPS or fault is Fault.STOPS_BRIEFLY:
            job.state, job.reasons = STOPPED, ("printer-stopped",)
            self.reasons = (fault.value if fault in STOPS else Fault.JAM.value,)
            self.changed.notify_all()
            limit = _BRIEF_S if fault is Fault.STOPS_BRIEFLY else None
            self.changed.wait_for(lambda: job.cancel or self._closing or not self.reasons_stand(), limit)
            if job.state in ENDED or self._closing:
                return False
            self.reasons, self.mishap = ("none",), None
            job.state, job.reasons = PROCESSING, ("job-printing",)
            return True
        if fault in {Fault.STALLS, Fault.IGNORES_CANCEL}:
            self.changed.wait_for(lambda: job.cancel or self._closing or self.mishap is None)
            if job.cancel and job.state not in ENDED:
                self._end(job, CANCELED, "job-canceled-by-user")
            return job.state not in ENDED and not self._closing
        if fault in {Fault.CANCELED_AT_PANEL, Fault.ABORTS}:
            at_panel = fault is Fault.CANCELED_AT_PANEL
            self._end(job, *((CANCELED, "job-canceled-at-device") if at_panel else (ABORTED, "aborted-by-system")))
            return False
        if fault in {Fault.UNPLUGGED, Fault.RESTARTS, Fault.RESUMES}:
            self.powered = False
            self.changed.notify_all()
            return False
        return True

    def reasons_stand(self) -> bool:
        """Tell whether somebody still has to put something right."""
        return self.reasons != ("none",)

    def _finish(self, job: PrinterJob) -> None:
        if self.strikes(Fault.LIES_ABOUT_PAGES, Fault.NEVER_PRINTS):
            job.printed = job.sheets
        if self.strikes(Fault.ONE_TOO_MANY):
            self.paper.append(Sheet(job.name, job.printed))
            self.counter += 1
        if self.strikes(Fault.WRONG_COUNTER):
            self.counter += 3
        late = self.strikes(Fault.LATE_COUNTER)
        if self.folder is not None and job.document is not None:
            self.folder.mkdir(parents=True, exist_ok=True)
            suffix = {PDF: "pdf", RASTER: "pwg", JPEG: "jpg"}[sensed(job.document) or PDF]
            (self.folder / f"{job.number:04}.{suffix}").write_bytes(job.document)
        self._end(job, COMPLETED, "job-completed-successfully")
        if late:
            self.changed.wait_for(lambda: self._closing, _BRIEF_S)
            self.counter += job.printed

    def _end(self, job: PrinterJob, state: int, reason: str) -> None:
        job.state, job.reasons, job.ended, job.document = state, (reason,), self.up_time(), None
        if self.mishap is not None and self.mishap.fault not in STOPS:
            self.mishap = None
        self.changed.notify_all()


def sensed(document: bytes) -> str | None:
    """Tell a document's format by its first bytes."""
    return next((name for name, magic in _MAGIC.items() if document.startswith(magic)), None)


def pages_of(document: bytes) -> int | None:
    """Count pages; None when the document cannot be printed."""
    match sensed(document):
        case "application/pdf":
            try:
                with pypdfium2.PdfDocument(document) as pdf:
                    return len(pdf) or None
            except pypdfium2.PdfiumError:
                return None
        case "image/pwg-raster":
            return int.from_bytes(document[_TOTAL_PAGES_AT : _TOTAL_PAGES_AT + 4]) or None
        case "image/jpeg":
            return 1
        case _:
            return None
