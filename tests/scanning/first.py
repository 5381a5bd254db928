"""A printer and a scanner, simulated: the one this repository is tuned on. `second` works otherwise, and only judges.

Printer: laser spots blur into each other and toner sets where there is charge enough, with a ragged edge, stray grains and
voids. Scanner: a smooth map of the sheet onto the glass (turned, skewed, stretched, fed unevenly), optics, light, gamma,
noise, JPEG. All lengths in dots of 600 dpi.
"""

from dataclasses import dataclass, field

import cv2
import numpy as np
import numpy.typing as npt

from tests.scanning.pages import Picture


@dataclass(frozen=True, slots=True)
class Print:
    """How an engine prints."""

    gain: float = 0.08
    """How far below the middle the limit lies at which toner sets: lines grow by about 3 dots times this."""
    spot: float = 0.8
    """Sigma of the laser spot, in dots."""
    ragged: float = 0.10
    """Noise of the edge."""
    grains: float = 2e-5
    """Stray grains of toner a dot of paper."""
    voids: float = 2e-4
    """Grains missing a dot of toner."""
    black: float = 25.0
    """Grey of full toner."""
    mottle: float = 8.0
    """Unevenness of toner, in grey levels."""


@dataclass(frozen=True, slots=True)
class Scan:
    """How a scanner sees."""

    dpi: float = 300
    turns: int = 0
    """Quarter turns."""
    skew_degrees: float = 1.0
    scale: tuple[float, float] = (1.003, 0.997)
    shear: float = 0.001
    feed: float = 4.0
    """Amplitude of the uneven feed, in dots (4 dots are 0.17 mm)."""
    barrel: float = 0.0005
    """Lens distortion at half the page's width, as a share of the distance."""
    blur: float = 0.9
    """Sigma of the optics, in dots."""
    light: float = 0.12
    """Fall of the light over the page."""
    gamma: float = 1.1
    noise: float = 3.0
    jpeg: int | None = 85
    border: tuple[int, int, int, int] = (20, 20, 20, 20)
    """Shown beyond the sheet's edges (or cut, if negative), in pixels: left, top, right, bottom."""
    border_grey: int = 235
    one_bit: bool = False


@dataclass(frozen=True, slots=True)
class Trial:
    """One random pair of settings."""

    printing: Print = field(default_factory=Print)
    scanning: Scan = field(default_factory=Scan)


def random_trial(random: np.random.Generator, dpi: float | None = None, *, one_bit: bool = False) -> Trial:
    """Draw settings of an ordinary office, or of a bad one."""
    chosen = float(random.choice([200, 240, 300, 400, 600])) if dpi is None else dpi
    return Trial(
        Print(
            gain=random.uniform(-0.05, 0.18),
            spot=random.uniform(0.6, 1.0),
            ragged=random.uniform(0.04, 0.16),
            grains=10 ** random.uniform(-6, -4.3),
            voids=10 ** random.uniform(-5, -3.3),
            black=random.uniform(10, 60),
            mottle=random.uniform(2, 14),
        ),
        Scan(
            dpi=chosen,
            turns=int(random.integers(4)),
            skew_degrees=random.uniform(-5, 5),
            scale=(random.uniform(0.985, 1.015), random.uniform(0.985, 1.015)),
            shear=random.uniform(-0.004, 0.004),
            feed=random.uniform(0, 8),
            barrel=random.uniform(-0.002, 0.002),
            blur=random.uniform(0.5, 1.4),
            light=random.uniform(0, 0.25),
            gamma=random.uniform(0.7, 1.5),
            noise=random.uniform(1, 6),
            jpeg=None if one_bit or random.random() < 0.25 else int(random.integers(70, 96)),
            border=tuple(int(side) for side in random.integers(-int(chosen / 12), int(chosen / 4), 4)),  # type: ignore[arg-type]  # four of them
            border_grey=int(random.choice([20, 180, 235, 255])),
            one_bit=one_bit,
        ),
    )


