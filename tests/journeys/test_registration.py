"""Somebody lives elsewhere: applies for 利用登録 at the machine, asks how far it is, and gets the 戸籍 of a place far away."""

import gc
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from kiosk.cardproc import load_persona
from kiosk.domain.certificates import MunicipalityCode
from kiosk.domain.registration import Purpose
from kiosk.flow.kana import keys_for
from kiosk.flow.screen_model import Button, Message, Number, ScreenId, ScreenModel
from kiosk.headless import FieldHand
from kiosk.ports.center import CenterUnavailable
from kiosk.sandbox_center import private_center
from kiosk.world import World
from tests.support.standing import Standing, Step, walk
from tests.support.town import Machine, Told, Town, until

YAMATE = "990035"
HONSEKI, HITTOSHA, TELEPHONE = "めじるしまち7-89", "めのう　かくれる", "090-7391-7391"


@pytest.fixture
def fresh(data: Path) -> Iterator[Town]:
    """Give a center at which nobody has applied for anything yet."""
    with private_center(data, None) as url:
        yield Town(data, url)


def register(town: Town, persona: str, *more: str, password: str = "ABC123") -> Told:  # noqa: S107 - of a persona
    arguments = ["--card", persona, "--pin", "1234", "--municipality", YAMATE, "--json", *more]
    if "--state" not in more:
        arguments += ["--password", password, "--honseki-address", HONSEKI, "--hittosha", HITTOSHA]
        arguments += ["--telephone", TELEPHONE]
    return town.kiosk("register", *arguments, "--center", town.center, "--data", str(town.data))


def test_whoever_applies_gets_a_number_once_and_hears_how_far_it_is(fresh: Town, tmp_path: Path) -> None:
    assert register(fresh, "applicant", "--state").report == {"state": "none"}
    applied = register(fresh, "applicant")
    assert (applied.status, applied.err) == (0, "")
    assert len(applied.report["reception_number"]) >= 8
    assert register(fresh, "applicant", "--state").report == {"state": "received"}
    again = register(fresh, "applicant")
    assert (again.status, again.code, again.report["state"]) == (1, "REFUSED-09", "received")
    too_early = fresh.visit("applicant", tmp_path, "--certificate", "koseki-zenbu", "--honseki", YAMATE)
    assert (too_early.status, too_early.code) == (1, "REFUSED-08")


def test_whoever_is_registered_gets_the_family_register_of_a_place_elsewhere(town: Town, tmp_path: Path) -> None:
    assert register(town, "registered", "--state").report == {"state": "registered"}
    told = town.visit("registered", tmp_path, "--certificate", "koseki-zenbu", "--honseki", YAMATE, "--json")
    assert told.status == 0, told.err
    assert told.report["kind"] == "koseki-zenbu"


@pytest.mark.parametrize(
    ("persona", "password", "code"),
    [
        ("no-sign", "ABC123", "CARD-09"),
        ("sign-blocked", "ABC123", "PIN-04"),
        ("sign-revoked", "ABC123", "CERT-02"),
        ("applicant", "WRONG1", "PIN-03"),
    ],
)
def test_a_card_that_cannot_sign_is_told_with_a_code(town: Town, persona: str, password: str, code: str) -> None:
    told = register(town, persona, password=password)
    assert (told.status, told.code) == (1, code)
    assert password not in told.out + told.err


def test_whoever_lives_there_needs_no_registration(town: Town) -> None:
    assert register(town, "kazuo", "--state").report == {"state": "not_needed"}
    assert register(town, "kazuo").report["state"] == "not_needed"


@pytest.mark.parametrize(
    "more",
    [
        ["--password", "abc123"],
        ["--password", "ABC12"],
        ["--hittosha", "漢字"],
        ["--hittosha", "あ" * 25],
        ["--telephone", "12345"],
        ["--telephone", "０３12345678"],
    ],
)
def test_what_the_keys_cannot_write_is_refused_before_anything_else(town: Town, more: list[str]) -> None:
    told = register(town, "applicant", *more)
    assert (told.status, told.code) == (2, "USAGE-01")
    assert not [word for word in more[1:] if word in told.err]


def test_an_application_without_its_lines_is_refused(town: Town) -> None:
    told = town.kiosk("register", "--card", "applicant", "--pin", "1234", "--municipality", YAMATE)
    assert (told.status, told.code) == (2, "USAGE-01")


