"""The OpenAPI document of the table of operations."""

import re
from collections.abc import Sequence
from typing import Any

import msgspec

from refserver.body import BODIES
from refserver.operations import Operation

_REF = "#/components/schemas/{name}"
_ERROR = {"type": "object", "properties": {"error": {"type": "string"}}, "required": ["error"]}


def document(operations: Sequence[Operation]) -> dict[str, Any]:
    """Return the document (OpenAPI 3.1, spec.openapis.org/oas/v3.1.0)."""
    paths: dict[str, dict[str, Any]] = {}
    for operation in operations:
        paths.setdefault(operation.path, {})[operation.method.lower()] = _operation(operation)
    _, shapes = msgspec.json.schema_components(BODIES, ref_template=_REF)
    return {
        "openapi": "3.1.0",
        "info": {"title": "Reference server", "version": "1"},
        "paths": paths,
        "components": {
            "schemas": {**shapes, "Error": _ERROR},
            "securitySchemes": {"bearer": {"type": "http", "scheme": "bearer"}},
        },
    }


def _operation(operation: Operation) -> dict[str, Any]:
    told: dict[str, Any] = {
        "operationId": operation.handler.__name__,
        "summary": operation.about,
        "responses": {str(status): _response(status, text) for status, text in operation.statuses.items()},
    }
    parameters = [*_path_parameters(operation.path), *_query_parameters(operation)]
    if parameters:
        told["parameters"] = parameters
    if operation.body:
        schema = {"$ref": _REF.format(name=operation.body.__name__)}
        told["requestBody"] = {"required": True, "content": {"application/json": {"schema": schema}}}
    if operation.takes != "nothing":
        told["security"] = [{"bearer": []}]
    return told


def _response(status: int, text: str) -> dict[str, Any]:
    response: dict[str, Any] = {"description": text}
    if status >= 400:
        response["content"] = {"application/json": {"schema": {"$ref": _REF.format(name="Error")}}}
    elif status != 204:
        response["content"] = {"application/json": {"schema": {}}}
    return response


def _path_parameters(path: str) -> list[dict[str, Any]]:
    schema = {"type": "string", "format": "uuid"}
    return [{"name": n, "in": "path", "required": True, "schema": schema} for n in re.findall(r"\{(\w+)\}", path)]


def _query_parameters(operation: Operation) -> list[dict[str, Any]]:
    if operation.query is None:
        return []
    (_,), shapes = msgspec.json.schema_components([operation.query], ref_template=_REF)
    shape = shapes[operation.query.__name__]
    return [
        {"name": name, "in": "query", "required": name in shape["required"], "schema": schema}
        for name, schema in shape["properties"].items()
    ]
