"""What a machine is put together from, and what a headless visit may tell of itself afterwards."""

from dataclasses import dataclass, field

from kiosk.domain.certificates import MunicipalityCode, TransactionId
from kiosk.ports.card import CardReader
from kiosk.ports.center import IssuingCenter
from kiosk.ports.clock import Clock
from kiosk.ports.journal import Journal
from kiosk.ports.payment import PaymentDevice
from kiosk.ports.printer import DocumentPrinter
from kiosk.ports.slips import SlipPrinter


@dataclass(frozen=True, slots=True)
class World:
    """Everything a visit needs of the world; `wiring` fills it in."""

    reader: CardReader
    center: IssuingCenter
    money: PaymentDevice
    printer: DocumentPrinter
    slips: SlipPrinter
    journal: Journal
    clock: Clock
    kiosk_id: str
    """Whose slips these are: the name in this device's own certificate."""
    counter_of: MunicipalityCode | None = None
    """Whose clerks are told how the printers are; None but at a counter."""


@dataclass(frozen=True, slots=True)
class OrderFigures:
    """What may be told of an order after its visit."""

    transaction: TransactionId
    pages: int
    total_yen: int


@dataclass(slots=True)
class Figures:
    """What a headless visit tells afterwards; a machine in service collects nothing of the kind."""

    timings_ms: dict[str, int] = field(default_factory=dict)
    """How long each kind of act took last, by the name of its effect."""
    order: OrderFigures | None = None
    """The latest order whose documents came; nothing of a person is in it."""
