"""Forms as data: rows of headings and slots, from which lines, labels and the places of values follow.

A table is written down as a person would read it, row by row. Knows no form and no item by name.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Final

from issuing_center.paper import form, grid
from issuing_center.paper.pdf import MM
from issuing_center.paper.values import ValuePen

_SLACK_PT: Final = 3.2
"""Height of a cell that several lines leave free."""
_SPREAD: Final = 0.86
"""Share of its cell a heading is spread over."""
_NOT_SPREAD: Final = frozenset("（0123456789")
"""A heading with brackets or a number is no longer read as one when it is spread."""

Items = Iterable[tuple[str, str]]
"""(slot, what is printed) of every slot of a table."""


@dataclass(frozen=True, slots=True)
class Head:
    """A printed heading."""

    text: str
    """The words; those in braces are replaced from the names given to `Table.fixed`."""
    columns: float = 0
    """Width; 0 takes what is left of the row."""
    size_pt: float = 8.0
    """Size when there is room."""


@dataclass(frozen=True, slots=True)
class Slot:
    """Where a value stands."""

    item: str
    """Its name among the values."""
    columns: float = 0
    """Width; 0 takes what is left of the row."""
    size_pt: float = 9.5
    """Size when there is room."""
    align: grid.Align = grid.Align.LEFT
    """How it stands."""
    lines: int = 2
    """Lines it may take; more than two make a paragraph."""
    least_pt: float = 7.5
    """Smallest size of a single line before it becomes two, or of a paragraph."""


@dataclass(frozen=True, slots=True)
class Field:
    """Where a picture stands: lines around it, and no text."""

    columns: float = 0
    """Width; 0 takes what is left of the row."""


@dataclass(frozen=True, slots=True)
class Stack:
    """Rows beside what else stands in a row; their heights add up to its height."""

    rows: tuple["Row", ...]
    """From above."""
    columns: float = 0
    """Width; 0 takes what is left of the row."""


@dataclass(frozen=True, slots=True)
class Row:
    """One row of a table."""

    height: float
    """In units of the table's rows."""
    parts: tuple[Head | Slot | Field | Stack, ...]
    """From the left."""


def row(*parts: Head | Slot | Field | Stack, height: float = 1) -> Row:
    """Write down one row."""
    return Row(height, parts)


def amount(item: str, columns: float = 0) -> Slot:
    """Give the slot of an amount, to the right."""
    return Slot(item, columns, align=grid.Align.RIGHT)


class Table:
    """A table over the full width at one height of the page, or, with a top of 0, a block placed where it is needed."""

    def __init__(self, rows: Sequence[Row], row_mm: float, top_mm: float = 0) -> None:
        """Lay out `rows`, each `row_mm` for every unit of its height, from `top_mm` below the upper edge of the page."""
        self.row_mm, self.top_mm = row_mm, top_mm
        self.rows = sum(each.height for each in rows)
        self.labels: list[grid.Label] = []
        self.slots: dict[str, grid.Cell] = {}
        self._fields: list[grid.Cell] = []
        self._lay(rows, 0, grid.COLUMNS, 0)
        cells = [*[label.cell for label in self.labels], *self.slots.values(), *self._fields]
        self._rules = tuple(_inner_rules(cells))

    @property
    def bottom_mm(self) -> float:
        """Where the table ends."""
        return self.top_mm + self.rows * self.row_mm

    def _lay(self, rows: Sequence[Row], left: float, right: float, top: float) -> float:
        for each in rows:
            x = left
            rest = right - left - sum(part.columns for part in each.parts)
            for part in each.parts:
                after = x + (part.columns or rest)
                match part:
                    case Head(text=text):
                        spread = 0 if _NOT_SPREAD.intersection(text) else _SPREAD
                        self.labels.append(
                            grid.Label(text, grid.Cell(x, after, top, each.height), part.size_pt, spread)
                        )
                    case Slot(item=item):
                        self.slots[item] = grid.Cell(
                            x, after, top, each.height, part.align, part.size_pt, part.least_pt, part.lines, _SLACK_PT
                        )
                    case Field():
                        self._fields.append(grid.Cell(x, after, top, each.height))
                    case Stack(rows=inner):
                        if self._lay(inner, x, after, top) != top + each.height:
                            raise ValueError("rows of a stack do not add up")
                x = after
            if abs(x - right) > 1e-6:
                raise ValueError("a row does not end where its table ends")
            top += each.height
        return top

    def fixed(self, pen: form.FormPen, names: Mapping[str, str] | None = None) -> bytes:
        """Draw lines, frame and labels."""
        left, top = (form.x_pt(grid.LEFT_MM), form.y_pt(self.top_mm)) if self.top_mm else (0.0, 0.0)
        column, line = grid.COLUMN_MM * MM, self.row_mm * MM
        segments = [
            (left + x0 * column, top - y0 * line, left + x1 * column, top - y1 * line) for x0, y0, x1, y1 in self._rules
        ]
        labels = [
            pen.label(replace(label, text=label.text.format_map(names or {})), left, top, self.row_mm)
            for label in self.labels
        ]
        rules = [form.lines(segments, form.HAIR_PT)] if segments else []
        return b"\n".join([*rules, self._outside(left, top, grid.COLUMNS * column, self.rows * line), *labels])

    def _outside(self, left: float, top: float, width: float, height: float) -> bytes:
        if self.top_mm:
            return form.frame(left, top, width, height)
        # Blocks follow each other: strong at their sides only, a thin line below.
        sides = form.lines([(x, top, x, top - height) for x in (left, left + width)], form.FRAME_PT)
        return sides + b" " + form.lines([(left, top - height, left + width, top - height)], form.HAIR_PT)

    def write(self, pen: ValuePen, items: Items, prefix: str = "", top_mm: float | None = None) -> None:
        """Write all values; raises ValueError when a slot gets none, because no cell may stay empty."""
        left, top = form.x_pt(grid.LEFT_MM), form.y_pt(self.top_mm if top_mm is None else top_mm)
        written = set()
        for item, text in items:
            pen.cell(prefix + item, text, left, top, self.slots[item], self.row_mm * MM)
            written.add(item)
        if written != self.slots.keys():
            raise ValueError(f"no value for {sorted(self.slots.keys() - written)}")


