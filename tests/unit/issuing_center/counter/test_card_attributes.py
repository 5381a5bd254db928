"""What the card itself says of its holder: taken in sealed, kept as digests, compared with the register on the 申請書."""

import json
import logging
from dataclasses import replace

import pytest
from sqlalchemy import select, update

from issuing_center import wire
from issuing_center.counter.card_attributes import key_of
from issuing_center.counter.keeping import read_application
from issuing_center.database import reading, writing
from issuing_center.ledger.tables import events
from issuing_center.paper.sheet import Mark
from issuing_center.register import tables as register
from issuing_center.register.ids import resident_id_of
from issuing_center.sandbox.center import SHIOMINO
from issuing_center.visits.store import VisitId, load_open
from issuing_center.visits.tables import visit as visits
from kiosk.adapters.center.sealing import seal_to_center
from kiosk.ports.attributes import CardAttributes
from kiosk.ports.center import AttributesTold, RefusalReason, Refused
from tests.support.center import COUNTER, KIOSK, ORDER, Center, Visit, new_key, texts_of
from tests.support.clerks import CLERK, Reception, copies, receive, row

ASKING = "counter-0003"
"""Stands in an office whose settings ask for the card's attributes."""
CONFIRMED = "券面事項入力補助で確認（氏名・住所・生年月日・性別）"
NOT_READ = "読み取りなし（本人が選ばず、又は読み取れず）"


def on_card(center: Center, persona: str = "hanako") -> CardAttributes:
    """Give what a persona's virtual card would answer."""
    part = json.loads(center.folder.card(persona).read_text("utf-8"))["attributes"]
    return CardAttributes(part["name"], part["address"], part["birth_date"], part["sex"])


def asked(center: Center, persona: str = "hanako") -> Visit:
    return center.visit(persona, ASKING)


def told(visit: Visit, attributes: CardAttributes) -> None:
    assert visit.channel.tell_attributes(attributes) == AttributesTold()


def written(center: Center, reception: Reception) -> str:
    """Read what stands on the printed 申請書 and in the kept record, which say the same."""
    (kept,) = read_application(center.service, CLERK, row(center, reception).request_id)
    said = dict(kept.fields)["card"]
    assert (said or Mark.NOT_APPLICABLE.value) in texts_of(reception.issued.documents[0].pdf)
    return said


@pytest.mark.parametrize("persona", ["hanako", "ichiro", "yoshiko", "maria", "taichi"])
def test_a_card_that_agrees_with_the_register_is_confirmed_on_the_application(center: Center, persona: str) -> None:
    visit = asked(center, persona)
    told(visit, on_card(center, persona))
    assert written(center, receive(center, terminal=ASKING, visit=visit)) == CONFIRMED


def test_a_card_with_an_old_address_is_told_to_the_clerk_by_field_and_not_by_value(center: Center) -> None:
    visit, card = asked(center, "noriko"), on_card(center, "noriko")
    told(visit, card)
    reception = receive(center, terminal=ASKING, visit=visit)
    assert written(center, reception) == "相違あり：住所（カードの券面を確認してください）"
    (kept,) = read_application(center.service, CLERK, row(center, reception).request_id)
    assert "海辺市灯台" not in "".join(value for _, value in kept.fields)
    assert not any("海辺市灯台" in text for text in texts_of(reception.issued.documents[0].pdf))


@pytest.mark.parametrize(
    ("change", "fields"),
    [
        ({"name": "見本　花子"}, "氏名"),
        ({"birth_date": "19880513"}, "生年月日"),
        ({"sex": "1"}, "性別"),
        ({"sex": "9"}, "性別"),
        (
            {"name": "見本　花子", "address": "どこか", "birth_date": "20000101", "sex": "1"},
            "氏名・住所・生年月日・性別",
        ),
    ],
)
def test_every_field_that_differs_is_named(center: Center, change: dict[str, str], fields: str) -> None:
    visit = asked(center)
    told(visit, replace(on_card(center), **change))
    expected = f"相違あり：{fields}（カードの券面を確認してください）"
    assert written(center, receive(center, terminal=ASKING, visit=visit)) == expected


def test_what_only_a_card_cannot_write_is_no_difference(center: Center) -> None:
    visit, card = asked(center, "ichiro"), on_card(center, "ichiro")
    told(visit, replace(card, name=card.name.replace("　", " "), address=card.address.replace("３", "3")))
    assert written(center, receive(center, terminal=ASKING, visit=visit)) == CONFIRMED


def test_of_a_birth_date_that_is_known_in_part_only_that_part_is_compared(center: Center) -> None:
    resident = register.resident.c.resident_id == resident_id_of(SHIOMINO, "hanako")
    with writing(center.engine) as connection:
        connection.execute(update(register.resident).where(resident).values(birth_precision="year"))
    for born, expected in (
        ("19881231", CONFIRMED),
        ("19870512", "相違あり：生年月日（カードの券面を確認してください）"),
    ):
        visit = asked(center)
        told(visit, replace(on_card(center), birth_date=born))
        assert written(center, receive(center, terminal=ASKING, visit=visit)) == expected


def test_leaving_it_out_is_written_down_and_costs_nothing(center: Center) -> None:
    assert written(center, receive(center, terminal=ASKING)) == NOT_READ
    assert written(center, receive(center, terminal=COUNTER)) == ""


def test_a_second_reading_takes_the_place_of_the_first_and_counts_for_every_order_of_the_visit(center: Center) -> None:
    visit = asked(center)
    told(visit, replace(on_card(center), sex="1"))
    told(visit, on_card(center))
    for order in (ORDER, copies(2)):
        assert written(center, receive(center, terminal=ASKING, visit=visit, order=order)) == CONFIRMED


