"""A resident with unmistakable data walks through every kind of visit; afterwards nothing of her is found anywhere."""

import os
import sqlite3
import subprocess
import sys
import traceback
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import msgspec
import pytest
from sqlalchemy import Table

from issuing_center.register import tables as register
from kiosk.domain.certificates import Item, MunicipalityCode
from kiosk.domain.registration import Purpose
from kiosk.flow.screen_model import ScreenId, ScreenModel
from kiosk.headless import FieldHand, VisitResult, run_visit
from kiosk.runner import RunnerCrashedError
from kiosk.world import World
from printers.jobs import Trouble
from printers.pdf_sink import SinkFault
from tests.support import marked
from tests.support.marked import PIN, ROOT, Judge
from tests.support.standing import Standing, steps, walk
from tests.support.town import FLOW, WISHES, Machine, Town, until

WISHED = replace(WISHES, pin=PIN, items=frozenset({Item.MY_NUMBER, Item.DOMICILE, Item.HEAD_AND_RELATION}))


@pytest.fixture(scope="module")
def marked_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("marked")


@pytest.fixture(scope="module")
def marked_town(data: Path, marked_folder: Path) -> Iterator[Town]:
    with marked.talkative_center(data, marked_folder) as url:
        yield Town(data, url)


@pytest.fixture
def here(marked_town: Town, tmp_path: Path) -> Machine:
    return Machine(marked_town, tmp_path)


@pytest.fixture(scope="module")
def judge(data: Path) -> Judge:
    return Judge.of(marked.card_file(data), marked.card_file(data, "revoked"))


def visit(machine: Machine, world: World, persona: str = "hanako", pin: str = PIN) -> VisitResult:
    hand = FieldHand(machine.reader, marked.card(machine.town.data, persona))
    return run_visit(world, FLOW, replace(WISHED, pin=pin), hand)[0]


def told(caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]) -> str:
    """Give everything that this process wrote, and every log record of every library at its most talkative."""
    out, err = capfd.readouterr()
    return out + err + "\n".join(f"{record.getMessage()} {record.exc_info}" for record in caplog.records)


def written(machine: Machine, folder: Path) -> Iterator[tuple[str, bytes]]:
    """Give every file but the paper itself, and the name of every file."""
    for path in folder.rglob("*"):
        yield str(path), str(path.relative_to(folder)).encode()
        if path.is_file() and machine.paper.folder not in path.parents:
            yield str(path), path.read_bytes()


def test_the_judge_finds_her_where_she_is_meant_to_be(here: Machine, judge: Judge, marked_folder: Path) -> None:
    with here.started() as world:
        assert visit(here, world).code is None
    (file,) = here.paper.files
    text = subprocess.run(["pdftotext", "-raw", file, "-"], check=True, capture_output=True, text=True).stdout
    assert {"標瑪", "隠瑙", "目印通瑪瑙", "990777123450", "隠標市瑪瑙"} <= set(judge.in_text(text))
    # In the log or in the file itself: which of them is a matter of when SQLite last moved pages.
    tables = (marked_folder / "center.db", marked_folder / "center.db-wal")
    until(lambda: any(judge.in_bytes(path.read_bytes()) for path in tables), "the register's own tables")


@pytest.mark.expect_log("kiosk", "CRITICAL")
def test_whole_failed_and_refused_visits_leave_nothing_in_logs_journal_and_names(
    here: Machine,
    judge: Judge,
    tmp_path: Path,
    caplog: pytest.LogCaptureFixture,
    capfd: pytest.CaptureFixture[str],
) -> None:
    caplog.set_level(1)
    with here.started() as world:
        assert visit(here, world).code is None
        here.paper.fault = SinkFault(Trouble.JAM, 0)
        assert visit(here, world).code == "PRINT-04"
        here.paper.fault = SinkFault(None, 0)
        assert ScreenId.CALLING_STAFF in visit(here, world).screens
        assert visit(here, world, "revoked").code == "CERT-02"
        assert visit(here, world, pin="7392").code == "PIN-01"
        until(lambda: not world.journal.open_orders(), "the books")
        assert (here.journal_file.parent / "journal.db-wal").stat().st_size > 0
        leaks = {name: judge.in_bytes(content) for name, content in written(here, tmp_path)}
        with pytest.raises(RunnerCrashedError) as crash:
            visit(here, failing(world, "printer", "print_document"))
    assert {name: found for name, found in leaks.items() if found} == {}
    text = told(caplog, capfd) + "".join(traceback.format_exception(crash.value))
    assert len(text) > 10_000, "the libraries were not asked to talk"
    assert judge.in_text(text) == []


def failing(world: World, part: str, call: str) -> World:
    """Let one call of a device fail by a mistake whose text, and whose arguments, are full of the resident."""

    class Mistaken:
        def __init__(self, device: Any) -> None:  # noqa: ANN401 - any port
            self._device = device

        def __getattr__(self, name: str) -> Any:  # noqa: ANN401 - whatever the port has
            method = getattr(self._device, name)
            if name != call:
                return method

            def fail(*arguments: object, **_named: object) -> object:
                raise LookupError(f"no such thing for {' '.join(marked.WORDS)} {PIN}", arguments)

            return fail

    class MistakenChannels:
        def __init__(self, center: Any) -> None:  # noqa: ANN401 - the port
            self._center = center

        def __getattr__(self, name: str) -> Any:  # noqa: ANN401 - whatever the port has
            return getattr(self._center, name)

        def begin_visit(self, municipality: MunicipalityCode, purpose: Purpose = Purpose.RESIDENCE) -> Any:  # noqa: ANN401 - a channel, or why there is none
            return Mistaken(self._center.begin_visit(municipality, purpose))

    if part == "channel":
        return replace(world, center=MistakenChannels(world.center))
    return replace(world, **{part: Mistaken(getattr(world, part))})  # type: ignore[arg-type]  # hands every call on


