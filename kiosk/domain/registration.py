"""利用登録: what people who live elsewhere apply for before they can have certificates of their 本籍地.

Knows the words; whether somebody is registered is decided by the 本籍地 alone.
"""

from dataclasses import dataclass, field
from enum import Enum
from typing import NewType

ReceptionNumber = NewType("ReceptionNumber", str)
"""受付番号 under which the 本籍地 keeps an application; says nothing of the applicant."""


class Purpose(Enum):
    """What a visit is for; values are the words on the wire."""

    RESIDENCE = "residence"
    """Certificates of the municipality that the resident lives in."""
    HONSEKI = "honseki"
    """Certificates of the 本籍地, which may be elsewhere; 利用登録 and its state."""
    SEAL_CARD = "seal-card"
    """At a counter: the card stands in for the 印鑑登録証, and nothing can be ordered."""


class RegistrationState(Enum):
    """Where a 利用登録 stands; values are the words on the wire."""

    NONE = "none"
    """Nothing was applied for with this card."""
    RECEIVED = "received"
    """受付済"""
    REVIEWING = "reviewing"
    """審査中"""
    REGISTERED = "registered"
    """登録済"""
    REJECTED = "rejected"
    """却下; the holder may apply again."""

    @property
    def may_apply(self) -> bool:
        """Whether an application would be taken in this state."""
        return self in (RegistrationState.NONE, RegistrationState.REJECTED)


@dataclass(frozen=True, slots=True)
class UseApplication:
    """What the applicant fills in, as typed; the 本籍地 compares it with its 戸籍."""

    honseki: str = field(repr=False)
    """本籍: 町名・番地 within the municipality of the visit; 1 to 200 characters."""
    hittosha: str = field(repr=False)
    """Name of the 筆頭者, kana or kanji; 1 to 100 characters."""
    telephone: str = field(repr=False)
    """Digits and hyphens, 10 to 15 characters."""
