"""What differs between machines and modes, and every deadline, as frozen data."""

from dataclasses import dataclass, field
from typing import assert_never

from kiosk.domain.hours import NationalHours
from kiosk.flow.screen_model import JAPANESE, Language
from kiosk.flow.states import (
    Another,
    Applied,
    Applying,
    AttributesPin,
    CallingStaff,
    Cancelling,
    CardAgain,
    CheckingDevices,
    CheckingForm,
    CheckingTrays,
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
    InspectingSignature,
    LastPassword,
    LastTry,
    Message,
    Numbered,
    OutOfService,
    Password,
    Paying,
    Pin,
    PlaceCard,
    Preparing,
    Printing,
    ReadingAttributes,
    Reception,
    Refunding,
    ReturningCard,
    SealCode,
    Service,
    Settling,
    Signing,
    State,
    TakeCard,
    Told,
    Unread,
    Unsent,
    Verifying,
    Writing,
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
    typing: Limit = Limit(260.0, 20.0)
    """To write a line, or a password of which one has to think: four minutes and the warning."""
    sending: Limit = Limit(90.0)
    """Beyond the time-outs of the center; as verifying."""
    pin_gap_s: float = 30.0
    """Between two digits; then the typed ones are cleared (U12)."""
    password_gap_s: float = 60.0
    """The same between two characters of a password, whose keys have to be looked for."""
    first_alarm_s: float = 10.0
    """A forgotten card is spoken of for the first time."""
    next_alarm_s: float = 10.0
    """And again, more urgently, up to the third level."""
    papers_alarm_s: float = 25.0
    """So often is spoken of what has not been taken; reading and checking the name takes its time."""

    def of(self, state: State) -> Limit | None:
        """Give the limit of a state; None where it has none because waiting is right, however long."""
        match state:
            case Settling() | Idle() | OutOfService():
                return None
            case ReturningCard():
                return None  # a forgotten card blocks the machine: nobody else is served beside it
            case Printing():
                return None  # paid: the printer's own answer ends it (U8)
            case TakeCard() | Applied():
                return self.take_card
            case Verifying() | InspectingSignature() | Signing() | ReadingAttributes():
                return self.verifying
            case Applying():
                return self.sending
            case Writing() | Password():
                return self.typing
            case Preparing():
                return self.preparing
            case CheckingDevices() | CheckingTrays():
                return self.checking
            case Cancelling():
                return self.cancelling
            case Refunding():
                return self.refunding
            case CallingStaff() | Reception() | SealCode():
                return self.staff
            case Numbered():
                # A number that is on no slip must be written down, one in trouble told to the clerk.
                return self.staff if state.unslipped or state.trouble is not None else self.reading
            case Consent() | Message() | Collect() | Confirming() | CheckingForm() | Unsent() | Told() | Unread():
                return self.reading
            case (
                Service()
                | ChoosingMunicipality()
                | PlaceCard()
                | LastTry()
                | LastPassword()
                | Pin()
                | CardAgain()
                | AttributesPin()
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
    trays: tuple[str, str] | None = None
    """At a counter: the trays for certificates and for other papers, by the printer's own names; an order that means
    others is not printed. None where there are no such trays."""
    takes_cash: bool = True
    """Money comes as coins and notes; without, a receipt names neither what was put in nor change."""
    needs_slips: bool = False
    """Nothing is sold while the slip printer cannot print; in service that is so unless the settings say otherwise."""
    hours_enforced: bool = True
    """False where the clock given decides nothing, and in trials outside hours."""
    hours: NationalHours = field(default_factory=NationalHours)
    telephone: str = ""
    """Where staff answer, shown when they are needed; empty when the machine stands beside them."""
    languages: tuple[Language, ...] = (JAPANESE, Language("en"))
    deadlines: Deadlines = field(default_factory=Deadlines)
