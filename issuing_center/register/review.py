"""What staff of a 本籍地 look at when they decide on an application for 利用登録: the application, and who it might be.

Nothing here decides or changes anything; the steps are in `registrations`. What is compared is folded first, because an
applicant types kana where the 戸籍 has kanji, and leaves out what everybody knows.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import Connection, select

from issuing_center.register import tables
from issuing_center.register.folding import HIGHEST, folded, names_of_the_head, numbers_in
from issuing_center.register.holdings import Koseki
from issuing_center.register.holdings_sql import decode_body
from issuing_center.register.port import RegistrationState
from issuing_center.register.registrations import RegistrationId
from issuing_center.register.signer import Signer, signer_of


@dataclass(frozen=True, slots=True)
class Case:
    """One application as staff see it."""

    registration_id: RegistrationId
    reception_number: str
    state: RegistrationState
    received_at: datetime
    honseki: str = field(repr=False)
    hittosha: str = field(repr=False)
    telephone: str = field(repr=False)
    signer: Signer | None
    """Who signed; None for an application that did not come from a kiosk."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """A person of a 戸籍 who might be the applicant."""

    koseki_key: str = field(repr=False)
    """The master's key, to be named in a registration."""
    person_key: str = field(repr=False)
    honseki: str = field(repr=False)
    hittosha: str = field(repr=False)
    name: str = field(repr=False)
    birth_date: str = field(repr=False)
    agrees: tuple[str, ...]
    """Which of honseki, honseki-numbers, hittosha, name, birth-date agree with the application and its certificate."""


def list_cases(
    connection: Connection, code: str, state: RegistrationState | None = None
) -> list[tuple[str, RegistrationState, datetime]]:
    """Give number, state and arrival of every application to a municipality, oldest first: nothing of the applicants."""
    registration = tables.koseki_registration
    query = select(registration.c.reception_number, registration.c.state, registration.c.received_at).where(
        registration.c.municipality_code == code
    )
    if state is not None:
        query = query.where(registration.c.state == state.value)
    rows = connection.execute(query.order_by(registration.c.received_at, registration.c.reception_number))
    return [(row.reception_number, RegistrationState(row.state), row.received_at) for row in rows]


def find_case(connection: Connection, code: str, reception_number: str) -> Case | None:
    """Find an application to this municipality by its number; None when it has none of that number."""
    registration, application = tables.koseki_registration, tables.koseki_application
    row = connection.execute(
        select(registration, application.c.certificate)
        .outerjoin(application, application.c.registration_id == registration.c.registration_id)
        .where(registration.c.municipality_code == code, registration.c.reception_number == reception_number)
    ).one_or_none()
    if row is None:
        return None
    return Case(
        registration_id=RegistrationId(row.registration_id),
        reception_number=row.reception_number,
        state=RegistrationState(row.state),
        received_at=row.received_at,
        honseki=row.honseki,
        hittosha=row.hittosha,
        telephone=row.telephone,
        signer=None if row.certificate is None else signer_of(row.certificate),
    )


MOST_OF_A_PLACE = 500
"""Family registers that are looked at because of their place alone; whoever typed half of it gets no more than these."""


def candidates(connection: Connection, code: str, case: Case) -> list[Candidate]:
    """Give the persons of every 戸籍 that the application may mean, best first; who left a register is not among them.

    Looks up the name as written and as read, and the place. Of a place that says little, such as a number, the nearest.
    """
    record = tables.record
    wanted = (record.c.municipality_code == code, record.c.kind == "koseki", record.c.record_key.is_not(None))
    columns = select(record.c.record_key, record.c.body).where(*wanted)
    name, place = folded(case.hittosha), folded(case.honseki)[::-1]
    found: dict[str, str] = {}
    # One statement for each index: a database that is given an OR of three reads everything.
    queries = [columns.where(column == name) for column in (record.c.head_key, record.c.head_reading_key) if name]
    if place:
        there = columns.where(record.c.place_key >= place, record.c.place_key < place + HIGHEST)
        queries.append(there.order_by(record.c.place_key).limit(MOST_OF_A_PLACE))
    for query in queries:
        found |= {row.record_key: row.body for row in connection.execute(query)}
    persons = [each for key, body in found.items() for each in _of_register(key, decode_body(body, Koseki), case)]
    return sorted(persons, key=lambda each: (-len(each.agrees), each.koseki_key, each.person_key))


def _of_register(key: str, koseki: Koseki, case: Case) -> Iterator[Candidate]:
    agrees = []
    if folded(case.honseki) and folded(koseki.honseki).endswith(folded(case.honseki)):
        agrees.append("honseki")
    elif numbers_in(case.honseki) and numbers_in(koseki.honseki) == numbers_in(case.honseki):
        agrees.append("honseki-numbers")
    if folded(case.hittosha) in names_of_the_head(koseki):
        agrees.append("hittosha")
    if "hittosha" not in agrees and "honseki" not in agrees:
        return
    surname, _, _ = koseki.hittosha.partition("　")
    for person in koseki.persons:
        if person.removed:
            continue
        name = f"{surname}　{person.given_name}"
        born = person.birth_date.on.isoformat() if person.birth_date.on else str(person.birth_date.words)
        own = list(agrees)
        if case.signer is not None and case.signer.name is not None and folded(case.signer.name) == folded(name):
            own.append("name")
        if case.signer is not None and case.signer.birth_date == born:
            own.append("birth-date")
        yield Candidate(key, person.key, koseki.honseki, koseki.hittosha, name, born, tuple(own))
