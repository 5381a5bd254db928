"""The sandbox's center: settings and registers for a whole pretend service on one machine, and its OCSP responder.

Everything it issues is stamped as a specimen.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from secrets import token_hex

from sqlalchemy import Engine

from issuing_center.counter.reports import erase_expired
from issuing_center.database import writing
from issuing_center.ledger import store as ledger
from issuing_center.register.loading import load_register
from issuing_center.register.port import Application, RegistrationState
from issuing_center.register.registrations import apply_for_use, begin_review, register_use, state_of
from issuing_center.sandbox.certificates import POLICY_OID, SIGNATURE_POLICY_OID
from issuing_center.sandbox.folder import GENERATIONS, SIGNATURE_GENERATIONS, SandboxFolder
from issuing_center.sandbox.jpki import ensure_sandbox, links, registrations
from issuing_center.sandbox.ocsp import OcspResponder
from issuing_center.service import Service
from issuing_center.settings import BackSettings, Settings, SignatureJpki, StaffSite
from issuing_center.visits import store as visits
from issuing_center.wiring import running_service

SHIOMINO, YAMATE, KOMIHON = "990019", "990035", "990043"
_REGISTERS = Path(__file__).parents[2] / "assets" / "registers"
REGISTERS = {
    SHIOMINO: _REGISTERS / "shiomino.toml",
    YAMATE: _REGISTERS / "yamate.toml",
    KOMIHON: _REGISTERS / "komihon.toml",
}
"""Municipality code and register file."""


@dataclass(frozen=True, slots=True)
class SandboxCenter:
    """A running sandbox without its HTTP server."""

    settings: Settings
    service: Service
    responder: OcspResponder
    folder: SandboxFolder


@contextmanager
def sandbox_center(
    data: Path,
    *,
    now: Callable[[], datetime],
    database_url: str | None = None,
    host: str = "127.0.0.1",
    port: int = 0,
    enforce_hours: bool = False,
    register: Path | None = None,
    staff_port: int | None = None,
) -> Iterator[SandboxCenter]:
    """Make what is missing under `data`, start the responder and load the registers; all ends with the block.

    `register` is another file of residents for the first of the municipalities. `staff_port` is where the settings put the
    clerks' pages, None for nowhere.
    """
    registers = REGISTERS if register is None else {**REGISTERS, SHIOMINO: register}
    folder = ensure_sandbox(data)
    with OcspResponder(folder, clock=now) as responder:
        settings = Settings(
            host=host,
            port=port,
            threads=8,
            database_url=database_url or f"sqlite:///{data / 'center.db'}",
            server_certificate=folder.server_certificate,
            server_key=folder.server_key,
            device_ca=folder.device_ca_certificate,
            devices=folder.device_list,
            document_key=folder.document_signing_key,
            document_certificate=folder.document_signing_certificate,
            subject_key=folder.subject_key,
            generations=folder.generations,
            policy_oid=POLICY_OID,
            ocsp_url=responder.url,
            crls=tuple(folder.crl(number) for number in GENERATIONS),
            register_age=None,
            signature=SignatureJpki(
                generations=folder.signature_generations,
                policy_oid=SIGNATURE_POLICY_OID,
                ocsp_url=responder.url,
                crls=tuple(folder.crl(number) for number in SIGNATURE_GENERATIONS),
            ),
            back=BackSettings(keys=folder.scramble_keys),
            staff=None if staff_port is None else _staff(folder, host, staff_port),
        )
        certificates: dict[str, list[tuple[str, bytes, int]]] = {code: [] for code in REGISTERS}
        for link in links(folder):
            if link.persona.resident_key is not None:
                certificates[link.persona.municipality].append(
                    (link.persona.resident_key, link.issuer_key_id, link.serial)
                )
        with running_service(settings, now, enforce_hours=enforce_hours) as service:
            for code, file in registers.items():
                load_register(service.engine, file, certificates[code], as_of=now())
            _register_personas(service.engine, folder, now())
            # In production a timer does it every minute.
            erase_expired(service.engine, now())
            ledger.erase_expired(service.engine, now())
            visits.expire(service.engine, now())
            yield SandboxCenter(settings, service, responder, folder)


def _staff(folder: SandboxFolder, host: str, port: int) -> StaffSite:
    return StaffSite(host, port, folder.server_certificate, folder.server_key, folder.staff_ca_certificate)


def _register_personas(engine: Engine, folder: SandboxFolder, now: datetime) -> None:
    """Register for use whom the table of personas says to be registered already; once."""
    for link, (code, koseki_key, person_key) in registrations(folder):
        with writing(engine) as connection:
            if state_of(connection, link.issuer_key_id, link.serial, code) is not RegistrationState.NONE:
                continue
            application = Application(code, link.issuer_key_id, link.serial, "（見本）", "（見本）", "000-0000-0000")
            number = f"SAMPLE-{token_hex(4).upper()}"
            registration_id = apply_for_use(connection, application, number, now)
            begin_review(connection, registration_id)
            register_use(connection, registration_id, koseki_key, person_key, now)
