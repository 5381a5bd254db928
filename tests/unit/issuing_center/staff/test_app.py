"""The clerks' site as its callable: who gets in, from where acts are taken, what is said to a no."""

import json
import logging
from typing import Any

import pytest
from werkzeug.test import Client, TestResponse

from issuing_center.counter.staff import Staff, StaffId
from issuing_center.counter.states import CounterState, Settlement
from issuing_center.staff.app import GET, PAGES, POST, Site
from tests.support.staff_site import CLERK, OFFICE, PretendDesk, check_of, slip_code

BASE = "https://office"
PAID, PRINTED, HANDED = 7, 8, 1


def row_id(number: int) -> str:
    return f"{number:032x}"


def get(browser: Client, path: str) -> TestResponse:
    return browser.get(path, base_url=BASE)


def token(browser: Client) -> str:
    return str(get(browser, "/api/session").get_json()["form_token"])


def post(browser: Client, path: str, body: dict[str, Any], **headers: str) -> TestResponse:
    given = {"X-Form-Token": token(browser), **{name.replace("_", "-"): value for name, value in headers.items()}}
    return browser.post(path, base_url=BASE, json=body, headers=given)


def test_nobody_sees_anything_without_a_sign_in(anyone: Client) -> None:
    for path in [*GET, *PAGES]:
        real = path.replace("<day>", "2026-11-20").replace("<office>", "all")
        assert get(anyone, real).status_code == 401
    for path in POST:
        assert anyone.post(path, base_url=BASE, json={}).status_code == 401


def test_a_link_lets_in_once(site: Site, anyone: Client) -> None:
    [(link, _), *_] = site.door.links()  # type: ignore[union-attr]  # the tests' site has a door
    first = get(anyone, f"/sign-in/{link}")
    assert first.status_code == 303
    cookie = first.headers["Set-Cookie"]
    assert all(word in cookie for word in ("__Host-clerk=", "Secure", "HttpOnly", "SameSite=Strict", "Path=/"))
    assert get(Client(anyone.application), f"/sign-in/{link}").status_code == 401


def test_a_clerk_sees_the_own_municipality_only(clerk: Client, stranger: Client) -> None:
    assert len(get(clerk, "/api/list").get_json()["rows"]) == 14
    other = get(stranger, "/api/list").get_json()
    assert (other["rows"], other["terminals"]) == ([], [])
    refused = post(stranger, "/api/call", {"request_id": row_id(PRINTED)})
    assert (refused.status_code, refused.get_json()["code"]) == (409, "COUNTER-01")


@pytest.mark.parametrize(
    "headers",
    [
        {"X_Form_Token": ""},
        {"X_Form_Token": "0" * 32},
        {"Origin": "https://elsewhere.example"},
        {"Sec_Fetch_Site": "cross-site"},
    ],
)
def test_an_act_from_elsewhere_is_not_taken(clerk: Client, desk: PretendDesk, headers: dict[str, str]) -> None:
    answer = post(clerk, "/api/call", {"request_id": row_id(PRINTED)}, **headers)
    assert (answer.status_code, answer.get_json()["code"]) == (403, "STAFF-02")
    assert desk.changes[-1].act != "call"


def test_another_clerks_form_token_is_not_taken(site: Site, clerk: Client) -> None:
    foreign = site.tokens.form(Staff(StaffId("mihon-02"), CLERK.municipality_code))
    assert post(clerk, "/api/call", {"request_id": row_id(PRINTED)}, X_Form_Token=foreign).status_code == 403


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/api/call", {}),
        ("/api/call", {"request_id": "../etc"}),
        ("/api/call", {"request_id": row_id(PRINTED), "more": 1}),
        ("/api/fee", {"request_id": row_id(PRINTED), "method": "barter"}),
        ("/api/fee", {"request_id": row_id(PRINTED), "method": "free"}),
        ("/api/fee", {"request_id": row_id(PRINTED), "method": "exempt"}),
        ("/api/cancel", {"request_id": row_id(PRINTED), "reason": "closed"}),
        ("/api/spoil", {"request_id": row_id(PRINTED), "reason": "jam", "serials": []}),
        ("/api/find", {"office": OFFICE, "slip": ""}),
        ("/api/close", {"day": "yesterday"}),
    ],
)
def test_what_the_pages_never_send_is_refused(
    clerk: Client, desk: PretendDesk, path: str, body: dict[str, Any]
) -> None:
    before = len(desk.changes)
    answer = post(clerk, path, body)
    assert (answer.status_code, answer.get_json()["code"]) == (400, "STAFF-03")
    assert len(desk.changes) == before


