"""Bodies held against a schema of the lock: a quick test, made once, and words for what fails it.

The library walks the schema anew for every record, which cost a third of delivery. Here each
keyword becomes a closure; the library is asked only where a body fails, to say where, and judges
alone where a schema has a keyword that is not compiled here.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import cache, lru_cache
from typing import Any, cast

import orjson
from jsonschema import Draft202012Validator, validators
from jsonschema.exceptions import ValidationError
from jsonschema.protocols import Validator

from engine.patterns import fits
from engine.runtime.values import read_email, read_instant

JsonSchema = Mapping[str, Any]
Test = Callable[[Any], bool]
_MOST_SHOWN = 5
_NAMES_KEPT, _SCHEMAS_KEPT = 4096, 256
_NULL = {"type": "null"}
_READERS: Mapping[str, Callable[[object], object]] = {
    "email": read_email,
    "date-time": read_instant,
}


class BodySchema:
    """A JSON Schema (draft 2020-12) that many bodies are held against.

    Patterns end where the text ends, and 1.0 is no whole number.
    """

    def __init__(self, schema: JsonSchema) -> None:
        self._schema = schema
        self._test = _compile_once(orjson.dumps(schema))

    def find_misfit(self, body: Any) -> str:  # noqa: ANN401 - any JSON
        """Say where a body does not fit; nothing where it does."""
        if self._test is not None and self._test(body):
            return ""
        error = next(iter(strict_validator()(self._schema).iter_errors(body)), None)
        if error is None:
            return ""
        steps = [str(step) for step in error.absolute_path][:_MOST_SHOWN]
        at = ".".join(steps) or "its top"
        return f"its body does not fit the lock at {at} ({error.validator})"


@lru_cache(_SCHEMAS_KEPT)
def _compile_once(schema: bytes) -> Test | None:
    return compile_test(orjson.loads(schema))


def compile_test(schema: JsonSchema | bool) -> Test | None:  # noqa: FBT001 - a schema may be one
    """Give the test that a value fits; None where a keyword of the schema is not known here."""
    if isinstance(schema, bool):
        return _always if schema else _never
    tests: list[Test] = []
    for keyword, wanted in schema.items():
        make = _MAKERS.get(keyword)
        test = make(wanted, schema) if make is not None else None
        if test is not None:
            tests.append(test)
        elif keyword in Draft202012Validator.VALIDATORS:
            return None
    if len(tests) == 1:
        return tests[0]
    every = tuple(tests)

    def fits_all(value: Any) -> bool:  # noqa: ANN401 - as below: any JSON
        for test in every:  # noqa: SIM110 - a generator in `all` takes twice as long
            if not test(value):
                return False
        return True

    return fits_all


def _always(_value: object) -> bool:
    return True


def _never(_value: object) -> bool:
    return False


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _is_whole(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


_TYPES: Mapping[str, Test] = {
    "array": lambda value: isinstance(value, list),
    "boolean": lambda value: isinstance(value, bool),
    "integer": _is_whole,
    "null": lambda value: value is None,
    "number": _is_number,
    "object": lambda value: isinstance(value, dict),
    "string": lambda value: isinstance(value, str),
}


def _type(wanted: str | list[str], _schema: JsonSchema) -> Test:
    if isinstance(wanted, str):
        return _TYPES[wanted]
    tests = tuple(_TYPES[one] for one in wanted)
    return lambda value: any(test(value) for test in tests)


def _enum(wanted: list[object], _schema: JsonSchema) -> Test | None:
    # What equals what is plain for texts alone: 1, 1.0 and true are alike in Python.
    if not all(isinstance(one, str) for one in wanted):
        return None
    known = frozenset(wanted)
    return lambda value: isinstance(value, str) and value in known


def _const(wanted: object, _schema: JsonSchema) -> Test | None:
    if isinstance(wanted, str):
        return lambda value: isinstance(value, str) and value == wanted
    return (lambda value: value is wanted) if isinstance(wanted, bool) else None


def _properties(wanted: Mapping[str, JsonSchema], _schema: JsonSchema) -> Test | None:
    made = {name: compile_test(one) for name, one in wanted.items()}
    tests = {name: test for name, test in made.items() if test is not None}
    if len(tests) < len(made):
        return None
    given = tuple(tests.items())

    def fits_members(value: Any) -> bool:  # noqa: ANN401
        if isinstance(value, dict):
            for name, test in given:
                if name in value and not test(value[name]):
                    return False
        return True

    return fits_members


def _additional(wanted: JsonSchema | bool, schema: JsonSchema) -> Test | None:  # noqa: FBT001
    known, test = frozenset(schema.get("properties", ())), compile_test(wanted)
    if wanted is False:
        return lambda value: not isinstance(value, dict) or value.keys() <= known

    def fits_others(value: Any) -> bool:  # noqa: ANN401
        if isinstance(value, dict) and test is not None:
            for name, one in value.items():
                if name not in known and not test(one):
                    return False
        return True

    return fits_others if test is not None else None


def _names(wanted: JsonSchema, _schema: JsonSchema) -> Test | None:
    test = compile_test(wanted)
    if test is None:
        return None
    # Few names come again and again: those of a mapping's fields.
    known = lru_cache(_NAMES_KEPT)(test)
    return lambda value: not isinstance(value, dict) or all(map(known, value))


def _items(wanted: JsonSchema, _schema: JsonSchema) -> Test | None:
    test = compile_test(wanted)
    if test is None:
        return None
    return lambda value: not isinstance(value, list) or all(map(test, value))


def _any_of(wanted: list[JsonSchema], _schema: JsonSchema) -> Test | None:
    made = [compile_test(one) for one in wanted]
    tests = tuple(one for one in made if one is not None)
    if len(tests) < len(made):
        return None
    return lambda value: any(test(value) for test in tests)


def _not(wanted: JsonSchema, _schema: JsonSchema) -> Test | None:
    test = compile_test(wanted)
    return None if test is None else lambda value: not test(value)


def _pattern(wanted: str, _schema: JsonSchema) -> Test:
    return lambda value: not isinstance(value, str) or fits(wanted, value)


def _format(wanted: str, _schema: JsonSchema) -> Test:
    reader = _READERS.get(wanted)
    if reader is None:
        return _always
    return lambda value: not isinstance(value, str) or reader(value) is not None


def _required(wanted: list[str], _schema: JsonSchema) -> Test:
    needed = frozenset(wanted)
    return lambda value: not isinstance(value, dict) or value.keys() >= needed


_MAKERS: Mapping[str, Callable[[Any, JsonSchema], Test | None]] = {
    "type": _type,
    "enum": _enum,
    "const": _const,
    "required": _required,
    "minProperties": lambda least, _: lambda one: not isinstance(one, dict) or len(one) >= least,
    "minItems": lambda least, _: lambda one: not isinstance(one, list) or len(one) >= least,
    "maxItems": lambda most, _: lambda one: not isinstance(one, list) or len(one) <= most,
    "minLength": lambda least, _: lambda one: not isinstance(one, str) or len(one) >= least,
    "maxLength": lambda most, _: lambda one: not isinstance(one, str) or len(one) <= most,
    "minimum": lambda least, _: lambda one: not _is_number(one) or one >= least,
    "properties": _properties,
    "additionalProperties": _additional,
    "propertyNames": _names,
    "items": _items,
    "anyOf": _any_of,
    "not": _not,
    "pattern": _pattern,
    "format": _format,
}


@cache
def strict_validator() -> type[Validator]:
    """Make the library's kind of validator that judges as the tests above do."""
    return validators.create(
        Draft202012Validator.META_SCHEMA,
        {
            **Draft202012Validator.VALIDATORS,
            "not": _check_not,
            "pattern": _check_pattern,
            "format": _check_format,
        },
        type_checker=Draft202012Validator.TYPE_CHECKER.redefine("integer", _is_integer),
    )


def _is_integer(_checker: object, value: object) -> bool:
    return _is_whole(value)


def _check_not(
    validator: Validator, schema: dict[str, object], value: object, _whole: object
) -> Iterator[ValidationError]:
    # The library's own writes every value down before it finds that it is not null.
    if schema == _NULL:
        fits_it = value is None
    else:
        fits_it = validator.evolve(schema=schema).is_valid(cast("Any", value))
    if fits_it:
        yield ValidationError("it is what it must not be")


def _check_pattern(
    _validator: Validator, pattern: str, value: object, _schema: object
) -> Iterator[ValidationError]:
    if isinstance(value, str) and not fits(pattern, value):
        yield ValidationError("the pattern is another one")


def _check_format(
    _validator: Validator, form: str, value: object, _schema: object
) -> Iterator[ValidationError]:
    reader = _READERS.get(form)
    if reader is not None and isinstance(value, str) and reader(value) is None:
        yield ValidationError("the form is another one")
