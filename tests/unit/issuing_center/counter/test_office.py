"""What belongs to an office: its hours, the condition of its terminals, the call display on its wall."""

from datetime import datetime

import pytest

from issuing_center.availability import closed
from issuing_center.counter import acts, feed, views
from issuing_center.counter.models import CallDisplay
from issuing_center.municipal.package import JST, SettingsPackage
from issuing_center.sandbox.center import SHIOMINO
from issuing_center.wire import Closed, Kind
from kiosk.domain.certificates import MunicipalityCode
from kiosk.ports.center import PrinterCondition, Reported, ReportRejected
from tests.support.center import COUNTER, KIOSK, Center
from tests.support.clerks import CLERK, FOREIGN_CLERK, good, pay, printed, receive, row


def rules_of(center: Center) -> SettingsPackage:
    with center.service.register.snapshot(SHIOMINO) as snapshot:
        settings = snapshot.municipality(center.clock.at.astimezone(JST).date())
    assert settings is not None
    return settings.rules


@pytest.mark.parametrize(
    ("instant", "counter", "kiosk"),
    [
        ("2026-11-20T08:29", Closed.HOURS, None),
        ("2026-11-20T08:30", None, None),
        ("2026-11-20T17:15", Closed.HOURS, None),
        ("2026-11-21T09:00", None, None),
        ("2026-11-23T10:00", Closed.HOURS, None),  # 勤労感謝の日
        ("2026-12-29T10:00", Closed.HOURS, Closed.HOURS),
        ("2026-11-20T05:00", Closed.HOURS, Closed.HOURS),
    ],
)
def test_a_terminal_has_the_hours_of_its_office(
    shared_center: Center, instant: str, counter: Closed | None, kiosk: Closed | None
) -> None:
    rules, now = rules_of(shared_center), datetime.fromisoformat(instant).replace(tzinfo=JST)
    assert closed(rules, Kind.JUMINHYO, COUNTER, now, channel="counter") is counter
    assert closed(rules, Kind.JUMINHYO, KIOSK, now) is kiosk
    assert closed(rules, Kind.JUMINHYO, "counter-9999", now, channel="counter") is Closed.HOURS


def test_the_wall_shows_numbers_called_last_first_and_nothing_else(center: Center) -> None:
    first, second, third = printed(center), printed(center, "ichiro"), receive(center, "yoshiko")
    for reception in (first, second):
        good(acts.call(center.service, CLERK, row(center, reception).request_id))
    shown = views.call_display(center.service, SHIOMINO, "honcho")
    assert shown is not None
    assert (shown.office, set(shown.called), shown.preparing) == ("市民課（本庁舎）", {1, 2}, (third.ticket.number,))
    pay(center, first)
    good(acts.hand_over(center.service, CLERK, first.slip))
    assert views.call_display(center.service, SHIOMINO, "honcho") == CallDisplay("市民課（本庁舎）", (2,), (3,))
    assert views.call_display(center.service, SHIOMINO, "no-such") is None
    assert views.call_display(center.service, "000000", "honcho") is None


def test_a_terminal_tells_how_its_printers_are_and_a_change_comes_into_the_feed_once(center: Center) -> None:
    terminal, code = center.kiosk(COUNTER), MunicipalityCode(SHIOMINO)
    for printer in (PrinterCondition.READY, PrinterCondition.PAPER_OUT, PrinterCondition.PAPER_OUT):
        assert terminal.tell_status(code, printer, PrinterCondition.READY) == Reported()
    (status,) = views.terminals(center.service, CLERK)
    assert (status.terminal, status.office, status.printer, status.slips) == (COUNTER, "honcho", "paper_out", "ready")
    assert [change.act for change in feed.changes_since(center.service, SHIOMINO, 0)] == ["status", "status"]
    assert views.terminals(center.service, FOREIGN_CLERK) == ()


def test_only_a_terminal_of_the_municipality_tells_anything(center: Center) -> None:
    ready = PrinterCondition.READY
    assert center.kiosk(KIOSK).tell_status(MunicipalityCode(SHIOMINO), ready, ready) == ReportRejected()
    assert center.kiosk(COUNTER).tell_status(MunicipalityCode("990035"), ready, ready) == ReportRejected()


def test_offices_are_listed_with_their_reasons(center: Center) -> None:
    listed = views.offices(center.service, SHIOMINO)
    assert [office.office_id for office in listed] == ["honcho", "minato"]
    assert all(office.exemptions for office in listed)
    assert views.offices(center.service, "000000") == ()


def test_an_office_may_ask_for_the_attributes_of_the_card(center: Center) -> None:
    assert not center.visit("hanako", COUNTER).menu.asks_attributes
    assert center.visit("hanako", "counter-0003").menu.asks_attributes
