"""The kiosks and counters that this center serves, known by the fingerprint of their TLS certificate.

A certificate of the device CA opens the connection; only an entry here lets its owner ask for anything. The list is a file
that an operator replaces; it counts from the next request on, so a disabled device is out at once.
"""

import hashlib
import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec

CHANNELS = frozenset({"kiosk", "counter", "headless"})
_FINGERPRINT = re.compile(r"[0-9a-f]{64}\Z")
_DEVICE_ID = re.compile(r"[0-9A-Za-z._-]{1,64}\Z")


@dataclass(frozen=True, slots=True)
class Device:
    """One registered terminal."""

    device_id: str
    channel: str
    """kiosk, counter, or headless; decides hours, never the rules of issuing (INV-8)."""
    name: str
    """Name of the machine as it may be printed on a certificate."""
    operator: str = ""
    """Who runs it and is paid a commission for each copy; empty where the municipality does itself."""


@dataclass(frozen=True, slots=True)
class Peer:
    """The device at the other end of a connection."""

    device: Device
    public_key: ec.EllipticCurvePublicKey
    """Key of its TLS certificate; also signs its outcome reports."""


class DeviceRegistry:
    """Registered devices by the SHA-256 fingerprint of their certificate. Thread-safe: what it holds is only ever replaced."""

    def __init__(self, devices: dict[str, Device]) -> None:
        self._devices = devices
        self._peers: dict[str, Peer] = {}
        self._refresh: Callable[[], None] = lambda: None

    @classmethod
    def from_file(cls, path: Path) -> "DeviceRegistry":
        """Read `{device id: {"sha256": hex, "channel": …, "name_ja": …}}` and follow its changes.

        An entry may have an "operator" of at most 64 letters, digits, dots, hyphens and underscores.
        Raises ValueError for a malformed file and OSError for none. Later on such a file means no device at all: an
        operator who wanted one out must not find it still served.
        """
        seen = [_version(path)]
        registry = cls(_read(path))

        def refresh() -> None:
            version = _version(path)
            if version != seen[0]:
                try:
                    devices = _read(path)
                except (OSError, ValueError):
                    devices = {}
                registry._devices, registry._peers = devices, {}
                seen[0] = version

        registry._refresh = refresh
        return registry

    def find(self, certificate_der: bytes) -> Peer | None:
        """Give the device that owns this certificate; None when it is not registered."""
        self._refresh()
        devices, peers = self._devices, self._peers
        fingerprint = hashlib.sha256(certificate_der).hexdigest()
        device = devices.get(fingerprint)
        if device is None:
            return None
        peer = peers.get(fingerprint)
        if peer is None or peer.device is not device:
            key = x509.load_der_x509_certificate(certificate_der).public_key()
            if not isinstance(key, ec.EllipticCurvePublicKey):
                return None
            peer = peers[fingerprint] = Peer(device, key)
        return peer


def _version(path: Path) -> tuple[int, int, int] | None:
    try:
        status = path.stat()
    except OSError:
        return None
    return status.st_mtime_ns, status.st_size, status.st_ino


def _read(path: Path) -> dict[str, Device]:
    devices: dict[str, Device] = {}
    try:
        for device_id, entry in json.loads(path.read_text(encoding="utf-8")).items():
            fingerprint = entry["sha256"]
            device = Device(device_id, entry["channel"], entry["name_ja"], entry.get("operator", ""))
            if (
                fingerprint in devices
                or not _FINGERPRINT.match(fingerprint)
                or not _DEVICE_ID.match(device_id)
                or device.channel not in CHANNELS
                or (device.operator != "" and not _DEVICE_ID.match(device.operator))
                or not isinstance(device.name, str)
            ):
                raise ValueError("not one device of one channel for each certificate")
            devices[fingerprint] = device
    except (KeyError, TypeError, AttributeError, ValueError) as error:
        raise ValueError(f"{path.name} is not a list of devices") from error
    return devices
