"""The adapter prints on CUPS' ippeveprinter: the same bytes arrive, and its engine's troubles end as they should."""

from dataclasses import replace
from pathlib import Path

import pytest

from printers.ipp import IppPrinter, IppSettings
from printers.jobs import Completed, Failed, JobOutcome, Trouble, Unknown
from tests.support.cups import ippeveprinter
from tests.support.laser import QUICK, job_of

LETTER = "na_letter_8.5x11in"
FORMATS = "application/pdf,image/pwg-raster"


def printed(uri: str, sheets: int, *, two_sided: bool = False, document_format: str | None = None) -> JobOutcome:
    settings = IppSettings(uri, media=LETTER, format=document_format, limits=replace(QUICK, stall_s=0.5))
    printer = IppPrinter(settings)
    assert printer.trouble(sheets) is None
    return printer.run(job_of(sheets, two_sided=two_sided), lambda _sheet: None)


@pytest.mark.parametrize("two_sided", [False, True])
def test_the_file_that_arrives_is_the_file_that_was_sent(two_sided: bool, tmp_path: Path) -> None:
    sides = 4 if two_sided else 2
    counted = f'echo "ATTR: job-impressions={sides} job-impressions-completed={sides}" >&2'
    with ippeveprinter(tmp_path, counted, "-2", "-f", FORMATS) as (uri, spool):
        assert printed(uri, 2, two_sided=two_sided) == Completed(2)
        (received,) = spool.glob("*.pdf")
        assert received.read_bytes() == job_of(2, two_sided=two_sided).pdf


def test_a_raster_arrives_as_well(tmp_path: Path) -> None:
    counted = 'echo "ATTR: job-impressions-completed=1" >&2'
    with ippeveprinter(tmp_path, counted, "-f", FORMATS) as (uri, spool):
        assert printed(uri, 1, document_format="image/pwg-raster") == Completed(1)
        (received,) = spool.glob("*.pwg")
        assert received.read_bytes()[:4] == b"RaS2"


def test_completed_without_a_page_counted_is_not_believed(tmp_path: Path) -> None:
    with ippeveprinter(tmp_path, "exit 0", "-f", FORMATS) as (uri, _spool):
        assert printed(uri, 1) == Unknown(0)


@pytest.mark.parametrize(
    ("word", "trouble"),
    [("media-jam", Trouble.JAM), ("media-empty", Trouble.PAPER), ("toner-empty", Trouble.TONER)],
)
def test_an_engine_that_stands_still_fails_the_job_with_the_cause_that_it_warns_of(
    word: str, trouble: Trouble, tmp_path: Path
) -> None:
    stuck = f'echo "STATE: +{word}" >&2; exec sleep 1.5'
    with ippeveprinter(tmp_path, stuck, "-f", FORMATS) as (uri, _spool):
        assert printed(uri, 1) == Failed(trouble, 0)


def test_a_document_of_another_kind_is_refused(tmp_path: Path) -> None:
    with ippeveprinter(tmp_path, "exit 0", "-f", "image/jpeg") as (uri, _spool):
        settings = IppSettings(uri, media=LETTER, limits=QUICK)
        assert IppPrinter(settings).trouble(1) is Trouble.REJECTED
