"""A municipality's own register away, slow, cut off, lying or forged: nothing is ever learned from it, and nobody else suffers."""

import json
import shutil
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier
from time import monotonic
from typing import TYPE_CHECKING, Any

import pytest
from cryptography.x509.oid import ExtendedKeyUsageOID
from sqlalchemy import Engine, update
from werkzeug.wrappers import Response

from issuing_center.database import make_engine
from issuing_center.municipal_server.app import MunicipalRegister, make_app
from issuing_center.outbound import Gate, HttpFetcher, mutual_tls
from issuing_center.register import tables
from issuing_center.register.ids import resident_id_of
from issuing_center.register.port import (
    InconsistentRegisterError,
    RegisterIncidentError,
    RegisterSnapshot,
    RegisterUnavailableError,
    UnknownMunicipalityError,
)
from issuing_center.register.remote.link import RegisterLink
from issuing_center.register.remote.several import SeveralRegisters
from issuing_center.register.remote.snapshot import RemoteSnapshot
from issuing_center.register.sql import SqlRegister
from issuing_center.register.updates import changing
from tests.support.fault_proxy import FaultProxy
from tests.support.municipal_server import NAMES, MunicipalServer
from tests.support.registers import AS_OF, ISSUER_KEY_ID, SERIALS, SHIOMINO, YAMATE, load

if TYPE_CHECKING:
    from wsgiref.types import WSGIApplication

HANAKO, ICHIRO = resident_id_of(SHIOMINO, "hanako"), resident_id_of(SHIOMINO, "ichiro")
AWAY = pytest.mark.expect_log("issuing_center", "WARNING")
REFUSED = pytest.mark.expect_log("issuing_center", "ERROR")
Change = Callable[[dict[str, Any]], None]


@pytest.fixture
def town(municipal_server: MunicipalServer, sqlite_engine: Engine) -> MunicipalServer:
    """The municipality's server over its register."""
    load(sqlite_engine)
    municipal_server.serve(sqlite_engine)
    return municipal_server


@pytest.fixture
def sqlite_engine(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Engine]:
    """One kind of database is enough here."""
    shutil.copyfile(request.getfixturevalue("sqlite_template"), tmp_path / "town.db")
    engine = make_engine(f"sqlite:///{tmp_path / 'town.db'}")
    yield engine
    engine.dispose()


@pytest.fixture
def proxy(town: MunicipalServer) -> Iterator[FaultProxy]:
    """A line to the municipality that fails by order."""
    proxy = FaultProxy(town.port)
    yield proxy
    proxy.close()


def impatient(town: MunicipalServer, gate: Gate | None = None) -> HttpFetcher:
    return town.fetcher(timeout_s=0.3, gate=gate)


@AWAY
@pytest.mark.parametrize("fault", ["refuse", "reset", "stall", "cut", "trickle"])
def test_a_line_that_fails_teaches_nothing_within_its_time(
    town: MunicipalServer, proxy: FaultProxy, fault: str
) -> None:
    proxy.fault = fault
    with impatient(town) as fetcher:
        link = town.link(fetcher, port=proxy.port)
        began = monotonic()
        with pytest.raises(RegisterUnavailableError):
            link.find(ISSUER_KEY_ID, SERIALS["hanako"], registered=False)
        with pytest.raises(RegisterUnavailableError):
            RemoteSnapshot(link, HANAKO, AS_OF)
        assert monotonic() - began < 5


def test_a_line_that_works_again_is_used_again(
    town: MunicipalServer, proxy: FaultProxy, caplog: pytest.LogCaptureFixture
) -> None:
    with town.fetcher() as fetcher:
        link = town.link(fetcher, port=proxy.port)
        proxy.fault = "refuse"
        with pytest.raises(RegisterUnavailableError):
            link.ask(HANAKO, AS_OF)
        proxy.fault = "pass"
        assert RemoteSnapshot(link, HANAKO, AS_OF).applicant(HANAKO) is not None
    caplog.clear()


