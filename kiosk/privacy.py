"""Makes the process of a machine one that leaves nothing behind in memory, on disk, or in crash output.

What Python and Qt free goes back to the C library, which is told to overwrite it at once: Python alone neither wipes a
string that nobody refers to any more nor lets anybody else do it. The library reads these wishes when a process begins,
so a process that began without them begins again.
"""

import ctypes
import logging
import os
import resource
import sys
import threading
from collections.abc import Callable
from types import TracebackType

from kiosk import eventlog

WIPING = {
    # Python's own allocator keeps freed strings as they were, and never hears of the next line.
    "PYTHONMALLOC": "malloc",
    # perturb overwrites what is freed. It is passed over by the two caches for small pieces, so there are none; and of a
    # piece in the second its last eight bytes.
    "GLIBC_TUNABLES": "glibc.malloc.perturb=165:glibc.malloc.tcache_count=0:glibc.malloc.mxfast=0",
}
"""The environment under which freed memory is overwritten (glibc 2.26 and later)."""
_PR_SET_DUMPABLE = 4


def begin_again_wiping() -> None:
    """Start this very command again in this process, unless freed memory is overwritten already.

    To be called before anything of a visit is there, and before any thread.
    """
    if any(os.environ.get(name) != value for name, value in WIPING.items()):
        os.execve(sys.executable, sys.orig_argv, {**os.environ, **WIPING})  # noqa: S606 - no shell is wanted


def forbid_dumps() -> None:
    """Let no core be written of this process and no debugger of the same user look into it."""
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    if ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_DUMPABLE, 0, 0, 0, 0) != 0:
        raise OSError(ctypes.get_errno(), "the kernel would still let this process be dumped")


def hush_crashes(ended: Callable[[], None]) -> None:
    """Turn every error that nobody catches into its event, type and place alone, and call `ended`; on any thread.

    Python would print its text, which may quote what was being handled.
    """

    def crashed(error: BaseException | None) -> None:
        if error is not None:
            eventlog.write(eventlog.Crashed(type(error).__name__, eventlog.place_of(error)))
        ended()

    def on_main(_kind: type[BaseException], error: BaseException, _trace: TracebackType | None) -> None:
        crashed(error)

    sys.excepthook = on_main
    threading.excepthook = lambda arguments: crashed(arguments.exc_value)
    sys.unraisablehook = lambda arguments: crashed(arguments.exc_value)
    # What logging cannot format it would print, with the arguments.
    logging.raiseExceptions = False
