"""The signed code of a scanned front: read from a crooked scan of the two-sided sheet, and judged against the back's document."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from issuing_center.enquiry.find import Grey
from issuing_center.enquiry.seal import seal_of, with_seal
from issuing_center.enquiry.verdict import Reason, Result, Seal, Verdict
from issuing_center.keys import FileKey
from issuing_center.paper import DrawnDocument, draw, shared_fonts
from issuing_center.paper.back.drawing import Security, two_sided
from issuing_center.paper.front_seal import with_front_seals
from issuing_center.visible_seal import Sealer
from tests.golden.forms import EVERY
from tests.scanning.pages import dots
from tests.support.signing import KEY, certificates_of
from tests.unit.issuing_center.backs.test_keys import NEW
from tests.unit.issuing_center.enquiry.conftest import ISSUE, Scanned, scan_of

SIGNERS = certificates_of(KEY)[:1]


def front_signed_by(key: FileKey, seed: int) -> Grey:
    sheet = replace(EVERY["juminhyo/long-values"], issue_number=ISSUE)
    drawn = draw(sheet, shared_fonts())
    assert isinstance(drawn, DrawnDocument)
    sealer = Sealer.of(key, certificates_of(key)[0])
    coded = with_front_seals(drawn, sheet, sealer, datetime.now(UTC).date())
    return scan_of(dots(two_sided(coded, ISSUE, Security(NEW), shared_fonts()).pdf, 0), seed, turns=1)


@pytest.fixture(scope="module")
def front() -> Grey:
    return front_signed_by(KEY, 21)


def test_a_code_of_ours_is_read_under_ground_pattern_and_skew(front: Grey) -> None:
    assert seal_of([front], SIGNERS, ISSUE) is Seal.VALID
    assert seal_of([front], SIGNERS, None) is Seal.VALID


def test_the_code_of_another_document_than_the_back_is_invalid(front: Grey) -> None:
    assert seal_of([front], SIGNERS, "TEST-0002") is Seal.INVALID


def test_a_code_that_no_signer_of_ours_made_is_invalid(front: Grey) -> None:
    assert seal_of([front], certificates_of(KEY)[1:], ISSUE) is Seal.INVALID


def test_scans_without_a_code_have_none(scans: Scanned) -> None:
    assert seal_of([scans.back, scans.front], SIGNERS, ISSUE) is Seal.ABSENT


def test_only_fronts_are_asked_for_codes(front: Grey) -> None:
    verdict = Verdict(Result.GENUINE, Reason.AGREES, ISSUE, (), frozenset({1}))
    assert with_seal(verdict, [front, front[:10]], SIGNERS).seal is Seal.VALID
    assert with_seal(verdict, [front[:10], front], SIGNERS).seal is Seal.ABSENT
