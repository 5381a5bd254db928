"""利用登録: from an application to a handle that opens one family register and nothing else."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pytest
from sqlalchemy import Engine

from issuing_center.database import reading, writing
from issuing_center.register.holdings import OwnFuhyo, OwnKoseki
from issuing_center.register.ids import resident_id_of
from issuing_center.register.loading import load_register
from issuing_center.register.port import Application, RegistrationState
from issuing_center.register.records import ResidentId
from issuing_center.register.registrations import (
    AlreadyAppliedError,
    RegistrationId,
    WrongStateError,
    apply_for_use,
    begin_review,
    register_use,
    reject,
    state_by_number,
    state_of,
)
from issuing_center.register.sql import SqlRegister
from issuing_center.register.updates import UnknownResidentError
from tests.support.registers import AS_OF, ISSUER_KEY_ID, REGISTER_FILES, SHIOMINO, YAMATE

SERIAL = 0xABCDEF
APPLICATION = Application(YAMATE, ISSUER_KEY_ID, SERIAL, "例示県山手市桜台四丁目5番", "山本　和夫", "000-0000-0000")


@pytest.fixture
def yamate(engine: Engine) -> Engine:
    """A database with the register of Yamate."""
    load_register(engine, REGISTER_FILES[YAMATE], [], as_of=AS_OF)
    return engine


def applied(engine: Engine, number: str = "R-1") -> RegistrationId:
    with writing(engine) as connection:
        return apply_for_use(connection, APPLICATION, number, AS_OF)


def state(engine: Engine) -> RegistrationState:
    with reading(engine) as connection:
        return state_of(connection, ISSUER_KEY_ID, SERIAL, YAMATE)


def registered(engine: Engine, person: str = "kaede", koseki: str = "yamamoto") -> ResidentId:
    registration = applied(engine)
    with writing(engine) as connection:
        begin_review(connection, registration)
        return register_use(connection, registration, koseki, person, AS_OF)


def test_an_application_goes_through_its_states(yamate: Engine) -> None:
    assert state(yamate) is RegistrationState.NONE
    registration = applied(yamate)
    assert state(yamate) is RegistrationState.RECEIVED
    with writing(yamate) as connection:
        begin_review(connection, registration)
    assert state(yamate) is RegistrationState.REVIEWING
    assert SqlRegister(yamate).find_registered(ISSUER_KEY_ID, SERIAL, YAMATE) is None
    with writing(yamate) as connection:
        register_use(connection, registration, "yamamoto", "kaede", AS_OF)
    assert state(yamate) is RegistrationState.REGISTERED
    with reading(yamate) as connection:
        assert state_by_number(connection, "R-1") is RegistrationState.REGISTERED
        assert state_by_number(connection, "R-2") is RegistrationState.NONE


def test_the_handle_opens_the_persons_koseki_and_fuhyo_and_no_other(yamate: Engine) -> None:
    handle = registered(yamate)
    register = SqlRegister(yamate)
    assert register.find_registered(ISSUER_KEY_ID, SERIAL, YAMATE) == handle
    assert register.find_registered(ISSUER_KEY_ID, SERIAL + 1, YAMATE) is None
    assert register.find_registered(ISSUER_KEY_ID, SERIAL, SHIOMINO) is None
    with register.snapshot(YAMATE) as snapshot:
        koseki, fuhyo = snapshot.koseki(handle), snapshot.fuhyo(handle)
        assert snapshot.applicant(handle) is None
        assert snapshot.seal(handle) is None
    assert isinstance(koseki, OwnKoseki)
    assert isinstance(fuhyo, OwnFuhyo)
    assert (koseki.person_key, fuhyo.person_key) == ("kaede", "kaede")


def test_a_handle_survives_a_new_loading_of_the_register(yamate: Engine) -> None:
    handle = registered(yamate)
    load_register(yamate, REGISTER_FILES[YAMATE], [], as_of=AS_OF)
    with SqlRegister(yamate).snapshot(YAMATE) as snapshot:
        assert isinstance(snapshot.koseki(handle), OwnKoseki)


def test_a_person_without_an_entry_in_the_fuhyo_gets_the_koseki_alone(yamate: Engine) -> None:
    handle = registered(yamate, person="yumi")
    with SqlRegister(yamate).snapshot(YAMATE) as snapshot:
        assert isinstance(snapshot.koseki(handle), OwnKoseki)
        assert snapshot.fuhyo(handle) is None


@pytest.mark.parametrize(("koseki", "person"), [("yamamoto", "nobody"), ("nothing", "kaede")])
def test_nobody_is_registered_who_does_not_stand_in_the_register(yamate: Engine, koseki: str, person: str) -> None:
    with pytest.raises(UnknownResidentError):
        registered(yamate, person, koseki)
    assert state(yamate) is RegistrationState.RECEIVED


def test_a_rejected_applicant_may_apply_again_and_a_live_one_may_not(yamate: Engine) -> None:
    registration = applied(yamate)
    with pytest.raises(AlreadyAppliedError):
        applied(yamate, "R-2")
    with writing(yamate) as connection:
        begin_review(connection, registration)
        reject(connection, registration, AS_OF + timedelta(days=3))
    assert state(yamate) is RegistrationState.REJECTED
    applied(yamate, "R-2")
    assert state(yamate) is RegistrationState.RECEIVED


def test_steps_out_of_their_order_are_refused(yamate: Engine) -> None:
    registration = applied(yamate)
    unknown = RegistrationId("0" * 32)
    with writing(yamate) as connection:
        with pytest.raises(WrongStateError):
            reject(connection, registration, AS_OF)
        with pytest.raises(WrongStateError):
            begin_review(connection, unknown)
        with pytest.raises(WrongStateError):
            register_use(connection, unknown, "yamamoto", "kaede", AS_OF)
        begin_review(connection, registration)
        with pytest.raises(WrongStateError):
            begin_review(connection, registration)
    with writing(yamate) as connection:
        reject(connection, registration, AS_OF)
    with pytest.raises(WrongStateError), writing(yamate) as connection:
        register_use(connection, registration, "yamamoto", "kaede", AS_OF)
    assert SqlRegister(yamate).find_registered(ISSUER_KEY_ID, SERIAL, YAMATE) is None


def test_two_applications_at_once_are_one(workers: tuple[Engine, Engine]) -> None:
    load_register(workers[0], REGISTER_FILES[YAMATE], [], as_of=AS_OF)
    start = Barrier(6)

    def one(number: int) -> bool:
        start.wait(timeout=30)
        try:
            applied(workers[number % 2], f"R-{number}")
        except AlreadyAppliedError:
            return False
        return True

    with ThreadPoolExecutor(6) as pool:
        assert sorted(pool.map(one, range(6), timeout=60)) == [False] * 5 + [True]


def test_a_resident_is_no_registered_outsider(yamate: Engine) -> None:
    registered(yamate)
    with SqlRegister(yamate).snapshot(YAMATE) as snapshot:
        own = snapshot.koseki(resident_id_of(YAMATE, "yamate-head"))
    assert isinstance(own, OwnKoseki)
    assert own.person_key == "kazuo"
    assert "山本" not in repr(APPLICATION)
