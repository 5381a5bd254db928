"""What a counter terminal tells of the card beyond its certificate: the four attributes, sealed to the center."""

from typing import Annotated

from msgspec import Meta

from issuing_center.wire.codec import Message

_NO_CONTROLS = r"^[^\x00-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060-\u206f\ud800-\udfff\ufeff]+(?![\s\S])"
"""As of an application: nothing that could hide; the end, because `$` admits a line feed."""


class CardAttributes(Message, frozen=True):
    """Plain text of `SealedAttributes.sealed`; never sent as it is. There is no field for the individual number."""

    name: Annotated[str, Meta(pattern=_NO_CONTROLS, min_length=1, max_length=300)]
    """氏名, as the card has it."""
    address: Annotated[str, Meta(pattern=_NO_CONTROLS, min_length=1, max_length=300)]
    """住所, likewise."""
    birth_date: Annotated[str, Meta(pattern=r"^[0-9]{8}(?![\s\S])", min_length=8, max_length=8)]
    """YYYYMMDD."""
    sex: Annotated[str, Meta(pattern=r"^[129](?![\s\S])", min_length=1, max_length=1)]
    """1 male, 2 female, 9 not applicable."""


class SealedAttributes(Message, frozen=True):
    """Body of POST /visits/{visit}/attributes."""

    sealed: Annotated[bytes, Meta(min_length=1, max_length=8192)]
    """`CardAttributes`, sealed to `MenuPayload.attributes_key` under `attributes_binding`."""
