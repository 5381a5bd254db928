"""What these tests need: centers, in this process and behind their real server."""

from tests.support.center import (
    center,
    either_center,
    sandbox_folder,
    served,
    shared_center,
    shared_postgresql_center,
    two_workers,
)

__all__ = [
    "center",
    "either_center",
    "sandbox_folder",
    "served",
    "shared_center",
    "shared_postgresql_center",
    "two_workers",
]
