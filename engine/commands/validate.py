"""`miradot validate`: every mapping and brand file under the paths given."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from engine.brand import BrandFile, check_brand, read_brand
from engine.check import check_mapping
from engine.checked import CheckedSpec
from engine.problem import Failure, Problem, sort_problems
from engine.report.formats import FORMATS, Findings, resolve_format
from engine.text import read_document

_YAML = (".yaml", ".yml")
_TESTS = (".test.yaml", ".test.yml")


@dataclass(frozen=True, slots=True)
class Report:
    """What validating printed, and how many errors it found."""

    text: str
    errors: int


def validate_paths(paths: Iterable[Path], output_format: str, *, colour: bool) -> Report:
    """Check every file; raises Failure when a path is missing or holds no mapping."""
    files = list(find_files(paths))
    if not files:
        raise Failure(f"no mapping under {', '.join(str(path) for path in paths)}")
    problems = list(_check_files(files))
    findings = Findings(tuple(sort_problems(problems)), len(files), colour)
    render = FORMATS[resolve_format(output_format, os.environ)]
    return Report(
        text=render(findings),
        errors=sum(problem.severity == "error" for problem in findings.problems),
    )


def find_files(paths: Iterable[Path]) -> Iterator[Path]:
    """Give the mapping and brand files under paths; raises Failure when one does not exist."""
    for path in paths:
        if path.is_dir():
            found = (one for one in sorted(path.rglob("*")) if one.suffix in _YAML)
            yield from (one for one in found if not one.name.endswith(_TESTS))
        elif path.is_file():
            yield path
        else:
            raise Failure(f'there is no file or folder "{path}"')


def _check_files(files: Iterable[Path]) -> Iterator[Problem]:
    mappings: dict[str, CheckedSpec] = {}
    brands: list[BrandFile] = []
    for path in files:
        raw = path.read_bytes()
        if is_brand(raw, path):
            brand, problems = read_brand(raw, str(path))
            yield from problems
            if brand is not None:
                brands.append(brand)
            continue
        checked = check_mapping(raw, str(path), {})
        yield from checked.problems
        if checked.spec is not None:
            mappings[checked.spec.spec.mapping] = checked.spec
    for brand in brands:
        if brand.brand.mapping in mappings:
            yield from _check_brand(brand, mappings[brand.brand.mapping])


def _check_brand(brand: BrandFile, mapping: CheckedSpec) -> Iterator[Problem]:
    """Check the values alone, then the mapping as it stands with them."""
    problems = check_brand(brand, mapping.spec)
    yield from problems
    if not problems:
        raw = mapping.document.text.encode()
        yield from check_mapping(raw, mapping.document.path, brand.brand.params).problems


def is_brand(raw: bytes, path: Path) -> bool:
    """Say whether a file sets parameters for a brand, and so is no mapping itself."""
    document, _ = read_document(raw, str(path))
    return document is not None and isinstance(document.data, dict) and "brand" in document.data
