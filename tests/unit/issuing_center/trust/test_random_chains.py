"""Random chains, with several things wrong at once, judged by us, by a plain oracle, by OpenSSL and by certvalidator.

The oracle reads the recipe and not the certificate. The outside judges look at less than we do, so they are asked one
thing only: whatever we accept, they accept.
"""

import asyncio
import subprocess
from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import Path
from random import Random
from typing import TypeVar

import pytest
from asn1crypto import x509 as asn1_x509
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.x509.oid import ExtendedKeyUsageOID
from pyhanko_certvalidator import ValidationContext
from pyhanko_certvalidator.authority import CertTrustAnchor
from pyhanko_certvalidator.path import ValidationPath
from pyhanko_certvalidator.validate import async_validate_path

from issuing_center.trust import Generation, TrustAnchors
from issuing_center.trust.path import AuthenticPath, PathChecker
from tests.unit.issuing_center.trust import chains
from tests.unit.issuing_center.trust.chains import NOW, POLICY, POLICY_OID, Leaf, generation, usage

T = TypeVar("T")

DAY = timedelta(days=1)
ENDED = chains.authority("ended", end=NOW - DAY)
STRANGER = chains.authority("stranger")
PINNED = (generation(1), generation(2), generation(3), ENDED)
CHECKER = PathChecker(TrustAnchors.from_certificates([each.certificate for each in PINNED]), POLICY)


class _Recipe:
    """Mixes a certificate from parts; `acceptable` is the oracle's verdict on the mixture."""

    def __init__(self, seed: int) -> None:
        self._chance = Random(seed)
        self.acceptable = True
        issuer = self._pick([generation(1), generation(2), generation(3)], [ENDED, STRANGER])
        extensions: list[tuple[x509.ExtensionType, bool]] = []
        bits = self._pick(
            [("digital_signature",), ("digital_signature", "key_encipherment"), ("digital_signature", "key_agreement")],
            [("key_encipherment",), ("digital_signature", "content_commitment"), ("digital_signature", "crl_sign")],
        )
        extensions.append((usage(*bits), True))
        policies: list[str] = self._pick([[POLICY_OID], ["2.999.4", POLICY_OID]], [[], ["2.999.4"], ["2.5.29.32.0"]])
        if policies:
            named = [x509.PolicyInformation(x509.ObjectIdentifier(each), None) for each in policies]
            extensions.append((x509.CertificatePolicies(named), self._chance.random() < 0.5))
        extended: list[x509.ObjectIdentifier] | None = self._pick(
            [
                None,
                [ExtendedKeyUsageOID.CLIENT_AUTH],
                [ExtendedKeyUsageOID.SERVER_AUTH, ExtendedKeyUsageOID.CLIENT_AUTH],
            ],
            [[ExtendedKeyUsageOID.SERVER_AUTH], [ExtendedKeyUsageOID.OCSP_SIGNING]],
        )
        if extended is not None:
            extensions.append((x509.ExtendedKeyUsage(extended), self._chance.random() < 0.5))
        ca: bool | None = self._pick([None, False], [True])
        if ca is not None:
            extensions.append((x509.BasicConstraints(ca=ca, path_length=None), True))
        unknown_critical: bool | None = self._pick([None, False], [True])
        if unknown_critical is not None:
            unknown = x509.UnrecognizedExtension(chains.UNKNOWN_OID, b"\x05\x00")
            extensions.append((unknown, unknown_critical))
        self._chance.shuffle(extensions)
        sound: list[chains.Digest] = [hashes.SHA256(), hashes.SHA384()]
        weak: list[chains.Digest] = [hashes.SHA224()]
        self.leaf = Leaf(
            issuer=issuer,
            issuer_name=self._pick([None], [chains.name("other")]),
            signer=self._pick([None], [STRANGER.key]),
            start=self._pick([NOW - DAY, NOW - 900 * DAY], [NOW + DAY]),
            end=self._pick([NOW + DAY, NOW + 900 * DAY], [NOW - timedelta(hours=1)]),
            serial=self._chance.randrange(1, 2**159),
            digest=self._pick(sound, weak),
            extensions=tuple(extensions),
        )

    def _pick(self, good: Sequence[T], bad: Sequence[T]) -> T:
        """Take a good part, or once in twenty times a bad one: half of all certificates are then acceptable."""
        if self._chance.random() < 0.05:
            self.acceptable = False
            return self._chance.choice(bad)
        return self._chance.choice(good)


def _openssl_accepts(der: bytes, roots: Path) -> bool:
    leaf = roots.with_name("leaf.der")
    leaf.write_bytes(der)
    command = [
        "openssl", "verify", "-no-CApath", "-no-CAstore", "-CAfile", str(roots), "-attime", str(int(NOW.timestamp())),
        "-purpose", "sslclient", "-policy", POLICY_OID, "-explicit_policy", "-auth_level", "2", str(leaf),
    ]  # fmt: skip
    return subprocess.run(command, capture_output=True, timeout=20, check=False).returncode == 0


async def _certvalidator_accepts(der: bytes, issuer: Generation, now: datetime) -> bool:
    """Ask for the path alone, without revocation."""
    root = asn1_x509.Certificate.load(issuer.certificate.public_bytes(serialization.Encoding.DER))
    leaf = asn1_x509.Certificate.load(der)
    context = ValidationContext(trust_roots=[root], moment=now, allow_fetching=False, revocation_mode="soft-fail")
    await async_validate_path(context, ValidationPath(CertTrustAnchor(root), [], leaf))
    return True


def _judge(seeds: range, folder: Path) -> None:
    roots = chains.write_pem(folder / "roots.pem", *(each.certificate for each in PINNED))
    accepted = 0
    for seed in seeds:
        recipe = _Recipe(seed)
        der = recipe.leaf.der()
        path = CHECKER.check(der, NOW)
        assert isinstance(path, AuthenticPath) == recipe.acceptable, f"seed {seed}"
        if isinstance(path, AuthenticPath):
            accepted += 1
            assert _openssl_accepts(der, roots), f"seed {seed}"
            assert asyncio.run(_certvalidator_accepts(der, path.issuer, NOW)), f"seed {seed}"
    # neither all nor nothing: the mixture tests both verdicts
    assert len(seeds) // 5 < accepted < len(seeds) * 4 // 5


def test_random_chains_are_judged_alike(tmp_path: Path) -> None:
    _judge(range(100), tmp_path)


@pytest.mark.heavy
@pytest.mark.parametrize("thousand", range(1, 11))
def test_ten_thousand_random_chains_are_judged_alike(thousand: int, tmp_path: Path) -> None:
    _judge(range(thousand * 1000, (thousand + 1) * 1000), tmp_path)
