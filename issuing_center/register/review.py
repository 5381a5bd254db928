"""What staff of a 本籍地 look at when they decide on an application for 利用登録: the application, and who it might be.

Nothing here decides or changes anything; the steps are in `registrations`. What is compared is folded first, because an
applicant types kana where the 戸籍 has kanji, and leaves out what everybody knows.
"""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import Connection, select

from issuing_center.register import tables
from issuing_center.register.holdings import Koseki, KosekiPerson
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


def candidates(connection: Connection, code: str, case: Case) -> list[Candidate]:
    """Give the persons of every 戸籍 that the application may mean, best first; who left a register is not among them.

    Reads all of the municipality's family registers: a matter of seconds, for a clerk and not for a kiosk.
    """
    record = tables.record
    rows = connection.execute(
        select(record.c.record_key, record.c.body)
        .where(record.c.municipality_code == code, record.c.kind == "koseki", record.c.record_key.is_not(None))
        .execution_options(yield_per=1000)
    )
    found = [each for row in rows for each in _of_register(row.record_key, decode_body(row.body, Koseki), case)]
    return sorted(found, key=lambda each: (-len(each.agrees), each.koseki_key, each.person_key))


def _of_register(key: str, koseki: Koseki, case: Case) -> Iterator[Candidate]:
    agrees = []
    if folded(koseki.honseki).endswith(folded(case.honseki)):
        agrees.append("honseki")
    elif numbers_in(case.honseki) and numbers_in(koseki.honseki) == numbers_in(case.honseki):
        agrees.append("honseki-numbers")
    if folded(case.hittosha) in _names_of_the_head(koseki):
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


def _names_of_the_head(koseki: Koseki) -> set[str]:
    """Give the 筆頭者 as written and as read, folded; the reading only where the register has both parts of it."""
    _, _, given = koseki.hittosha.partition("　")
    head: KosekiPerson | None = next((person for person in koseki.persons if person.given_name == given), None)
    names = {folded(koseki.hittosha)}
    if head is not None and head.reading and koseki.surname_reading:
        names.add(folded(koseki.surname_reading + head.reading))
    return names


_SMALL = str.maketrans("ァィゥェォッャュョヮヵヶ", "アイウエオツヤユヨワカケ")
_HIRAGANA = {code: code + 0x60 for code in range(0x3041, 0x3097)}


def folded(text: str) -> str:
    """Write a name or place as it is compared: widths, blanks, hyphens, kinds and sizes of kana do not count."""
    wide = unicodedata.normalize("NFKC", text).translate(_HIRAGANA).translate(_SMALL)
    return re.sub(r"[\s・.,、。ー‐‑‒–—―−-]", "", _with_digits(wide)).replace("番地", "番").upper()


def numbers_in(text: str) -> tuple[int, ...]:
    """Give the numbers of an address in their order, whatever they are written in: 四丁目5番 is 4, 5."""
    return tuple(int(each) for each in re.findall(r"[0-9]+", _with_digits(unicodedata.normalize("NFKC", text))))


_KANJI = {kanji: value for value, kanji in enumerate("〇一二三四五六七八九")}
_COUNTED = re.compile(r"[〇一二三四五六七八九十百]+(?=丁目|番|号|条|地割)")


def _with_digits(text: str) -> str:
    return _COUNTED.sub(lambda match: str(_number(match[0])), text)


def _number(kanji: str) -> int:
    """Read a Chinese numeral below 1,000, written by places (百二十三) or digit by digit (一二三)."""
    if not set(kanji) & {"十", "百"}:
        return int("".join(str(_KANJI[each]) for each in kanji))
    total = digit = 0
    for each in kanji:
        if each in _KANJI:
            digit = _KANJI[each]
        else:
            total += (digit or 1) * (10 if each == "十" else 100)
            digit = 0
    return total + digit
