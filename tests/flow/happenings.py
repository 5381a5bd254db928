"""Every kind of event with every kind of outcome, as it would come to a given state."""

from dataclasses import replace
from datetime import datetime

from kiosk.domain.certificates import CertificateKind, ScopeKind, SerialNumber
from kiosk.domain.hours import JST
from kiosk.domain.registration import RegistrationState
from kiosk.flow import events as ev
from kiosk.flow import states as s
from kiosk.flow.screen_model import JAPANESE, Button, Touch
from kiosk.flow.session import Ticket, VisitKey
from kiosk.ports.attributes import (
    AnotherCard,
    AttributesBlocked,
    NoAttributes,
    ReadyForAttributes,
    WrongAttributesPin,
)
from kiosk.ports.card import (
    AttributesInspection,
    CardFault,
    CardRemoved,
    Inspection,
    NoAuthenticationCertificate,
    NoSignatureCertificate,
    NotAMyNumberCard,
    OldResidentCard,
    PasswordBlocked,
    PinBlocked,
    ReaderUnavailable,
    ReadyForPassword,
    ReadyForPin,
    SignatureInspection,
    TokenKind,
    WrongPassword,
    WrongPin,
)
from kiosk.ports.center import (
    ApplicationReceived,
    AttributesTold,
    CenterUnavailable,
    DocumentMismatch,
    Issued,
    RefusalReason,
    Refused,
)
from kiosk.ports.clock import Instant
from kiosk.ports.payment import (
    ChangeAdvice,
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
from kiosk.ports.slips import SlipFailed, SlipOutcome, SlipPrinted, SlipPrinterUnavailable, SlipUnknown
from tests.flow import samples as m

Happening = tuple[str, ev.Event, Instant]

NEW_YEAR = datetime(2026, 12, 31, 12, 0, tzinfo=JST)
REFUSED = Refused(RefusalReason.COUNTER_ONLY, "AB12CD")
CENTER = CenterUnavailable("CENTER-01")
NO_ROLL = SlipPrinterUnavailable("SLIP-02")
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
    "opened, for the seal": m.SEAL_OPENED,
    "opened, not registered": m.registration(RegistrationState.NONE).opened,
    "opened, rejected": m.registration(RegistrationState.REJECTED).opened,
    "opened, pending": m.registration(RegistrationState.RECEIVED).opened,
    "opened, registered": m.registration(RegistrationState.REGISTERED).opened,
}
SIGNATURE_INSPECTIONS: dict[str, SignatureInspection] = {
    "5 tries": ReadyForPassword(5),
    "1 try": ReadyForPassword(1),
    "0 tries": ReadyForPassword(0),
    "blocked": PasswordBlocked(),
    "no certificate": NoSignatureCertificate(),
    "other card": NotAMyNumberCard(),
    "old card": OldResidentCard(),
    "removed": CardRemoved(),
    "fault": CardFault("select", 0x6F00),
    "reader away": ReaderUnavailable("CARD-02"),
}
SIGNINGS: dict[str, ev.SigningOutcome] = {
    "signed": m.SIGNED,
    "wrong, 4 left": WrongPassword(4),
    "wrong, 1 left": WrongPassword(1),
    "wrong, 0 left": WrongPassword(0),
    "blocked": PasswordBlocked(),
    "no certificate": NoSignatureCertificate(),
    "other card": NotAMyNumberCard(),
    "old card": OldResidentCard(),
    "removed": CardRemoved(),
    "fault": CardFault("sign", 0x6F00),
    "reader away": ReaderUnavailable("CARD-02"),
    "incomplete": ev.PasswordIncomplete(),
    "visit gone": ev.VisitGone(),
}
APPLICATIONS: dict[str, ApplicationReceived | Refused | CenterUnavailable] = {
    "received": ApplicationReceived(m.NUMBER),
    "refused": Refused(RefusalReason.ALREADY_APPLIED),
    "center away": CENTER,
}
ATTRIBUTES_INSPECTIONS: dict[str, AttributesInspection | ev.VisitGone] = {
    "3 tries": ReadyForAttributes(3),
    "1 try": ReadyForAttributes(1),
    "0 tries": ReadyForAttributes(0),
    "blocked": AttributesBlocked(),
    "not there": NoAttributes(),
    "another card": AnotherCard(),
    "other card": NotAMyNumberCard(),
    "old card": OldResidentCard(),
    "removed": CardRemoved(),
    "fault": CardFault("select", 0x6F00),
    "reader away": ReaderUnavailable("CARD-02"),
    "visit gone": ev.VisitGone(),
}
ATTRIBUTES_ANSWERS: dict[str, ev.AttributesOutcome] = {
    "told": AttributesTold(),
    "wrong, 2 left": WrongAttributesPin(2),
    "wrong, 1 left": WrongAttributesPin(1),
    "wrong, 0 left": WrongAttributesPin(0),
    "blocked": AttributesBlocked(),
    "not there": NoAttributes(),
    "another card": AnotherCard(),
    "other card": NotAMyNumberCard(),
    "old card": OldResidentCard(),
    "removed": CardRemoved(),
    "fault": CardFault("parse attributes", 0),
    "reader away": ReaderUnavailable("CARD-02"),
    "incomplete": ev.PinIncomplete(),
    "visit gone": ev.VisitGone(),
    "refused": Refused(RefusalReason.NOT_OFFERED),
    "center away": CENTER,
}


def other_trays() -> Issued:
    """Give an order of an office that means other trays than this terminal knows."""
    issued = m.at_counter(m.issued())
    assert issued.ticket is not None
    return replace(issued, ticket=replace(issued.ticket, security_tray="tray-1"))


def without_receipt() -> Issued:
    issued = m.at_counter(m.issued())
    return replace(issued, documents=issued.documents[:-1])


