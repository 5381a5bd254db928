"""The lines of the application for 利用登録: their order, what may be written in each, and when it can be right.

Whether a line is true is for the staff of the 本籍地; here only what cannot be right is held back.
"""

from dataclasses import replace
from types import MappingProxyType

from kiosk.flow import kana
from kiosk.flow.states import Form, Line

ORDER = tuple(Line)
MOST = MappingProxyType({Line.HONSEKI: 40, Line.HITTOSHA: 24, Line.TELEPHONE: 13})
"""Characters: a long 町名 with its numbers, two long names, 0XX-XXXX-XXXX."""
TELEPHONE_DIGITS = (10, 11)
"""Of a Japanese number, the leading 0 included: of a house, of a mobile telephone."""
IN_WORDS = frozenset(kana.LETTERS + kana.DIGITS + kana.LATIN + kana.HYPHEN + kana.SPACE).union(kana.MARKS)
IN_NUMBERS = frozenset(kana.DIGITS + kana.HYPHEN)


def written(form: Form, line: Line) -> str:
    """Give what a line says so far."""
    match line:
        case Line.HONSEKI:
            return form.honseki
        case Line.HITTOSHA:
            return form.hittosha
        case Line.TELEPHONE:
            return form.telephone


def rewrite(form: Form, line: Line, text: str) -> Form:
    """Give the form with another text in a line."""
    match line:
        case Line.HONSEKI:
            return replace(form, honseki=text)
        case Line.HITTOSHA:
            return replace(form, hittosha=text)
        case Line.TELEPHONE:
            return replace(form, telephone=text)


def may_write(line: Line, key: str) -> bool:
    """Tell whether a key belongs to a line."""
    return key in (IN_NUMBERS if line is Line.TELEPHONE else IN_WORDS)


def is_complete(form: Form, line: Line) -> bool:
    """Tell whether a line can be right as it stands."""
    text = written(form, line).strip()
    if line is not Line.TELEPHONE:
        return bool(text)
    digits = text.replace(kana.HYPHEN, "")
    whole = not text.endswith(kana.HYPHEN) and kana.HYPHEN * 2 not in text
    return len(digits) in TELEPHONE_DIGITS and text.startswith("0") and whole


def missing(form: Form) -> Line | None:
    """Give the first line that is not complete; None when all are."""
    return next((line for line in ORDER if not is_complete(form, line)), None)


def previous(line: Line) -> Line | None:
    """Give the line before; None before the first."""
    place = ORDER.index(line)
    return ORDER[place - 1] if place else None
