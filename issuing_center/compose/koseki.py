"""The 戸籍全部事項証明書 and the 戸籍個人事項証明書: entries as the register has them, those who left among them."""

from issuing_center.compose.face import Face, recorded_date
from issuing_center.paper.koseki import KosekiEntry, KosekiKind, KosekiLine, KosekiPerson, KosekiSheet
from issuing_center.paper.sheet import Mark
from issuing_center.register import holdings


def koseki(face: Face, family: holdings.Koseki, *, whole: bool) -> KosekiSheet:
    """Compose one copy that shows the persons of `family`: all of the register's when `whole`, else those asked for.

    Only the whole register gets the title and the sentence of the whole, also where somebody stands in it alone.
    """
    return KosekiSheet(
        **face,
        kind=KosekiKind.ZENBU if whole else KosekiKind.KOJIN,
        honseki=family.honseki,
        hittosha=family.hittosha,
        surname_reading=family.surname_reading or Mark.NOT_APPLICABLE,
        entries=tuple(map(_entry, family.entries)),
        persons=tuple(map(_person, family.persons)),
    )


def _person(person: holdings.KosekiPerson) -> KosekiPerson:
    return KosekiPerson(
        given_name=person.given_name,
        reading=person.reading or Mark.NOT_APPLICABLE,
        birth_date=recorded_date(person.birth_date),
        spouse=person.spouse,
        parents=tuple(map(_line, person.parents)),
        relations=tuple(map(_line, person.relations)),
        entries=tuple(map(_entry, person.entries)),
        removed=person.removed,
    )


def _entry(entry: holdings.KosekiEntry) -> KosekiEntry:
    return KosekiEntry(entry.heading, tuple(map(_line, entry.lines)))


def _line(line: holdings.KosekiLine) -> KosekiLine:
    return KosekiLine(line.label, recorded_date(line.value))
