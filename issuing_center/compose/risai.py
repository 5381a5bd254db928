"""The 罹災証明書: one surveyed dwelling, as the survey left it."""

from issuing_center.compose.face import Face
from issuing_center.paper.risai import DamageDegree, RisaiMember, RisaiSheet
from issuing_center.paper.sheet import Mark
from issuing_center.register import holdings

_DEGREES = {
    holdings.DamageDegree.DESTROYED: DamageDegree.DESTROYED,
    holdings.DamageDegree.LARGE_SCALE_HALF: DamageDegree.LARGE_SCALE_HALF,
    holdings.DamageDegree.MEDIUM_SCALE_HALF: DamageDegree.MEDIUM_SCALE_HALF,
    holdings.DamageDegree.HALF: DamageDegree.HALF,
    holdings.DamageDegree.NEARLY_HALF: DamageDegree.NEARLY_HALF,
    holdings.DamageDegree.PARTIAL: DamageDegree.PARTIAL,
}


def risai(face: Face, damage: holdings.Risai) -> RisaiSheet:
    """Compose one copy about one dwelling."""
    return RisaiSheet(
        **face,
        reference=damage.reference,
        head_address=damage.head_address,
        head_name=damage.head_name,
        members=tuple(RisaiMember(member.name, member.relation) for member in damage.members),
        occurred_on=damage.occurred_on,
        disaster=damage.disaster,
        dwelling_address=damage.dwelling_address,
        degree=_DEGREES[damage.degree],
        remarks_on_household=damage.remarks_on_household or Mark.NOT_APPLICABLE,
        remarks_on_damage=damage.remarks_on_damage or Mark.NOT_APPLICABLE,
    )
