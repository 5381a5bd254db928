"""How the terminals of an office say that they are: the last word of each, and a change of the feed when it is a new one."""

from sqlalchemy import insert, select, update

from issuing_center import wire
from issuing_center.counter import books, tables
from issuing_center.counter.desk import CHANNEL
from issuing_center.counter.views import settings_of
from issuing_center.database import writing
from issuing_center.devices import Device
from issuing_center.problems import No, Refusal
from issuing_center.service import Service


def tell_status(service: Service, device: Device, status: wire.CounterStatus) -> Refusal | None:
    """Take in what a terminal says of its printers; None when it is on record. NOT_FOUND for a device of no office there."""
    offices = settings_of(service, status.municipality) if device.channel == CHANNEL else ()
    office = next((each for each in offices if device.device_id in each.terminals), None)
    if office is None:
        return Refusal(No.NOT_FOUND)
    of, now = tables.terminals, service.now()
    said = {"printer": status.printer.value, "slips": status.slips.value}
    row = {"municipality_code": status.municipality, "office": office.office_id, "told_at": now, **said}
    with writing(service.engine) as connection:
        known = connection.execute(
            select(of.c.printer, of.c.slips).where(of.c.terminal == device.device_id).with_for_update()
        ).one_or_none()
        if known is None:
            connection.execute(insert(of).values(terminal=device.device_id, **row))
        else:
            connection.execute(update(of).where(of.c.terminal == device.device_id).values(**row))
        if known is None or known._asdict() != said:
            books.write_change(
                connection,
                status.municipality,
                at=now,
                request_id=None,
                office=office.office_id,
                act="status",
                state=None,
                staff_id="",
                detail=f"{device.device_id[:30]} {status.printer.value} {status.slips.value}"[:64],
            )
    return None
