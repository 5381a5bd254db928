"""A clerk's day in a real browser: clicks, a scanner, two clerks at once, and a run with the keyboard alone."""

import re
from dataclasses import replace
from datetime import timedelta

from playwright.sync_api import Page, expect

from issuing_center.counter.models import ScannedSlip, TerminalStatus
from issuing_center.counter.states import CounterState, Settlement
from tests.support.staff_site import (
    CLERK,
    OFFICE,
    PretendDesk,
    check_of,
    slip_code,
)

PAID, PRINTED, SPOILED, PRINTING = 7, 8, 9, 12


def row_id(number: int) -> str:
    return f"{number:032x}"


def scan(page: Page, text: str) -> None:
    """Type as a keyboard-wedge scanner does: wherever the focus is, and Enter."""
    page.keyboard.type(text)
    page.keyboard.press("Enter")


def test_a_number_goes_from_printed_to_handed_over_by_clicks(console: Page, desk: PretendDesk) -> None:
    console.click(f"#row-{row_id(10)} .number")
    console.click("[data-act=call]")
    expect(console.locator("#notice")).to_contain_text("10番を呼び出しました")
    console.click("[data-act=take_fee]")
    console.click("#fee-dialog [type=submit]")
    expect(console.locator("#detail .state")).to_have_text("収納済")
    console.click("[data-act=hand_over]")
    console.click("#hand-submit[data-settled]:has-text('確認する')")
    expect(console.locator("#hand-dialog .problem")).to_contain_text("受付票をまだ")
    console.fill("#slip", check_of(10).lower())
    console.keyboard.press("Enter")
    console.click("#hand-submit[data-settled]:has-text('目視で確認して交付')")
    expect(console.locator("#notice")).to_contain_text("10番を交付しました")
    expect(console.locator("#acts")).to_contain_text("終わっています")
    assert desk.rows[row_id(10)].state is CounterState.HANDED_OVER
    assert {change.staff_id for change in desk.changes if change.request_id == row_id(10)} == {"", "mihon-01"}


def test_slip_and_sheets_that_were_scanned_are_handed_over_without_asking_again(
    console: Page, desk: PretendDesk
) -> None:
    scan(console, slip_code(PAID).upper())
    for sheet in desk.rows[row_id(PAID)].sheets:
        scan(console, sheet.serial)
    expect(console.locator("#detail .verified")).to_contain_text("受付票と用紙2枚を確認しました")
    console.click("[data-act=hand_over]")
    expect(console.locator("#notice")).to_contain_text("7番を交付しました")
    scan(console, slip_code(PAID))
    assert desk.rows[row_id(PAID)].state is CounterState.HANDED_OVER
    assert console.locator("#acts button").count() == 0


def test_the_last_sheet_that_is_scanned_hands_over(console: Page, desk: PretendDesk) -> None:
    """In any order: a sheet, the slip, the other sheet."""
    first, second = desk.rows[row_id(PAID)].sheets
    scan(console, first.serial.lower())
    expect(console.locator("#detail strong")).to_have_text(str(PAID))
    console.keyboard.press("F8")
    expect(console.locator("#slip")).to_be_focused()
    checks = console.locator("#checks li.done")
    expect(checks).to_have_count(1)
    scan(console, slip_code(PAID))
    expect(checks).to_have_count(2)
    scan(console, f"R{'5' * 32}")
    expect(checks).to_have_count(3)
    scan(console, second.serial)
    expect(console.locator("#notice")).to_contain_text("7番を交付しました")


def test_a_scanner_that_ends_with_two_line_ends_hands_nothing_over_by_itself(console: Page, desk: PretendDesk) -> None:
    scan(console, str(PAID))
    console.keyboard.press("F8")
    console.wait_for_selector("#hand-submit[data-settled]")
    scan(console, slip_code(PAID))
    console.keyboard.press("Enter")
    console.wait_for_selector("#hand-submit[data-settled]:has-text('目視')")
    expect(console.locator("#hand-dialog")).to_be_visible()
    assert desk.rows[row_id(PAID)].state is CounterState.PAID


