"""`miradot explain`: the page of a code, or one value of one record's plan explained."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from textwrap import fill, indent
from typing import BinaryIO

import orjson

from engine.checked import CheckedSpec
from engine.codes import CODES
from engine.commands.run import RunRequest, read_answers
from engine.mapping import contact_form
from engine.nearest import suggest
from engine.problem import Failure
from engine.provenance.places import find_input
from engine.provenance.reader import Reader
from engine.provenance.trace import Situation, make_tracer
from engine.report.explanation import ExplanationText
from engine.sources.records import Unreadable, read_records

_MOST_NAMED = 8


@dataclass(frozen=True, slots=True)
class ExplainRequest:
    """One value to explain: of the record with the key `record`, or of the only one."""

    run: RunRequest
    field: str
    record: str | None


def page_text(code: str) -> str:
    """Give the page of a code; Failure with the nearest code when there is none."""
    page = CODES.get(code.upper())
    if page is None:
        raise Failure(f'no diagnostic "{code}"{suggest(code.upper(), CODES)}')
    prose = fill(page.prose, 100, break_long_words=False, break_on_hyphens=False)
    examples = (
        f"\n{said}\n\n{indent(example.text, '    ')}"
        for said, example in (("Fails", page.fails), ("Passes", page.passes))
    )
    return f"{code.upper()}  {page.title}\n\n{prose}\n{''.join(examples)}"


def explain_field(request: ExplainRequest, checked: CheckedSpec, stream: BinaryIO) -> str:
    """Give the explanation of one value as it is printed.

    Raises Failure when there is no such record or field, or when it is not clear which is meant.
    """
    run = request.run
    contacts = read_answers(run.contacts, contact_form(checked))
    record = _choose_record(checked, stream, request.record)
    reader = Reader(make_tracer(checked), masked=not run.show_personal_data)
    explanation = reader.read(Situation(record, contacts, run.now)).explain(request.field)
    if run.output_format == "json":
        return orjson.dumps(explanation, option=orjson.OPT_INDENT_2).decode() + "\n"
    return ExplanationText(colour=run.colour).render(explanation)


def _choose_record(
    checked: CheckedSpec, stream: BinaryIO, wanted: str | None
) -> Mapping[str, object]:
    """Give the record with a key, or the only one there is."""
    keys: list[str] = []
    only: Mapping[str, object] | None = None
    for item in read_records(stream, checked.source.envelope):
        if isinstance(item, Unreadable):
            if wanted is None:
                raise Failure(f"{item.where} cannot be read: {item.message}")
            continue
        key = _key_of(checked, item[1])
        if key == wanted:
            return item[1]
        keys.append(key)
        only = item[1]
    if wanted is not None:
        raise Failure(f'no record "{wanted}" in the input{suggest(wanted, keys)}')
    if only is None:
        raise Failure("the input holds no record")
    if len(keys) > 1:
        named = ", ".join(keys[:_MOST_NAMED]) + (" and more" if len(keys) > _MOST_NAMED else "")
        raise Failure(f"the input holds {len(keys)} records; say --record, one of {named}")
    return only


def _key_of(checked: CheckedSpec, record: Mapping[str, object]) -> str:
    one = checked.inputs.reads[checked.spec.record.key]
    value = find_input(checked, record, one, ()).value
    return value if isinstance(value, str) else "(no key)"
