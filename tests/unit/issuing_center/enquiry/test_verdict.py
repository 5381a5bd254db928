"""What is said of a sheet: genuine data, altered here, or unreadable and why; never that it is the original."""

import cv2
import numpy as np
import pytest

from issuing_center.backs.keys import KeyRing
from issuing_center.enquiry.comparison import DIFFERS
from issuing_center.enquiry.find import Grey
from issuing_center.enquiry.verdict import Reason, Result, Seal, judge
from tests.scanning.pages import dots
from tests.unit.issuing_center.backs.test_keys import NEW, NOW, OLD
from tests.unit.issuing_center.enquiry.conftest import ISSUE, Scanned, scan_of, two_sided_sheet

KEYS = KeyRing((NEW,))


def test_a_sheet_whose_front_shows_what_its_back_carries_is_genuine_in_any_order(scans: Scanned) -> None:
    verdict = scans.untouched
    assert (verdict.result, verdict.reason, verdict.document) == (Result.GENUINE, Reason.AGREES, ISSUE)
    assert verdict.pages[0].regions == ()
    assert verdict.seal is Seal.ABSENT


def test_its_back_is_decoded_with_few_wrong_cells(scans: Scanned) -> None:
    wrong = (scans.untouched.pages[0].decoded.soft > 0) != (scans.truth > 0)
    assert wrong.mean() < 0.005


def smaller(scan: Grey, factor: float) -> Grey:
    return np.asarray(cv2.resize(scan, None, fx=factor, fy=factor, interpolation=cv2.INTER_AREA), np.uint8)


def test_a_back_scanned_too_coarsely_is_told(scans: Scanned) -> None:
    verdict = judge([smaller(scans.back, 0.8)], KEYS, NOW)  # 160 dpi
    assert (verdict.result, verdict.reason, verdict.document) == (Result.UNREADABLE, Reason.TOO_COARSE, None)


def test_a_front_scanned_too_coarsely_is_told(scans: Scanned) -> None:
    verdict = judge([scans.back, smaller(scans.front, 0.8)], KEYS, NOW)
    assert (verdict.result, verdict.reason, verdict.document) == (Result.UNREADABLE, Reason.TOO_COARSE, ISSUE)


@pytest.mark.heavy
def test_one_altered_character_is_found_and_framed(scans: Scanned) -> None:
    verdict = judge([scans.forged, scans.back], KEYS, NOW)
    assert (verdict.result, verdict.reason) == (Result.ALTERED, Reason.DIFFERS)
    (region,) = verdict.pages[0].regions
    left, top, right, bottom = scans.forgery.box
    assert region[0] < (left + right) / 2 < region[2]
    assert region[1] < (top + bottom) / 2 < region[3]
    assert region[2] - region[0] < 0.1


def test_what_a_blurred_scan_loses_is_not_called_altered(scans: Scanned) -> None:
    blurred = np.asarray(cv2.GaussianBlur(scans.front, (0, 0), 2), np.uint8)
    verdict = judge([blurred, scans.back], KEYS, NOW)
    assert (verdict.result, verdict.reason) == (Result.UNREADABLE, Reason.NOT_ALIGNED)


def test_where_changes_would_go_unseen_nothing_is_called_genuine(scans: Scanned) -> None:
    # Half a sheet smeared: nothing differs there, because nothing could.
    smeared, half = scans.front.copy(), scans.front.shape[1] // 2
    smeared[:, :half] = cv2.GaussianBlur(scans.front, (0, 0), 2.5)[:, :half]
    verdict = judge([smeared, scans.back], KEYS, NOW)
    assert (verdict.result, verdict.reason) == (Result.UNREADABLE, Reason.NOT_ALIGNED)
    assert verdict.pages[0].score < DIFFERS


@pytest.mark.heavy
def test_a_back_alone_is_decoded(scans: Scanned) -> None:
    verdict = judge([scans.back], KEYS, NOW)
    assert (verdict.result, verdict.reason) == (Result.GENUINE, Reason.NOT_COMPARED)


