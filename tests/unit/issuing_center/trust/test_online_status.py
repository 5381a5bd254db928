"""The status over a real connection: what each fault of line, responder and list does to the verdict."""

import dataclasses
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from time import monotonic

import pytest

from issuing_center.sandbox import SandboxFolder
from issuing_center.sandbox.faults import Fault
from issuing_center.sandbox.folder import GENERATIONS
from issuing_center.sandbox.ocsp import OcspResponder
from issuing_center.trust import (
    Bad,
    BadReason,
    CertificateVerifier,
    CrlFault,
    CrlImported,
    CrlRefused,
    CrlShelf,
    Good,
    HttpFetcher,
    OcspClient,
    OcspThenCrl,
    RevocationMethod,
    TooLargeError,
    TrustAnchors,
    TrustPolicy,
    Undetermined,
    UndeterminedReason,
    UnreachableError,
    Verdict,
)
from tests.unit.issuing_center.trust.cards import certificate_of

SILENT = frozenset({Fault.STALL, Fault.RESET, Fault.CUT_BODY, Fault.SLOW_BYTES, Fault.HTTP_500})
"""The line, or the responder behind it, is out of service."""
BUSY = frozenset({Fault.TRY_LATER, Fault.INTERNAL_ERROR})
OF_LISTS = frozenset(each for each in Fault if each.startswith("crl_"))
DISBELIEVED = frozenset(Fault) - SILENT - BUSY - OF_LISTS - {Fault.UNKNOWN}

NO_FRESH_STATUS = Undetermined(UndeterminedReason.NO_FRESH_STATUS)
STATUS_REJECTED = Undetermined(UndeterminedReason.STATUS_REJECTED)


@dataclasses.dataclass(frozen=True)
class Bench:
    """A verifier with everything it hangs on."""

    verifier: CertificateVerifier
    shelf: CrlShelf
    responder: OcspResponder
    folder: SandboxFolder
    now: datetime

    def judge(self, persona: str) -> Verdict:
        return self.verifier.verify(certificate_of(self.folder, persona), self.now)

    def import_lists(self) -> None:
        for number in GENERATIONS:
            assert isinstance(self.shelf.import_crl(self.folder.crl(number).read_bytes(), self.now), CrlImported)


@pytest.fixture
def bench(
    responder: OcspResponder, sandbox_folder: SandboxFolder, anchors: TrustAnchors, policy: TrustPolicy, now: datetime
) -> Iterator[Bench]:
    # long enough for a busy machine when the line works; faults that stay silent get less below
    client = OcspClient(responder.url, dataclasses.replace(policy, ocsp_timeout_s=20.0))
    shelf = CrlShelf(anchors, policy)
    verifier = CertificateVerifier(anchors, policy, OcspThenCrl(client, shelf))
    yield Bench(verifier, shelf, responder, sandbox_folder, now)
    client.close()


@pytest.fixture
def impatient(
    responder: OcspResponder, sandbox_folder: SandboxFolder, anchors: TrustAnchors, policy: TrustPolicy, now: datetime
) -> Iterator[Bench]:
    """The same with a time limit that a silent responder reaches at once."""
    client = OcspClient(responder.url, dataclasses.replace(policy, ocsp_timeout_s=0.15))
    shelf = CrlShelf(anchors, policy)
    verifier = CertificateVerifier(anchors, policy, OcspThenCrl(client, shelf))
    yield Bench(verifier, shelf, responder, sandbox_folder, now)
    client.close()


@pytest.mark.parametrize(
    ("persona", "verdict"),
    [
        ("expired", Bad(BadReason.EXPIRED)),
        ("revoked", Bad(BadReason.REVOKED)),
        ("on-hold", Bad(BadReason.ON_HOLD)),
    ],
)
def test_bad_personas_are_bad(persona: str, verdict: Verdict, bench: Bench) -> None:
    assert bench.judge(persona) == verdict


@pytest.mark.parametrize("persona", ["hanako", "ichiro", "phone", "unlinked"])
def test_good_personas_are_good_by_ocsp(persona: str, bench: Bench) -> None:
    verdict = bench.judge(persona)
    assert isinstance(verdict, Good)
    assert verdict.method is RevocationMethod.OCSP


def test_a_certificate_that_is_bad_by_itself_is_never_asked_about(bench: Bench) -> None:
    before = bench.responder.questions
    assert bench.judge("expired") == Bad(BadReason.EXPIRED)
    assert bench.verifier.verify(b"", bench.now) == Bad(BadReason.MALFORMED)
    assert bench.responder.questions == before


@pytest.mark.parametrize("fault", sorted(SILENT | BUSY))
def test_without_an_answer_a_fresh_list_decides(fault: Fault, impatient: Bench) -> None:
    impatient.import_lists()
    impatient.responder.faults.add(fault)
    good = impatient.judge("hanako")
    assert isinstance(good, Good)
    assert good.method is RevocationMethod.CRL


@pytest.mark.parametrize("fault", sorted(SILENT | BUSY))
def test_without_an_answer_and_without_a_list_nothing_is_determined(fault: Fault, impatient: Bench) -> None:
    impatient.responder.faults.add(fault)
    assert impatient.judge("hanako") == NO_FRESH_STATUS
    assert impatient.judge("revoked") == NO_FRESH_STATUS


def test_a_list_tells_revoked_from_on_hold(bench: Bench) -> None:
    bench.import_lists()
    bench.responder.faults.add(Fault.HTTP_500)
    assert bench.judge("revoked") == Bad(BadReason.REVOKED)
    assert bench.judge("on-hold") == Bad(BadReason.ON_HOLD)


