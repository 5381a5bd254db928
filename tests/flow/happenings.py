"""Every kind of event with every kind of outcome, as it would come to a given state."""

from datetime import datetime

from kiosk.domain.certificates import CertificateKind, ScopeKind, SerialNumber
from kiosk.domain.hours import JST
from kiosk.flow import events as ev
from kiosk.flow import states as s
from kiosk.flow.screen_model import JAPANESE, Button, Touch
from kiosk.flow.session import Ticket, VisitKey
from kiosk.ports.card import (
    CardFault,
    CardRemoved,
    Inspection,
    NoAuthenticationCertificate,
    NotAMyNumberCard,
    OldResidentCard,
    PinBlocked,
    ReaderUnavailable,
    ReadyForPin,
    TokenKind,
    WrongPin,
)
from kiosk.ports.center import CenterUnavailable, DocumentMismatch, RefusalReason, Refused
from kiosk.ports.clock import Instant
from kiosk.ports.payment import (
    NotCharged,
    Paid,
    PaymentCancelled,
    PaymentOutcome,
    PaymentUnavailable,
    PaymentUnknown,
    Refunded,
    RefundOutcome,
)
from kiosk.ports.printer import Printed, PrinterReady, PrinterUnavailable, PrintFailed, PrintUnknown
from tests.flow import samples as m

Happening = tuple[str, ev.Event, Instant]

NEW_YEAR = datetime(2026, 12, 31, 12, 0, tzinfo=JST)
REFUSED = Refused(RefusalReason.COUNTER_ONLY, "AB12CD")
CENTER = CenterUnavailable("CENTER-01")
INSPECTIONS: dict[str, Inspection] = {
    "3 tries": ReadyForPin(TokenKind.CARD, 3),
    "1 try": ReadyForPin(TokenKind.CARD, 1),
    "0 tries": ReadyForPin(TokenKind.CARD, 0),
    "blocked": PinBlocked(),
    "no certificate": NoAuthenticationCertificate(),
    "other card": NotAMyNumberCard(),
    "old card": OldResidentCard(),
    "removed": CardRemoved(),
    "fault": CardFault("select", 0x6F00),
    "reader away": ReaderUnavailable("CARD-02"),
}
AUTHENTICATIONS: dict[str, ev.AuthenticationOutcome] = {
    "opened": m.OPENED,
    "wrong, 2 left": WrongPin(2),
    "wrong, 1 left": WrongPin(1),
    "wrong, 0 left": WrongPin(0),
    "blocked": PinBlocked(),
    "no certificate": NoAuthenticationCertificate(),
    "other card": NotAMyNumberCard(),
    "old card": OldResidentCard(),
    "removed": CardRemoved(),
    "fault": CardFault("sign", 0x6F00),
    "reader away": ReaderUnavailable("CARD-02"),
    "incomplete": ev.PinIncomplete(),
    "refused": REFUSED,
    "center away": CENTER,
}
ORDERS: dict[str, ev.OrderAnswer] = {
    "issued": m.issued(),
    "issued, a copy too few": m.issued(1),
    "refused": REFUSED,
    "mismatch": DocumentMismatch("digest", m.TRANSACTION),
    "center away": CENTER,
}
PAYMENTS: dict[str, PaymentOutcome] = {
    "paid": Paid(600),
    "paid too little": Paid(500),
    "cancelled": PaymentCancelled(),
    "unavailable": PaymentUnavailable("PAY-02"),
    "unknown": PaymentUnknown(500),
}
PRINTS: dict[str, Printed | PrintFailed | PrintUnknown | DocumentMismatch] = {
    "printed": Printed(1),
    "failed, none out": PrintFailed("PRINT-04", 0),
    "failed, 1 out": PrintFailed("PRINT-04", 1),
    "unknown": PrintUnknown(0),
    "mismatch": DocumentMismatch("subject", m.TRANSACTION),
}
REFUNDS: dict[str, RefundOutcome] = {
    "refunded": Refunded(600),
    "refunded in part": Refunded(100),
    "not charged": NotCharged(),
    "unknown": PaymentUnknown(0),
    "unavailable": PaymentUnavailable("PAY-01"),
}
ARGUMENTS = {
    Button.LANGUAGE: "en",
    Button.MUNICIPALITY: m.SHIOMINO.code,
    Button.MEMBER: "m3",
    Button.YEAR: "2025",
    Button.ITEM: "my_number",
    Button.DIGIT: "7",
}


def current_serial(state: s.State) -> SerialNumber:
    """Give the serial in the printer; some other one where nothing is printed."""
    if isinstance(state, s.Printing):
        return state.issued.documents[len(state.done)].serial
    return m.document(9).serial


