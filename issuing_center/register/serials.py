"""How the register writes a certificate's serial number."""

SERIAL_MAX_BITS = 160
"""RFC 5280, 4.1.2.2: a certificate's serial number has at most 20 octets."""


def serial_text(serial: int) -> str:
    """Write a certificate's serial number as the register stores it. Raises ValueError for one no certificate can have."""
    if serial <= 0 or serial.bit_length() > SERIAL_MAX_BITS:
        raise ValueError("not a certificate's serial number")
    return f"{serial:x}"
