"""Nothing of a resident in any log, however talkative it is made, nor in what goes wrong (design: no personal data in logs)."""

import gc
import json
import logging
import re
import traceback
from collections.abc import Iterator
from dataclasses import fields
from pathlib import Path

import pytest

from issuing_center import eventlog, issuance, wire
from issuing_center.paper.fonts import PaperFonts
from issuing_center.paper.juminhyo import DrawnDocument
from issuing_center.paper.sheet import JuminhyoSheet
from issuing_center.register.loading import household_id_of, resident_id_of
from issuing_center.register.records import Resident, StopKind
from issuing_center.register.updates import changing
from issuing_center.sandbox import SandboxFolder
from issuing_center.sandbox.center import SHIOMINO
from kiosk.domain.certificates import Item, Order, ScopeKind
from kiosk.ports.center import (
    CenterUnavailable,
    Document,
    DocumentFate,
    Issued,
    MoneyFate,
    OrderOutcome,
    Refused,
    Reported,
)
from tests.support.center import FEE_YEN, KIOSK, ORDER, Center, new_key, running_center, serving

NAME, ADDRESS, DOMICILE, NUMBER = "標識　薔薇子", "見本県汐見野市目印町九十九番", "見本県目印本籍", "999900001111"
MARKERS = {
    form
    for text in (NAME, "薔薇子", ADDRESS, "目印町", DOMICILE, NUMBER)
    for form in (text, ascii(text)[1:-1], json.dumps(text)[1:-1], str(text.encode())[2:-1])
}
EVERYTHING = Order(
    ORDER.kind, ScopeKind.HOUSEHOLD, (), frozenset({Item.DOMICILE, Item.MY_NUMBER, Item.HEAD_AND_RELATION}), 2, FEE_YEN
)


class Ear(logging.Handler):
    """Hears every logger at every level, and keeps what it would write."""

    def __init__(self) -> None:
        super().__init__(logging.NOTSET)
        self.heard: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        text = record.getMessage()
        if record.exc_info:
            text += "".join(traceback.format_exception(*record.exc_info))
        self.heard.append(f"{record.name} {record.levelname} {text} {vars(record)}")


@pytest.fixture
def ear() -> Iterator[Ear]:
    ear, root = Ear(), logging.getLogger()
    names = ["", "sqlalchemy", "sqlalchemy.engine", "sqlalchemy.pool", "uvicorn", "uvicorn.error", "uvicorn.access"]
    names += ["asyncio", "httpcore2", "httpx2", "alembic", "issuing_center", "kiosk", "psycopg"]
    before = {name: logging.getLogger(name).level for name in names}
    for name in names:
        logging.getLogger(name).setLevel(logging.DEBUG)
    root.addHandler(ear)
    yield ear
    root.removeHandler(ear)
    for name, level in before.items():
        logging.getLogger(name).setLevel(level)


@pytest.fixture
def marked(ear: Ear, sandbox_folder: SandboxFolder, tmp_path: Path) -> Iterator[Center]:
    """A center that was made while everybody listened, and a resident with unmistakable data in it."""
    assert ear in logging.getLogger().handlers
    with running_center(sandbox_folder, f"sqlite:///{tmp_path / 'center.db'}") as center:
        with changing(center.engine, SHIOMINO, as_of=center.clock.at) as change:
            change.change_resident(
                resident_id_of(SHIOMINO, "hanako"), {"name": NAME, "domicile": DOMICILE, "my_number": NUMBER}
            )
            change.move_household(household_id_of(SHIOMINO, "yoshida"), ADDRESS)
        yield center


def secrets_of(center: Center) -> set[str]:
    """Give what else must not be heard: the card's serial number in the usual spellings, and the resident's handle."""
    from cryptography import x509

    serial = x509.load_der_x509_certificate(center.card("hanako").certificate).serial_number
    return {str(serial), f"{serial:x}", f"{serial:X}", resident_id_of(SHIOMINO, "hanako")}


def found_in(text: str, center: Center) -> set[str]:
    return {marker for marker in MARKERS | secrets_of(center) if marker in text}


