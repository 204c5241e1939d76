"""Files checked together: each by itself, then each brand file with the mapping it names.

Whoever does the tasks, in this process or in a confined one, does them by the same `Checker`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from engine.brand import check_brand, fit_brand, read_brand
from engine.check import check_document
from engine.checked import CheckedSpec
from engine.commands.files import SourceFile
from engine.commands.kinds import name_kind
from engine.problem import Problem, sort_problems
from engine.shape import check_shape
from engine.text import Document, read_document

ACCOUNT_SCHEMA = "account.v1.schema.json"


@dataclass(frozen=True, slots=True)
class Task:
    """A file to check by itself, or a brand file to check with its mapping."""

    file: SourceFile
    mapping: SourceFile | None = None


@dataclass(frozen=True, slots=True)
class Result:
    """What a task found; `mapping` is the name of a mapping without errors.

    `brand_of` is the name of the mapping that a brand file is for.
    """

    problems: tuple[Problem, ...]
    mapping: str = ""
    brand_of: str = ""


Run = Callable[[Sequence[Task]], Iterable[Result]]
"""Does tasks: one result for each, in their order."""


def check_files(files: Sequence[SourceFile], run: Run) -> list[Problem]:
    """Give the problems of all files, as they come."""
    problems: list[Problem] = []
    mappings: dict[str, SourceFile] = {}
    brands: list[tuple[SourceFile, str]] = []
    for file, result in zip(files, run([Task(file) for file in files]), strict=True):
        problems += result.problems
        if result.mapping:
            mappings[result.mapping] = file
        if result.brand_of:
            brands.append((file, result.brand_of))
    pairs = [Task(file, mappings[name]) for file, name in brands if name in mappings]
    for result in run(pairs):
        problems += result.problems
    return problems


def is_brand(document: Document) -> bool:
    """Say whether a file sets parameters for a brand, and so is no mapping itself."""
    return name_kind(document) == "a brand file"


@dataclass(slots=True)
class Checker:
    """Does tasks in this process; a mapping that was checked is not checked again for a brand."""

    _checked: dict[SourceFile, CheckedSpec] = field(default_factory=dict)

    @property
    def mappings(self) -> tuple[CheckedSpec, ...]:
        """The mappings without errors that were checked so far, in the order of the files."""
        return tuple(self._checked.values())

    def run(self, tasks: Sequence[Task]) -> Iterator[Result]:
        """Do tasks one after the other."""
        return map(self.do, tasks)

    def do(self, task: Task) -> Result:
        """Do one task."""
        if task.mapping is not None:
            return Result(tuple(self._check_pair(task.file, task.mapping)))
        document, unread = read_document(task.file.raw, task.file.path)
        if document is None:
            return Result(tuple(sort_problems(unread)))
        if name_kind(document) == "an account lock":
            return Result(tuple(sort_problems(check_shape(document, ACCOUNT_SCHEMA))))
        if not is_brand(document):
            return self._check_mapping(task.file, document)
        brand, problems = fit_brand(document)
        return Result(tuple(problems), brand_of=brand.brand.mapping if brand is not None else "")

    def _check_mapping(self, file: SourceFile, document: Document) -> Result:
        checked = check_document(document, {})
        if checked.spec is None:
            return Result(checked.problems)
        self._checked[file] = checked.spec
        return Result(checked.problems, mapping=checked.spec.spec.mapping)

    def _check_pair(self, file: SourceFile, mapping: SourceFile) -> Iterator[Problem]:
        """Check the values alone, then the mapping as it stands with them."""
        brand, _ = read_brand(file.raw, file.path)
        if mapping not in self._checked:
            self.do(Task(mapping))
        if brand is None or mapping not in self._checked:
            return
        checked = self._checked[mapping]
        problems = check_brand(brand, checked.spec)
        yield from problems or check_document(checked.document, brand.brand.params).problems