@pytest.mark.expect_log("kiosk", "CRITICAL")
@pytest.mark.parametrize(
    ("part", "call"),
    [
        ("reader", "authenticate"),
        ("channel", "order"),
        ("printer", "readiness"),
        ("money", "collect"),
        ("printer", "print_document"),
        ("journal", "settle"),
        ("journal", "decide"),
    ],
)
def test_a_mistake_of_ours_on_any_lane_is_told_by_type_and_place_alone(
    here: Machine,
    judge: Judge,
    part: str,
    call: str,
    caplog: pytest.LogCaptureFixture,
    capfd: pytest.CaptureFixture[str],
) -> None:
    caplog.set_level(1)
    hand = FieldHand(here.reader, marked.card(here.town.data))
    with here.started() as plain, Standing(plain).serving() as ready:
        ready.see(ScreenId.IDLE)  # the first look at the devices is over
    with here.started() as plain, pytest.raises(RunnerCrashedError, match="LookupError at ") as crash:
        run_visit(failing(plain, part, call), FLOW, WISHED, hand)
    text = told(caplog, capfd) + "".join(traceback.format_exception(crash.value))
    assert '"event":"Crashed","error":"LookupError"' in text
    assert judge.in_text(text) == []


@pytest.mark.expect_log("kiosk", "CRITICAL")
def test_a_mistake_on_the_flows_own_thread_is_told_no_more(
    here: Machine, judge: Judge, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    caplog.set_level(1)
    hand = FieldHand(here.reader, marked.card(here.town.data))

    def mistaken(model: ScreenModel) -> None:
        if model.screen is ScreenId.KIND:
            raise LookupError(*marked.WORDS, model)

    with here.started() as world, Standing(world).serving() as machine:
        machine.on_present = mistaken
        walk(machine, steps(hand, PIN), until_screen=ScreenId.TAKE_CARD)
        hand.take_away()
        crash = machine.wait_for_crash()
    assert judge.in_text(told(caplog, capfd) + "".join(traceback.format_exception(crash))) == []


@pytest.mark.parametrize("pin", [PIN, "7392"])
def test_the_command_itself_leaves_nothing_in_output_and_temporary_folder(
    here: Machine, judge: Judge, tmp_path: Path, pin: str
) -> None:
    temporary, data = tmp_path / "tmp", tmp_path / "data"
    temporary.mkdir()
    data.mkdir()
    for folder in here.town.data.iterdir():
        if folder.name != "cards":
            (data / folder.name).symlink_to(folder)
    (data / "cards").mkdir()
    (data / "cards" / "hanako.json").write_bytes(msgspec.json.encode(marked.card_file(here.town.data)))
    program = marked.TALKATIVE.format(package="kiosk")
    arguments = ["--verbose", "visit", "--card", "hanako", "--pin", pin, "--certificate", "juminhyo", "--json"]
    arguments += ["--out", str(tmp_path / "out"), "--data", str(data), "--center", here.town.center]
    done = subprocess.run(
        [sys.executable, "-c", program, *arguments],
        capture_output=True,
        text=True,
        check=False,
        cwd=ROOT,
        env={**os.environ, "TMPDIR": str(temporary), "PYTHONPATH": str(ROOT)},
    )
    assert done.returncode == (0 if pin == PIN else 1), done.stderr
    assert "httpcore" in done.stderr, "the libraries were not asked to talk"
    assert judge.in_text(done.stdout + done.stderr, pin=pin) == []
    assert list(temporary.iterdir()) == []


def test_the_center_keeps_nothing_of_her_outside_the_register(here: Machine, judge: Judge, marked_folder: Path) -> None:
    with here.started() as world:
        assert visit(here, world).code is None
        assert visit(here, world, "revoked").code == "CERT-02"
        until(lambda: not world.journal.open_orders(), "the books")
    own = {each.name for each in vars(register).values() if isinstance(each, Table)}
    with sqlite3.connect(f"file:{marked_folder / 'center.db'}?mode=ro", uri=True) as database:
        names = {row[0] for row in database.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
        assert own <= names, "the register's tables are known by name"
        rows = {name: database.execute(f"SELECT * FROM {name}").fetchall() for name in names - own}  # noqa: S608
    database.close()
    assert {"orders", "documents", "visit"} <= rows.keys()
    for name, table in rows.items():
        texts = " ".join(str(value) for row in table for value in row if not isinstance(value, bytes))
        raws = b" ".join(value for row in table for value in row if isinstance(value, bytes))
        assert (name, judge.in_text(texts), judge.in_bytes(raws)) == (name, [], [])
    assert judge.in_text((marked_folder / "center.err").read_text()) == []
    assert list((marked_folder / "center.tmp").iterdir()) == []
    for path in marked_folder.rglob("*"):
        assert judge.in_text(path.name) == []
