"""What a screen shows, as plain data: any toolkit can draw it, and a test can compare it.

Texts are keys into assets/strings; the only literal texts come from a register or from the resident.
"""

from dataclasses import dataclass, field
from enum import Enum
from typing import NewType

Language = NewType("Language", str)
"""BCP 47 tag of a strings file: ja, en."""

JAPANESE = Language("ja")


class ScreenId(Enum):
    """One name a screen; pages, goldens and voice lines are filed under it."""

    IDLE = "idle"
    SERVICE = "service"
    CONSENT = "consent"
    MUNICIPALITY = "municipality"
    PLACE_CARD = "place_card"
    PIN = "pin"
    LAST_TRY = "last_try"
    VERIFYING = "verifying"
    TAKE_CARD = "take_card"
    KIND = "kind"
    SCOPE = "scope"
    MEMBERS = "members"
    YEAR = "year"
    ITEMS = "items"
    COPIES = "copies"
    CARD_AGAIN = "card_again"
    ATTRIBUTES_PIN = "attributes_pin"
    UNREAD = "unread"
    CONFIRM = "confirm"
    PREPARING = "preparing"
    PAYING = "paying"
    PRINTING = "printing"
    COLLECT = "collect"
    ANOTHER = "another"
    MESSAGE = "message"
    CALLING_STAFF = "calling_staff"
    HONSEKI = "honseki"
    HITTOSHA = "hittosha"
    TELEPHONE = "telephone"
    FORM = "form"
    LAST_PASSWORD = "last_password"  # noqa: S105 - a page
    PASSWORD = "password"  # noqa: S105 - a page
    SIGNING = "signing"
    UNSENT = "unsent"
    RECEPTION = "reception"
    REGISTRATION = "registration"
    NUMBER = "number"
    SEAL_CODE = "seal_code"
    OUT_OF_SERVICE = "out_of_service"


class Button(Enum):
    """Everything a finger can mean. Some carry an argument: which municipality, which member."""

    START = "start"
    LANGUAGE = "language"
    CERTIFICATES = "certificates"
    HONSEKI = "honseki"
    APPLICATION = "application"
    STATE = "state"
    SEAL_CARD = "seal_card"
    AGREE = "agree"
    DISAGREE = "disagree"
    MUNICIPALITY = "municipality"
    DIGIT = "digit"
    """Never reaches the flow with a value: the pad fills the PIN buffer and reports the count only."""
    CHARACTER = "character"
    """A key of a line that is written for everybody to see; a password's keys never reach the flow."""
    ERASE = "erase"
    CLEAR = "clear"
    OK = "ok"
    KIND = "kind"
    SCOPE = "scope"
    MEMBER = "member"
    YEAR = "year"
    ITEM = "item"
    MORE = "more"
    FEWER = "fewer"
    NEXT = "next"
    BACK = "back"
    CANCEL = "cancel"
    STAY = "stay"
    ANOTHER = "another"
    FINISH = "finish"
    NOT_MINE = "not_mine"
    CORRECT = "correct"
    RETRY = "retry"
    SKIP = "skip"


@dataclass(frozen=True, slots=True)
class Touch:
    """A button and its argument, as the screen emits it and the flow receives it."""

    button: Button
    argument: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class Text:
    """A key of assets/strings with its values, or a literal of the register (key is empty then)."""

    key: str
    values: tuple[tuple[str, str], ...] = field(default=(), repr=False)
    literal: str = field(default="", repr=False)


class Role(Enum):
    """How an action presents itself; place and look follow from it."""

    PRIMARY = "primary"
    SECONDARY = "secondary"
    BACK = "back"
    CANCEL = "cancel"
    ALARM = "alarm"


@dataclass(frozen=True, slots=True)
class Action:
    """One button of the bottom row."""

    touch: Touch
    label: Text
    role: Role
    enabled: bool = True


@dataclass(frozen=True, slots=True)
class Choice:
    """One large tile in the middle of a page."""

    touch: Touch
    label: Text
    detail: Text | None = None
    enabled: bool = True
    """A greyed choice carries its reason in `detail`."""
    selected: bool | None = None
    """None for a choice that leads on at once, True or False for one that can be ticked."""
    main: bool = False
    """What most people come for: it stands out."""


