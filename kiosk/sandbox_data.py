"""The folder of the pretended JPKI that the issuing center's sandbox makes and the kiosk's virtual parts read.

The kiosk knows only how to ask for it, by the center's own command, and where the cards lie in it.
"""

import subprocess
import sys
from pathlib import Path

DEFAULT_DATA = Path("build/sandbox")


class SandboxUnavailableError(Exception):
    """The sandbox folder could not be made. The text is fit for one line on a terminal."""


def ensure_sandbox_data(data: Path) -> None:
    """Have the sandbox folder made if it is not there; its making is atomic, so a complete one has `sandbox.json`.

    Takes some seconds the first time. Raises SandboxUnavailableError.
    """
    if (data / "sandbox.json").is_file():
        return
    made = subprocess.run(
        [sys.executable, "-m", "issuing_center", "sandbox", "--data", str(data)],
        check=False,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
    )
    if made.returncode != 0 or not (data / "sandbox.json").is_file():
        reason = (made.stderr.strip().splitlines() or [f"exit status {made.returncode}"])[-1]
        raise SandboxUnavailableError(f"the sandbox data could not be made: {reason}")


def cards_folder(data: Path) -> Path:
    """Say where the virtual cards lie, one `<persona>.json` each."""
    return data / "cards"
