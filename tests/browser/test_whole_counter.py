"""The clerks' pages on the center itself: a resident's card at a terminal, two clerks in two browsers, the wall screen."""

from collections.abc import Iterator
from contextlib import ExitStack

import pytest
from playwright.sync_api import Browser, expect

from issuing_center.commands.staff import serving_staff
from issuing_center.counter.states import Settlement
from issuing_center.settings import StaffSite
from tests.support.center import Center
from tests.support.clerks import copies, pay, printed, receive, report, row, scan
from tests.support.staff_site import SHIOMINO, SpecimenDoor, new_context


@pytest.fixture
def addresses(center: Center) -> Iterator[list[list[str]]]:
    """What `serve --sandbox --staff-port 0` says."""
    folder = center.folder
    settings = StaffSite("127.0.0.1", 0, folder.server_certificate, folder.server_key, folder.staff_ca_certificate)
    with serving_staff(settings, center.service, 4, SpecimenDoor()) as lines:
        yield [line.split() for line in lines]


def test_from_the_card_to_the_handing_over(browser: Browser, center: Center, addresses: list[list[str]]) -> None:
    consoles = {line[2]: line[1] for line in addresses if line[0] == "console"}
    display = next(line[1] for line in addresses if line[0] == "display" and line[2] == SHIOMINO)
    with ExitStack() as ends:
        first, second, wall = (new_context(browser) for _ in range(3))
        for context in (first, second, wall):
            ends.callback(context.close)
        mine, theirs, screen = first.new_page(), second.new_page(), wall.new_page()
        mine.goto(consoles["mihon-01"])
        theirs.goto(consoles["mihon-02"])
        screen.goto(display)
        expect(mine.locator("#empty")).to_have_text("お待ちの番号はありません。")

        reception = receive(center, order=copies(2))
        state = mine.locator("#rows .state")
        expect(state).to_have_text("印刷中")
        report(center, reception)
        expect(state).to_have_text("印刷済")
        expect(screen.locator("#preparing li")).to_have_text(["1"])

        mine.locator("#rows .number").click()
        mine.keyboard.press("F2")
        expect(screen.locator("#called")).to_have_text("1")
        theirs.locator("#rows .number").click()
        theirs.keyboard.press("F4")
        expect(theirs.locator("#fee-dialog")).to_be_visible()
        mine.keyboard.press("F4")
        mine.keyboard.press("Enter")
        expect(mine.locator("#detail .fee")).to_contain_text("400円（現金）")
        theirs.keyboard.press("Enter")
        expect(theirs.locator("#notice")).to_contain_text("COUNTER-02")

        theirs.keyboard.type(reception.ticket.code)
        theirs.keyboard.press("Enter")
        expect(theirs.locator("#detail .verified")).to_be_visible()
        receipt = reception.issued.documents[-1]
        texts = [code.text for code in scan(receipt)] + [scan(each)[0].bytes.hex() for each in reception.certificates]
        for text in texts:
            theirs.keyboard.type(text)
            theirs.keyboard.press("Enter")
        expect(theirs.locator("#detail .verified")).to_contain_text("用紙3枚")
        theirs.keyboard.press("F8")
        expect(theirs.locator("#notice")).to_contain_text("1番を交付しました")
        expect(mine.locator("#detail .state")).to_have_text("交付済")
        mine.keyboard.press("F8")
        expect(mine.locator("#notice")).to_contain_text("この操作はできません")
        expect(screen.locator("#called")).to_have_class("none")
        expect(mine.locator("#handed")).to_have_text("1")
        expect(mine.locator("#used")).to_have_text("2")

        mine.click("text=集計")
        expect(mine.locator("#cash")).to_have_text("400円")
        names = ("見本", "汐見", "花子", "ハナコ")
        seen = mine.locator("main").inner_text() + theirs.locator("main").inner_text() + screen.inner_text("main")
        assert not [name for name in names if name in seen]


def test_another_municipality_sees_nothing_of_it(browser: Browser, center: Center, addresses: list[list[str]]) -> None:
    reception = printed(center)
    pay(center, reception, Settlement.CASHLESS)
    context = new_context(browser)
    page = context.new_page()
    page.goto(next(line[1] for line in addresses if line[2] == "mihon-11"))
    expect(page.locator("#empty")).to_have_text("お待ちの番号はありません。")
    page.keyboard.type(reception.ticket.code)
    page.keyboard.press("Enter")
    expect(page.locator("#notice")).to_contain_text("COUNTER-01")
    assert row(center, reception).number == 1
    context.close()
