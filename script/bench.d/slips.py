"""A slip of 40 lines with names of rare characters, from its parts to the bytes for the printer.

The floor draws the same lines with Pillow alone: no look whether each character is there, no breaking, no bytes.
"""

import statistics
from pathlib import Path
from time import perf_counter

from PIL import Image, ImageDraw, ImageFont

from kiosk.adapters.slips.fonts import slip_fonts
from printers.escpos.commands import bands
from printers.escpos.drawing import Undrawable, draw
from printers.escpos.lettering import Lettering
from printers.slip import BODY, Columns, Slip, Text, Width

ROUNDS = 40
ASSETS = Path(__file__).resolve().parents[2] / "assets"
NAMES = ("髙橋 𠮷彦", "渡邉\U000e010f 葛\U000e0102葉", "廣瀨 德永", "山﨑 栁田")


def _slip(number: int) -> Slip:
    """Give 40 lines whose texts no earlier round has measured."""
    lines = [
        Columns(f"{number:04d}-{line:02d} {NAMES[line % 4]}", f"{number * 37 + line:,}円")
        if line % 2
        else Text(f"住民票の写し 令和8年{line + 1}月{number % 28 + 1}日 第{number * 41 + line}号")
        for line in range(40)
    ]
    return Slip(tuple(lines))


def _bare(slip: Slip, fonts: tuple[ImageFont.FreeTypeFont, ImageFont.FreeTypeFont]) -> bytes:
    plain, rare = fonts
    image = Image.new("L", (Width.MM80, 40 * 37), 255)
    pen = ImageDraw.Draw(image)
    for line, part in enumerate(slip.parts):
        if isinstance(part, Columns):
            pen.text((12, line * 37), part.label, fill=0, font=rare)
            pen.text((420, line * 37), part.value, fill=0, font=plain)
        elif isinstance(part, Text):
            pen.text((12, line * 37), part.text, fill=0, font=plain)
    return image.convert("1", dither=Image.Dither.NONE).tobytes()


def run() -> dict[str, object]:
    """Measure; medians of interleaved rounds in milliseconds, and the size on the wire."""
    files = slip_fonts(ASSETS)
    lettering = Lettering(files)
    faces = (ImageFont.truetype(files.regular[0], BODY), ImageFont.truetype(files.regular[1], BODY))
    ours, floor, size = [], [], 0
    for number in range(ROUNDS + 3):
        slip = _slip(number)
        begin = perf_counter()
        picture = draw(slip, Width.MM80, lettering)
        if isinstance(picture, Undrawable):
            raise TypeError(f"part {picture.part} of the slip cannot be drawn")
        size = sum(len(band) for band in bands(picture))
        ours.append((perf_counter() - begin) * 1000)
        begin = perf_counter()
        _bare(slip, faces)
        floor.append((perf_counter() - begin) * 1000)
    our_ms, floor_ms = statistics.median(ours[3:]), statistics.median(floor[3:])
    return {
        "rounds": ROUNDS,
        "figures": [
            _figure("slip: 40 lines with rare names, drawn and packed", "ms", our_ms, None, "<= 50"),
            _figure("slip: the same over bare drawing", "ms", our_ms, floor_ms, None),
            _figure("slip: first of the process, fonts opened late", "ms", ours[0], None, None),
            _figure("slip: bytes on the wire", "kB", size / 1000, None, None),
        ],
    }


def _figure(name: str, unit: str, ours: float, floor: float | None, target: str | None) -> dict[str, object]:
    ratio = None if floor is None else ours / floor
    return {"name": name, "unit": unit, "ours": ours, "floor": floor, "ratio": ratio, "target": target}
