"""What every page printer keeps, whatever stands behind it: the folder of a sink, or a laser by PDF, by raster or in one step."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from printers.jobs import Completed, Failed, Printer, Trouble
from printers.pdf_sink import PdfSink, SinkFault
from printers.virtual.ipp import Fault, Model
from tests.support.laser import job_of, laser


@dataclass(frozen=True, slots=True)
class Desk:
    """A printer, and what only somebody who stands before it can see."""

    printer: Printer
    sheets: Callable[[], int]
    jam: Callable[[int], None]
    empty: Callable[[], None]
    mend: Callable[[], None]


@contextmanager
def sink(folder: Path) -> Iterator[Desk]:
    printer = PdfSink(folder)

    def mend() -> None:
        printer.standing_trouble = None

    yield Desk(
        printer,
        lambda: 2 * len(printer.files),
        lambda after: setattr(printer, "fault", SinkFault(Trouble.JAM, after)),
        lambda: setattr(printer, "standing_trouble", Trouble.PAPER),
        mend,
    )


@contextmanager
def ipp(model: Model) -> Iterator[Desk]:
    with laser(model) as (device, printer):

        def empty() -> None:
            device.engine.reasons = ("media-empty-error",)

        yield Desk(
            printer,
            lambda: len(device.engine.paper),
            lambda after: device.befall(Fault.JAM, after),
            empty,
            device.engine.repair,
        )


DESKS: dict[str, Callable[[Path], AbstractContextManager[Desk]]] = {
    "sink": sink,
    "ipp by PDF": lambda _folder: ipp(Model()),
    "ipp by raster": lambda _folder: ipp(Model(formats=("image/pwg-raster",), raster_dpi=(300,))),
    "ipp in one step": lambda _folder: ipp(Model(two_steps=False)),
}


@pytest.fixture(params=DESKS)
def desk(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Desk]:
    with DESKS[request.param](tmp_path) as desk:
        yield desk


def test_a_job_comes_out_sheet_by_sheet(desk: Desk) -> None:
    heard: list[int] = []
    assert desk.printer.trouble(2) is None
    assert desk.printer.run(job_of(2), heard.append) == Completed(2)
    assert heard == [1, 2]
    assert desk.sheets() == 2


def test_a_ticket_comes_once_and_before_any_sheet(desk: Desk) -> None:
    heard: list[str | int] = []
    desk.printer.run(job_of(2), heard.append, heard.append)
    assert [type(each) for each in heard] == [str, int, int]


def test_a_ticket_that_cannot_be_kept_ends_the_job_before_it_begins(desk: Desk) -> None:
    def full(_ticket: str) -> None:
        raise OSError

    with pytest.raises(OSError, match=r"\A\Z"):
        desk.printer.run(job_of(2), lambda _sheets: None, full)
    assert desk.printer.trouble(2) is None
    desk.mend()
    assert desk.sheets() == 0


def test_two_copies_are_two_jobs_one_after_the_other(desk: Desk) -> None:
    for name in ("AAAA-BBBB-CCCC-0001", "AAAA-BBBB-CCCC-0002"):
        assert desk.printer.run(job_of(2, name), lambda _sheets: None) == Completed(2)
    assert desk.sheets() == 4


@pytest.mark.parametrize("after", [0, 1])
def test_a_jam_ends_the_job_with_the_sheets_that_are_out(desk: Desk, after: int) -> None:
    desk.jam(after)
    heard: list[int] = []
    assert desk.printer.run(job_of(2), heard.append) == Failed(Trouble.JAM, after)
    assert heard == list(range(1, after + 1))


def test_after_trouble_the_next_job_prints_and_the_old_one_does_not_come_back(desk: Desk) -> None:
    desk.jam(0)
    desk.printer.run(job_of(2, "AAAA-BBBB-CCCC-0001"), lambda _sheets: None)
    desk.mend()
    assert desk.printer.trouble(2) is None
    assert desk.printer.run(job_of(2, "AAAA-BBBB-CCCC-0002"), lambda _sheets: None) == Completed(2)
    assert desk.sheets() == 2


def test_an_empty_tray_is_told_before_anything_is_sold(desk: Desk) -> None:
    desk.empty()
    assert desk.printer.trouble(1) is Trouble.PAPER
    desk.mend()
    assert desk.printer.trouble(1) is None


@pytest.mark.parametrize("name", ["short", "../../etc/passwd", "name with blank", "見本見本見本見本"])
def test_a_name_that_could_say_something_is_a_mistake_of_ours(desk: Desk, name: str) -> None:
    with pytest.raises(ValueError, match="letters, digits and hyphens"):
        desk.printer.run(job_of(1, name), lambda _sheets: None)
    assert desk.sheets() == 0