def applying(hand: FieldHand, tile: Button = Button.APPLICATION) -> tuple[Step, ...]:
    """Give what an applicant does on each screen."""

    def press(button: Button, argument: str = "") -> Callable[[Standing, ScreenModel], None]:
        return lambda machine, _model: machine.touch(button, argument)

    def write(text: str) -> Callable[[Standing, ScreenModel], None]:
        def keys(machine: Standing, _model: ScreenModel) -> None:
            for key in keys_for(text):
                machine.touch(Button.CHARACTER, key)
            machine.touch(Button.NEXT)

        return keys

    def prove(machine: Standing, _model: ScreenModel) -> None:
        machine.type_pin("1234")
        machine.touch(Button.OK)

    def sign(machine: Standing, _model: ScreenModel) -> None:
        machine.type_password("ABC123")
        machine.touch(Button.OK)

    return (
        (ScreenId.IDLE, press(Button.START)),
        (ScreenId.SERVICE, press(tile)),
        (ScreenId.CONSENT, press(Button.AGREE)),
        (ScreenId.MUNICIPALITY, press(Button.MUNICIPALITY, YAMATE)),
        (ScreenId.HONSEKI, write(HONSEKI)),
        (ScreenId.HITTOSHA, write(HITTOSHA)),
        (ScreenId.TELEPHONE, write(TELEPHONE)),
        (ScreenId.FORM, press(Button.NEXT)),
        (ScreenId.PLACE_CARD, lambda _machine, _model: hand.place()),
        (ScreenId.PIN, prove),
        (ScreenId.PASSWORD, sign),
        (ScreenId.TAKE_CARD, lambda _machine, _model: hand.take_away()),
        (ScreenId.RECEPTION, press(Button.FINISH)),
    )


class LosesFirstAnswers:
    """A center whose first answer to an application gets lost on the way, after the center has made it."""

    def __init__(self, center: Any) -> None:  # noqa: ANN401 - the port
        self._center = center
        self.keys: list[str] = []
        self.answers: list[object] = []

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401 - whatever the port has
        return getattr(self._center, name)

    def begin_visit(self, municipality: MunicipalityCode, purpose: Purpose = Purpose.RESIDENCE) -> Any:  # noqa: ANN401 - a channel
        channel = self._center.begin_visit(municipality, purpose)
        apply = channel.apply

        def lossy(application: object, certificate: bytes, signature: bytes, key: str) -> object:
            self.keys.append(key)
            self.answers.append(apply(application, certificate, signature, key))
            return CenterUnavailable("CENTER-02") if len(self.answers) == 1 else self.answers[-1]

        channel.apply = lossy
        return channel


def test_an_application_whose_answer_was_lost_is_sent_again_and_counts_once(fresh: Town, tmp_path: Path) -> None:
    machine = Machine(fresh, tmp_path)
    hand = FieldHand(machine.reader, load_persona(fresh.data, "applicant"))
    with machine.started() as world:
        center = LosesFirstAnswers(world.center)
        lossy: World = replace(world, center=center)
        with Standing(lossy).serving() as standing:
            walk(standing, applying(hand), until_screen=ScreenId.PASSWORD)
            standing.type_password("ABC123")
            standing.touch(Button.OK)
            told = standing.see(ScreenId.UNSENT)
            assert isinstance(told.body, Message)
            standing.touch(Button.RETRY)
            standing.see(ScreenId.TAKE_CARD)
            hand.take_away()
            kept = standing.see(ScreenId.RECEPTION)
            assert isinstance(kept.body, Number)
            standing.touch(Button.FINISH)
            standing.see(ScreenId.IDLE)
    assert len(set(center.keys)) == 1
    assert center.answers[0] == center.answers[1]


@pytest.mark.parametrize("ends", ["applied", "cancelled", "walked away"])
def test_nothing_of_the_applicant_is_left(
    request: pytest.FixtureRequest, tmp_path: Path, ends: str, caplog: pytest.LogCaptureFixture
) -> None:
    # Whoever leaves before the end applies for nothing: any center does, and stays as it was.
    place: Town = request.getfixturevalue("fresh" if ends == "applied" else "town")
    caplog.set_level(1)
    machine = Machine(place, tmp_path)
    hand = FieldHand(machine.reader, load_persona(place.data, "applicant"))
    before = {id(each) for each in ours()}
    with machine.started() as world, Standing(world).serving() as standing:
        walk(standing, applying(hand), until_screen=None if ends == "applied" else ScreenId.PASSWORD)
        if ends != "applied":
            standing.type_password("ABC12")
            standing.see(ScreenId.PASSWORD, where=lambda model: getattr(model.body, "typed", 0) == 5)
            if ends == "cancelled":
                standing.touch(Button.CANCEL)
            else:
                standing.pass_time(300)
            standing.see(ScreenId.TAKE_CARD)
            assert len(standing.runner.password) == 0
            hand.take_away()
        standing.see(ScreenId.IDLE)
        assert len(standing.runner.password) == 0
        assert bytes(standing.runner.password._characters) == bytes(16)
        standing.seen.clear()
        kinds = {"Form", "UseApplication", "SignedApplication", "Writing", "HttpsVisitChannel", "Session"}
        until(lambda: not {type(e).__name__ for e in ours() if id(e) not in before} & kinds, "the visit's own values")
        words = (HONSEKI, HITTOSHA, TELEPHONE, "めのう", "ABC12")
        text = "\n".join(f"{record.getMessage()} {record.exc_info}" for record in caplog.records)
        assert [word for word in words if word in text] == []
        files = [path for path in tmp_path.rglob("*") if path.is_file()]
        leaks = [(path, word) for path in files for word in words if word.encode() in path.read_bytes()]
        assert leaks == []
        assert files


def ours() -> list[object]:
    """Give every object of our own kinds that Python keeps."""
    gc.collect()
    return [each for each in gc.get_objects() if str(type(each).__module__).startswith("kiosk.")]
