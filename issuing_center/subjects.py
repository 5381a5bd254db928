"""Names for residents that say nothing of them: one for the ledger and the documents, one for a visit's screen."""

import hashlib
import hmac

from issuing_center.register.records import ResidentId


def subject_of(key: bytes, municipality_code: str, resident: ResidentId) -> str:
    """Give the keyed hash that stands for a resident wherever no personal data may be; 64 hexadecimal digits."""
    message = b"subject\0" + municipality_code.encode() + b"\0" + resident.encode()
    return hmac.digest(key, message, hashlib.sha256).hex()


def member_ref(key: bytes, visit_id: str, resident: ResidentId) -> str:
    """Give the handle of a household member within one visit, 32 hexadecimal digits; worthless in any other visit."""
    return hmac.digest(key, b"member\0" + visit_id.encode() + b"\0" + resident.encode(), hashlib.sha256)[:16].hex()
