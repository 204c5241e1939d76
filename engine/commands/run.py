"""`miradot run`: mapping, parameters and contacts made ready; then the plan, record by record."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import BinaryIO, Literal

import orjson

from engine.brand import check_brand, read_brand
from engine.check import check_mapping
from engine.checked import CheckedSpec
from engine.contacts import (
    UNASKED,
    ContactError,
    ContactForm,
    Contacts,
    expand_answers,
    read_contacts,
)
from engine.mapping import Mapping as CompiledMapping
from engine.mapping import compile_mapping
from engine.params import ParamError
from engine.plan import PLAN_SCHEMA, Record
from engine.problem import Failure, Problem
from engine.report.plan import PlanText, summary_text
from engine.run import Tally, run_mapping
from engine.sources.records import Unreadable, read_records
from engine.spec.params import ParamValue
from engine.text import read_document


class Refused(Exception):  # noqa: N818 - it is not an error of ours: the user's file is refused
    """The mapping or brand file has errors; `problems` says which."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__(f"{len(self.problems)} problems")


@dataclass(frozen=True, slots=True)
class RunRequest:
    """One call of `miradot run`; `now` is an aware datetime."""

    mapping: Path
    contacts: Path | None
    brand: Path | None
    params: tuple[str, ...]
    now: datetime
    output_format: Literal["text", "json", "ndjson"]
    show_personal_data: bool
    colour: bool


@dataclass(frozen=True, slots=True)
class Prepared:
    """Everything a run needs, checked; `warnings` are the mapping's."""

    mapping: CompiledMapping
    contacts: Contacts
    warnings: tuple[Problem, ...]


def prepare(request: RunRequest) -> Prepared:
    """Check and compile the mapping and read the contacts.

    Raises Refused when the mapping or brand file has errors, Failure when the call itself is wrong.
    """
    checked, warnings = prepare_spec(request)
    mapping = compile_mapping(checked, masked=not request.show_personal_data)
    return Prepared(mapping, read_answers(request.contacts, mapping.contact_form), warnings)


def prepare_spec(request: RunRequest) -> tuple[CheckedSpec, tuple[Problem, ...]]:
    """Check the mapping with the values of the brand and the call; give its warnings as well.

    Raises Refused when the mapping or brand file has errors, Failure when the call itself is wrong.
    """
    return _check(request.mapping, read_given(request.mapping, request.brand, request.params))


def read_given(mapping: Path, brand: Path | None, params: Iterable[str]) -> dict[str, ParamValue]:
    """Give the parameter values of a brand file, and over them those of `NAME=VALUE`.

    Raises Refused when the brand file, or the mapping it is for, has errors.
    """
    return {**_brand_values(mapping, brand), **_param_values(params)}


def run_records(
    request: RunRequest, prepared: Prepared, stream: BinaryIO, output: BinaryIO
) -> Tally:
    """Print the plan of every record in `stream`, one after the other, and give the figures."""
    mapping = prepared.mapping
    tally = Tally()
    source = read_records(stream, mapping.envelope)
    records = run_mapping(mapping, source, prepared.contacts, request.now)
    counted = _count(records, tally)
    if request.output_format == "ndjson":
        output.writelines(
            orjson.dumps(record, option=orjson.OPT_APPEND_NEWLINE) for record in counted
        )
    elif request.output_format == "json":
        _print_document(prepared, counted, tally, output)
    else:
        _print_text(request, prepared, counted, tally, output)
    output.flush()
    return tally


def _count(records: Iterable[Record], tally: Tally) -> Iterator[Record]:
    for record in records:
        tally.count(record)
        yield record


def _print_document(
    prepared: Prepared, records: Iterable[Record], tally: Tally, output: BinaryIO
) -> None:
    """Print one JSON document without holding its records."""
    mapping = prepared.mapping
    head = {
        "schema": PLAN_SCHEMA,
        "mapping": mapping.name,
        "version": mapping.version,
        "spec_sha256": mapping.sha256,
    }
    output.write(orjson.dumps(head)[:-1] + b',"records":[')
    output.writelines(
        (b",\n" if number else b"\n") + orjson.dumps(record)
        for number, record in enumerate(records)
    )
    summary = orjson.dumps(tally.summarise(mapping, prepared.contacts))
    output.write(b'\n],"summary":' + summary + b"}\n")


def _print_text(
    request: RunRequest,
    prepared: Prepared,
    records: Iterable[Record],
    tally: Tally,
    output: BinaryIO,
) -> None:
    text = PlanText(prepared.mapping.target, colour=request.colour)
    clock = request.now.isoformat(timespec="seconds").replace("+00:00", "Z")
    output.write(text.head(prepared.mapping.name, prepared.mapping.version, clock).encode())
    output.writelines(("\n" + text.record(record)).encode() for record in records)
    summary = tally.summarise(prepared.mapping, prepared.contacts)
    output.write(("\n" + summary_text(summary, prepared.mapping.target)).encode())


def _check(path: Path, given: Mapping[str, ParamValue]) -> tuple[CheckedSpec, tuple[Problem, ...]]:
    try:
        checked = check_mapping(read_file(path), str(path), given)
    except ParamError as error:
        raise Failure(str(error)) from None
    if checked.spec is None:
        raise Refused(checked.problems)
    return checked.spec, checked.problems


def _brand_values(mapping: Path, path: Path | None) -> Mapping[str, ParamValue]:
    if path is None:
        return {}
    brand, problems = read_brand(read_file(path), str(path))
    if brand is None:
        raise Refused(problems)
    checked, _ = _check(mapping, {})
    problems = check_brand(brand, checked.spec)
    if problems:
        raise Refused(problems)
    return brand.brand.params


def _param_values(params: Iterable[str]) -> dict[str, ParamValue]:
    """Read each `NAME=VALUE`, the value as YAML in one line."""
    values: dict[str, ParamValue] = {}
    for param in params:
        name, equals, text = param.partition("=")
        if not equals or not name:
            raise Failure(f'--param takes NAME=VALUE, not "{param}"')
        values[name.strip()] = _yaml_value(name, text)
    return values


def _yaml_value(name: str, text: str) -> ParamValue:
    document, problems = read_document(f"value: {text}\n".encode(), f"--param {name}")
    data = document.data if document is not None else None
    value = data.get("value") if isinstance(data, dict) and len(data) == 1 else None
    if isinstance(value, str | int | bool):
        return value
    if isinstance(value, list) and all(isinstance(one, str) for one in value):
        return [str(one) for one in value]
    said = f": {problems[0].message}" if problems else ""
    raise Failure(f'--param {name}: "{text}" is no text, number or list of texts{said}')


def read_answers(path: Path | None, form: ContactForm) -> Contacts:
    """Give the answers about contacts in a file; without one, nobody was asked.

    Raises Failure when the file cannot be read, or an answer is no contact.
    """
    if path is None:
        return UNASKED
    answers = []
    with path.open("rb") if path.is_file() else _missing(path) as stream:
        for item in read_records(stream, "_items"):
            if isinstance(item, Unreadable):
                raise Failure(f"{path}: {item.where} cannot be read: {item.message}")
            answers.append(item[1])
    try:
        return read_contacts(expand_answers(answers), form)
    except ContactError as error:
        raise Failure(f"{path}: {error}") from None


def read_file(path: Path) -> bytes:
    """Give a file's bytes; raises Failure with a plain sentence when it cannot be read."""
    try:
        return path.read_bytes()
    except OSError as error:
        raise Failure(f'cannot read "{path}": {error.strerror}') from None


def _missing(path: Path) -> BinaryIO:
    raise Failure(f'there is no file "{path}"')