@pytest.mark.expect_log("issuing_center", "ERROR")
def test_a_whole_visit_and_all_its_refusals_leave_no_trace_in_any_log(
    marked: Center, ear: Ear, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    with serving(marked) as served, served.client(KIOSK) as client:
        kiosk = marked.kiosk(client=client)
        visit = marked.visit(kiosk=kiosk)
        assert any(member.name == NAME for member in visit.menu.members)
        issued = visit.channel.order(EVERYTHING, new_key())
        assert isinstance(issued, Issued)
        fates = tuple((document.serial, DocumentFate.HANDED_OVER, document.pages) for document in issued.documents)
        report = OrderOutcome(issued.transaction, MoneyFate.KEPT, issued.total_yen, fates, None)
        assert kiosk.report(report) == Reported()
        # Refused by the register, by the font, and by a crash in the middle of the drawing.
        with changing(marked.engine, SHIOMINO, as_of=marked.clock.at) as change:
            stop = change.stop_resident(resident_id_of(SHIOMINO, "hanako"), StopKind.PROTECTED, marked.clock.at)
        assert isinstance(visit.channel.order(ORDER, new_key()), Refused)
        with changing(marked.engine, SHIOMINO, as_of=marked.clock.at) as change:
            change.lift_stop(stop, marked.clock.at)
            change.change_resident(resident_id_of(SHIOMINO, "hanako"), {"name": f"{NAME}\ue000"})
        assert isinstance(visit.channel.order(ORDER, new_key()), Refused)

        def crash(sheet: JuminhyoSheet, _fonts: PaperFonts) -> None:
            raise RuntimeError(f"cannot draw {sheet.persons[0].name} of {sheet.address}")

        monkeypatch.setattr(issuance, "draw", crash)
        assert visit.channel.order(ORDER, new_key()) == CenterUnavailable("CENTER-03")
    heard = "\n".join(ear.heard)
    out, err = capfd.readouterr()
    assert "Crashed" in heard
    assert "Answered" in heard
    assert len(ear.heard) > 100  # the database was made to talk as well
    assert found_in(heard + out + err, marked) == set()


def test_no_value_of_the_service_shows_a_person_or_a_key(marked: Center) -> None:
    shown = repr(marked.service)
    with marked.service.register.snapshot(SHIOMINO) as snapshot:
        household = snapshot.household(resident_id_of(SHIOMINO, "hanako"))
        shown += repr(household) + repr(snapshot.applicant(resident_id_of(SHIOMINO, "hanako")))
    assert any(member.name == NAME for member in household)
    assert found_in(shown, marked) == set()
    assert marked.service.subject_key.hex() not in shown


def test_an_event_has_no_field_for_anything_of_a_resident() -> None:
    names = {each.name for event in eventlog.LogEvent.__subclasses__() for each in fields(event)}
    assert names <= {
        *("endpoint", "kiosk", "status", "code", "ms", "error", "at", "reason", "fault", "file", "municipality"),
        *("as_of", "incident", "txn", "detail"),
    }


def test_the_log_names_the_rule_of_a_path_and_not_the_path(marked: Center, ear: Ear) -> None:
    visit = marked.visit()
    with marked.client() as client:
        client.get("/v1/visits/MARKER-IN-A-PATH")
        client.post(f"/v1/visits/{visit.id}/orders", content=b"{}", headers={"Content-Type": wire.JSON_TYPE})
    lines = [json.loads(each) for each in re.findall(r"\{\"event\":\"Answered\".*?\}", "\n".join(ear.heard))]
    assert {line["endpoint"] for line in lines} >= {"", "POST /v1/visits/<visit>/orders"}
    assert not {visit.id, "MARKER-IN-A-PATH"} & {value for line in lines for value in line.values()}


def test_a_worker_keeps_nothing_of_a_visit_that_is_over(marked: Center) -> None:
    """INV-13 at the center: after the answer no object of the process holds the person any more."""
    personal = (Resident, JuminhyoSheet, DrawnDocument, Document, wire.MenuPayload, wire.MemberInfo)
    before = [each for each in gc.get_objects() if isinstance(each, personal)]
    known = {id(each) for each in before}
    visit = marked.visit()
    issued = visit.channel.order(EVERYTHING, new_key())
    assert isinstance(issued, Issued)
    assert len([each for each in gc.get_objects() if isinstance(each, personal)]) > len(before)
    visit.channel.close()
    del visit, issued
    gc.collect()
    left = [each for each in gc.get_objects() if isinstance(each, personal) and id(each) not in known]
    assert [type(each).__name__ for each in left] == []