def test_without_a_back_nothing_can_be_said(scans: Scanned) -> None:
    verdict = judge([scans.front], KEYS, NOW)
    assert (verdict.result, verdict.reason, verdict.document) == (Result.UNREADABLE, Reason.NO_BACK, None)


def test_a_back_of_an_unknown_key_cannot_be_read_and_names_no_document(scans: Scanned) -> None:
    verdict = judge([scans.back], KeyRing((OLD,)), NOW)
    assert (verdict.result, verdict.reason, verdict.document) == (Result.UNREADABLE, Reason.KEY_UNKNOWN, None)


def test_a_back_past_the_time_of_its_key_cannot_be_read(scans: Scanned) -> None:
    assert judge([scans.back], KEYS, NEW.reads_until).reason is Reason.KEY_UNKNOWN


@pytest.mark.heavy
def test_a_front_of_something_else_is_told(scans: Scanned) -> None:
    other = np.full((2000, 1400), 240, np.uint8)
    other[300:1800:60, 200:1200] = 20
    verdict = judge([other, scans.back], KEYS, NOW)
    assert (verdict.result, verdict.reason) == (Result.UNREADABLE, Reason.OTHER_DOCUMENT)


def test_a_code_without_its_picture_is_told(scans: Scanned) -> None:
    torn = scans.back.copy()
    noise = np.random.default_rng(1).integers(0, 256, torn.shape, dtype=np.uint8)
    # Turned three quarters: the codes stand at the right edge, the picture left of them.
    torn[:, : int(torn.shape[1] * 0.88)] = noise[:, : int(torn.shape[1] * 0.88)]
    torn = torn if judge([torn], KEYS, NOW).pages == () else np.rot90(noise).copy()
    assert judge([torn], KEYS, NOW).reason in {Reason.PICTURE_UNREADABLE, Reason.NO_BACK}


@pytest.mark.heavy
def test_the_sheet_of_another_person_on_the_same_form_is_told(scans: Scanned) -> None:
    other = scan_of(dots(two_sided_sheet("juminhyo/household-of-four", "TEST-0002").pdf, 0), 5)
    verdict = judge([other, scans.back], KEYS, NOW)
    assert verdict.result is Result.UNREADABLE
    # Both samples print the same issue number, by which documents are told from pages.
    assert verdict.reason in {Reason.OTHER_DOCUMENT, Reason.OTHER_PAGE}


@pytest.mark.heavy
def test_a_back_of_another_document_in_the_pile_is_told(scans: Scanned) -> None:
    other = scan_of(dots(two_sided_sheet("juminhyo/self", "TEST-0003").pdf, 1), 6)
    verdict = judge([scans.front, scans.back, other], KEYS, NOW)
    assert (verdict.result, verdict.reason, verdict.document) == (Result.UNREADABLE, Reason.OTHER_DOCUMENT, None)


@pytest.mark.heavy
def test_the_same_person_s_other_certificate_is_another_document(scans: Scanned) -> None:
    other = scan_of(dots(two_sided_sheet("inkan/self", "TEST-0004").pdf, 0), 7)
    verdict = judge([other, scans.back], KEYS, NOW)
    assert verdict.result is Result.UNREADABLE
    # So little is alike that the front can hardly be laid over the back.
    assert verdict.reason in {Reason.OTHER_DOCUMENT, Reason.NOT_ALIGNED}


@pytest.mark.heavy
@pytest.mark.parametrize("name", ["juminhyo/household-of-six", "koseki/zenbu"])
def test_another_page_of_the_same_document_is_told(name: str) -> None:
    # A 戸籍 has its issue number below, and above it the number of the page.
    pdf = two_sided_sheet(name, "TEST-0005").pdf
    verdict = judge([scan_of(dots(pdf, 0), 8), scan_of(dots(pdf, 3), 9)], KEYS, NOW)
    assert (verdict.result, verdict.reason) == (Result.UNREADABLE, Reason.OTHER_PAGE)
