"""A PDF as the dots an engine of 600 or 300 dpi is told to print: what both simulators start from."""

import numpy as np
import numpy.typing as npt
import pypdfium2

Picture = npt.NDArray[np.uint8]
"""Grey, 255 is paper; rows from the top."""

_BAYER = np.array([[0, 8, 2, 10], [12, 4, 14, 6], [3, 11, 1, 9], [15, 7, 13, 5]], np.float32) / 16
"""A clustered enough order for the pale grey of a specimen mark."""


def dots(pdf: bytes, page: int, dpi: int = 600) -> Picture:
    """Rasterise one page (from 0) as a driver would, one bit a dot: 255 paper, 0 toner."""
    document = pypdfium2.PdfDocument(pdf)
    try:
        grey = document[page].render(scale=dpi / 72, grayscale=True, no_smoothimage=True).to_numpy().copy()
    finally:
        document.close()
    rows, columns = (-(-size // 4) for size in grey.shape)
    limit = np.kron(np.ones((rows, columns), np.float32), (_BAYER + 1 / 32) * 255)[: grey.shape[0], : grey.shape[1]]
    raster = np.where(grey < limit, 0, 255).astype(np.uint8)
    return raster if dpi == 600 else np.kron(raster, np.ones((600 // dpi, 600 // dpi), np.uint8))