def test_a_form_is_not_json(clerk: Client) -> None:
    answer = clerk.post("/api/call", base_url=BASE, data={"a": "b"}, headers={"X-Form-Token": token(clerk)})
    assert answer.status_code == 400


def test_two_clerks_at_once_the_second_is_told_the_state(clerk: Client, desk: PretendDesk) -> None:
    desk.take_fee(Staff(StaffId("mihon-02"), CLERK.municipality_code), row_id(PRINTED), Settlement.CASH, None)
    answer = post(clerk, "/api/fee", {"request_id": row_id(PRINTED), "method": "cash"})
    assert answer.status_code == 409
    said = answer.get_json()
    assert said["code"] == "COUNTER-02"
    assert "収納済" in said["text"]
    assert said["row"]["state"] == "paid"


def test_a_slip_of_another_number_hands_nothing_over(clerk: Client, desk: PretendDesk) -> None:
    body = {"request_id": row_id(PAID), "office": OFFICE, "slip": slip_code(PRINTED)}
    answer = post(clerk, "/api/hand-over", body)
    assert (answer.status_code, answer.get_json()["code"]) == (409, "STAFF-04")
    assert desk.rows[row_id(PAID)].state is CounterState.PAID


@pytest.mark.parametrize(
    ("slip", "code"),
    [
        (slip_code(HANDED), "COUNTER-03"),
        ("7 ZZZZ", "COUNTER-06"),
        ("7", "COUNTER-06"),
        ("nonsense", "COUNTER-06"),
    ],
)
def test_a_slip_that_is_no_good_says_why(clerk: Client, slip: str, code: str) -> None:
    number = HANDED if code == "COUNTER-03" else PAID
    answer = post(clerk, "/api/hand-over", {"request_id": row_id(number), "office": OFFICE, "slip": slip})
    assert answer.get_json()["code"] == code


def test_a_slip_is_redeemed_once(clerk: Client) -> None:
    body = {"request_id": row_id(PAID), "office": OFFICE, "slip": f"{PAID} {check_of(PAID).lower()}"}
    assert post(clerk, "/api/hand-over", body).get_json()["state"] == "handed_over"
    assert post(clerk, "/api/hand-over", body).get_json()["code"] == "COUNTER-03"


def test_yesterdays_slip_has_its_own_sentence(clerk: Client, desk: PretendDesk) -> None:
    desk.yesterdays.add("f" * 32)
    answer = post(clerk, "/api/find", {"office": OFFICE, "slip": "F" * 32})
    assert answer.get_json()["code"] == "COUNTER-04"


@pytest.mark.parametrize("typed", ["7", " 7 ", "\uff17", f"7-{check_of(7)}", f"7 {check_of(7)}", slip_code(7)])
def test_a_number_is_found_however_it_is_typed(clerk: Client, typed: str) -> None:
    assert post(clerk, "/api/find", {"office": OFFICE, "slip": typed}).get_json()["number"] == 7


def test_a_bare_number_means_nothing_without_its_office(clerk: Client) -> None:
    for typed in ("7", f"7 {check_of(7)}"):
        assert post(clerk, "/api/find", {"office": "", "slip": typed}).get_json()["code"] == "STAFF-08"
    assert post(clerk, "/api/find", {"office": "", "slip": slip_code(7)}).get_json()["number"] == 7


def test_totals_come_as_csv_that_a_spreadsheet_reads(clerk: Client) -> None:
    answer = get(clerk, f"/api/totals/2026-11-20/{OFFICE}/csv")
    assert answer.content_type == "text/csv; charset=utf-8"
    assert answer.data.startswith(b"\xef\xbb\xbf")
    assert get(clerk, "/api/totals/2026-13-20/all").status_code == 404


