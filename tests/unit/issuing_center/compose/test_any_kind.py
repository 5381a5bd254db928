"""Every kind of contents finds its form, and the finished file is complete and shows the person."""

from dataclasses import replace
from datetime import date

import pytest

from issuing_center.compose.any_kind import compose
from issuing_center.entitlement import Chosen, Contents, Residents
from issuing_center.municipal.package import FormVariant
from issuing_center.paper import (
    Complete,
    DrawnDocument,
    Expected,
    FuhyoSheet,
    InkanSheet,
    JuminhyoSheet,
    KazeiSheet,
    KisaijikoSheet,
    KojinhyoSheet,
    KosekiSheet,
    NozeiSheet,
    RisaiSheet,
    ShotokuSheet,
    check_complete,
    draw,
    shared_fonts,
)
from issuing_center.paper.text import TooLong
from issuing_center.register.holdings import DamageDegree, Risai
from issuing_center.wire import ItemName, Kind
from tests.unit.issuing_center.compose.papers import FACE, FUHYO, KOSEKI, RESIDENT, SEAL, TAX

RISAI = Risai("1", "見本県", "𠮷田　花子", (), date(2026, 9, 9), "見本台風", "見本県", DamageDegree.HALF)
CASES: list[tuple[Kind, Contents, type, str]] = [
    (Kind.JUMINHYO, Residents((RESIDENT,), FormVariant.RENKISHIKI), JuminhyoSheet, "𠮷田　花子"),
    (Kind.JUMINHYO, Residents((RESIDENT,), FormVariant.KOJINHYO), KojinhyoSheet, "𠮷田　花子"),
    (Kind.KISAIJIKO, Residents((RESIDENT,), None), KisaijikoSheet, "𠮷田　花子"),
    (Kind.INKAN, SEAL, InkanSheet, "𠮷田　花子"),
    (Kind.KAZEI, TAX, KazeiSheet, "𠮷田　花子"),
    (Kind.SHOTOKU, TAX, ShotokuSheet, "𠮷田　花子"),
    (Kind.NOZEI, TAX, NozeiSheet, "𠮷田　花子"),
    (Kind.KOSEKI_ZENBU, KOSEKI, KosekiSheet, "花子"),
    (Kind.KOSEKI_KOJIN, KOSEKI, KosekiSheet, "花子"),
    (Kind.FUHYO, FUHYO, FuhyoSheet, "𠮷田　花子"),
    (Kind.RISAI, RISAI, RisaiSheet, "𠮷田　花子"),
]


@pytest.mark.parametrize(("kind", "contents", "form", "name"), CASES, ids=[case[2].__name__ for case in CASES])
def test_every_kind_is_drawn_in_its_form_and_is_complete(kind: Kind, contents: Contents, form: type, name: str) -> None:
    whole = kind is not Kind.KOSEKI_KOJIN
    sheet = compose(FACE, kind, Chosen(contents, whole=whole), RESIDENT, frozenset({ItemName.HEAD_AND_RELATION}))
    assert not isinstance(sheet, TooLong)
    assert isinstance(sheet, form)
    drawn = draw(sheet, shared_fonts())
    assert isinstance(drawn, DrawnDocument)
    assert isinstance(check_complete(drawn.pdf, Expected.of(sheet)), Complete)
    assert name in sheet.essentials.names


def test_every_kind_on_the_wire_has_a_case() -> None:
    assert {case[0] for case in CASES} == set(Kind)


def test_too_little_room_is_told_by_the_item() -> None:
    full = replace(TAX, incomes=TAX.incomes * 5)
    assert compose(FACE, Kind.SHOTOKU, Chosen(full, whole=False), RESIDENT, frozenset()) == TooLong("incomes")
