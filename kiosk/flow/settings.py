"""What differs between machines and modes, and every deadline, as frozen data."""

from dataclasses import dataclass, field
from typing import assert_never

from kiosk.domain.hours import NationalHours
from kiosk.flow.screen_model import JAPANESE, Language
from kiosk.flow.states import (
    Another,
    CallingStaff,
    Cancelling,
    CheckingDevices,
    ChoosingCopies,
    ChoosingItems,
    ChoosingKind,
    ChoosingMembers,
    ChoosingMunicipality,
    ChoosingScope,
    ChoosingYear,
    Collect,
    Confirming,
    Consent,
    Idle,
    LastTry,
    Message,
    OutOfService,
    Paying,
    Pin,
    PlaceCard,
    Preparing,
    Printing,
    Refunding,
    ReturningCard,
    Service,
    Settling,
    State,
    TakeCard,
    Verifying,
)


@dataclass(frozen=True, slots=True)
class Limit:
    """How long a state may last without a sign of life."""

    total_s: float
    warning_s: float = 0.0
    """The last seconds, during which the screen warns and offers to stay; 0 where a touch could change nothing."""


@dataclass(frozen=True, slots=True)
class Deadlines:
    """Every time limit of the flow, in seconds. Attended ones: at least 60 s before and 20 s of warning (U8)."""

    attended: Limit = Limit(80.0, 20.0)
    """Sixty seconds and the warning."""
    reading: Limit = Limit(140.0, 20.0)
    """Longer texts and the paper tray: twice sixty seconds and the warning."""
    verifying: Limit = Limit(90.0)
    """Beyond the time-outs of card and center; a backstop, not a wish."""
    preparing: Limit = Limit(180.0)
    """The documents may take tens of seconds; same reason."""
    checking: Limit = Limit(60.0)
    cancelling: Limit = Limit(120.0)
    """Coins come back one by one."""
    refunding: Limit = Limit(180.0)
    staff: Limit = Limit(320.0, 20.0)
    """Time to write the number down or to wait for the clerk."""
    take_card: Limit = Limit(120.0, 20.0)
    pin_gap_s: float = 30.0
    """Between two digits; then the typed ones are cleared (U12)."""
    first_alarm_s: float = 10.0
    """A forgotten card is spoken of for the first time."""
    next_alarm_s: float = 10.0
    """And again, more urgently, up to the third level."""

    def of(self, state: State) -> Limit | None:
        """Give the limit of a state; None where it has none because waiting is right, however long."""
        match state:
            case Settling() | Idle() | OutOfService():
                return None
            case ReturningCard():
                return None  # a forgotten card blocks the machine: nobody else is served beside it
            case Printing():
                return None  # paid: the printer's own answer ends it (U8)
            case TakeCard():
                return self.take_card
            case Verifying():
                return self.verifying
            case Preparing():
                return self.preparing
            case CheckingDevices():
                return self.checking
            case Cancelling():
                return self.cancelling
            case Refunding():
                return self.refunding
            case CallingStaff():
                return self.staff
            case Consent() | Message() | Collect() | Confirming():
                return self.reading
            case (
                Service()
                | ChoosingMunicipality()
                | PlaceCard()
                | LastTry()
                | Pin()
                | ChoosingKind()
                | ChoosingScope()
                | ChoosingMembers()
                | ChoosingYear()
                | ChoosingItems()
                | ChoosingCopies()
                | Paying()
                | Another()
            ):
                return self.attended
            case _:
                assert_never(state)


@dataclass(frozen=True, slots=True)
class FlowSettings:
    """The table of differences between modes, as far as the flow knows of them (design section 3)."""

    takes_payment: bool = True
    """False at a counter: staff collect the fee."""
    hands_over_here: bool = True
    """False at a counter: the resident gets a slip, staff hand over the certificate."""
    two_sided: bool = True
    """Two pages of a document are one sheet; False where the paper carries no back page."""
    hours_enforced: bool = True
    """False where the clock given decides nothing, and in trials outside hours."""
    hours: NationalHours = field(default_factory=NationalHours)
    telephone: str = ""
    """Where staff answer, shown when they are needed; empty when the machine stands beside them."""
    languages: tuple[Language, ...] = (JAPANESE, Language("en"))
    deadlines: Deadlines = field(default_factory=Deadlines)

    def sheets(self, pages: int) -> int:
        """Give the sheets that a document of so many pages takes."""
        return (pages + 1) // 2 if self.two_sided else pages
