"""Import modules in a process of its own and report what they did besides defining names. A program for test_import_effects.

Arguments: root of a tree, then module names. Prints one line an effect; prints nothing when importing had none. An effect
counts when our code asked for it, not when a library does it for itself.
"""

import _thread
import importlib
import os
import sys
import sysconfig
import threading
from collections.abc import Callable
from types import FrameType

ROOT = os.path.realpath(sys.argv[1])
STANDARD = tuple(os.path.realpath(sysconfig.get_path(name)) for name in ("stdlib", "platstdlib"))
SITE = tuple(os.path.realpath(sysconfig.get_path(name)) for name in ("purelib", "platlib"))
EVENTS = {
    *("subprocess.Popen", "os.system", "os.fork", "os.exec", "os.putenv"),
    *("os.listdir", "os.scandir", "os.mkdir", "os.remove", "os.rename", "shutil.rmtree"),
}

found: list[str] = []


def asking_module() -> str | None:
    """Name the file of ours that asked: the nearest frame that is neither Python's own nor the import machinery."""
    frame: FrameType | None = sys._getframe(2)
    while frame is not None and frame.f_code.co_filename == __file__:
        frame = frame.f_back
    if frame is not None and frame.f_code.co_filename.startswith("<frozen importlib"):
        return None  # looking for a module is what an import is
    while frame is not None:
        path = frame.f_code.co_filename
        if not path.startswith(("/", "<")):
            return None  # compiled into a library under a name of its own
        if path != __file__ and not path.startswith("<"):
            real = os.path.realpath(path)
            if real.startswith(SITE):
                return None
            if not real.startswith(STANDARD):
                return os.path.relpath(real, ROOT) if real.startswith(ROOT + os.sep) else None
        frame = frame.f_back
    return None


def watch(event: str, arguments: tuple[object, ...]) -> None:
    """Note an effect of an import."""
    if event == "open":
        path, mode, flags = arguments
        writes = isinstance(flags, int) and flags & (os.O_WRONLY | os.O_RDWR | os.O_CREAT)
        if not writes and isinstance(path, str) and path.endswith((".py", ".pyc", ".so")):
            return
        what = f"opens a file ({mode or 'r'})"
    elif event in EVENTS or event.startswith(("socket.", "sqlite3.")):
        what = event
    else:
        return
    note(what)


def note(what: str) -> None:
    """Keep an effect when our code asked for it."""
    asker = asking_module()
    if asker is not None:
        found.append(f"{asker}: {what}")


def start_noted(start: Callable[..., int]) -> Callable[..., int]:
    """Wrap the start of a thread, for which Python 3.11 raises no audit event."""

    def noted(*arguments: object) -> int:
        note("starts a thread")
        return start(*arguments)

    return noted


def main() -> None:
    """Import everything named and print what was seen."""
    sys.dont_write_bytecode = True
    sys.path[0] = ROOT
    sys.addaudithook(watch)
    _thread.start_new_thread = start_noted(_thread.start_new_thread)
    setattr(threading, "_start_new_thread", _thread.start_new_thread)  # noqa: B010  # not among the declared names
    if any(name.startswith("issuing_center.sandbox") for name in sys.argv[2:]):
        # The pretend parts refuse to be loaded by a process that was not declared theirs.
        deployment = importlib.import_module("issuing_center.deployment")
        deployment.declare(deployment.Mode.SANDBOX)
    for name in sys.argv[2:]:
        importlib.import_module(name)
    sys.stdout.write("".join(f"{line}\n" for line in sorted(set(found))))


main()
