"""The papers of a counter from an order: the 申請書 as somebody would have filled it in, and the 領収書."""

from dataclasses import dataclass
from datetime import datetime

from issuing_center.availability import JST
from issuing_center.compose.face import Face, birth_date
from issuing_center.counter.card_attributes import Attribute, CardWord, Compared
from issuing_center.counter.words import ATTRIBUTES, ITEMS, KINDS, SCOPES
from issuing_center.entitlement import Chosen, Residents
from issuing_center.paper.era import era_date, era_year
from issuing_center.paper.ryoshu import ReceiptSheet
from issuing_center.paper.shinsei import ApplicationSheet
from issuing_center.register.holdings import Fuhyo, Koseki
from issuing_center.register.records import Resident
from issuing_center.wire import OrderRequest, Scope


@dataclass(frozen=True, slots=True)
class Reception:
    """What the counter adds to an order."""

    office: str
    """Name of the office."""
    terminal: str
    number: int
    receipt_number: str
    copies: int
    """Of the number; an order that prints again what was spoilt may be of fewer."""
    received_at: datetime
    verified_at: datetime
    method: str
    repeats: bool
    card: CardWord | None = None
    """What the card's own attributes say beside the register; None where the office does not ask for them."""


def application(
    face: Face, order: OrderRequest, chosen: Chosen, applicant: Resident, reception: Reception, serials: tuple[str, ...]
) -> ApplicationSheet:
    """Fill in the 申請書 of an order."""
    return ApplicationSheet(
        issuer=face["issuer"],
        office=reception.office,
        terminal=reception.terminal,
        number=reception.number,
        received_at=_at(reception.received_at),
        name=applicant.name,
        address=applicant.address,
        birth_date=birth_date(applicant, western=True),
        kind=KINDS[order.kind],
        year=None if order.year is None else f"{era_year(datetime(order.year, 4, 1, tzinfo=JST).date())}度",
        scope=SCOPES[order.scope],
        persons="、".join(_names(chosen)) if order.scope in (Scope.SOME, Scope.ONE) else None,
        items="、".join(ITEMS[item] for item in order.items) or None,
        copies=order.copies,
        fee_yen=order.fee_yen,
        verified_at=_at(reception.verified_at),
        method=reception.method.upper(),
        serials=serials,
        repeats=reception.repeats,
        card=None if reception.card is None else _said(reception.card),
        txn=face["txn"],
        specimen=face["specimen"],
    )


def receipt(face: Face, order: OrderRequest, reception: Reception) -> ReceiptSheet:
    """Write the 領収書 of a number, of all its copies."""
    return ReceiptSheet(
        issuer=face["issuer"],
        office=reception.office,
        number=reception.number,
        receipt_number=reception.receipt_number,
        received_on=era_date(face["issued_on"]),
        kind=KINDS[order.kind],
        copies=reception.copies,
        fee_yen=order.fee_yen,
        repeats=reception.repeats,
        txn=face["txn"],
        specimen=face["specimen"],
    )


def _said(card: CardWord) -> str:
    """Say what the clerk needs to know; of what differs only which it is, for the card can be looked at."""
    if not isinstance(card, Compared):
        return "読み取りなし（本人が選ばず、又は読み取れず）"
    if not card.differing:
        return f"券面事項入力補助で確認（{'・'.join(ATTRIBUTES[each] for each in Attribute)}）"
    return f"相違あり：{'・'.join(ATTRIBUTES[each] for each in card.differing)}（カードの券面を確認してください）"


def _at(instant: datetime) -> str:
    local = instant.astimezone(JST)
    return f"{era_date(local.date())} {local:%H時%M分}"


def _names(chosen: Chosen) -> list[str]:
    match chosen.contents:
        case Residents(persons):
            return [person.name for person in persons]
        case Koseki(persons=family):
            return [person.given_name for person in family]
        case Fuhyo(persons=lived):
            return [f"{person.surname}　{person.given_name}" for person in lived]
        case _:
            return []
