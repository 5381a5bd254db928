"""What a process that judges asks of its memory. Judging makes and drops a hundred pictures of 25 MB each."""

import ctypes
from typing import Final

_MMAP_THRESHOLD, _TRIM_THRESHOLD = -3, -1
"""Names of `mallopt` in malloc.h."""
_MOST: Final = 32 * 1024 * 1024
"""The greatest that glibc takes; larger blocks would always come fresh from the kernel."""


def keep_freed_memory() -> None:
    """Take the next picture from the memory of the one before, for the rest of this process.

    Otherwise each comes as empty pages from the kernel and goes back there: a seventh of the time of a verdict. A C library
    without these settings is left as it is.
    """
    library = ctypes.CDLL(None)
    if hasattr(library, "mallopt"):
        library.mallopt(_MMAP_THRESHOLD, _MOST)
        library.mallopt(_TRIM_THRESHOLD, 2**31 - 1)