@AWAY
def test_a_register_that_hangs_holds_few_threads_and_soon_none(town: MunicipalServer, proxy: FaultProxy) -> None:
    proxy.fault = "stall"
    gate = Gate(2, wait_s=0.01, silences=2, pause_s=60)
    with impatient(town, gate) as fetcher, ThreadPoolExecutor(8) as threads:
        link, barrier = town.link(fetcher, port=proxy.port), Barrier(8)

        def ask(_number: int) -> float:
            barrier.wait()
            began = monotonic()
            with pytest.raises(RegisterUnavailableError):
                link.ask(HANAKO, AS_OF)
            return monotonic() - began

        waited = sorted(threads.map(ask, range(8)))
        # Two waited for the answer, the others for a place; the machine may be busy, so the bound is the order.
        assert sum(seconds >= 0.3 for seconds in waited) <= 4
        before = monotonic()
        with pytest.raises(RegisterUnavailableError):
            link.ask(HANAKO, AS_OF)
        assert monotonic() - before < 0.3


@AWAY
def test_other_municipalities_do_not_notice(town: MunicipalServer, proxy: FaultProxy, sqlite_engine: Engine) -> None:
    proxy.fault = "stall"
    with impatient(town) as fetcher:
        away = town.link(fetcher, YAMATE, port=proxy.port)
        several = SeveralRegisters(SqlRegister(sqlite_engine), {YAMATE: away})
        began = monotonic()
        assert several.municipalities() == (NAMES[SHIOMINO], NAMES[YAMATE])
        assert monotonic() - began < 0.3
        assert several.find_by_certificate(ISSUER_KEY_ID, SERIALS["hanako"], SHIOMINO) == HANAKO
        with several.snapshot(SHIOMINO, HANAKO, AS_OF) as snapshot:
            assert snapshot.applicant(HANAKO) is not None
        with pytest.raises(RegisterUnavailableError):
            several.find_by_certificate(ISSUER_KEY_ID, SERIALS["hanako"], YAMATE)


def test_records_left_over_of_a_municipality_that_keeps_its_own_are_not_looked_at(
    town: MunicipalServer, municipal_fetcher: HttpFetcher, sqlite_engine: Engine
) -> None:
    town.serve(sqlite_engine, YAMATE)
    several = SeveralRegisters(SqlRegister(sqlite_engine), {SHIOMINO: town.link(municipal_fetcher)})
    with pytest.raises(UnknownMunicipalityError):
        several.find_by_certificate(ISSUER_KEY_ID, SERIALS["hanako"], SHIOMINO)
    with pytest.raises(UnknownMunicipalityError), several.snapshot(SHIOMINO, HANAKO, AS_OF):
        pass


@AWAY
def test_a_server_of_another_authority_is_not_believed(town: MunicipalServer) -> None:
    own, foreign = town.credentials.center, town.credentials.foreign
    tls = mutual_tls(foreign.certificate, own.certificate, own.key)
    with HttpFetcher(20.0, tls=tls) as fetcher, pytest.raises(RegisterUnavailableError):
        town.link(fetcher).ask(HANAKO, AS_OF)


@AWAY
def test_a_server_of_another_name_is_not_believed(town: MunicipalServer) -> None:
    with town.fetcher() as fetcher:
        link = RegisterLink(NAMES[SHIOMINO], f"https://localhost:{town.port}", fetcher, lambda: AS_OF)
        with pytest.raises(RegisterUnavailableError):
            link.ask(HANAKO, AS_OF)


@AWAY
@pytest.mark.parametrize("who", ["other center", "foreign", "server"])
def test_whoever_is_not_on_the_list_learns_nothing(town: MunicipalServer, who: str) -> None:
    known = town.credentials
    shown = {
        "other center": known.other_center,
        "foreign": known.foreign.issue("stranger", ExtendedKeyUsageOID.CLIENT_AUTH),
        "server": known.server,
    }[who]
    with HttpFetcher(20.0, tls=mutual_tls(known.authority.certificate, shown.certificate, shown.key)) as fetcher:
        link = town.link(fetcher)
        with pytest.raises(RegisterUnavailableError):
            link.find(ISSUER_KEY_ID, SERIALS["hanako"], registered=False)
        with pytest.raises(RegisterUnavailableError):
            link.ask(HANAKO, AS_OF)


