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
from kiosk.domain.registration import Purpose, ReceptionNumber, RegistrationState
from kiosk.flow import states as s
from kiosk.flow.codes import TONES
from kiosk.flow.screen_model import JAPANESE, Language
from kiosk.flow.screens_choose import CLOSED_REASONS
from kiosk.flow.session import Session, Ticket, VisitKey
from kiosk.flow.settings import FlowSettings
from kiosk.ports.card import SignedApplication, TokenKind
from kiosk.ports.center import (
    CounterTicket,
    Document,
    DocumentFate,
    DocumentRole,
    Issued,
    MoneyFate,
    OrderOutcome,
    VisitOpened,
)
from kiosk.ports.clock import Instant
from kiosk.ports.payment import Paid

ENGLISH = Language("en")
KIOSK = FlowSettings()
COUNTER = FlowSettings(
    takes_payment=False,
    hands_over_here=False,
    trays=("tray-2", "tray-1"),
    telephone="000-000-0000",
)
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
FAMILY_KINDS = (CertificateKind.KOSEKI_ZENBU, CertificateKind.KOSEKI_KOJIN, CertificateKind.FUHYO)
OPENED = VisitOpened(MENU)
VERIFIED = s.Verified(SHIOMINO, OPENED)
ASKING_OPENED = VisitOpened(replace(MENU, asks_attributes=True))
"""At a counter whose office wants the card's own attributes too."""
ASKED = s.Verified(SHIOMINO, ASKING_OPENED)
SEAL_OPENED = VisitOpened(Menu((), seal_code="7K3PWX9D"))
CERTIFICATES = s.TakeCertificates(Purpose.RESIDENCE)
HONSEKI = s.TakeCertificates(Purpose.HONSEKI)
FORM = s.Form("そらみちょう5-12", "かくう　たろう", "000-1234-5678")
APPLY = s.Apply(FORM)
AIM = s.Aim(CERTIFICATES, SHIOMINO)
APPLYING = s.Aim(APPLY, SHIOMINO)
ASKING = s.Aim(s.AskState(), SHIOMINO)
SIGNED = SignedApplication(b"certificate", b"signature")
NUMBER = ReceptionNumber("AB12-CD34")
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


def counter_ticket(number: int = 23, due_yen: int = 600) -> CounterTicket:
    code = f"{number:032x}"
    return CounterTicket(number, "7K3P", code, "市民課", "1階 3番窓口の前", due_yen, "tray-2", "tray-1")


