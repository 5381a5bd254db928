"""One 住民票 in process, warm: from the order to the sealed document in the ledger, its stages, and the bare acts beneath.

The floor is what cannot be left out, measured in the same run on the same bytes and the same disk: one HPKE seal, one P-256
signature, one row forced to the disk; for the proof one RSA verification for the card, two for the responder's answer.
"""
# ruff: noqa: SLF001 - the stages of one public function are measured one by one

import hashlib
import os
import statistics
import tempfile
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from secrets import token_bytes, token_hex

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa

from issuing_center import wire
from issuing_center.deployment import Mode, declare

declare(Mode.SANDBOX)

from issuing_center import issuance  # noqa: E402
from issuing_center.database import writing  # noqa: E402
from issuing_center.devices import Device  # noqa: E402
from issuing_center.ledger import store as ledger  # noqa: E402
from issuing_center.ledger.entries import Serial, TransactionId  # noqa: E402
from issuing_center.paper.juminhyo import DrawnDocument  # noqa: E402
from issuing_center.sandbox import ensure_sandbox  # noqa: E402
from issuing_center.sandbox.center import SHIOMINO  # noqa: E402
from issuing_center.sealing import seal, sign_document, visit_key  # noqa: E402
from issuing_center.visits import protocol, store  # noqa: E402
from issuing_center.visits.hold import hold_open  # noqa: E402
from issuing_center.visits.store import VisitId  # noqa: E402
from kiosk.adapters.center.sealing import VisitKey  # noqa: E402
from tests.support.center import KIOSK, ORDER_REQUEST, Center, running_center  # noqa: E402

ROUNDS = 60


def median_ms(act: Callable[[], object], rounds: int = ROUNDS) -> float:
    """Give the median of some rounds after five to warm up."""
    times = []
    for number in range(rounds + 5):
        start = time.perf_counter()
        act()
        if number >= 5:
            times.append((time.perf_counter() - start) * 1000)
    return statistics.median(times)


def figure(
    name: str, ours: float, floor: float | None = None, target: str | None = None, unit: str = "ms"
) -> dict[str, object]:
    """Make one figure."""
    ratio = None if floor is None else ours / floor
    return {"name": name, "unit": unit, "ours": ours, "floor": floor, "ratio": ratio, "target": target}


def _opened(center: Center, device: Device) -> tuple[str, VisitKey]:
    """Open a visit as a kiosk does; gives its id and key."""
    challenge = protocol.begin(center.service, device, wire.VisitRequest(municipality=SHIOMINO))
    assert isinstance(challenge, wire.VisitChallenge)
    key, card, signed_at = VisitKey(), center.card("hanako"), center.clock.at
    statement = wire.visit_statement(challenge, signed_at, key.public_bytes)
    proof = wire.VisitProof(
        signed_at=signed_at,
        public_key=key.public_bytes,
        certificate=card.certificate,
        signature=card.sign(hashlib.sha256(statement).digest()),
    )
    answer = protocol.prove(center.service, device, challenge.visit, proof)
    assert isinstance(answer, wire.VisitAnswer), answer
    return challenge.visit, key


def _bare_row(folder: Path) -> float:
    """Time the bare act beneath a durable row of the size of an order: append and fdatasync."""
    row = token_bytes(64 * 1024)
    with (folder / "bare").open("ab", buffering=0) as file:

        def append() -> None:
            file.write(row)
            os.fdatasync(file.fileno())

        return median_ms(append)


def run() -> dict[str, object]:
    """Measure the order, its stages and the proof, each beside its floor."""
    with tempfile.TemporaryDirectory(prefix="bench-") as name:
        folder = Path(name)
        sandbox = ensure_sandbox(folder / "sandbox", datetime.now(UTC))
        with running_center(sandbox, f"sqlite:///{folder / 'center.db'}") as center:
            return {"rounds": ROUNDS, "figures": _figures(center, folder)}


def _figures(center: Center, folder: Path) -> list[dict[str, object]]:
    service = center.service
    peer = service.devices.find(center.device_certificate(KIOSK))
    assert peer is not None
    device = peer.device
    visit_id, key = _opened(center, device)

    def order() -> wire.OrderAnswer:
        answer = issuance.issue(service, device, visit_id, token_hex(16), ORDER_REQUEST)
        assert isinstance(answer, wire.OrderAnswer), answer
        return answer

    # The stages, each alone, on the same visit and the same resident.
    visit = store.load_open(service.engine, VisitId(visit_id), KIOSK, center.clock.at)
    assert visit is not None
    facts = issuance._decide(service, device, visit, ORDER_REQUEST, center.clock.at)
    assert isinstance(facts, issuance._Facts), facts
    txn, serial = token_hex(16), issuance._new_serial(service)
    drawn = issuance._draw(service, visit, facts, ORDER_REQUEST, serial, txn, center.clock.at)
    assert isinstance(drawn, DrawnDocument), drawn
    answer = order()
    (document,) = answer.documents
    binding, public = wire.document_binding(answer, ORDER_REQUEST, document), visit_key(key.public_bytes)

    sealing = median_ms(lambda: seal(drawn.pdf, public, binding))
    signing = median_ms(lambda: sign_document(service.document_key, binding, document.sealed))
    row = _bare_row(folder)
    floor = sealing + signing + row

    rsa_key, card = center.card("hanako").key, center.card("hanako").certificate
    message = token_bytes(1400)
    signature = rsa_key.sign(message, padding.PKCS1v15(), hashes.SHA256())
    holder = x509.load_der_x509_certificate(card).public_key()
    assert isinstance(holder, rsa.RSAPublicKey)
    verifying = median_ms(lambda: holder.verify(signature, message, padding.PKCS1v15(), hashes.SHA256()))
    decide = median_ms(lambda: issuance._decide(service, device, visit, ORDER_REQUEST, center.clock.at))
    draw = median_ms(
        lambda: issuance._draw(
            service, visit, facts, ORDER_REQUEST, issuance._new_serial(service), txn, center.clock.at
        )
    )
    find = median_ms(lambda: store.load_open(service.engine, VisitId(visit_id), KIOSK, center.clock.at))
    record = issuance._order_record(service, device, visit, ORDER_REQUEST, "", "0" * 64, facts, txn, center.clock.at)
    paper = issuance._document_record(answer, ORDER_REQUEST, document)

    def durable() -> None:
        fresh = replace(record, txn=TransactionId(token_hex(16)), idempotency_key=token_hex(16))
        with writing(service.engine) as connection:
            assert hold_open(connection, visit.visit_id, KIOSK, center.clock.at)
            ledger.record_order(connection, fresh, [replace(paper, serial=Serial(token_hex(16).upper()))])

    return [
        figure("order to sealed document in the ledger", median_ms(order), floor),
        figure("  the visit found", find),
        figure("  decided on one snapshot of the register", decide),
        figure("  drawn and looked at for completeness", draw),
        figure("  sealed to the visit", sealing),
        figure("  signed", signing),
        figure("  order and document durable", median_ms(durable), row, "<= 4"),
        figure(
            "nonce, proof and menu, responder in this process",
            median_ms(lambda: _opened(center, device)),
            3 * verifying + 2 * row,
        ),
        figure("size of the sealed document", len(document.sealed) / 1000, unit="kB"),
    ]
