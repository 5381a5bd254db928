"""The virtual card as a process of its own in a real vpcd reader."""

import json
import os
import signal
import subprocess
import sys
from pathlib import Path
from threading import Event

import msgspec
import pytest

from kiosk.adapters.card.card_file import CardFile
from kiosk.cardproc import list_cards, run_card
from kiosk.ports.card import CardGone, CardPlaced, ReadyForPin, Signed, TokenKind, WrongPin
from kiosk.sandbox_data import SandboxUnavailableError, ensure_sandbox_data
from tests.contract.card.desks import PcscDesk
from tests.support.cards import PIN, card_file, typed
from tests.support.pcsc import PORT, shared_host

DIGEST = bytes(32)
COMMAND = (
    "import sys; from pathlib import Path; from kiosk.cardproc import run_card; "
    "sys.exit(run_card(sys.argv[1], port=int(sys.argv[2]), data=Path(sys.argv[3])))"
)


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """Make a sandbox folder with two cards."""
    (tmp_path / "cards").mkdir()
    for persona, file in (("hanako", card_file()), ("foreign", card_file(kind="foreign"))):
        named: CardFile = msgspec.structs.replace(file, persona=persona)
        (tmp_path / "cards" / f"{persona}.json").write_bytes(msgspec.json.encode(named))
    (tmp_path / "sandbox.json").write_text('{"format":1,"sandbox":true}')
    return tmp_path


def start(data: Path, persona: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [*shared_host().inside(), sys.executable, "-c", COMMAND, persona, str(PORT), str(data)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        cwd=Path(__file__).parents[3],
        env=os.environ | {"PYTHONIOENCODING": "utf-8"},
    )


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_the_process_is_a_card_until_it_is_told_to_end(real_desk: PcscDesk, data: Path, number: signal.Signals) -> None:
    with start(data, "hanako") as process:
        assert process.stdout is not None
        assert "SPECIMEN: virtual card 'hanako'" in process.stdout.readline()
        assert real_desk.reader.wait_for_card(Event()) == CardPlaced()
        assert real_desk.reader.authenticate(DIGEST, typed("9999")) == WrongPin(2)
        assert real_desk.reader.inspect() == ReadyForPin(TokenKind.CARD, 2)
        assert isinstance(real_desk.reader.authenticate(DIGEST, typed(PIN)), Signed)
        process.send_signal(number)
        _, errors = process.communicate(timeout=10)
        assert process.returncode == 0, errors
        assert errors == ""
    assert real_desk.reader.wait_for_removal(Event()) == CardGone()


def test_the_process_ends_with_a_line_when_the_reader_goes(real_desk: PcscDesk, data: Path) -> None:
    with start(data, "hanako") as process:
        assert process.stdout is not None
        assert "SPECIMEN" in process.stdout.readline()
        real_desk.stop_service()
        _, errors = process.communicate(timeout=10)
        assert process.returncode == 1
        assert errors.startswith("CARD-14 ")


def test_a_second_card_for_the_same_slot_says_so(real_desk: PcscDesk, data: Path) -> None:
    with start(data, "hanako") as first:
        assert first.stdout is not None
        assert "SPECIMEN" in first.stdout.readline()
        with start(data, "foreign") as second:
            _, errors = second.communicate(timeout=15)
            assert second.returncode == 1
            assert errors.startswith("CARD-13 ")
        first.terminate()
        first.communicate(timeout=10)
    assert real_desk.reader.wait_for_removal(Event()) == CardGone()


def test_a_missing_reader_or_card_is_one_line(data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run_card("hanako", port=1, data=data) == 1
    assert run_card("nobody", port=1, data=data) == 1
    assert run_card("../hanako", port=1, data=data) == 1
    lines = capsys.readouterr().err.splitlines()
    assert [line[:8] for line in lines] == ["CARD-12 ", "CARD-11 ", "CARD-11 "]


def test_an_order_for_a_fault_that_does_not_exist_is_the_callers_mistake(data: Path) -> None:
    with pytest.raises(ValueError, match="burn"):
        run_card("hanako", port=1, data=data, fault="burn")


def test_the_personas_are_listed_for_people_and_for_programs(data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert list_cards(data, as_json=True) == 0
    rows = json.loads(capsys.readouterr().out)
    assert [(row["persona"], row["kind"], row["pin"]) for row in rows] == [
        ("foreign", "foreign", None),
        ("hanako", "card", PIN),
    ]
    assert set(rows[0]) == {"persona", "title_ja", "title_en", "kind", "pin"}
    assert list_cards(data) == 0
    table = capsys.readouterr().out.splitlines()
    assert len(table) == 2
    assert table[1].split()[:3] == ["hanako", "card", PIN]


def test_a_sandbox_that_is_there_is_left_alone(data: Path) -> None:
    before = sorted(path.name for path in data.rglob("*"))
    ensure_sandbox_data(data)
    assert sorted(path.name for path in data.rglob("*")) == before


def test_a_sandbox_that_cannot_be_made_is_one_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(SandboxUnavailableError, match="could not be made"):
        ensure_sandbox_data(tmp_path / "file" / "sandbox")
    assert run_card("hanako", data=tmp_path / "file" / "sandbox") == 1
    assert list_cards(tmp_path / "file" / "sandbox") == 1
    assert [line[:8] for line in capsys.readouterr().err.splitlines()] == ["CARD-15 ", "CARD-15 "]
