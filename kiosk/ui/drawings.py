"""Our own pictures and icons: SVG files of assets/icons, drawn in the colours of the theme."""

from pathlib import Path

from PySide6.QtCore import QByteArray, QRectF, Qt
from PySide6.QtGui import QPainter, QPixmap
from PySide6.QtSvg import QSvgRenderer

from kiosk.ui.theme import Palette


class Drawings:
    """Pictures by file name, kept as pixels once drawn."""

    def __init__(self, icons_dir: Path, palette: Palette) -> None:
        self._dir = icons_dir
        self.palette = palette
        self._renderers: dict[tuple[str, str], QSvgRenderer] = {}
        self._pixmaps: dict[tuple[str, int, int, str], QPixmap] = {}

    def paint(self, painter: QPainter, name: str, box: QRectF, ink: str = "") -> None:
        """Draw a picture as large as fits into `box`, centred; `ink` replaces the line colour of an icon.

        Raises FileNotFoundError for a picture that the assets do not have.
        """
        width, height = round(box.width()), round(box.height())
        key = (name, width, height, ink)
        if key not in self._pixmaps:
            self._pixmaps[key] = self._draw(name, width, height, ink)
        painter.drawPixmap(round(box.x()), round(box.y()), self._pixmaps[key])

    def _draw(self, name: str, width: int, height: int, ink: str) -> QPixmap:
        renderer = self._renderer(name, ink)
        size = renderer.defaultSize()
        scale = min(width / size.width(), height / size.height())
        drawn_width, drawn_height = size.width() * scale, size.height() * scale
        pixmap = QPixmap(width, height)
        pixmap.fill(Qt.GlobalColor.transparent)
        with QPainter(pixmap) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            renderer.render(
                painter, QRectF((width - drawn_width) / 2, (height - drawn_height) / 2, drawn_width, drawn_height)
            )
        return pixmap

    def _renderer(self, name: str, ink: str) -> QSvgRenderer:
        key = (name, ink)
        if key not in self._renderers:
            source = (self._dir / f"{name}.svg").read_text(encoding="utf-8")
            table = dict(self.palette.recolour)
            if ink:
                table["#14263a"] = ink
            self._renderers[key] = QSvgRenderer(QByteArray(_recolour(source, table).encode()))
        return self._renderers[key]


def _recolour(source: str, table: dict[str, str]) -> str:
    """Replace all colours at once, so that white made black is not made white again."""
    for place, colour in enumerate(table):
        source = source.replace(colour, f"@{place}@")
    for place, colour in enumerate(table.values()):
        source = source.replace(f"@{place}@", colour)
    return source
