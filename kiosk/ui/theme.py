"""Every colour, size and typeface of the screen, and nothing else. Sizes are millimetres on the real panel.

Figures: targets and type sizes follow EN 301 549, VVSG 2.0 and JIS S 0032 at 500 mm viewing distance: a capital H of
6.2 mm is 0.7 degrees there. Contrasts are checked by tests, on pixels.
"""

from dataclasses import dataclass
from enum import Enum
from pathlib import PurePosixPath

from kiosk.ui.geometry import ScreenGeometry


class Style(Enum):
    """What a piece of text is on its page; size and weight follow from it."""

    GREETING = "greeting"
    TITLE = "title"
    LABEL = "label"
    BODY = "body"
    DETAIL = "detail"
    CAPTION = "caption"
    FIGURE = "figure"
    KEY = "key"
    SENTENCE = "sentence"
    CHOICE = "choice"


@dataclass(frozen=True, slots=True)
class TypeSize:
    """Capital heights in mm: wanted, the least before text counts as cut, the most that large text grows to.

    Lines are `leading` ems apart.
    """

    cap_mm: float
    least_mm: float
    most_mm: float
    bold: bool
    leading: float


STANDARD_CAP_MM = 6.1
"""0.7 degrees at 500 mm is 6.2 mm; whole pixels round it by as much as this leaves."""

TYPE_SIZES = {
    Style.GREETING: TypeSize(11.0, 6.2, 14.0, True, 1.4),
    Style.TITLE: TypeSize(7.8, 5.6, 10.0, True, 1.36),
    Style.LABEL: TypeSize(6.2, 4.4, 12.0, True, 1.36),
    Style.BODY: TypeSize(6.2, 4.4, 12.0, False, 1.46),
    Style.DETAIL: TypeSize(5.0, 4.0, 8.6, False, 1.42),
    Style.CAPTION: TypeSize(4.2, 3.2, 7.0, False, 1.36),
    Style.FIGURE: TypeSize(12.0, 6.2, 16.0, True, 1.2),
    Style.KEY: TypeSize(8.6, 6.2, 12.0, True, 1.2),
    Style.SENTENCE: TypeSize(7.0, 4.6, 12.0, False, 1.5),
    Style.CHOICE: TypeSize(7.0, 4.4, 12.0, True, 1.36),
}

MAIN_STYLES = frozenset(
    {Style.GREETING, Style.TITLE, Style.LABEL, Style.BODY, Style.SENTENCE, Style.CHOICE, Style.FIGURE, Style.KEY}
)
"""Styles that a visit cannot do without: they keep 6.2 mm in the standard size."""


@dataclass(frozen=True, slots=True)
class Face:
    """A typeface by the file it is loaded from; `bold` None where the family has one weight."""

    family: str
    regular: PurePosixPath
    bold: PurePosixPath | None


FONT_DIR = PurePosixPath("/usr/share/fonts/truetype")
"""Where the distribution's font packages put their files; the packages are in the bootstrap's list."""

GOTHIC = Face(
    "BIZ UDPGothic",
    FONT_DIR / "bizud-gothic/BIZUDPGothic-Regular.ttf",
    FONT_DIR / "bizud-gothic/BIZUDPGothic-Bold.ttf",
)
SANS = Face("Noto Sans", FONT_DIR / "noto/NotoSans-Regular.ttf", FONT_DIR / "noto/NotoSans-Bold.ttf")
MINCHO = Face("IPAmjMincho", FONT_DIR / "ipamj/ipamjm.ttf", None)
"""60,000 characters and their variation sequences: for names that the screen faces cannot draw."""

FACES = {"ja": (GOTHIC, SANS, MINCHO)}
OTHER_FACES = (SANS, GOTHIC, MINCHO)
"""Tried in order for a whole text, so that one sentence never mixes two faces."""

MISSING_CHARACTER = "〓"
"""What printers' type cases have always put where a character is wanting."""


@dataclass(frozen=True, slots=True)
class Palette:
    """Colours by purpose, as #rrggbb."""

    ground: str
    band: str
    surface: str
    ink: str
    quiet: str
    frame: str
    primary: str
    on_primary: str
    pressed: str
    on_pressed: str
    selected: str
    selected_frame: str
    disabled: str
    caution: str
    stop: str
    alarm: str
    on_alarm: str
    scrim: str
    recolour: tuple[tuple[str, str], ...] = ()
    """Colours of the drawings and what stands for them in this palette."""


CALM = Palette(
    ground="#f6f4ee",
    band="#e6efec",
    surface="#ffffff",
    ink="#14263a",
    quiet="#263445",
    frame="#5e6b7a",
    primary="#0f3f4c",
    on_primary="#ffffff",
    pressed="#f7d9a0",
    on_pressed="#14263a",
    selected="#e3efec",
    selected_frame="#0f3f4c",
    disabled="#eceae3",
    caution="#fbeccd",
    stop="#fae5e2",
    alarm="#6b1015",
    on_alarm="#ffffff",
    scrim="#14263a",
)

HIGH_CONTRAST = Palette(
    ground="#000000",
    band="#000000",
    surface="#000000",
    ink="#ffffff",
    quiet="#ffffff",
    frame="#ffffff",
    primary="#ffffff",
    on_primary="#000000",
    pressed="#ffff00",
    on_pressed="#000000",
    selected="#000000",
    selected_frame="#ffff00",
    disabled="#000000",
    caution="#000000",
    stop="#000000",
    alarm="#ffff00",
    on_alarm="#000000",
    scrim="#000000",
    recolour=(
        ("#14263a", "#ffffff"),
        ("#0f3f4c", "#ffffff"),
        ("#ffffff", "#000000"),
        ("#f6f4ee", "#000000"),
        ("#e6efec", "#000000"),
        ("#cfe0db", "#000000"),
        ("#9cc4bb", "#333333"),
        ("#f0b95b", "#7a6000"),
        ("#fbeccd", "#000000"),
        ("#d9a441", "#ffff00"),
        ("#e7b7a0", "#666666"),
        ("#6b1015", "#ffff00"),
    ),
)


@dataclass(frozen=True, slots=True)
class Theme:
    """One look on one panel."""

    geometry: ScreenGeometry
    palette: Palette = CALM
    text_scale: float = 1.0
    """1.0 is the standard size; LARGE_TEXT doubles what has room to grow."""

    target_mm = 15.0
    """Least side of anything that can be touched."""
    main_target_mm = 20.0
    """Least side of PIN keys, choices and the buttons of the bottom row."""
    gap_mm = 4.0
    """Between targets; 3 mm is the least allowed."""
    margin_mm = 10.0
    header_mm = 20.0
    footer_mm = 29.0
    action_mm = 21.5
    banner_mm = 8.0
    radius_mm = 2.6
    line_mm = 0.5
    strong_line_mm = 1.0
    content_mm = 280.0
    """Height of the part between header and footer that hands use; more height than this becomes header."""

    def px(self, mm: float) -> int:
        """Convert millimetres of the panel to whole pixels, never less than one."""
        return max(1, round(mm * self.geometry.px_per_mm))


LARGE_TEXT = 12.0 / 6.2
"""Scale at which a capital H is 12 mm."""
