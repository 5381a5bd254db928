"""What every certificate has, and what several have in common: the issuer of the day, dates as far as they are known."""

from datetime import date
from functools import lru_cache
from typing import TypedDict

from issuing_center.paper.era import era_date, western_date
from issuing_center.paper.seal import Seal, read_seal
from issuing_center.paper.sheet import DateCell, Issuer, SealColour, WrittenDate
from issuing_center.register.holdings import DateOrWords
from issuing_center.register.records import DatePrecision, MunicipalitySettings, Resident, Sex

SEX = {Sex.MALE: "男", Sex.FEMALE: "女"}


class Face(TypedDict):
    """The part of a sheet that is not its content, as the arguments of every sheet type."""

    issuer: Issuer
    issued_on: date
    issue_number: str
    txn: str
    specimen: bool


def issuer_of(settings: MunicipalitySettings) -> Issuer:
    """Give the issuer of the day the settings are of. Raises PaperUnavailable (SEAL-01) for a seal that is none."""
    return _issuer(
        settings.name.prefecture,
        settings.name.name_ja,
        settings.mayor_title,
        settings.mayor_name,
        _seal(settings.seal.content),
        SealColour(settings.seal.colour),
    )


# The same issuer is the same object as long as nothing of it changes; the paper room keeps a form for each.
_issuer = lru_cache(maxsize=512)(Issuer)


@lru_cache(maxsize=512)
def _seal(content: bytes) -> Seal:
    return read_seal(content)


def birth_date(resident: Resident, *, western: bool = False) -> DateCell:
    """Give a resident's birth date as far as it is known; in words by era, or Western for foreign residents.

    A whole date stays a date, which forms with a Western row for foreign residents print by themselves. `western` asks for
    words in any case: for forms that have no such row.
    """
    born = resident.birth_date
    foreign = resident.foreign is not None
    year = f"{born.year}年" if foreign else era_date(born).partition("年")[0] + "年"
    match resident.birth_precision:
        case DatePrecision.DAY:
            return WrittenDate(western_date(born)) if western and foreign else born
        case DatePrecision.MONTH:
            return WrittenDate(f"{year}{born.month}月日不詳")
        case DatePrecision.YEAR:
            return WrittenDate(f"{year}月日不詳")
        case DatePrecision.UNKNOWN:
            return WrittenDate("年月日不詳")


def recorded_date(value: DateOrWords) -> date | WrittenDate:
    """Give a date of a family register, or the words that stand in its place."""
    return value.on if value.on is not None else WrittenDate(value.words or "")
