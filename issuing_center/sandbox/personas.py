"""Who stands in front of the kiosk in the sandbox: one row a persona, and what is special about each.

The table is data; cards, certificates and status are made from it. It knows no residents' records: `resident_key` only names the
person in the fictitious register.
"""

from dataclasses import dataclass
from enum import Enum


class PersonaKind(Enum):
    """What is laid on the reader; values are those of the virtual card file."""

    CARD = "card"
    PHONE = "phone"
    FOREIGN = "foreign"
    """An IC card of some other scheme: no application of the JPKI answers."""


class CertificateState(Enum):
    """State of the authentication certificate on the day the sandbox is made."""

    GOOD = "good"
    EXPIRED = "expired"
    REVOKED = "revoked"
    ON_HOLD = "hold"
    NONE = "none"
    """The holder declined the certificate, or there is no such application."""


@dataclass(frozen=True, slots=True)
class Signature:
    """The certificate that signs applications, its password, and what it says of its holder."""

    name: str
    """氏名"""
    sex: str
    """1 male, 2 female."""
    birth: str
    """Era digit (3 昭和, 4 平成, 5 令和) and YYYYMMDD."""
    address: str
    password: str = "ABC123"  # noqa: S105  of a fiction
    tries_left: int = 5
    revoked: bool = False


@dataclass(frozen=True, slots=True)
class Persona:
    """One fictitious holder."""

    name: str
    """Name in commands and of the card file."""
    title_ja: str
    title_en: str
    resident_key: str | None
    """The person in the fictitious register; None where nobody is linked to the certificate."""
    municipality: str = "990019"
    """Whose register that is, by its code."""
    kind: PersonaKind = PersonaKind.CARD
    state: CertificateState = CertificateState.GOOD
    generation: int = 3
    """Which CA generation issued the certificate."""
    tries_left: int = 3
    pin: str = "1234"
    signature: Signature | None = None
    """None: a card without 署名用電子証明書."""
    card_address: str | None = None
    """What the card still says where the holder moved and did not have it written to; None: what the register says."""
    registered_at: tuple[str, str, str] | None = None
    """利用登録 that the sandbox brings: municipality code, key of the 戸籍, key of the person in it."""

    @property
    def has_certificate(self) -> bool:
        """Tell whether there is an authentication certificate at all."""
        return self.state is not CertificateState.NONE


PERSONAS: tuple[Persona, ...] = (
    Persona(
        "hanako",
        "花子：問題のないカード",
        "Hanako: nothing special",
        "hanako",
        signature=Signature("吉田　花子", "2", "319880512", "見本県汐見野市みなと通一丁目2番3号"),
    ),
    Persona(
        "ichiro",
        "一郎：別の世帯、珍しい字の氏名",
        "Ichiro: another household, a name with rare characters",
        "ichiro",
        generation=2,
    ),
    Persona(
        "noriko",
        "典子：転入後、カードの住所を書き換えていない人",
        "Noriko: moved in, and the card still says the old address",
        "noriko",
        card_address="架空県海辺市灯台一丁目1番1号",
    ),
    Persona("yoshiko", "良子：六人世帯", "Yoshiko: household of six", "yoshiko"),
    Persona(
        "maria",
        "マリア：外国人住民、ローマ字の氏名",
        "Maria: foreign resident, name in Latin letters",
        "maria",
        generation=2,
    ),
    Persona("blocked", "暗証番号がロックされたカード", "PIN blocked", "blocked", tries_left=0),
    Persona("one-try", "暗証番号の残り回数が1回のカード", "One try left", "one-try", tries_left=1),
    Persona(
        "expired",
        "有効期限の切れた証明書",
        "Certificate expired yesterday",
        "expired",
        state=CertificateState.EXPIRED,
        generation=1,
    ),
    Persona(
        "revoked",
        "失効した証明書",
        "Certificate revoked (keyCompromise)",
        "revoked",
        state=CertificateState.REVOKED,
    ),
    Persona(
        "on-hold",
        "一時停止中の証明書",
        "Certificate on hold (certificateHold)",
        "on-hold",
        state=CertificateState.ON_HOLD,
        generation=2,
    ),
    Persona(
        "no-auth",
        "利用者証明用電子証明書のないカード",
        "No authentication certificate on the card",
        None,
        state=CertificateState.NONE,
    ),
    Persona("phone", "スマートフォンの電子証明書", "Certificate in a smartphone", "phone", kind=PersonaKind.PHONE),
    Persona(
        "foreign",
        "関係のないICカード",
        "IC card of another scheme",
        None,
        kind=PersonaKind.FOREIGN,
        state=CertificateState.NONE,
    ),
    Persona("unlinked", "住民と結び付いていない証明書", "Good certificate, no resident linked", None),
    Persona("gaiji", "どの書体にもない字を氏名に持つ人", "A name with a character no font has", "gaiji"),
    Persona("protected", "支援措置を受けている人", "Resident under support measures", "protected"),
    Persona("leaving", "転出予定の人", "Resident about to move out", "leaving"),
    Persona("child", "15歳未満の人", "Resident under 15", "child"),
    Persona("taichi", "印鑑登録を廃止した人", "Seal registration abolished", "taichi"),
    Persona(
        "kazuo", "和夫：山手市の住民", "Kazuo: lives in Yamate City", "yamate-head", municipality="990035", generation=2
    ),
    Persona("shigeru", "茂：小見本町の住民", "Shigeru: lives in Komihon Town", "komihon-head", municipality="990043"),
    Persona(
        "ken", "健：小見本町で被災した世帯主", "Ken: dwelling damaged in Komihon", "nomura-1", municipality="990043"
    ),
    Persona(
        "applicant",
        "遥：よその市に住み、本籍は山手市（利用登録なし）",
        "Haruka: lives elsewhere, 本籍 in Yamate City, not registered",
        None,
        municipality="990035",
        signature=Signature("北川　遥", "2", "419980710", "架空県海辺市浜通二丁目7番8号"),
    ),
    Persona(
        "registered",
        "楓：よその市に住み、山手市に利用登録済み",
        "Kaede: lives elsewhere, registered in Yamate City",
        None,
        municipality="990035",
        signature=Signature("山本　楓", "2", "420011001", "見本県汐見野市灯台前9番1号"),
        registered_at=("990035", "yamamoto", "kaede"),
    ),
    Persona(
        "sign-blocked",
        "署名用の暗証番号がロックされたカード",
        "Password of the signature certificate blocked",
        None,
        municipality="990035",
        signature=Signature("北川　遥", "2", "419980710", "架空県海辺市浜通二丁目7番8号", tries_left=0),
    ),
    Persona(
        "sign-revoked",
        "署名用電子証明書が失効したカード",
        "Signature certificate revoked after moving house",
        None,
        municipality="990035",
        signature=Signature("北川　遥", "2", "419980710", "架空県海辺市浜通二丁目7番8号", revoked=True),
    ),
    Persona(
        "no-sign",
        "署名用電子証明書のないカード、よその市に住む人",
        "No signature certificate, lives elsewhere",
        None,
        municipality="990035",
    ),
)
"""Every persona. Adding one is adding a row here and, if linked, a resident of that key in the fictitious register."""


def persona(name: str) -> Persona:
    """Find a persona by name; raises KeyError for a name that is not in the table."""
    for each in PERSONAS:
        if each.name == name:
            return each
    raise KeyError(f"no persona is called {name}; there are {', '.join(each.name for each in PERSONAS)}")
