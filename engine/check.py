"""Checking a mapping: the page to read first, and the only maker of a CheckedSpec."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256

from engine.checked import CheckedSpec
from engine.ignores import apply_ignores
from engine.lock import LockError, SourceLock, TargetLock, load_source, load_target
from engine.names import build_names
from engine.params import ParamError, Params, resolve_params
from engine.problem import Problem, sort_problems
from engine.problems import ProblemList, TooManyErrors
from engine.reading import resolve_inputs
from engine.rules import RULES, Subject, check_unused
from engine.rules.plain import keep_plain
from engine.shape import as_spec, check_shape
from engine.spec.mapping import MappingSpec
from engine.spec.params import ParamValue
from engine.text import Document, read_document

SCHEMA = "mapping.v1.schema.json"


@dataclass(frozen=True, slots=True)
class Checked:
    """What checking found: the problems, and the checked spec when none of them is an error."""

    problems: tuple[Problem, ...]
    spec: CheckedSpec | None


def check_mapping(raw: bytes, path: str, given: Mapping[str, ParamValue]) -> Checked:
    """Check a mapping's text: read it, fit it to the schema, then ask every rule.

    `given` are parameter values from a brand file or the command line; ParamError is raised when
    one of them does not fit.
    """
    document, problems = read_document(raw, path)
    return _refused(problems) if document is None else check_document(document, given)


def check_document(document: Document, given: Mapping[str, ParamValue]) -> Checked:
    """Check a mapping that was read, as `check_mapping` does."""
    problems = check_shape(document, SCHEMA)
    if _has_error(problems):
        return _refused(problems)
    return check_spec(as_spec(document, MappingSpec), given, ProblemList(document, found=problems))


def check_spec(
    spec: MappingSpec, given: Mapping[str, ParamValue], collected: ProblemList
) -> Checked:
    """Check what a mapping of the right shape means; `collected` holds what is known already."""
    document = collected.document
    try:
        found = _check_meaning(spec, given, collected)
    except TooManyErrors:
        found = _refused(collected.found)
    problems = sort_problems(_root_causes(apply_ignores(document, list(found.problems))))
    return Checked(tuple(problems), None if _has_error(problems) else found.spec)


def _check_meaning(
    spec: MappingSpec, given: Mapping[str, ParamValue], problems: ProblemList
) -> Checked:
    document = problems.document
    locks = _load_locks(spec, problems)
    params = _own_params(spec, given, problems)
    if locks is None or params is None:
        return _refused(problems.found)
    source, target = locks
    inputs = keep_plain(spec, resolve_inputs(spec, source, params, problems), problems)
    names = build_names(spec, inputs, target, params)
    subject = Subject(spec, source, target, params, inputs, names, problems)
    for rule in RULES:
        rule(subject)
    if not problems.has_errors:
        check_unused(subject)
    if problems.has_errors:
        return _refused(problems.found)
    return Checked(
        problems=tuple(sort_problems(problems.found)),
        spec=CheckedSpec(
            document,
            spec,
            source,
            target,
            params,
            inputs,
            names,
            subject.consent_table,
            sha256(document.text.encode()).hexdigest(),
        ),
    )


def _load_locks(spec: MappingSpec, problems: ProblemList) -> tuple[SourceLock, TargetLock] | None:
    source, target = None, None
    try:
        source = load_source(spec.source)
    except LockError as error:
        problems.report("MD401", ("source",), str(error))
    try:
        target = load_target(spec.target)
    except LockError as error:
        problems.report("MD401", ("target",), str(error))
    return (source, target) if source is not None and target is not None else None


def _own_params(
    spec: MappingSpec, given: Mapping[str, ParamValue], problems: ProblemList
) -> Params | None:
    """Resolve the parameters; a value from outside that does not fit is the caller's mistake."""
    try:
        return resolve_params(spec.params, given)
    except ParamError as error:
        if error.name in given:
            raise
        pointer = ("params", error.name)
        said = [
            key for key in ("default", "example") if (*pointer, key) in problems.document.values
        ]
        problems.report("MD402", (*pointer, *said[:1]), str(error), at_key=not said)
        return None


def _root_causes(problems: list[Problem]) -> list[Problem]:
    """Leave out warnings about what an error refuses at the same place."""
    refused = {one.place for one in problems if one.severity == "error"}
    return [one for one in problems if one.severity == "error" or one.place not in refused]


def _has_error(problems: list[Problem]) -> bool:
    return any(problem.severity == "error" for problem in problems)


def _refused(problems: list[Problem]) -> Checked:
    return Checked(problems=tuple(sort_problems(problems)), spec=None)
