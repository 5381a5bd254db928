"""The sandbox's center: settings and registers for a whole pretend service on one machine, and its OCSP responder.

Everything it issues is stamped as a specimen.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from issuing_center.ledger import store as ledger
from issuing_center.register.loading import load_register
from issuing_center.sandbox.certificates import POLICY_OID
from issuing_center.sandbox.folder import GENERATIONS, SandboxFolder
from issuing_center.sandbox.jpki import ensure_sandbox, links
from issuing_center.sandbox.ocsp import OcspResponder
from issuing_center.service import Service
from issuing_center.settings import Settings
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
) -> Iterator[SandboxCenter]:
    """Make what is missing under `data`, start the responder and load the registers; all ends with the block.

    `register` is another file of residents for the first of the municipalities.
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
            subject_key=folder.subject_key,
            generations=folder.generations,
            policy_oid=POLICY_OID,
            ocsp_url=responder.url,
            crls=tuple(folder.crl(number) for number in GENERATIONS),
            register_age=None,
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
            # In production a timer does it every minute.
            ledger.erase_expired(service.engine, now())
            visits.expire(service.engine, now())
            yield SandboxCenter(settings, service, responder, folder)
