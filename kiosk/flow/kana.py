"""Kana from the keys of the screen: letters, marks that change the letter before them, and what may stand in a form.

There is no conversion into kanji. Staff of the 本籍地 compare the reading with their 戸籍, and a reading has one spelling.
"""

from types import MappingProxyType

VOICED, HALF_VOICED, SMALL = "゛", "゜", "小"
"""Keys that change the letter before them; pressed again they change it back."""
SPACE = "　"
"""Between family name and given name."""

GRID = (
    "あかさたなはまやらわ",
    "いきしちにひみ り ",
    "うくすつぬふむゆるを",
    "えけせてねへめ れー",
    "おこそとのほもよろん",
)
"""The 50音 as its keys lie: a column a 行. A space is a place without a key."""
LETTERS = "".join(GRID).replace(" ", "")
DIGITS = "1234567890"
LATIN = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
HYPHEN = "-"

_PAIRS = {
    VOICED: ("うかきくけこさしすせそたちつてとはひふへほ", "ゔがぎぐげござじずぜぞだぢづでどばびぶべぼ"),
    HALF_VOICED: ("はひふへほ", "ぱぴぷぺぽ"),
    SMALL: ("あいうえおつやゆよわ", "ぁぃぅぇぉっゃゅょゎ"),
}
_PLAIN = MappingProxyType(
    {changed: plain for plains, changes in _PAIRS.values() for plain, changed in zip(plains, changes, strict=True)}
)
_CHANGED = MappingProxyType({mark: dict(zip(*pair, strict=True)) for mark, pair in _PAIRS.items()})
MARKS = tuple(_PAIRS)


def typed(text: str, key: str, most: int) -> str:
    """Give what a text becomes by a key; the same text when the key changes nothing, or there is no room.

    A mark changes the last letter, whichever mark it has now: か and ゛ give が, が and ゛ give か, は ゛ ゜ give ぱ.
    """
    if key in _CHANGED:
        if not text:
            return text
        plain = _PLAIN.get(text[-1], text[-1])
        changed = _CHANGED[key].get(plain)
        if changed is None:
            return text
        return text[:-1] + (plain if changed == text[-1] else changed)
    if len(text) >= most or (key == SPACE and (not text or text.endswith(SPACE))):
        return text
    return text + key


def keys_for(text: str) -> tuple[str, ...]:
    """Give the keys that write a text. Raises ValueError, without the text, when the keys cannot write it."""
    keys: list[str] = []
    for character in text:
        plain = _PLAIN.get(character, character)
        if plain not in LETTERS + SPACE + DIGITS + LATIN + HYPHEN:
            raise ValueError("the keys of the screen cannot write this")
        keys.append(plain)
        if plain != character:
            keys.append(next(mark for mark in MARKS if _CHANGED[mark].get(plain) == character))
    return tuple(keys)