class Repeated:
    """A block placed once for each entry, below a heading; what is left of its space is closed."""

    def __init__(self, name: str, block: Sequence[Row], row_mm: float, top_mm: float, capacity: int) -> None:
        """Let at most `capacity` blocks, named `name` among the kept drawings, follow each other below a table."""
        self.table = Table(block, row_mm)
        self.capacity, self.top_mm = capacity, top_mm
        self._name, self._pitch_mm = name, self.table.rows * row_mm

    @property
    def bottom_mm(self) -> float:
        """Where the space ends."""
        return self.top_mm + self.capacity * self._pitch_mm

    def drawings(self) -> Iterator[form.Drawing]:
        """Give the kept drawings: the block, and the closed rest for every number of blocks."""
        yield form.Drawing(self._name, self.table.fixed)
        yield form.Drawing(f"{self._name}Rest0", lambda _pen: form.lines([(0, 0, _WIDTH_PT, 0)], form.FRAME_PT))
        for left in range(1, self.capacity + 1):
            yield form.Drawing(f"{self._name}Rest{left}", partial(form.closed, height=left * self._pitch_mm * MM))

    def write(self, pen: ValuePen, entries: Sequence[Items], prefix: str, first: int = 0) -> None:
        """Write entries; their items are named `prefix` and their number, counted on from `first`."""
        for slot, items in enumerate(entries):
            top = self.top_mm + slot * self._pitch_mm
            pen.drawing(self._name, form.x_pt(grid.LEFT_MM), form.y_pt(top))
            self.table.write(pen, items, f"{prefix}[{first + slot}].", top)
        left, top = self.capacity - len(entries), self.top_mm + len(entries) * self._pitch_mm
        pen.drawing(f"{self._name}Rest{left}", form.x_pt(grid.LEFT_MM), form.y_pt(top))


_WIDTH_PT: Final = grid.COLUMNS * grid.COLUMN_MM * MM
_EDGE: Final = 1e-6


def _inner_rules(cells: Sequence[grid.Cell]) -> Iterator[tuple[float, float, float, float]]:
    """Give the lines between cells, each as long as it goes; the frame around them all is not among them."""
    horizontal: dict[float, list[tuple[float, float]]] = {}
    vertical: dict[float, list[tuple[float, float]]] = {}
    for cell in cells:
        if cell.top > _EDGE:
            horizontal.setdefault(round(cell.top, 4), []).append((cell.left, cell.right))
        if cell.left > _EDGE:
            vertical.setdefault(round(cell.left, 4), []).append((cell.top, cell.top + cell.rows))
    for y, spans in sorted(horizontal.items()):
        yield from ((x0, y, x1, y) for x0, x1 in _joined(spans))
    for x, spans in sorted(vertical.items()):
        yield from ((x, y0, x, y1) for y0, y1 in _joined(spans))


def _joined(spans: list[tuple[float, float]]) -> list[tuple[float, float]]:
    result: list[tuple[float, float]] = []
    for start, end in sorted(spans):
        if result and start <= result[-1][1] + _EDGE:
            result[-1] = (result[-1][0], max(end, result[-1][1]))
        else:
            result.append((start, end))
    return result
