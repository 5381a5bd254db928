"""The 印鑑登録証明書 field by field: the imprint as scanned, and the marks of what is not registered."""

from dataclasses import replace
from datetime import date

from issuing_center.compose.inkan import inkan
from issuing_center.paper.seal import Imprint
from issuing_center.paper.sheet import Mark
from tests.unit.issuing_center.compose.papers import FACE, FOREIGN, RESIDENT, SEAL

NONE = Mark.NOT_APPLICABLE


def test_the_person_and_the_imprint_are_those_of_the_register() -> None:
    sheet = inkan(FACE, RESIDENT, SEAL)
    scan = SEAL.imprint
    assert sheet.imprint == Imprint(scan.width_px, scan.height_px, scan.dpi, scan.bits)
    assert (sheet.imprint.width_mm, sheet.imprint.height_mm) == (scan.width_mm, scan.height_mm)
    assert (sheet.name, sheet.address, sheet.birth_date) == (RESIDENT.name, RESIDENT.address, date(1988, 5, 12))
    assert (sheet.former_surname, sheet.alias, sheet.katakana_name, sheet.remarks) == (NONE, NONE, NONE, NONE)
    assert not sheet.foreign
    assert (sheet.issue_number, sheet.txn, sheet.specimen) == ("AAAA-BBBB-CCCC-DDDD", "0" * 32, True)


def test_what_is_registered_beside_the_name_stands_in_its_own_row() -> None:
    seal = replace(SEAL, former_surname="葛\U000e0102城", alias="見本", katakana_name="マリア", remarks="備考")
    sheet = inkan(FACE, replace(RESIDENT, foreign=FOREIGN), seal)
    assert (sheet.former_surname, sheet.alias) == ("葛\U000e0102城", "見本")
    assert (sheet.katakana_name, sheet.remarks) == ("マリア", "備考")
    assert sheet.foreign
