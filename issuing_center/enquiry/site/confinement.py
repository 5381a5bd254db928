"""What a process gives up before it looks at a file of a stranger, for good: files, network, other processes, much memory.

Linux on x86-64 and arm64. Where the kernel refuses the filter the process ends; it never goes on without.
"""

import ctypes
import os
import platform
import resource
import struct
from typing import Final

_NO_NEW_PRIVS, _SET_SECCOMP, _SET_DUMPABLE, _SET_PDEATHSIG = 38, 22, 4, 1
_FILTER_MODE: Final = 2
_ALLOW, _EPERM, _KILL = 0x7FFF0000, 0x00050000 | 1, 0x80000000
_SIGKILL: Final = 9

_X86_64: Final = {
    "read": 0, "write": 1, "close": 3, "fstat": 5, "poll": 7, "lseek": 8, "mmap": 9, "mprotect": 10, "munmap": 11, "brk": 12,
    "rt_sigaction": 13, "rt_sigprocmask": 14, "rt_sigreturn": 15, "pread64": 17, "readv": 19, "writev": 20,
    "sched_yield": 24, "mremap": 25, "madvise": 28, "getpid": 39, "exit": 60, "gettimeofday": 96, "sigaltstack": 131,
    "gettid": 186, "futex": 202, "sched_getaffinity": 204, "clock_gettime": 228, "clock_nanosleep": 230, "exit_group": 231,
    "getrandom": 318,
}  # fmt: skip
_ARM64: Final = {
    "read": 63, "write": 64, "close": 57, "fstat": 80, "ppoll": 73, "lseek": 62, "mmap": 222, "mprotect": 226, "munmap": 215,
    "brk": 214, "rt_sigaction": 134, "rt_sigprocmask": 135, "rt_sigreturn": 139, "pread64": 67, "readv": 65, "writev": 66,
    "sched_yield": 124, "mremap": 216, "madvise": 233, "getpid": 172, "exit": 93, "gettimeofday": 169, "sigaltstack": 132,
    "gettid": 178, "futex": 98, "sched_getaffinity": 123, "clock_gettime": 113, "clock_nanosleep": 115, "exit_group": 94,
    "getrandom": 278,
}  # fmt: skip
"""Calls that arithmetic on memory and two open pipes needs. Numbers: Linux, asm/unistd.h of each architecture."""
_ARCHITECTURES: Final = {"x86_64": (0xC000003E, _X86_64), "aarch64": (0xC00000B7, _ARM64)}


class NotConfinedError(OSError):
    """The kernel does not confine this process."""


class _Program(ctypes.Structure):
    _fields_ = (("length", ctypes.c_ushort), ("filter", ctypes.c_void_p))


def limit(memory_bytes: int, cpu_s: int) -> None:
    """Set what the process may take, before it loads anything."""
    for which, most in (
        (resource.RLIMIT_AS, memory_bytes),
        (resource.RLIMIT_CPU, cpu_s),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_NOFILE, 64),
    ):
        resource.setrlimit(which, (most, most))


def confine() -> None:
    """Give up all but reading and writing what is open. Raises NotConfinedError."""
    resource.setrlimit(resource.RLIMIT_NOFILE, (0, 0))
    resource.setrlimit(resource.RLIMIT_NPROC, (0, 0))
    architecture = _ARCHITECTURES.get(platform.machine())
    if architecture is None:
        raise NotConfinedError("no filter is known for this architecture")
    code = _program(architecture[0], tuple(architecture[1].values()))
    held = ctypes.create_string_buffer(code, len(code))
    program = _Program(len(code) // 8, ctypes.addressof(held))
    libc = ctypes.CDLL(None, use_errno=True)
    _call(libc, _SET_PDEATHSIG, _SIGKILL)
    _call(libc, _SET_DUMPABLE, 0)
    _call(libc, _NO_NEW_PRIVS, 1)
    _call(libc, _SET_SECCOMP, _FILTER_MODE, ctypes.addressof(program))


def _call(libc: ctypes.CDLL, option: int, *arguments: int) -> None:
    filled = [ctypes.c_ulong(value) for value in (*arguments, 0, 0, 0, 0)[:4]]
    if libc.prctl(option, *filled) != 0:
        raise NotConfinedError(os.strerror(ctypes.get_errno()))


def _program(architecture: int, allowed: tuple[int, ...]) -> bytes:
    """Write the filter in the kernel's own small language (classic BPF): another ABI dies, an unlisted call fails."""
    load, equal, above, end = 0x20, 0x15, 0x35, 0x06
    head = [(load, 0, 0, 4), (equal, 1, 0, architecture), (end, 0, 0, _KILL), (load, 0, 0, 0)]
    # The x32 calls of x86-64 share its architecture and have this bit.
    head.append((above, len(allowed), 0, 0x40000000))
    tests = [(equal, len(allowed) - number, 0, call) for number, call in enumerate(allowed)]
    tail = [(end, 0, 0, _EPERM), (end, 0, 0, _ALLOW)]
    return b"".join(struct.pack("=HBBI", *step) for step in (*head, *tests, *tail))
