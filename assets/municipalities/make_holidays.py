"""Computes the national holidays of Japan and writes holidays.toml beside this file.

Run from the root of the project: python assets/municipalities/make_holidays.py. The rule is that of 国民の祝日に関する法律
as it stands since 2022; the equinoxes are by the usual approximation (valid 1980-2099), which has agreed with every
announcement of the observatory so far. The file is kept, may be corrected by hand when a law moves a day, and a test
compares it with a fresh run and with a list typed from the gazette.
"""

from datetime import date, timedelta
from pathlib import Path

YEARS = range(2024, 2029)
_DAY = timedelta(days=1)


def _monday(year: int, month: int, nth: int) -> date:
    first = date(year, month, 1)
    return first + timedelta(days=-first.weekday() % 7 + 7 * (nth - 1))


def _equinox(year: int, constant: float) -> int:
    return int(constant + 0.242194 * (year - 1980) - (year - 1980) // 4)


def named_holidays(year: int) -> dict[date, str]:
    """Give the holidays that the law names (第2条), without those that follow from others."""
    return {
        date(year, 1, 1): "元日",
        _monday(year, 1, 2): "成人の日",
        date(year, 2, 11): "建国記念の日",
        date(year, 2, 23): "天皇誕生日",
        date(year, 3, _equinox(year, 20.8431)): "春分の日",
        date(year, 4, 29): "昭和の日",
        date(year, 5, 3): "憲法記念日",
        date(year, 5, 4): "みどりの日",
        date(year, 5, 5): "こどもの日",
        _monday(year, 7, 3): "海の日",
        date(year, 8, 11): "山の日",
        _monday(year, 9, 3): "敬老の日",
        date(year, 9, _equinox(year, 23.2488)): "秋分の日",
        _monday(year, 10, 2): "スポーツの日",
        date(year, 11, 3): "文化の日",
        date(year, 11, 23): "勤労感謝の日",
    }


def holidays(year: int) -> dict[date, str]:
    """Give all holidays of a year in their order, 振替休日 and 国民の休日 among them."""
    days = named_holidays(year)
    added: dict[date, str] = {}
    for day in sorted(days):
        # 第3条2項: a holiday on a Sunday makes the next day that is none a holiday.
        if day.weekday() == 6:
            substitute = day + _DAY
            while substitute in days:
                substitute += _DAY
            added[substitute] = "振替休日"
        # 第3条3項: a day between two named holidays becomes one.
        between = day + _DAY
        if between + _DAY in days and between not in days and between not in added:
            added[between] = "国民の休日"
    return dict(sorted({**days, **added}.items()))


def table() -> str:
    """Give the whole TOML file."""
    lines = ["# Made by make_holidays.py: the national holidays of Japan (国民の祝日・振替休日・国民の休日)."]
    for year in YEARS:
        for day, name in holidays(year).items():
            lines += ["", f"[[year.{year}]]", f"on = {day}", f'name = "{name}"']
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    Path(__file__).with_name("holidays.toml").write_text(table(), encoding="utf-8")
