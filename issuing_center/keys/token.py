"""A key in a PKCS#11 token (HSM; SoftHSM in tests): the token signs, the secret never leaves it.

One session a process, behind a lock: two threads in one session crash tokens that are otherwise sound. Whoever needs more
signatures a second starts more workers.
"""

import hashlib
from threading import Lock
from typing import Any

import pkcs11
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from pkcs11.util.ec import encode_ec_public_key

from issuing_center.keys import KeyUnusableError, TokenKey


class TokenUnavailableError(KeyUnusableError):
    """The token is away or does not answer as a token: its library, its label, its PIN or the key's label."""


class Pkcs11Key:
    """A key of a token; open until `close`."""

    def __init__(self, session: Any, private: Any, public: ec.EllipticCurvePublicKey) -> None:  # noqa: ANN401 - untyped
        """Take an open session and its key; use `open_token_key`."""
        self._session, self._private, self._public = session, private, public
        self._turn = Lock()

    def sign(self, message: bytes) -> bytes:
        """Sign. Raises TokenUnavailableError when the token has gone away: nothing is issued unsigned."""
        digest = hashlib.sha256(message).digest()
        try:
            with self._turn:
                raw: bytes = self._private.sign(digest, mechanism=pkcs11.Mechanism.ECDSA)
        except pkcs11.PKCS11Error as error:
            raise TokenUnavailableError(f"the token did not sign: {type(error).__name__}") from error
        half = len(raw) // 2
        return encode_dss_signature(int.from_bytes(raw[:half], "big"), int.from_bytes(raw[half:], "big"))

    def public_key(self) -> ec.EllipticCurvePublicKey:
        """Give the public half."""
        return self._public

    def close(self) -> None:
        """End the session."""
        with self._turn:
            self._session.close()


def open_token_key(where: TokenKey) -> Pkcs11Key:
    """Log in to a token and find the key. Raises TokenUnavailableError, which never shows the PIN; OSError for its file."""
    pin = where.pin_file.read_text(encoding="utf-8").splitlines()[0].strip()
    try:
        session = pkcs11.lib(str(where.module)).get_token(token_label=where.token).open(user_pin=pin)
    except pkcs11.PKCS11Error as error:
        raise TokenUnavailableError(f"token {where.token!r} cannot be opened: {type(error).__name__}") from error
    except RuntimeError as error:
        raise TokenUnavailableError(f"{where.module.name} is no PKCS#11 library that can be loaded") from error
    try:
        private = session.get_key(object_class=pkcs11.ObjectClass.PRIVATE_KEY, label=where.label)
        public = session.get_key(object_class=pkcs11.ObjectClass.PUBLIC_KEY, label=where.label)
        if private.key_type is not pkcs11.KeyType.EC:
            raise TokenUnavailableError(f"key {where.label!r} is not P-256")
        return Pkcs11Key(session, private, _public_key(public))
    except (pkcs11.PKCS11Error, KeyUnusableError) as error:
        session.close()
        if isinstance(error, KeyUnusableError):
            raise
        raise TokenUnavailableError(f"key {where.label!r} is not in the token, or not once") from error


def _public_key(public: Any) -> ec.EllipticCurvePublicKey:  # noqa: ANN401 - untyped
    from cryptography.hazmat.primitives.serialization import load_der_public_key

    key = load_der_public_key(encode_ec_public_key(public))
    if not isinstance(key, ec.EllipticCurvePublicKey) or not isinstance(key.curve, ec.SECP256R1):
        raise TokenUnavailableError("the key is not P-256")
    return key
