"""The shape of a file: its data against the schema of the grammar, every misfit at its place."""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING, TypeVar, cast

from engine.misfits import UNKNOWN_KEY, Misfit, explain_errors
from engine.patterns import fits
from engine.problem import Place, Problem
from engine.resources import read_schema
from engine.spec.base import Concept

if TYPE_CHECKING:
    from collections.abc import Iterator

    from jsonschema import Validator
    from jsonschema.exceptions import ValidationError

    from engine.text import Document, Json, Pointer

NULL = "MD207"
LANGUAGE = "MD208"
MODELINE = "MD209"

_MODELINE = re.compile(r"#\s*yaml-language-server:\s*\$schema=(\S+)\s*")
_Model = TypeVar("_Model", bound=Concept)


def check_shape(document: Document, schema_name: str) -> list[Problem]:
    """Check a document against the shipped schema `schema_name`, such as `mapping.v1.schema.json`.

    Gives root causes only; KeyError when there is no such schema.
    """
    misfits = find_misfits(document.data, schema_name)
    problems = [_place(document, misfit) for misfit in misfits]
    return _check_modeline(document, schema_name) + problems


def as_spec(document: Document, model: type[_Model]) -> _Model:
    """Give the model of a document in which `check_shape` found no error.

    Schema and model accept the same data; pydantic's ValidationError is raised for any other.
    """
    return model.model_validate(document.data)


def find_misfits(data: Json, schema_name: str) -> list[Misfit]:
    """Give the root causes why data does not fit a shipped schema, by pointer."""
    other = _find_other_language(data, schema_name)
    if other is not None:
        return [other]
    misfits = explain_errors(_validator(schema_name).iter_errors(data))
    unknown = {misfit.pointer for misfit in misfits if misfit.code == UNKNOWN_KEY}
    nulls = [at for at in _find_nulls(data, ()) if not any(at[: len(u)] == u for u in unknown)]
    said = "nothing stands here: null has no meaning in a mapping"
    kept = [misfit for misfit in misfits if misfit.at_key or misfit.pointer not in nulls]
    return kept + [Misfit(NULL, pointer, said) for pointer in nulls]


def _find_other_language(data: Json, schema_name: str) -> Misfit | None:
    """Tell a file of another version of the language, which nothing else can be said about."""
    known = cast("dict[str, dict[str, object]]", read_schema(schema_name)["properties"])
    given = data.get("language") if isinstance(data, dict) else None
    version = known.get("language", {}).get("const")
    if version is None or type(given) is not int or given == version:
        return None
    said = f"written in version {given} of the language, expected version {version}"
    return Misfit(LANGUAGE, ("language",), said)


def _find_nulls(data: Json, pointer: Pointer) -> Iterator[Pointer]:
    if data is None:
        yield pointer
    elif isinstance(data, dict):
        for key, value in data.items():
            yield from _find_nulls(value, (*pointer, key))
    elif isinstance(data, list):
        for index, value in enumerate(data):
            yield from _find_nulls(value, (*pointer, index))


def _place(document: Document, misfit: Misfit) -> Problem:
    find = document.place_of_key if misfit.at_key else document.place_of
    place = find(misfit.pointer)
    source = document.line(place.line)
    return Problem(misfit.code, misfit.message, place, help=misfit.help, source=source)


def _check_modeline(document: Document, schema_name: str) -> list[Problem]:
    line = document.line(1)
    found = _MODELINE.fullmatch(line)
    if found and found[1].rpartition("/")[2] == schema_name:
        return []
    message = (
        f'the first line names another schema, "{found[1]}"'
        if found
        else "the first line does not name the schema"
    )
    return [
        Problem(
            MODELINE,
            message,
            Place(document.path, 1, 1, 1, len(line) + 1),
            severity="warning",
            effect="editors would not show mistakes while the file is written",
            help=f"begin with: # yaml-language-server: $schema=…/{schema_name}",
            source=line,
        )
    ]


@cache
def _validator(schema_name: str) -> Validator:
    """Make the validator of a shipped schema, as strict as the models: 1.0 is no whole number."""
    # Slow to import, and only checking needs it.
    from jsonschema import Draft202012Validator, validators  # noqa: PLC0415

    strict = validators.create(
        Draft202012Validator.META_SCHEMA,
        {**Draft202012Validator.VALIDATORS, "pattern": _check_pattern},
        type_checker=Draft202012Validator.TYPE_CHECKER.redefine("integer", _is_integer),
    )
    return strict(read_schema(schema_name))


def _is_integer(_checker: object, value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _check_pattern(
    _validator: Validator, pattern: str, value: object, _schema: object
) -> Iterator[ValidationError]:
    from jsonschema.exceptions import ValidationError  # noqa: PLC0415 - as above

    if isinstance(value, str) and not fits(pattern, value):
        yield ValidationError(f"{value!r} does not match {pattern!r}")
