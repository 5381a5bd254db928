"""Certificates, their scopes and items, and what a resident orders.

Knows the legal names only; which municipality offers what, at which fee, comes from the issuing center.
"""

from dataclasses import dataclass, field
from enum import Enum
from typing import NewType

from kiosk.domain.registration import RegistrationState

MunicipalityCode = NewType("MunicipalityCode", str)
"""Six digits: prefecture 2, municipality 3, check digit 1 (全国地方公共団体コード)."""

MemberRef = NewType("MemberRef", str)
"""A person of the household or of the 戸籍 within one visit; worthless in any other visit."""

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
    KISAIJIKO = "kisaijiko"
    """住民票記載事項証明書"""
    INKAN = "inkan"
    """印鑑登録証明書"""
    KAZEI = "kazei"
    """課税証明書 or 非課税証明書: which of the two is printed depends on the record"""
    SHOTOKU = "shotoku"
    """所得証明書"""
    NOZEI = "nozei"
    """納税証明書"""
    KOSEKI_ZENBU = "koseki-zenbu"
    """戸籍全部事項証明書 (戸籍謄本)"""
    KOSEKI_KOJIN = "koseki-kojin"
    """戸籍個人事項証明書 (戸籍抄本)"""
    FUHYO = "fuhyo"
    """戸籍の附票の写し"""
    RISAI = "risai"
    """罹災証明書"""


class ScopeKind(Enum):
    """Whose entries the certificate shows."""

    SELF = "self"
    HOUSEHOLD = "household"
    SOME = "some"
    """Some of the household, or of the 戸籍; the order names them."""
    WHOLE = "whole"
    """Everybody of the 戸籍 or its 附票."""
    ONE = "one"
    """One person of the 戸籍 or its 附票; the order names the person."""

    @property
    def names_members(self) -> bool:
        """Whether an order of this scope names persons."""
        return self in (ScopeKind.SOME, ScopeKind.ONE)


class Item(Enum):
    """Entries that appear only when asked for: 住民基本台帳法 第12条 for the resident record, 第20条 for the 附票."""

    HEAD_AND_RELATION = "head_and_relation"
    """世帯主・続柄"""
    DOMICILE = "domicile"
    """本籍・筆頭者; in a resident record of Japanese nationals only"""
    MY_NUMBER = "my_number"
    """個人番号; asks for a purpose the law names"""
    FOREIGN_STATUS = "foreign_status"
    """国籍・地域、在留資格ほか; foreign residents only"""
    OVERSEAS_VOTING = "overseas_voting"
    """在外選挙人名簿等への登録; in a 附票 only"""


@dataclass(frozen=True, slots=True)
class Order:
    """What the resident asks for, complete: nothing is added on the way to the center."""

    kind: CertificateKind
    scope: ScopeKind
    members: tuple[MemberRef, ...] = field(repr=False)
    """Whom the sheet shows when the scope names members; empty otherwise. The applicant need not be among them."""
    items: frozenset[Item]
    copies: int
    """1 to the limit of the offer."""
    fee_yen: int
    """Fee of one copy as it was shown to the resident."""
    year: int | None = None
    """年度 of a tax certificate: 2026 is 令和8年度. None for kinds without one."""

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
    application_closed: str | None = None
    """Why no application for 利用登録 is taken here now, as a word that has a sentence; None when one may be."""


@dataclass(frozen=True, slots=True)
class Member:
    """A person of the applicant's household or 戸籍, to be chosen from on the screen."""

    ref: MemberRef
    name: str = field(repr=False)
    is_applicant: bool


@dataclass(frozen=True, slots=True)
class Offer:
    """One certificate as this resident can have it in this visit."""

    kind: CertificateKind
    fee_yen: int
    copies_limit: int
    scopes: tuple[ScopeKind, ...]
    items: tuple[Item, ...]
    closed_reason: str | None
    """None when it can be had now, else a word that has a sentence in the strings: closed_hours, maintenance, ..."""
    years: tuple[int, ...] = ()
    """年度 to choose from, newest first; empty where the kind has none."""
    members: tuple[Member, ...] = field(default=(), repr=False)
    """Persons that a scope of this kind may name, in the order of the record; empty where no scope names any."""
    reference: str | None = None
    """Number by which staff at the window find why it cannot be had here; None where the word says all."""


@dataclass(frozen=True, slots=True)
class Menu:
    """What an opened visit may ask for."""

    offers: tuple[Offer, ...]
    registration: RegistrationState | None = None
    """Where the 利用登録 stands in a visit of the 本籍地; None in any other visit, and for somebody who lives there."""
    seal_code: str | None = None
    """Eight letters and digits for the clerk, good for some minutes, in a visit of purpose SEAL_CARD; None in any other."""
    asks_attributes: bool = False
    """Whether the office wants the four attributes read from the card's 券面事項入力補助AP as well; at a counter only."""

    def offer(self, kind: CertificateKind) -> Offer | None:
        """Give the offer of a kind; None when the municipality has none."""
        return next((offer for offer in self.offers if offer.kind is kind), None)

    @property
    def members(self) -> tuple[Member, ...]:
        """Everybody whom some offer lets choose, once each."""
        return tuple({member.ref: member for offer in self.offers for member in offer.members}.values())
