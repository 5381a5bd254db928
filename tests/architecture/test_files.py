"""What every file of the project keeps to: its length, its words, a name of its own."""

import ast
from pathlib import Path

import pytest

from tests.architecture.tree import ROOT, files, modules
from tests.architecture.words import unwelcome

MOST_LINES = 450
"""House style: a file that passes about 400 lines is asking to be two."""


def too_long(root: Path) -> list[str]:
    # Locks and tables of data are read by machines; their length says nothing.
    written = [
        path for path in files(root) if path.suffix in {".py", ".md", ".service", ""} and path.name != "transitions.md"
    ]
    lengths = {path: len(path.read_bytes().splitlines()) for path in written}
    return [f"{path.relative_to(root)}: {lines} lines" for path, lines in lengths.items() if lines >= MOST_LINES]


def test_no_file_asks_to_be_two() -> None:
    assert too_long(ROOT) == []


def test_a_planted_long_file_is_found(tmp_path: Path) -> None:
    (tmp_path / "long.py").write_text("pass\n" * MOST_LINES)
    (tmp_path / "short.py").write_text("pass\n" * (MOST_LINES - 1))
    assert too_long(tmp_path) == ["long.py: 450 lines"]


CATCH_EVERYTHING = {
    *("kiosk/runner.py", "kiosk/lanes.py", "kiosk/run_command.py"),
    *("issuing_center/web.py", "kiosk/__main__.py", "issuing_center/__main__.py"),
}
"""House style: the runner's effect boundary (on its lanes, and where its thread ends), and the edges to the outside."""


def catches_everything(tree: ast.Module) -> bool:
    def names(caught: ast.expr | None) -> list[str]:
        match caught:
            case None:
                return ["BaseException"]
            case ast.Name(id=name):
                return [name]
            case ast.Tuple(elts=several):
                return [name for one in several for name in names(one)]
            case _:
                return []

    handlers = [node for node in ast.walk(tree) if isinstance(node, ast.ExceptHandler)]
    return any(name in {"Exception", "BaseException"} for handler in handlers for name in names(handler.type))


def test_everything_is_caught_only_at_the_edges() -> None:
    catching = {str(module.path.relative_to(ROOT)) for module in modules(ROOT) if catches_everything(module.tree)}
    assert catching - CATCH_EVERYTHING == set()


@pytest.mark.parametrize("caught", ["", " Exception", " BaseException as error", " (ValueError, Exception)"])
def test_a_planted_broad_except_is_found(caught: str) -> None:
    assert catches_everything(ast.parse(f"try:\n    pass\nexcept{caught}:\n    pass"))
    assert not catches_everything(ast.parse("try:\n    pass\nexcept (OSError, ValueError):\n    pass"))


def test_no_module_is_called_by_what_it_is_not_about() -> None:
    nameless = {"utils.py", "util.py", "helpers.py", "common.py", "misc.py"}
    assert [str(path) for path in files(ROOT) if path.name in nameless] == []


def test_no_file_holds_a_word_that_does_not_belong_here() -> None:
    assert list(unwelcome(ROOT)) == []


@pytest.mark.parametrize(
    "line",
    [
        'OUT = "/wo' + 'rk/main/build"',
        "see /ro" + "ot/notes",
        'SPOOL = "/tm' + 'p/spool"',
        "as ../sha" + "red/design.md says",
        "--index-url https://mirror.example/py" + "pi/simple",
        "from py" + "pi.org",
        "written by Clau" + "de",
        "an LL" + "M wrote it",
        "C=JP, O=JP" + "KI, OU=made up",
        "J-L" + "IS",
    ],
)
def test_a_planted_word_is_found(tmp_path: Path, line: str) -> None:
    (tmp_path / "notes.md").write_text(line, encoding="utf-8")
    assert len(list(unwelcome(tmp_path))) == 1


@pytest.mark.parametrize(
    "line", ["PrivateTmp=yes", "build/tmp/x", "the network/rooted tree", "JPKI", "a shared/exclusive lock"]
)
def test_an_innocent_word_is_let_through(tmp_path: Path, line: str) -> None:
    (tmp_path / "notes.md").write_text(line, encoding="utf-8")
    assert list(unwelcome(tmp_path)) == []