def printed(dots: Picture, how: Print, random: np.random.Generator) -> Picture:
    """Print dots (255 paper, 0 toner): the sheet in grey at 600 dpi."""
    ink = (dots < 128).astype(np.float32)
    charge = cv2.GaussianBlur(ink, (0, 0), how.spot)
    charge = charge + cv2.GaussianBlur(_normal(random, ink.shape), (0, 0), 0.8) * (how.ragged * 2.4)
    toner = 1 / (1 + np.exp((0.5 - how.gain - charge) * 14))
    toner[random.random(ink.shape, np.float32) < how.voids] *= 0.2
    stray = random.random(ink.shape, np.float32) < how.grains
    toner = np.maximum(toner, cv2.dilate(stray.astype(np.float32), np.ones((2, 2), np.uint8)))
    cloud = cv2.resize(_normal(random, (ink.shape[0] // 16, ink.shape[1] // 16)), ink.shape[::-1])
    sheet = 248 - toner * (248 - how.black - how.mottle * cloud)
    return np.asarray(np.clip(sheet, 0, 255), np.uint8)


def scanned(sheet: Picture, how: Scan, random: np.random.Generator) -> Picture:
    """Scan a sheet of 600 dpi."""
    step = 600 / how.dpi
    # A pixel of the sensor sees an area: the blur of a box of its size, and of the optics, before taking points.
    seen = cv2.blur(sheet, (max(1, round(step)),) * 2) if step > 1.4 else sheet
    seen = cv2.GaussianBlur(seen, (0, 0), how.blur)
    height, width = sheet.shape
    left, top, right, bottom = how.border
    columns, rows = round(width / step) + left + right, round(height / step) + top + bottom
    x, y = np.meshgrid(np.arange(columns, dtype=np.float32), np.arange(rows, dtype=np.float32))
    x, y = (x - left) * step - width / 2, (y - top) * step - height / 2
    angle = np.float32(np.deg2rad(how.skew_degrees))
    x, y = np.cos(angle) * x - np.sin(angle) * y, np.sin(angle) * x + np.cos(angle) * y
    x, y = x * how.scale[0] + how.shear * y, y * how.scale[1]
    radius = (x * x + y * y) / (width / 2) ** 2
    x, y = x * (1 + how.barrel * radius), y * (1 + how.barrel * radius)
    phase = random.uniform(0, 2 * np.pi, 4)
    y = y + how.feed * (
        0.6 * np.sin(y / 1500 + phase[0]) + 0.3 * np.sin(y / 420 + phase[1]) + 0.1 * np.sin(y / 90 + phase[2])
    )
    x = x + how.feed * 0.2 * np.sin(y / 900 + phase[3])
    image = cv2.remap(
        seen,
        (x + width / 2).astype(np.float32),
        (y + height / 2).astype(np.float32),
        cv2.INTER_LINEAR,
        borderMode=cv2.BORDER_CONSTANT,
        borderValue=how.border_grey,
    ).astype(np.float32)
    across = np.linspace(-1, 1, columns, dtype=np.float32)[None, :]
    down = np.linspace(-1, 1, rows, dtype=np.float32)[:, None]
    side = random.uniform(-1, 1, 2)
    image *= 1 - how.light * (0.5 + 0.25 * (side[0] * across + side[1] * down) + 0.25 * (across**2 + down**2) / 2)
    image = 255 * (np.clip(image, 0, 255) / 255) ** how.gamma + _normal(random, image.shape) * how.noise
    picture = np.clip(image, 0, 255).astype(np.uint8)
    picture = np.rot90(picture, how.turns).copy()
    if how.one_bit:
        return np.where(picture < cv2.blur(picture, (61, 61)) * 0.82, 0, 255).astype(np.uint8)
    if how.jpeg is not None:
        picture = np.asarray(
            cv2.imdecode(cv2.imencode(".jpg", picture, [cv2.IMWRITE_JPEG_QUALITY, how.jpeg])[1], 0), np.uint8
        )
    return picture


def _normal(random: np.random.Generator, shape: tuple[int, ...]) -> npt.NDArray[np.float32]:
    return random.standard_normal(shape, np.float32)
