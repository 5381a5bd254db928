"""CRLs: what may be imported, what replaces what, and what a look-up then says."""

from collections.abc import Callable
from datetime import datetime, timedelta
from time import perf_counter

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization

from issuing_center.trust import CrlFault, CrlImported, CrlRefused, CrlShelf, Generation, ListedStatus, TrustAnchors
from tests.unit.issuing_center.trust import chains
from tests.unit.issuing_center.trust.chains import NOW, POLICY, Authority, generation

ANCHORS = TrustAnchors.from_certificates([generation(number).certificate for number in (1, 2, 3)])
SECOND = timedelta(seconds=1)
DAY = timedelta(days=1)
REVOKED, ON_HOLD, GOOD = 1001, 1002, 1003


def _entry(serial: int, reason: x509.ReasonFlags | None, *extra: x509.UnrecognizedExtension) -> x509.RevokedCertificate:
    builder = x509.RevokedCertificateBuilder(serial, NOW - DAY)
    if reason is not None:
        builder = builder.add_extension(x509.CRLReason(reason), critical=False)
    for each in extra:
        builder = builder.add_extension(each, critical=True)
    return builder.build()


ENTRIES = (
    _entry(REVOKED, x509.ReasonFlags.key_compromise),
    _entry(ON_HOLD, x509.ReasonFlags.certificate_hold),
)


def _crl(
    issuer: Authority | None = None,
    *,
    begin: datetime = NOW - DAY,
    end: datetime | None = NOW + DAY,
    number: int | None = 5,
    entries: tuple[x509.RevokedCertificate, ...] = ENTRIES,
    extra: x509.ExtensionType | None = None,
    critical: bool = True,
    digest: chains.Digest | None = None,
) -> bytes:
    issuer = issuer or generation(3)
    builder = x509.CertificateRevocationListBuilder(
        issuer.certificate.subject, begin, end, [], revoked_certificates=list(entries)
    )
    if number is not None:
        builder = builder.add_extension(x509.CRLNumber(number), critical=False)
    if extra is not None:
        builder = builder.add_extension(extra, critical=critical)
    return builder.sign(issuer.key, digest or hashes.SHA256()).public_bytes(serialization.Encoding.DER)


def _issuer(number: int) -> Generation:
    return ANCHORS.generations[number - 1]


@pytest.fixture
def shelf() -> CrlShelf:
    return CrlShelf(ANCHORS, POLICY)


def test_an_empty_shelf_knows_nothing(shelf: CrlShelf) -> None:
    assert shelf.look_up(GOOD, _issuer(3), NOW) is None


@pytest.mark.parametrize(
    ("serial", "listed"),
    [(REVOKED, ListedStatus.REVOKED), (ON_HOLD, ListedStatus.ON_HOLD), (GOOD, ListedStatus.NOT_LISTED)],
)
def test_an_imported_list_is_looked_up(serial: int, listed: ListedStatus, shelf: CrlShelf) -> None:
    assert isinstance(shelf.import_crl(_crl(), NOW), CrlImported)
    assert shelf.look_up(serial, _issuer(3), NOW) is listed


def test_a_reason_that_is_missing_still_revokes(shelf: CrlShelf) -> None:
    shelf.import_crl(_crl(entries=(_entry(GOOD, None),)), NOW)
    assert shelf.look_up(GOOD, _issuer(3), NOW) is ListedStatus.REVOKED


def test_a_list_says_nothing_of_the_other_generations_of_the_same_name(shelf: CrlShelf) -> None:
    shelf.import_crl(_crl(generation(2)), NOW)
    assert shelf.look_up(REVOKED, _issuer(2), NOW) is ListedStatus.REVOKED
    assert shelf.look_up(REVOKED, _issuer(3), NOW) is None