@dataclass(frozen=True, slots=True)
class Attract:
    """The first screen: a greeting and one invitation."""

    invitation: Text
    notices: tuple[Text, ...] = ()


@dataclass(frozen=True, slots=True)
class Choices:
    """Tiles to choose from; the page turns when they do not fit."""

    choices: tuple[Choice, ...]
    note: Text | None = None


@dataclass(frozen=True, slots=True)
class Reading:
    """Numbered or bulleted paragraphs to read."""

    paragraphs: tuple[Text, ...]


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture with a sentence: place_card, take_card, collect, clerk, closed."""

    name: str
    sentence: Text
    detail: Text | None = None


@dataclass(frozen=True, slots=True)
class PinPad:
    """The pad: only the number of digits is known to it."""

    typed: int
    tries_left: int
    note: Text | None = None
    """A wrong PIN is told here, with what is left; or which PIN is meant."""
    alarming: bool = True
    """The note is about a wrong PIN, or the last try."""


class Keys(Enum):
    """Which keys a line is written with."""

    KANA = "kana"
    """50音, and on a second page digits and Latin letters."""
    NUMBERS = "numbers"


@dataclass(frozen=True, slots=True)
class TextPad:
    """A line and the keys to write it."""

    written: str = field(repr=False)
    keys: Keys
    hint: Text | None
    """Stands where the line will be: an example, or what to know; None once something is written."""


@dataclass(frozen=True, slots=True)
class PasswordPad:
    """The keys of the password: only the number of characters is known to it."""

    typed: int
    tries_left: int
    note: Text
    """What a password is made of; a wrong one is told here, with what is left."""
    alarming: bool = False
    """The note is about a wrong password, or the last try."""


@dataclass(frozen=True, slots=True)
class Number:
    """A number to keep, large, and what happens next."""

    caption: Text
    number: str
    paragraphs: tuple[Text, ...]


@dataclass(frozen=True, slots=True)
class Busy:
    """Waiting with a sentence of what is happening; `stage` of `stages` where known."""

    sentence: Text
    stage: int = 0
    stages: int = 0


@dataclass(frozen=True, slots=True)
class Stepper:
    """A number to raise and lower."""

    value: int
    minimum: int
    maximum: int
    unit: Text
    summary: Text


@dataclass(frozen=True, slots=True)
class Row:
    """Label and values of a summary."""

    label: Text
    values: tuple[Text, ...]


@dataclass(frozen=True, slots=True)
class Summary:
    """What was chosen, the sum, and what the resident must know before going on."""

    rows: tuple[Row, ...]
    total: Text
    note: Text


@dataclass(frozen=True, slots=True)
class Money:
    """Amount due and inserted, in yen."""

    due_yen: int
    inserted_yen: int
    sentence: Text


@dataclass(frozen=True, slots=True)
class Progress:
    """Sheets out of sheets."""

    done: int
    total: int
    sentence: Text
    detail: Text


class Tone(Enum):
    """Of a message: said by icon and words, never by colour alone."""

    INFORM = "inform"
    CAUTION = "caution"
    STOP = "stop"


@dataclass(frozen=True, slots=True)
class Message:
    """What happened, what to do, where card and money are; the code small for staff."""

    tone: Tone
    happened: Text
    to_do: Text
    code: str
    card_and_money: Text | None = None


Body = (
    Attract
    | Choices
    | Reading
    | Picture
    | PinPad
    | TextPad
    | PasswordPad
    | Number
    | Busy
    | Stepper
    | Summary
    | Money
    | Progress
    | Message
)


@dataclass(frozen=True, slots=True)
class ScreenModel:
    """One still page."""

    screen: ScreenId
    language: Language
    title: Text
    body: Body
    actions: tuple[Action, ...] = ()
    step: tuple[int, int] | None = None
    """Step n of m; None outside the numbered part of the visit."""
    language_switch: bool = True
    warning_s: int | None = None
    """Seconds until the visit ends by itself, shown with one button to stay; None when no warning is due."""
    announcement: Text = Text("")
    """The spoken line; empty key means the title is spoken."""
