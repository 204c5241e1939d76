"""`miradot plan`: the mappings that differ from a base, each replayed in both versions."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from engine.changes.document import CHANGES_SCHEMA, ChangesDocument, FindingView, MappingChanges
from engine.changes.edits import list_edits
from engine.changes.judgement import Judgement, noun_of, told_line
from engine.changes.replay import Version, replay_records
from engine.check import Checked, check_mapping
from engine.checked import CheckedSpec
from engine.commands.files import SourceFile
from engine.commands.pairs import Pair, find_pairs
from engine.commands.run import read_answers, read_given
from engine.commands.samples import CONTACTS, find_samples
from engine.mapping import contact_form
from engine.params import ParamError
from engine.problem import Failure, Problem
from engine.spec.params import ParamValue
from engine.text import read_document


@dataclass(frozen=True, slots=True)
class PlanRequest:
    """One call of `miradot plan`; `now` is an aware datetime."""

    base: str
    mapping: Path | None
    samples: Path | None
    contacts: Path | None
    brand: Path | None
    params: tuple[str, ...]
    now: datetime


def plan_change(request: PlanRequest) -> ChangesDocument:
    """Give what the change does, mapping by mapping.

    Raises Failure when the call itself is wrong, and Refused when the brand file has errors.
    """
    if request.mapping is None and (request.brand is not None or request.params):
        raise Failure("--brand and --param are for one mapping: name it")
    pairs = find_pairs(request.base, request.mapping)
    mappings = [_compare(pair, request) for pair in pairs]
    return {"schema": CHANGES_SCHEMA, "base": request.base, "mappings": mappings}


def has_errors(document: ChangesDocument) -> bool:
    """Whether anything refuses the change."""
    findings = (finding for one in document["mappings"] for finding in one["findings"])
    return any(finding["severity"] == "error" for finding in findings)


def _compare(pair: Pair, request: PlanRequest) -> MappingChanges:
    view: MappingChanges = {
        "mapping": pair.name,
        "path": pair.path,
        "base": pair.old.path if pair.old is not None else None,
        "status": "deleted",
        "version": None,
        "samples": None,
        "outcomes": {},
        "effects": [],
        "cost": [],
        "edits": [],
        "findings": [],
    }
    if pair.new is None:
        return view
    given = read_given(Path(pair.new.path), request.brand, request.params)
    checked = _check(pair.new, given)
    if checked.spec is None:
        return {**view, "status": "refused", "findings": [_find(one) for one in checked.problems]}
    if pair.old is None:
        return {**view, "status": "new"}
    base = _check(pair.old, _known_to(pair.old, given))
    if base.spec is None:
        return {**view, "status": "base_refused", "findings": [_refused_base(base, checked.spec)]}
    return _replay(view, base.spec, checked.spec, request)


def _replay(
    view: MappingChanges, old: CheckedSpec, new: CheckedSpec, request: PlanRequest
) -> MappingChanges:
    folder = request.samples or Path(view["path"]).parent / "samples"
    samples = find_samples(folder, new.source)
    contacts = request.contacts
    if contacts is None and (folder / CONTACTS).is_file():
        contacts = folder / CONTACTS
    sides = [Version(one, read_answers(contacts, contact_form(one))) for one in (old, new)]
    edits = list_edits(old.document, new.document)
    done = replay_records(sides[0], sides[1], edits, samples.records(), request.now)
    judgement = Judgement(old, new, edits, done)
    return {
        **view,
        "status": "compared",
        "version": judgement.version(),
        "samples": {
            "records": done.records,
            "noun": noun_of(new),
            "unreadable": done.unreadable,
            "files": [str(path) for path in samples.files],
            "left_aside": [str(one) for one in samples.left_aside if one != contacts],
            "contacts": str(contacts) if contacts is not None else None,
        },
        "outcomes": dict(sorted(done.effects.records.items())),
        "effects": judgement.effects(),
        "cost": list(done.cost.show()),
        "edits": judgement.edits(),
        "findings": [_find(problem) for problem in judgement.problems()],
    }


def _check(file: SourceFile, given: Mapping[str, ParamValue]) -> Checked:
    try:
        return check_mapping(file.raw, file.path, given)
    except ParamError as error:
        raise Failure(f"{file.path}: {error}") from None


def _known_to(file: SourceFile, given: Mapping[str, ParamValue]) -> dict[str, ParamValue]:
    """Give the values that the base has parameters for: a new one had no meaning there."""
    document, _ = read_document(file.raw, file.path)
    declared = document.value_at(("params",)) if document is not None else None
    names = declared if isinstance(declared, dict) else {}
    return {name: value for name, value in given.items() if name in names}


def _refused_base(base: Checked, new: CheckedSpec) -> FindingView:
    first = base.problems[0]
    return {
        "code": "MD705",
        "severity": "warning",
        "message": "the base has errors, so nothing can be compared; "
        f"the first: {first.place.line}:{first.place.column} {first.code} {first.message}",
        "effect": "",
        "help": "read the new mapping as a whole",
        "line": new.line_of(("mapping",)),
    }


def _find(problem: Problem) -> FindingView:
    return {
        "code": problem.code,
        "severity": problem.severity,
        "message": problem.message,
        "effect": problem.effect,
        "help": problem.help,
        "line": told_line(problem.place),
    }
