"""PAdES baseline B-B for the sheets of this center: the file itself says who issued it, to whoever receives it as a file.

with_signature(pdf, key, certificates, signed_at) -> the file with a signature over all of it
is_whole(pdf, certificate) -> whether exactly this certificate's key signed exactly this file
"""

from issuing_center.pdf_signature.check import is_whole
from issuing_center.pdf_signature.update import UnsignableError, with_signature

__all__ = ["UnsignableError", "is_whole", "with_signature"]
