"""What the pretend responder answers: honest by default, wrong in one named way when told.

Bytes in, bytes out; the network is `ocsp`'s business.
"""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cached_property

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.x509 import ocsp
from cryptography.x509.oid import ExtendedKeyUsageOID

from issuing_center.deployment import SANDBOX_ARC
from issuing_center.sandbox.certificates import authority, key_usage, responder_certificate
from issuing_center.sandbox.faults import Fault
from issuing_center.sandbox.files import PrivateKey, read_certificate, read_key
from issuing_center.sandbox.folder import ALL_GENERATIONS, GENERATIONS, SandboxFolder
from issuing_center.sandbox.status import Entry, make_crl, read_status

VALIDITY = timedelta(minutes=10)
"""From thisUpdate to nextUpdate of an honest answer."""

_REFUSALS = {
    Fault.TRY_LATER: ocsp.OCSPResponseStatus.TRY_LATER,
    Fault.INTERNAL_ERROR: ocsp.OCSPResponseStatus.INTERNAL_ERROR,
    Fault.MALFORMED_REQUEST: ocsp.OCSPResponseStatus.MALFORMED_REQUEST,
    Fault.SIG_REQUIRED: ocsp.OCSPResponseStatus.SIG_REQUIRED,
    Fault.UNAUTHORIZED: ocsp.OCSPResponseStatus.UNAUTHORIZED,
}

_TIMES = {
    Fault.STALE: (timedelta(days=-2), timedelta(days=-1)),
    Fault.EXPIRED_NEXT_UPDATE: (timedelta(minutes=-1), timedelta(seconds=-1)),
    Fault.OLD_WITHOUT_NEXT_UPDATE: (timedelta(days=-2), None),
    Fault.FUTURE: (timedelta(hours=2), timedelta(hours=3)),
}
"""thisUpdate and nextUpdate, counted from now; None leaves nextUpdate out."""

_CRL_TIMES = {
    Fault.CRL_STALE: (timedelta(days=-8), timedelta(seconds=-1)),
    Fault.CRL_FUTURE: (timedelta(hours=2), timedelta(days=1)),
}


_RSA_SHA256_DER = bytes.fromhex("06092a864886f70d01010b")
_RSA_SHA1_DER = bytes.fromhex("06092a864886f70d010105")


@dataclass(frozen=True, slots=True)
class _Party:
    """A certificate with its key."""

    certificate: x509.Certificate = field(repr=False)
    key: PrivateKey = field(repr=False)