def test_every_answer_forbids_foreign_and_inline_script(clerk: Client) -> None:
    for path in ("/", "/api/list", "/nowhere", "/assets/staff.css"):
        headers = get(clerk, path).headers
        assert "default-src 'none'" in headers["Content-Security-Policy"]
        assert "unsafe" not in headers["Content-Security-Policy"]
        assert headers["Cache-Control"] == "no-store"
        assert headers["X-Content-Type-Options"] == "nosniff"


def test_a_wall_screen_opens_by_its_token_alone(site: Site, anyone: Client) -> None:
    good = site.tokens.display(CLERK.municipality_code, OFFICE)
    assert get(anyone, f"/display/{good}").status_code == 200
    for bad in (good[:-1] + ("0" if good[-1] != "0" else "1"), f"990035{good[6:]}", "x"):
        assert get(anyone, f"/display/{bad}").status_code == 404


def test_a_mistake_of_ours_is_an_opaque_line(
    clerk: Client, desk: PretendDesk, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def broken(_staff: Staff) -> None:
        raise RuntimeError("the marker that must not get out")

    monkeypatch.setattr(desk, "waiting_list", broken)
    answer = get(clerk, "/api/list")
    assert (answer.status_code, answer.get_json()["code"]) == (500, "STAFF-05")
    assert "marker" not in answer.text + caplog.text
    caplog.clear()


def test_the_log_knows_no_number_no_slip_and_no_token(clerk: Client, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO, "issuing_center")
    post(clerk, "/api/find", {"office": OFFICE, "slip": slip_code(PAID)})
    post(clerk, "/api/hand-over", {"request_id": row_id(PAID), "office": OFFICE, "slip": slip_code(PAID)})
    lines = [json.loads(record.getMessage()) for record in caplog.records if record.name == "issuing_center"]
    assert {line["endpoint"] for line in lines} >= {"POST /api/find", "POST /api/hand-over"}
    assert slip_code(PAID) not in caplog.text
    assert token(clerk) not in caplog.text


def test_a_sheet_finds_its_number_and_is_checked_for_it(clerk: Client, desk: PretendDesk) -> None:
    own, other = desk.rows[row_id(PAID)].sheets[0].serial, desk.rows[row_id(PRINTED)].sheets[0].serial
    assert post(clerk, "/api/find", {"office": "", "slip": f" {own.lower()} "}).get_json()["number"] == PAID
    checked = post(clerk, "/api/check-sheet", {"request_id": row_id(PAID), "sheet": own}).get_json()
    assert (checked["row"]["number"], checked["sheet"]) == (PAID, {"serial": own})
    refused = post(clerk, "/api/check-sheet", {"request_id": row_id(PAID), "sheet": other})
    assert (refused.status_code, refused.get_json()["code"]) == (409, "COUNTER-12")
    assert refused.get_json()["row"]["attention"] == "mixed_up"


@pytest.mark.parametrize("sheet", ["nonsense", "7", slip_code(PAID), "A" + "g" * 32, "x" * 900])
def test_what_is_no_sheet_hands_nothing_over(clerk: Client, desk: PretendDesk, sheet: str) -> None:
    body = {"office": OFFICE, "slip": slip_code(PAID), "request_id": row_id(PAID), "sheets": [sheet]}
    refused = post(clerk, "/api/hand-over", body)
    assert (refused.status_code, refused.get_json()["code"]) == (400, "STAFF-03")
    assert desk.rows[row_id(PAID)].state is CounterState.PAID


def test_who_is_locked_out_is_told_so_on_every_page_and_by_every_act(clerk: Client, desk: PretendDesk) -> None:
    form = token(clerk)
    desk.lock(CLERK.staff_id)
    for path in ("/", "/totals", "/api/session", "/api/list"):
        answer = get(clerk, path)
        assert answer.status_code == 401
        assert "STAFF-09" in answer.get_data(as_text=True)
    refused = clerk.post("/api/call", base_url=BASE, json={"request_id": row_id(PAID)}, headers={"X-Form-Token": form})
    assert (refused.status_code, refused.get_json()["code"]) == (401, "STAFF-09")
