"""Command APDUs as a card takes them apart (ISO/IEC 7816-4, section 5.2), short and extended."""

from dataclasses import dataclass, field


class NotACommand(Exception):
    """The bytes have no valid command structure."""


@dataclass(frozen=True, slots=True)
class Command:
    """One command."""

    cla: int
    ins: int
    p1: int
    p2: int
    data: bytes = field(repr=False)
    le: int | None
    """Bytes wanted at most, 1 to 65536; None when no answer data is expected."""

    @classmethod
    def parse(cls, raw: bytes | bytearray) -> "Command":
        """Take a command apart. Raises NotACommand."""
        if len(raw) < 4:
            raise NotACommand
        body = bytes(raw[4:])
        data, le = b"", None
        if len(body) == 1:
            le = body[0] or 256
        elif len(body) >= 3 and body[0] == 0:
            data, le = cls._lengths(body[1:], 2)
        elif body:
            data, le = cls._lengths(body, 1)
        return cls(raw[0], raw[1], raw[2], raw[3], data, le)

    @staticmethod
    def _lengths(body: bytes, width: int) -> tuple[bytes, int | None]:
        """Split Lc, data and Le whose lengths take `width` bytes each."""
        unlimited = 1 << 8 * width
        if len(body) == width:
            return b"", int.from_bytes(body) or unlimited
        length = int.from_bytes(body[:width])
        data, rest = body[width : width + length], body[width + length :]
        if not length or len(data) != length or len(rest) not in (0, width):
            raise NotACommand
        return data, (int.from_bytes(rest) or unlimited) if rest else None
