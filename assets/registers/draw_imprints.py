"""Draws the registered seals of fictitious residents as 1-bit pictures (PBM) into the folder imprints.

Run from the root of the project: python -m assets.registers.draw_imprints. The pictures are kept; nobody's seal was scanned.
"""

from pathlib import Path

from assets.seals.draw_imprints import Design, imprint
from issuing_center.paper import PaperFonts, shared_fonts

DESIGNS = {
    "hanako": Design("𠮷田", 13.5),
    "taichi": Design("𠮷田太", 16.5),
    "ichiro": Design("渡邉", 15.0),
    "maria": Design("マリア", 15.0),
    "yoshiko": Design("髙橋", 10.5),
    "yamate-head": Design("山本", 13.5),
    "komihon-head": Design("森", 12.0),
}


def picture(design: Design, fonts: PaperFonts) -> bytes:
    """Give a PBM file (P4) of one imprint."""
    made = imprint(design, fonts)
    return f"P4\n{made.width_px} {made.height_px}\n".encode() + made.bits


if __name__ == "__main__":
    for name, design in DESIGNS.items():
        (Path(__file__).parent / "imprints" / f"{name}.pbm").write_bytes(picture(design, shared_fonts()))
