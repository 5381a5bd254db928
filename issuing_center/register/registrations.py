"""利用登録: how somebody who lives elsewhere comes to take a 戸籍 certificate of the municipality of their 本籍.

An application names a family register; the municipality's staff find the person in it, or reject. A registration is of one
certificate: a new card needs a new one. Who applies is proved elsewhere, with the signature certificate.
"""

from dataclasses import dataclass
from datetime import datetime
from secrets import token_hex
from typing import NewType

from sqlalchemy import ColumnElement, Connection, Engine, select, update
from sqlalchemy.exc import IntegrityError

from issuing_center.database import is_repeated, reading, writing
from issuing_center.register import tables
from issuing_center.register.holdings import Fuhyo, Koseki
from issuing_center.register.holdings_sql import decode_body
from issuing_center.register.ids import record_id_of
from issuing_center.register.port import (
    AlreadyApplied,
    Application,
    Evidence,
    KeyReused,
    Received,
    RegistrationState,
    UnknownMunicipalityError,
)
from issuing_center.register.records import ResidentId
from issuing_center.register.serials import serial_text
from issuing_center.register.updates import UnknownResidentError

RegistrationId = NewType("RegistrationId", str)
"""128 random bits, 32 hexadecimal digits."""


class AlreadyAppliedError(Exception):
    """This certificate has an application at the municipality that was not rejected."""


class WrongStateError(Exception):
    """The application is not in a state from which this step can be taken."""


@dataclass(frozen=True, slots=True)
class SqlUseRegistrations:
    """`UseRegistrations` on one worker's engine."""

    engine: Engine

    def state(self, issuer_key_id: bytes, serial: int, municipality_code: str) -> RegistrationState:
        """Tell how far the latest application of a certificate at a municipality has come."""
        with reading(self.engine) as connection:
            return state_of(connection, issuer_key_id, serial, municipality_code)

    def apply(
        self, application: Application, evidence: Evidence, reception_number: str, now: datetime
    ) -> Received | AlreadyApplied | KeyReused:
        """Take an application in, durably, with its evidence. Raises UnknownMunicipalityError."""
        known = self._known(evidence)
        if known is not None:
            return known
        try:
            with writing(self.engine) as connection:
                _require_municipality(connection, application.municipality_code)
                registration_id = apply_for_use(connection, application, reception_number, now)
                connection.execute(
                    tables.koseki_application.insert().values(
                        registration_id=registration_id,
                        kiosk_id=evidence.kiosk_id,
                        idempotency_key=evidence.idempotency_key,
                        request_sha256=evidence.request_sha256,
                        statement=evidence.statement,
                        certificate=evidence.certificate,
                        signature=evidence.signature,
                    )
                )
        except AlreadyAppliedError:
            # Perhaps by the same request, which came twice at once.
            return self._known(evidence) or AlreadyApplied()
        return Received(reception_number)

    def _known(self, evidence: Evidence) -> Received | KeyReused | None:
        with reading(self.engine) as connection:
            row = connection.execute(
                select(tables.koseki_application.c.request_sha256, tables.koseki_registration.c.reception_number)
                .join(
                    tables.koseki_registration,
                    tables.koseki_registration.c.registration_id == tables.koseki_application.c.registration_id,
                )
                .where(
                    tables.koseki_application.c.kiosk_id == evidence.kiosk_id,
                    tables.koseki_application.c.idempotency_key == evidence.idempotency_key,
                )
            ).one_or_none()
        if row is None:
            return None
        return Received(row.reception_number) if row.request_sha256 == evidence.request_sha256 else KeyReused()


def apply_for_use(
    connection: Connection, application: Application, reception_number: str, now: datetime
) -> RegistrationId:
    """Take an application in. Raises AlreadyAppliedError; a repeated reception number is an error of ours.

    Undo the caller's transaction after AlreadyAppliedError: on PostgreSQL nothing more can be written in it.
    """
    registration_id = RegistrationId(token_hex(16))
    live = _of(application.issuer_key_id, application.serial, application.municipality_code)
    state = tables.koseki_registration.c.state
    if connection.execute(select(state).where(*live, state != RegistrationState.REJECTED.value)).first() is not None:
        raise AlreadyAppliedError
    try:
        connection.execute(
            tables.koseki_registration.insert().values(
                registration_id=registration_id,
                municipality_code=application.municipality_code,
                reception_number=reception_number,
                state=RegistrationState.RECEIVED.value,
                issuer_key_id=application.issuer_key_id,
                serial=serial_text(application.serial),
                honseki=application.honseki,
                hittosha=application.hittosha,
                telephone=application.telephone,
                received_at=now,
            )
        )
    except IntegrityError as error:
        # Two at once: the index lets one through.
        if is_repeated(error):
            raise AlreadyAppliedError from None
        raise
    return registration_id


