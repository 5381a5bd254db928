"""Words that do not belong in the project, and the reading of files that looks for them.

The patterns are put together from pieces, so that this file does not contain what it looks for.
"""

import re
from collections.abc import Iterator
from pathlib import Path

from tests.architecture.tree import files

_PIECES: dict[str, tuple[str, ...]] = {
    "a folder of somebody's machine": (r"(?<![\w.$}/-])/(?:work|farm|root|home|tm", r"p)/[A-Za-z_.]"),
    "a folder beside the project": (r"(?<![\w/])(?:\.\./)?sha", r"red/(?:design|reference|hooks)"),
    "an index of packages": (
        r"pypi\.or",
        r"g|pythonhosted\.or",
        r"g|https?://[^\s\"']*/simple\b|https?://[^\s\"']*debian\.or",
        r"g/debian",
    ),
    "who typed it": (
        r"(?i:\bclau",
        r"de\b|\banthro",
        r"pic\b|\bAI[ -]agent|\bAI[ -]assistant|\bchat",
        r"gpt)|\bLL",
        r"M\b",
    ),
    "the issuer of real cards": (
        r"\bO=JP",
        r"KI\b|ORGANIZATION_NAME, \"JP",
        r"KI\"|\bJ-L",
        r"IS\b|Japan Agency for Lo",
        r"cal|地方公共団体情報",
        r"システム機構",
    ),
}
PATTERNS = {reason: re.compile("".join(pieces)) for reason, pieces in _PIECES.items()}


def unwelcome(root: Path) -> Iterator[str]:
    """Give one line for every unwelcome word in a text file or in a file's name below a root."""
    for path in files(root):
        name = str(path.relative_to(root))
        try:
            text = path.read_text(encoding="utf-8")
        except UnicodeDecodeError:
            text = ""
        for number, line in enumerate([name, *text.splitlines()]):
            for reason, pattern in PATTERNS.items():
                if pattern.search(line):
                    yield f"{name}:{number} names {reason}: {line.strip()[:120]}"
