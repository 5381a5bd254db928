"""Fictitious matter of a visit, and at least one sample of every state, for tests of the flow and of its screens."""

from dataclasses import replace
from datetime import datetime
from typing import get_args

from kiosk.domain.certificates import (
    CertificateKind,
    Item,
    Member,
    MemberRef,
    Menu,
    Municipality,
    MunicipalityCode,
    Offer,
    Order,
    ScopeKind,
    SerialNumber,
    TransactionId,
)
from kiosk.domain.hours import JST
from kiosk.flow import states as s
from kiosk.flow.codes import TONES
from kiosk.flow.screen_model import JAPANESE, Language
from kiosk.flow.screens_choose import CLOSED_REASONS
from kiosk.flow.session import Session, Ticket, VisitKey
from kiosk.flow.settings import FlowSettings
from kiosk.ports.card import TokenKind
from kiosk.ports.center import Document, DocumentFate, Issued, MoneyFate, OrderOutcome, VisitOpened
from kiosk.ports.clock import Instant
from kiosk.ports.payment import Paid

ENGLISH = Language("en")
KIOSK = FlowSettings()
COUNTER = FlowSettings(takes_payment=False, hands_over_here=False, two_sided=False, telephone="000-000-0000")
NOON = datetime(2026, 11, 20, 12, 0, tzinfo=JST)
START_S = 1000.0
SHIOMINO = Municipality(MunicipalityCode("990019"), "見本県", "汐見野市", "しおみのし", "Shiomino City")
MEMBERS = (
    Member(MemberRef("m1"), "架空 花子", True),
    Member(MemberRef("m2"), "架空 一郎", False),
    Member(MemberRef("m3"), "架空 さくら", False),
)
FAMILY = (
    Member(MemberRef("k1"), "架空 太郎", False),
    Member(MemberRef("k2"), "架空 花子", True),
)
"""Of the 戸籍: somebody else stands first."""
HOUSEHOLD = (ScopeKind.SELF, ScopeKind.HOUSEHOLD, ScopeKind.SOME)
RECORD_ITEMS = (Item.HEAD_AND_RELATION, Item.DOMICILE, Item.MY_NUMBER, Item.FOREIGN_STATUS)
SELF_ONLY = (ScopeKind.SELF,)
YEARS = (2026, 2025, 2024)
OFFER = Offer(CertificateKind.JUMINHYO, 300, 3, HOUSEHOLD, RECORD_ITEMS, None, members=MEMBERS)
PLAIN_OFFER = replace(OFFER, copies_limit=1, scopes=SELF_ONLY, items=(), members=())
INKAN = Offer(CertificateKind.INKAN, 300, 3, SELF_ONLY, (), None)
KAZEI = Offer(CertificateKind.KAZEI, 300, 3, SELF_ONLY, (), None, YEARS)
KOJIN = Offer(CertificateKind.KOSEKI_KOJIN, 450, 3, (ScopeKind.ONE,), (), None, members=FAMILY)
KOJIN_ALL = replace(KOJIN, scopes=(ScopeKind.SELF, ScopeKind.ONE, ScopeKind.SOME))
FUHYO = Offer(
    CertificateKind.FUHYO,
    300,
    3,
    (ScopeKind.WHOLE, ScopeKind.ONE),
    (Item.DOMICILE, Item.OVERSEAS_VOTING),
    None,
    members=FAMILY,
)
RISAI = Offer(CertificateKind.RISAI, 0, 3, SELF_ONLY, (), None)
MENU = Menu(
    (
        OFFER,
        replace(OFFER, kind=CertificateKind.KISAIJIKO),
        INKAN,
        KAZEI,
        replace(KAZEI, kind=CertificateKind.SHOTOKU),
        replace(KAZEI, kind=CertificateKind.NOZEI, years=(2025,)),
        Offer(CertificateKind.KOSEKI_ZENBU, 450, 3, (ScopeKind.WHOLE,), (), None),
        KOJIN,
        FUHYO,
        RISAI,
    )
)
"""Every kind, as a municipality that offers all of them would."""
OPENED = VisitOpened(MENU)
VERIFIED = s.Verified(SHIOMINO, OPENED)
VISIT = VisitKey("a1" * 16)
TRANSACTION = TransactionId("0f1e2d3c" + "00" * 12)


def at(seconds: float = 0.0, wall: datetime = NOON) -> Instant:
    """Give an instant so many seconds after the beginning of the tests' time."""
    return Instant(START_S + seconds, wall)


def session(language: Language = JAPANESE, deadline_s: float | None = START_S + 80.0) -> Session:
    return Session(VISIT, language, tickets=7, deadline_s=deadline_s)


def ticket(number: int = 7) -> Ticket:
    return Ticket(VISIT, number)


def document(
    number: int, transaction: TransactionId = TRANSACTION, kind: CertificateKind = CertificateKind.JUMINHYO
) -> Document:
    serial = SerialNumber(f"{transaction[:8]}-{number}")
    return Document(transaction, serial, kind, 2, b"digest", b"%PDF-sample")


