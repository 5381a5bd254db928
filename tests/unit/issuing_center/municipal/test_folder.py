"""Only a whole package, signed by a key of its municipality, comes out of its folder."""

import base64
import shutil
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from assets.municipalities.draw_seals import FILE, IMPRINTS, drawn
from issuing_center.municipal.folder import LARGEST_SEAL_BYTES, SIGNATURE_FILE, load_package, sign_package
from issuing_center.municipal.parsing import SettingsPackageError
from issuing_center.municipal.signature import is_signed, sign
from issuing_center.paper.fonts import shared_fonts
from tests.support.registers import KOMIHON, SHIOMINO, YAMATE, package_folder

KEY, OTHER = Ed25519PrivateKey.generate(), Ed25519PrivateKey.generate()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A signed copy of a sample package."""
    target = tmp_path / SHIOMINO
    shutil.copytree(package_folder(SHIOMINO), target)
    (target / SIGNATURE_FILE).write_bytes(sign((target / "settings.toml").read_bytes(), KEY))
    return target


def code_of(folder: Path, municipality_code: str = SHIOMINO, key: Ed25519PrivateKey = KEY) -> str:
    with pytest.raises(SettingsPackageError) as refused:
        load_package(folder, municipality_code, [key.public_key()])
    return refused.value.code


@pytest.mark.parametrize("code", [SHIOMINO, YAMATE, KOMIHON])
def test_the_sample_packages_are_whole(code: str) -> None:
    signed = sign_package(package_folder(code), code, KEY)
    assert is_signed(signed.content, signed.signature, [KEY.public_key()])
    assert signed.sha256 == sha256((package_folder(code) / "settings.toml").read_bytes()).hexdigest()


@pytest.mark.parametrize("code", list(IMPRINTS))
def test_the_sample_seals_are_what_their_program_draws(code: str) -> None:
    assert (package_folder(code) / FILE).read_text(encoding="utf-8") == drawn(code, shared_fonts())


def test_a_signed_package_is_read_with_any_of_the_keys(folder: Path) -> None:
    signed = load_package(folder, SHIOMINO, [OTHER.public_key(), KEY.public_key()])
    assert signed.package.name.code == SHIOMINO
    assert [digest for digest, _ in signed.seals] == [signed.package.seals[0].sha256]


def test_an_unsigned_package_is_refused(folder: Path) -> None:
    (folder / SIGNATURE_FILE).unlink()
    assert code_of(folder) == "SETTINGS-02"


def alter(name: str, change: Callable[[bytes], bytes]) -> Callable[[Path], None]:
    def act(folder: Path) -> None:
        path = folder / name
        path.write_bytes(change(path.read_bytes()))

    return act


@pytest.mark.parametrize(
    ("act", "code"),
    [
        (alter("settings.toml", lambda content: content.replace(b"fee_yen = 200", b"fee_yen = 201")), "SETTINGS-03"),
        (alter("settings.toml", lambda content: content + b"\n"), "SETTINGS-03"),
        (alter("settings.toml", lambda content: content.replace(b"\n", b"\r\n")), "SETTINGS-03"),
        (alter(SIGNATURE_FILE, lambda _: b""), "SETTINGS-03"),
        (alter(SIGNATURE_FILE, lambda _: b"\xff\xfe not base64"), "SETTINGS-03"),
        (alter(SIGNATURE_FILE, lambda _: base64.b64encode(bytes(64))), "SETTINGS-03"),
        (alter(FILE, lambda content: content.replace(b"21.0", b"22.0")), "SETTINGS-05"),
        (alter(FILE, lambda content: content * (LARGEST_SEAL_BYTES // len(content) + 1)), "SETTINGS-05"),
        (lambda folder: (folder / FILE).unlink(), "SETTINGS-05"),
        (lambda folder: (folder / "settings.toml").unlink(), "SETTINGS-05"),
    ],
)
def test_an_altered_or_incomplete_package_is_refused(folder: Path, act: Callable[[Path], None], code: str) -> None:
    act(folder)
    assert code_of(folder) == code


def test_the_key_of_another_municipality_and_no_key_sign_nothing(folder: Path) -> None:
    assert code_of(folder, key=OTHER) == "SETTINGS-03"
    with pytest.raises(SettingsPackageError, match="SETTINGS-03"):
        load_package(folder, SHIOMINO, [])


def test_the_package_of_another_municipality_is_refused_though_it_is_signed(folder: Path) -> None:
    assert code_of(folder, municipality_code=YAMATE) == "SETTINGS-01"


def test_a_signature_over_something_else_does_not_count(folder: Path) -> None:
    raw = KEY.sign((folder / "settings.toml").read_bytes())
    (folder / SIGNATURE_FILE).write_bytes(base64.b64encode(raw))
    assert code_of(folder) == "SETTINGS-03"
