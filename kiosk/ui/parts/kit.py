"""What every part and page needs to draw itself and to say that it was touched."""

from collections.abc import Callable
from dataclasses import dataclass

from kiosk.flow.screen_model import Text, Touch
from kiosk.ui.drawings import Drawings
from kiosk.ui.guard import Guard
from kiosk.ui.lettering import Lettering
from kiosk.ui.strings import Strings
from kiosk.ui.theme import Theme


@dataclass(frozen=True, slots=True)
class Kit:
    """The look and the words of the moment; made anew when either changes."""

    theme: Theme
    strings: Strings
    lettering: Lettering
    drawings: Drawings
    guard: Guard
    touch: Callable[[Touch], None]
    tone: Callable[[], None]
    """Asks for the one tone that every press has."""

    def px(self, mm: float) -> int:
        """Convert millimetres of the panel to pixels."""
        return self.theme.px(mm)

    def text(self, text: Text) -> str:
        """Give the words of a model's text."""
        return self.strings.text(text)
