"""Laser printers for tests: a PDF with as many pages as wanted, virtual printers, and limits that make a minute a moment."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from functools import cache
from io import BytesIO

from reportlab.pdfgen.canvas import Canvas

from printers.ipp import IppPrinter, IppSettings, Limits
from printers.jobs import Job
from printers.virtual.ipp import Fault, Model, VirtualIppPrinter

A4_POINTS = (595.276, 841.89)
QUICK = Limits(
    connect_s=10,
    answer_s=20,
    document_s=20,
    busy_s=20,
    stopped_s=0.1,
    stall_s=30,
    settle_s=20,
    counter_s=0.06,
    first_poll_s=0.005,
    poll_s=0.02,
)
"""Short only where being slow changes nothing: how often is asked, and for how long a stop or a count is looked at."""
WAITED_FOR: dict[Fault, Limits] = {
    Fault.STALLS: replace(QUICK, stall_s=0.6),
    Fault.IGNORES_CANCEL: replace(QUICK, stall_s=0.6, settle_s=0.3),
    Fault.STOPS_BRIEFLY: replace(QUICK, stopped_s=20),
    Fault.LATE_COUNTER: replace(QUICK, counter_s=20),
    Fault.ALWAYS_BUSY: replace(QUICK, busy_s=0.2),
    Fault.SILENT: replace(QUICK, answer_s=0.3),
    Fault.TRICKLES: replace(QUICK, answer_s=0.3),
    Fault.UNPLUGGED: replace(QUICK, settle_s=0.3),
    Fault.RESUMES: replace(QUICK, settle_s=0.3),
}
"""The limits of those faults that a limit decides; everything else is QUICK."""


@cache
def pdf_of(pages: int) -> bytes:
    """Draw a small PDF of A4 pages."""
    target = BytesIO()
    canvas = Canvas(target, pagesize=A4_POINTS, invariant=True)
    for page in range(1, pages + 1):
        canvas.drawString(100, 700, f"made up, page {page} of {pages}")
        canvas.setFillGray(0.6)
        canvas.rect(100, 500, 200 + 10 * page, 50, fill=1)
        canvas.showPage()
    canvas.save()
    return target.getvalue()


def job_of(sheets: int, name: str = "AAAA-BBBB-CCCC-DDDD", *, two_sided: bool = False) -> Job:
    """Make a job of so many sheets."""
    return Job(name, pdf_of(2 * sheets if two_sided else sheets), sheets, two_sided)


def settings_for(device: VirtualIppPrinter, **changed: object) -> IppSettings:
    """Write settings for a virtual printer."""
    return replace(IppSettings(device.uri, limits=QUICK), **changed)  # type: ignore[arg-type]  # checked by the dataclass' users


@contextmanager
def laser(model: Model | None = None, **changed: object) -> Iterator[tuple[VirtualIppPrinter, IppPrinter]]:
    """Run a virtual printer and the adapter that talks to it."""
    with VirtualIppPrinter(model) as device:
        yield device, IppPrinter(settings_for(device, **changed))
