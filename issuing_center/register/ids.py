"""The handles under which what a file names by a key is stored: the same at every loading, meaningless outside."""

import hashlib

from issuing_center.register.records import HouseholdId, ResidentId


def resident_id_of(municipality_code: str, resident_key: str) -> ResidentId:
    """Give the id under which a file's resident is stored."""
    return ResidentId(id_of(municipality_code, "resident", resident_key))


def household_id_of(municipality_code: str, household_key: str) -> HouseholdId:
    """Give the id under which a file's household is stored."""
    return HouseholdId(id_of(municipality_code, "household", household_key))


def record_id_of(municipality_code: str, kind: str, record_key: str) -> str:
    """Give the id under which a file's 戸籍, 附票 or 罹災 record is stored; `kind` is that of the table."""
    return id_of(municipality_code, kind, record_key)


def id_of(municipality_code: str, what: str, key: str) -> str:
    """Give the id of anything else that a file names: 32 hexadecimal digits."""
    return hashlib.sha256(f"{municipality_code}/{what}/{key}".encode()).hexdigest()[:32]
