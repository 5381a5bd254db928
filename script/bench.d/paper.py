"""The front page: ours warm, against reportlab as its manual shows it and against typst with a kept compiler.

The rivals draw the same page: same font, same texts at the same places, same lines. typst is asked for only if it can be
imported (it belongs to nobody's installation but the bench's); its figure is left out otherwise.
"""

import io
import json
import statistics
import tempfile
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen.canvas import Canvas

from issuing_center.paper import (
    AnySheet,
    DrawnDocument,
    Expected,
    JuminhyoSheet,
    PaperFonts,
    check_complete,
    draw,
    grid,
    load_fonts,
)
from issuing_center.paper.pdf import MM, PAGE_PT
from tests.golden.forms import FORMS
from tests.golden.sheets import HANAKO, SHEETS

IPAMJ = "/usr/share/fonts/truetype/ipamj"
ROUNDS = 40
NAMES = (
    "花",
    "華",
    "葉",
    "菜",
    "茉",
    "萌",
    "葵",
    "蓮",
    "蘭",
    "芽",
    "苺",
    "茜",
    "荻",
    "菊",
    "菫",
    "萩",
    "蓬",
    "薫",
    "藍",
    "蘇",
)
"""Every round draws another name: a rival that keeps whole results would otherwise measure its cache."""


def median_ms(act: Callable[[int], object], rounds: int = ROUNDS) -> float:
    """Give the median of some rounds after three to warm up."""
    for warm in range(3):
        act(warm)
    times = []
    for number in range(rounds):
        start = time.perf_counter()
        act(number)
        times.append((time.perf_counter() - start) * 1000)
    return statistics.median(times)


def _sheet(name: str, number: int) -> JuminhyoSheet:
    sheet = SHEETS[name]
    first = replace(sheet.persons[0], name=f"見本　{NAMES[number % 20]}{NAMES[number // 20]}子")
    return replace(sheet, persons=(first, *sheet.persons[1:]), txn=f"{number:032x}")


def _drawn(sheet: AnySheet, fonts: PaperFonts) -> DrawnDocument:
    document = draw(sheet, fonts)
    if not isinstance(document, DrawnDocument):
        raise TypeError(document)
    return document


def _texts(number: int, fonts: PaperFonts) -> list[tuple[float, float, float, str]]:
    """Give (x, y, size, text) of everything on the page of one person, labels included."""
    left, top = grid.LEFT_MM * MM, PAGE_PT[1] - grid.FIRST_BLOCK_MM * MM
    values = [(text.x_pt, text.y_pt, text.size_pt, text.text) for text in _drawn(_sheet("self", number), fonts).texts]
    labels = [
        (
            left + label.cell.left * grid.COLUMN_MM * MM + 4,
            top - (label.cell.top + 0.7) * grid.ROW_MM * MM,
            7.0,
            label.text,
        )
        for label in grid.NATIONAL_LABELS
    ]
    fixed = ["住民票", "見本県汐見野市", "住所", "世帯主", HANAKO.name, SHEETS["self"].scope.sentence,
             "汐見野市長　　架空　太郎", "この印は黒色です", "以下余白"]  # fmt: skip
    return [*values, *labels, *[(left, 150.0 - 12 * row, 11.0, text) for row, text in enumerate(fixed)]]


def _rules() -> list[tuple[float, float, float, float]]:
    left, top = grid.LEFT_MM * MM, PAGE_PT[1] - grid.FIRST_BLOCK_MM * MM
    column, row = grid.COLUMN_MM * MM, grid.ROW_MM * MM
    return [
        (left + a * column, top - b * row, left + c * column, top - d * row) for a, b, c, d in grid.rules(foreign=False)
    ]


def _naive(texts: list[list[tuple[float, float, float, str]]]) -> Callable[[int], bytes]:
    pdfmetrics.registerFont(TTFont("IPAmjMincho", f"{IPAMJ}/ipamjm.ttf"))
    rules = _rules()

    def draw(number: int) -> bytes:
        out = io.BytesIO()
        canvas = Canvas(out, pagesize=PAGE_PT)
        canvas.setLineWidth(0.35)
        canvas.lines(rules)
        for x, y, size, text in texts[number]:
            canvas.setFont("IPAmjMincho", size)
            canvas.drawString(x, y, text)
        canvas.showPage()
        canvas.save()
        return out.getvalue()

    return draw