def at_counter(plain: Issued, number: int = 23) -> Issued:
    """Give an order as it comes at a counter: a number, and the copies between two papers."""
    first, last = (
        replace(document(copy, plain.transaction, plain.documents[0].kind), pages=1, role=role)
        for copy, role in ((90, DocumentRole.APPLICATION), (91, DocumentRole.RECEIPT))
    )
    return replace(plain, documents=(first, *plain.documents, last), ticket=counter_ticket(number, plain.total_yen))


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
        "OutOfService (case)": s.OutOfService(frozenset(), "DOC-01", (s.CaseNumber("0F1E2D3C"),)),
        "OutOfService (fault, stopped)": s.OutOfService(frozenset({"PRINT-02"}), "DOC-01"),
        "Service": s.Service(v),
        "Consent": s.Consent(v, CERTIFICATES),
        "Consent (apply)": s.Consent(v, s.Apply()),
        "Consent (state)": s.Consent(v, s.AskState()),
        "ChoosingMunicipality (waiting)": s.ChoosingMunicipality(v, CERTIFICATES, t),
        "ChoosingMunicipality (listed)": s.ChoosingMunicipality(v, CERTIFICATES, None, (SHIOMINO,)),
        "ChoosingMunicipality (honseki)": s.ChoosingMunicipality(v, HONSEKI, None, (SHIOMINO,)),
        "ChoosingMunicipality (apply)": s.ChoosingMunicipality(v, s.Apply(), None, (SHIOMINO,)),
        "ChoosingMunicipality (corrected)": s.ChoosingMunicipality(v, APPLY, None, (SHIOMINO,)),
        "PlaceCard": s.PlaceCard(v, AIM, t),
        "PlaceCard (lifted)": s.PlaceCard(v, AIM, t, lifted=True),
        "PlaceCard (inspecting)": s.PlaceCard(v, AIM, t, inspecting=True),
        "LastTry": s.LastTry(v, AIM, TokenKind.CARD, t),
        "LastTry (wrong)": s.LastTry(v, AIM, TokenKind.CARD, t, wrong=True),
        "Pin": s.Pin(v, AIM, TokenKind.CARD, 3, t),
        "Pin (phone, wrong)": s.Pin(v, AIM, TokenKind.PHONE, 2, t, wrong=True),
        "Pin (4 typed)": s.Pin(v, AIM, TokenKind.CARD, 3, t, typed=4, typed_at_s=START_S),
        "Pin (4 typed, last try)": s.Pin(
            v, AIM, TokenKind.CARD, 1, t, last_try_accepted=True, typed=4, typed_at_s=START_S
        ),
        "Verifying": s.Verifying(v, AIM, TokenKind.CARD, 3, False, t),
        "PlaceCard (apply)": s.PlaceCard(v, APPLYING, t),
        "Verifying (apply)": s.Verifying(v, APPLYING, TokenKind.CARD, 3, False, t),
        "TakeCard": s.TakeCard(v, VERIFIED, CERTIFICATES, t, START_S),
        "TakeCard (state)": s.TakeCard(v, VERIFIED, s.AskState(), t, START_S),
        "ReturningCard": s.ReturningCard(replace(v, deadline_s=None), t, START_S),
        "ChoosingKind": s.ChoosingKind(v, VERIFIED),
        "ChoosingKind (closed)": s.ChoosingKind(v, with_menu(replace(OFFER, closed_reason="maintenance"))),
        "ChoosingKind (nothing)": s.ChoosingKind(v, s.Verified(SHIOMINO, VisitOpened(Menu(())))),
        "ChoosingKind (plain)": s.ChoosingKind(v, with_menu(PLAIN_OFFER)),
        "ChoosingKind (all closed)": s.ChoosingKind(v, s.Verified(SHIOMINO, VisitOpened(all_closed()))),
        "ChoosingKind (not registered)": s.ChoosingKind(v, registration(RegistrationState.NONE)),
        "ChoosingKind (rejected)": s.ChoosingKind(v, registration(RegistrationState.REJECTED)),
        "ChoosingKind (pending)": s.ChoosingKind(v, registration(RegistrationState.REVIEWING)),
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
        "Paying (exact only)": s.Paying(v, VERIFIED, issued(), t, 100, exact_only=True),
        "Cancelling": s.Cancelling(v, VERIFIED, issued(), t, 100),
        "Printing (1 of 2)": s.Printing(replace(v, deadline_s=None), VERIFIED, issued(), Paid(600), t),
        "Printing (2 of 2)": s.Printing(replace(v, deadline_s=None), VERIFIED, issued(), Paid(600), t, one_done),
        "Printing (no payment)": s.Printing(replace(v, deadline_s=None), VERIFIED, issued(), s.NoPaymentHere(), t),
        "Refunding": s.Refunding(v, TRANSACTION, Paid(600), 600, ends(), "PRINT-04", False, t),
        "Refunding (stops)": s.Refunding(v, TRANSACTION, Paid(600), 600, ends(), "DOC-01", True, t),
        "Collect": s.Collect(v, VERIFIED, outcome()),
        "Collect (receipt coming)": s.Collect(
            v, VERIFIED, outcome(), s.ReceiptPlace.COMING, t, kind=CertificateKind.JUMINHYO
        ),
        "Collect (change)": s.Collect(
            v, VERIFIED, outcome(), s.ReceiptPlace.OUT, change_yen=400, kind=CertificateKind.JUMINHYO
        ),
        "Collect (no receipt)": s.Collect(
            v, VERIFIED, outcome(), s.ReceiptPlace.MISSING, kind=CertificateKind.JUMINHYO
        ),
        "Collect (no receipt, change)": s.Collect(v, VERIFIED, outcome(), s.ReceiptPlace.MISSING, change_yen=400),
        "Another": s.Another(v, VERIFIED),
        "Message": s.Message(v, "PRINT-02", s.CardPlace.AWAY, s.MoneyPlace.NONE_TAKEN),
        "Message (card)": s.Message(v, "REFUSED-01", s.CardPlace.LYING, s.MoneyPlace.NONE_TAKEN, t, "AB12CD"),
        "Message (again)": s.Message(v, "PAY-04", s.CardPlace.AWAY, s.MoneyPlace.RETURNED, resume=VERIFIED),
        "Message (stops)": s.Message(v, "DOC-01", s.CardPlace.AWAY, s.MoneyPlace.RETURNED, stops=True),
        "CallingStaff": s.CallingStaff(v, s.CaseNumber("0F1E2D3C"), "PAY-05"),
        "CallingStaff (stops)": s.CallingStaff(v, s.CaseNumber("0F1E2D3C"), "DOC-02", stops=True),
    }
    return found | of_application(v, t) | of_counter(v, t) | of_attributes(v, t)


