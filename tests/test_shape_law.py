"""The law of the shape: the schema accepts what the models accept, and nothing is said twice."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from engine.shape import as_spec, check_shape, find_misfits
from engine.spec import MappingSpec
from engine.text import Document, Json, Pointer, read_document

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

ROOT = Path(__file__).parent.parent
MAPPING = "mapping.v1.schema.json"
# Values that a lenient reader would convert, or that one side might see otherwise than the other.
ODD: list[Json] = json.loads((ROOT / "tests/shape/odd_values.json").read_text(encoding="utf-8"))


def read(path: str) -> Document:
    document, problems = read_document((ROOT / path).read_bytes(), path)
    assert document is not None, problems
    return document


def spots(value: Json, at: Pointer = ()) -> Iterator[Pointer]:
    if at:
        yield at
    items = value.items() if isinstance(value, dict) else ()
    elements = enumerate(value) if isinstance(value, list) else ()
    for key, below in (*items, *elements):
        yield from spots(below, (*at, key))


def edit(value: Json, at: Pointer, change: Callable[[Json], Json]) -> Json:
    """Give a copy of the data in which one value is changed."""
    if not at:
        return change(value)
    step, rest = at[0], at[1:]
    if isinstance(value, dict):
        return {k: edit(v, rest, change) if k == step else v for k, v in value.items()}
    assert isinstance(value, list)
    return [edit(v, rest, change) if i == step else v for i, v in enumerate(value)]


def delete(holder: Json, step: str | int) -> Json:
    if isinstance(holder, dict):
        return {key: value for key, value in holder.items() if key != step}
    return [value for i, value in enumerate(holder) if i != step] if type(holder) is list else None


def rename(holder: Json, step: str | int, name: str) -> Json:
    if not isinstance(holder, dict):
        return name
    return {name if key == step else key: value for key, value in holder.items()}


def add(value: Json, key: str, odd: Json) -> Json:
    if isinstance(value, dict):
        return {**value, key: odd}
    return [*value, odd] if isinstance(value, list) else odd


SMALL = read("tests/shape/small.yaml")
ORDERS = read("mappings/debenhams/orders.yaml").data
SPOTS = list(spots(ORDERS))
KEYS = st.sampled_from(["odd", "if_", "from_", "", "Read", "path", "read\n", "state", "A" * 41])


@st.composite
def mutants(draw: st.DrawFn) -> Json:
    """The small mapping with one section of the shipped one, in which one thing is changed."""
    assert isinstance(SMALL.data, dict)
    assert isinstance(ORDERS, dict)
    at, odd, key = draw(st.sampled_from(SPOTS)), draw(st.sampled_from(ODD)), draw(KEYS)
    data = {**SMALL.data, str(at[0]): ORDERS[str(at[0])]}
    changes: list[tuple[Pointer, Callable[[Json], Json]]] = [
        (at, lambda _: odd),
        (at, lambda value: add(value, key, odd)),
        (at[:-1], lambda holder: delete(holder, at[-1])),
        (at[:-1], lambda holder: rename(holder, at[-1], key)),
    ]
    return edit(data, *draw(st.sampled_from(changes)))


def accepts(model: type[MappingSpec], document: Document) -> bool:
    try:
        as_spec(document, model)
    except ValidationError:
        return False
    return True


@settings(deadline=None, max_examples=500)
@given(mutants())
def test_the_schema_accepts_what_the_model_accepts(data: Json) -> None:
    document = replace(SMALL, data=data)
    problems = check_shape(document, MAPPING)
    assert accepts(MappingSpec, document) == (problems == []), problems


@settings(deadline=None, max_examples=100)
@given(mutants())
def test_no_problem_stands_twice_at_one_place(data: Json) -> None:
    problems = find_misfits(data, MAPPING)
    wrong_values = [one.pointer for one in problems if not one.at_key]
    assert len(wrong_values) == len(set(wrong_values))
