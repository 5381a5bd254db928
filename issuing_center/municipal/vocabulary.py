"""Which words a settings package may use for which certificate: the law's limits, not a municipality's choice."""

from dataclasses import dataclass

SELF, HOUSEHOLD, SOME, ALL = "self", "household", "some", "all"
"""Scopes: the applicant; everybody of the 世帯; chosen members; everybody of the 戸籍."""

FAMILY = ("koseki-zenbu", "koseki-kojin", "fuhyo")
"""Certificates of a 本籍地, which people who live elsewhere can have after a 利用登録."""
APPLICATION = "application"
"""Taking applications for 利用登録, in the words of opening hours and maintenance."""


@dataclass(frozen=True, slots=True)
class KindWords:
    """What may be said of one certificate."""

    scopes: frozenset[str]
    items: frozenset[str] = frozenset()
    forms: bool = False
    """Whether there are two forms to choose from."""
    tax_years: bool = False
    """Whether it is about a 年度."""


_RESIDENT = KindWords(
    frozenset({SELF, HOUSEHOLD, SOME}),
    frozenset({"head_and_relation", "domicile", "my_number", "foreign_status"}),
    forms=True,
)
_TAX = KindWords(frozenset({SELF}), tax_years=True)

KINDS: dict[str, KindWords] = {
    "juminhyo": _RESIDENT,
    # 住民票記載事項証明書: the same entries, in a form of its own.
    "kisaijiko": KindWords(_RESIDENT.scopes, _RESIDENT.items),
    "inkan": KindWords(frozenset({SELF})),
    # 課税証明書, and 非課税証明書 for those who owe nothing: which of the two follows from the assessment.
    "kazei": _TAX,
    "shotoku": _TAX,
    "nozei": _TAX,
    "koseki-zenbu": KindWords(frozenset({ALL})),
    "koseki-kojin": KindWords(frozenset({SELF, SOME})),
    "fuhyo": KindWords(frozenset({ALL, SELF, SOME}), frozenset({"domicile", "overseas_election"})),
    "risai": KindWords(frozenset({SELF})),
}
