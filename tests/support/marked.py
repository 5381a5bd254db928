"""A resident with unmistakable data in every field, a center that knows her, and judges that look for her afterwards.

She is the persona hanako with other words: whatever of her is found outside the register, the paper and her own visit has
leaked.
"""

import base64
import json
import os
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import msgspec
from cryptography import x509

from kiosk.adapters.card.card_file import CardFile, read_card_file
from kiosk.adapters.card.virtual_card import VirtualCard

ROOT = Path(__file__).parents[2]
REGISTER = ROOT / "assets" / "registers" / "shiomino.toml"
PIN = "7391"
RESIDENT: Mapping[str, Any] = {
    "name": "標瑪　隠瑙",
    "furigana": ["シルシメノウ", "カクレメノウ"],
    "former_surname": "瑪標隠",
    "former_surname_reading": "メシルシガクレ",
    "birth_date": date(1971, 3, 29),
    "my_number": "990777123450",
    "previous_address": "見本県瑪瑙町目印六丁目17番28号",
}
HOUSEHOLD: Mapping[str, Any] = {
    "address": "見本県汐見野市目印通瑪瑙五丁目16番27号",
    "domicile": "見本県隠標市瑪瑙四丁目15番",
    "family_head": "隠標　瑪太",
}
WORDS = (
    *("標瑪", "隠瑙", "シルシメノウ", "カクレメノウ", "瑪標隠", "メシルシガクレ", "1971-03-29", "昭和46年3月29日"),
    *("990777123450", "瑪瑙町目印", "目印通瑪瑙", "隠標市瑪瑙", "隠標", "瑪太"),
)


def toml(table: Mapping[str, Any], path: str = "") -> Iterator[str]:
    """Write a table as TOML: as much of it as registers need."""
    inner = []
    for key, value in table.items():
        if isinstance(value, dict):
            inner.append((f"[{path}{key}]", value, f"{path}{key}."))
        elif isinstance(value, list) and value and isinstance(value[0], dict):
            inner += [(f"[[{path}{key}]]", each, f"{path}{key}.") for each in value]
        else:
            yield f"{key} = {toml_value(value)}"
    for head, each, below in inner:
        yield head
        yield from toml(each, below)


def toml_value(value: Any) -> str:  # noqa: ANN401  any value of a TOML file
    """Write one value."""
    match value:
        case list():
            return f"[{', '.join(map(toml_value, value))}]"
        case date():
            return value.isoformat()
        case _:
            return json.dumps(value, ensure_ascii=False)


def write_register(file: Path) -> None:
    """Write the sandbox's register with the marked resident in it."""
    content = tomllib.loads(REGISTER.read_text(encoding="utf-8"))
    # The file lies elsewhere, what it names does not.
    content["municipality"]["settings"] = str(REGISTER.parent / content["municipality"]["settings"])
    for seal in content["seal"]:
        seal["imprint"] = str(REGISTER.parent / seal["imprint"])
    (household,) = (each for each in content["household"] if each["resident"][0]["key"] == "hanako")
    household.update({key: value for key, value in HOUSEHOLD.items() if key in household})
    household["resident"][0].update(RESIDENT)
    file.write_text("\n".join(toml(content)) + "\n", encoding="utf-8")


def card_file(data: Path, persona: str = "hanako", pin: str = PIN) -> CardFile:
    """Give a persona's card with another PIN."""
    file = read_card_file(data / "cards" / f"{persona}.json")
    assert file.auth is not None
    return msgspec.structs.replace(file, auth=msgspec.structs.replace(file.auth, pin=pin))


def card(data: Path, persona: str = "hanako") -> VirtualCard:
    """Personalise the card."""
    return VirtualCard(card_file(data, persona))


def certificate_words(file: CardFile) -> tuple[tuple[str, ...], tuple[bytes, ...]]:
    """Give what names a card: as text and as bytes."""
    assert file.auth is not None
    der = file.auth.certificate
    assert der is not None
    certificate = x509.load_der_x509_certificate(der)
    number = certificate.serial_number
    (name,) = certificate.subject.get_attributes_for_oid(x509.NameOID.COMMON_NAME)
    texts = (f"{number:x}", f"{number:X}", str(number), str(name.value), base64.b64encode(der).decode()[200:240])
    return texts, (number.to_bytes(8), der[300:332], der[-32:])


@dataclass(frozen=True)
class Judge:
    """Looks for the marked resident and her card."""

    texts: tuple[str, ...]
    raw: tuple[bytes, ...]

    @classmethod
    def of(cls, *files: CardFile) -> "Judge":
        """Make a judge that knows these cards too."""
        named = [certificate_words(file) for file in files]
        texts = (*WORDS, *(text for texts, _ in named for text in texts))
        return cls(texts, tuple(raw for _, raws in named for raw in raws))

    def in_text(self, text: str, *, pin: str = PIN) -> list[str]:
        """Name what stands in a text; a PIN counts where it is a word of its own, and not part of a number."""
        found = [word for word in self.texts if word in text]
        escaped = [word for word in self.texts if not word.isascii() and json.dumps(word)[1:-1] in text]
        alone = [pin] if re.search(rf"(?<![0-9A-Fa-f]){pin}(?![0-9A-Fa-f])", text) else []
        return found + escaped + alone

    def needles(self) -> dict[bytes, str]:
        """Give every form in which bytes may hold them, with its name: strings of Python and of Qt have two bytes a letter."""
        forms = {text.encode(coding): text for text in self.texts for coding in ("utf-8", "utf-16-le")}
        return forms | {raw: raw.hex() for raw in self.raw}

    def in_bytes(self, data: bytes) -> list[str]:
        """Name what stands in bytes, in any coding; without the PIN, whose four bytes come by chance."""
        return sorted({name for needle, name in self.needles().items() if needle in data})


TALKATIVE = """
import logging, sys
logging.basicConfig(level=1, stream=sys.stderr)
from {package}.__main__ import main
sys.exit(main(sys.argv[1:]))
"""


@contextmanager
def talkative_center(data: Path, folder: Path) -> Iterator[str]:
    """Run a center that knows the marked resident, with every logger at its most talkative; gives its address.

    Its database is `center.db`, its error output `center.err`, its output `center.out`, its temporary folder `center.tmp`,
    all in `folder`.
    """
    register = folder / "register.toml"
    write_register(register)
    (folder / "center.tmp").mkdir()
    command = [sys.executable, "-c", TALKATIVE.format(package="issuing_center"), "serve", "--sandbox", "--unlisted"]
    command += ["--port", "0", "--data", str(data), "--database", f"sqlite:///{folder / 'center.db'}"]
    command += ["--register", str(register)]
    environment = {**os.environ, "TMPDIR": str(folder / "center.tmp"), "PYTHONPATH": str(ROOT)}
    with (
        (folder / "center.err").open("wb") as errors,
        (folder / "center.out").open("w") as output,
        subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=errors, text=True, env=environment, cwd=ROOT
        ) as center,
    ):
        assert center.stdin is not None
        assert center.stdout is not None
        try:
            word, _, url = center.stdout.readline().strip().partition(" ")
            assert word == "ready", (folder / "center.err").read_text()
            yield url
        finally:
            center.stdin.close()
            output.write(center.stdout.read())
            center.wait(20)
