"""Sheets by what a scanner reads on them: of this number, of another, thrown away, or nothing that we know."""

import base64

import pytest

from issuing_center.counter import acts, feed, sheets
from issuing_center.counter.models import Paper, Serial, SheetCode
from issuing_center.counter.refusals import CounterNo
from issuing_center.counter.states import CounterState, SpoilReason
from issuing_center.counter.totals import close_day
from issuing_center.incidents import incidents_since
from issuing_center.municipal.package import JST
from kiosk.ports.center import DocumentFate
from tests.support.center import Center
from tests.support.clerks import (
    CLERK,
    FOREIGN_CLERK,
    copies,
    good,
    next_morning,
    no,
    pay,
    printed,
    receive,
    report,
    row,
    scan,
)


def test_every_sheet_of_a_set_says_whose_it_is_and_none_of_them_says_what_the_slip_says(center: Center) -> None:
    reception = printed(center)
    txn = reception.issued.transaction
    application, certificate, receipt = reception.issued.documents
    assert [code.text for each in (application, receipt) for code in scan(each)] == [
        f"A{txn.upper()}",
        f"R{txn.upper()}",
    ]
    (signed,) = scan(certificate)
    (serial,) = reception.serials
    for text in (signed.bytes.hex(), base64.b64encode(signed.bytes).decode(), signed.bytes.decode("latin-1"), serial):
        assert sheets.read_code(text) == Serial(serial)
    assert sheets.read_code(f"a{txn}") == Paper("A", txn)
    assert reception.ticket.code not in (application.pdf + certificate.pdf + receipt.pdf).decode("latin-1")


@pytest.mark.parametrize(
    "text", ["", "7", "7 ABCD", "0" * 32, "B" + "0" * 32, "AAAA-BBBB-CCCC-DDD1", "AAAA-BBBB-CCCC", "4E" * 80]
)
def test_what_is_no_sheet_is_not_taken_for_one(text: str) -> None:
    assert sheets.read_code(text) is None


def test_two_serials_in_one_scan_say_nothing() -> None:
    assert sheets.read_code("AAAA-BBBB-CCCC-DDDD AAAA-BBBB-CCCC-EEEE") is None


def test_each_sheet_finds_its_number_at_its_own_municipality_and_on_its_day(center: Center) -> None:
    receptions = [printed(center, order=copies(2)), printed(center, "ichiro")]
    for reception in receptions:
        for serial in reception.serials:
            assert good(sheets.find_sheet(center.service, CLERK, Serial(serial))).number == reception.ticket.number
        for letter in "AR":
            code = Paper(letter, reception.issued.transaction)
            assert good(sheets.find_sheet(center.service, CLERK, code)).number == reception.ticket.number
    assert no(sheets.find_sheet(center.service, CLERK, Serial("AAAA-AAAA-AAAA-AAAA"))) is CounterNo.UNKNOWN
    one = Serial(receptions[0].serials[0])
    assert no(sheets.find_sheet(center.service, FOREIGN_CLERK, one)) is CounterNo.UNKNOWN
    center.clock.advance(next_morning(center.clock.at))
    assert no(sheets.find_sheet(center.service, CLERK, one)) is CounterNo.OTHER_DAY


def test_a_number_goes_with_every_sheet_scanned_and_that_is_written_down(center: Center) -> None:
    reception = printed(center, order=copies(2))
    pay(center, reception)
    scanned: tuple[SheetCode, ...] = tuple(Serial(each) for each in reception.serials)
    scanned += (Paper("R", reception.issued.transaction),)
    good(acts.hand_over(center.service, CLERK, reception.slip, scanned))
    assert feed.changes_since(center.service, CLERK.municipality_code, 0)[-1].detail == "scanned 2/2"


@pytest.mark.expect_log("issuing_center", "CRITICAL")
def test_a_sheet_of_another_number_is_refused_loudly_and_both_then_need_every_sheet_scanned(center: Center) -> None:
    hers, his = printed(center, "hanako"), printed(center, "ichiro")
    for each in (hers, his):
        pay(center, each)
    swapped = (Serial(his.serials[0]),)
    before = center.service.now()
    assert no(acts.hand_over(center.service, CLERK, hers.slip, swapped)) is CounterNo.MIXED_UP
    for each in (hers, his):
        assert (row(center, each).state, row(center, each).attention) == (CounterState.PAID, "mixed_up")
        assert no(acts.hand_over(center.service, CLERK, each.slip)) is CounterNo.SCAN_ALL
    (incident,) = incidents_since(center.engine, before)
    assert (incident.name, incident.cause) == ("counter-sheets-mixed-up", None)
    assert "mixed_up" in [change.act for change in feed.changes_since(center.service, CLERK.municipality_code, 0)]
    today = center.service.now().astimezone(JST).date()
    left = close_day(center.service, CLERK, today)
    assert {each.attention for each in left} == {"mixed_up"}, "the end of the day makes nothing good"
    for each in (hers, his):
        done = good(acts.hand_over(center.service, CLERK, each.slip, (Serial(each.serials[0]),)))
        assert (done.state, done.attention) == (CounterState.HANDED_OVER, None)
    center.close_incidents()


@pytest.mark.expect_log("issuing_center", "CRITICAL")
@pytest.mark.parametrize("letter", ["A", "R"])
def test_papers_around_a_certificate_are_found_out_as_well(center: Center, letter: str) -> None:
    hers, his = printed(center, "hanako"), printed(center, "ichiro")
    request = row(center, hers).request_id
    own, other = (Paper(letter, each.issued.transaction) for each in (hers, his))
    assert good(sheets.check_sheet(center.service, CLERK, request, own)).attention is None
    assert no(sheets.check_sheet(center.service, CLERK, request, other)) is CounterNo.MIXED_UP
    center.close_incidents()


def test_a_sheet_that_was_thrown_away_is_refused_and_so_are_the_papers_of_its_first_printing(center: Center) -> None:
    reception = printed(center)
    pay(center, reception)
    request = row(center, reception).request_id
    good(acts.spoil(center.service, CLERK, request, reception.serials, SpoilReason.JAM))
    again = printed(center)
    assert again.ticket.number == reception.ticket.number
    for old in (Serial(reception.serials[0]), Paper("R", reception.issued.transaction)):
        assert no(sheets.find_sheet(center.service, CLERK, old)) is CounterNo.VOID_SHEET
        assert no(acts.hand_over(center.service, CLERK, reception.slip, (old,))) is CounterNo.VOID_SHEET
    good(acts.hand_over(center.service, CLERK, reception.slip, (Serial(again.serials[0]),)))


def test_a_sheet_that_nobody_knows_is_refused_and_is_no_incident(center: Center) -> None:
    reception, before = printed(center), center.service.now()
    pay(center, reception)
    stranger = (Serial("AAAA-AAAA-AAAA-AAAA"),)
    assert no(acts.hand_over(center.service, CLERK, reception.slip, stranger)) is CounterNo.NOT_ITS_SHEET
    assert incidents_since(center.engine, before) == ()


def test_what_only_lies_at_the_terminal_still_is_its_numbers(center: Center) -> None:
    reception = receive(center)
    request = row(center, reception).request_id
    assert good(sheets.check_sheet(center.service, CLERK, request, Serial(reception.serials[0]))).attention is None
    report(center, reception, DocumentFate.VOIDED)
    assert no(sheets.check_sheet(center.service, CLERK, request, Serial(reception.serials[0]))) is CounterNo.VOID_SHEET
