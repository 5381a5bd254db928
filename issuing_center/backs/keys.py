"""Keys of scrambled pictures: one for each page of each document, derived from a master key that never leaves the center.

Who holds a sheet holds nothing of another: keys of two documents are independent (HKDF, RFC 5869), and each is used once.
A master key is drawn from for some time and kept for reading longer; after that the backs made with it are unreadable for
good, which is the point of the time limit.
"""

import base64
import hmac
import re
import tomllib
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final, NewType

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

KeyId = NewType("KeyId", str)
"""Names a master key: six characters of base 32, printed on the back."""

SECRET_BYTES: Final = 32
_KEY_ID: Final = re.compile(r"[A-Z2-7]{6}")
_LABEL: Final = b"certificate-kiosk scrambled picture 1"


class KeysUnusableError(ValueError):
    """The file of master keys is missing, wrong, or has no key for today (SCRAMBLE-01); the text says which."""


@dataclass(frozen=True, slots=True)
class MasterKey:
    """A secret of the center and the time it serves."""

    key_id: KeyId
    secret: bytes = field(repr=False)
    """32 random bytes."""
    draws_from: datetime
    """From then on backs are made with it."""
    draws_until: datetime
    """From then on no more."""
    reads_until: datetime
    """From then on nothing made with it can be read; the secret is to be destroyed."""

    def __post_init__(self) -> None:
        if len(self.secret) != SECRET_BYTES or not _KEY_ID.fullmatch(self.key_id):
            raise KeysUnusableError("a master key needs an id of six characters and 32 bytes")
        if not self.draws_from < self.draws_until <= self.reads_until:
            raise KeysUnusableError("a master key must serve in order: draws_from, draws_until, reads_until")


@dataclass(frozen=True, slots=True)
class PageKey:
    """What one page is scrambled with."""

    rows: bytes = field(repr=False)
    """32 bytes: the order of the rows."""
    stream: bytes = field(repr=False)
    """32 bytes: what is added to every cell."""
    mac: bytes = field(repr=False)
    """32 bytes: vouches for the header."""


class KeyRing:
    """All master keys of a center that are still kept."""

    def __init__(self, keys: tuple[MasterKey, ...]) -> None:
        """Take the keys. Raises KeysUnusableError if two share an id."""
        self._keys = {key.key_id: key for key in keys}
        if len(self._keys) != len(keys):
            raise KeysUnusableError("two master keys share an id")

    def drawing(self, now: datetime) -> MasterKey:
        """Give the key that backs are made with now: of several the one that began last.

        Raises KeysUnusableError when there is none: a sheet without its back is no certificate.
        """
        open_keys = [key for key in self._keys.values() if key.draws_from <= now < key.draws_until]
        if not open_keys:
            raise KeysUnusableError("no master key draws today; rotate them")
        return max(open_keys, key=lambda key: (key.draws_from, key.key_id))

    def reading(self, key_id: str, now: datetime) -> MasterKey | None:
        """Find the key a back names; None when it was never ours or its time is over."""
        key = self._keys.get(KeyId(key_id))
        return key if key is not None and now < key.reads_until else None

    def kept(self, now: datetime) -> tuple[MasterKey, ...]:
        """Give the keys whose time is not over, oldest first."""
        keys = [key for key in self._keys.values() if now < key.reads_until]
        return tuple(sorted(keys, key=lambda key: (key.draws_from, key.key_id)))


def page_key(master: MasterKey, document: str, page: int) -> PageKey:
    """Derive the keys of one page (counted from 1) of one document."""
    info = b"\0".join((_LABEL, master.key_id.encode(), document.encode(), str(page).encode()))
    material = HKDF(algorithm=SHA256(), length=96, salt=None, info=info).derive(master.secret)
    return PageKey(material[:32], material[32:64], material[64:])


def vouch(key: PageKey, text: str) -> str:
    """Give ten characters (50 bits) that only the center can give for a header."""
    digest = hmac.digest(key.mac, text.encode(), "sha256")
    return base64.b32encode(digest[:10]).decode()[:10]


def load_keys(file: Path) -> KeyRing:
    """Read the master keys: a TOML file with one table ``[[key]]`` each. Raises KeysUnusableError."""
    try:
        tables = tomllib.loads(file.read_text(encoding="utf-8"))["key"]
        keys = tuple(
            MasterKey(
                KeyId(table["id"]),
                bytes.fromhex(table["secret"]),
                _instant(table["draws_from"]),
                _instant(table["draws_until"]),
                _instant(table["reads_until"]),
            )
            for table in tables
        )
    except (OSError, KeyError, TypeError, ValueError) as error:
        if isinstance(error, KeysUnusableError):
            raise
        raise KeysUnusableError(f"{file.name} holds no readable master keys") from error
    return KeyRing(keys)


def new_key(
    now: datetime,
    random: Callable[[int], bytes],
    draws: timedelta = timedelta(days=365),
    reads: timedelta = timedelta(days=365 * 6),
) -> MasterKey:
    """Make a master key that draws from now on. Certificates are shown to others for months; six years hold any dispute."""
    key_id = KeyId(base64.b32encode(random(5)).decode()[:6])
    return MasterKey(key_id, random(SECRET_BYTES), now, now + draws, now + reads)


def written(key: MasterKey) -> str:
    """Write a master key as a table of the file. The text is secret."""
    return (
        f'[[key]]\nid = "{key.key_id}"\nsecret = "{key.secret.hex()}"\n'
        f"draws_from = {_text(key.draws_from)}\ndraws_until = {_text(key.draws_until)}\n"
        f"reads_until = {_text(key.reads_until)}\n"
    )


def _instant(value: object) -> datetime:
    if not isinstance(value, datetime) or value.tzinfo is None:
        raise ValueError("an instant with its offset is needed")
    return value


def _text(instant: datetime) -> str:
    return instant.astimezone(UTC).isoformat(timespec="seconds")
