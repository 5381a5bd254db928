"""`enquiry-site` refuses to start on settings that are wrong, in one line with a code."""

import argparse
from pathlib import Path

import pytest

from issuing_center.commands import enquiry_site


def main(*arguments: str) -> int:
    parser = argparse.ArgumentParser()
    enquiry_site.add_parser(parser.add_subparsers(required=True))
    options = parser.parse_args(["enquiry-site", *arguments])
    return int(options.command(options))


@pytest.mark.parametrize(
    "text",
    [
        "port = ",
        "port = 1\n",
        'scramble_keys = "k"\nport = true',
        'scramble_keys = "k"\nhost = "0.0.0.0"',
        'scramble_keys = "k"\nport = 65536',
    ],
)
def test_wrong_settings_are_refused(text: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "site.toml").write_text(text, encoding="utf-8")
    assert main("--config", str(tmp_path / "site.toml")) == 2
    assert capsys.readouterr().err.startswith("CONFIG-01: ")


def test_without_keys_nothing_is_served(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main("--data", str(tmp_path)) == 2
    assert capsys.readouterr().err.startswith("SCRAMBLE-01: ")