BAD: dict[str, tuple[CrlFault, Callable[[], bytes]]] = {
    "nothing": (CrlFault.MALFORMED, lambda: b""),
    "truncated": (CrlFault.MALFORMED, lambda: _crl()[:-20]),
    "one octet more": (CrlFault.MALFORMED, lambda: _crl() + b"\x00"),
    "a certificate": (CrlFault.MALFORMED, lambda: chains.Leaf().der()),
    "another CA of the same name": (CrlFault.UNTRUSTED, lambda: _crl(chains.authority("stranger"))),
    "another CA": (CrlFault.UNTRUSTED, lambda: _crl(chains.authority("other", subject=chains.name("other")))),
    "our key under another name": (
        CrlFault.UNTRUSTED,
        lambda: _crl(chains.authority("other", key=generation(3).key, subject=chains.name("other"))),
    ),
    "a bit flipped": (CrlFault.UNTRUSTED, lambda: _crl()[:-1] + bytes([_crl()[-1] ^ 1])),
    "SHA-224": (CrlFault.UNTRUSTED, lambda: _crl(digest=hashes.SHA224())),
    "stale": (CrlFault.NOT_FRESH, lambda: _crl(end=NOW - SECOND)),
    "future": (CrlFault.NOT_FRESH, lambda: _crl(begin=NOW + timedelta(hours=1))),
    "without a number": (CrlFault.NOT_COMPLETE, lambda: _crl(number=None)),
    "delta": (CrlFault.NOT_COMPLETE, lambda: _crl(extra=x509.DeltaCRLIndicator(4))),
    "delta that hides it": (CrlFault.NOT_COMPLETE, lambda: _crl(extra=x509.DeltaCRLIndicator(4), critical=False)),
    "of one municipality": (
        CrlFault.NOT_COMPLETE,
        lambda: _crl(
            extra=x509.IssuingDistributionPoint(
                full_name=[x509.DirectoryName(chains.name("Shiomino-shi CRLDP"))],
                relative_name=None,
                only_contains_user_certs=False,
                only_contains_ca_certs=False,
                only_some_reasons=None,
                indirect_crl=False,
                only_contains_attribute_certs=False,
            )
        ),
    ),
    "unknown critical extension": (
        CrlFault.NOT_COMPLETE,
        lambda: _crl(extra=x509.UnrecognizedExtension(chains.UNKNOWN_OID, b"\x05\x00")),
    ),
    "unknown critical extension of an entry": (
        CrlFault.NOT_COMPLETE,
        lambda: _crl(entries=(_entry(1, None, x509.UnrecognizedExtension(chains.UNKNOWN_OID, b"\x05\x00")),)),
    ),
}


@pytest.mark.parametrize("case", BAD)
def test_a_bad_list_is_refused_and_the_one_held_stays(case: str, shelf: CrlShelf) -> None:
    fault, make = BAD[case]
    assert shelf.import_crl(make(), NOW) == CrlRefused(fault)
    assert shelf.look_up(GOOD, _issuer(3), NOW) is None
    shelf.import_crl(_crl(), NOW)
    assert shelf.import_crl(make(), NOW) == CrlRefused(fault)
    assert shelf.look_up(REVOKED, _issuer(3), NOW) is ListedStatus.REVOKED


def test_an_older_list_does_not_bring_a_revoked_certificate_back(shelf: CrlShelf) -> None:
    shelf.import_crl(_crl(number=6), NOW)
    assert shelf.import_crl(_crl(number=5, entries=()), NOW) == CrlRefused(CrlFault.OLDER_THAN_HELD)
    assert shelf.look_up(REVOKED, _issuer(3), NOW) is ListedStatus.REVOKED


def test_a_newer_list_replaces_the_one_held(shelf: CrlShelf) -> None:
    shelf.import_crl(_crl(number=5, entries=()), NOW)
    shelf.import_crl(_crl(number=6), NOW)
    assert shelf.look_up(REVOKED, _issuer(3), NOW) is ListedStatus.REVOKED


def test_a_list_serves_to_its_next_update_and_not_a_second_longer(shelf: CrlShelf) -> None:
    shelf.import_crl(_crl(end=NOW + DAY), NOW)
    assert shelf.look_up(GOOD, _issuer(3), NOW + DAY) is ListedStatus.NOT_LISTED
    assert shelf.look_up(GOOD, _issuer(3), NOW + DAY + SECOND) is None


def test_a_list_from_the_future_of_a_clock_set_back_is_not_used(shelf: CrlShelf) -> None:
    shelf.import_crl(_crl(begin=NOW - DAY), NOW)
    assert shelf.look_up(GOOD, _issuer(3), NOW - 2 * DAY) is None


def test_a_look_up_in_a_long_list_takes_microseconds(shelf: CrlShelf) -> None:
    # The target is 5 microseconds in 100,000 entries; the index is a hash table, so 2,000 show as well that
    # nothing is searched or parsed: the bound is far above a look-up and far below a walk.
    entries = tuple(_entry(serial, x509.ReasonFlags.superseded) for serial in range(10_000, 12_000))
    assert isinstance(shelf.import_crl(_crl(entries=entries), NOW), CrlImported)
    issuer = _issuer(3)
    begin = perf_counter()
    for _ in range(1000):
        shelf.look_up(11_999, issuer, NOW)
    assert (perf_counter() - begin) / 1000 < 0.000_05
