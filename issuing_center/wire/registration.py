"""The messages of 利用登録: what an applicant fills in, signed with the other certificate of the card."""

from typing import Annotated

from msgspec import Meta

from issuing_center.wire.codec import Message

_NO_CONTROLS = r"^[^\x00-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060-\u206f\ud800-\udfff\ufeff]+(?![\s\S])"
"""Nothing that could hide in what staff compare, or command their terminal; the end, because `$` admits a line feed."""

Honseki = Annotated[str, Meta(pattern=_NO_CONTROLS, min_length=1, max_length=200)]
Hittosha = Annotated[str, Meta(pattern=_NO_CONTROLS, min_length=1, max_length=100)]
ReceptionNumber = Annotated[str, Meta(pattern="^[0-9A-Z-]{8,16}$", min_length=8, max_length=16)]
Telephone = Annotated[str, Meta(pattern=r"^[0-9][0-9-]*[0-9](?![\s\S])", min_length=10, max_length=15)]


class RegistrationRequest(Message, frozen=True):
    """Body of POST /visits/{visit}/registration."""

    honseki: Honseki
    """本籍 within the municipality of the visit, as typed."""
    hittosha: Hittosha
    """筆頭者, kana or kanji, as typed."""
    telephone: Telephone
    certificate: Annotated[bytes, Meta(min_length=1, max_length=8192)]
    """署名用電子証明書, DER."""
    signature: Annotated[bytes, Meta(min_length=1, max_length=1024)]
    """By the signature key over `registration_statement`."""


class RegistrationAnswer(Message, frozen=True):
    """Answer of an application that was taken in."""

    reception_number: ReceptionNumber
