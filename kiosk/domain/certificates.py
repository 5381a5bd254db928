"""Certificates, their scopes and items, and what a resident orders.

Knows the legal names only; which municipality offers what, at which fee, comes from the issuing center.
"""

from dataclasses import dataclass, field
from enum import Enum
from typing import NewType

MunicipalityCode = NewType("MunicipalityCode", str)
"""Six digits: prefecture 2, municipality 3, check digit 1 (全国地方公共団体コード)."""

MemberRef = NewType("MemberRef", str)
"""A household member within one visit; made at random by the center, worthless in any other visit."""

TransactionId = NewType("TransactionId", str)
"""128 random bits, 32 hexadecimal digits; names an order everywhere (INV-9)."""

SerialNumber = NewType("SerialNumber", str)
"""発行番号: names one drawn document; never on two papers."""

IdempotencyKey = NewType("IdempotencyKey", str)
"""128 random bits, 32 hexadecimal digits; the same key with the same order gives the same answer."""


class CertificateKind(Enum):
    """The legal documents by their romanised names; values are the words on the wire and the command line."""

    JUMINHYO = "juminhyo"
    """住民票の写し"""


class ScopeKind(Enum):
    """Whose entries the certificate shows."""

    SELF = "self"
    HOUSEHOLD = "household"
    SOME = "some"


class Item(Enum):
    """Entries of a 住民票の写し that appear only when asked for (domain of 住民基本台帳法 第12条)."""

    HEAD_AND_RELATION = "head_and_relation"
    """世帯主・続柄"""
    DOMICILE = "domicile"
    """本籍・筆頭者; Japanese nationals only"""
    MY_NUMBER = "my_number"
    """個人番号; asks for a purpose the law names"""
    FOREIGN_STATUS = "foreign_status"
    """国籍・地域、在留資格ほか; foreign residents only"""


@dataclass(frozen=True, slots=True)
class Order:
    """What the resident asks for, complete: nothing is added on the way to the center."""

    kind: CertificateKind
    scope: ScopeKind
    members: tuple[MemberRef, ...] = field(repr=False)
    """Whom the sheet shows when scope is SOME; empty otherwise. The applicant need not be among them."""
    items: frozenset[Item]
    copies: int
    """1 to the limit of the offer."""
    fee_yen: int
    """Fee of one copy as it was shown to the resident."""

    @property
    def total_yen(self) -> int:
        """The whole amount to pay, in yen."""
        return self.fee_yen * self.copies


@dataclass(frozen=True, slots=True)
class Municipality:
    """An issuing body as residents choose it."""

    code: MunicipalityCode
    prefecture: str
    name: str
    kana: str
    """Reading in hiragana; orders the list."""
    name_en: str


@dataclass(frozen=True, slots=True)
class Offer:
    """One certificate as this resident can have it in this visit."""

    kind: CertificateKind
    fee_yen: int
    copies_limit: int
    scopes: tuple[ScopeKind, ...]
    items: tuple[Item, ...]
    closed_reason: str | None
    """None when it can be had now, else a word that has a sentence in the strings: closed_hours, maintenance."""


@dataclass(frozen=True, slots=True)
class Member:
    """A person of the applicant's household, to be chosen from on the screen."""

    ref: MemberRef
    name: str = field(repr=False)
    is_applicant: bool


@dataclass(frozen=True, slots=True)
class Menu:
    """What an opened visit may ask for."""

    offers: tuple[Offer, ...]
    members: tuple[Member, ...] = field(repr=False)
