"""Holds what goes over the wire to the Bot API's published shapes (``botapi_shapes.json``)."""

import json
from pathlib import Path
from typing import Any

_SHAPES = json.loads((Path(__file__).parent / "botapi_shapes.json").read_text())
_PRIMITIVES = {
    "String": str,
    "Integer": int,
    "Float": (int, float),
    "Boolean": bool,
    "True": bool,
}


def faults_of(value: Any, types: str, at: str) -> list[str]:
    """What is wrong with ``value`` as one of ``types`` ("A|Array of B"); empty when nothing is."""
    tried = [_faults_as(value, kind, at) for kind in types.split("|")]
    return [] if [] in tried else min(tried, key=len)


def _faults_as(value: Any, kind: str, at: str) -> list[str]:
    if kind.startswith("Array of "):
        if not isinstance(value, list):
            return [f"{at}: {value!r} is no array"]
        inner = kind.removeprefix("Array of ")
        return [
            fault
            for index, item in enumerate(value)
            for fault in faults_of(item, inner, f"{at}[{index}]")
        ]
    if kind in _PRIMITIVES:
        fits = isinstance(value, _PRIMITIVES[kind]) and not (
            isinstance(value, bool) and kind in ("Integer", "Float")
        )
        return (
            [] if fits and (kind != "True" or value is True) else [f"{at}: {value!r} is no {kind}"]
        )
    return _faults_in_object(value, kind, at)


def _faults_in_object(value: Any, kind: str, at: str) -> list[str]:
    if not isinstance(value, dict):
        return [f"{at}: {value!r} is no {kind}"]
    fields = _SHAPES["types"][kind]
    known = {name.removesuffix("?"): types for name, types in fields.items()}
    faults = [f"{at}: {kind} has no field {name}" for name in value.keys() - known.keys()]
    faults += [
        f"{at}: {kind} lacks {name}"
        for name in fields
        if not name.endswith("?") and name not in value
    ]
    for name, item in value.items():
        if name in known:
            faults += faults_of(item, known[name], f"{at}.{name}")
    return faults


def check_result(method: str, result: Any) -> None:
    """Assert that a method's result has its documented type."""
    faults = faults_of(result, _SHAPES["methods"][method]["returns"], method)
    assert not faults, faults


def check_request(method: str, params: dict[str, Any]) -> None:
    """Assert that a request has the method's documented fields, as a form carries them."""
    fields = _SHAPES["methods"][method]["fields"]
    known = {name.removesuffix("?"): types for name, types in fields.items()}
    missing = [name for name in fields if not name.endswith("?") and name not in params]
    assert not missing, f"{method} lacks {missing}"
    for name, value in params.items():
        assert name in known, f"{method} has no field {name}"
        faults = faults_of(value, known[name], f"{method}.{name}")
        faults = faults and faults_of(_parsed(value), known[name], f"{method}.{name}")
        assert not faults, faults


def _parsed(value: Any) -> Any:
    try:
        return json.loads(value)
    except (TypeError, ValueError):
        return value


def methods() -> set[str]:
    """Every method the shapes know."""
    return set(_SHAPES["methods"])
