"""A photocopied back is told as such; the same back scanned as badly is not."""

from dataclasses import replace

import numpy as np
import pytest

from issuing_center.backs.keys import KeyRing
from issuing_center.enquiry.verdict import Reason, Result, judge
from tests.scanning.copier import photocopy
from tests.scanning.first import Print, Scan, printed, scanned
from tests.scanning.pages import dots
from tests.unit.issuing_center.backs.test_keys import NEW, NOW
from tests.unit.issuing_center.enquiry.conftest import Scanned

KEYS = KeyRing((NEW,))


@pytest.mark.heavy
def test_a_photocopied_back_is_told(scans: Scanned) -> None:
    random = np.random.default_rng(4)
    sheet = printed(dots(scans.pdf, 1), Print(), random)
    bad = Scan(dpi=200, blur=1.4, noise=6, jpeg=70, skew_degrees=-4)
    original = judge([scanned(sheet, bad, random)], KEYS, NOW)
    assert original.reason is Reason.NOT_COMPARED
    copy = judge([scanned(photocopy(sheet, random), replace(bad, dpi=300, blur=0.9), random)], KEYS, NOW)
    assert (copy.result, copy.reason) == (Result.UNREADABLE, Reason.PHOTOCOPY)
