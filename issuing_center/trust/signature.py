"""The card's signature over the statement of a visit.

Today's cards sign with RSA-2048 and PKCS#1 v1.5; that is the card's choice and not ours, so the scheme
is hidden in here and in no signature of a function. Whether the certificate is any good is the verifier's business.
"""

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa

from issuing_center.trust.path import UNREADABLE


def verify_card_signature(certificate_der: bytes, statement: bytes, signature: bytes) -> bool:
    """Tell whether the certificate's key signed these statement bytes (RSASSA-PKCS1-v1_5 with SHA-256, RFC 8017 8.2).

    False for every other outcome, also for a certificate that cannot be read or has no RSA key of 2,048 bits or more.
    """
    try:
        key = x509.load_der_x509_certificate(certificate_der).public_key()
    except UNREADABLE:
        return False
    if not isinstance(key, rsa.RSAPublicKey) or key.key_size < 2048:
        return False
    try:
        key.verify(signature, statement, padding.PKCS1v15(), hashes.SHA256())
    except InvalidSignature:
        return False
    return True