def test_the_comparison_is_with_the_register_as_it_is_at_the_order(center: Center) -> None:
    visit = asked(center)
    told(visit, on_card(center))
    household = select(register.resident.c.household_id).where(
        register.resident.c.resident_id == resident_id_of(SHIOMINO, "hanako")
    )
    with writing(center.engine) as connection:
        moved = update(register.household).where(register.household.c.household_id.in_(household))
        connection.execute(moved.values(address="見本県汐見野市浜見台一丁目1番1号"))
    expected = "相違あり：住所（カードの券面を確認してください）"
    assert written(center, receive(center, terminal=ASKING, visit=visit)) == expected


def test_nobody_else_is_asked_and_nothing_is_taken_from_them(center: Center) -> None:
    for device in (KIOSK, COUNTER):
        visit = center.visit("hanako", device)
        assert not visit.menu.asks_attributes
        assert visit.channel.tell_attributes(on_card(center)) == Refused(RefusalReason.NOT_OFFERED)
        sealed = seal_to_center(b"{}", key_of(center.service, visit.id).public_bytes, b"")
        assert posted(center, visit.id, wire.SealedAttributes(sealed=sealed), device) == (422, "REFUSED-02")


def posted(center: Center, visit_id: str, message: wire.SealedAttributes, device: str = ASKING) -> tuple[int, str]:
    answer = center.client(device).post(
        f"/v1/visits/{visit_id}/attributes", content=wire.encode(message), headers={"Content-Type": wire.JSON_TYPE}
    )
    return answer.status_code, wire.decode(answer.content, wire.Problem).code if answer.content else ""


def sealed_for(center: Center, visit: Visit, plain: bytes, *, binding_of: Visit | None = None) -> wire.SealedAttributes:
    bound = binding_of or visit
    assert bound.channel._subject is not None
    binding = wire.attributes_binding(bound.id, bound.channel._subject)
    return wire.SealedAttributes(sealed=seal_to_center(plain, key_of(center.service, visit.id).public_bytes, binding))


PLAIN = wire.CardAttributes(name="見本　花子", address="見本県", birth_date="19880512", sex="2")


def test_what_was_sealed_for_another_visit_opens_in_none(center: Center) -> None:
    mine, other = asked(center), asked(center, "ichiro")
    plain = wire.encode(PLAIN)
    assert posted(center, mine.id, sealed_for(center, mine, plain)) == (204, "")
    assert posted(center, mine.id, sealed_for(center, other, plain)) == (422, "VISIT-03")
    assert posted(center, mine.id, sealed_for(center, mine, plain, binding_of=other)) == (422, "VISIT-03")
    assert posted(center, other.id, sealed_for(center, mine, plain)) == (422, "VISIT-03")


@pytest.mark.parametrize(
    "plain",
    [
        b"",
        b"{}",
        wire.encode(PLAIN)[:-1],
        wire.encode(PLAIN).replace(b'"2"', b'"3"'),
        wire.encode(PLAIN).replace(b"19880512", b"1988051"),
        wire.encode(PLAIN).replace("見本　".encode(), b"a\\n"),
        wire.encode(PLAIN)[:-1] + b',"my_number":"990000000019"}',
    ],
)
def test_what_is_not_the_agreed_message_is_refused(shared_center: Center, plain: bytes) -> None:
    visit = asked(shared_center)
    assert posted(shared_center, visit.id, sealed_for(shared_center, visit, plain)) == (422, "VISIT-03")


def test_a_visit_of_another_terminal_or_one_that_is_over_takes_nothing(center: Center) -> None:
    visit = asked(center)
    message = sealed_for(center, visit, wire.encode(PLAIN))
    assert posted(center, visit.id, message, COUNTER) == (409, "VISIT-02")
    visit.channel.close()
    assert posted(center, visit.id, message) == (409, "VISIT-02")
    assert posted(center, "0" * 32, message) == (409, "VISIT-02")


def test_the_database_holds_digests_alone_and_forgets_them_with_the_visit(
    center: Center, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    visit, card = asked(center, "noriko"), on_card(center, "noriko")
    told(visit, card)
    open_visit = load_open(center.engine, VisitId(visit.id), ASKING, center.clock.at)
    assert open_visit is not None
    digests = open_visit.card_attributes
    assert digests is not None
    assert len(digests) == 7 * 32
    assert "card_attributes" not in repr(open_visit)
    other = asked(center, "noriko")
    told(other, card)
    again = load_open(center.engine, VisitId(other.id), ASKING, center.clock.at)
    assert again is not None
    assert again.card_attributes != digests, "the digest of one visit means nothing in another"
    assert not any(word in caplog.text for word in ("典子", "灯台", card.birth_date))
    visit.channel.close()
    with reading(center.engine) as connection:
        assert (
            connection.execute(select(visits.c.card_attributes).where(visits.c.visit_id == visit.id)).scalar() is None
        )
        details = connection.execute(select(events.c.detail).where(events.c.event == "card-attributes")).scalars()
        assert sorted(details) == sorted([visit.id, other.id])


def test_an_order_that_is_repeated_has_the_same_bytes_after_a_later_reading(center: Center) -> None:
    visit, key = asked(center), new_key()
    once = visit.channel.order(ORDER, key)
    told(visit, on_card(center))
    assert visit.channel.order(ORDER, key) == once


def test_any_worker_takes_the_reading_and_any_other_draws(two_workers: tuple[Center, Center]) -> None:
    first, second = two_workers
    visit = first.visit("hanako", ASKING)
    told(visit, on_card(first))
    assert key_of(first.service, visit.id).public_bytes == key_of(second.service, visit.id).public_bytes
    seen = load_open(second.engine, VisitId(visit.id), ASKING, second.clock.at)
    assert seen is not None
    assert seen.card_attributes is not None