def test_a_sheet_of_another_number_is_refused_loudly_and_both_ask_for_care(console: Page, desk: PretendDesk) -> None:
    (other,) = desk.rows[row_id(PRINTED)].sheets
    scan(console, slip_code(PAID))
    console.keyboard.press("F8")
    expect(console.locator("#slip")).to_be_focused()
    scan(console, other.serial)
    expect(console.locator("#hand-dialog.wrong .problem")).to_contain_text("COUNTER-12")
    expect(console.locator(f"#row-{row_id(PRINTED)} .care")).to_contain_text("要対応")
    console.wait_for_selector("#hand-submit[data-settled]")
    console.keyboard.press("Enter")
    expect(console.locator("#hand-dialog .problem")).to_contain_text("COUNTER-14")
    for sheet in desk.rows[row_id(PAID)].sheets:
        scan(console, sheet.serial)
    expect(console.locator("#notice")).to_contain_text("7番を交付しました")
    expect(console.locator(f"#row-{row_id(PRINTED)} .care")).to_be_visible()


def test_a_sheet_after_a_slip_is_checked_against_it_in_the_search_field_too(console: Page, desk: PretendDesk) -> None:
    scan(console, slip_code(PAID))
    scan(console, desk.rows[row_id(PRINTED)].sheets[0].serial)
    expect(console.locator("#notice")).to_contain_text("COUNTER-12")
    expect(console.locator("#detail strong")).to_have_text(str(PAID))
    expect(console.locator("#detail .warning")).to_contain_text("混ざって")


def test_a_sheet_finds_its_number_unless_it_was_thrown_away(console: Page, desk: PretendDesk) -> None:
    scan(console, desk.rows[row_id(PRINTED)].sheets[0].serial)
    expect(console.locator("#detail strong")).to_have_text(str(PRINTED))
    expect(console.locator("#sheets")).to_contain_text("✓")
    scan(console, desk.rows[row_id(SPOILED)].sheets[0].serial)
    expect(console.locator("#notice")).to_contain_text("COUNTER-13")
    scan(console, "MIHO-NSAM-PLEA-ZZZZ")
    expect(console.locator("#notice")).to_contain_text("COUNTER-01")


def test_the_wrong_slip_hands_nothing_over(console: Page, desk: PretendDesk) -> None:
    scan(console, str(PAID))
    console.keyboard.press("F8")
    expect(console.locator("#slip")).to_be_focused()
    scan(console, slip_code(PRINTED))
    expect(console.locator("#hand-dialog .problem")).to_contain_text("STAFF-04")
    console.fill("#slip", "2222")
    console.keyboard.press("Enter")
    expect(console.locator("#hand-dialog .problem")).to_contain_text("COUNTER-06")
    expect(console.locator("#hand-submit")).to_contain_text("確認する")
    assert desk.rows[row_id(PAID)].state is CounterState.PAID


def test_of_two_clerks_at_once_the_second_is_told(console: Page, colleague: Page, desk: PretendDesk) -> None:
    """Both have opened the same question; the answer of the second comes too late."""
    for page in (console, colleague):
        page.click(f"#row-{row_id(PRINTED)} .number")
        page.keyboard.press("F4")
        expect(page.locator("#fee-dialog")).to_be_visible()
    console.keyboard.press("Enter")
    expect(console.locator("#notice")).to_contain_text("収納しました")
    colleague.keyboard.press("2")
    colleague.keyboard.press("Enter")
    expect(colleague.locator("#notice")).to_contain_text("COUNTER-02")
    expect(colleague.locator("#notice")).to_contain_text("現在: 収納済")
    expect(colleague.locator("#detail .fee")).to_contain_text("現金")
    assert desk.rows[row_id(PRINTED)].settlement is Settlement.CASH