class Answerer:
    """Answers for all generations of one sandbox folder. Thread-safe: after the start it only reads."""

    def __init__(self, folder: SandboxFolder) -> None:
        """Read the keys; the status table is read anew for each answer."""
        self._folder = folder
        self._issuers = {
            number: _Party(
                read_certificate(folder.generation_certificate(number)), read_key(folder.generation_key(number))
            )
            for number in ALL_GENERATIONS
        }
        self._responders = {
            number: _Party(
                read_certificate(folder.responder_certificate(number)), read_key(folder.responder_key(number))
            )
            for number in ALL_GENERATIONS
        }

    def answer(self, request_der: bytes, now: datetime, faults: frozenset[Fault] = frozenset()) -> bytes:
        """Answer one DER request with a DER response. `now` is aware."""
        refusal = next((_REFUSALS[each] for each in faults if each in _REFUSALS), None)
        if refusal is not None:
            return _refuse(refusal)
        try:
            request = ocsp.load_der_ocsp_request(request_der)
            number = self._generation(request)
        except ValueError:
            return _refuse(ocsp.OCSPResponseStatus.MALFORMED_REQUEST)
        if number is None:
            return _refuse(ocsp.OCSPResponseStatus.UNAUTHORIZED)
        builder = self._content(request, number, now, faults)
        for nonce in _nonces(request, faults):
            builder = builder.add_extension(x509.OCSPNonce(nonce), critical=False)
        return self._sign(builder, number, now, faults)

    def crl(self, number: int, now: datetime, faults: frozenset[Fault] = frozenset()) -> bytes:
        """Sign the CRL of a generation now, DER. Raises KeyError for a generation that does not exist."""
        issuer = self._issuers[number]
        begin, end = next(
            (_CRL_TIMES[each] for each in faults if each in _CRL_TIMES), (timedelta(0), timedelta(days=1))
        )
        key = self._foreign_key if Fault.CRL_FOREIGN in faults else issuer.key
        crl = make_crl(issuer.certificate, key, number, read_status(self._folder), now + begin, now + end)
        return crl[: len(crl) * 2 // 3] if Fault.CRL_TRUNCATED in faults else crl

    def _generation(self, request: ocsp.OCSPRequest) -> int | None:
        """Find the generation asked about by its key hash; None when it is none of ours."""
        for number, issuer in self._issuers.items():
            own = _cert_id(issuer.certificate, request.hash_algorithm)
            if (own.issuer_key_hash, own.issuer_name_hash) == (request.issuer_key_hash, request.issuer_name_hash):
                return number
        return None

    def _content(
        self, request: ocsp.OCSPRequest, number: int, now: datetime, faults: frozenset[Fault]
    ) -> ocsp.OCSPResponseBuilder:
        """State what is known of the certificate."""
        entry = read_status(self._folder).get(request.serial_number)
        known = entry is not None and entry.generation == number and Fault.UNKNOWN not in faults
        status, since, reason = _status(entry if known else None)
        begin, end = next((_TIMES[each] for each in faults if each in _TIMES), (timedelta(seconds=-1), VALIDITY))
        about = self._issuers[number % len(GENERATIONS) + 1 if Fault.OTHER_ISSUER in faults else number]
        algorithm = hashes.SHA384() if Fault.OTHER_HASH in faults else request.hash_algorithm
        serial = request.serial_number ^ (Fault.OTHER_SERIAL in faults)
        named = _cert_id(about.certificate, algorithm)
        return ocsp.OCSPResponseBuilder().add_response_by_hash(
            named.issuer_name_hash,
            named.issuer_key_hash,
            serial,
            algorithm,
            status,
            now + begin,
            None if end is None else now + end,
            since,
            reason,
        )

    def _sign(self, builder: ocsp.OCSPResponseBuilder, number: int, now: datetime, faults: frozenset[Fault]) -> bytes:
        """Name the responder, enclose its certificate and sign."""
        responder = self._responder(number, now, faults)
        builder = builder.responder_id(ocsp.OCSPResponderEncoding.HASH, responder.certificate)
        if Fault.NO_CERTIFICATES not in faults:
            builder = builder.certificates([responder.certificate])
        response = builder.sign(responder.key, hashes.SHA256())
        der = response.public_bytes(serialization.Encoding.DER)
        if Fault.BAD_SIGNATURE in faults:
            der = _with_signature(der, response, bytes([response.signature[0] ^ 1]) + response.signature[1:])
        if Fault.FOREIGN_KEY in faults:
            forged = self._foreign_rsa_key.sign(response.tbs_response_bytes, padding.PKCS1v15(), hashes.SHA256())
            der = _with_signature(der, response, forged)
        if Fault.SHA1_SIGNATURE in faults:
            der = _with_sha1(der, response, self._responders[number].key)
        if Fault.TRUNCATED in faults:
            return der[: len(der) * 2 // 3]
        return der + b"\x00" if Fault.TRAILING in faults else der

    def _responder(self, number: int, now: datetime, faults: frozenset[Fault]) -> _Party:
        """Choose who answers: the generation's own responder, or an impostor."""
        issuer = self._issuers[number]
        if Fault.OTHER_GENERATION in faults:
            return self._responders[number % len(GENERATIONS) + 1]
        if Fault.FOREIGN_RESPONDER in faults:
            issuer = _Party(issuer.certificate, self._foreign_key)
        elif Fault.SELF_SIGNED_RESPONDER in faults:
            own = authority(issuer.certificate.subject, self._foreign_key, 5, now - _DAY, now + _DAY)
            issuer = _Party(own, self._foreign_key)
        elif not faults & _IMPROPER:
            return self._responders[number]
        return _Party(_improper_responder(issuer, self._foreign_key, now, faults), self._foreign_key)

    @cached_property
    def _foreign_key(self) -> ec.EllipticCurvePrivateKey:
        """A key nobody was ever told about."""
        return ec.generate_private_key(ec.SECP256R1())

    @cached_property
    def _foreign_rsa_key(self) -> rsa.RSAPrivateKey:
        """Another such key, whose signatures are as long as the responders'."""
        return rsa.generate_private_key(65537, 2048)


def _with_signature(der: bytes, response: ocsp.OCSPResponse, forged: bytes) -> bytes:
    """Put another signature of the same length in the place of the real one; the library makes no wrong ones."""
    return der.replace(response.signature, forged, 1)


def _with_sha1(der: bytes, response: ocsp.OCSPResponse, key: PrivateKey) -> bytes:
    """Sign with SHA-1 and say so in the algorithm field, which follows the signed part."""
    if not isinstance(key, rsa.RSAPrivateKey):
        raise TypeError("responders have RSA keys")
    weak = key.sign(response.tbs_response_bytes, padding.PKCS1v15(), hashes.SHA1())  # noqa: S303  the fault itself
    before, signed, after = _with_signature(der, response, weak).partition(response.tbs_response_bytes)
    return before + signed + after.replace(_RSA_SHA256_DER, _RSA_SHA1_DER, 1)


_DAY = timedelta(days=1)

_IMPROPER = frozenset(
    {
        Fault.EXPIRED_RESPONDER,
        Fault.FUTURE_RESPONDER,
        Fault.RESPONDER_WITHOUT_EXTENDED_USAGE,
        Fault.RESPONDER_WITHOUT_USAGE,
        Fault.RESPONDER_WITHOUT_NOCHECK,
        Fault.RESPONDER_IS_A_CA,
        Fault.RESPONDER_WITH_UNKNOWN_CRITICAL,
    }
)


def _improper_responder(
    issuer: _Party, key: ec.EllipticCurvePrivateKey, now: datetime, faults: frozenset[Fault]
) -> x509.Certificate:
    """Make a delegated responder certificate with one thing wrong."""
    shift = timedelta(0)
    if Fault.EXPIRED_RESPONDER in faults:
        shift = -2 * _DAY
    elif Fault.FUTURE_RESPONDER in faults:
        shift = 2 * _DAY
    proper = responder_certificate(
        issuer.certificate, issuer.key, key, 6, "Sandbox OCSP responder", now - _DAY + shift, now + _DAY + shift
    )
    builder = x509.CertificateBuilder(
        proper.issuer,
        proper.subject,
        key.public_key(),
        proper.serial_number,
        proper.not_valid_before_utc,
        proper.not_valid_after_utc,
        [],
    )
    for extension in proper.extensions:
        value = extension.value
        if isinstance(value, x509.BasicConstraints) and Fault.RESPONDER_IS_A_CA in faults:
            value = x509.BasicConstraints(ca=True, path_length=None)
        if isinstance(value, x509.KeyUsage) and Fault.RESPONDER_WITHOUT_USAGE in faults:
            value = key_usage("key_encipherment")
        if isinstance(value, x509.ExtendedKeyUsage) and Fault.RESPONDER_WITHOUT_EXTENDED_USAGE in faults:
            value = x509.ExtendedKeyUsage([ExtendedKeyUsageOID.CLIENT_AUTH])
        if not (isinstance(value, x509.OCSPNoCheck) and Fault.RESPONDER_WITHOUT_NOCHECK in faults):
            builder = builder.add_extension(value, extension.critical)
    if Fault.RESPONDER_WITH_UNKNOWN_CRITICAL in faults:
        unknown = x509.UnrecognizedExtension(x509.ObjectIdentifier(f"{SANDBOX_ARC}.9"), b"\x05\x00")
        builder = builder.add_extension(unknown, critical=True)
    return builder.sign(issuer.key, hashes.SHA256())


def _status(
    entry: Entry | None,
) -> tuple[ocsp.OCSPCertStatus, datetime | None, x509.ReasonFlags | None]:
    if entry is None:
        return ocsp.OCSPCertStatus.UNKNOWN, None, None
    if entry.reason is None:
        return ocsp.OCSPCertStatus.GOOD, None, None
    return ocsp.OCSPCertStatus.REVOKED, entry.since, x509.ReasonFlags(entry.reason)


def _nonces(request: ocsp.OCSPRequest, faults: frozenset[Fault]) -> list[bytes]:
    """Give the nonce to send back: the one received, a wrong one, or none."""
    if Fault.NO_NONCE in faults:
        return []
    for extension in request.extensions:
        if isinstance(extension.value, x509.OCSPNonce):
            nonce = extension.value.nonce
            return [bytes([nonce[0] ^ 1]) + nonce[1:] if Fault.WRONG_NONCE in faults else nonce]
    return []


def _cert_id(issuer: x509.Certificate, algorithm: hashes.HashAlgorithm) -> ocsp.OCSPRequest:
    """Let the library make the CertID, by asking the question ourselves: so client and responder share no code of ours."""
    return ocsp.OCSPRequestBuilder().add_certificate(issuer, issuer, algorithm).build()


def _refuse(status: ocsp.OCSPResponseStatus) -> bytes:
    return ocsp.OCSPResponseBuilder.build_unsuccessful(status).public_bytes(serialization.Encoding.DER)
