"""`verify` from the command line: the JSON a program relies on, and one line for a person."""

import argparse
import json
from pathlib import Path

import pytest
from PIL import Image

from issuing_center.backs.keys import written
from issuing_center.backs.screens import COARSE, PLAIN, Screens
from issuing_center.commands import backs, verify
from issuing_center.paper import DrawnDocument, draw, shared_fonts
from issuing_center.paper.back.drawing import Security, two_sided
from tests.golden.forms import EVERY
from tests.unit.issuing_center.backs.test_keys import NEW
from tests.unit.issuing_center.enquiry.conftest import ISSUE, Scanned


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser()
    commands = parser.add_subparsers(required=True)
    verify.add_parser(commands)
    backs.add_parser(commands)
    options = parser.parse_args(arguments)
    return int(options.command(options))


@pytest.fixture
def data(tmp_path: Path) -> Path:
    (tmp_path / "center").mkdir()
    (tmp_path / "center" / "scramble-keys.toml").write_text(written(NEW), encoding="utf-8")
    return tmp_path


@pytest.mark.heavy
def test_the_answer_is_the_agreed_json(scans: Scanned, data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    pages = [Image.fromarray(scan) for scan in (scans.forged, scans.back)]
    both = data / "both.pdf"
    pages[0].save(both, save_all=True, append_images=pages[1:], resolution=200, quality=95)
    status = main(["verify", str(both), "--json", "--out", str(data / "out"), "--data", str(data)])
    answer = json.loads(capsys.readouterr().out)
    assert status == 1
    assert (answer["result"], answer["document"], answer["seal"]) == ("altered", ISSUE, "absent")
    assert set(answer) == {"result", "document", "pages", "seal", "reason"}
    (page,) = answer["pages"]
    assert set(page) == {"page", "decoded_png", "regions", "score"}
    ((left, top, right, bottom),) = page["regions"]
    box = scans.forgery.box
    assert left < (box[0] + box[2]) / 2 < right < left + 0.1
    assert top < (box[1] + box[3]) / 2 < bottom
    with Image.open(page["decoded_png"]) as decoded:
        assert decoded.size == (2268, 3208)


EVERY_FORM = [
    pytest.param(name, screens, marks=[] if (name, screens) == ("juminhyo/self", PLAIN) else [pytest.mark.heavy])
    for name in sorted(EVERY)
    for screens in (PLAIN, COARSE)
]


@pytest.mark.parametrize(("name", "screens"), EVERY_FORM, ids=lambda value: getattr(value, "dpi", value))
def test_the_file_of_a_sheet_that_was_never_on_paper_is_genuine(
    name: str, screens: Screens, data: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    drawn = draw(EVERY[name], shared_fonts())
    assert isinstance(drawn, DrawnDocument)
    (data / "both.pdf").write_bytes(two_sided(drawn, ISSUE, Security(NEW, screens=screens), shared_fonts()).pdf)
    assert main(["verify", str(data / "both.pdf"), "--json", "--data", str(data)]) == 0
    answer = json.loads(capsys.readouterr().out)
    assert (answer["result"], answer["document"], len(answer["pages"])) == ("genuine", ISSUE, drawn.pages)


def test_a_file_that_is_no_scan_is_named_by_its_code(data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (data / "note.txt").write_text("no scan", encoding="utf-8")
    assert main(["verify", str(data / "note.txt"), "--data", str(data)]) == 2
    assert capsys.readouterr().err.startswith("SCAN-01: ")


def test_without_keys_nothing_is_judged(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "note.txt").write_text("no scan", encoding="utf-8")
    assert main(["verify", str(tmp_path / "note.txt"), "--data", str(tmp_path)]) == 2
    assert capsys.readouterr().err.startswith("SCRAMBLE-01: ")


def test_rotating_adds_a_key_and_keeps_those_that_still_read(data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = data / "center" / "scramble-keys.toml"
    assert main(["backs", "rotate-keys", "--data", str(data)]) == 0
    assert "draws until" in capsys.readouterr().out
    assert file.read_text(encoding="utf-8").count("[[key]]") == 2
    assert file.stat().st_mode & 0o077 == 0