def of_counter(v: Session, t: Ticket) -> dict[str, s.State]:
    """Give samples of the states that a counter has."""
    number = counter_ticket()
    given = s.Numbered(v, VERIFIED, order(), number, t, ticket(5))
    return {
        "ChoosingMunicipality (seal)": s.ChoosingMunicipality(v, s.UseSealCard(), None, (SHIOMINO,)),
        "CheckingTrays": s.CheckingTrays(v, VERIFIED, order(), t),
        "CheckingTrays (again)": s.CheckingTrays(v, VERIFIED, order(), t, number),
        "Preparing (again)": s.Preparing(v, VERIFIED, order(), t, number),
        "CheckingDevices (counter)": s.CheckingDevices(v, VERIFIED, order(), at_counter(issued()), t),
        "CheckingDevices (again)": s.CheckingDevices(v, VERIFIED, order(), at_counter(issued()), t, number),
        "Numbered": given,
        "Numbered (unslipped)": replace(given, slip=None, unslipped=True),
        "Numbered (out)": replace(given, slip=None, papers=None),
        "Numbered (repeated)": replace(given, slip=None, repeated=True),
        "Numbered (trouble)": replace(given, slip=None, papers=None, repeated=True, trouble="PRINT-04"),
        "TakeCard (seal)": s.TakeCard(v, s.Verified(SHIOMINO, SEAL_OPENED), s.UseSealCard(), t, START_S),
        "TakeCard (no seal)": s.TakeCard(v, VERIFIED, s.UseSealCard(), t, START_S),
        "SealCode": s.SealCode(v, "7K3PWX9D"),
    }


def of_attributes(v: Session, t: Ticket) -> dict[str, s.State]:
    """Give samples of the second reading of the card, at a counter that asks for it."""
    pad = s.AttributesPin(v, ASKED, draft(), 3, t)
    unread = s.Unread(v, ASKED, draft(), "CARD-16", s.CardPlace.LYING, t)
    return {
        "ChoosingKind (asks, plain)": s.ChoosingKind(
            v, s.Verified(SHIOMINO, VisitOpened(Menu((PLAIN_OFFER,), asks_attributes=True)))
        ),
        "ChoosingCopies (asks)": s.ChoosingCopies(v, ASKED, draft()),
        "ChoosingCopies (answered)": s.ChoosingCopies(v, replace(ASKED, card_answered=True), draft()),
        "CardAgain": s.CardAgain(v, ASKED, draft(), t),
        "CardAgain (lifted)": s.CardAgain(v, ASKED, draft(), t, lifted=True),
        "CardAgain (inspecting)": s.CardAgain(v, ASKED, draft(), t, inspecting=True),
        "AttributesPin": pad,
        "AttributesPin (wrong)": replace(pad, tries_left=2, wrong=True),
        "AttributesPin (4 typed)": replace(pad, typed=4, typed_at_s=START_S),
        "ReadingAttributes": s.ReadingAttributes(v, ASKED, draft(), 3, t),
        "Unread": unread,
        "Unread (another card)": replace(unread, code="CARD-10"),
        "Unread (no card)": replace(unread, card=s.CardPlace.AWAY, watch=None),
        "Unread (reader away)": replace(unread, code="CARD-02", card=s.CardPlace.UNSEEN, watch=None),
        "TakeCard (attributes)": s.TakeCard(v, ASKED, CERTIFICATES, t, START_S, draft=draft()),
    }


