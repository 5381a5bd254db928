"""Commands of the kiosk, each in a process of its own forked from one that has done all imports.

command_forge.py    each line on standard input is an order (JSON: arguments, environment, out, err); `ended STATUS` answers it.

A child runs the module as `python -m kiosk` would, to the interpreter's own end: arguments, environment, warnings as errors,
exit status, what is printed. Only the half second of imports is spared. It knows nothing of what commands do.
"""

import json
import os
import random
import runpy
import subprocess
import sys
import tempfile
from pathlib import Path
from threading import Lock
from typing import Any

ROOT = Path(__file__).parents[2]


class CommandForge:
    """The forking process, for whoever runs commands one after the other."""

    def __init__(self) -> None:
        self._program = subprocess.Popen(
            [sys.executable, __file__],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            cwd=ROOT,
            env={**os.environ, "PYTHONPATH": str(ROOT), "PYTHONWARNINGS": "error", "QT_QPA_PLATFORM": "offscreen"},
        )
        self._one = Lock()

    def run(self, *arguments: str) -> tuple[int, str, str]:
        """Run `python -m kiosk` with these arguments to its end; gives exit status, standard output and standard error."""
        environment = {**os.environ, "PYTHONWARNINGS": "error", "QT_QPA_PLATFORM": "offscreen"}
        program = self._program
        assert program.stdin is not None
        assert program.stdout is not None
        with tempfile.TemporaryDirectory(prefix="told-") as folder, self._one:
            out, err = Path(folder) / "out", Path(folder) / "err"
            order = {"arguments": arguments, "environment": environment, "out": str(out), "err": str(err)}
            program.stdin.write(json.dumps(order) + "\n")
            program.stdin.flush()
            word, status = program.stdout.readline().split()
            assert word == "ended"
            return int(status), out.read_text(encoding="utf-8"), err.read_text(encoding="utf-8")

    def close(self) -> None:
        """End the process."""
        assert self._program.stdin is not None
        assert self._program.stdout is not None
        self._program.stdin.close()
        self._program.wait(30)
        self._program.stdout.close()


def become(order: dict[str, Any]) -> None:
    """Make this child what a shell would have started."""
    os.environ.clear()
    os.environ.update(order["environment"])
    for descriptor, path, flags in (
        (0, os.devnull, os.O_RDONLY),
        (1, order["out"], os.O_WRONLY | os.O_CREAT),
        (2, order["err"], os.O_WRONLY | os.O_CREAT),
    ):
        opened = os.open(path, flags, 0o600)
        os.dup2(opened, descriptor)
        os.close(opened)
    random.seed()
    sys.argv = ["kiosk", *order["arguments"]]


def serve() -> None:
    """Fork a child for each order; only children return, ready to run theirs."""
    # Unbuffered: what lies in a reader's buffer would be the child's too.
    while line := os.fsdecode(read_line()):
        order = json.loads(line)
        pid = os.fork()
        if not pid:
            become(order)
            runpy.run_module("kiosk", run_name="__main__", alter_sys=True)
            return
        _, status = os.waitpid(pid, 0)
        os.write(1, f"ended {os.waitstatus_to_exitcode(status)}\n".encode())


def read_line() -> bytes:
    """Read one line from standard input; empty at its end."""
    line = b""
    while not line.endswith(b"\n"):
        some = os.read(0, 65536)
        if not some:
            return b""
        line += some
    return line


def import_all() -> None:
    """Import what commands import when they are run; not `kiosk.__main__`, which a child runs itself."""
    from kiosk import cases_command, doctor, register_command, till_command, visit_command

    assert all((cases_command, doctor, register_command, till_command, visit_command))


if __name__ == "__main__":
    import_all()
    serve()
