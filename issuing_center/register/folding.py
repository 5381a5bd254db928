"""How names and places are compared when somebody looks for a 戸籍, and the keys by which one is found.

A key is for finding and is shown nowhere: what stands in a register is never folded. The keys are columns of the register, so
whoever changes what folding does makes a migration that writes them anew.
"""

import re
import unicodedata

from issuing_center.register.holdings import Fuhyo, Koseki, Risai, TaxRecord

HIGHEST = "\U0010ffff"
"""Sorts after everything that a key goes on with."""


def lookup_keys(record: Koseki | Fuhyo | Risai | TaxRecord) -> dict[str, str]:
    """Give the columns by which a 戸籍 is found; none for any other record.

    The place is written backwards: an applicant leaves out how it begins, prefecture and municipality.
    """
    if not isinstance(record, Koseki):
        return {}
    written, *read = names_of_the_head(record)
    return {"head_key": written, "head_reading_key": "".join(read), "place_key": folded(record.honseki)[::-1]}


def names_of_the_head(koseki: Koseki) -> tuple[str, ...]:
    """Give the 筆頭者 as written and, where the register has both parts of it, as read; folded."""
    _, _, given = koseki.hittosha.partition("　")
    head = next((person for person in koseki.persons if person.given_name == given), None)
    written = folded(koseki.hittosha)
    if head is None or not head.reading or not koseki.surname_reading:
        return (written,)
    return written, folded(koseki.surname_reading + head.reading)


_SMALL = str.maketrans("ァィゥェォッャュョヮヵヶ", "アイウエオツヤユヨワカケ")
_HIRAGANA = {code: code + 0x60 for code in range(0x3041, 0x3097)}


def folded(text: str) -> str:
    """Write a name or place as it is compared: widths, blanks, hyphens, kinds and sizes of kana do not count."""
    wide = unicodedata.normalize("NFKC", text).translate(_HIRAGANA).translate(_SMALL)
    return re.sub(r"[\s・.,、。ー‐‑‒–—―−-]", "", _with_digits(wide)).replace("番地", "番").upper()


def numbers_in(text: str) -> tuple[int, ...]:
    """Give the numbers of an address in their order, whatever they are written in: 四丁目5番 is 4, 5."""
    return tuple(int(each) for each in re.findall(r"[0-9]+", _with_digits(unicodedata.normalize("NFKC", text))))


_KANJI = {kanji: value for value, kanji in enumerate("〇一二三四五六七八九")}
_COUNTED = re.compile(r"[〇一二三四五六七八九十百]+(?=丁目|番|号|条|地割)")


def _with_digits(text: str) -> str:
    return _COUNTED.sub(lambda match: str(_number(match[0])), text)


def _number(kanji: str) -> int:
    """Read a Chinese numeral below 1,000, written by places (百二十三) or digit by digit (一二三)."""
    if not set(kanji) & {"十", "百"}:
        return int("".join(str(_KANJI[each]) for each in kanji))
    total = digit = 0
    for each in kanji:
        if each in _KANJI:
            digit = _KANJI[each]
        else:
            total += (digit or 1) * (10 if each == "十" else 100)
            digit = 0
    return total + digit