def issued(
    copies: int = 2,
    transaction: TransactionId = TRANSACTION,
    fee_yen: int = 300,
    kind: CertificateKind = CertificateKind.JUMINHYO,
) -> Issued:
    documents = tuple(document(n, transaction, kind) for n in range(1, copies + 1))
    return Issued(transaction, documents, fee_yen * copies)


def draft(scope: ScopeKind = ScopeKind.SOME, offer: Offer = OFFER) -> s.Draft:
    members = (offer.members[1].ref,) if scope.names_members else ()
    items = frozenset({Item.DOMICILE}) & frozenset(offer.items)
    return s.Draft(offer, scope, members, items, min(2, offer.copies_limit), offer.years[0] if offer.years else None)


def order() -> Order:
    return draft().order()


def outcome() -> OrderOutcome:
    papers = issued()
    ends = tuple((paper.serial, DocumentFate.HANDED_OVER, 1) for paper in papers.documents)
    return OrderOutcome(TRANSACTION, MoneyFate.KEPT, 600, ends, None)


def ends(first: DocumentFate = DocumentFate.VOIDED) -> tuple[s.DocumentEnd, ...]:
    return tuple(s.DocumentEnd(paper.serial, first, 0) for paper in issued().documents)


def states(language: Language = JAPANESE) -> dict[str, s.State]:
    """Give samples by name: every state at least once, and the variants whose steps or screens differ."""
    v = session(language)
    t = ticket()
    one_done = (s.DocumentEnd(issued().documents[0].serial, DocumentFate.HANDED_OVER, 1),)
    found: dict[str, s.State] = {
        "Settling": s.Settling(),
        "Idle": s.Idle(),
        "OutOfService (fault)": s.OutOfService(frozenset({"PRINT-02"})),
        "OutOfService (stopped)": s.OutOfService(frozenset(), "DOC-01"),
        "OutOfService (fault, stopped)": s.OutOfService(frozenset({"PRINT-02"}), "DOC-01"),
        "Service": s.Service(v),
        "Consent": s.Consent(v),
        "ChoosingMunicipality (waiting)": s.ChoosingMunicipality(v, t),
        "ChoosingMunicipality (listed)": s.ChoosingMunicipality(v, None, (SHIOMINO,)),
        "PlaceCard": s.PlaceCard(v, SHIOMINO, t),
        "PlaceCard (lifted)": s.PlaceCard(v, SHIOMINO, t, lifted=True),
        "PlaceCard (inspecting)": s.PlaceCard(v, SHIOMINO, t, inspecting=True),
        "LastTry": s.LastTry(v, SHIOMINO, TokenKind.CARD, t),
        "LastTry (wrong)": s.LastTry(v, SHIOMINO, TokenKind.CARD, t, wrong=True),
        "Pin": s.Pin(v, SHIOMINO, TokenKind.CARD, 3, t),
        "Pin (phone, wrong)": s.Pin(v, SHIOMINO, TokenKind.PHONE, 2, t, wrong=True),
        "Pin (4 typed)": s.Pin(v, SHIOMINO, TokenKind.CARD, 3, t, typed=4, typed_at_s=START_S),
        "Pin (4 typed, last try)": s.Pin(
            v, SHIOMINO, TokenKind.CARD, 1, t, last_try_accepted=True, typed=4, typed_at_s=START_S
        ),
        "Verifying": s.Verifying(v, SHIOMINO, TokenKind.CARD, 3, False, t),
        "TakeCard": s.TakeCard(v, VERIFIED, t, START_S),
        "ReturningCard": s.ReturningCard(replace(v, deadline_s=None), t, START_S),
        "ChoosingKind": s.ChoosingKind(v, VERIFIED),
        "ChoosingKind (closed)": s.ChoosingKind(v, with_menu(replace(OFFER, closed_reason="maintenance"))),
        "ChoosingKind (nothing)": s.ChoosingKind(v, s.Verified(SHIOMINO, VisitOpened(Menu(())))),
        "ChoosingKind (plain)": s.ChoosingKind(v, with_menu(PLAIN_OFFER)),
        "ChoosingKind (all closed)": s.ChoosingKind(v, s.Verified(SHIOMINO, VisitOpened(all_closed()))),
        "ChoosingScope": s.ChoosingScope(v, VERIFIED, draft(ScopeKind.SELF)),
        "ChoosingMembers": s.ChoosingMembers(v, VERIFIED, draft()),
        "ChoosingMembers (none)": s.ChoosingMembers(v, VERIFIED, replace(draft(), members=())),
        "ChoosingMembers (one)": s.ChoosingMembers(v, VERIFIED, draft(ScopeKind.ONE, KOJIN)),
        "ChoosingScope (koseki)": s.ChoosingScope(v, VERIFIED, draft(ScopeKind.WHOLE, FUHYO)),
        "ChoosingScope (kojin)": s.ChoosingScope(v, VERIFIED, draft(ScopeKind.SELF, KOJIN_ALL)),
        "ChoosingYear": s.ChoosingYear(v, VERIFIED, draft(ScopeKind.SELF, KAZEI)),
        "ChoosingItems": s.ChoosingItems(v, VERIFIED, draft()),
        "ChoosingItems (koseki)": s.ChoosingItems(v, VERIFIED, draft(ScopeKind.WHOLE, FUHYO)),
        "ChoosingItems (My Number)": s.ChoosingItems(v, VERIFIED, replace(draft(), items=frozenset(RECORD_ITEMS))),
        "ChoosingCopies": s.ChoosingCopies(v, VERIFIED, draft()),
        "Confirming": s.Confirming(v, VERIFIED, draft()),
        "Confirming (My Number)": s.Confirming(v, VERIFIED, replace(draft(), items=frozenset(RECORD_ITEMS))),
        "Confirming (year)": s.Confirming(v, VERIFIED, draft(ScopeKind.SELF, KAZEI)),
        "Confirming (koseki)": s.Confirming(v, VERIFIED, draft(ScopeKind.ONE, KOJIN)),
        "Confirming (free)": s.Confirming(v, VERIFIED, draft(ScopeKind.SELF, RISAI)),
        "Confirming (plain)": s.Confirming(v, with_menu(PLAIN_OFFER), draft(ScopeKind.SELF, PLAIN_OFFER)),
        "Preparing": s.Preparing(v, VERIFIED, order(), t),
        "CheckingDevices": s.CheckingDevices(v, VERIFIED, order(), issued(), t),
        "Paying": s.Paying(v, VERIFIED, issued(), t, 100),
        "Cancelling": s.Cancelling(v, VERIFIED, issued(), t, 100),
        "Printing (1 of 2)": s.Printing(replace(v, deadline_s=None), VERIFIED, issued(), Paid(600), t),
        "Printing (2 of 2)": s.Printing(replace(v, deadline_s=None), VERIFIED, issued(), Paid(600), t, one_done),
        "Printing (no payment)": s.Printing(replace(v, deadline_s=None), VERIFIED, issued(), s.NoPaymentHere(), t),
        "Refunding": s.Refunding(v, TRANSACTION, Paid(600), 600, ends(), "PRINT-04", False, t),
        "Refunding (stops)": s.Refunding(v, TRANSACTION, Paid(600), 600, ends(), "DOC-01", True, t),
        "Collect": s.Collect(v, VERIFIED, outcome()),
        "Another": s.Another(v, VERIFIED),
        "Message": s.Message(v, "PRINT-02", s.CardPlace.AWAY, s.MoneyPlace.NONE_TAKEN),
        "Message (card)": s.Message(v, "REFUSED-01", s.CardPlace.LYING, s.MoneyPlace.NONE_TAKEN, t, "AB12CD"),
        "Message (again)": s.Message(v, "PAY-04", s.CardPlace.AWAY, s.MoneyPlace.RETURNED, resume=VERIFIED),
        "Message (stops)": s.Message(v, "DOC-01", s.CardPlace.AWAY, s.MoneyPlace.RETURNED, stops=True),
        "CallingStaff": s.CallingStaff(v, s.CaseNumber("0F1E2D3C"), "PAY-05"),
        "CallingStaff (stops)": s.CallingStaff(v, s.CaseNumber("0F1E2D3C"), "DOC-02", stops=True),
    }
    return found


