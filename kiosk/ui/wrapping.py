"""Where a line may break, so that Japanese breaks between phrases and lines come out even. Knows no toolkit.

Toolkits break Japanese anywhere kinsoku allows, which cuts words in two; large type makes that a line in every screen.
"""

import unicodedata
from collections.abc import Callable

Measure = Callable[[str], float]
"""Width of a piece of text, in pixels."""

_NEVER_FIRST = "、。，．・：；？！）」』】〉》ー々ぁぃぅぇぉっゃゅょァィゥェォッャュョ%％)]},.:;?!…"
_NEVER_LAST = "（「『【〈《([{"
_BREAK_AFTER = "、。，．？！）」』】・"
_CLOSING = "）」』】"
"""A particle behind one of these belongs to what it closes."""
_PARTICLES = "はがをにのとでもへやか"
_PREFIXES = "おご"


def clusters(text: str) -> list[str]:
    """Split into characters that must stay whole: a base with its variation selectors and combining marks."""
    pieces: list[str] = []
    for character in text:
        joins = 0xFE00 <= ord(character) <= 0xFE0F or 0xE0100 <= ord(character) <= 0xE01EF
        if pieces and (joins or unicodedata.combining(character)):
            pieces[-1] += character
        else:
            pieces.append(character)
    return pieces


def phrases(text: str) -> list[str]:
    """Split one line of text where it may break; the pieces joined give the text again.

    Latin words break at spaces. Japanese breaks after punctuation and particles, before brackets, and where hiragana
    gives way to another script; an honorific prefix, もう (もう一度) or a lone kana of a compound (取り消し) stays with its
    word.
    """
    parts = clusters(text)
    pieces: list[str] = []
    for place, part in enumerate(parts):
        if place and not _may_break(parts, place):
            pieces[-1] += part
        else:
            pieces.append(part)
    return pieces


def fill(text: str, measure: Measure, width: float) -> list[str]:
    """Fill lines of at most `width` greedily; a phrase wider than a line is cut between characters."""
    lines: list[str] = []
    for paragraph in text.split("\n"):
        line = ""
        for phrase in phrases(paragraph):
            if measure((line + phrase).rstrip()) <= width:
                line += phrase
                continue
            if line:
                lines.append(line.rstrip())
            *whole, line = _cut(phrase, measure, width)
            lines += whole
        lines.append(line.rstrip())
    return lines


def fill_evenly(text: str, measure: Measure, width: float) -> list[str]:
    """Fill as few lines as `fill` does, with the narrowest width that still gives as many."""
    lines = fill(text, measure, width)
    if len(lines) == 1:
        return lines
    # below the widest phrase, phrases would be cut to make the lines come out even
    low, high = max(width / 2, min(widest_phrase(text, measure), width)), width
    for _ in range(6):
        middle = (low + high) / 2
        attempt = fill(text, measure, middle)
        if len(attempt) == len(lines):
            lines, high = attempt, middle
        else:
            low = middle
    return lines


def widest_phrase(text: str, measure: Measure) -> float:
    """Give the width below which a phrase of `text` would be cut; 0 for no text."""
    found = [measure(phrase.rstrip()) for paragraph in text.split("\n") for phrase in phrases(paragraph)]
    return max(found, default=0.0)


def _may_break(parts: list[str], place: int) -> bool:
    before, after = parts[place - 1], parts[place]
    if before.isspace():
        return not after.isspace()
    if after.isspace() or after[0] in _NEVER_FIRST or before[0] in _NEVER_LAST:
        return False
    if before[0] in _CLOSING and _is_hiragana(after):
        return False
    if before[0] in _BREAK_AFTER or after[0] in _NEVER_LAST:
        return not (before[0].isascii() and after[0].isascii())
    if not _is_hiragana(before):
        return False
    if before == "を":
        return True
    follows_prefix = after in _PREFIXES and place + 1 < len(parts) and not _is_hiragana(parts[place + 1])
    if follows_prefix:
        return before in _PARTICLES
    if _is_hiragana(after) or before in _PREFIXES:
        return False
    if parts[max(0, place - 2) : place] == ["も", "う"]:
        return False
    lone = place < 2 or not _is_hiragana(parts[place - 2])
    return not lone or before in _PARTICLES


def _is_hiragana(part: str) -> bool:
    return "ぁ" <= part[0] <= "ゖ"


def _cut(phrase: str, measure: Measure, width: float) -> list[str]:
    lines = [""]
    for part in clusters(phrase):
        too_wide = lines[-1] and measure((lines[-1] + part).rstrip()) > width
        if too_wide and part[0] not in _NEVER_FIRST:
            lines.append(part)
        else:
            lines[-1] += part
    return lines
