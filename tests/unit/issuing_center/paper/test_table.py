"""Tables written down as data: lines follow from cells, no cell stays empty, nothing overlaps."""

import pytest

from issuing_center.paper import PaperFonts, fuhyo, inkan, kazei, kojinhyo, koseki, nozei, risai, shotoku
from issuing_center.paper.embed import EmbeddedFont
from issuing_center.paper.table import Field, Head, Slot, Stack, Table, row
from issuing_center.paper.text import shape, width_em, wrap
from issuing_center.paper.values import ValuePen


def _tables() -> list[Table]:
    modules = (fuhyo, inkan, kazei, kojinhyo, koseki, nozei, risai, shotoku)
    found: list[object] = [value for module in modules for value in vars(module).values()]
    found += [value for page in kazei._PAGES.values() for value in vars(page).values()]
    found += [value for shape in (kojinhyo._NATIONAL, kojinhyo._FOREIGN) for value in vars(shape).values()]
    return [value for value in found if isinstance(value, Table)]


def test_cells_of_every_table_cover_it_and_never_overlap() -> None:
    tables = _tables()
    assert len(tables) > 15
    for table in tables:
        cells = [*[label.cell for label in table.labels], *table.slots.values(), *table._fields]
        assert sum((cell.right - cell.left) * cell.rows for cell in cells) == pytest.approx(40 * table.rows)
        for at, one in enumerate(cells):
            for other in cells[at + 1 :]:
                beside = one.right <= other.left + 1e-6 or other.right <= one.left + 1e-6
                above = one.top + one.rows <= other.top + 1e-6 or other.top + other.rows <= one.top + 1e-6
                assert beside or above


def test_every_table_of_a_page_ends_above_the_sentence() -> None:
    assert all(table.bottom_mm <= 247.1 for table in _tables())


def test_lines_run_between_cells_and_not_through_them() -> None:
    tall = row(Head("甲", 10), Slot("a", 10), Stack((row(Slot("b")), row(Slot("c"))), 20), height=2)
    table = Table((tall, row(Field())), 5, 20)
    assert set(table._rules) == {(20, 1, 40, 1), (0, 2, 40, 2), (10, 0, 10, 2), (20, 0, 20, 2)}


def test_a_table_that_does_not_add_up_is_our_own_mistake() -> None:
    with pytest.raises(ValueError, match="does not end"):
        Table((row(Head("甲", 10), Slot("a", 10)),), 5)
    with pytest.raises(ValueError, match="do not add up"):
        Table((row(Stack((row(Slot("a")),)), height=2),), 5)


def test_a_slot_without_a_value_is_our_own_mistake(fonts: PaperFonts) -> None:
    table = Table((row(Slot("a", 20), Slot("b")),), 5, 30)
    pen = ValuePen(0, EmbeddedFont("F", fonts), fonts, [])
    table.write(pen, [("a", "甲"), ("b", "乙")])
    with pytest.raises(ValueError, match="no value for"):
        table.write(pen, [("a", "甲")])
    with pytest.raises(KeyError):
        table.write(pen, [("c", "甲")])


@pytest.mark.parametrize(
    ("text", "room", "lines"),
    [
        ("見本花子", 2, ["見本", "花子"]),
        ("見本（花子）", 3, ["見本", "（花", "子）"]),
        ("見本、花子", 2, ["見", "本、", "花子"]),
        ("MARIA SAMPLE", 4.5, ["MARIA ", "SAMPLE"]),
        ("１２３４５６７８", 3, ["１２３", "４５６", "７８"]),
        ("葛\U000e0102葛\U000e0102", 1, ["葛\U000e0102", "葛\U000e0102"]),
    ],
)
def test_lines_break_where_japanese_lines_may(text: str, room: float, lines: list[str], fonts: PaperFonts) -> None:
    run = shape(text, fonts)
    assert run
    broken = wrap(run, room)
    assert broken
    assert ["".join(part[0] for part in line) for line in broken] == lines
    assert all(width_em(line) <= room + 0.5 for line in broken)


def test_a_line_narrower_than_a_character_holds_nothing(fonts: PaperFonts) -> None:
    run = shape("見本", fonts)
    assert run
    assert wrap(run, 0.5) is None
    assert wrap(run, -3) is None
