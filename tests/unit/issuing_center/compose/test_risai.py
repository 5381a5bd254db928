"""The 罹災証明書 field by field."""

from datetime import date

import pytest

from issuing_center.compose.risai import risai
from issuing_center.paper import risai as paper
from issuing_center.paper.sheet import Mark
from issuing_center.register.holdings import DamageDegree, Risai, RisaiMember
from tests.unit.issuing_center.compose.papers import FACE


def damage(degree: DamageDegree) -> Risai:
    return Risai(
        reference="R8-0042",
        head_address="見本県汐見野市みなと通一丁目2番3号",
        head_name="𠮷田　太一",
        members=(RisaiMember("𠮷田　太一", "世帯主"), RisaiMember("𠮷田　花子", "妻")),
        occurred_on=date(2026, 9, 9),
        disaster="令和8年見本台風",
        dwelling_address="見本県汐見野市みなと通一丁目2番地3",
        degree=degree,
        remarks_on_damage="床上浸水",
    )


@pytest.mark.parametrize("degree", list(DamageDegree))
def test_each_degree_is_printed_in_its_own_words(degree: DamageDegree) -> None:
    assert risai(FACE, damage(degree)).degree is paper.DamageDegree[degree.name]


def test_everything_of_the_survey_is_on_the_sheet() -> None:
    sheet = risai(FACE, damage(DamageDegree.HALF))
    assert (sheet.reference, sheet.head_name) == ("R8-0042", "𠮷田　太一")
    assert sheet.head_address == "見本県汐見野市みなと通一丁目2番3号"
    assert sheet.members == (paper.RisaiMember("𠮷田　太一", "世帯主"), paper.RisaiMember("𠮷田　花子", "妻"))
    assert (sheet.occurred_on, sheet.disaster) == (date(2026, 9, 9), "令和8年見本台風")
    assert sheet.dwelling_address == "見本県汐見野市みなと通一丁目2番地3"
    assert (sheet.remarks_on_household, sheet.remarks_on_damage) == (Mark.NOT_APPLICABLE, "床上浸水")
