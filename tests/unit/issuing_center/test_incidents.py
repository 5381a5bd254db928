"""An incident stands in the way until its cause is known (INV-6)."""

import pytest
from sqlalchemy import delete, update
from sqlalchemy.exc import DBAPIError

from issuing_center import wire
from issuing_center.database import writing
from issuing_center.incidents import (
    NoCauseError,
    NoSuchIncidentError,
    Path,
    close_incident,
    incidents_since,
    is_blocked,
    of_device,
    of_kind,
    of_municipality,
    raise_incident,
)
from issuing_center.ledger import incident_tables as tables
from issuing_center.problems import No, Refusal
from issuing_center.visits import protocol
from kiosk.domain.certificates import CertificateKind
from tests.support.center import KIOSK, OTHER_KIOSK, Center
from tests.support.orders import device_of, order_at, refusal_of

pytestmark = pytest.mark.expect_log("issuing_center", "ERROR")

SHIOMINO = "990019"
CAUSE = "the seal of last year was still in the package"


def happen(center: Center, path: Path, detail: str = "") -> None:
    raise_incident(center.service, "planted", path, center.service.now(), detail)


PATHS = {
    "the machine": of_device(KIOSK),
    "the municipality": of_municipality(SHIOMINO),
    "the kind": of_kind(SHIOMINO, "juminhyo"),
}


@pytest.mark.parametrize("path", PATHS.values(), ids=PATHS)
def test_nothing_is_issued_on_a_path_until_its_incident_has_a_cause(center: Center, path: Path) -> None:
    visit = center.visit()
    happen(center, path)
    assert refusal_of(order_at(center, visit)) is No.STOPPED
    center.close_incidents()
    assert isinstance(order_at(center, visit), wire.OrderAnswer)


OTHERS = (of_device(OTHER_KIOSK), of_municipality("990035"), of_kind(SHIOMINO, "inkan"), of_kind("990035", "juminhyo"))


def test_incidents_on_other_paths_are_in_nobodys_way(center: Center) -> None:
    for path in OTHERS:
        happen(center, path)
    assert isinstance(order_at(center, center.visit()), wire.OrderAnswer)


@pytest.mark.parametrize("path", [of_device(KIOSK), of_municipality(SHIOMINO)])
def test_a_visit_does_not_even_begin(center: Center, path: Path) -> None:
    happen(center, path)
    begun = protocol.begin(center.service, device_of(center, KIOSK), wire.VisitRequest(municipality=SHIOMINO))
    assert begun == Refusal(No.STOPPED)


def test_one_kind_that_stands_still_is_greyed_before_anybody_chooses_it(center: Center) -> None:
    happen(center, of_kind(SHIOMINO, "juminhyo"))
    offers = {offer.kind: offer.closed_reason for offer in center.visit().menu.offers}
    assert offers[CertificateKind.JUMINHYO] == "maintenance"
    assert offers[CertificateKind.KISAIJIKO] is None


def test_a_path_is_free_only_when_every_incident_on_it_is_closed(center: Center) -> None:
    path, now = of_municipality(SHIOMINO), center.service.now()
    happen(center, path, "one")
    happen(center, path, "two")
    happen(center, path, "two")
    first, second = incidents_since(center.engine, now)
    close_incident(center.engine, first.incident_id, CAUSE, "mihon", now)
    assert is_blocked(center.engine, path)
    close_incident(center.engine, second.incident_id, CAUSE, "mihon", now)
    assert not is_blocked(center.engine, path)


@pytest.mark.parametrize("cause", ["", "   unknown ", "x" * 401, "it worked on retry", "再試行で正常に印刷できました"])
def test_what_explains_nothing_closes_nothing(center: Center, cause: str) -> None:
    happen(center, of_device(KIOSK))
    (found,) = incidents_since(center.engine, center.service.now())
    with pytest.raises(NoCauseError):
        close_incident(center.engine, found.incident_id, cause, "mihon", center.service.now())
    assert is_blocked(center.engine, of_device(KIOSK))


def test_an_incident_is_closed_once(center: Center) -> None:
    happen(center, of_device(KIOSK))
    (found,) = incidents_since(center.engine, center.service.now())
    center.close_incidents()
    with pytest.raises(NoSuchIncidentError):
        close_incident(center.engine, found.incident_id, CAUSE, "mihon", center.service.now())


def test_neither_an_incident_nor_its_cause_can_be_rewritten(center: Center) -> None:
    happen(center, of_device(KIOSK))
    center.close_incidents()
    for statement in (
        update(tables.incidents).values(path="device other"),
        delete(tables.closings),
        delete(tables.incidents),
    ):
        with pytest.raises(DBAPIError), writing(center.engine) as connection:
            connection.execute(statement)
