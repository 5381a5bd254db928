"""Draws the fictitious 公印 of the sample municipalities into their package folders, by the hand of assets/seals.

Run from the root of the project: python assets/municipalities/draw_seals.py. Every imprint begins with 見本. The digests
printed go into the settings.toml of each.
"""

import hashlib
from pathlib import Path

from assets.seals import draw_seal
from issuing_center.paper.fonts import PaperFonts, shared_fonts

IMPRINTS = {"990019": "見本汐見野市長之印", "990035": "見本例示山手市長印", "990043": "見本小見本町長之印"}
"""By municipality: three columns of three, from the right."""
FILE = "mayor-seal.toml"


def drawn(code: str, fonts: PaperFonts) -> str:
    """Give the seal file of one municipality."""
    usual = draw_seal.IMPRINT
    draw_seal.IMPRINT = IMPRINTS[code]
    try:
        return draw_seal.table(fonts)
    finally:
        draw_seal.IMPRINT = usual


if __name__ == "__main__":
    for municipality in IMPRINTS:
        text = drawn(municipality, shared_fonts())
        (Path(__file__).parent / municipality / FILE).write_text(text, encoding="utf-8")
        print(municipality, hashlib.sha256(text.encode()).hexdigest())
