"""What a value looks like in print: marks, readings, dates by era or Western, amounts. Knows no form and no place."""

from datetime import date

from issuing_center.paper.era import era_date, western_date
from issuing_center.paper.sheet import DateCell, Mark, Reading, WrittenDate, YenCell


def printed(value: str | Mark | DateCell | Reading) -> str:
    """Write a value as most forms do: dates by era."""
    match value:
        case str():
            return value
        case Mark():
            return value.value
        case Reading():
            return value.printed()
        case WrittenDate(text):
            return text
        case date():
            return era_date(value)


def printed_western(value: DateCell) -> str:
    """Write a date in the Western calendar; words and marks as they are."""
    return western_date(value) if isinstance(value, date) else printed(value)


def yen(value: YenCell) -> str:
    """Write an amount in yen: ``1,234,567``, ``0``, ``△5,000`` for a loss. Zero is never left out: a blank is refused by receivers."""
    if isinstance(value, Mark):
        return value.value
    return f"{'△' if value < 0 else ''}{abs(value):,}"


def persons(value: int | Mark) -> str:
    """Write a number of persons: ``2人``, ``0人``."""
    return value.value if isinstance(value, Mark) else f"{value}人"
