"""A settings package as it is delivered: a folder with settings.toml, settings.sig and the drawings of the seals.

What comes out of here is whole, right and signed; nothing else in the program makes a `SignedPackage`.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from issuing_center.municipal.package import SettingsPackage
from issuing_center.municipal.parsing import FILE, SettingsPackageError, parse_package
from issuing_center.municipal.reading import Flaw
from issuing_center.municipal.signature import is_signed, sign

SIGNATURE_FILE = "settings.sig"
LARGEST_SEAL_BYTES = 1024 * 1024


@dataclass(frozen=True, slots=True)
class SignedPackage:
    """A settings package whose signature and files were checked."""

    package: SettingsPackage
    content: bytes = field(repr=False)
    """The bytes of settings.toml, as signed."""
    signature: bytes = field(repr=False)
    seals: tuple[tuple[str, bytes], ...] = field(repr=False)
    """Digest and content of every drawing that the package names."""

    @property
    def sha256(self) -> str:
        """Digest of settings.toml: two centers with the same digest have the same rules (INV-19)."""
        return hashlib.sha256(self.content).hexdigest()


def load_package(folder: Path, municipality_code: str, keys: Sequence[Ed25519PublicKey]) -> SignedPackage:
    """Read and check the package of one municipality, against that municipality's keys.

    Raises SettingsPackageError: SETTINGS-02 unsigned, SETTINGS-03 altered or signed by no key of the municipality,
    SETTINGS-01 wrong in content or another municipality's, SETTINGS-05 a drawing is missing or is not the one named.
    """
    content = _bytes(folder, FILE, "SETTINGS-05")
    signature = _bytes(folder, SIGNATURE_FILE, "SETTINGS-02")
    # The signature first: nothing of an unknown hand is read further.
    if not is_signed(content, signature, keys):
        raise SettingsPackageError(
            "SETTINGS-03", [Flaw(SIGNATURE_FILE, "", "a signature over settings.toml by a key of the municipality")]
        )
    return _complete(folder, content, signature, municipality_code)


def sign_package(folder: Path, municipality_code: str, key: Ed25519PrivateKey) -> SignedPackage:
    """Check an unsigned package and sign it in memory; nothing is written. For whoever owns the key, and for sandboxes."""
    content = _bytes(folder, FILE, "SETTINGS-05")
    return _complete(folder, content, sign(content, key), municipality_code)


def _complete(folder: Path, content: bytes, signature: bytes, municipality_code: str) -> SignedPackage:
    package = parse_package(content)
    if package.name.code != municipality_code:
        raise SettingsPackageError("SETTINGS-01", [Flaw(FILE, "municipality.code", "the code of this municipality")])
    seals: dict[str, bytes] = {}
    flaws = []
    for number, use in enumerate(package.seals):
        drawing = _bytes(folder, use.file, "SETTINGS-05")
        if hashlib.sha256(drawing).hexdigest() != use.sha256:
            flaws.append(Flaw(FILE, f"seal[{number}].sha256", "the digest of the file as it lies in the folder"))
        seals[use.sha256] = drawing
    if flaws:
        raise SettingsPackageError("SETTINGS-05", flaws)
    return SignedPackage(package, content, signature, tuple(sorted(seals.items())))


def _bytes(folder: Path, name: str, code: str) -> bytes:
    try:
        with (folder / name).open("rb") as file:
            content = file.read(LARGEST_SEAL_BYTES + 1)
    except OSError as error:
        raise SettingsPackageError(code, [Flaw(name, "", "a readable file in the folder of the package")]) from error
    if len(content) > LARGEST_SEAL_BYTES:
        raise SettingsPackageError(code, [Flaw(name, "", f"a file of at most {LARGEST_SEAL_BYTES} bytes")])
    return content
