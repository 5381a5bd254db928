"""The 戸籍の附票の写し: addresses of the persons asked for; 本籍・筆頭者 and the voters' roll only when asked for."""

from issuing_center.compose.face import SEX, Face, recorded_date
from issuing_center.paper.fuhyo import FuhyoAddress, FuhyoDomicile, FuhyoPerson, FuhyoScope, FuhyoSheet
from issuing_center.paper.sheet import Cell, Mark
from issuing_center.register import holdings
from issuing_center.wire import ItemName


def fuhyo(face: Face, family: holdings.Fuhyo, items: frozenset[ItemName], *, whole: bool) -> FuhyoSheet:
    """Compose one copy that shows the persons of `family`: all of the 附票 when `whole`, else those asked for."""
    asked = ItemName.DOMICILE in items
    return FuhyoSheet(
        **face,
        scope=FuhyoScope.ZENBU if whole else FuhyoScope.ICHIBU,
        domicile=FuhyoDomicile(family.honseki, family.hittosha) if asked else None,
        persons=tuple(_person(person, voting=ItemName.OVERSEAS_VOTING in items) for person in family.persons),
    )


def _person(person: holdings.FuhyoPerson, *, voting: bool) -> FuhyoPerson:
    registered: Cell = person.overseas_election or Mark.NOT_APPLICABLE
    return FuhyoPerson(
        surname=person.surname,
        given_name=person.given_name,
        birth_date=Mark.BLANK if person.birth_date is None else recorded_date(person.birth_date),
        sex=Mark.BLANK if person.sex is None else SEX[person.sex],
        addresses=tuple(
            FuhyoAddress(line.address or Mark.BLANK, Mark.BLANK if line.since is None else recorded_date(line.since))
            for line in person.addresses
        ),
        overseas_election=registered if voting else Mark.OMITTED,
        removed=person.removed,
    )
