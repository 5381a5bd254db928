"""CUPS' conformance tests judge the virtual printer: what our adapter is tried against keeps the standard."""

from pathlib import Path

import pytest

from printers.virtual.ipp import Model, VirtualIppPrinter
from tests.support.cups import ipptool
from tests.support.laser import pdf_of


@pytest.mark.parametrize("test", ["ipp-1.1.test", "ipp-2.0.test"])
def test_the_virtual_printer_passes(test: str, tmp_path: Path) -> None:
    with VirtualIppPrinter(Model(color=True)) as device:
        said = ipptool(device.uri, test, pdf_of(1), tmp_path)
    assert "FAIL" not in said, said
    assert "cannot be read" not in said, said
    assert said.count("[PASS]") >= {"ipp-1.1.test": 29, "ipp-2.0.test": 30}[test], said


def test_a_printer_that_forgets_a_required_attribute_does_not_pass(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("printers.virtual.ipp.describe.operations_of", lambda _engine: (0x0B,))
    with VirtualIppPrinter() as device:
        said = ipptool(device.uri, "ipp-1.1.test", pdf_of(1), tmp_path)
    assert "FAIL" in said