def of_application(v: Session, t: Ticket) -> dict[str, s.State]:
    """Give samples of the application for 利用登録, and of what is told of one."""
    unregistered = registration(RegistrationState.NONE)
    found: dict[str, s.State] = {
        "Writing": s.Writing(v, SHIOMINO, s.Form(), s.Line.HONSEKI),
        "Writing (honseki written)": s.Writing(v, SHIOMINO, replace(FORM, hittosha="", telephone=""), s.Line.HONSEKI),
        "Writing (hittosha)": s.Writing(v, SHIOMINO, s.Form(FORM.honseki), s.Line.HITTOSHA),
        "Writing (hittosha written)": s.Writing(v, SHIOMINO, replace(FORM, telephone=""), s.Line.HITTOSHA),
        "Writing (telephone)": s.Writing(v, SHIOMINO, replace(FORM, telephone=""), s.Line.TELEPHONE),
        "Writing (telephone written)": s.Writing(v, SHIOMINO, FORM, s.Line.TELEPHONE),
        "Writing (correcting)": s.Writing(v, SHIOMINO, FORM, s.Line.HITTOSHA, before=FORM),
        "CheckingForm": s.CheckingForm(v, SHIOMINO, FORM),
        "InspectingSignature": s.InspectingSignature(v, unregistered, FORM, t),
        "LastPassword": s.LastPassword(v, unregistered, FORM, t),
        "LastPassword (wrong)": s.LastPassword(v, unregistered, FORM, t, wrong=True),
        "Password": s.Password(v, unregistered, FORM, 5, t),
        "Password (wrong)": s.Password(v, unregistered, FORM, 4, t, wrong=True),
        "Password (6 typed)": s.Password(v, unregistered, FORM, 5, t, typed=6, typed_at_s=START_S),
        "Password (6 typed, last try)": s.Password(
            v, unregistered, FORM, 1, t, last_try_accepted=True, typed=6, typed_at_s=START_S
        ),
        "Signing": s.Signing(v, unregistered, FORM, 5, False, t),
        "Applying": s.Applying(v, unregistered, FORM.application(), SIGNED, t),
        "Unsent": s.Unsent(v, unregistered, FORM.application(), SIGNED, "CENTER-01", t),
        "Unsent (card gone)": s.Unsent(v, unregistered, FORM.application(), SIGNED, "CENTER-02", None),
        "Applied": s.Applied(v, SHIOMINO, NUMBER, t, START_S),
        "Reception": s.Reception(v, SHIOMINO, NUMBER),
    }
    return found | {
        f"Told ({state and state.value})": s.Told(v, SHIOMINO, state) for state in (None, *RegistrationState)
    }


def registration(state: RegistrationState | None) -> s.Verified:
    """Give a visit of the 本籍地 with a 利用登録 in a state: only a registered one has certificates to choose from."""
    if state is None or state is RegistrationState.REGISTERED:
        return s.Verified(SHIOMINO, VisitOpened(replace(MENU, registration=state)))
    reason = "not_registered" if state.may_apply else "pending_registration"
    offers = tuple(replace(offer, closed_reason=reason) for offer in MENU.offers if offer.kind in FAMILY_KINDS)
    return s.Verified(SHIOMINO, VisitOpened(Menu(offers, state)))


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


def all_awaited(state: s.State) -> tuple[Ticket, ...]:
    """Give the tickets of every question that a state awaits the answer of; a number given awaits slip and papers."""
    several = (state.slip, state.papers) if isinstance(state, s.Numbered) else (awaited(state),)
    return tuple(ticket for ticket in several if ticket is not None)


def awaited(state: s.State) -> Ticket | None:
    """Give the ticket of the one question that a state awaits the answer of, the papers before the slip."""
    match state:
        case s.LastTry() | s.Pin() | s.Message() | s.LastPassword() | s.Password() | s.Unsent():
            return state.watch
        case s.AttributesPin() | s.Unread():
            return state.watch
        case (
            s.ChoosingMunicipality()
            | s.PlaceCard()
            | s.Verifying()
            | s.TakeCard()
            | s.ReturningCard()
            | s.CheckingTrays()
            | s.Preparing()
            | s.CheckingDevices()
            | s.Paying()
            | s.Cancelling()
            | s.Printing()
            | s.Refunding()
            | s.InspectingSignature()
            | s.Signing()
            | s.Applying()
            | s.Applied()
            | s.CardAgain()
            | s.ReadingAttributes()
        ):
            return state.ticket
        case s.Numbered():
            return state.papers or state.slip
        case s.Collect():
            return state.slip
        case _:
            return None


def settings_of(label: str) -> FlowSettings:
    """Give the settings of the machine that a sample belongs to."""
    theirs = of_counter(session(), ticket()) | of_attributes(session(), ticket())
    return COUNTER if label in theirs else KIOSK
