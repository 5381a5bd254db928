"""The roll of a virtual slip printer: rows of dots, torn off by cuts, looked at as pictures."""

from pathlib import Path

from PIL import Image, ImageChops, ImageDraw, ImageFont

BETWEEN_HEAD_AND_CUTTER = 96
"""Rows a cut feeds first (12 mm), as the command GS V 66 says."""
_CELL = (12, 24)
"""Font A."""


class Roll:
    """Paper that comes out. Not for several threads at once."""

    def __init__(self, width_dots: int, folder: Path | None) -> None:
        """Keep every cut piece, and write it as slip-NNN.png into the folder when there is one."""
        self.width_dots = width_dots
        self.pieces: list[Image.Image] = []
        """What was cut off, oldest first; mode "1", 0 for black."""
        self._folder = folder
        self._rows: list[bytes] = []
        self._empty = bytes((width_dots + 7) // 8)

    @property
    def rows(self) -> int:
        """Rows out and not cut off yet."""
        return len(self._rows)

    def burn(self, row: bytes) -> None:
        """Print one row of dots (1 black) and feed."""
        self._rows.append(row[: len(self._empty)].ljust(len(self._empty), b"\0"))

    def feed(self, rows: int) -> None:
        """Feed empty rows."""
        self._rows.extend([self._empty] * rows)

    def cut(self) -> None:
        """Cut off what is out."""
        self.pieces.append(self.hanging())
        self._rows.clear()
        if self._folder is not None:
            self._folder.mkdir(parents=True, exist_ok=True)
            self.pieces[-1].save(self._folder / f"slip-{len(self.pieces):03d}.png")

    def hanging(self) -> Image.Image:
        """Give what is out and not cut off."""
        size = (len(self._empty) * 8, max(len(self._rows), 1))
        dots = Image.frombytes("1", size, b"".join(self._rows) or self._empty)
        return ImageChops.invert(dots).crop((0, 0, self.width_dots, size[1]))

    def rows_of_text(self, text: str) -> list[bytes]:
        """Set ASCII in the printer's own letters, in cells of font A."""
        font = ImageFont.load_default(size=20)
        line = Image.new("1", (len(self._empty) * 8, _CELL[1]), 255)
        for column, letter in enumerate(text):
            line.paste(_cell(letter, font), (column * _CELL[0], 0))
        raw = ImageChops.invert(line).tobytes()
        return [raw[start : start + len(self._empty)] for start in range(0, len(raw), len(self._empty))]


def _cell(letter: str, font: ImageFont.FreeTypeFont | ImageFont.ImageFont) -> Image.Image:
    cell = Image.new("1", _CELL, 255)
    ImageDraw.Draw(cell).text((0, 0), letter, fill=0, font=font)
    return cell