def lying(engine: Engine, town: MunicipalServer, change: Change) -> "WSGIApplication":
    """Give a server with a defect: what it answers is changed before it leaves."""
    honest = make_app(MunicipalRegister(engine, frozenset(NAMES), frozenset({town.credentials.center.sha256})))

    def app(environ: Any, start_response: Any) -> Any:  # noqa: ANN401
        body = b"".join(honest(environ, lambda *_answer: lambda _data: None))
        if body[:1] == b"{":
            answer = json.loads(body)
            change(answer)
            body = json.dumps(answer).encode()
        return Response(body)(environ, start_response)

    return app


def another_person(answer: dict[str, Any]) -> None:
    answer["person"]["resident"] = ICHIRO


def record_of_another(answer: dict[str, Any]) -> None:
    for member in answer["person"]["household"]:
        member["resident_id"] = member["resident_id"][::-1]


def of_another_municipality(answer: dict[str, Any]) -> None:
    for member in answer["person"]["household"]:
        member["municipality_code"] = YAMATE


def koseki_of_others(answer: dict[str, Any]) -> None:
    answer["person"]["koseki"]["person_key"] = "ichiro"


def fuhyo_of_others(answer: dict[str, Any]) -> None:
    answer["person"]["fuhyo"]["person_key"] = "ichiro"


def setting(key: str, value: object) -> Change:
    return lambda answer: answer.update({key: value})


def read_everything(link: RegisterLink) -> None:
    snapshot: RegisterSnapshot = RemoteSnapshot(link, HANAKO, AS_OF)
    snapshot.household(HANAKO)
    snapshot.municipality(AS_OF.date())
    snapshot.seal(HANAKO)
    for year in snapshot.tax_years(HANAKO):
        snapshot.tax(HANAKO, year)
    snapshot.koseki(HANAKO)
    snapshot.fuhyo(HANAKO)
    snapshot.risai(HANAKO)
    snapshot.stops(HANAKO, AS_OF)
    snapshot.stops_of_record("koseki", HANAKO, AS_OF)


@pytest.mark.parametrize(
    "change",
    [
        another_person,
        record_of_another,
        of_another_municipality,
        koseki_of_others,
        fuhyo_of_others,
        setting("request", "0" * 32),
        setting("municipality", YAMATE),
        setting("person", None),
    ],
)
def test_an_answer_about_somebody_else_is_an_incident(
    town: MunicipalServer, municipal_fetcher: HttpFetcher, sqlite_engine: Engine, change: Change
) -> None:
    town.app = lying(sqlite_engine, town, change)
    town_link = town.link(municipal_fetcher)
    with pytest.raises(RegisterIncidentError) as caught:
        read_everything(town_link)
    assert caught.value.municipality_code == SHIOMINO
    assert "吉田" not in str(caught.value)


def without(*path: str) -> Change:
    def change(answer: dict[str, Any]) -> None:
        for key in path[:-1]:
            answer = answer[key]
        del answer[path[-1]]

    return change


def misspelt(answer: dict[str, Any]) -> None:
    person = answer["person"]["koseki"]["koseki"]["persons"][0]
    person["remved"] = person.pop("removed")


def naive_time(answer: dict[str, Any]) -> None:
    answer["as_of"] = "2026-11-20T03:00:00"


def two_heads(answer: dict[str, Any]) -> None:
    answer["person"]["household"][1]["is_head"] = True


def one_member_twice(answer: dict[str, Any]) -> None:
    members = answer["person"]["household"]
    members.append(members[-1])


def another_year(answer: dict[str, Any]) -> None:
    answer["person"]["taxes"][0]["record"]["year"] = 2024


def another_kind_of_sex(answer: dict[str, Any]) -> None:
    answer["person"]["household"][0]["sex"] = "吉田"


@pytest.mark.parametrize(
    "change",
    [
        without("version"),
        without("person", "household"),
        without("person", "record_signals"),
        misspelt,
        naive_time,
        two_heads,
        one_member_twice,
        another_year,
        another_kind_of_sex,
        setting("unheard_of", 1),
        setting("version", -1),
        setting("as_of", "2026-11-20T03:06:00Z"),
        setting("packages", [{"version": 1, "valid_from": "2020-01-01", "sha256": "吉田"}]),
    ],
)
def test_an_answer_that_is_not_the_agreed_message_is_refused_and_not_quoted(
    town: MunicipalServer,
    municipal_fetcher: HttpFetcher,
    sqlite_engine: Engine,
    change: Change,
    caplog: pytest.LogCaptureFixture,
) -> None:
    town.app = lying(sqlite_engine, town, change)
    with pytest.raises(InconsistentRegisterError) as caught:
        read_everything(town.link(municipal_fetcher))
    assert caught.value.__cause__ is None
    assert str(caught.value).isascii()
    assert all(record.getMessage().isascii() for record in caplog.records)
    caplog.clear()


