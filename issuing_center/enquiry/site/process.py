"""Starts a confined process, hands it one message, takes its one answer, and ends it in any case."""

import subprocess
import sys
import threading
from contextlib import suppress
from pathlib import Path
from typing import Final

from issuing_center.enquiry.site.limits import Limits, No

_ROOT: Final = Path(__file__).resolve().parents[3]
_START: Final = (
    "import sys; sys.path.insert(0, sys.argv[1]); sys.dont_write_bytecode = True; "
    "from issuing_center.enquiry.site.worker import main; main(*sys.argv[2:])"
)
_ENVIRONMENT: Final = {"OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"}
"""Nothing of ours, and no threads: each would reserve address space of its own."""


def ask(message: bytes, limits: Limits, timeout_s: float, *arguments: str, start: str = _START) -> bytes | No:
    """Give the answer of a process: TOO_LONG if it was killed for its time, FAILED if it ended without a whole answer."""
    command = [sys.executable, "-I", "-X", "utf8", "-c", start, str(_ROOT), *arguments]
    late = threading.Event()
    with subprocess.Popen(
        command,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env=_ENVIRONMENT,
        cwd="/",
        close_fds=True,
        start_new_session=True,
    ) as process:

        def end() -> None:
            late.set()
            process.kill()

        assert process.stdin is not None
        assert process.stdout is not None
        watch = threading.Timer(timeout_s, end)
        feeder = threading.Thread(target=_feed, args=(process, message), name="enquiry-feed")
        watch.start()
        feeder.start()
        try:
            answer = process.stdout.read(limits.answer_bytes + 1)
        finally:
            # After its answer a process has nothing left to do; without one it is not waited for.
            watch.cancel()
            process.kill()
            feeder.join()
            watch.join()
    if late.is_set():
        return No.TOO_LONG
    return answer if 0 < len(answer) <= limits.answer_bytes else No.FAILED


def _feed(process: "subprocess.Popen[bytes]", message: bytes) -> None:
    assert process.stdin is not None
    # It may end before it has read everything: its answer, or none, says the rest.
    with suppress(BrokenPipeError):
        process.stdin.write(message)
    with suppress(BrokenPipeError):
        process.stdin.close()