def with_menu(offer: Offer) -> s.Verified:
    return s.Verified(SHIOMINO, VisitOpened(Menu((offer,))))


def all_closed() -> Menu:
    """Close every kind, with every reason there is and one that nobody foresaw."""
    kinds = (CertificateKind.INKAN, CertificateKind.KAZEI, CertificateKind.RISAI)
    reasons = sorted(CLOSED_REASONS | {"a word of a later version"})
    closed = [replace(INKAN, closed_reason=reason) for reason in reasons]
    return Menu((*closed, *(replace(INKAN, kind=kind, closed_reason="no_record") for kind in kinds)))


def messages(language: Language = JAPANESE) -> list[s.State]:
    """Give a message and a call for staff with every code, card and money place there is, and one unforeseen code."""
    v = session(language)
    found: list[s.State] = []
    for code in (*TONES, "NEW-99"):
        found += [s.Message(v, code, card, money) for card in s.CardPlace for money in s.MoneyPlace]
        found.append(s.CallingStaff(v, s.CaseNumber("0F1E2D3C"), code))
        found.append(s.OutOfService(frozenset({code})))
    return found


STATE_TYPES: tuple[type[s.State], ...] = get_args(s.State)


def awaited(state: s.State) -> Ticket | None:
    """Give the ticket of the one question that a state awaits the answer of."""
    match state:
        case s.LastTry() | s.Pin() | s.Message():
            return state.watch
        case (
            s.ChoosingMunicipality()
            | s.PlaceCard()
            | s.Verifying()
            | s.TakeCard()
            | s.ReturningCard()
            | s.Preparing()
            | s.CheckingDevices()
            | s.Paying()
            | s.Cancelling()
            | s.Printing()
            | s.Refunding()
        ):
            return state.ticket
        case _:
            return None
