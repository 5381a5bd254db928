"""Any order's contents to its sheet: the one place that knows all compositions."""

from typing import assert_never

from issuing_center.compose.face import Face
from issuing_center.compose.fuhyo import fuhyo
from issuing_center.compose.inkan import inkan
from issuing_center.compose.juminhyo import kisaijiko, kojinhyo, renkishiki
from issuing_center.compose.koseki import koseki
from issuing_center.compose.risai import risai
from issuing_center.compose.tax import kazei, nozei, shotoku
from issuing_center.entitlement import Chosen, Residents
from issuing_center.municipal.package import FormVariant
from issuing_center.paper.drawing import AnySheet
from issuing_center.paper.text import TooLong
from issuing_center.register.holdings import Fuhyo, Koseki, Risai, SealRegistration, TaxRecord
from issuing_center.register.records import Resident
from issuing_center.wire import ItemName, Kind


def compose(
    face: Face, kind: Kind, chosen: Chosen, applicant: Resident | None, items: frozenset[ItemName]
) -> AnySheet | TooLong:
    """Compose one copy of what an order shows. TooLong, naming the item, where the form has too little room for it.

    Without `applicant`, who lives elsewhere then, family registers alone.
    """
    contents, whole = chosen.contents, chosen.whole
    match contents:
        case Residents(persons) if kind is Kind.KISAIJIKO:
            return kisaijiko(face, persons, items)
        case Residents(persons, FormVariant.KOJINHYO):
            return kojinhyo(face, persons, items, whole=whole)
        case Residents(persons):
            return renkishiki(face, persons, items, whole=whole)
        case SealRegistration():
            return inkan(face, _living_here(applicant), contents)
        case TaxRecord() if kind is Kind.KAZEI:
            return kazei(face, _living_here(applicant), contents)
        case TaxRecord() if kind is Kind.SHOTOKU:
            return shotoku(face, _living_here(applicant), contents)
        case TaxRecord():
            return nozei(face, _living_here(applicant), contents)
        case Koseki():
            return koseki(face, contents, whole=whole)
        case Fuhyo():
            return fuhyo(face, contents, items, whole=whole)
        case Risai():
            return risai(face, contents)
        case _:
            assert_never(contents)


def _living_here(applicant: Resident | None) -> Resident:
    if applicant is None:
        raise ValueError("a certificate of residents for somebody who is none")
    return applicant
