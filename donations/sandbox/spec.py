"""What Stripe takes in each call and always sends in each object, by its own specification.

The part of it that is used lies in spec.json, see spec.LICENSE.
"""

import copy
import json
import re
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from .errors import ApiError

Schema = dict[str, Any]
Params = dict[str, Any]

MAXIMUM_TEXT = 5000
MAXIMUM_METADATA = {"keys": 50, "key": 40, "value": 500}
KEY_PARTS = re.compile(r"[^\[\]]+|\[\]")


@dataclass(frozen=True)
class Operation:
    name: str  # "POST /v1/refunds"
    object_id: str  # What stands in the address for "{refund}", or "".
    schema: Schema


@lru_cache(maxsize=1)
def _spec() -> dict[str, Any]:
    return json.loads((Path(__file__).parent / "spec.json").read_text())


def version() -> str:
    """The version of Stripe's API this is."""
    return _spec()["version"]


@lru_cache(maxsize=1)
def _routes() -> list[tuple[str, re.Pattern[str], Schema]]:
    return [
        (name, re.compile(re.sub(r"\{\w+\}", "([A-Za-z0-9_]+)", name)), schema)
        for name, schema in _spec()["requests"].items()
    ]


def operation(method: str, path: str) -> Operation:
    """The call an address stands for. Raises ApiError (404) where there is none."""
    for name, pattern, schema in _routes():
        if match := pattern.fullmatch(f"{method} {path}"):
            return Operation(name, "".join(match.groups()), schema)
    raise ApiError(f"Unrecognized request URL ({method}: {path}).", status=404)


def blank(kind: str) -> Params:
    """All that Stripe always sends of a kind of object, empty."""
    return copy.deepcopy(_spec()["objects"][kind]["always"])


def fields_of(kind: str) -> set[str]:
    """All that Stripe may send of a kind of object."""
    described = _spec()["objects"][kind]
    return {*described["always"], *described["sometimes"]}


def nested(pairs: list[tuple[str, str]]) -> Params:
    """`a[b][0][c]=d` as Stripe reads it: {"a": {"b": {"0": {"c": "d"}}}}."""
    params: Params = {}
    for key, value in pairs:
        *folders, leaf = KEY_PARTS.findall(key) or [key]
        place = params
        for folder in folders:
            inner = place.setdefault(_index(folder, place), {})
            if not isinstance(inner, dict):
                raise ApiError(f"Invalid parameters: {folder} is text and more.", param=key)
            place = inner
        place[_index(leaf, place)] = value
    return params


def _index(part: str, place: Params) -> str:
    return str(len(place)) if part == "[]" else part


def read(schema: Schema, params: Params) -> Params:
    """`params` with numbers, booleans and lists as such. Raises ApiError as Stripe would."""
    return _read(schema, params, "")


def _read(schema: Schema, value: Any, name: str) -> Any:
    if "anyOf" in schema:
        return _read_any(schema["anyOf"], value, name)
    match schema["type"]:
        case "object":
            return _read_object(schema, value, name)
        case "array":
            if not isinstance(value, dict) or not all(key.isdecimal() for key in value):
                raise ApiError("Invalid array", param=name)
            ordered = sorted(value.items(), key=lambda item: int(item[0]))
            return [_read(schema["items"], inner, f"{name}[{key}]") for key, inner in ordered]
    if isinstance(value, dict):
        raise ApiError(f"Invalid {schema['type']}", param=name)
    return _read_scalar(schema, value, name)


def _read_any(schemas: list[Schema], value: Any, name: str) -> Any:
    refusals = []
    for schema in schemas:
        try:
            return _read(schema, value, name)
        except ApiError as refusal:
            is_of_kind = isinstance(value, dict) == (schema["type"] in {"object", "array"})
            refusals.append((is_of_kind, refusal))
    raise max(refusals, key=lambda item: item[0])[1]


def _read_object(schema: Schema, value: Any, name: str) -> Params:
    if not isinstance(value, dict):
        raise ApiError("Invalid object", param=name)
    known = schema.get("properties")
    if known is None:
        return _read_map(value, name)
    unknown = [_inside(name, key) for key in value if key not in known]
    if unknown:
        plural = "s" if len(unknown) > 1 else ""
        raise ApiError(
            f"Received unknown parameter{plural}: {', '.join(unknown)}",
            code="parameter_unknown",
            param=unknown[0],
        )
    for key in schema.get("required", []):
        require(value, key, name)
    return {key: _read(known[key], inner, _inside(name, key)) for key, inner in value.items()}


def require(params: Params, key: str, name: str = "") -> None:
    """Raise ApiError where `key` is not given."""
    if key not in params:
        param = _inside(name, key)
        raise ApiError(f"Missing required param: {param}.", code="parameter_missing", param=param)


def _read_map(value: Params, name: str) -> Params:
    if len(value) > MAXIMUM_METADATA["keys"]:
        raise ApiError("Metadata can have up to 50 keys.", param=name)
    for key, text in value.items():
        if not isinstance(text, str):
            raise ApiError("Metadata values must be strings.", param=_inside(name, key))
        for what, part in (("key", key), ("value", text)):
            if len(part) > MAXIMUM_METADATA[what]:
                raise ApiError(
                    f"Metadata {what}s can have up to {MAXIMUM_METADATA[what]} characters.",
                    param=_inside(name, key),
                )
    return value


def _read_scalar(schema: Schema, value: str, name: str) -> Any:
    kind, choices = schema["type"], schema.get("enum")
    if choices and value not in choices:
        raise ApiError(f"Invalid {name}: must be one of {', '.join(choices)}", param=name)
    if not value and not choices:
        raise ApiError(
            f"You passed an empty string for '{name}'. We assume empty values are an attempt to"
            f" unset a parameter; however '{name}' cannot be unset.",
            code="parameter_invalid_empty",
            param=name,
        )
    if kind == "integer":
        if not re.fullmatch("-?[0-9]{1,18}", value):
            raise ApiError(
                f"Invalid integer: {value}", code="parameter_invalid_integer", param=name
            )
        return int(value)
    if kind == "boolean":
        if value not in {"true", "false"}:
            raise ApiError(f"Invalid boolean: {value}", param=name)
        return value == "true"
    if kind == "number":
        if not re.fullmatch(r"-?[0-9]{1,18}(\.[0-9]+)?", value):
            raise ApiError(f"Invalid number: {value}", param=name)
        return float(value)
    if len(value) > schema.get("maxLength", MAXIMUM_TEXT):
        raise ApiError(
            f"Invalid string: too long; at most {schema.get('maxLength', MAXIMUM_TEXT)}",
            code="parameter_invalid_string_too_long",
            param=name,
        )
    return value


def _inside(name: str, key: str) -> str:
    return f"{name}[{key}]" if name else key
