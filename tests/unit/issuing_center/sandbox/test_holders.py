"""What stands on the pretend cards: what the registers say, but for who did not have the card written to."""

import json
import tomllib
from pathlib import Path

from issuing_center.sandbox import PERSONAS, SandboxFolder
from issuing_center.sandbox.personas import PersonaKind

REGISTERS = Path(__file__).parents[4] / "assets" / "registers"


def test_every_resident_with_a_card_has_the_registers_words_on_it(pristine: SandboxFolder) -> None:
    registered = {}
    for file in REGISTERS.glob("*.toml"):
        content = tomllib.loads(file.read_text("utf-8"))
        for household in content["household"]:
            for resident in household["resident"]:
                registered[content["municipality"]["code"], resident["key"]] = household, resident
    moved = []
    for row in PERSONAS:
        part = json.loads(pristine.card(row.name).read_text("utf-8"))["attributes"]
        if row.kind is not PersonaKind.CARD or row.resident_key is None:
            assert part is None, row.name
            continue
        household, resident = registered[row.municipality, row.resident_key]
        assert part["birth_date"] == resident["birth_date"].strftime("%Y%m%d")
        assert part["sex"] == {"male": "1", "female": "2"}[resident["sex"]]
        assert set(part["name"]) <= set(resident["name"])
        assert (part["pin"], part["tries_left"], part["tries_max"]) == (row.pin, 3, 3)
        figures = str.maketrans("０１２３４５６７８９－", "0123456789-")
        if part["address"].translate(figures) != household["address"].translate(figures):
            moved.append(row.name)
    assert moved == ["noriko"]