def test_what_one_clerk_does_the_other_sees_without_reload(console: Page, colleague: Page, wall: Page) -> None:
    console.click(f"#row-{row_id(11)} .number")
    console.keyboard.press("F2")
    expect(colleague.locator(f"#row-{row_id(11)} td").last).not_to_be_empty()
    expect(wall.locator("#called")).to_have_text("11")


def test_a_new_number_appears_in_its_place(console: Page, desk: PretendDesk) -> None:
    desk.add(CounterState.ISSUED)
    expect(console.locator("#rows tr").last).to_contain_text("15")
    late = desk.rows[row_id(15)]
    desk.put(replace(late, state=CounterState.PRINTED), "print", "")
    expect(console.locator(f"#row-{row_id(15)} .state")).to_have_text("印刷済")


def test_a_day_with_the_keyboard_alone(console: Page, desk: PretendDesk) -> None:
    console.keyboard.press("ArrowDown")
    console.keyboard.press("ArrowDown")
    expect(console.locator("#detail strong")).to_have_text(str(PRINTED))
    console.keyboard.press("F2")
    expect(console.locator("#notice")).to_contain_text("呼び出しました")
    console.keyboard.press("F4")
    console.keyboard.press("3")
    console.keyboard.press("Enter")
    expect(console.locator("#detail .fee")).to_contain_text("免除: 公用")
    console.keyboard.press("F8")
    expect(console.locator("#slip")).to_be_focused()
    scan(console, check_of(PRINTED))
    console.wait_for_selector("#hand-submit[data-settled]:has-text('目視')")
    console.keyboard.press("Enter")
    expect(console.locator("#notice")).to_contain_text("交付しました")
    scan(console, "10")
    console.keyboard.press("F9")
    expect(console.locator("#spoil-dialog")).to_be_visible()
    console.keyboard.press("Enter")
    expect(console.locator("#detail .state")).to_have_text("廃棄")
    console.keyboard.press("Shift+F9")
    console.keyboard.press("Enter")
    expect(console.locator("#detail .state")).to_have_text("取消")
    console.keyboard.press("F4")
    expect(console.locator("#notice")).to_contain_text("この操作はできません")
    console.keyboard.press("Escape")
    expect(console.locator("#search")).to_be_focused()
    assert [desk.rows[row_id(number)].state for number in (PRINTED, 10)] == [
        CounterState.HANDED_OVER,
        CounterState.CANCELLED,
    ]


def test_focus_comes_back_to_the_search_field(console: Page) -> None:
    field = console.locator("#search")
    for leave in ("#filters button >> nth=3", f"#row-{row_id(PAID)}", "[data-act=call]"):
        console.click(leave)
        expect(field).to_be_focused()
    console.keyboard.press("F1")
    console.keyboard.press("Escape")
    expect(field).to_be_focused()
    console.focus("header nav a >> nth=1")
    console.keyboard.type("1")
    expect(field).to_have_value("1")


def test_trouble_at_terminals_is_told_until_it_is_over(console: Page, desk: PretendDesk) -> None:
    away = desk.at - timedelta(hours=1)
    desk.tell(
        TerminalStatus("counter-0001", OFFICE, desk.at, "paper_out", "ready"),
        TerminalStatus("counter-0002", OFFICE, away, "ready", "fault"),
    )
    expect(console.locator("#alerts li")).to_have_text(
        [
            "counter-0001: 窓口プリンター 用紙がありません",
            "counter-0002: 端末から応答がありません、受付票プリンター 故障しています",
        ]
    )
    desk.tell(TerminalStatus("counter-0001", OFFICE, desk.at, "ready", "ready"))
    expect(console.locator("#alerts li")).to_have_count(0)


