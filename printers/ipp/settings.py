"""How one IPP printer is set up: a frozen value, checked completely before anything is sent."""

import re
from dataclasses import dataclass
from urllib.parse import urlsplit

from printers.ipp.transport import Address

FORMATS = ("application/pdf", "image/pwg-raster")
_PORT = 631
_FINGERPRINT = re.compile(r"[0-9a-fA-F]{64}\Z")
_NAME = re.compile(r"[A-Za-z0-9._-]{1,64}\Z")


class BadPrinterSettings(ValueError):
    """A setting that cannot be; the sentence names it and what would do."""


@dataclass(frozen=True, slots=True)
class Limits:
    """How long is waited, in seconds."""

    connect_s: float = 5.0
    answer_s: float = 15.0
    """One question and its answer."""
    document_s: float = 60.0
    """Sending the document, its answer included."""
    busy_s: float = 30.0
    """A printer that is busy is asked again for so long, before it has anything."""
    stopped_s: float = 5.0
    """A stop of the engine in mid-job may be this long; some are a breath between two trays."""
    stall_s: float = 90.0
    """No sheet and no change of state for so long: the job is taken back. Warming up takes a laser up to a minute."""
    settle_s: float = 30.0
    """A job whose printer is gone is asked for again for so long; then the outcome is unknown."""
    counter_s: float = 2.0
    """Counters may come after the last sheet by so much."""
    first_poll_s: float = 0.05
    poll_s: float = 0.5


@dataclass(frozen=True, slots=True)
class IppSettings:
    """One printer."""

    uri: str
    """ipp://HOST[:PORT]/PATH, or ipps:// for TLS."""
    queue: str | None = None
    """ipp://HOST[:PORT]/printers/NAME of a CUPS that carries the jobs; None: they go straight to the printer."""
    media: str = "iso_a4_210x297mm"
    tray: str | None = None
    """media-source, "tray-1"; None lets the printer find the paper."""
    format: str | None = None
    """One of FORMATS; None takes the PDF where the printer takes it, a raster otherwise."""
    color: bool | None = None
    """None leaves it to the printer."""
    alone: bool = True
    """Nobody else prints on it: its own page counters count our sheets, and any waiting job is a leftover."""
    job_counter: bool = True
    """Its counters of a job can be believed; False for a make that leaves them at 0."""
    two_sided: bool = False
    """Documents come with backs: a printer without a duplex unit is trouble before anything is sold."""
    certificate_sha256: str | None = None
    ca_file: str | None = None
    harmless_reasons: frozenset[str] = frozenset()
    """Words of this maker's among printer-state-reasons that mean nothing for paper."""
    user: str = "certificate-kiosk"
    """requesting-user-name; by it leftovers of ours are known."""
    limits: Limits = Limits()

    def address(self) -> Address:
        """Check everything and give the address. Raises BadPrinterSettings."""
        try:
            parts = urlsplit(self.uri)
            host, port = parts.hostname, parts.port or _PORT
        except ValueError:
            raise BadPrinterSettings("uri: not an address") from None
        if parts.scheme not in {"ipp", "ipps"}:
            raise BadPrinterSettings("uri: begins with ipp:// or ipps://")
        if not host or parts.username is not None or parts.query or parts.fragment:
            raise BadPrinterSettings("uri: ipp://HOST[:PORT]/PATH, without user, query or fragment")
        if not self.uri.isascii() or not self.uri.isprintable() or " " in self.uri:
            raise BadPrinterSettings("uri: visible ASCII only")
        if self.format is not None and self.format not in FORMATS:
            raise BadPrinterSettings(f"format: one of {', '.join(FORMATS)}")
        for name, value in (("media", self.media), ("tray", self.tray), ("user", self.user)):
            if value is not None and not _NAME.match(value):
                raise BadPrinterSettings(f"{name}: up to 64 letters, digits, dots, hyphens and underscores")
        if self.certificate_sha256 is not None and not _FINGERPRINT.match(self.certificate_sha256):
            raise BadPrinterSettings("certificate_sha256: 64 hexadecimal digits")
        if self.queue is not None:
            self._check_queue(self.queue)
        tls = parts.scheme == "ipps"
        if not tls and (self.certificate_sha256 or self.ca_file):
            raise BadPrinterSettings("uri: a certificate is checked with ipps:// only")
        return Address(host, port, parts.path or "/", tls, self.certificate_sha256, self.ca_file)

    def _check_queue(self, queue: str) -> None:
        if self.tray is not None:
            raise BadPrinterSettings("queue: CUPS does not pass the tray on; without a queue, or without a tray")
        try:
            IppSettings(queue).address()
        except BadPrinterSettings as error:
            raise BadPrinterSettings(str(error).replace("uri", "queue", 1)) from None
