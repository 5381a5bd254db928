"""The four attributes that a My Number card itself holds (券面事項入力補助AP), and what may come of asking for them.

They are read for the office's 申請書 alone, with a PIN of their own. The individual number, which lies beside them under the
same PIN, has no type here: nothing can ask for it.
"""

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class CardAttributes:
    """What the card says of its holder, in the card's own words."""

    name: str = field(repr=False)
    """氏名; family and given name parted by U+3000."""
    address: str = field(repr=False)
    """住所, as it was when the card was last written to."""
    birth_date: str = field(repr=False)
    """YYYYMMDD."""
    sex: str = field(repr=False)
    """1 male, 2 female, 9 not applicable."""


@dataclass(frozen=True, slots=True)
class ReadyForAttributes:
    """The card of this visit, which can be asked for its attributes."""

    tries_left: int
    """Of the PIN for 券面事項入力補助, as the chip says, 1 to 3; never our own count."""


@dataclass(frozen=True, slots=True)
class AttributesBlocked:
    """That PIN's counter is at zero. The PIN of 利用者証明用 is another one, and untouched."""


@dataclass(frozen=True, slots=True)
class WrongAttributesPin:
    """The chip refused the digits."""

    tries_left: int
    """As the chip says, 0 to 2; 0 means that this PIN is blocked now."""


@dataclass(frozen=True, slots=True)
class NoAttributes:
    """The attributes are not there to be read: a phone, or a card without that application."""


@dataclass(frozen=True, slots=True)
class AnotherCard:
    """A My Number card, but not the one that opened this visit."""