ORDERS: dict[str, ev.OrderAnswer] = {
    "issued": m.issued(),
    "issued, a copy too few": m.issued(1),
    "issued at a counter": m.at_counter(m.issued()),
    "issued at a counter, other trays": other_trays(),
    "issued at a counter, one paper missing": without_receipt(),
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
SLIPS: dict[str, SlipOutcome] = {
    "printed": SlipPrinted(),
    "failed": SlipFailed("SLIP-02"),
    "unknown": SlipUnknown(),
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
    Button.CHARACTER: "1",
    Button.CORRECT: "hittosha",
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
    found += [(f"correct {name}", Touch(Button.CORRECT, name)) for name in ("municipality", "honseki", "telephone")]
    found += [(f"character {key}", Touch(Button.CHARACTER, key)) for key in ("か", "゛")]
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
            Button.CHARACTER,
            Button.CORRECT,
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
        ("DevicesChecked: exact only", ev.DevicesChecked(ticket, PrinterReady(), None, None, ChangeAdvice.EXACT_ONLY)),
        ("DevicesChecked: nothing fits", ev.DevicesChecked(ticket, PrinterReady(), None, None, ChangeAdvice.NONE)),
        ("DevicesChecked: no receipts", ev.DevicesChecked(ticket, PrinterReady(), None, NO_ROLL)),
        ("MoneyInserted", ev.MoneyInserted(ticket, 500)),
        ("SheetOut", ev.SheetOut(ticket, 1)),
        ("DocumentPrinted: other serial", ev.DocumentPrinted(ticket, m.document(99).serial, Printed(1))),
    ]
    found += [(f"CardInspected: {word}", ev.CardInspected(ticket, seen)) for word, seen in INSPECTIONS.items()]
    found += [(f"Authenticated: {word}", ev.Authenticated(ticket, said)) for word, said in AUTHENTICATIONS.items()]
    found += [
        (f"SignatureInspected: {word}", ev.SignatureInspected(ticket, seen))
        for word, seen in SIGNATURE_INSPECTIONS.items()
    ]
    found += [(f"ApplicationSigned: {word}", ev.ApplicationSigned(ticket, said)) for word, said in SIGNINGS.items()]
    found += [
        (f"ApplicationAnswered: {word}", ev.ApplicationAnswered(ticket, said)) for word, said in APPLICATIONS.items()
    ]
    found += [
        (f"AttributesInspected: {word}", ev.AttributesInspected(ticket, seen))
        for word, seen in ATTRIBUTES_INSPECTIONS.items()
    ]
    found += [
        (f"AttributesAnswered: {word}", ev.AttributesAnswered(ticket, said))
        for word, said in ATTRIBUTES_ANSWERS.items()
    ]
    found += [(f"OrderAnswered: {word}", ev.OrderAnswered(ticket, said)) for word, said in ORDERS.items()]
    found += [(f"PaymentAnswered: {word}", ev.PaymentAnswered(ticket, said)) for word, said in PAYMENTS.items()]
    found += [(f"DocumentPrinted: {word}", ev.DocumentPrinted(ticket, serial, said)) for word, said in PRINTS.items()]
    found += [(f"SetPrinted: {word}", ev.SetPrinted(ticket, said)) for word, said in PRINTS.items()]
    found += [(f"SlipAnswered: {word}", ev.SlipAnswered(ticket, said)) for word, said in SLIPS.items()]
    found += [(f"RefundAnswered: {word}", ev.RefundAnswered(ticket, said)) for word, said in REFUNDS.items()]
    return found


def happenings(state: s.State, ticket: Ticket | None = None) -> list[Happening]:
    """Give everything that can happen to a state; `ticket` replaces the one that the state awaits."""
    question = ticket or m.awaited(state) or m.ticket(99)
    now = m.at()
    found: list[Happening] = [(f"touch {name}", ev.Touched(touch), now) for name, touch in touches()]
    found.append(("touch next, closed", ev.Touched(Touch(Button.NEXT)), m.at(wall=NEW_YEAR)))
    found += [(f"PinTyped: {count}", ev.PinTyped(count), now) for count in (0, 3, 4, 5)]
    found += [(f"PasswordTyped: {count}", ev.PasswordTyped(count), now) for count in (0, 5, 6, 17)]
    found += [
        ("Started", ev.Started(VisitKey("b2" * 16), JAPANESE), now),
        ("Started, closed", ev.Started(VisitKey("b2" * 16), JAPANESE), m.at(wall=NEW_YEAR)),
        ("Tick", ev.Tick(), now),
        ("Tick: 30 s", ev.Tick(), m.at(30)),
        ("Tick: 60 s", ev.Tick(), m.at(60)),
        ("Tick: warning", ev.Tick(), m.at(65)),
        ("Tick: deadline", ev.Tick(), m.at(80)),
        ("DeviceFailed", ev.DeviceFailed("PRINT-01"), now),
        ("DeviceRecovered", ev.DeviceRecovered("PRINT-02"), now),
        ("Reopened", ev.Reopened(), now),
        ("Settled", ev.Settled(), now),
        (
            "Settled: stopped",
            ev.Settled((ev.SettledCase(m.TRANSACTION, s.CaseNumber("0F1E2D3C"), None),), "DOC-01"),
            now,
        ),
    ]
    found += [(label, event, now) for label, event in answers(question, current_serial(state))]
    if ticket is None and isinstance(state, s.Numbered) and state.papers is not None and state.slip is not None:
        found += [(f"SlipAnswered: {word}", ev.SlipAnswered(state.slip, said), now) for word, said in SLIPS.items()]
    late = ev.DevicesChecked(question, PrinterReady(), None)
    found.append(("DevicesChecked: ready, closed", late, m.at(wall=NEW_YEAR)))
    return found
