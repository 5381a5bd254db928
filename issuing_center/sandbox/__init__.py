"""A whole pretend JPKI: CA generations, OCSP responder, CRLs, cards and the personas who hold them.

Importing this package, or any module in it, raises SandboxForbiddenError unless the process was declared a sandbox first
(`issuing_center.deployment`). Everything it makes is fictitious and says so; nothing it makes is committed.
"""

from issuing_center.deployment import require_sandbox

require_sandbox("issuing_center.sandbox")

from issuing_center.sandbox.folder import SandboxFolder  # noqa: E402  the guard comes before everything else
from issuing_center.sandbox.jpki import (  # noqa: E402
    Link,
    SandboxError,
    ensure_sandbox,
    links,
    trust_anchors,
    trust_policy,
)
from issuing_center.sandbox.personas import PERSONAS, Persona  # noqa: E402
from issuing_center.sandbox.status import release, revoke  # noqa: E402

__all__ = [
    "PERSONAS",
    "Link",
    "Persona",
    "SandboxError",
    "SandboxFolder",
    "ensure_sandbox",
    "links",
    "release",
    "revoke",
    "trust_anchors",
    "trust_policy",
]
