"""The physical screen, so that sizes can be given in millimetres. Knows no toolkit; settings fill it in."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ScreenGeometry:
    """Pixels of the panel and its width as measured on the machine. The default is a 15.6-inch panel, landscape."""

    width_px: int = 1366
    height_px: int = 768
    width_mm: float = 344.0

    def __post_init__(self) -> None:
        if self.width_px < 1 or self.height_px < 1 or self.width_mm <= 0:
            raise ValueError("a screen has a width and a height")

    @property
    def px_per_mm(self) -> float:
        """Pixels a millimetre; pixels are taken as square."""
        return self.width_px / self.width_mm

    @property
    def is_portrait(self) -> bool:
        """True for a panel that stands upright."""
        return self.height_px > self.width_px
