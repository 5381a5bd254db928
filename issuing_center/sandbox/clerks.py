"""A way into the clerks' pages for a browser without a certificate: one-time links, for specimen clerks only.

Like everything in this package it cannot be loaded in production. Links and sessions live in this process alone.
"""

import secrets
from threading import Lock

from issuing_center.counter.staff import Staff, StaffId
from issuing_center.sandbox.build import CLERKS


class SpecimenDoor:
    """Makes the links and remembers whom each let in."""

    def __init__(self) -> None:
        """Begin with no link."""
        self._lock = Lock()
        self._tokens: dict[str, Staff] = {}
        self._sessions: dict[str, Staff] = {}

    def links(self) -> list[tuple[str, Staff]]:
        """Make one link's token for each specimen clerk; each token works once."""
        made = [(secrets.token_urlsafe(24), Staff(StaffId(staff_id), code)) for staff_id, code in CLERKS]
        with self._lock:
            self._tokens.update(made)
        return made

    def enter(self, token: str) -> str | None:
        """Use up a token: the session it opens, or None."""
        with self._lock:
            staff = self._tokens.pop(token, None)
            if staff is None:
                return None
            session = secrets.token_urlsafe(24)
            self._sessions[session] = staff
            return session

    def clerk(self, session: str) -> Staff | None:
        """Tell whose session this is."""
        return self._sessions.get(session)
