"""CSV as offices open it: UTF-8 with a byte order mark, lines ended by CR LF, and no cell that a spreadsheet would run."""

import csv
from collections.abc import Iterable, Sequence
from pathlib import Path

Cell = str | int
_RUN = ("=", "+", "-", "@", "\t", "\r", "\n")
"""A text that begins so is a formula to a spreadsheet, or turns into one when it is trimmed."""


def write_csv(path: Path, header: Sequence[str], rows: Iterable[Sequence[Cell]]) -> None:
    """Write a file, row by row. Numbers stay numbers, negative ones too; a text that would be run gets an apostrophe."""
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(header)
        writer.writerows([_harmless(cell) for cell in row] for row in rows)


def _harmless(cell: Cell) -> Cell:
    return f"'{cell}" if isinstance(cell, str) and cell.lstrip(" ").startswith(_RUN) else cell


def table(header: Sequence[str], rows: Sequence[Sequence[Cell]]) -> str:
    """Lay the same rows out for a terminal, numbers to the right."""
    lines = [list(header), *([f"{cell:,}" if isinstance(cell, int) else cell for cell in row] for row in rows)]
    numbers = [all(isinstance(row[at], int) for row in rows) for at in range(len(header))] if rows else []
    widths = [max(len(line[at]) for line in lines) for at in range(len(header))]
    return "\n".join(
        "  ".join(
            text.rjust(width) if right else text.ljust(width)
            for text, width, right in zip(line, widths, numbers or [False] * len(header), strict=True)
        ).rstrip()
        for line in lines
    )
