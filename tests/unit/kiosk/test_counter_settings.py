"""The table [counter]: complete and unambiguous, or the complaint names the setting."""

from pathlib import Path
from typing import Any

import pytest

from kiosk.counter_machine import counter_flow
from kiosk.counter_settings import counter_settings
from kiosk.flow.settings import FlowSettings
from kiosk.settings_table import SettingsError

PRINTER = {"uri": "ipp://192.0.2.20/ipp/print"}
WHOLE: dict[str, Any] = {
    "municipality": "990019",
    "security_tray": "tray-2",
    "plain_tray": "tray-1",
    "printers": [PRINTER],
}


def read(**changed: object) -> object:
    table = {key: value for key, value in {**WHOLE, **changed}.items() if value is not None}
    return counter_settings({"counter": table}, Path("/nowhere"))


def test_a_machine_without_the_table_is_no_counter_terminal() -> None:
    assert counter_settings({}, Path("/nowhere")) is None


def test_printers_are_taken_in_the_order_in_which_they_are_written() -> None:
    settings = counter_settings(
        {"counter": {**WHOLE, "printers": [PRINTER, {"uri": "ipp://192.0.2.21/ipp/print"}]}}, Path("/nowhere")
    )
    assert settings is not None
    assert (settings.municipality, settings.trays) == ("990019", ("tray-2", "tray-1"))
    assert [each.uri for each in settings.printers] == ["ipp://192.0.2.20/ipp/print", "ipp://192.0.2.21/ipp/print"]


@pytest.mark.parametrize(
    ("changed", "named"),
    [
        ({"municipality": None}, "counter.municipality"),
        ({"municipality": "汐見野市"}, "counter.municipality"),
        ({"security_tray": None}, "counter.security_tray"),
        ({"plain_tray": None}, "counter.plain_tray"),
        ({"plain_tray": "tray-2"}, "counter.plain_tray"),
        ({"security_tray": "Fach 2"}, "counter.security_tray"),
        ({"printers": None}, "counter.printers"),
        ({"printers": []}, "counter.printers"),
        ({"printers": [{**PRINTER, "tray": "tray-1"}]}, "counter.printers.tray"),
        ({"printers": [{**PRINTER, "queue": "ipp://localhost/kiosk"}]}, "counter.printers.queue"),
        ({"printers": [{"uri": "http://192.0.2.20/"}]}, "uri"),
        ({"speed": 3}, "counter.speed"),
    ],
)
def test_what_is_missing_or_wrong_is_named(changed: dict[str, object], named: str) -> None:
    with pytest.raises(SettingsError, match=named):
        read(**changed)


def test_at_a_counter_no_money_is_taken_and_a_missing_slip_printer_keeps_nobody_away() -> None:
    flow = counter_flow(FlowSettings(needs_slips=True), ("tray-2", "tray-1"))
    assert (flow.takes_payment, flow.hands_over_here, flow.needs_slips) == (False,) * 3
    assert flow.trays == ("tray-2", "tray-1")
