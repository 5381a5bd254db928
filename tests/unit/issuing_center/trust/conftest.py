"""One sandbox for all tests of this room, and a responder that runs as long as one test file."""

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

from issuing_center.deployment import Mode, declare

declare(Mode.SANDBOX)

from issuing_center.sandbox import SandboxFolder, ensure_sandbox, trust_anchors, trust_policy  # noqa: E402
from issuing_center.sandbox.ocsp import OcspResponder  # noqa: E402
from issuing_center.trust import TrustAnchors, TrustPolicy  # noqa: E402


@pytest.fixture(scope="session")
def now() -> datetime:
    """The moment of all judgements: that of the making of the sandbox."""
    return datetime.now(UTC).replace(microsecond=0)


@pytest.fixture(scope="session")
def sandbox_folder(tmp_path_factory: pytest.TempPathFactory, now: datetime) -> SandboxFolder:
    """A sandbox that no test changes."""
    return ensure_sandbox(tmp_path_factory.mktemp("trust") / "sandbox", now)


@pytest.fixture(scope="session")
def anchors(sandbox_folder: SandboxFolder) -> TrustAnchors:
    """The sandbox's generations."""
    return trust_anchors(sandbox_folder)


@pytest.fixture(scope="session")
def policy() -> TrustPolicy:
    """The policy that fits the sandbox."""
    return trust_policy()


@pytest.fixture(scope="module")
def running_responder(sandbox_folder: SandboxFolder, now: datetime) -> Iterator[OcspResponder]:
    """A responder whose clock stands at `now`."""
    with OcspResponder(sandbox_folder, clock=lambda: now) as responder:
        yield responder


@pytest.fixture
def responder(running_responder: OcspResponder) -> Iterator[OcspResponder]:
    """The responder without any fault, before and after."""
    running_responder.faults.clear()
    yield running_responder
    running_responder.faults.clear()
