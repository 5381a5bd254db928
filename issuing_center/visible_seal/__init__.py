"""The signed 2D code of a sheet, after the idea of ICAO's Visible Digital Seal: anybody can check it offline.

Statement -> bytes -> signed bytes, and back. Knows neither paper nor pictures; README.md is the specification.
"""

from issuing_center.visible_seal.encoding import MalformedSeal, Statement, TooMuchError, read_statement, text_digest
from issuing_center.visible_seal.signing import Sealer, is_signed_by
from issuing_center.visible_seal.vocabulary import UnknownFormError, form_code

__all__ = [
    "MalformedSeal",
    "Sealer",
    "Statement",
    "TooMuchError",
    "UnknownFormError",
    "form_code",
    "is_signed_by",
    "read_statement",
    "text_digest",
]
