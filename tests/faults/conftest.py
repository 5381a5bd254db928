"""What these stories need: a town with its center, machines in it, and a till whose machine keeps the laws of nature."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.coins import Till
from tests.support.town import data, machine, town

__all__ = ["data", "machine", "town"]


@pytest.fixture
def till(tmp_path: Path) -> Iterator[Till]:
    till = Till(tmp_path)
    yield till
    assert till.machine.world.breaches == []
    till.close()
