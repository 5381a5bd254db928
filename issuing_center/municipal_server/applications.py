"""Takes applications for 利用登録 from centers into the municipality's own books, where its staff review them.

The center has verified both certificates. What is kept must prove itself here too, so a statement that is not signed by the
certificate beside it is refused; whether that certificate was good is the center's word.
"""

from sqlalchemy import Engine

from issuing_center.database import reading
from issuing_center.ledger import store as ledger
from issuing_center.problems import No, Refusal
from issuing_center.register.port import AlreadyApplied, Application, Evidence, KeyReused, Received
from issuing_center.register.registrations import SqlUseRegistrations, state_of
from issuing_center.register.remote.messages import Applied, Apply, AskState, StateTold, Taken
from issuing_center.trust import verify_card_signature


def take(engine: Engine, apply: Apply) -> Applied | Refusal:
    """Take one application in, durably; the same one again gets the number it has. Raises UnknownMunicipalityError."""
    if not verify_card_signature(apply.certificate, apply.statement, apply.signature):
        return Refusal(No.PROOF_REFUSED)
    application = Application(
        municipality_code=apply.municipality,
        issuer_key_id=apply.issuer_key_id,
        serial=int(apply.serial, 16),
        honseki=apply.honseki,
        hittosha=apply.hittosha,
        telephone=apply.telephone,
    )
    evidence = Evidence(
        kiosk_id=apply.kiosk,
        idempotency_key=apply.idempotency_key,
        request_sha256=apply.request_sha256,
        statement=apply.statement,
        certificate=apply.certificate,
        signature=apply.signature,
    )
    taken, number = Taken.RECEIVED, None
    match SqlUseRegistrations(engine).apply(application, evidence, apply.reception_number, apply.received_at):
        case Received(reception_number):
            number = reception_number
            if number == apply.reception_number:
                ledger.record_event(engine, apply.received_at, "registration-received", number)
        case AlreadyApplied():
            taken = Taken.ALREADY_APPLIED
        case KeyReused():
            taken = Taken.KEY_REUSED
    return Applied(request=apply.request, municipality=apply.municipality, taken=taken, reception_number=number)


def tell_state(engine: Engine, question: AskState) -> StateTold:
    """Tell how far the latest application of a certificate has come."""
    with reading(engine) as connection:
        state = state_of(connection, question.issuer_key_id, int(question.serial, 16), question.municipality)
    return StateTold(request=question.request, municipality=question.municipality, state=state)