@REFUSED
@pytest.mark.parametrize("body", [b"", b"{", b"\xff", b"[]", b"<html>", b"{}" * 3_000_000])
def test_garbage_is_refused(town: MunicipalServer, municipal_fetcher: HttpFetcher, body: bytes) -> None:
    town.app = Response(body, content_type="application/json")
    link = town.link(municipal_fetcher)
    with pytest.raises(InconsistentRegisterError):
        link.find(ISSUER_KEY_ID, SERIALS["hanako"], registered=False)
    with pytest.raises(InconsistentRegisterError):
        link.ask(HANAKO, AS_OF)
    with pytest.raises(InconsistentRegisterError):
        link.file("0" * 64)


@AWAY
@pytest.mark.parametrize("status", [302, 403, 409, 500, 503])
def test_any_other_status_teaches_nothing(town: MunicipalServer, municipal_fetcher: HttpFetcher, status: int) -> None:
    town.app = Response(b"{}", status=status, headers={"Location": "https://127.0.0.1:1/"})
    link = town.link(municipal_fetcher)
    with pytest.raises(RegisterUnavailableError):
        link.find(ISSUER_KEY_ID, SERIALS["hanako"], registered=False)
    with pytest.raises(RegisterUnavailableError):
        link.ask(HANAKO, AS_OF)


def test_a_register_that_goes_back_is_an_incident_until_it_has_caught_up(
    town: MunicipalServer, municipal_fetcher: HttpFetcher, sqlite_engine: Engine
) -> None:
    link = town.link(municipal_fetcher)
    version = link.ask(HANAKO, AS_OF).version
    row = update(tables.municipality).where(tables.municipality.c.code == SHIOMINO)
    with sqlite_engine.begin() as connection:
        connection.execute(row.values(version=version - 1))
    for _again in range(2):
        with pytest.raises(RegisterIncidentError) as caught:
            link.ask(HANAKO, AS_OF)
        assert caught.value.incident == "register-went-back"
    with sqlite_engine.begin() as connection:
        connection.execute(row.values(version=version + 1))
    assert link.ask(HANAKO, AS_OF).version == version + 1


@AWAY
def test_two_persons_in_one_snapshot_are_of_one_version_or_not_at_all(
    town: MunicipalServer, municipal_fetcher: HttpFetcher, sqlite_engine: Engine
) -> None:
    link = town.link(municipal_fetcher)
    snapshot = RemoteSnapshot(link, HANAKO, AS_OF)
    assert snapshot.household(ICHIRO)
    with changing(sqlite_engine, SHIOMINO, as_of=AS_OF):
        pass
    assert snapshot.household(HANAKO)
    with pytest.raises(RegisterUnavailableError):
        snapshot.household(resident_id_of(SHIOMINO, "maria"))


def test_nobody_is_answered_with_somebody_else_however_many_ask(
    town: MunicipalServer, municipal_fetcher: HttpFetcher, sqlite_engine: Engine
) -> None:
    people = [resident_id_of(SHIOMINO, key) for key in ("hanako", "ichiro", "maria", "yoshio", "li", "katsuko")]
    own = {}
    with SqlRegister(sqlite_engine).snapshot(SHIOMINO) as snapshot:
        for who in people:
            own[who] = snapshot.household(who), snapshot.seal(who), snapshot.koseki(who), snapshot.tax_years(who)
    links = [town.link(municipal_fetcher), town.link(municipal_fetcher)]

    def ask(number: int) -> bool:
        who = people[number % len(people)]
        remote = RemoteSnapshot(links[number % 2], who, AS_OF)
        return (remote.household(who), remote.seal(who), remote.koseki(who), remote.tax_years(who)) == own[who]

    with ThreadPoolExecutor(6) as threads:
        assert all(threads.map(ask, range(60)))
