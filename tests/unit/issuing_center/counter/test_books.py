"""What a day leaves behind: totals to the yen and the sheet, receipts without gaps, the 申請書 kept, and nothing in clear."""

import csv
import io
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError

from issuing_center.__main__ import main
from issuing_center.counter import acts, tables, views
from issuing_center.counter.books import day_of
from issuing_center.counter.keeping import DamagedRecordError, erase_overdue, read_application
from issuing_center.counter.reports import erase_expired
from issuing_center.counter.states import CancelReason, CounterState, Settlement, SpoilReason
from issuing_center.counter.totals import close_day, day_totals, totals_csv
from issuing_center.database import reading, writing
from issuing_center.sandbox.folder import SandboxFolder
from issuing_center.visits.protocol import close
from kiosk.ports.center import CenterUnavailable, DocumentFate, RefusalReason, Refused
from tests.support.center import COUNTER, ORDER, Center, Visit, new_key
from tests.support.clerks import (
    CLERK,
    FOREIGN_CLERK,
    copies,
    good,
    next_morning,
    pay,
    printed,
    receive,
    report,
    row,
)
from tests.support.orders import device_of


def today(center: Center) -> date:
    return day_of(center.clock.at)


def receipts(center: Center) -> list[tuple[int, str]]:
    of = tables.receipts
    with reading(center.engine) as connection:
        return [(each.number, each.state) for each in connection.execute(select(of).order_by(of.c.number))]


def test_totals_agree_to_the_yen_and_to_the_sheet(center: Center) -> None:
    cash, exempt, spoilt, cancelled = (printed(center, order=copies(number)) for number in (1, 2, 3, 1))
    pay(center, cash)
    reason = views.offices(center.service, CLERK.municipality_code)[0].exemptions[1]
    good(acts.take_fee(center.service, CLERK, row(center, exempt).request_id, Settlement.EXEMPT, reason))
    request = pay(center, spoilt, Settlement.CASHLESS).request_id
    good(acts.spoil(center.service, CLERK, request, spoilt.serials[:1], SpoilReason.JAM))
    report(center, receive(center))
    good(acts.cancel(center.service, CLERK, pay(center, cancelled).request_id, CancelReason.MISTAKE))
    for reception in (cash, exempt, spoilt):
        good(acts.hand_over(center.service, CLERK, reception.slip))
    totals = day_totals(center.service, CLERK, today(center))
    assert (totals.cash_yen, totals.cashless_yen, totals.exempt_yen, totals.refunded_yen) == (200, 600, 400, 200)
    assert (totals.sheets_used, totals.sheets_spoilt) == (8, 2)
    assert (totals.handed_over, totals.cancelled, totals.open) == (3, 1, 0)
    assert (totals.receipts, totals.receipts_void) == (2, 2)
    assert [(line.kind, line.fee_yen, line.copies) for line in totals.kinds] == [("juminhyo", 200, 6)]
    lines = {line[1]: line for line in csv.reader(io.StringIO(totals_csv(totals))) if line}
    assert lines["住民票の写し"][2:] == ["200", "6", "200", "600", "2", "400"]
    assert lines["収納額 合計"][2] == "800"
    assert day_totals(center.service, FOREIGN_CLERK, today(center)).kinds == ()


def while_making(center: Center, act: Callable[[], object]) -> Center:
    """Let something happen between an order's number and its papers: when the first serial number is made."""
    random, pending = center.service.random, [act]

    def then_random(length: int) -> bytes:
        if length == 10 and pending:
            pending.pop()()
        return random(length)

    return center.altered(random=then_random)


def test_receipts_have_no_gap_even_when_an_order_fails_after_it_got_its_number(center: Center) -> None:
    printed(center)
    visits: list[Visit] = []
    worker = while_making(center, lambda: close(center.service, device_of(center, COUNTER), visits[0].id))
    visits.append(worker.visit("hanako", COUNTER))
    assert visits[0].channel.order(ORDER, new_key()) == Refused(RefusalReason.VISIT_EXPIRED)
    third = printed(center)
    pay(center, third)
    assert receipts(center) == [(1, "reserved"), (2, "void"), (3, "paid")]
    assert [each.state for each in views.waiting_list(center.service, CLERK)][1] is CounterState.CANCELLED


class Died(BaseException):
    """A worker that is killed runs no handler."""


