"""What the codes beside a scrambled picture say: which document, which page, which key, how fine. Nothing of a person."""

import re
from dataclasses import dataclass
from typing import Final

from issuing_center.backs.keys import KeyId, PageKey, vouch
from issuing_center.backs.layout import Setting

VERSION: Final = "CKB1"
"""First field of every header. Another version is another name, so that an old reader refuses it."""
_HEADER: Final = re.compile(
    r"(?P<body>CKB1\.(?P<setting>[SF])\.(?P<key>[A-Z2-7]{6})\.(?P<page>[1-9]\d?)-(?P<pages>[1-9]\d?)"
    r"\.(?P<document>[0-9A-Z-]{1,24}))\.(?P<vouched>[A-Z2-7]{10})\.(?P<side>[LR])"
)
_DOCUMENT: Final = re.compile(r"[0-9A-Z-]{1,24}")


@dataclass(frozen=True, slots=True)
class Header:
    """A header as it was read; whether it is ours is for `is_ours` to say."""

    setting: Setting
    key_id: KeyId
    document: str
    """発行番号: random, and the name of nobody."""
    page: int
    """From 1."""
    pages: int
    """How many the document has."""
    vouched: str = ""
    """What the center vouched with; empty before it did."""

    def __post_init__(self) -> None:
        if not _DOCUMENT.fullmatch(self.document) or not 1 <= self.page <= self.pages <= 99:
            raise ValueError("a header needs an issue number of capital letters and digits, and page n of m up to 99")

    @property
    def body(self) -> str:
        """Everything that is vouched for."""
        return f"{VERSION}.{self.setting.value}.{self.key_id}.{self.page}-{self.pages}.{self.document}"

    def is_ours(self, key: PageKey) -> bool:
        """Tell whether the center wrote exactly this."""
        return vouch(key, self.body) == self.vouched


def header_texts(header: Header, key: PageKey) -> tuple[str, str]:
    """Write a header as it is printed, left and right, in letters of a QR code's alphanumeric mode."""
    text = f"{header.body}.{vouch(key, header.body)}"
    return f"{text}.L", f"{text}.R"


def read_header(text: str) -> tuple[Header, int] | None:
    """Read a header and which of the two codes it stood in (0 left, 1 right); None if the text is none."""
    found = _HEADER.fullmatch(text)
    if found is None or int(found["page"]) > int(found["pages"]):
        return None
    header = Header(
        Setting(found["setting"]),
        KeyId(found["key"]),
        found["document"],
        int(found["page"]),
        int(found["pages"]),
        found["vouched"],
    )
    return header, "LR".index(found["side"])
