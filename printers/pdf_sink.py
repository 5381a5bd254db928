"""A printer whose paper is a folder: each job becomes one PDF file, made exclusively and never overwritten (INV-9).

A virtual device: it can be told by name to fail as a real printer does.
"""

import os
import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from printers.jobs import Completed, Failed, Job, JobOutcome, Trouble, Unknown, unkept

_JOB_ID = re.compile(r"[A-Za-z0-9-]{8,64}\Z")


@dataclass(frozen=True, slots=True)
class SinkFault:
    """What goes wrong, and after how many sheets of the next job."""

    trouble: Trouble | None
    """None loses the line instead: the outcome is unknown."""
    after_sheets: int = 0


class PdfSink:
    """Writes what is printed into a folder."""

    def __init__(self, folder: Path) -> None:
        """Use `folder`, made when the first job comes."""
        self.folder = folder
        self.files: list[Path] = []
        """Files of completed jobs, in order."""
        self.fault: SinkFault | None = None
        """Happens to the next job, then is gone."""
        self.standing_trouble: Trouble | None = None
        """Told before any job, as an empty tray is."""

    def trouble(self, sheets: int) -> Trouble | None:
        """Tell the standing trouble, or a folder that cannot be written to."""
        if self.standing_trouble is not None:
            return self.standing_trouble
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
        except OSError:
            return Trouble.REJECTED
        return None if os.access(self.folder, os.W_OK | os.X_OK) else Trouble.REJECTED

    def run(self, job: Job, sheet_out: Callable[[int], None], opened: Callable[[str], None] = unkept) -> JobOutcome:
        """Write the job's file and count its sheets out."""
        if not _JOB_ID.match(job.job_id):
            raise ValueError("a job id is 8 to 64 letters, digits and hyphens")
        opened(job.job_id)
        fault, self.fault = self.fault, None
        last = job.sheets if fault is None else min(fault.after_sheets, job.sheets)
        for sheet in range(1, last + 1):
            sheet_out(sheet)
        if fault is not None:
            return Unknown(last) if fault.trouble is None else Failed(fault.trouble, last)
        path = self.folder / f"{job.job_id}.pdf"
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
                file.write(job.pdf)
                file.flush()
                os.fsync(file.fileno())
        except OSError:
            return Failed(Trouble.REJECTED, 0)
        self.files.append(path)
        return Completed(job.sheets)

    def recall(self, ticket: str) -> None:
        """Remember nothing, as the paper of a tray does not."""