_TYPST = """
#set page(width: 595.199pt, height: 841.919pt, margin: 0pt)
#set text(font: "IPAmjMincho", lang: "ja")
#for rule in json(bytes(sys.inputs.rules)) {
  place(line(start: (rule.at(0) * 1pt, rule.at(1) * 1pt), end: (rule.at(2) * 1pt, rule.at(3) * 1pt), stroke: 0.35pt))
}
#for item in json(bytes(sys.inputs.texts)) {
  place(dx: item.at(0) * 1pt, dy: item.at(1) * 1pt, text(size: item.at(2) * 1pt, item.at(3)))
}
"""


def _typst(texts: list[list[tuple[float, float, float, str]]]) -> Callable[[int], bytes] | None:
    try:
        import typst  # type: ignore[import-not-found,unused-ignore]  # a rival, installed by whoever wants to see it
    except ImportError:
        return None
    height = PAGE_PT[1]
    rules = json.dumps([(a, height - b, c, height - d) for a, b, c, d in _rules()])
    packed = [
        json.dumps([(x, height - y - size * 0.88, size, text) for x, y, size, text in page], ensure_ascii=False)
        for page in texts
    ]
    template = Path(tempfile.mkdtemp(prefix="bench-paper-")) / "sheet.typ"
    template.write_text(_TYPST, encoding="utf-8")
    compiler = typst.Compiler(input=str(template), font_paths=[IPAMJ], ignore_system_fonts=True)

    def draw(number: int) -> bytes:
        pdf: bytes = compiler.compile(format="pdf", sys_inputs={"rules": rules, "texts": packed[number]})
        return pdf

    return draw


def run() -> dict[str, object]:
    """Measure, warm, on the sheet of one person unless the name says otherwise."""
    start = time.perf_counter()
    fonts = load_fonts()
    load_ms = (time.perf_counter() - start) * 1000
    sheets = {name: [_sheet(name, number) for number in range(ROUNDS)] for name in SHEETS}
    texts = [_texts(number, fonts) for number in range(ROUNDS)]
    files = [_drawn(sheet, fonts).pdf for sheet in sheets["self"]]
    expected = [Expected.of(sheet) for sheet in sheets["self"]]

    ours = median_ms(lambda number: _drawn(sheets["self"][number], fonts))
    figures = []
    compiled = _typst(texts)
    if compiled is not None:
        rival = median_ms(compiled)
        figures.append(_figure("front page, one person; typst with a kept compiler", ours, rival, ">= 1"))
        figures.append(_figure("the same, good", ours, rival, ">= 5"))
    naive = _naive(texts)
    figures.append(_figure("front page, one person; reportlab by its manual", ours, median_ms(naive, 8), ">= 5"))
    for name, words in (
        ("household-of-four", "household of four"),
        ("household-of-six", "household of six, two pages"),
    ):
        made = sheets[name]
        figures.append(_figure(words, median_ms(lambda number, made=made: _drawn(made[number], fonts)), None, None))  # type: ignore[misc]  # a lambda's default has no annotation
    for form, samples in FORMS.items():
        kind = [replace(next(iter(samples.values())), txn=f"{number:032x}") for number in range(ROUNDS)]
        words = f"{form}, first sample, {_drawn(kind[0], fonts).pages} page(s)"
        figures.append(_figure(words, median_ms(lambda number, kind=kind: _drawn(kind[number], fonts)), None, "<= 5"))  # type: ignore[misc]  # the same
    figures.append(
        _figure(
            "completeness of the finished page (INV-18)",
            median_ms(lambda number: check_complete(files[number], expected[number])),
            None,
            "<= 1",
        )
    )
    figures.append(_figure("paper font found, verified, read", load_ms, None, "<= 600"))
    return {"figures": figures, "rounds": ROUNDS, "bytes": len(files[0]), "typst": compiled is not None}


def _figure(name: str, ours: float, floor: float | None, target: str | None) -> dict[str, object]:
    ratio = None if floor is None else floor / ours
    return {"name": name, "unit": "ms", "ours": ours, "floor": floor, "ratio": ratio, "target": target}
