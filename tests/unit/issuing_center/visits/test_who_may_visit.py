"""Whom the register of the moment lets in, and that every private reason against somebody looks the same from outside."""

from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import msgspec
import pytest

from issuing_center import wire
from issuing_center.__main__ import _parser
from issuing_center.availability import JST
from issuing_center.problems import No, Refusal, problem
from issuing_center.register.loading import resident_id_of
from issuing_center.register.records import StopKind
from issuing_center.register.updates import changing
from issuing_center.sandbox.center import SHIOMINO
from issuing_center.visits.protocol import prove
from kiosk.adapters.center.sealing import VisitKey
from tests.support.center import Center, Decreed, with_fee
from tests.support.proofs import KIOSK, answer_to, challenged, proof_of, reason_of, refusal_of

# --- private reasons


def stop(center: Center, kind: StopKind, level: str) -> None:
    with changing(center.engine, SHIOMINO, as_of=center.clock.at) as change:
        match level:
            case "resident":
                change.stop_resident(resident_id_of(SHIOMINO, "hanako"), kind, center.clock.at)
            case "member":
                change.stop_resident(resident_id_of(SHIOMINO, "sora"), kind, center.clock.at)
            case _:
                change.stop_municipality(kind, center.clock.at)


PRIVATE = [(kind, "resident") for kind in StopKind] + [(StopKind.STOPPED, "municipality")]


