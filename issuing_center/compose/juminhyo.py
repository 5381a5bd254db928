"""What stands of a resident record: 住民票の写し in either form, and 住民票記載事項証明書."""

from issuing_center.compose.face import SEX, Face, birth_date
from issuing_center.paper import sheet as paper
from issuing_center.paper.juminhyo import KisaijikoSheet
from issuing_center.paper.kojinhyo import KojinhyoPerson, KojinhyoSheet
from issuing_center.paper.sheet import Mark
from issuing_center.register.records import Resident
from issuing_center.wire import ItemName


def renkishiki(
    face: Face, persons: tuple[Resident, ...], items: frozenset[ItemName], *, whole: bool
) -> paper.JuminhyoSheet:
    """Compose a 世帯連記式. `persons` are those it shows, in the register's order; never empty.

    `whole` when the whole household was asked for: only that gets the sentence about the whole household.
    """
    return paper.JuminhyoSheet(
        **face,
        scope=_sentence(whole),
        address=persons[0].address,
        head_name=_head(persons, items),
        persons=tuple(_entry(person, items) for person in persons),
    )


def kojinhyo(face: Face, persons: tuple[Resident, ...], items: frozenset[ItemName], *, whole: bool) -> KojinhyoSheet:
    """Compose a 個人票, likewise. 異動前住所 and 異動履歴 are not to be had at a kiosk, so they are omitted."""
    return KojinhyoSheet(
        **face,
        scope=_sentence(whole),
        address=persons[0].address,
        head_name=_head(persons, items),
        persons=tuple(
            KojinhyoPerson(
                entry=_entry(person, items),
                address_before=Mark.OMITTED,
                history=Mark.OMITTED,
            )
            for person in persons
        ),
    )


def kisaijiko(face: Face, persons: tuple[Resident, ...], items: frozenset[ItemName]) -> KisaijikoSheet:
    """Compose a 住民票記載事項証明書: the same entries, under one sentence for every scope."""
    return KisaijikoSheet(
        **face,
        address=persons[0].address,
        head_name=_head(persons, items),
        persons=tuple(_entry(person, items) for person in persons),
    )


def _sentence(whole: bool) -> paper.Scope:
    return paper.Scope.WHOLE_HOUSEHOLD if whole else paper.Scope.SOME_MEMBERS


def _head(persons: tuple[Resident, ...], items: frozenset[ItemName]) -> paper.Cell:
    return persons[0].head_name if ItemName.HEAD_AND_RELATION in items else Mark.OMITTED


def _entry(person: Resident, items: frozenset[ItemName]) -> paper.PersonEntry:
    foreign = person.foreign
    former = person.former_surname
    return paper.PersonEntry(
        name=person.name,
        reading=_reading(person) if foreign is None else Mark.NOT_APPLICABLE,
        former_surname=Mark.NOT_APPLICABLE if former is None else former.surname,
        former_surname_reading=Mark.NOT_APPLICABLE if former is None else former.reading or Mark.BLANK,
        birth_date=birth_date(person),
        sex=SEX[person.sex],
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


def _domicile(value: str | None, person: Resident, items: frozenset[ItemName]) -> paper.Cell:
    if person.foreign is not None:
        return Mark.NOT_APPLICABLE
    return (value or Mark.BLANK) if ItemName.DOMICILE in items else Mark.OMITTED


def _foreign(person: Resident, *, shown: bool) -> paper.ForeignItems:
    status = person.foreign
    assert status is not None
    none = Mark.NOT_APPLICABLE
    names = {"kanji_name": status.kanji_name or none, "katakana_name": status.kana_name or none}
    if not shown:
        hidden = Mark.OMITTED
        return paper.ForeignItems(
            **names,
            alias=status.alias or none,
            nationality=hidden,
            article_30_45=hidden,
            status=hidden,
            period=hidden,
            period_ends_on=hidden,
            card_number=hidden,
        )
    return paper.ForeignItems(
        **names,
        alias=status.alias or none,
        nationality=status.nationality,
        article_30_45=status.category,
        status=status.residence_status or none,
        period=status.residence_period or none,
        period_ends_on=status.residence_expires_on or none,
        card_number=status.card_number or none,
    )