def test_a_list_that_has_run_out_determines_nothing(bench: Bench) -> None:
    bench.import_lists()
    bench.responder.faults.add(Fault.HTTP_500)
    later = bench.now + timedelta(days=7, seconds=1)
    assert bench.verifier.verify(certificate_of(bench.folder, "hanako"), later) == NO_FRESH_STATUS


@pytest.mark.parametrize("fault", sorted(DISBELIEVED))
def test_an_answer_that_is_refused_is_never_covered_up_by_a_list(fault: Fault, bench: Bench) -> None:
    bench.import_lists()
    bench.responder.faults.add(fault)
    assert bench.judge("hanako") == STATUS_REJECTED


def test_a_certificate_unknown_to_its_own_responder_is_not_good_whatever_a_list_says(bench: Bench) -> None:
    bench.import_lists()
    bench.responder.faults.add(Fault.UNKNOWN)
    assert bench.judge("hanako") == Undetermined(UndeterminedReason.STATUS_UNKNOWN)


def test_a_responder_that_is_not_there_is_like_silence(
    sandbox_folder: SandboxFolder, anchors: TrustAnchors, policy: TrustPolicy, now: datetime
) -> None:
    gone = OcspResponder(sandbox_folder)
    gone.stop()
    client = OcspClient(gone.url, policy)
    verifier = CertificateVerifier(anchors, policy, OcspThenCrl(client, CrlShelf(anchors, policy)))
    assert verifier.verify(certificate_of(sandbox_folder, "hanako"), now) == NO_FRESH_STATUS
    client.close()


def test_the_time_limit_holds_for_the_whole_answer_and_not_for_each_octet(impatient: Bench) -> None:
    impatient.responder.faults.add(Fault.SLOW_BYTES)  # a minute and more for the whole answer
    begin = monotonic()
    assert impatient.judge("hanako") == NO_FRESH_STATUS
    assert monotonic() - begin < 10


def test_one_connection_serves_many_questions(
    responder: OcspResponder, sandbox_folder: SandboxFolder, anchors: TrustAnchors, policy: TrustPolicy, now: datetime
) -> None:
    with HttpFetcher(20.0) as fetcher:
        client = OcspClient(responder.url, policy, fetcher)
        verifier = CertificateVerifier(anchors, policy, OcspThenCrl(client, CrlShelf(anchors, policy)))
        for _ in range(3):
            assert isinstance(verifier.verify(certificate_of(sandbox_folder, "hanako"), now), Good)
        assert len(fetcher._pool.connections) == 1


def test_a_connection_that_the_responder_closed_meanwhile_is_no_fault(
    sandbox_folder: SandboxFolder, anchors: TrustAnchors, policy: TrustPolicy, now: datetime
) -> None:
    first = OcspResponder(sandbox_folder, clock=lambda: now).start()
    client = OcspClient(first.url, policy)
    verifier = CertificateVerifier(anchors, policy, OcspThenCrl(client, CrlShelf(anchors, policy)))
    assert isinstance(verifier.verify(certificate_of(sandbox_folder, "hanako"), now), Good)
    first.stop()
    with OcspResponder(sandbox_folder, port=first.port, clock=lambda: now):
        assert isinstance(verifier.verify(certificate_of(sandbox_folder, "hanako"), now), Good)
    client.close()


def test_visitors_at_the_same_time_do_not_get_each_others_verdicts(bench: Bench) -> None:
    personas = ["hanako", "revoked", "ichiro", "on-hold"] * 6
    with ThreadPoolExecutor(8) as workers:
        verdicts = list(workers.map(bench.judge, personas))
    for persona, verdict in zip(personas, verdicts, strict=True):
        assert isinstance(verdict, Good) == (persona in {"hanako", "ichiro"})


def test_a_proxy_in_the_environment_is_not_used(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    for each in ("http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"):
        monkeypatch.setenv(each, "http://127.0.0.1:9")
    assert isinstance(bench.judge("hanako"), Good)


@pytest.mark.parametrize(
    ("fault", "outcome"),
    [
        (Fault.CRL_STALE, CrlRefused(CrlFault.NOT_FRESH)),
        (Fault.CRL_FUTURE, CrlRefused(CrlFault.NOT_FRESH)),
        (Fault.CRL_FOREIGN, CrlRefused(CrlFault.UNTRUSTED)),
        (Fault.CRL_TRUNCATED, CrlRefused(CrlFault.MALFORMED)),
    ],
)
def test_lists_are_fetched_from_the_responder_and_bad_ones_refused(
    fault: Fault, outcome: CrlRefused, bench: Bench
) -> None:
    with HttpFetcher(20.0) as fetcher:
        assert isinstance(
            bench.shelf.import_crl(fetcher.get(bench.responder.crl_url(3), 1_000_000), bench.now), CrlImported
        )
        bench.responder.faults.add(fault)
        assert bench.shelf.import_crl(fetcher.get(bench.responder.crl_url(3), 1_000_000), bench.now) == outcome


def test_what_is_too_large_or_not_there_is_told_apart(bench: Bench) -> None:
    with HttpFetcher(20.0) as fetcher:
        with pytest.raises(TooLargeError):
            fetcher.get(bench.responder.crl_url(3), 100)
        with pytest.raises(UnreachableError):
            fetcher.get(bench.responder.url + "/nothing", 100)


def test_a_naive_time_is_a_mistake_of_ours(bench: Bench) -> None:
    with pytest.raises(ValueError, match="aware"):
        bench.verifier.verify(b"", bench.now.replace(tzinfo=None))


def test_a_verdict_does_not_show_the_serial_number(bench: Bench) -> None:
    verdict = bench.judge("hanako")
    assert isinstance(verdict, Good)
    assert f"{verdict.serial}" not in repr(verdict)
