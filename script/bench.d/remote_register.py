"""A municipality's own register over mutual TLS on this machine, against the same questions to the same register embedded.

The server runs in a process of its own, with the shipped command; the person asked about has every record there is.
"""

import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from issuing_center.database import make_engine
from issuing_center.eligibility import household_of
from issuing_center.entitlement import entitlement
from issuing_center.migrations import upgrade
from issuing_center.outbound import HttpFetcher, mutual_tls
from issuing_center.register.ids import resident_id_of
from issuing_center.register.port import Register
from issuing_center.register.remote.link import RegisterLink
from issuing_center.register.remote.several import SeveralRegisters
from issuing_center.register.sql import SqlRegister
from issuing_center.wire import Kind
from tests.support.municipal_server import NAMES, NoRegister
from tests.support.register_tls import Credentials, make_credentials
from tests.support.registers import AS_OF, ISSUER_KEY_ID, SERIALS, SHIOMINO, load

READS = 100
HANAKO = resident_id_of(SHIOMINO, "hanako")


@contextmanager
def _server(folder: Path, database: str, known: Credentials) -> Iterator[str]:
    config = folder / "municipal.toml"
    config.write_text(
        f'[service]\nhost = "127.0.0.1"\nport = 0\nthreads = 8\n[database]\nurl = "{database}"\n'
        f'[tls]\ncertificate = "{known.server.certificate}"\nkey = "{known.server.key}"\n'
        f'center_ca = "{known.authority.certificate}"\n[centers]\nsha256 = ["{known.center.sha256}"]\n'
        f'[municipalities]\ncodes = ["{SHIOMINO}"]\n',
        encoding="utf-8",
    )
    command = [sys.executable, "-m", "issuing_center", "municipal-server", "--config", str(config)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as server:
        if server.stdout is None:
            raise TypeError("no standard output")
        try:
            yield server.stdout.readline().split()[1]
        finally:
            server.terminate()


def _menu(register: Register) -> None:
    """Do what a proof does: whose card, and what that person may have of every kind."""
    if register.find_by_certificate(ISSUER_KEY_ID, SERIALS["hanako"], SHIOMINO) != HANAKO:
        raise TypeError("the register of the bench is another")
    with register.snapshot(SHIOMINO, HANAKO, AS_OF) as snapshot:
        settings, household = snapshot.municipality(AS_OF.date()), household_of(snapshot, HANAKO, AS_OF)
        if settings is None or isinstance(household, str):
            raise TypeError("the register of the bench is not whole")
        for kind in Kind:
            entitlement(snapshot, settings, kind, household, AS_OF)


def _eligibility(register: Register) -> None:
    """Do what an order does: one kind, once more."""
    with register.snapshot(SHIOMINO, HANAKO, AS_OF) as snapshot:
        settings, household = snapshot.municipality(AS_OF.date()), household_of(snapshot, HANAKO, AS_OF)
        if settings is None or isinstance(household, str):
            raise TypeError("the register of the bench is not whole")
        entitlement(snapshot, settings, Kind.JUMINHYO, household, AS_OF)


def _times_ms(act: Callable[[Register], None], register: Register) -> tuple[float, float]:
    times = []
    for _ in range(READS + 20):
        start = time.perf_counter()
        act(register)
        times.append((time.perf_counter() - start) * 1000)
    return statistics.median(times[20:]), statistics.quantiles(times[20:], n=100)[98]


def run() -> dict[str, object]:
    """Measure both ways in turn."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        database = f"sqlite:///{folder / 'register.db'}"
        engine = make_engine(database)
        upgrade(engine)
        load(engine)
        known = make_credentials(folder / "tls")
        tls = mutual_tls(known.authority.certificate, known.center.certificate, known.center.key)
        figures: list[dict[str, object]] = []
        with _server(folder, database, known) as url, HttpFetcher(20.0, tls=tls) as http:
            link = RegisterLink(NAMES[SHIOMINO], url, http, lambda: AS_OF)
            remote, embedded = SeveralRegisters(NoRegister(), {SHIOMINO: link}), SqlRegister(engine)
            for what, act in (("proof and menu", _menu), ("eligibility of an order", _eligibility)):
                ours, floor = _times_ms(act, remote), _times_ms(act, embedded)
                for quantile, far, near in zip(("p50", "p99"), ours, floor, strict=True):
                    figures.append(
                        {
                            "name": f"{what} through a municipality's own register, {quantile}",
                            "unit": "ms",
                            "ours": far,
                            "floor": near,
                            "ratio": far / near,
                            "target": "<= 50" if quantile == "p99" else None,
                        }
                    )
        engine.dispose()
    return {"reads": READS, "figures": figures}