def test_a_number_whose_worker_died_is_cancelled_after_a_while(center: Center) -> None:
    def die() -> None:
        raise Died

    visit = while_making(center, die).visit("hanako", COUNTER)
    with pytest.raises(Died):
        visit.channel.order(ORDER, new_key())
    assert erase_expired(center.engine, center.clock.at) == 0
    center.clock.advance(timedelta(minutes=3))
    assert erase_expired(center.engine, center.clock.at) == 1
    assert receipts(center) == [(1, "void")]


def test_a_number_that_ended_meanwhile_issues_nothing(center: Center) -> None:
    later = timedelta(minutes=2)
    worker = while_making(center, lambda: erase_expired(center.engine, center.clock.at + later))
    outcome = worker.visit("hanako", COUNTER).channel.order(ORDER, new_key())
    assert outcome == CenterUnavailable("CENTER-05")
    with reading(center.engine) as connection:
        assert connection.execute(select(tables.sheets)).all() == []


def test_the_close_of_a_day_cancels_what_was_never_paid_and_lists_what_was(center: Center) -> None:
    paid, waiting, making = printed(center), printed(center), receive(center, "ichiro")
    pay(center, paid)
    left = close_day(center.service, CLERK, today(center))
    assert [(each.number, each.attention) for each in left] == [(paid.ticket.number, "paid_not_handed")]
    for reception in (waiting, making):
        assert row(center, reception).state is CounterState.CANCELLED
    report(center, making, DocumentFate.HANDED_OVER)
    totals = day_totals(center.service, CLERK, today(center))
    assert (totals.paid_not_handed, totals.sheets_used, totals.sheets_spoilt) == (1, 3, 2)


def test_the_application_is_kept_encrypted_and_read_by_its_own_staff_alone(center: Center) -> None:
    reception = receive(center)
    request = row(center, reception).request_id
    (kept,) = read_application(center.service, CLERK, request)
    assert kept.pdf == reception.issued.documents[0].pdf
    fields = dict(kept.fields)
    assert (fields["method"], fields["number"], fields["serial 1"]) == ("OCSP", "1", reception.serials[0])
    assert read_application(center.service, FOREIGN_CLERK, request) == ()
    with reading(center.engine) as connection:
        stored = connection.execute(select(tables.applications.c.ciphertext)).scalar_one()
    assert fields["name"].encode() not in stored


def test_a_record_that_was_touched_does_not_open(center: Center) -> None:
    request = row(center, receive(center)).request_id
    with pytest.raises(IntegrityError), writing(center.engine) as connection:
        connection.execute(update(tables.applications).values(signature=b"x"))
    other = center.altered(subject_key=bytes(32))
    with pytest.raises(DamagedRecordError):
        read_application(other.service, CLERK, request)


def test_applications_are_erased_when_their_time_is_over(center: Center) -> None:
    request = row(center, receive(center)).request_id
    year = today(center).year
    center.clock.advance(center.clock.at.replace(year=year + 1, month=12, day=31, hour=3) - center.clock.at)
    assert erase_overdue(center.engine, center.clock.at) == 0
    center.clock.advance(next_morning(center.clock.at))
    assert erase_overdue(center.engine, center.clock.at) == 1
    assert read_application(center.service, CLERK, request) == ()


def test_the_commands_write_totals_and_applications(
    center: Center, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = SandboxFolder(tmp_path)
    folder.center.mkdir(parents=True)
    folder.subject_key.write_bytes(center.folder.subject_key.read_bytes())
    folder.document_signing_certificate.write_bytes(center.folder.document_signing_certificate.read_bytes())
    reception = printed(center)
    common = ["--sandbox", "--data", str(tmp_path), "--municipality", CLERK.municipality_code]
    day = ["--day", today(center).isoformat()]
    assert main(["counter", "totals", *common, *day]) == 0
    assert "改ざん防止用紙 使用枚数,1" in capsys.readouterr().out
    request = row(center, reception).request_id
    out = tmp_path / "kept"
    assert main(["counter", "application", *common, "--by", "clerk-01", "--out", str(out), request]) == 0
    assert (out / f"{request}-1.pdf").read_bytes() == reception.issued.documents[0].pdf
    assert main(["counter", "application", *common, "--by", "clerk-01", "--out", str(out), "0" * 32]) == 1
    assert main(["counter", "close", *common, *day, "--by", "clerk-01"]) == 0


def test_a_key_that_was_used_for_another_choice_is_refused(center: Center) -> None:
    visit, key = center.visit("hanako", COUNTER), new_key()
    visit.channel.order(ORDER, key)
    refused = visit.channel.order(copies(2), key)
    assert refused == CenterUnavailable("CENTER-03")