@pytest.mark.parametrize(("kind", "level"), PRIVATE)
def test_every_private_reason_looks_the_same_from_outside(
    center: Center, kind: StopKind, level: str, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("DEBUG")
    stop(center, kind, level)
    answer = answer_to(center)
    assert isinstance(answer, Refusal)
    assert reason_of(center, answer) == kind.value
    shown = msgspec.structs.replace(problem(answer), reference=None)
    assert wire.encode(shown) == wire.encode(problem(Refusal(No.COUNTER_ONLY)))
    assert answer.reference is not None
    assert len(answer.reference) == 8
    assert not [record for record in caplog.records if record.levelname != "DEBUG"]
    assert kind.value not in caplog.text.replace("stopped", "")


@pytest.mark.parametrize("persona", ["protected", "leaving", "child"])
def test_the_private_reasons_of_the_personas_look_the_same_too(shared_center: Center, persona: str) -> None:
    answer = answer_to(shared_center, persona)
    assert isinstance(answer, Refusal)
    assert answer.no is No.COUNTER_ONLY
    assert reason_of(shared_center, answer) == {"child": "under_age"}.get(persona, persona)


def test_a_stop_on_a_member_who_is_not_asked_for_leaves_the_menu_open(center: Center) -> None:
    stop(center, StopKind.PROTECTED, "member")
    assert isinstance(answer_to(center), wire.VisitAnswer)


SETTINGS = """
[service]
host = "127.0.0.1"
port = 8443
threads = 8
[database]
url = "{url}"
[register]
max_age_minutes = 60
[tls]
certificate = "x"
key = "x"
device_ca = "x"
[devices]
file = "x"
[keys]
document = "x"
certificate = "x"
subject = "x"
[jpki]
generations = ["x"]
policy_oid = "1.2"
ocsp_url = "http://127.0.0.1/"
crls = []
"""


def test_staff_resolve_a_reference_by_the_command(
    center: Center, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    answer = answer_to(center, "protected")
    assert isinstance(answer, Refusal)
    assert answer.reference is not None
    center.engine.dispose()
    config = tmp_path / "center.toml"
    config.write_text(SETTINGS.format(url=f"sqlite:///{center.engine.url.database}"), encoding="utf-8")
    # main() would declare production; this process is a sandbox and stays one.
    options = _parser().parse_args(["reason", f" {answer.reference.lower()} ", "--config", str(config)])
    assert options.command(options) == 0
    assert capsys.readouterr().out.split()[-2:] == [KIOSK.device_id, "protected"]
    options = _parser().parse_args(["reason", "AAAAAAAA", "--config", str(config)])
    assert options.command(options) == 1
    assert capsys.readouterr().err == "REASON-01: no such reference\n"


# --- the register of the moment


@pytest.mark.parametrize(
    ("precision", "born", "reason"),
    [
        ("day", -1, None),
        ("day", 0, None),
        ("day", 1, "under_age"),
        ("month", 0, None),
        ("year", 0, None),
        ("unknown", -36500, "age_unknown"),
    ],
)
def test_nobody_who_could_be_under_fifteen_is_served(
    center: Center, precision: str, born: int, reason: str | None
) -> None:
    today = center.clock.at.astimezone(JST).date()
    fifteen_today = (
        today.replace(year=today.year - 15) if (today.month, today.day) != (2, 29) else date(today.year - 15, 3, 1)
    )
    birth = fifteen_today + timedelta(days=born)
    # An incomplete date is stored with ones, which must not make the person older than the youngest it could be.
    stored = {"month": birth.replace(day=1), "year": birth.replace(month=1, day=1)}.get(precision, birth)
    youngest = {
        "month": (stored.replace(day=28) + timedelta(days=4)).replace(day=1) - timedelta(days=1),
        "year": stored.replace(month=12, day=31),
    }.get(precision, birth)
    if precision in ("month", "year"):
        reason = "under_age" if youngest > fifteen_today else None
    with changing(center.engine, SHIOMINO, as_of=center.clock.at) as change:
        change.change_resident(resident_id_of(SHIOMINO, "hanako"), {"birth_date": stored, "birth_precision": precision})
    answer = answer_to(center)
    if reason is None:
        assert isinstance(answer, wire.VisitAnswer)
    else:
        assert isinstance(answer, Refusal)
        assert reason_of(center, answer) == reason


@pytest.mark.expect_log("issuing_center")
@pytest.mark.parametrize(("late", "opens"), [(0, True), (1, False)])
def test_a_register_whose_feed_is_late_is_not_used(
    center: Center, late: int, opens: bool, caplog: pytest.LogCaptureFixture
) -> None:
    limits = replace(center.service.limits, register_age=timedelta(minutes=60))
    strict = center.altered(limits=limits)
    center.clock.advance(timedelta(minutes=60, seconds=late))
    answer = answer_to(strict)
    if opens:
        assert isinstance(answer, wire.VisitAnswer)
        answer_to(strict.altered(limits=replace(limits, register_age=timedelta(0))))  # for the line that is expected
    else:
        assert refusal_of(answer) is No.STOPPED
    assert "RegisterStale" in caplog.text


def test_a_removed_resident_is_not_linked(center: Center) -> None:
    with changing(center.engine, SHIOMINO, as_of=center.clock.at) as change:
        change.remove_resident(resident_id_of(SHIOMINO, "hanako"), on=center.clock.at.date())
    assert refusal_of(answer_to(center)) is No.NOT_LINKED


def test_the_menu_shows_the_fee_of_the_instant_that_the_visit_opens(center: Center) -> None:
    """A visit is judged at one instant: midnight between two readings of the clock would show a fee no order is held to."""
    night = center.clock.at.astimezone(JST).replace(hour=23, minute=59, second=59)
    tomorrow = night.date() + timedelta(days=1)
    dearer = Decreed(center.service.register, lambda rules, on: with_fee(rules, 250) if on >= tomorrow else rules)
    center.clock.at = night
    challenge, key = challenged(center), VisitKey()
    proof = proof_of(center, challenge, key=key.public_bytes)
    readings = iter([night, night + timedelta(seconds=2), night + timedelta(seconds=2)])
    service = replace(center.service, now=lambda: next(readings), register=dearer)
    answer = prove(service, KIOSK, challenge.visit, proof)
    assert isinstance(answer, wire.VisitAnswer)
    opened = key.open(answer.sealed_menu, wire.menu_binding(challenge.visit, answer.subject))
    assert wire.decode(opened, wire.MenuPayload).offers[0].fee_yen == 200
