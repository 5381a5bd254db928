"""The list of devices: what it may say, and that it counts from the next request on."""

import json
from pathlib import Path

import pytest

from issuing_center.devices import DeviceRegistry
from issuing_center.sandbox.folder import SandboxFolder
from tests.support.center import COUNTER, KIOSK, Center

ENTRY = {"sha256": "0" * 64, "channel": "kiosk", "name_ja": "見本"}


def listed(folder: Path, content: object) -> Path:
    file = folder / "devices.json"
    file.write_text(json.dumps(content, ensure_ascii=False), encoding="utf-8")
    return file


def test_a_registered_certificate_leads_to_its_device(shared_center: Center) -> None:
    registry = DeviceRegistry.from_file(shared_center.folder.device_list)
    for name, channel in ((KIOSK, "kiosk"), (COUNTER, "counter")):
        peer = registry.find(shared_center.device_certificate(name))
        assert peer is not None
        assert (peer.device.device_id, peer.device.channel) == (name, channel)
        assert peer.public_key.public_numbers() == shared_center.device_key(name).public_key().public_numbers()


@pytest.mark.parametrize("certificate", [b"", b"x", b"\x30\x00"])
def test_anything_else_leads_nowhere(sandbox_folder: SandboxFolder, certificate: bytes) -> None:
    assert DeviceRegistry.from_file(sandbox_folder.device_list).find(certificate) is None


@pytest.mark.parametrize(
    "content",
    [
        [],
        "x",
        {"kiosk": None},
        {"kiosk": {}},
        {"kiosk": {**ENTRY, "sha256": "0" * 63}},
        {"kiosk": {**ENTRY, "sha256": "A" * 64}},
        {"kiosk": {**ENTRY, "channel": "shop"}},
        {"kiosk": {**ENTRY, "name_ja": 1}},
        {"kiosk": {**ENTRY, "operator": "=cmd"}},
        {"kiosk": {**ENTRY, "operator": "x" * 65}},
        {"kiosk": {**ENTRY, "operator": None}},
        {"": ENTRY},
        {"a b": ENTRY},
        {"x" * 65: ENTRY},
        {"one": ENTRY, "two": ENTRY},
    ],
    ids=str,
)
def test_a_list_with_a_mistake_is_refused_at_the_start(tmp_path: Path, content: object) -> None:
    with pytest.raises(ValueError, match="not a list of devices"):
        DeviceRegistry.from_file(listed(tmp_path, content))


def test_without_a_list_there_is_no_start(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        DeviceRegistry.from_file(tmp_path / "devices.json")


def test_a_list_that_goes_away_serves_nobody(shared_center: Center, tmp_path: Path) -> None:
    file = listed(tmp_path, json.loads(shared_center.folder.device_list.read_text(encoding="utf-8")))
    registry, certificate = DeviceRegistry.from_file(file), shared_center.device_certificate(KIOSK)
    assert registry.find(certificate) is not None
    file.unlink()
    assert registry.find(certificate) is None
