"""Brand files: one brand's values for a mapping's parameters."""

from __future__ import annotations

from dataclasses import dataclass

from engine.params import ParamError, resolve_params
from engine.problem import Problem, sort_problems
from engine.problems import ProblemList
from engine.shape import as_spec, check_shape
from engine.spec.mapping import MappingSpec
from engine.spec.params import Brand
from engine.text import Document, read_document

SCHEMA = "brand.v1.schema.json"


@dataclass(frozen=True, slots=True)
class BrandFile:
    """A brand file that fits its schema."""

    document: Document
    brand: Brand


def read_brand(raw: bytes, path: str) -> tuple[BrandFile | None, list[Problem]]:
    """Give the brand file, or the problems that refuse it."""
    document, problems = read_document(raw, path)
    return (None, sort_problems(problems)) if document is None else fit_brand(document)


def fit_brand(document: Document) -> tuple[BrandFile | None, list[Problem]]:
    """Give the brand file that a document is, or the problems that refuse it."""
    problems = check_shape(document, SCHEMA)
    if any(problem.severity == "error" for problem in problems):
        return None, sort_problems(problems)
    return BrandFile(document, as_spec(document, Brand)), sort_problems(problems)


def check_brand(file: BrandFile, spec: MappingSpec) -> list[Problem]:
    """Check that the brand is meant for this mapping and its values fit the parameters."""
    problems = ProblemList(file.document)
    if file.brand.mapping != spec.mapping:
        problems.report(
            "MD471",
            ("mapping",),
            f'the brand file is for the mapping "{file.brand.mapping}", not "{spec.mapping}"',
        )
        return problems.found
    try:
        resolve_params(spec.params, file.brand.params)
    except ParamError as error:
        problems.report("MD402", ("params", error.name), str(error))
    return problems.found
