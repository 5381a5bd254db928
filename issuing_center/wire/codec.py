"""Messages to bytes and back; the same message always gives the same bytes."""

from typing import Any, TypeVar

import msgspec
from msgspec import Struct


class Message(Struct, frozen=True, forbid_unknown_fields=True):
    """Base of all messages: unknown fields are an error, so that a misspelt one is never silently dropped."""


M = TypeVar("M", bound=Message)

_encoder = msgspec.json.Encoder(order="deterministic")


def encode(message: Message) -> bytes:
    """Encode a message as JSON; the same message always gives the same bytes."""
    return _encoder.encode(message)


class MalformedMessageError(ValueError):
    """A body is not the message it should be. Says where, never what."""


def decode(body: bytes, message: type[M]) -> M:
    """Decode and validate one message; raises MalformedMessageError without any of its content."""
    try:
        return msgspec.json.decode(body, type=message, strict=True)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        # The library's text names the path of the bad field and the expected type; the value is never in it.
        raise MalformedMessageError(_where(error)) from None


def _where(error: Exception) -> str:
    text = str(error)
    return text[text.index("`$") :] if "`$" in text else "not the expected message"


def schema(message: type[Message]) -> dict[str, Any]:
    """Give the JSON Schema of a message, for documentation and tests."""
    return msgspec.json.schema(message)
