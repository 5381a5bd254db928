"""The kiosks and counters that this center serves, known by the fingerprint of their TLS certificate.

A certificate of the device CA opens the connection; only an entry here lets its owner ask for anything.
"""

import json
from dataclasses import dataclass
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec


@dataclass(frozen=True, slots=True)
class Device:
    """One registered terminal."""

    device_id: str
    channel: str
    """kiosk, counter, or headless; decides hours, never the rules of issuing (INV-8)."""
    name: str
    """Name of the machine as it may be printed on a certificate."""


@dataclass(frozen=True, slots=True)
class Peer:
    """The device at the other end of a connection."""

    device: Device
    public_key: ec.EllipticCurvePublicKey
    """Key of its TLS certificate; also signs its outcome reports."""


class DeviceRegistry:
    """Registered devices by the SHA-256 fingerprint of their certificate."""

    def __init__(self, devices: dict[str, Device]) -> None:
        self._devices = devices

    @classmethod
    def from_file(cls, path: Path) -> "DeviceRegistry":
        """Read `{device id: {"sha256": hex, "channel": …, "name_ja": …}}`; raises ValueError for a malformed file."""
        try:
            entries = json.loads(path.read_text(encoding="utf-8"))
            return cls(
                {
                    entry["sha256"]: Device(device_id, entry["channel"], entry["name_ja"])
                    for device_id, entry in entries.items()
                }
            )
        except (KeyError, TypeError, AttributeError, json.JSONDecodeError) as error:
            raise ValueError(f"{path.name} is not a list of devices") from error

    def find(self, certificate_der: bytes) -> Peer | None:
        """Give the device that owns this certificate; None when it is not registered."""
        try:
            certificate = x509.load_der_x509_certificate(certificate_der)
        except ValueError:
            return None
        device = self._devices.get(certificate.fingerprint(hashes.SHA256()).hex())
        key = certificate.public_key()
        if device is None or not isinstance(key, ec.EllipticCurvePublicKey):
            return None
        return Peer(device, key)
