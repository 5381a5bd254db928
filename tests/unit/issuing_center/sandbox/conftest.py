"""One sandbox that no test changes, and copies of it for those that do."""

from datetime import UTC, datetime
from pathlib import Path
from shutil import copytree

import pytest

from issuing_center.deployment import Mode, declare

declare(Mode.SANDBOX)

from issuing_center.sandbox import SandboxFolder, ensure_sandbox  # noqa: E402


@pytest.fixture(scope="session")
def now() -> datetime:
    """The moment at which the sandbox is made."""
    return datetime.now(UTC).replace(microsecond=0)


@pytest.fixture(scope="session")
def pristine(tmp_path_factory: pytest.TempPathFactory, now: datetime) -> SandboxFolder:
    """A sandbox that no test changes."""
    return ensure_sandbox(tmp_path_factory.mktemp("pristine") / "sandbox", now)


@pytest.fixture
def own(pristine: SandboxFolder, tmp_path: Path) -> SandboxFolder:
    """A copy that a test may change."""
    return SandboxFolder(Path(copytree(pristine.root, tmp_path / "sandbox")))
