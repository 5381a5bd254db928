"""Hours in the words of the wire, and registers that are late; the hours themselves are tested with the municipal rules."""

from datetime import datetime, timedelta

import pytest

from issuing_center.availability import JST, application_closed, closed, is_fresh
from issuing_center.municipal.parsing import parse_package
from issuing_center.wire import Closed, Kind
from tests.support.registers import KOMIHON, SHIOMINO, YAMATE, package_folder

TICK = timedelta(microseconds=1)
ELSEWHERE = "kiosk-0001"


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=JST)


@pytest.mark.parametrize(
    ("code", "kind", "device", "when", "reason"),
    [
        (YAMATE, Kind.JUMINHYO, ELSEWHERE, "2026-11-20T06:29:59.999999", Closed.HOURS),
        (YAMATE, Kind.JUMINHYO, ELSEWHERE, "2026-11-20T06:30", None),
        (YAMATE, Kind.JUMINHYO, ELSEWHERE, "2026-11-20T22:59:59.999999", None),
        (YAMATE, Kind.JUMINHYO, ELSEWHERE, "2026-11-20T23:00", Closed.HOURS),
        (YAMATE, Kind.JUMINHYO, ELSEWHERE, "2026-12-28T12:00", Closed.HOURS),
        (YAMATE, Kind.JUMINHYO, "kiosk-0002", "2026-11-20T20:00", Closed.HOURS),
        (YAMATE, Kind.KOSEKI_ZENBU, ELSEWHERE, "2026-11-20T16:59", None),
        (YAMATE, Kind.KOSEKI_ZENBU, ELSEWHERE, "2026-11-21T12:00", Closed.HOURS),
        (YAMATE, Kind.KOSEKI_ZENBU, ELSEWHERE, "2026-12-14T08:59:59", Closed.MAINTENANCE),
        (YAMATE, Kind.NOZEI, ELSEWHERE, "2026-11-20T12:00", Closed.HOURS),
        (KOMIHON, Kind.INKAN, ELSEWHERE, "2027-01-16T12:00", Closed.MAINTENANCE),
    ],
)
def test_each_reason_has_its_word(code: str, kind: Kind, device: str, when: str, reason: Closed | None) -> None:
    rules = parse_package((package_folder(code) / "settings.toml").read_bytes())
    assert closed(rules, kind, device, at(when)) is reason


def test_a_register_is_fresh_up_to_its_limit() -> None:
    now, limit = at("2026-11-20T12:00"), timedelta(hours=1)
    assert is_fresh(now - limit, now, limit)
    assert not is_fresh(now - limit - TICK, now, limit)
    assert is_fresh(now + limit, now, limit)
    assert is_fresh(at("2000-01-01T00:00"), now, None)


@pytest.mark.parametrize(
    ("code", "device", "channel", "when", "reason"),
    [
        (YAMATE, ELSEWHERE, "kiosk", "2026-11-20T08:59:59.999999", Closed.HOURS),
        (YAMATE, ELSEWHERE, "kiosk", "2026-11-20T09:00", None),
        (YAMATE, ELSEWHERE, "kiosk", "2026-11-20T18:59:59.999999", None),
        (YAMATE, ELSEWHERE, "kiosk", "2026-11-20T19:00", Closed.HOURS),
        (YAMATE, ELSEWHERE, "kiosk", "2026-11-23T12:00", Closed.HOURS),  # a Monday, and a holiday
        (YAMATE, ELSEWHERE, "kiosk", "2026-12-28T12:00", Closed.HOURS),  # the turn of the year there
        (YAMATE, ELSEWHERE, "kiosk", "2026-12-11T17:29", None),
        (YAMATE, ELSEWHERE, "kiosk", "2026-12-11T17:30", Closed.MAINTENANCE),
        (YAMATE, "kiosk-0002", "kiosk", "2026-11-20T18:00", Closed.HOURS),  # the building is shut
        (SHIOMINO, ELSEWHERE, "kiosk", "2026-11-22T22:59", None),
        (SHIOMINO, ELSEWHERE, "kiosk", "2026-11-22T23:00", Closed.HOURS),
        (SHIOMINO, "counter-0001", "counter", "2026-11-20T17:14", None),
        (SHIOMINO, "counter-0001", "counter", "2026-11-20T17:15", Closed.HOURS),
        (KOMIHON, ELSEWHERE, "kiosk", "2027-01-16T12:00", Closed.MAINTENANCE),  # everything rests
    ],
)
def test_an_application_has_hours_of_its_own(
    code: str, device: str, channel: str, when: str, reason: Closed | None
) -> None:
    rules = parse_package((package_folder(code) / "settings.toml").read_bytes())
    assert application_closed(rules, device, at(when), channel=channel) is reason