def test_what_asks_for_a_clerk_is_found_under_one_filter(console: Page) -> None:
    console.get_by_role("button", name="要対応").click()
    expect(console.locator("#rows tr")).to_have_count(2)
    console.click(f"#row-{row_id(PRINTING)}")
    expect(console.locator("#detail .warning")).to_contain_text("報告がありません")
    console.keyboard.press("F7")
    expect(console.locator("#detail .state")).to_have_text("印刷済")


def test_a_connection_that_was_lost_is_told_and_catches_up(console: Page, desk: PretendDesk) -> None:
    console.context.set_offline(True)
    console.click(f"#row-{row_id(PRINTED)} .number")
    console.keyboard.press("F2")
    expect(console.locator("#notice")).to_contain_text("STAFF-07")
    console.context.set_offline(False)
    desk.call(CLERK, row_id(13))
    expect(console.locator(f"#row-{row_id(13)} td").last).not_to_be_empty()


def test_totals_agree_and_the_day_is_closed(console: Page, desk: PretendDesk) -> None:
    console.click("text=集計")
    expect(console.locator("#cash")).to_have_text("2,100円")
    with console.expect_download() as download:
        console.click("#csv")
    assert download.value.suggested_filename == "totals-2026-11-20.csv"
    console.click("#close")
    console.click("#close-dialog [type=submit]")
    expect(console.locator("#notice")).to_contain_text("未交付の番号: 7")
    assert {row.state for row in desk.rows.values()} == {
        CounterState.HANDED_OVER,
        CounterState.CANCELLED,
        CounterState.PAID,
    } | {CounterState.REQUESTED}


def test_a_seal_is_looked_up_by_the_code_of_a_card_alone(console: Page) -> None:
    console.click("text=印鑑照会")
    expect(console.locator("#ask button")).to_be_enabled()
    scan(console, "2222 2222")
    expect(console.locator("#notice")).to_contain_text("COUNTER-08")
    expect(console.locator("#code")).to_be_focused()
    expect(console.locator("#code")).to_have_value(re.compile("^(2222 ?2222)?$"))
    console.fill("#code", "")
    scan(console, "7km3 pqr4")
    expect(console.locator("#answer")).to_contain_text("印鑑登録があります")
    expect(console.locator("#answer")).to_contain_text("2019年4月8日")


def test_the_wall_screen_chimes_at_a_call_once_sound_is_allowed(wall: Page, desk: PretendDesk) -> None:
    wall.click("#sound")
    expect(wall.locator("#sound")).to_be_hidden()
    desk.call(CLERK, row_id(13))
    expect(wall.locator("#called")).to_have_text("13")
    assert wall.evaluate("document.documentElement.dataset.chimes") == "1"
    desk.hand_over(CLERK, ScannedSlip(slip_code(PAID)), ())
    expect(wall.locator("#earlier li")).to_have_text(["9", "8"])
    assert wall.evaluate("document.documentElement.dataset.chimes") == "1"


def test_no_address_and_no_store_of_the_browser_has_a_number(console: Page, desk: PretendDesk) -> None:
    asked: list[str] = []
    console.on("request", lambda request: asked.append(request.url))
    scan(console, slip_code(PAID))
    sheets = [sheet.serial for sheet in desk.rows[row_id(PAID)].sheets]
    for each in sheets:
        scan(console, each)
    console.keyboard.press("F8")
    expect(console.locator("#notice")).to_contain_text("交付しました")
    assert asked
    assert not [url for url in asked for word in (slip_code(PAID), row_id(PAID), *sheets) if word in url]
    assert console.evaluate("localStorage.length + sessionStorage.length") == 0


def test_who_is_locked_out_sees_nothing_any_more_without_a_touch(console: Page, desk: PretendDesk) -> None:
    expect(console.locator("#rows tr")).not_to_have_count(0)
    desk.lock(CLERK.staff_id)
    expect(console.locator(".plain h2")).to_have_text("職員証明書は使用を停止されています")
    assert "番号" not in console.locator("body").inner_text()
