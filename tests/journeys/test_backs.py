"""A certificate from a kiosk proves itself: scanned, its front is compared with what its back carries."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest

from tests.scanning.forgery import forged
from tests.scanning.pages import dots
from tests.support.town import ROOT, Town


def verified(town: Town, *scans: Path) -> dict[str, Any]:
    done = subprocess.run(
        [sys.executable, "-m", "issuing_center", "verify", *map(str, scans), "--data", str(town.data), "--json"],
        capture_output=True,
        text=True,
        cwd=ROOT,
        check=False,
    )
    answer: dict[str, Any] = json.loads(done.stdout)
    return answer


@pytest.fixture
def file(town: Town, tmp_path: Path) -> Path:
    """Give a certificate of one sheet from a kiosk."""
    told = json.loads(town.visit("hanako", tmp_path, "--json").out)
    (file,) = map(Path, told["files"])
    assert told["pages"] == 2
    return file


def scanned(file: Path, folder: Path) -> tuple[Path, Path]:
    """Give its front and its back as a scanner would, in files of the folder."""
    subprocess.run(["pdftoppm", "-r", "300", "-png", "-gray", str(file), str(folder / "p")], check=True, timeout=120)
    front, back = sorted(folder.glob("p-*.png"))
    return front, back


@pytest.mark.timeout(300)
def test_a_sheet_from_a_kiosk_is_genuine(town: Town, file: Path, tmp_path: Path) -> None:
    front, back = scanned(file, tmp_path)
    untouched = verified(town, front, back)
    assert (untouched["result"], untouched["document"], untouched["pages"][0]["regions"]) == ("genuine", file.stem, [])


# By day the enquiry site shows that an altered place is framed.
@pytest.mark.heavy
@pytest.mark.timeout(300)
def test_a_changed_digit_on_a_sheet_from_a_kiosk_is_framed(town: Town, file: Path, tmp_path: Path) -> None:
    front, back = scanned(file, tmp_path)
    # What is pasted is a character of the text, as in a date or a name; the tiny digits at the foot name the file only,
    # and how often a change of those is found stands in the report of the scan trial.
    front_dots = dots(file.read_bytes(), 0)
    forgery = forged(front_dots, file.read_bytes(), 0, np.random.default_rng(3), least_height_mm=2.0)
    cv2.imwrite(str(front), cv2.resize(forgery.dots, None, fx=0.5, fy=0.5, interpolation=cv2.INTER_AREA))
    altered = verified(town, back, front)
    assert (altered["result"], altered["document"]) == ("altered", file.stem)
    ((left, top, right, bottom),) = altered["pages"][0]["regions"]
    assert left < (forgery.box[0] + forgery.box[2]) / 2 < right
    assert top < (forgery.box[1] + forgery.box[3]) / 2 < bottom
