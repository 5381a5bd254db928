"""One certificate is made from exactly one committed version of the register, however fast it changes (INV-5).

An updater writes its version's number into every field a certificate takes; whoever reads must find one number everywhere,
and that the number of the version it was told. Between two reads the reader waits for a further commit, so that a reader
that does not hold to one version is caught every time and not by luck.
"""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime
from threading import Condition
from typing import Any

from sqlalchemy import Engine

from issuing_center.register import tables
from issuing_center.register.holdings import Fuhyo, FuhyoAddress, FuhyoPerson
from issuing_center.register.holdings_sql import encode_body
from issuing_center.register.ids import household_id_of, record_id_of, resident_id_of
from issuing_center.register.port import RegisterSnapshot
from issuing_center.register.records import MunicipalitySettings, Resident, ResidentId, StopSignal
from issuing_center.register.sql import SqlRegister
from issuing_center.register.updates import changing
from tests.support.registers import AS_OF, SHIOMINO, load, publish_rules

TODAY = date(2026, 11, 20)
MEMBERS = ("taichi", "hanako", "katsuko", "sora", "umi")
READERS = 3
READINGS = 4
LIMIT = 2000
"""Most versions the updater makes; far more than the readers need."""

Opener = Callable[[Engine], AbstractContextManager[RegisterSnapshot]]


@dataclass
class Commits:
    """How many versions are committed, for those who wait for the next."""

    count: int = 0
    over: bool = False
    changed: Condition = field(default_factory=Condition)

    def add(self) -> None:
        with self.changed:
            self.count += 1
            self.changed.notify_all()

    def end(self) -> None:
        with self.changed:
            self.over = True
            self.changed.notify_all()

    def wait_for_another(self) -> None:
        with self.changed:
            seen = self.count
            assert self.changed.wait_for(lambda: self.over or self.count > seen, timeout=30)


def write_version(engine: Engine) -> None:
    """Commit one version that carries its number in household, residents, mayor, fee and address history."""
    with changing(engine, SHIOMINO, as_of=AS_OF) as change:
        mark = f"v{change.version}"
        change.move_household(household_id_of(SHIOMINO, "yoshida"), mark)
        for key in MEMBERS:
            change.change_resident(resident_id_of(SHIOMINO, key), {"name": mark, "domicile": mark})
        change.put(tables.record, [fuhyo_row(mark)])
        publish_rules(
            change,
            {
                'valid_from = 2023-04-30\ntitle = "汐見野市長"\nname = "架空　太郎"': f'valid_from = 2023-04-30\ntitle = "{mark}"\nname = "{mark}"',
                "valid_from = 2024-04-01\nfee_yen = 200": f"valid_from = 2024-04-01\nfee_yen = {change.version}",
            },
        )


def fuhyo_row(mark: str) -> dict[str, object]:
    person = FuhyoPerson("hanako", mark, mark, None, None, (FuhyoAddress(mark, None),))
    return {
        "record_id": record_id_of(SHIOMINO, "fuhyo", "yoshida"),
        "municipality_code": SHIOMINO,
        "kind": "fuhyo",
        "in_processing": False,
        "body": encode_body(Fuhyo(mark, mark, (person,))),
    }


def read_marks(snapshot: RegisterSnapshot, between: Callable[[], None]) -> set[str]:
    """Read all that a certificate needs, as slowly as can be; gives every version's mark that was met."""
    hanako = resident_id_of(SHIOMINO, "hanako")
    marks = {f"v{snapshot.version}"}
    between()
    applicant = snapshot.applicant(hanako)
    assert applicant is not None
    between()
    for member in (applicant, *snapshot.household(hanako)):
        marks |= {member.name, member.address, str(member.domicile), member.head_name}
    between()
    settings = snapshot.municipality(TODAY)
    assert settings is not None
    offer = settings.offer("juminhyo")
    assert offer is not None
    marks |= {settings.mayor_title, settings.mayor_name, f"v{offer.fee_yen}"}
    between()
    own = snapshot.fuhyo(hanako)
    assert own is not None
    return marks | {own.fuhyo.honseki, own.fuhyo.persons[0].given_name}


def read_while_updating(workers: tuple[Engine, Engine], opener: Opener) -> list[set[str]]:
    """Let readers on both workers read against an updater in a tight loop; gives the marks of every reading."""
    load(workers[0])
    write_version(workers[0])
    commits = Commits()

    def update() -> None:
        while not commits.over and commits.count < LIMIT:
            write_version(workers[0])
            commits.add()

    def read(number: int) -> list[set[str]]:
        readings = []
        for _ in range(READINGS):
            with opener(workers[number % 2]) as snapshot:
                readings.append(read_marks(snapshot, commits.wait_for_another))
        return readings

    with ThreadPoolExecutor(READERS + 1) as pool:
        updating = pool.submit(update)
        try:
            found = [marks for readings in pool.map(read, range(READERS), timeout=60) for marks in readings]
        finally:
            commits.end()
        updating.result(timeout=30)
    assert READINGS * 3 <= commits.count < LIMIT
    return found


def one_snapshot(engine: Engine) -> AbstractContextManager[RegisterSnapshot]:
    return SqlRegister(engine).snapshot(SHIOMINO)


@dataclass(frozen=True)
class CarelessSnapshot:
    """The planted defect: every answer is of the version that is newest at that moment."""

    engine: Engine
    as_of: datetime
    version: int

    def applicant(self, resident_id: ResidentId) -> Resident | None:
        with one_snapshot(self.engine) as snapshot:
            return snapshot.applicant(resident_id)

    def household(self, resident_id: ResidentId) -> tuple[Resident, ...]:
        with one_snapshot(self.engine) as snapshot:
            return snapshot.household(resident_id)

    def stops(self, resident_id: ResidentId, at: datetime) -> tuple[StopSignal, ...]:
        with one_snapshot(self.engine) as snapshot:
            return snapshot.stops(resident_id, at)

    def municipality(self, on: date) -> MunicipalitySettings | None:
        with one_snapshot(self.engine) as snapshot:
            return snapshot.municipality(on)

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401
        def ask(*arguments: object) -> object:
            with one_snapshot(self.engine) as snapshot:
                return getattr(snapshot, name)(*arguments)

        return ask


@contextmanager
def careless_snapshot(engine: Engine) -> Iterator[RegisterSnapshot]:
    with one_snapshot(engine) as snapshot:
        as_of, version = snapshot.as_of, snapshot.version
    careless: Any = CarelessSnapshot(engine, as_of, version)
    yield careless


def test_every_reading_is_of_one_committed_version(workers: tuple[Engine, Engine]) -> None:
    readings = read_while_updating(workers, one_snapshot)
    assert len(readings) == READERS * READINGS
    assert [marks for marks in readings if len(marks) != 1] == []


def test_a_reader_without_a_snapshot_is_caught_at_every_reading(workers: tuple[Engine, Engine]) -> None:
    readings = read_while_updating(workers, careless_snapshot)
    assert [marks for marks in readings if len(marks) == 1] == []
