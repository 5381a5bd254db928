"""Orders given to a center directly, and what its books say of them."""

from sqlalchemy import func, select

from issuing_center import issuance, wire
from issuing_center.database import reading
from issuing_center.devices import Device
from issuing_center.ledger import incident_tables
from issuing_center.ledger.tables import orders
from issuing_center.problems import No, Refusal
from tests.support.center import (
    KIOSK,
    ORDER_REQUEST,
    Center,
    Visit,
    new_key,
)


def device_of(center: Center, device: str = KIOSK) -> Device:
    peer = center.service.devices.find(center.device_certificate(device))
    assert peer is not None
    return peer.device


def order_at(
    center: Center,
    visit: Visit,
    request: wire.OrderRequest = ORDER_REQUEST,
    *,
    key: str | None = None,
    device: str = KIOSK,
) -> wire.OrderAnswer | Refusal:
    return issuance.issue(center.service, device_of(center, device), visit.id, key or new_key(), request)


def refusal_of(answer: wire.OrderAnswer | Refusal) -> No:
    assert isinstance(answer, Refusal), answer
    return answer.no


def rows(center: Center, table: object = orders) -> int:
    with reading(center.engine) as connection:
        return connection.execute(select(func.count()).select_from(table)).scalar_one()  # type: ignore[arg-type]


def incidents(center: Center) -> list[str]:
    with reading(center.engine) as connection:
        return list(connection.execute(select(incident_tables.incidents.c.name)).scalars())
