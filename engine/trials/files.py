"""Test files: read with everything they name, ready to be run."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from io import BytesIO
from pathlib import Path

from engine.brand import read_brand
from engine.check import check_mapping
from engine.checked import CheckedSpec
from engine.contacts import ContactError, Contacts, expand_answers, read_contacts
from engine.mapping import ProbedMapping, contact_form, probe_mapping
from engine.problem import Failure, Problem
from engine.problems import ProblemList
from engine.shape import as_spec, check_shape
from engine.sources.records import Unreadable, read_records
from engine.spec.params import ParamValue
from engine.spec.trial import Case, Expectation, TestFile
from engine.text import Document, Pointer, read_document

SCHEMA = "test.v1.schema.json"


@dataclass(frozen=True, slots=True)
class Trials:
    """A test file that can be run; `folder` is what its paths are relative to."""

    path: Path
    document: Document
    spec: TestFile
    folder: Path


def read_trials(path: Path) -> tuple[Trials | None, list[Problem]]:
    """Give the cases of a test file, or the problems that refuse it."""
    document, problems = read_document(_read(path), str(path))
    if document is None:
        return None, problems
    problems += check_shape(document, SCHEMA)
    if any(one.severity == "error" for one in problems):
        return None, problems
    spec = as_spec(document, TestFile)
    told = ProblemList(document, found=problems)
    for name, case in spec.cases.items():
        _check_record(told, spec, name, case)
        for expected, pointer in expectations(case, ("cases", name)):
            if not expected.model_fields_set:
                told.report("MD603", pointer, "nothing is expected here", at_key=True)
        if case.contact is not None and case.unlisted_status is not None:
            told.report(
                "MD604",
                ("cases", name, "unlisted_status"),
                "contact says already how Dotdigital knows the buyer",
                at_key=True,
            )
    return (None if told.has_errors else Trials(path, document, spec, path.parent)), told.found


def expectations(case: Case, at: Pointer) -> Iterator[tuple[Expectation, Pointer]]:
    """Give everything that a case expects, each with its place below `at`."""
    yield case.expect, (*at, "expect")
    if case.again is not None:
        yield case.again, (*at, "again")
    for index, step in enumerate(case.then):
        yield step.expect, (*at, "then", index, "expect")


def _check_record(told: ProblemList, spec: TestFile, name: str, case: Case) -> None:
    sources = [one for one in (case.record, case.file, case.payload) if one is not None]
    if len(sources) != 1:
        told.report(
            "MD601",
            ("cases", name),
            f'"{name}" needs exactly one of record, file and payload',
            at_key=True,
        )
    elif case.record is not None and spec.records is None:
        told.report(
            "MD601", ("cases", name, "record"), "no file is named under records to take it from"
        )


class Ground:
    """What the cases of one test file share: the mapping for each set of parameters, the files."""

    def __init__(self, trials: Trials) -> None:
        self.trials = trials
        self.mapping_path = trials.folder / trials.spec.mapping
        self._raw = _read(self.mapping_path)
        self._mappings: dict[str, ProbedMapping] = {}

    def mapping(self, case: Case) -> ProbedMapping:
        """Give the mapping as a case has it; Failure when it does not check."""
        return self._mapping(self.params(case))

    def params(self, case: Case) -> Mapping[str, ParamValue]:
        """Give the parameters that a case sets: the brand's, the file's, and its own over them."""
        return {**self._given, **case.params}

    def contacts(self, mapping: ProbedMapping) -> Contacts:
        """Give the answers of the file named by `contacts`; none are known without one."""
        name = self.trials.spec.contacts
        if name is None:
            return Contacts(asked=True)
        try:
            return read_contacts(expand_answers(self._answers), contact_form(mapping.checked))
        except ContactError as error:
            raise Failure(f"{self.trials.folder / name}: {error}") from None

    def payload(self, case: Case, key: str) -> dict[str, object]:
        """Give the record that a case starts from; `key` is the payload's own key member."""
        if case.payload is not None:
            return dict(case.payload)
        if case.file is not None:
            found = self._read_file(case.file, self._envelope)
            if len(found) != 1:
                raise Failure(f"{self.trials.folder / case.file} does not hold one record")
            return found[0]
        for record in reversed(self._records):
            if str(record.get(key)) == case.record:
                return record
        raise Failure(f'{self.trials.spec.records} holds no record "{case.record}"')

    def _mapping(self, given: Mapping[str, ParamValue]) -> ProbedMapping:
        key = repr(sorted(given.items()))
        if key not in self._mappings:
            checked = check_mapping(self._raw, str(self.mapping_path), given).spec
            if checked is None:
                raise Failure(f"{self.mapping_path} has errors: run miradot validate")
            self._mappings[key] = probe_mapping(checked)
        return self._mappings[key]

    @cached_property
    def _given(self) -> Mapping[str, ParamValue]:
        """Give the parameters of all cases: the brand's, and over them the file's own."""
        return {**self._brand(), **self.trials.spec.params}

    @property
    def checked(self) -> CheckedSpec:
        """The mapping with the parameters of all cases; Failure when it does not check."""
        return self._mapping(self._given).checked

    @cached_property
    def _envelope(self) -> str:
        return self.checked.source.envelope

    @cached_property
    def _records(self) -> list[dict[str, object]]:
        return self._read_file(str(self.trials.spec.records), self._envelope)

    @cached_property
    def _answers(self) -> list[dict[str, object]]:
        return self._read_file(str(self.trials.spec.contacts), "_items")

    def _brand(self) -> Mapping[str, ParamValue]:
        name = self.trials.spec.brand
        if name is None:
            return {}
        path = self.trials.folder / name
        brand, _ = read_brand(_read(path), str(path))
        if brand is None:
            raise Failure(f"{path} has errors: run miradot validate")
        return brand.brand.params

    def _read_file(self, name: str, envelope: str) -> list[dict[str, object]]:
        path = self.trials.folder / name
        found = list(read_records(BytesIO(_read(path)), envelope))
        broken = next((one for one in found if isinstance(one, Unreadable)), None)
        if broken is not None:
            raise Failure(f"{path}, {broken.where}: {broken.message}")
        return [one[1] for one in found if not isinstance(one, Unreadable)]


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise Failure(f'cannot read "{path}": {error.strerror}') from None