def touches() -> list[tuple[str, Touch]]:
    """Give every button once, every kind and scope, and unknown arguments too."""
    found = [
        (button.value, Touch(button, ARGUMENTS.get(button, "")))
        for button in Button
        if button not in {Button.KIND, Button.SCOPE}
    ]
    found += [(f"kind {kind.value}", Touch(Button.KIND, kind.value)) for kind in CertificateKind]
    found += [(f"scope {scope.value}", Touch(Button.SCOPE, scope.value)) for scope in ScopeKind]
    found.append(("member of the family", Touch(Button.MEMBER, "k1")))
    found += [
        (f"{button.value}, unknown", Touch(button, "elsewhere"))
        for button in (
            Button.LANGUAGE,
            Button.MUNICIPALITY,
            Button.KIND,
            Button.SCOPE,
            Button.MEMBER,
            Button.YEAR,
            Button.ITEM,
        )
    ]
    return found


def answers(ticket: Ticket, serial: SerialNumber) -> list[tuple[str, ev.Event]]:
    """Give every answer and every piece of news that can come under a ticket."""
    found: list[tuple[str, ev.Event]] = [
        ("MunicipalitiesListed", ev.MunicipalitiesListed(ticket, (m.SHIOMINO,))),
        ("MunicipalitiesListed: center away", ev.MunicipalitiesListed(ticket, CENTER)),
        ("CardSeen", ev.CardSeen(ticket)),
        ("CardLifted", ev.CardLifted(ticket)),
        ("ReaderLost", ev.ReaderLost(ticket, ReaderUnavailable("CARD-02"))),
        ("DevicesChecked: ready", ev.DevicesChecked(ticket, PrinterReady(), None)),
        ("DevicesChecked: no paper", ev.DevicesChecked(ticket, PrinterUnavailable("PRINT-02"), None)),
        ("DevicesChecked: no change", ev.DevicesChecked(ticket, PrinterReady(), PaymentUnavailable("PAY-03"))),
        ("MoneyInserted", ev.MoneyInserted(ticket, 500)),
        ("SheetOut", ev.SheetOut(ticket, 1)),
        ("DocumentPrinted: other serial", ev.DocumentPrinted(ticket, m.document(99).serial, Printed(1))),
    ]
    found += [(f"CardInspected: {word}", ev.CardInspected(ticket, seen)) for word, seen in INSPECTIONS.items()]
    found += [(f"Authenticated: {word}", ev.Authenticated(ticket, said)) for word, said in AUTHENTICATIONS.items()]
    found += [(f"OrderAnswered: {word}", ev.OrderAnswered(ticket, said)) for word, said in ORDERS.items()]
    found += [(f"PaymentAnswered: {word}", ev.PaymentAnswered(ticket, said)) for word, said in PAYMENTS.items()]
    found += [(f"DocumentPrinted: {word}", ev.DocumentPrinted(ticket, serial, said)) for word, said in PRINTS.items()]
    found += [(f"RefundAnswered: {word}", ev.RefundAnswered(ticket, said)) for word, said in REFUNDS.items()]
    return found


def happenings(state: s.State, ticket: Ticket | None = None) -> list[Happening]:
    """Give everything that can happen to a state; `ticket` replaces the one that the state awaits."""
    question = ticket or m.awaited(state) or m.ticket(99)
    now = m.at()
    found: list[Happening] = [(f"touch {name}", ev.Touched(touch), now) for name, touch in touches()]
    found.append(("touch next, closed", ev.Touched(Touch(Button.NEXT)), m.at(wall=NEW_YEAR)))
    found += [(f"PinTyped: {count}", ev.PinTyped(count), now) for count in (0, 3, 4, 5)]
    found += [
        ("Started", ev.Started(VisitKey("b2" * 16), JAPANESE), now),
        ("Started, closed", ev.Started(VisitKey("b2" * 16), JAPANESE), m.at(wall=NEW_YEAR)),
        ("Tick", ev.Tick(), now),
        ("Tick: 30 s", ev.Tick(), m.at(30)),
        ("Tick: warning", ev.Tick(), m.at(65)),
        ("Tick: deadline", ev.Tick(), m.at(80)),
        ("DeviceFailed", ev.DeviceFailed("PRINT-01"), now),
        ("DeviceRecovered", ev.DeviceRecovered("PRINT-02"), now),
        ("Reopened", ev.Reopened(), now),
        ("Settled", ev.Settled(), now),
        ("Settled: stopped", ev.Settled((s.CaseNumber("0F1E2D3C"),), "DOC-01"), now),
    ]
    found += [(label, event, now) for label, event in answers(question, current_serial(state))]
    late = ev.DevicesChecked(question, PrinterReady(), None)
    found.append(("DevicesChecked: ready, closed", late, m.at(wall=NEW_YEAR)))
    return found
