"""Draws the registered seals of fictitious residents as 1-bit pictures (PBM) into the folder imprints.

Run from the root of the project: python assets/registers/draw_imprints.py. A ring and one to three characters in the paper
font, as a carved 認印 looks after a scan at 600 dpi. The pictures are kept; nobody's seal was scanned.
"""

from pathlib import Path

from PIL import Image, ImageDraw, ImageFont

DPI = 600
FONT = "/usr/share/fonts/truetype/ipamj/ipamjm.ttf"
IMPRINTS = {
    "hanako": ("𠮷田", 13.5),
    "taichi": ("𠮷田太", 16.5),
    "ichiro": ("渡邉", 15.0),
    "maria": ("マリア", 15.0),
    "yoshiko": ("髙橋", 10.5),
    "yamate-head": ("山本", 13.5),
    "komihon-head": ("森", 12.0),
}
"""Characters from top to bottom, and the diameter in mm."""


def picture(characters: str, diameter_mm: float) -> bytes:
    """Give a PBM file (P4) of one imprint with a little white around the ring."""
    ring = round(diameter_mm / 25.4 * DPI)
    side = ring + 24
    image = Image.new("1", (side, side), 1)
    draw = ImageDraw.Draw(image)
    draw.ellipse((12, 12, 12 + ring, 12 + ring), outline=0, width=round(ring * 0.045))
    size = round(ring * 0.78 / len(characters)) if len(characters) > 1 else round(ring * 0.62)
    font = ImageFont.truetype(FONT, size)
    for row, character in enumerate(characters):
        middle = side / 2 + (row - (len(characters) - 1) / 2) * size
        draw.text((side / 2, middle), character, font=font, fill=0, anchor="mm", stroke_width=2)
    # Pillow's 1 is white; in PBM it is ink.
    bits = bytes(byte ^ 0xFF for byte in image.tobytes())
    spare = -side % 8
    rows = [bits[at : at + (side + 7) // 8] for at in range(0, len(bits), (side + 7) // 8)]
    clean = b"".join(row[:-1] + bytes([row[-1] & (0xFF << spare & 0xFF)]) for row in rows)
    return f"P4\n{side} {side}\n".encode() + clean


if __name__ == "__main__":
    for name, (text, diameter) in IMPRINTS.items():
        (Path(__file__).parent / "imprints" / f"{name}.pbm").write_bytes(picture(text, diameter))
