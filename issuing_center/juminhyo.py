"""From the register's record to what stands on a 住民票の写し: which entries, for whom, under which sentence.

Pure. An entry that was not asked for becomes a mark that says so; an entry the register does not have becomes another, so
that nobody can read the one as the other.
"""

from datetime import date

from issuing_center.paper import sheet as paper
from issuing_center.paper.era import era_date
from issuing_center.paper.seal import Seal
from issuing_center.paper.sheet import Mark
from issuing_center.register.records import DatePrecision, MunicipalitySettings, Resident, Sex
from issuing_center.wire import ItemName, Scope

_SEX = {Sex.MALE: "男", Sex.FEMALE: "女"}


def compose(
    *,
    settings: MunicipalitySettings,
    seal: Seal,
    persons: tuple[Resident, ...],
    scope: Scope,
    items: frozenset[ItemName],
    issued_on: date,
    serial: str,
    txn: str,
    specimen: bool,
) -> paper.JuminhyoSheet:
    """Compose one copy. `persons` are those it shows, in the register's order; never empty.

    Only the whole household gets the sentence about the whole household, whoever else was ticked.
    """
    asked = ItemName.HEAD_AND_RELATION in items
    return paper.JuminhyoSheet(
        issuer=paper.Issuer(
            prefecture=settings.name.prefecture,
            municipality=settings.name.name_ja,
            mayor_title=settings.mayor_title,
            mayor_name=settings.mayor_name,
            seal=seal,
        ),
        scope=paper.Scope.WHOLE_HOUSEHOLD if scope is Scope.HOUSEHOLD else paper.Scope.SOME_MEMBERS,
        address=persons[0].address,
        head_name=persons[0].head_name if asked else Mark.OMITTED,
        persons=tuple(_entry(person, items) for person in persons),
        issued_on=issued_on,
        issue_number=serial,
        txn=txn,
        specimen=specimen,
    )


def _entry(person: Resident, items: frozenset[ItemName]) -> paper.PersonEntry:
    foreign = person.foreign
    former = person.former_surname
    return paper.PersonEntry(
        name=person.name,
        reading=_reading(person) if foreign is None else Mark.NOT_APPLICABLE,
        former_surname=Mark.NOT_APPLICABLE if former is None else former.surname,
        former_surname_reading=Mark.NOT_APPLICABLE if former is None else former.reading or Mark.BLANK,
        birth_date=_birth(person),
        sex=_SEX[person.sex],
        relation=person.relation if ItemName.HEAD_AND_RELATION in items else Mark.OMITTED,
        hittosha=_domicile(person.family_head, person, items),
        honseki=_domicile(person.domicile, person, items),
        my_number=(person.my_number or Mark.BLANK) if ItemName.MY_NUMBER in items else Mark.OMITTED,
        resident_since=person.became_resident_on if foreign is None else foreign.became_foreign_resident_on,
        address_since=person.address_since or Mark.BLANK,
        notified_on=person.notified_on or Mark.BLANK,
        previous_address=person.previous_address or Mark.BLANK,
        foreign=None if foreign is None else _foreign(person, shown=ItemName.FOREIGN_STATUS in items),
    )


def _reading(person: Resident) -> paper.Reading:
    furigana = person.furigana
    return paper.Reading(
        surname=furigana.surname if furigana.surname_notarised else None,
        given=furigana.given if furigana.given_notarised else None,
    )


def _birth(person: Resident) -> paper.DateCell:
    born = person.birth_date
    match person.birth_precision:
        case DatePrecision.DAY:
            return born
        case DatePrecision.MONTH:
            return paper.WrittenDate(f"{_era_year(born)}{born.month}月日不詳")
        case DatePrecision.YEAR:
            return paper.WrittenDate(f"{_era_year(born)}月日不詳")
        case DatePrecision.UNKNOWN:
            return paper.WrittenDate("年月日不詳")


def _era_year(born: date) -> str:
    return era_date(born).partition("年")[0] + "年"


def _domicile(value: str | None, person: Resident, items: frozenset[ItemName]) -> paper.Cell:
    if person.foreign is not None:
        return Mark.NOT_APPLICABLE
    return (value or Mark.BLANK) if ItemName.DOMICILE in items else Mark.OMITTED


def _foreign(person: Resident, *, shown: bool) -> paper.ForeignItems:
    status = person.foreign
    assert status is not None
    if not shown:
        hidden = Mark.OMITTED
        return paper.ForeignItems(
            alias=status.alias or Mark.NOT_APPLICABLE,
            nationality=hidden,
            article_30_45=hidden,
            status=hidden,
            period=hidden,
            period_ends_on=hidden,
            card_number=hidden,
        )
    none = Mark.NOT_APPLICABLE
    return paper.ForeignItems(
        alias=status.alias or none,
        nationality=status.nationality,
        article_30_45=status.category,
        status=status.residence_status or none,
        period=status.residence_period or none,
        period_ends_on=status.residence_expires_on or none,
        card_number=status.card_number or none,
    )
