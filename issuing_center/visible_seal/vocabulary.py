"""What kinds of sheet there are, as one byte each: title and certifying sentence together, since the sentence is the scope.

A code never changes its meaning; a new form or sentence gets a new one, here, in README.md and in script/verify_seal.py.
"""

from typing import Final


class UnknownFormError(ValueError):
    """A form has no code yet."""


_JUMINHYO: Final = "住民票"
FORMS: Final[dict[int, tuple[str, str]]] = {
    0x11: (_JUMINHYO, "この写しは、世帯全員の住民票の原本と相違ないことを証明する。"),
    0x12: (_JUMINHYO, "この写しは、住民票の原本と相違ないことを証明する。"),
    0x13: ("住民票記載事項証明書", "この証明書は、住民票に記載された事項と相違ないことを証明する。"),
    0x21: ("印鑑登録証明書", "この写しは、登録されている印影と相違ないことを証明する。"),
    0x31: ("課税証明書", "上記のとおり相違ないことを証明する。"),
    0x32: ("非課税証明書", "上記のとおり相違ないことを証明する。"),
    0x33: ("所得証明書", "上記のとおり相違ないことを証明する。"),
    0x34: ("納税証明書", "上記のとおり相違ないことを証明する。"),
    0x41: ("全部事項証明", "これは、戸籍に記録されている事項の全部を証明した書面である。"),
    0x42: ("個人事項証明", "これは、戸籍中の一部の者について記録されている事項の全部を証明した書面である。"),
    0x51: ("戸籍の附票", "この写しは、戸籍の附票の原本と相違ないことを証明する。"),
    0x52: ("戸籍の附票", "この写しは、戸籍の附票の一部の原本と相違ないことを証明する。"),
    0x61: ("罹災証明書", "上記のとおり、相違ないことを証明します。"),
}
"""Code -> title and certifying sentence."""
_CODES: Final = {form: code for code, form in FORMS.items()}


def form_code(title: str, sentence: str) -> int:
    """Give the code of a form. Raises UnknownFormError."""
    try:
        return _CODES[title, sentence]
    except KeyError:
        raise UnknownFormError(f"{title} with this sentence has no code in the visible seal") from None
