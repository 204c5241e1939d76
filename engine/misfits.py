"""Errors of JSON Schema, rewritten as what is wrong, where, and what was expected."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING, cast

from engine.forms import KINDS, form_of, join_words, kind_of, mend, name_concept, quote
from engine.nearest import nearest, suggest
from engine.patterns import fits

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from jsonschema.exceptions import ValidationError

    from engine.text import Pointer

UNKNOWN_KEY = "MD201"
MISSING_KEY = "MD202"
WRONG_TYPE = "MD203"
NOT_A_WORD = "MD204"
WRONG_FORM = "MD205"
EMPTY = "MD206"

# A file with more unknown keys than this is none of ours: it is not asked which are misspelt.
_MOST_COMPARED = 50
_CLOSED_LISTS = ("const", "enum", "oneOf")
_NUMBER = r"^-?[0-9]+(\.[0-9]+)?$"
_BOUNDS = {"exclusiveMinimum": "above", "minimum": "of at least", "maximum": "of at most"}
_UNITS = {"Length": "character", "Items": "element", "Properties": "key"}


@dataclass(frozen=True, slots=True)
class Misfit:
    """One place where the data does not fit; `at_key` when its key is wrong, not its value."""

    code: str
    pointer: Pointer
    message: str
    at_key: bool = False
    help: str = ""


def explain_errors(errors: Iterable[ValidationError]) -> list[Misfit]:
    """Give the root causes among the errors of a validator, each once."""
    found = dict.fromkeys(misfit for error in errors for misfit in explain(error))
    return [misfit for misfit in found if not _is_shadowed(misfit, found)]


def explain(error: ValidationError) -> list[Misfit]:
    """Rewrite one error; a choice is answered inside the branch the author meant."""
    rule = str(error.validator)
    return _EXPLAINERS[rule](error)


def _is_shadowed(misfit: Misfit, found: Iterable[Misfit]) -> bool:
    """Whether another misfit of the same value already says it: a type before its words."""
    return misfit.code == NOT_A_WORD and any(
        other.code == WRONG_TYPE and other.pointer == misfit.pointer for other in found
    )


def _explain_unknown_keys(error: ValidationError) -> list[Misfit]:
    given, known = _keys(error), _properties(error.schema)
    help_text = f"known keys: {', '.join(sorted(known))}"
    found = []
    for key in [key for key in given if key not in known]:
        near = suggest(key, known)
        message = f"unknown key {quote(key)} in {_concept(error)}{near}"
        at = (*_pointer(error), key)
        found.append(Misfit(UNKNOWN_KEY, at, message, at_key=True, help="" if near else help_text))
    return found


def _explain_missing_keys(error: ValidationError) -> list[Misfit]:
    """Name the keys that are missing; one that is only misspelt is told as an unknown key."""
    given, known = _keys(error), _properties(error.schema)
    unknown = islice((key for key in given if key not in known), _MOST_COMPARED)
    misspelt = {nearest(key, known) for key in unknown}
    wanted = cast("list[str]", error.validator_value)
    missing = [key for key in wanted if key not in given and key not in misspelt]
    return [
        Misfit(
            MISSING_KEY,
            _pointer(error),
            f'{_concept(error)} needs "{key}"',
            at_key=True,
            help=_explain_key(key, known[key]),
        )
        for key in missing
    ]


def _explain_key(key: str, schema: Mapping[str, object]) -> str:
    """Say what a key takes: its words, or the first sentence of its description."""
    if "oneOf" in schema or "enum" in schema:
        return f"{key}: one of {', '.join(_list_words(schema.get('oneOf', schema.get('enum'))))}"
    return f"{key}: {str(schema.get('description', '')).partition('. ')[0].rstrip('.')}"


def _explain_type(error: ValidationError) -> list[Misfit]:
    return [_wrong_type(error, [error])]


def _wrong_type(error: ValidationError, mismatches: list[ValidationError]) -> Misfit:
    """Say which kinds were expected; `mismatches` are the type errors of all branches."""
    value = cast("object", error.instance)
    expected = join_words(KINDS[str(one.validator_value)] for one in mismatches)
    hint = next(filter(None, (_hint_type(value, one) for one in mismatches)), "")
    message = f"expected {expected}, found {kind_of(value)}{hint}"
    return Misfit(WRONG_TYPE, _pointer(error), message, help=_hint_literal(value, mismatches))


def _hint_type(value: object, mismatch: ValidationError) -> str:
    expected, rule = str(mismatch.validator_value), cast("Mapping[str, object]", mismatch.schema)
    if expected == "string" and isinstance(value, int | float):
        forms = {"pattern", *_CLOSED_LISTS} & set(rule)
        is_number = not isinstance(value, bool) and fits(str(rule.get("pattern", "")), str(value))
        return ": write it in quotes" if is_number or not forms else ""
    if not isinstance(value, str):
        return ""
    if expected == "array":
        return ": write it as a list, in [ ]"
    unquoted = {
        "integer": fits("^-?[0-9]+$", value),
        "number": fits(_NUMBER, value),
        "boolean": value in ("true", "false"),
    }
    return ": write it without quotes" if unquoted.get(expected) else ""


def _hint_literal(value: object, mismatches: Iterable[ValidationError]) -> str:
    """Tell how a fixed value is written, where one would have been possible."""
    possible = any("literal" in _properties(one.schema) for one in mismatches)
    if not possible or not isinstance(value, str | int):
        return ""
    return f"a fixed value is written {{literal: {str(quote(value)).strip()}}}"


def _explain_words(error: ValidationError) -> list[Misfit]:
    words = _words(error)
    value = cast("object", error.instance)
    near = suggest(value, words) if isinstance(value, str) else ""
    expected = words[0] if len(words) == 1 else f"one of {', '.join(words)}"
    message = f"found {quote(value)}, expected {expected}{near}"
    return [Misfit(NOT_A_WORD, _pointer(error), message)]


def _words(error: ValidationError) -> list[str]:
    listed = cast("object", error.validator_value)
    return [str(listed)] if error.validator == "const" else _list_words(listed)


def _list_words(listed: object) -> list[str]:
    items = cast("list[object]", listed)
    return sorted(str(one["const"] if isinstance(one, dict) else one) for one in items)


def _explain_pattern(error: ValidationError) -> list[Misfit]:
    pattern, text = str(error.validator_value), str(error.instance)
    is_key = "propertyNames" in list(error.schema_path)[-2:]
    pointer = (*_pointer(error), text) if is_key else _pointer(error)
    if not text.strip():
        return [Misfit(EMPTY, pointer, f"found nothing, expected {form_of(pattern)}", is_key)]
    message = f"found {quote(text)}, expected {form_of(pattern)}{mend(pattern, text)}"
    return [Misfit(WRONG_FORM, pointer, message, is_key)]


def _explain_size(error: ValidationError) -> list[Misfit]:
    value = cast("str | list[object] | dict[str, object]", error.instance)
    limit, size = cast("int", error.validator_value), len(value)
    unit = _UNITS[str(error.validator)[3:]]
    counted = f"{limit} {unit}{'' if limit == 1 else 's'}"
    if not size:
        return [Misfit(EMPTY, _pointer(error), f"nothing stands here, expected at least {counted}")]
    bound = "at least" if str(error.validator).startswith("min") else "at most"
    message = f"found {size} {unit}{'' if size == 1 else 's'}, expected {bound} {counted}"
    return [Misfit(WRONG_FORM, _pointer(error), message)]


def _explain_bound(error: ValidationError) -> list[Misfit]:
    """Say between which numbers one must lie: all bounds of the rule, not the first that fails."""
    rule = cast("Mapping[str, object]", error.schema)
    bounds = [f"{words} {rule[key]}" for key, words in _BOUNDS.items() if key in rule]
    message = f"found {error.instance}, expected a number {' and '.join(bounds)}"
    return [Misfit(WRONG_FORM, _pointer(error), message)]


def _explain_choice(error: ValidationError) -> list[Misfit]:
    """Answer inside the branch that has the kind of the value given, by its keys if several."""
    branches: dict[object, list[ValidationError]] = {}
    for below in error.context or []:
        branches.setdefault(below.schema_path[0], []).append(below)
    mismatches = [one for errors in branches.values() for one in errors if _is_other_kind(one)]
    alike = [errors for errors in branches.values() if not any(map(_is_other_kind, errors))]
    if not alike:
        return [_wrong_type(error, mismatches)]
    if isinstance(error.instance, str) and (len(alike) > 1 or mismatches):
        return [_explain_texts(error, alike, mismatches)]
    meant = max(alike, key=_count_keys)
    return explain_errors(meant)


def _is_other_kind(error: ValidationError) -> bool:
    return error.validator == "type" and not error.relative_path


def _explain_texts(
    error: ValidationError, alike: list[list[ValidationError]], mismatches: list[ValidationError]
) -> Misfit:
    """Say every form of text that was possible here, and a list where that was possible."""
    text = str(error.instance)
    words = sorted(word for one in alike if _is_closed(one[0]) for word in _words(one[0]))
    patterns = [str(one[0].validator_value) for one in alike if one[0].validator == "pattern"]
    own = [pattern for pattern in patterns if pattern.startswith(r"^\$")]
    if text.startswith("$") and own:
        words, patterns, mismatches = [], own, []
    expected = [f'"{word}"' for word in words] + [form_of(pattern) for pattern in patterns]
    if any(one.validator_value == "array" for one in mismatches):
        expected.append("a list in [ ]")
    near = suggest(text, words) or next(filter(None, (mend(one, text) for one in patterns)), "")
    message = f"found {quote(text)}, expected {join_words(expected)}{near}"
    code = NOT_A_WORD if words else WRONG_FORM
    return Misfit(code, _pointer(error), message, help=_hint_literal(text, mismatches))


def _is_closed(error: ValidationError) -> bool:
    return error.validator in _CLOSED_LISTS


def _count_keys(errors: list[ValidationError]) -> float:
    """Count the given keys that a branch knows or nearly knows; all when only values are wrong."""
    own = [error for error in errors if not error.relative_path and _properties(error.schema)]
    if not own:
        return float("inf")
    known = _properties(own[0].schema)
    return sum(1 for key in _keys(own[0]) if nearest(key, known))


def _keys(error: ValidationError) -> dict[str, object]:
    return cast("dict[str, object]", error.instance)


def _properties(schema: object) -> dict[str, dict[str, object]]:
    found = schema.get("properties", {}) if isinstance(schema, dict) else {}
    return cast("dict[str, dict[str, object]]", found)


def _concept(error: ValidationError) -> str:
    return name_concept(str(cast("Mapping[str, object]", error.schema)["title"]))


def _pointer(error: ValidationError) -> Pointer:
    return tuple(error.absolute_path)


_EXPLAINERS: dict[str, Callable[[ValidationError], list[Misfit]]] = {
    "additionalProperties": _explain_unknown_keys,
    "required": _explain_missing_keys,
    "type": _explain_type,
    "const": _explain_words,
    "enum": _explain_words,
    "oneOf": _explain_words,
    "pattern": _explain_pattern,
    "minLength": _explain_size,
    "maxLength": _explain_size,
    "minItems": _explain_size,
    "minProperties": _explain_size,
    **dict.fromkeys(_BOUNDS, _explain_bound),
    "anyOf": _explain_choice,
}
