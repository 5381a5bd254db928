"""What these tests need: a center of their own behind its real server, so that an incident of other tests stops nothing here."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

from tests.support.center import Served, running_center, sandbox_folder, serving

if TYPE_CHECKING:
    from issuing_center.sandbox import SandboxFolder

__all__ = ["sandbox_folder"]


@pytest.fixture(scope="session")
def served(sandbox_folder: "SandboxFolder", tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """A center with its sandbox's register, over mutual TLS."""
    file = tmp_path_factory.mktemp("schemathesis") / "center.db"
    with running_center(sandbox_folder, f"sqlite:///{file}") as center, serving(center) as served:
        yield served
