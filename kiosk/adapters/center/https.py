"""The issuing center as the kiosk's port, spoken over HTTPS: visits, orders, outcome reports.

Every check that binds a document to this visit stands in `_checked`; transaction and digest are checked once more
immediately before the first sheet.
"""

import hashlib
from datetime import UTC

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec

from issuing_center import wire
from kiosk.adapters.center.http import CenterHttp, Problem
from kiosk.adapters.center.sealing import NotForThisVisitError, VisitKey, seal_to_center, signed_by_center
from kiosk.domain.certificates import (
    CertificateKind,
    IdempotencyKey,
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
from kiosk.domain.registration import Purpose, ReceptionNumber, RegistrationState, UseApplication
from kiosk.ports.attributes import CardAttributes
from kiosk.ports.center import (
    ApplicationReceived,
    AttributesTold,
    CenterUnavailable,
    CounterTicket,
    Document,
    DocumentMismatch,
    DocumentRole,
    Issued,
    OrderOutcome,
    OrderState,
    PrinterCondition,
    RefusalReason,
    Refused,
    Reported,
    ReportRejected,
    VisitOpened,
)
from kiosk.ports.clock import Clock


class HttpsIssuingCenter:
    """The center at the other end of one kiosk's connection."""

    def __init__(
        self,
        http: CenterHttp,
        document_key: ec.EllipticCurvePublicKey,
        device_key: ec.EllipticCurvePrivateKey,
        clock: Clock,
    ) -> None:
        """Take the connection, the key that signs documents, this kiosk's own key, and the clock for statements."""
        self._http = http
        self._document_key = document_key
        self._device_key = device_key
        self._clock = clock

    def municipalities(self) -> tuple[Municipality, ...] | CenterUnavailable:
        """List the municipalities that issue here."""
        answer = self._http.get("/municipalities", wire.Municipalities)
        if isinstance(answer, Refused | Problem):
            return CenterUnavailable("CENTER-03")
        if isinstance(answer, CenterUnavailable):
            return answer
        return tuple(
            Municipality(
                MunicipalityCode(m.code),
                m.prefecture,
                m.name,
                m.kana,
                m.name_en,
                None if m.application is None else m.application.value,
            )
            for m in answer.municipalities
        )

    def begin_visit(
        self, municipality: MunicipalityCode, purpose: Purpose = Purpose.RESIDENCE
    ) -> "HttpsVisitChannel | Refused | CenterUnavailable":
        """Get a nonce and make this visit's key."""
        request = wire.VisitRequest(municipality=municipality, purpose=wire.Purpose(purpose.value))
        answer = self._http.post("/visits", request, wire.VisitChallenge)
        if isinstance(answer, Problem):
            return CenterUnavailable("CENTER-03")
        if isinstance(answer, Refused | CenterUnavailable):
            return answer
        return HttpsVisitChannel(self._http, self._document_key, self._clock, answer, municipality)

    def report(self, outcome: OrderOutcome) -> Reported | ReportRejected | CenterUnavailable:
        """Report what became of an order, signed by this kiosk's device key."""
        body = wire.encode(
            wire.Outcome(
                txn=outcome.transaction,
                money=wire.Money(outcome.money.value),
                received_yen=outcome.received_yen,
                documents=[
                    wire.DocumentOutcome(serial=serial, fate=wire.Fate(fate.value), sheets=sheets)
                    for serial, fate, sheets in outcome.documents
                ],
                case=outcome.case,
            )
        )
        signature = self._device_key.sign(wire.outcome_statement(body), ec.ECDSA(hashes.SHA256()))
        message = wire.SignedOutcome(outcome=body, signature=signature)
        match self._http.send("POST", f"/orders/{outcome.transaction}/outcome", message):
            case None:
                return Reported()
            case CenterUnavailable() as away:
                return away
            case _:
                return ReportRejected()

    def tell_status(
        self, municipality: MunicipalityCode, printer: PrinterCondition, slips: PrinterCondition
    ) -> Reported | ReportRejected | CenterUnavailable:
        """Tell the clerks how this counter terminal's printers are."""
        status = wire.CounterStatus(
            municipality=municipality,
            printer=wire.PrinterCondition(printer.value),
            slips=wire.PrinterCondition(slips.value),
        )
        match self._http.send("POST", "/counter/status", status):
            case None:
                return Reported()
            case CenterUnavailable() as away:
                return away
            case _:
                return ReportRejected()

    def order_state(self, transaction: TransactionId) -> OrderState | CenterUnavailable:
        """Ask for an order's state."""
        answer = self._http.get(f"/orders/{transaction}", wire.OrderStatus)
        match answer:
            case wire.OrderStatus():
                return OrderState(answer.state.value)
            case CenterUnavailable():
                return answer
            case _:
                return OrderState.UNKNOWN


class HttpsVisitChannel:
    """One visit's conversation; holds the visit's key until `close`."""

    def __init__(
        self,
        http: CenterHttp,
        document_key: ec.EllipticCurvePublicKey,
        clock: Clock,
        challenge: wire.VisitChallenge,
        municipality: MunicipalityCode,
    ) -> None:
        self._http = http
        self._document_key = document_key
        self._challenge = challenge
        self._municipality = municipality
        self._visit = challenge.visit
        self._key = VisitKey()
        self._signed_at = clock.now().wall.astimezone(UTC).replace(microsecond=0)
        statement = wire.visit_statement(challenge, self._signed_at, self._key.public_bytes)
        self._digest = hashlib.sha256(statement).digest()
        self._subject: str | None = None
        self._certificate_sha256: bytes | None = None
        self._attributes_key: bytes | None = None
        self._forgotten = False
        self._answered: dict[TransactionId, IdempotencyKey] = {}
        """Every transaction that came, and what it answered: an old answer to a new order is a replay."""
        self._expected: dict[SerialNumber, tuple[str, str]] = {}

    @property
    def statement_digest(self) -> bytes:
        """SHA-256 of the statement that the card is to sign."""
        return self._digest

    def prove(self, certificate_der: bytes, signature: bytes) -> VisitOpened | Refused | CenterUnavailable:
        """Show certificate and signature; open the menu, which nobody but this visit can."""
        proof = wire.VisitProof(
            signed_at=self._signed_at,
            public_key=self._key.public_bytes,
            certificate=certificate_der,
            signature=signature,
        )
        answer = self._http.post(f"/visits/{self._visit}/proof", proof, wire.VisitAnswer)
        if isinstance(answer, Problem):
            return Refused(RefusalReason.PROOF_REFUSED)
        if isinstance(answer, Refused | CenterUnavailable):
            return answer
        try:
            plain = self._key.open(answer.sealed_menu, wire.menu_binding(self._visit, answer.subject))
            payload = wire.decode(plain, wire.MenuPayload)
            menu = _menu(payload)
        except (NotForThisVisitError, wire.MalformedMessageError):
            return CenterUnavailable("CENTER-03")
        self._subject = answer.subject
        self._certificate_sha256 = hashlib.sha256(certificate_der).digest()
        self._attributes_key = payload.attributes_key
        return VisitOpened(menu)

    @property
    def certificate_sha256(self) -> bytes:
        """SHA-256 of the certificate that opened the visit; ValueError unless `prove` opened it."""
        if self._certificate_sha256 is None:
            raise ValueError("no visit is open")
        return self._certificate_sha256

    def tell_attributes(self, attributes: CardAttributes) -> AttributesTold | Refused | CenterUnavailable:
        """Seal what the card says to the center's key of this visit, and send it."""
        if self._subject is None or self._attributes_key is None:
            return Refused(RefusalReason.NOT_OFFERED)
        told = wire.CardAttributes(
            name=attributes.name,
            address=attributes.address,
            birth_date=attributes.birth_date,
            sex=attributes.sex,
        )
        try:
            sealed = seal_to_center(
                wire.encode(told), self._attributes_key, wire.attributes_binding(self._visit, self._subject)
            )
        except ValueError:
            return CenterUnavailable("CENTER-03")
        message = wire.SealedAttributes(sealed=sealed)
        match self._http.send("POST", f"/visits/{self._visit}/attributes", message):
            case None:
                return AttributesTold()
            case Problem():
                return CenterUnavailable("CENTER-03")
            case no:
                return no

    def application_digest(self, application: UseApplication) -> bytes:
        """SHA-256 of the application's statement; ValueError unless `prove` opened the visit."""
        if self._subject is None:
            raise ValueError("no visit is open")
        statement = wire.registration_statement(
            self._challenge,
            self._municipality,
            self._subject,
            application.honseki,
            application.hittosha,
            application.telephone,
        )
        return hashlib.sha256(statement).digest()

    def apply(
        self, application: UseApplication, certificate_der: bytes, signature: bytes, key: IdempotencyKey
    ) -> ApplicationReceived | Refused | CenterUnavailable:
        """Hand in an application for 利用登録."""
        request = wire.RegistrationRequest(
            honseki=application.honseki,
            hittosha=application.hittosha,
            telephone=application.telephone,
            certificate=certificate_der,
            signature=signature,
        )
        answer = self._http.post(f"/visits/{self._visit}/registration", request, wire.RegistrationAnswer, key=key)
        match answer:
            case wire.RegistrationAnswer(reception_number=number):
                return ApplicationReceived(ReceptionNumber(number))
            case Problem():
                return CenterUnavailable("CENTER-03")
            case _:
                return answer

    def order(self, order: Order, key: IdempotencyKey) -> Issued | Refused | DocumentMismatch | CenterUnavailable:
        """Order, receive, open and check every document."""
        request = wire.OrderRequest(
            kind=wire.Kind(order.kind.value),
            scope=wire.Scope(order.scope.value),
            members=list(order.members),
            items=sorted((wire.ItemName(item.value) for item in order.items), key=lambda item: item.value),
            copies=order.copies,
            fee_yen=order.fee_yen,
            year=order.year,
        )
        answer = self._http.post(f"/visits/{self._visit}/orders", request, wire.OrderAnswer, key=key)
        if isinstance(answer, Problem):
            return CenterUnavailable("CENTER-03")
        if isinstance(answer, Refused | CenterUnavailable):
            return answer
        documents = self._checked(answer, request, order, key)
        if self._forgotten:
            # The resident left while the center was answering; that nothing opens any more is no incident.
            return Refused(RefusalReason.VISIT_EXPIRED)
        if isinstance(documents, DocumentMismatch):
            return documents
        self._answered[TransactionId(answer.txn)] = key
        self._expected = {d.serial: (d.transaction, d.sha256.hex()) for d in documents}
        return Issued(TransactionId(answer.txn), tuple(documents), order.total_yen, _ticket(answer.counter))

    def recheck(self, document: Document) -> DocumentMismatch | None:
        """Check transaction and digest again, on the very bytes that go to the printer."""
        expected = self._expected.get(document.serial)
        if expected is None or expected[0] != document.transaction:
            return DocumentMismatch("transaction", document.transaction)
        if hashlib.sha256(document.pdf).hexdigest() != expected[1]:
            return DocumentMismatch("digest", document.transaction)
        return None

    def forget(self) -> None:
        """Drop the visit's key and everything of the order."""
        self._forgotten = True
        self._key.forget()
        self._expected = {}
        self._subject = self._certificate_sha256 = self._attributes_key = None

    def close(self) -> None:
        """Forget, and tell the center; its answer changes nothing."""
        self.forget()
        self._http.send("DELETE", f"/visits/{self._visit}")

    def _checked(
        self, answer: wire.OrderAnswer, request: wire.OrderRequest, order: Order, key: IdempotencyKey
    ) -> list[Document] | DocumentMismatch:
        """Open every document of an answer, or name the first check that failed."""
        transaction = TransactionId(answer.txn)
        if answer.subject != self._subject:
            return DocumentMismatch("subject", transaction)
        if self._answered.get(transaction, key) != key:
            return DocumentMismatch("transaction", transaction)
        at_counter = self._challenge.channel == "counter"
        if (answer.counter is not None) is not at_counter or _papers(answer) != _papers_of(order, at_counter):
            return DocumentMismatch("order", transaction)
        documents: list[Document] = []
        for sealed in answer.documents:
            opened = self._opened(answer, request, sealed, order.kind)
            if isinstance(opened, DocumentMismatch):
                return opened
            documents.append(opened)
        if len({document.serial for document in documents}) != len(documents):
            return DocumentMismatch("order", transaction)
        return documents

    def _opened(
        self, answer: wire.OrderAnswer, request: wire.OrderRequest, sealed: wire.SealedDocument, kind: CertificateKind
    ) -> Document | DocumentMismatch:
        transaction = TransactionId(answer.txn)
        binding = wire.document_binding(answer, request, sealed)
        if not signed_by_center(self._document_key, binding, sealed.sealed, sealed.signature):
            return DocumentMismatch("signature", transaction)
        try:
            pdf = self._key.open(sealed.sealed, binding)
        except NotForThisVisitError:
            return DocumentMismatch("opening", transaction)
        digest = hashlib.sha256(pdf).digest()
        if digest.hex() != sealed.sha256:
            return DocumentMismatch("digest", transaction)
        role = DocumentRole(sealed.role.value)
        return Document(
            transaction, SerialNumber(sealed.serial), kind, sealed.pages, digest, pdf, role, sealed.two_sided
        )


def _papers(answer: wire.OrderAnswer) -> list[tuple[wire.DocumentRole, int]]:
    return [(document.role, document.copy_no) for document in answer.documents]


def _papers_of(order: Order, at_counter: bool) -> list[tuple[wire.DocumentRole, int]]:
    """Give what an answer to an order must have, in this order: at a counter the copies between two papers."""
    copies = [(wire.DocumentRole.CERTIFICATE, number) for number in range(1, order.copies + 1)]
    if not at_counter:
        return copies
    return [(wire.DocumentRole.APPLICATION, 1), *copies, (wire.DocumentRole.RECEIPT, 1)]


def _ticket(ticket: wire.CounterTicket | None) -> CounterTicket | None:
    if ticket is None:
        return None
    return CounterTicket(
        number=ticket.number,
        check=ticket.check,
        code=ticket.code,
        office=ticket.office,
        waiting_place=ticket.waiting_place,
        due_yen=ticket.due_yen,
        security_tray=ticket.security_tray,
        plain_tray=ticket.plain_tray,
    )


def _menu(payload: wire.MenuPayload) -> Menu:
    return Menu(
        tuple(
            Offer(
                kind=CertificateKind(offer.kind.value),
                fee_yen=offer.fee_yen,
                copies_limit=offer.copies_limit,
                scopes=tuple(ScopeKind(scope.value) for scope in offer.scopes),
                items=tuple(Item(item.value) for item in offer.items),
                closed_reason=None if offer.closed is None else offer.closed.value,
                years=tuple(offer.years),
                members=tuple(Member(MemberRef(m.ref), m.name, m.applicant) for m in offer.members),
                reference=offer.reference,
            )
            for offer in payload.offers
        ),
        None if payload.registration is None else RegistrationState(payload.registration.value),
        payload.seal_code,
        payload.asks_attributes,
    )
