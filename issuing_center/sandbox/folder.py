"""Where things lie in the data folder of the sandbox. Knows paths and nothing of what is in the files."""

from dataclasses import dataclass
from pathlib import Path

FORMAT = 5
"""Number of the layout; another number in a folder means that the folder is rebuilt."""

GENERATIONS = (1, 2, 3)
"""Of the CA for user authentication."""
SIGNATURE_GENERATIONS = (12, 13)
"""Of the CA for digital signatures: its second and third, numbered on their own."""
ALL_GENERATIONS = GENERATIONS + SIGNATURE_GENERATIONS


@dataclass(frozen=True, slots=True)
class SandboxFolder:
    """The paths inside one sandbox folder; they exist once `ensure_sandbox` has returned it."""

    root: Path

    @property
    def marker(self) -> Path:
        """sandbox.json, written last: with it the folder is complete."""
        return self.root / "sandbox.json"

    @property
    def jpki(self) -> Path:
        """Folder of the pretend JPKI."""
        return self.root / "jpki"

    @property
    def cards(self) -> Path:
        """Folder of the virtual cards."""
        return self.root / "cards"

    @property
    def devices(self) -> Path:
        """Folder of the device certificates and keys."""
        return self.root / "devices"

    @property
    def tls(self) -> Path:
        """Folder of the two TLS authorities and the center's server certificate."""
        return self.root / "tls"

    @property
    def center(self) -> Path:
        """Folder of the center's own keys and its device list."""
        return self.root / "center"

    @property
    def status(self) -> Path:
        """The status table that the responder reads."""
        return self.jpki / "status.json"

    @property
    def generations(self) -> tuple[Path, ...]:
        """The CA certificates, for `TrustAnchors.from_pem_files`."""
        return tuple(self.generation_certificate(number) for number in GENERATIONS)

    @property
    def signature_generations(self) -> tuple[Path, ...]:
        """The CA certificates of digital signatures, likewise."""
        return tuple(self.generation_certificate(number) for number in SIGNATURE_GENERATIONS)

    def generation_certificate(self, number: int) -> Path:
        """Certificate of a CA generation (PEM)."""
        return self.jpki / f"generation-{number}.pem"

    def generation_key(self, number: int) -> Path:
        """Private key of a CA generation (PEM, PKCS#8)."""
        return self.jpki / f"generation-{number}.key"

    def responder_certificate(self, number: int) -> Path:
        """Certificate of a generation's delegated OCSP responder (PEM)."""
        return self.jpki / f"ocsp-generation-{number}.pem"

    def responder_key(self, number: int) -> Path:
        """Private key of a generation's delegated OCSP responder (PEM, PKCS#8)."""
        return self.jpki / f"ocsp-generation-{number}.key"

    def crl(self, number: int) -> Path:
        """CRL of a generation (DER)."""
        return self.jpki / f"generation-{number}.crl"

    def card(self, persona: str) -> Path:
        """Virtual card file of a persona."""
        return self.cards / f"{persona}.json"

    def device_certificate(self, device_id: str) -> Path:
        """Certificate of a device (PEM)."""
        return self.devices / f"{device_id}.pem"

    def device_key(self, device_id: str) -> Path:
        """Private key of a device (PEM, PKCS#8)."""
        return self.devices / f"{device_id}.key"

    @property
    def device_ca_certificate(self) -> Path:
        """Authority that the center trusts for devices (PEM)."""
        return self.tls / "device-ca.pem"

    @property
    def center_ca_certificate(self) -> Path:
        """Authority that devices trust for the center (PEM)."""
        return self.tls / "center-ca.pem"

    @property
    def server_certificate(self) -> Path:
        """The center's server certificate (PEM)."""
        return self.tls / "center.pem"

    @property
    def server_key(self) -> Path:
        """The center's server key (PEM, PKCS#8)."""
        return self.tls / "center.key"

    @property
    def document_signing_certificate(self) -> Path:
        """Certificate of the key that signs documents (PEM)."""
        return self.center / "document-signing.pem"

    @property
    def document_signing_key(self) -> Path:
        """The key that signs documents (PEM, PKCS#8)."""
        return self.center / "document-signing.key"

    @property
    def subject_key(self) -> Path:
        """Secret of the keyed hash over resident ids: 32 bytes as hex."""
        return self.center / "subject.key"

    @property
    def scramble_keys(self) -> Path:
        """Master keys of the backs of sheets."""
        return self.center / "scramble-keys.toml"

    @property
    def device_list(self) -> Path:
        """devices.json: fingerprint, channel and name of each device."""
        return self.center / "devices.json"

    @property
    def staff(self) -> Path:
        """Folder of the staff authority and the clerks' certificates."""
        return self.root / "staff"

    @property
    def staff_ca_certificate(self) -> Path:
        """Authority that the clerks' listener trusts (PEM)."""
        return self.staff / "staff-ca.pem"

    def clerk_certificate(self, staff_id: str) -> Path:
        """Certificate of a clerk (PEM)."""
        return self.staff / f"{staff_id}.pem"

    def clerk_key(self, staff_id: str) -> Path:
        """Private key of a clerk (PEM, PKCS#8)."""
        return self.staff / f"{staff_id}.key"
