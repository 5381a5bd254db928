"""`python -m issuing_center openapi`: the API as an OpenAPI document, on standard output."""

import argparse
import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from issuing_center.commands.statistics import Commands


def add_parser(commands: "Commands") -> None:
    """Say what the command takes: nothing."""
    parser = commands.add_parser("openapi", help="write the API's OpenAPI document to standard output")
    parser.set_defaults(command=run)


def run(_options: argparse.Namespace) -> int:
    """Write the document."""
    from issuing_center.openapi import text

    sys.stdout.write(text())
    return 0
