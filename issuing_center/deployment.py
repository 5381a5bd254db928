"""What this process was declared to be: a production center, or a sandbox full of pretend keys.

The declaration exists so that the pretend parts can refuse to be loaded at all. It is made once, by the entry point,
before anything else is imported; nothing said means production, the strictest mode. This module knows no settings, no
environment and no rooms; it does not know what a sandbox is made of.
"""

from enum import Enum
from threading import Lock

SANDBOX_ARC = "2.25.22992208695956433672752361653240483702"
"""Arc of every object identifier of the sandbox (ITU-T X.667: 2.25 followed by a UUID as an integer)."""

SANDBOX_MARKER_OID = f"{SANDBOX_ARC}.2"
"""Extension that every CA of the sandbox carries, so that a production center can refuse it as a trust anchor."""


class Mode(Enum):
    """What the process may be used for."""

    PRODUCTION = "production"
    SANDBOX = "sandbox"


class SandboxForbiddenError(ImportError):
    """A part of the sandbox was asked for in a process that was not declared a sandbox."""


class AlreadyDeclaredError(RuntimeError):
    """The mode was declared, or already relied upon, as something else."""


_lock = Lock()
_declared: list[Mode] = []


def declare(mode: Mode) -> None:
    """Declare what this process is; saying the same twice is harmless.

    Raises AlreadyDeclaredError when another mode was declared before, or when somebody already asked `current_mode()`
    and was told PRODUCTION: a process cannot change its nature half-way.
    """
    with _lock:
        if not _declared:
            _declared.append(mode)
        if _declared[0] is not mode:
            raise AlreadyDeclaredError(f"this process is {_declared[0].value} and cannot become {mode.value}")


def current_mode() -> Mode:
    """Tell the declared mode; an undeclared process is PRODUCTION from the first question on."""
    with _lock:
        if not _declared:
            _declared.append(Mode.PRODUCTION)
        return _declared[0]


def require_sandbox(what: str) -> None:
    """Raise SandboxForbiddenError unless this process was declared a sandbox; `what` names the refused part."""
    if current_mode() is not Mode.SANDBOX:
        raise SandboxForbiddenError(f"{what} exists in a process declared as sandbox only")
