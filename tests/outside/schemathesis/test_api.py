"""An outside judge reads openapi.json and asks the real server, as a registered device: it answers as the document says.

Requests that fit the document and requests that do not, single and in a row; Schemathesis checks status, content type,
headers and body of every answer against the document.
"""

from dataclasses import dataclass
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis.stateful import run_state_machine_as_test
from schemathesis import Case, GenerationMode
from schemathesis.checks import CheckFunction
from schemathesis.config import SchemathesisConfig
from schemathesis.specs.openapi import checks

from issuing_center.openapi import document
from issuing_center.web import ENDPOINTS
from tests.support.center import KIOSK, Served

EXAMPLES, LARGE = 5, 300
OPERATIONS = [(method, path.replace("<", "{").replace(">", "}")) for method, path in ENDPOINTS]
"""Of the routes the program has, so that none can be left out of the document unnoticed."""
SIGNED = "/v1/orders/{txn}/outcome"
"""A body signed by the device's key, which no schema can say: one that merely looks right is refused as malformed."""
ANSWERED = ["2xx", "403", "404", "409", "422", "503"]
"""What a request that fits the document may meet: 422 is a no of the center's, 400 would be the document's mistake."""
API = schemathesis.openapi.from_dict(
    document(),
    config=SchemathesisConfig.from_dict({"checks": {"positive_data_acceptance": {"expected-statuses": ANSWERED}}}),
)


@dataclass(frozen=True)
class Device:
    """How a registered device reaches the server."""

    served: Served

    @property
    def kwargs(self) -> dict[str, Any]:
        """What `requests` needs for mutual TLS."""
        folder = self.served.center.folder
        return {
            "base_url": self.served.url,
            "cert": (str(folder.device_certificate(KIOSK)), str(folder.device_key(KIOSK))),
            "verify": str(folder.center_ca_certificate),
        }

    def judge(self, case: Case[Any], *, excluded: tuple[CheckFunction, ...] = ()) -> Any:  # noqa: ANN401
        """Send one request and hold the answer against the document."""
        # Without the device's certificate there is no TLS connection at all; tests/contract/center has it.
        case.body = _whole(case.body)
        return case.call_and_validate(excluded_checks=[checks.ignored_auth, *excluded], **self.kwargs)


def _whole(value: Any) -> Any:  # noqa: ANN401  any JSON
    """Write 6.0 as 6: JSON Schema takes both for an integer and cannot say what the document's description says."""
    match value:
        case float() if value.is_integer():
            return int(value)
        case dict():
            return {name: _whole(each) for name, each in value.items()}
        case list():
            return [_whole(each) for each in value]
        case _:
            return value


def judged(device: Device, method: str, path: str, mode: GenerationMode, examples: int) -> None:
    excluded = (checks.positive_data_acceptance,) if path == SIGNED else ()

    @settings(
        max_examples=examples,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
        deadline=None,
        database=None,
    )
    @given(case=API[path][method].as_strategy(generation_mode=mode))
    def check(case: Case[Any]) -> None:
        device.judge(case, excluded=excluded)

    check()


MODES = [GenerationMode.POSITIVE, GenerationMode.NEGATIVE]
CAN_BE_WRONG = [(method, path) for method, path in OPERATIONS if "{" in path or method == "POST"]
"""Without a parameter or a body there is nothing to get wrong."""


@pytest.mark.parametrize(("method", "path"), OPERATIONS)
def test_a_request_by_the_document_is_answered_by_the_document(served: Served, method: str, path: str) -> None:
    judged(Device(served), method, path, GenerationMode.POSITIVE, EXAMPLES)


@pytest.mark.parametrize(("method", "path"), CAN_BE_WRONG)
def test_a_request_against_the_document_is_refused_by_the_document(served: Served, method: str, path: str) -> None:
    judged(Device(served), method, path, GenerationMode.NEGATIVE, EXAMPLES)


def orders_of_an_open_visit(served: Served, mode: GenerationMode, examples: int) -> None:
    device, visit = Device(served), served.center.visit().id

    @settings(
        max_examples=examples,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
        deadline=None,
        database=None,
    )
    @given(case=API["/v1/visits/{visit}/orders"]["POST"].as_strategy(generation_mode=mode))
    def check(case: Case[Any]) -> None:
        case.path_parameters["visit"] = visit
        device.judge(case)

    check()


@pytest.mark.parametrize("mode", MODES, ids=lambda mode: mode.value)
def test_orders_of_an_open_visit_are_answered_by_the_document(served: Served, mode: GenerationMode) -> None:
    orders_of_an_open_visit(served, mode, EXAMPLES)


def walked(served: Served, examples: int) -> None:
    device = Device(served)

    class Walk(API.as_state_machine()):  # type: ignore[misc]  # a class made from the document's links
        def get_call_kwargs(self, case: Case[Any]) -> dict[str, Any]:
            return device.kwargs

        def validate_response(self, response: Any, case: Case[Any], *_: Any, **__: Any) -> None:  # noqa: ANN401
            excluded = [checks.ignored_auth, checks.positive_data_acceptance]
            case.validate_response(response, excluded_checks=excluded, transport_kwargs=device.kwargs)

    run_state_machine_as_test(
        Walk,
        settings=settings(
            max_examples=examples,
            stateful_step_count=6,
            suppress_health_check=list(HealthCheck),
            deadline=None,
            database=None,
        ),
    )


def test_acts_in_a_row_are_answered_by_the_document(served: Served) -> None:
    """The ids of one answer go into the next request, as the links of the document say."""
    walked(served, EXAMPLES)


@pytest.mark.heavy
@pytest.mark.timeout(1800)
def test_a_large_number_of_requests_is_answered_by_the_document(served: Served) -> None:
    for method, path in OPERATIONS:
        judged(Device(served), method, path, GenerationMode.POSITIVE, LARGE)
    for method, path in CAN_BE_WRONG:
        judged(Device(served), method, path, GenerationMode.NEGATIVE, LARGE)
    for mode in MODES:
        orders_of_an_open_visit(served, mode, LARGE)
    walked(served, LARGE // 3)
