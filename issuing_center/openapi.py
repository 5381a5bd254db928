"""The API as an OpenAPI 3.1 document, made from what the center really does: routes, messages and refusals.

Nothing is described here a second time. A new route, field or code appears by itself; a test holds the committed
`openapi.json` against it.
"""

import inspect
import json
import re
from collections import defaultdict
from collections.abc import Iterable
from typing import Any, get_type_hints

import msgspec

from issuing_center import wire
from issuing_center.problems import No
from issuing_center.web import ENDPOINTS, Endpoint

Json = dict[str, Any]

EVERYWHERE = (No.MALFORMED, No.UNKNOWN_KIOSK, No.TOO_SLOW, No.TOO_LARGE, No.HEAD_TOO_LARGE, No.INTERNAL, No.OVERLOADED)
"""What any request can meet."""
_PARAMETER = re.compile(r"<(\w+)>")
_BASE64 = r"(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?"
_RANDOM_ID: Json = {"type": "string", "pattern": "^[0-9a-f]{32}$", "minLength": 32, "maxLength": 32}


def document() -> Json:
    """Give the whole document, as JSON values."""
    paths: defaultdict[str, Json] = defaultdict(dict)
    for (method, path), endpoint in ENDPOINTS.items():
        paths[_PARAMETER.sub(r"{\1}", path)][method.lower()] = _operation(path, endpoint)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Issuing center",
            "version": wire.API_PREFIX.removeprefix("/v"),
            "summary": "What a kiosk asks of the center that decides and draws.",
            "description": "Documents and menus leave the center only sealed to the key of one visit (HPKE, "
            f"{wire.KEM_NAME}). Which bytes are signed and bound: issuing_center/wire. Every refusal is a problem "
            "(RFC 9457) with a stable code, which README.md lists. Whole numbers are written without a fraction.",
        },
        "paths": dict(paths),
        "components": {
            "schemas": _schemas(),
            "securitySchemes": {
                "device": {"type": "mutualTLS", "description": "The certificate of a registered kiosk or counter."}
            },
        },
        "security": [{"device": []}],
    }


def text() -> str:
    """Give the document as the file has it."""
    return json.dumps(document(), ensure_ascii=False, indent=1) + "\n"


def _operation(path: str, endpoint: Endpoint) -> Json:
    parameters = [
        {"name": name, "in": "path", "required": True, "schema": _RANDOM_ID} for name in _PARAMETER.findall(path)
    ]
    if endpoint.keyed:
        parameters.append(
            {
                "name": wire.IDEMPOTENCY_HEADER,
                "in": "header",
                "required": True,
                "description": "128 random bits; the same key with the same body gives the same answer.",
                "schema": _RANDOM_ID,
            }
        )
    operation: Json = {"operationId": _operation_id(endpoint), "summary": endpoint.summary}
    if parameters:
        operation["parameters"] = parameters
    if endpoint.body is not None:
        operation["requestBody"] = {"required": True, "content": {wire.JSON_TYPE: {"schema": _ref(endpoint.body)}}}
    good: Json = {"description": "Done"}
    if endpoint.answer is not None:
        good["content"] = {wire.JSON_TYPE: {"schema": _ref(endpoint.answer)}}
        good |= _links(endpoint.answer)
    operation["responses"] = {"204" if endpoint.answer is None else "200": good, **_problems(_refusals(path, endpoint))}
    return operation


def _operation_id(endpoint: Endpoint) -> str:
    return endpoint.call.__name__.strip("_")


def _refusals(path: str, endpoint: Endpoint) -> Iterable[No]:
    yield from EVERYWHERE
    yield from endpoint.refusals
    if endpoint.keyed:
        yield No.IDEMPOTENCY_KEY
    if endpoint.body is not None:
        yield No.MEDIA_TYPE
    if "<" in path:
        yield No.NOT_FOUND


def _problems(refusals: Iterable[No]) -> Json:
    by_status: defaultdict[int, list[No]] = defaultdict(list)
    for no in refusals:
        by_status[no.status].append(no)
    return {
        str(status): {
            "description": "; ".join(f"{no.code}: {no.value[3]}" for no in nos),
            "content": {
                wire.PROBLEM_TYPE: {
                    "schema": {
                        "allOf": [_ref(wire.Problem)],
                        "properties": {
                            "status": {"const": status},
                            "code": {"enum": [no.code for no in nos]},
                            "type": {"enum": [wire.PROBLEM_URN + no.value[2] for no in nos]},
                        },
                    }
                }
            },
        }
        for status, nos in sorted(by_status.items())
    }


def _links(answer: type[wire.Message]) -> Json:
    """Say which other acts an answer's ids are for."""
    fields = get_type_hints(answer)
    links = {
        _operation_id(endpoint): {
            "operationId": _operation_id(endpoint),
            "parameters": {name: f"$response.body#/{name}" for name in names},
        }
        for (_, path), endpoint in ENDPOINTS.items()
        if (names := _PARAMETER.findall(path)) and set(names) <= set(fields) and endpoint.answer is not answer
    }
    return {"links": links} if links else {}


def _ref(message: type[wire.Message]) -> Json:
    return {"$ref": f"#/components/schemas/{message.__name__}"}


def _schemas() -> Json:
    """Describe every message, those too that travel inside sealed or signed bytes."""
    messages = [
        value
        for value in vars(wire).values()
        if isinstance(value, type) and issubclass(value, wire.Message) and value is not wire.Message
    ]
    _, schemas = msgspec.json.schema_components(messages, ref_template="#/components/schemas/{name}")
    tidy: Json = _tidy(dict(sorted(schemas.items())))
    for message in messages:
        fields = msgspec.inspect.type_info(message)
        assert isinstance(fields, msgspec.inspect.StructType)
        for field in fields.fields:
            if isinstance(field.type, msgspec.inspect.BytesType):
                tidy[message.__name__]["properties"][field.encode_name]["pattern"] = _base64_pattern(field.type)
    return tidy


def _tidy(value: Any) -> Any:  # noqa: ANN401  any JSON
    """Write docstrings without the indent of their source, and patterns as every reader of JSON Schema takes them.

    There `$` is the very end, and half of a surrogate pair cannot occur.
    """
    if isinstance(value, list):
        return [_tidy(each) for each in value]
    if not isinstance(value, dict):
        return value
    tidy = {name: _tidy(each) for name, each in value.items()}
    if isinstance(tidy.get("description"), str):
        tidy["description"] = inspect.cleandoc(tidy["description"])
    if isinstance(tidy.get("pattern"), str):
        tidy["pattern"] = tidy["pattern"].replace(r"(?![\s\S])", "$").replace(r"\ud800-\udfff", "")
    return tidy


def _base64_pattern(content: msgspec.inspect.BytesType) -> str:
    """Say how base64 of these bytes looks; of an exact number of them, how it ends."""
    exact = content.min_length
    if exact is None or exact != content.max_length:
        return f"^{_BASE64}$"
    groups, rest = divmod(exact, 3)
    end = ("", "[A-Za-z0-9+/][AQgw]==", "[A-Za-z0-9+/]{2}[AEIMQUYcgkosw048]=")[rest]
    return f"^(?:[A-Za-z0-9+/]{{4}}){{{groups}}}{end}$"
