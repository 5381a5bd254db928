"""The committed OpenAPI file is what the program does today, and an outside judge takes it for OpenAPI 3.1."""

import json
from argparse import Namespace
from pathlib import Path

import pytest
from openapi_spec_validator import OpenAPIV31SpecValidator, validate

from issuing_center import openapi, wire
from issuing_center.commands import openapi as command
from issuing_center.problems import No
from issuing_center.web import ENDPOINTS

FILE = Path(openapi.__file__).with_name("openapi.json")
DOCUMENT = openapi.document()
OPERATIONS = [operation for path in DOCUMENT["paths"].values() for operation in path.values()]


def test_the_committed_file_is_the_program_as_it_is(regenerate: bool) -> None:
    """`--regenerate` writes it anew."""
    if regenerate:
        FILE.write_text(openapi.text(), encoding="utf-8")
    assert FILE.read_text(encoding="utf-8") == openapi.text()


def test_the_command_writes_the_same(capsys: pytest.CaptureFixture[str]) -> None:
    assert command.run(Namespace()) == 0
    assert capsys.readouterr().out == openapi.text()


def test_an_outside_judge_finds_nothing_wrong() -> None:
    validate(json.loads(openapi.text()), cls=OpenAPIV31SpecValidator)


def test_the_judge_notices_a_reference_to_nothing() -> None:
    broken = json.loads(openapi.text())
    del broken["components"]["schemas"]["Problem"]
    with pytest.raises(Exception, match="Problem"):
        validate(broken, cls=OpenAPIV31SpecValidator)


def test_every_route_every_message_and_nothing_else_is_described() -> None:
    assert len(OPERATIONS) == len(ENDPOINTS) == len({operation["operationId"] for operation in OPERATIONS})
    messages = {name for name, each in vars(wire).items() if isinstance(each, type) and issubclass(each, wire.Message)}
    assert messages - {"Message"} <= set(DOCUMENT["components"]["schemas"])


def test_every_refusal_is_somewhere_with_its_own_status() -> None:
    codes = {
        (int(status), code)
        for operation in OPERATIONS
        for status, response in operation["responses"].items()
        if wire.PROBLEM_TYPE in response.get("content", {})
        for code in response["content"][wire.PROBLEM_TYPE]["schema"]["properties"]["code"]["enum"]
    }
    everywhere_but_in_an_operation = {No.METHOD}
    assert codes == {(no.status, no.code) for no in No if no not in everywhere_but_in_an_operation}


def test_an_act_that_must_not_be_done_twice_wants_its_key() -> None:
    keyed = {
        operation["operationId"]
        for operation in OPERATIONS
        if any(parameter["name"] == wire.IDEMPOTENCY_HEADER for parameter in operation.get("parameters", []))
    }
    assert keyed == {endpoint.call.__name__.strip("_") for endpoint in ENDPOINTS.values() if endpoint.keyed}
    assert "order" in keyed