def state_of(connection: Connection, issuer_key_id: bytes, serial: int, municipality_code: str) -> RegistrationState:
    """Tell how far the latest application of a certificate at a municipality has come."""
    registration = tables.koseki_registration
    found = connection.execute(
        select(registration.c.state)
        .where(*_of(issuer_key_id, serial, municipality_code))
        # A live one goes before those rejected earlier.
        .order_by((registration.c.state == RegistrationState.REJECTED.value), registration.c.received_at.desc())
        .limit(1)
    ).scalar()
    return RegistrationState.NONE if found is None else RegistrationState(found)


def state_by_number(connection: Connection, reception_number: str) -> RegistrationState:
    """Tell how far the application with a reception number has come."""
    registration = tables.koseki_registration
    found = connection.execute(
        select(registration.c.state).where(registration.c.reception_number == reception_number)
    ).scalar_one_or_none()
    return RegistrationState.NONE if found is None else RegistrationState(found)


def begin_review(connection: Connection, registration_id: RegistrationId) -> None:
    """Mark an application as being looked at by staff. Raises WrongStateError."""
    _step(connection, registration_id, RegistrationState.RECEIVED, state=RegistrationState.REVIEWING.value)


def reject(connection: Connection, registration_id: RegistrationId, now: datetime) -> None:
    """Reject an application under review; the applicant may apply again. Raises WrongStateError."""
    _step(
        connection,
        registration_id,
        RegistrationState.REVIEWING,
        state=RegistrationState.REJECTED.value,
        decided_at=now,
    )


def register_use(
    connection: Connection, registration_id: RegistrationId, koseki_key: str, person_key: str, now: datetime
) -> ResidentId:
    """Register an application under review for a person of a 戸籍; gives the handle by which they are known here.

    The handle opens that 戸籍 and the 附票 of the same key, if there is one. Raises WrongStateError, and
    UnknownResidentError when that register has no such person, or they left it.
    """
    registration = tables.koseki_registration
    code = connection.execute(
        select(registration.c.municipality_code).where(registration.c.registration_id == registration_id)
    ).scalar_one_or_none()
    if code is None:
        raise WrongStateError
    handle = ResidentId(token_hex(16))
    records = {
        row.kind: row
        for row in connection.execute(
            select(tables.record).where(
                tables.record.c.record_id.in_([record_id_of(code, kind, koseki_key) for kind in ("koseki", "fuhyo")])
            )
        )
    }
    bodies: dict[str, Koseki | Fuhyo] = {}
    for kind, row in records.items():
        bodies[kind] = decode_body(row.body, Koseki) if kind == "koseki" else decode_body(row.body, Fuhyo)
    present = {
        kind
        for kind, body in bodies.items()
        if any(person.key == person_key and not person.removed for person in body.persons)
    }
    if "koseki" not in present:
        raise UnknownResidentError("record")
    for row in (records[kind] for kind in sorted(present)):
        connection.execute(
            tables.record_holder.insert().values(record_id=row.record_id, holder_id=handle, person_key=person_key)
        )
    _step(
        connection,
        registration_id,
        RegistrationState.REVIEWING,
        state=RegistrationState.REGISTERED.value,
        decided_at=now,
        holder_id=handle,
    )
    return handle


def _require_municipality(connection: Connection, code: str) -> None:
    """Raise UnknownMunicipalityError for a municipality whose register is not kept here."""
    known = connection.execute(select(tables.municipality.c.code).where(tables.municipality.c.code == code)).first()
    if known is None:
        raise UnknownMunicipalityError


def _step(connection: Connection, registration_id: RegistrationId, before: RegistrationState, **values: object) -> None:
    registration = tables.koseki_registration
    done = connection.execute(
        update(registration)
        .where(registration.c.registration_id == registration_id, registration.c.state == before.value)
        .values(**values)
    )
    if done.rowcount != 1:
        raise WrongStateError


def _of(issuer_key_id: bytes, serial: int, municipality_code: str) -> tuple[ColumnElement[bool], ...]:
    registration = tables.koseki_registration
    return (
        registration.c.issuer_key_id == issuer_key_id,
        registration.c.serial == serial_text(serial),
        registration.c.municipality_code == municipality_code,
    )
