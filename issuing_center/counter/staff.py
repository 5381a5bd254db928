"""Who acts at a counter, as the sign-in proved it."""

import re
from dataclasses import dataclass
from typing import NewType

StaffId = NewType("StaffId", str)
"""1 to 32 letters, digits, dots, hyphens and underscores; stands in the ledger beside everything a clerk does."""

SYSTEM = StaffId("")
"""Stands where no clerk acted: the terminal or the center itself."""

_STAFF_ID = re.compile(r"[0-9A-Za-z._-]{1,32}\Z")
_CODE = re.compile(r"[0-9]{6}\Z")


@dataclass(frozen=True, slots=True)
class Staff:
    """One clerk of one municipality; nothing of any other exists for them. Raises ValueError for a malformed id or code."""

    staff_id: StaffId
    municipality_code: str

    def __post_init__(self) -> None:
        if not _STAFF_ID.match(self.staff_id) or not _CODE.match(self.municipality_code):
            raise ValueError("not a member of staff")
